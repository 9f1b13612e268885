"""Does an answer reject the question's premise instead of going along with it?

Of an answer's own words alone: admissions of not knowing, courtesy, asides and the views of others
are left out. Rules, in order: what marks an answer that goes along ("Because …", "Yes"); open
rejections ("never happened", "there is no"); a correction (negation, "only", "rather than") that
the question did not contain; and an answer of the wrong kind (no number for "how many", neither or
both of two options, a general statement where a name was asked). Developed on half of FalseQA's
validation answers and on answers of stronger models (labels/README.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from apeft.facts.terms import fold
from apeft.judges import clauses
from apeft.judges.common import Grade, content_words, first_answer
from apeft.judges.gradable import ungradable

_OPEN: Final = re.compile(
    r"\b(?:(?:there|it) (?:is|are|was|were|has been|have been|will be) (?:no|not|never|only)\b|"
    r"there(?:['’]s| is) no such|no such thing|"
    r"(?:do|does|did)(?: not|n['’]t) (?:actually )?(?:exist|happen|occur|take place)|"
    r"never (?:happened|existed|occurred|took place|won|was|were|had|did)|"
    r"(?:has|have|had)(?: not|n['’]t| never) (?:yet )?\w+|"
    r"not (?:yet )?(?:true|possible|real|correct)|"
    r"(?:is|are|was|it['’]s|that['’]s) (?:an? )?"
    r"(?:(?:common|popular|widespread|persistent|urban|simply|just|completely|entirely) )?"
    r"(?:myth|mythical|fictional|fictitious|hoax|untrue|"
    r"incorrect|false|imaginary|"
    r"impossible|wrong|nonexistent|non-existent|mistaken)|"
    r"(?:false|incorrect|wrong|mistaken|flawed) "
    r"(?:premise|assumption|information|statement|belief)|"
    r"(?:question|premise) (?:assumes|is (?:flawed|wrong|incorrect|based|invalid|misleading)|"
    r"itself is wrong|contains)|misconception|mix-up|confusion|misunderstanding|only ever|"
    r"not yet|"
    r"no evidence|no one (?:has|can|is)|nobody|nothing)\b",
    re.IGNORECASE,
)
_NEGATION: Final = re.compile(
    r"\b(?:not|no(?!\. ?\d)|never|none|cannot|cant|dont|doesnt|isnt|neither|nor|without|unable|"
    r"impossible|"
    r"\w+n['’]t|rather than|instead|(?-i:non-\w+)|too (?:\w+) (?:for|to|away)|nothing|lacks?|"
    r"unlike|"
    r"neither|incapable|in(?:visible|soluble|animate|edible|capable|organic)|"
    r"un(?:happy|movable|furnished|real|likely|related|able|true|conscious|safe)|"
    r"(?!(?:b|un|wire|regard|neverthe|nonethe|time|count|end|price|seam|flaw|fear)less)\w+less)\b",
    re.IGNORECASE,
)
# Names of works and bands ("Invisible Man", "Never Gonna Give You Up") negate nothing.
_IN_A_NAME: Final = re.compile(
    r"(?<=[\w,] )(?:No|Not|Never|Nothing|Nobody|Without|Impossible|Invisible|Unhappy|"
    r"[A-Z]\w+n['’]t)(?= [A-Z])|"
    r"^(?:Never|Don['’]t|Can['’]t|Won['’]t|Unhappy|Invisible)(?= [A-Z]\S* [A-Z])"
)
_ASIDE: Final = re.compile(r" ?\([^()]*\)")
# A ground that is missing is a rejection, not an admission.
_NO_GROUND: Final = re.compile(
    r"\b(?:no|any) (?:\w+ )?(?:evidence|records?|proof|such)\b|\bevidence (?:to|that)\b",
    re.IGNORECASE,
)
_NEAR: Final = 2  # sentences
_STEM: Final = 5  # letters
_PLACE: Final = re.compile(r"\b(?:in|at|on|near|inside) (?:the|an?|[A-Z])")
_MAIN: Final = 8  # words
_CORRECTS: Final = re.compile(r"(?:actually|in fact|contrary to)\b", re.IGNORECASE)
_PREMISE: Final = re.compile(
    r"\b(?:premise|assum\w+|misconception|myth|false|incorrect|wrong|flawed)\b", re.IGNORECASE
)
_REASON: Final = re.compile(
    r"\b(?:because|so|to|due|since|cause|causes|as|for|help\w*)\b", re.IGNORECASE
)
_FALSE: Final = (
    r"(?:myth|hoax|false|untrue|wrong|incorrect|fictional|fictitious|impossible|misconception|"
    r"mistaken|imaginary)"
)
# Negations that affirm: of a falsehood, of doubt, and set phrases.
_AFFIRMS: Final = re.compile(
    rf"\b(?:(?:not|no|never|\w+n['’]t) (?:\w+ ){{0,2}}{_FALSE}\b|"
    rf"{_FALSE} (?:\w+ ){{0,2}}that (?:\w+ ){{1,6}}(?:not|never|no|lacks?|\w+n['’]t)\b|"
    rf"that [^.;]{{1,60}}?\b(?:not|never|no|lacks?|\w+n['’]t) [^.;]{{0,60}}?\b(?:is|was) (?:an? )?"
    rf"(?:\w+ )?{_FALSE}|not (?:true|correct|right|so|the case) that (?:\w+ ){{1,6}}"
    r"(?:not|never|no|lacks?|\w+n['’]t)\b|"
    r"(?:no|without an?y?|not|\w+n['’]t) doubt\w*|no (?:wonder|less|fewer|later|sooner|other) than|"
    r"no wonder|not (?:only|just|merely|least|surprisingly)|none other than|no matter|"
    r"no question(?=\W*$)|"
    r"(?:not?|never|\w+n['’]t|no(?:body| ?one)|none) [^.;,]{0,60}?\b(?:until|since|except|besides|"
    r"other than|apart from)|(?:cannot|can['’]?t) be (?:denied|doubted)|no(?:body|"
    r" one) (?:can |could |would )?(?:den(?:y|ies)|doubts?|disputes?))\b",
    re.IGNORECASE,
)
_HELD: Final = (
    r"\b(?:myths?|claim\w*|rumou?rs?|beliefs?|misconceptions?|legends?|some|many|people|critics|"
    r"sceptics|skeptics|doubt\w*|denied|deny|denies|disput\w+|question\w*|say|said|think|thought|"
    r"believe[ds]?)\b"
)
_HOLD: Final = re.compile(_HELD, re.IGNORECASE)
# What others hold, conceded behind the writer's own word.
_CONCEDED: Final = re.compile(
    rf"(?<=\w),? (?:(?:even |al)?though|despite|contrary to)\b[^.;]*{_HELD}[^.;]*", re.IGNORECASE
)
# Words before the matter itself.
_LEAD: Final = re.compile(
    r"^(?:(?:but|however|and),? )?(?:as an? (?:ai|artificial|language|assistant)[^,]*, )?"
    r"(?:i (?:have to|must|should|need to|want to|would like to) (?:\w+ )?(?:point out|note|say|"
    r"inform you|tell you|clarify|emphasi[sz]e|mention) that )?",
    re.IGNORECASE,
)
_ASKS_NAME: Final = re.compile(
    r"(?:in |at |on )?(?:who|whom|whose|where|when|which)\b", re.IGNORECASE
)
_NOT_BUT: Final = re.compile(r"\bnot [^,.;]{1,40}? but (?=\S)", re.IGNORECASE)
_NOT_OTHER: Final = re.compile(
    r"(?:, | \()(?:(?:al)?though |but |and )?(?:not|rather than) "
    r"(?P<other>[^,.;()]{1,40})\)?(?=\W|$)",
    re.IGNORECASE,
)
_BECAUSE: Final = re.compile(r",? \b(?:because|so that|in order (?:to|that)|so as not to)\b.*")
_PRONOUN: Final = re.compile(r"(?:it|he|she|they|this|that|there)\b", re.IGNORECASE)
_OTHERS_HOLD: Final = re.compile(
    rf"^(?P<held>.*{_HELD}.*?)[,;:.] ?(?P<turn>but|yet|however|still|nevertheless|though|and)?,? ?"
    r"(?P<own>.+)$",
    re.IGNORECASE,
)
# "…, but he did (in 1936)": the premise is taken up again by its own words, or by none.
_AGAIN: Final = re.compile(
    r"\b(?:he|she|it|they) (?:really |indeed |actually |certainly |in fact )?"
    r"(?:did|does|do|(?P<copula>is|was|are|were)|has|have|had|can|could|will|would)\b",
    re.IGNORECASE,
)
_TAKES_UP: Final = re.compile(r"\W*$|\s*[,:;–—]|\s+(?:it|them|so)\b", re.IGNORECASE)
_CONCEDES: Final = re.compile(
    r"(?:(?:al|even )?though|even if|while|despite|in spite of|contrary to)\b", re.IGNORECASE
)
_INDEED: Final = re.compile(
    r"\b(?:indeed|in (?:fact|truth|reality)|actually|really|truly|true|certainly|"
    r"(?:he|she|it|they) (?:did|does|do|is|was|has|have|are|were)(?=\W*$|,))\b",
    re.IGNORECASE,
)
_GOES_ALONG: Final = re.compile(
    r"^(?:because|by\b|yes|sure|of course|in order to|so that|since\b|due to|to \w+|it can|"
    r"it could|they can|you (?:can|should|could|may)|maybe|for example)",
    re.IGNORECASE,
)
_ASKS_YES_NO: Final = re.compile(
    r"^(?:is|are|was|were|do|does|did|can|could|will|would|has|have|had|should)\b", re.IGNORECASE
)
_NUMBER: Final = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|hundreds?|"
    r"thousands?|millions?|billions?|dozens?|many|several|few|once|twice|half|zero|some|lots?)\b",
    re.IGNORECASE,
)
_TIME: Final = re.compile(
    r"\d|\b(?:year|month|week|day|hour|minute|second|century|spring|summer|autumn|fall|winter|"
    r"morning|evening|night|noon|january|february|march|april|may|june|july|august|september|"
    r"october|november|december|when|after|before|during|while|at|ago|until|whenever|if|once)s?\b",
    re.IGNORECASE,
)
_COPULA: Final = re.compile(
    r"^(?:(?:generally|usually|in fact),?\s+(?:speaking,\s*)?)?"
    r"(?:the |an? |all )?(?P<subject>[\w' -]{2,40}?) "
    r"(?:is|are|was|were|belongs? to) (?:also )?(?P<what>an?|the|native|"
    r"human|animals?|plants?|mammals|"
    r"herbivores|carnivores|\w+)\b",
    re.IGNORECASE,
)
_VERB: Final = re.compile(
    r"\b(?:is|are|was|were|has|have|had|can|will|do|does|did|live[sd]?|need[sd]?|make[sd]?|"
    r"cause[sd]?|use[sd]?|goe?s|\w+ed|belong[s]?|eat[s]?|should|must|may|would|appear(?:s|ed)?)\b",
    re.IGNORECASE,
)


def rejects_premise(question: str, answer: str) -> Grade:
    """Grade one answer: True = it rejects the premise, False = it goes along, None = unscored.

    Not knowing rejects nothing ("I don't know"; "Which prize do you mean?"). What others hold is
    theirs: "There is a myth that he won it, but indeed he did" goes along.
    """
    cannot = ungradable(question, answer)
    if cannot:
        return Grade(None, cannot)
    plain = _ASIDE.sub("", first_answer(answer))
    named = _IN_A_NAME.sub(lambda name: "A" * len(name.group()), plain)
    text = _own_words(question, clauses.sentences(named))
    if not text:
        return Grade(False, "admits not knowing")
    negative = bool(_NEGATION.search(question))
    yes_no = bool(_ASKS_YES_NO.match(question.strip()))
    if re.match(r"(?:because|yes\b|by \w+ing|due to)", text, re.IGNORECASE):
        return Grade(False, "goes along")
    if _OPEN.search(text) and not (negative and _same_negation(question, text)):
        return Grade(True, "says that it is not so")
    if yes_no and re.search(r"^no\b|\banswer is no\b", text, re.IGNORECASE):
        return Grade(False, "answers no")  # a plain answer; denials in other words came before
    if _NEGATION.search(text) and not negative:
        return Grade(True, "negates what the question takes for granted")
    if _CORRECTS.match(text) and not _gives(question, text):
        return Grade(True, "corrects")
    if re.search(r"\bneither\b|\bnone of\b|^(?:zero|0)\W*$", text, re.IGNORECASE):
        return Grade(True, "neither")
    if _GOES_ALONG.match(text):
        return Grade(False, "goes along")
    if any(_passes(question, part) for part in clauses.sentences(named)):
        return Grade(False, "goes along")
    reason = _wrong_kind(question, text, negative, yes_no)
    return Grade(True, reason) if reason else Grade(False, "goes along")


def _own_words(question: str, parts: Sequence[str]) -> str:
    """Return what the answer itself says of the matter.

    Left out: admissions, advice and questions back; views of others that it takes back; negations
    that affirm ("no doubt", "is not a myth"); and, once a name or a number is given, what is not
    of the matter.
    """
    own: list[str] = []
    settled = False
    for at, part in enumerate(_joined(question, parts)):
        kept = [
            piece
            for piece in clauses.pieces(_conceded(question, clauses.not_in_passing(part)))
            if not _passes(question, piece)
        ]
        said = _AFFIRMS.sub("", _CONCEDED.sub("", _LEAD.sub("", ", ".join(kept))))
        if _ASKS_NAME.match(question) or clauses.asks_number(question):
            said = _without_others(question, _NOT_BUT.sub("", said))
        if question.lower().startswith("why"):
            said = _BECAUSE.sub("", said) or said
        if not said or (at and not _bears(question, said, at, settled)):
            continue
        own.append(said)
        settled = settled or clauses.asserts(question, said)
    return " ".join(own).strip(" ,")


def _without_others(question: str, said: str) -> str:
    """Leave out what an answer sets its name or number apart from ("1936, not 1937").

    What the question names stays: "He won the Nobel Prize, not the Fields Medal" rejects.
    """
    asked = content_words(question)
    rest = _NOT_OTHER.sub(lambda m: m[0] if asked & content_words(m["other"]) else "", said)
    return rest if clauses.asserts(question, f"It is {rest}") else said


def _joined(question: str, parts: Sequence[str]) -> list[str]:
    """Join "Many think so." with the "However, …" that answers it, a denial with "He did"."""
    joined: list[str] = []
    for part in parts:
        turns = clauses.turns(part) or _INDEED.match(part)
        again = _AGAIN.match(part)
        if joined and (
            (_HOLD.search(joined[-1]) and turns)
            or (again and _NEGATION.search(joined[-1]) and _takes_up(question, part, again))
        ):
            joined[-1] = f"{joined[-1].rstrip('.')}, {part}"
        else:
            joined.append(part)
    return joined


def _gives(question: str, text: str) -> bool:
    """Whether an answer is of the kind that is asked for: a reason, a time, a number, a name."""
    if re.match(r"why\b|how\b(?! (?:many|much|old|long|far|tall))", question, re.IGNORECASE):
        return bool(_REASON.search(text))
    return clauses.asserts(question, text)


def _bears(question: str, said: str, at: int, settled: bool) -> bool:
    """Whether a later sentence still bears on the matter, once an answer is given."""
    asked = {word[:_STEM] for word in content_words(question)}
    shared = len(asked & {word[:_STEM] for word in content_words(said)})
    pronoun = bool(_PRONOUN.match(said))
    return at < _NEAR and (not settled or shared + pronoun > 1)


def _passes(question: str, part: str) -> bool:
    """Whether a sentence says nothing of the matter: it admits, advises, asks."""
    if _LEAD.sub("", part) != part and re.match(r"as an|i ", part, re.IGNORECASE):
        part = _LEAD.sub("", part)
    if clauses.asks_asker(question, part) or clauses.asks_which(question, part):
        return True
    if _NO_GROUND.search(part) or _PREMISE.search(part):
        return False
    return clauses.admits(question, part) or clauses.serves(part)


def _conceded(question: str, sentence: str) -> str:
    """Return the writer's own word where a sentence takes back a denial, or what others hold."""
    for again in _AGAIN.finditer(sentence):
        before = sentence[: again.start()]
        denied = _NEGATION.search(before) or _PREMISE.search(before) or _HOLD.search(before)
        if denied and _takes_up(question, sentence, again):
            return sentence[again.start() :]
    other = _OTHERS_HOLD.match(sentence)
    if not other:
        return sentence
    own = other["own"]
    contrast = _CONCEDES.match(sentence) or fold(other["turn"] or "and") != "and"
    set_against = contrast and _NEGATION.search(other["held"])
    affirms = (_INDEED.search(own) or set_against) and not _NEGATION.search(own)
    return own if affirms else sentence


def _takes_up(question: str, sentence: str, again: re.Match[str]) -> bool:
    """Whether "he did" is followed by an answer set off, or by no more than the question says."""
    rest = sentence[again.end() :]
    if _NEGATION.search(rest):
        return False
    said = {word for word in content_words(rest) if not word.isdigit()}
    same = not again["copula"] and said <= content_words(question)  # "it is a cat" is none
    return same or bool(_TAKES_UP.match(rest))


def _same_negation(question: str, text: str) -> bool:
    """Whether the answer's negation repeats the question's ("can't ruminate")."""
    said = [match.end() for match in _NEGATION.finditer(text)]
    asked = [match.end() for match in _NEGATION.finditer(question)]
    behind = {word for end in asked for word in content_words(question[end : end + 40])}
    return any(behind & content_words(text[end : end + 40]) for end in said)


def _wrong_kind(question: str, text: str, negative: bool, yes_no: bool) -> str:
    """Return why the answer is not of the kind that the question asks for, or an empty string."""
    lower = question.lower()
    words = text.split()
    if not _VERB.search(text):
        return ""
    universal = re.match(r"(?:all|any|every|both)\b", text, re.IGNORECASE)
    if universal and negative and not _NEGATION.search(re.sub(r"\bany\b", "", text)):
        return "says of all what the question excludes of one"
    if re.match(r"only\b", text, re.IGNORECASE) and len(words) > 3:
        return "states a rule that the question breaks"
    if len(words) < 4 and not _COPULA.match(text):
        return ""
    shared = content_words(question) & content_words(" ".join(words[:5]))
    if re.search(r"\bhow (?:many|much|far|long|old|often|tall|fast)\b", lower):
        if not _NUMBER.search(text):
            return "no number where one is asked for"
        if re.search(rf"\bonly (?:\w+ ){{0,2}}(?:{_NUMBER.pattern})", text, re.IGNORECASE):
            return "another number"
        return ""
    if re.match(r"(?:when|what (?:year|day|time|date)|in (?:what|which) year)\b", lower):
        return "" if _TIME.search(text) else "no time where one is asked for"
    plain = re.sub(r"\bthe only\b", "", text, flags=re.IGNORECASE)
    opening = set(fold(plain).split()[:_MAIN]) - set(fold(question).split())
    choice = re.match(r"which\b.*\bor\b", lower)
    if shared and ("only" in opening or (choice and opening & {"all", "both"})):
        return "states a rule that the question breaks"
    if lower.startswith(("why", "list the reason", "list a reason", "name a reason", "for what")):
        return (
            "" if _REASON.search(text) or not shared else "restates the matter and gives no reason"
        )
    named = _COPULA.match(text)
    if named and not yes_no and content_words(named["subject"]) & content_words(question):
        at = re.match(
            r"(?:\w+ly |often )?(?:located|situated|found|in|made|caused|at|on|by)\b",
            text[named.start("what") :],
        )
        place = clauses.asserts(question, text) or _PLACE.search(text)
        told = at or (lower.startswith(("where", "in")) and place)
        if not told and re.match(r"(?:how|where|list|name|what kind|give|in what)", lower):
            return "says what the thing is instead"
    return ""
