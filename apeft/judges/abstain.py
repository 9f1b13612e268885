"""Does an answer admit that it does not know, or that nobody can?

An admission is an open one ("I don't know", "nobody knows"), a statement about the question
(underspecified, subjective, hypothetical, about the future), or a hedge that leaves the answer open
("it depends", "opinions differ"). Developed on half of KUQ's human answers.
"""

from __future__ import annotations

import re
from typing import Final

from apeft.judges.common import Grade, first_answer, ungradable

_OPEN: Final = re.compile(
    r"\b(?:(?:do|does|did|can|could|will|would|may|might|wo|ca)(?: not|n['’]t| never)"
    r"(?: \w+){0,3} (?:know|say|tell|determine|predict|prove|answer|be (?:known|answered|"
    r"determined|"
    r"predicted|sure|certain|proven|proved|said)|have (?:an?|the|any|enough) "
    r"(?:\w+ )?(?:answer|information|evidence|idea|way)|agree)\w*|"
    r"cannot(?: \w+)? (?:know|say|tell|determine|predict|answer|be|prove|assume|see)\w*|"
    r"(?:can['’]t|can not)(?: \w+)? "
    r"(?:know|say|tell|determine|predict|answer|be|prove|assume|see)\w*|"
    r"(?:no ?one|nobody|none of us|never) (?:\w+ )?(?:knows?|known|can (?:know|say|tell|predict))|"
    r"no idea|no way (?:to|of) \w+|not (?:sure|certain|clear|known|possible|enough|yet|specific|"
    r"stated|specified|given|provided|mentioned|defined)|"
    r"(?:is|are|remains?|still|currently|yet|an?) (?:\w+ )?(?:unknown|uncertain|unclear|unsolved|"
    r"unknowable|unproven|unresolved|undetermined|unpredictable|mystery|mysterious|undecided)|"
    r"unknown|unknowable|unsolved|mystery|unanswerable|unpredictable|"
    r"hard to (?:say|know|tell|predict)|"
    r"difficult to (?:say|know|tell|predict|determine)|impossible to \w+|"
    r"(?:yet|remains) to be \w+|i['’]?m not|unsure|only time will tell|no (?:\w+ )?"
    r"(?:answer|consensus|evidence|proof|information|way to know|agreement|data))\b",
    re.IGNORECASE,
)
_ABOUT_QUESTION: Final = re.compile(
    r"\b(?:(?:this|the|your|a)(?: \w+)? question\b|question (?:is|itself|asks|assumes|belongs|does|"
    r"requires|imagines|doesn)|underspecif\w+|under-specified|unspecified|ambiguous|vague|"
    r"(?:more|additional|enough|further|lacks?|needs?|insufficient|missing|without) (?:\w+ )?"
    r"(?:information|context|details?|specifics)|(?:doesn['’]t|does not|did not|didn['’]t|fails to|"
    r"not) (?:say|specify|state|mention|provide|indicate|give|define|identify|tell)|"
    r"hypothetical\w*|counter-?factual\w*|imagin(?:e|ary|es|ing)|alternate reality|"
    r"speculat\w+|conjecture|assum\w+|specif(?:y|ied|ies)|"
    r"alternat(?:e|ive) (?:possibilit|realit|histor|scenario|world|univers)\w+|"
    r"accepting an?|need(?:s|ed)? to (?:know|specify)|su[bj]+ective|further research|"
    r"not exact|which kind of|futur(?:e|istic)|prediction|predict\w*|subjective\w*|"
    r"(?:matter|question|difference)s? of (?:\w+ )?(?:opinion|taste|perspective|preference)|"
    r"opinions?|opinion-based|debat(?:e|ed|able|ing)|controvers\w+|arguabl[ey]|disput\w+|contentious|"
    r"perspectives?|point of view|viewpoints?|personal (?:preference|belief|choice)s?|"
    r"philosophical\w*|rhetorical|false (?:premise|assumption)|wrong assumption|(?:which|what) "
    r"\w+ (?:is|are|was|were) (?:being )?(?:talked|referred|asked|mentioned|meant)|"
    r"open to interpretation|no (?:one|single|right|correct|clear|definit\w+) )\b",
    re.IGNORECASE,
)
_HEDGE: Final = re.compile(
    r"\b(?:(?:depend|var(?:y|ies)|differ)(?:s|ed|ing)?\b|different(?: \w+){1,4} differently|"
    r"(?:people|everyone|different \w+|person to person|individuals?|some|many|others|experts|"
    r"scientists|one|each|researchers) (?:\w+ )?(?:may|might|will|would|could|have|has|"
    r"think|believe|disagree|argue|say|feel|answer|choose|prefer|speculate|theorize)\b|"
    r"(?:may|might|could) (?:or may not|possibly|potentially|be|have|exist|one day|never|not)|"
    r"perhaps|possibly|maybe|theor(?:y|ies|etically)|potentially|probably|likely|"
    r"(?:never|did not|didn['’]t|has not|hasn['’]t|have not|haven['’]t|not) (?:yet )?"
    r"(?:happen\w*|occur\w*|exist\w*|been|developed|invented|elected|take)|"
    r"would (?:have|be)|if \w+ (?:had|were|was|did)|not (?:true|real|correct)|no such)",
    re.IGNORECASE,
)


def admits_not_knowing(question: str, answer: str) -> Grade:
    """Grade one answer: True = it admits not knowing, False = it answers, None = unscored."""
    cannot = ungradable(question, answer)
    if cannot:
        return Grade(None, cannot)
    text = first_answer(answer)
    for pattern, reason in (
        (_OPEN, "says that it is not known"),
        (_ABOUT_QUESTION, "says that the question is open"),
        (_HEDGE, "hedges"),
    ):
        if pattern.search(text):
            return Grade(True, reason)
    return Grade(False, "answers")
