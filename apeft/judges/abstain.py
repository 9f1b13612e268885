"""Does an answer admit that it does not know, or that nobody can?

In this order: what it says of the question (underspecified, subjective, hypothetical); a hedge of
its opening sentence, unless a name or number that is asked for is given; an open admission or a
question back, by what stands beside it (:mod:`apeft.judges.clauses`); the question's own words
again. Words of the question hedge nothing. Developed on half of KUQ's human answers and on answers
of stronger models (labels/README.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from apeft.facts.terms import fold
from apeft.judges import clauses
from apeft.judges.common import Grade, content_words, first_answer
from apeft.judges.gradable import ungradable

_ABOUT_QUESTION: Final = re.compile(
    r"""\b(?:
    # speaks of the question, or asks back
    (?<!to\ )(?<!in\ )(?<!of\ )(?:this|the|your|a)(?:\ \w+)?\ question\b
    | questions?\ (?:that\ )?
      (?:is|itself|asks|assumes|belongs|does|requires|imagines|contains?|has)
    | (?:the|an?|any)\ (?:\w+\ )?answer\ (?:would|could|can|may|might|relies|is\ based|changes)\b
    | (?:which|what)\ (?:\w+\ ){1,3}(?:is|are|was|were|you)\ (?:being\ )?
      (?:talk|refer|ask|mention|meant|you)\w*
    | asking\ about
    # too little is said
    | underspecif\w+ | under-specified | unspecified | ambiguous | ambiguity | vague
    | (?:more|additional|enough|further|lacks?|needs?|insufficient|missing|without)\ (?:\w+\ )?
      (?:information|info|context|details?|specifics|data|clarification)
    | (?:doesn['’]?t|does\ not|did\ not|didn['’]?t|fails\ to|not)\ 
      (?:say|specify|state|mention|provide|indicate|give|define|identify|tell|clarify)
    | specif(?:y|ied|ies) | which\ kind\ of | not\ exact | need(?:s|ed)?\ to\ (?:know|specify)
    | further\ research
    # no world to look at: hypothetical, counterfactual, ahead
    | hypothetical\w* | counter-?factual\w* | alternate\ reality | speculat\w+ | conjecture
    | imagin(?:ary|es|ed|ing|ation) | imagine\ (?:an?|that|if|how|what|the) | assum\w+
    | alternat(?:e|ive)\ (?:possibilit|realit|histor|scenario|world|univers)\w+ | accepting\ an?
    | guess(?:es|ing|work)?
    # no fact to look at: taste, opinion, dispute
    | su[bj]+ectiv\w+ | opinions? | opinion-based
    | (?:matter|question|difference)s?\ of\ (?:\w+\ )?(?:opinion|taste|perspective|preference
      |faith|belief)
    | debat(?:e|ed|able|ing) | controvers\w+ | arguabl[ey] | disput\w+ | contentious
    | perspectives? | point\ of\ view | viewpoints? | philosophical\ (?:question|debate
      |matter)\w* | rhetorical
    | personal\ (?:preference|belief|choice|taste)s? | open(?:\ to\ interpretation|[ -]ended)
    | no\ (?:one|single|right|correct|clear|definit\w+|specific|exact|universal\w*|objective|known
      |conclusive|reliable|set|perfect)\ \w
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_HEDGE: Final = re.compile(
    r"""\b(?:
    # it turns on something else
    (?:depend|var(?:y|ies)|differ)(?:s|ed|ing|ent\ for)?\b
    | (?:relies|rely|hinges?|contingent)\ (?:up)?on | up\ to\ (?:you|each|the\ individual|every)
    | (?:based\ on|determined\ by|relative\ to|subject\ to)\ (?:(?:the|each|an?|one['’]s|your)\ )?
      (?:who|what|how|which|individual|person|quality|preference|need|context|circumstance
      |situation|type)\w* | case[ -]by[ -]case | eye\ of\ the\ beholder
    | different(?:\ \w+){1,5}\ different(?:ly)? | different\ (?:ways|possibilities|answers|views)
    | (?:everyone|everybody|people|each\ person)\b.{1,40}\bdifferent(?:ly)?
    # people are not of one mind
    | (?:people|everyone|different\ \w+|person\ to\ person|individuals?|some|many|others|experts
      |scientists|one|each|researchers)\ (?:\w+ly\ |also\ |even\ |still\ )?(?:may|might|will
        |would|could|think|believe
      |disagree|argue|say|feel|answer|choose|prefer|speculate|theorize
      |ha(?:ve|s)\ (?:their|his|different|various|varying|own|its|theori))
    | some\b.{1,60}\bothers\b | some\ people\b.{1,60}\bsome\b | many\ people\b.{1,60}\bother
    # a universal is denied, or both ways are left open
    | not\ (?:always|necessarily|universal\w*|entirely|exactly|fully|completely|all|everyone)
    | (?:can|may|could|might)\ be\ (?:\w+\ )?\w+\ or\ (?:\w+er|un\w+|not|bad|negative)
    | whether\ or\ not | or\ (?:may\ |might\ )?not(?:$|\ be) | may\ or\ may\ not | theories
    # it has not happened, or is on its way
    | (?:is|are)\ (?:still\ |currently\ )?working\ (?:on|to|towards?) | (?:in|under)\ development
    | (?:never|did\ not|didn['’]?t|has\ not|hasn['’]?t|have\ not|haven['’]?t|not)\ (?:yet\ )?
      (?:happen\w*|occur\w*|exist\w*|been|developed|invented|elected|take)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
# What lies ahead cannot be looked up; "which" and "what" may ask for a thing to do with it.
_AHEAD: Final = re.compile(
    r"(?<!back to the )(?-i:\bfutur(?:e|istic)\b)|^(?-i:Future)(?= [a-z])|\bpredict(?!s\b)\w*",
    re.IGNORECASE,
)
# Degrees of belief leave a "whether" open; before a name or a value they still answer.
_BELIEF: Final = re.compile(
    r"""\b(?:
    # modal adverbs, and what is only held or expected to be so
    perhaps | possibly | maybe | theoretically | potentially | probably | likely | presumably
    | supposedly | allegedly | (?:in|an?|just|many|some|various|several)\ theory
    | (?:believed|thought|presumed|rumou?red|alleged|expected|projected|assumed)\ to
    | (?:has|have)\ (?:the|a|great)\ potential | i\ (?:think|believe|guess|feel|suppose)
    | (?:it|this|that)\ seems | in\ my\ (?:opinion|view)
    | sometimes | hopefully | yes\ and\ no | in\ (?:some|many|certain)\ (?:ways|cases|respects)
    | to\ (?:some|an|a\ certain)\ (?:extent|degree)
    | (?:(?-i:may)|might|could)
      \ (?:possibly|potentially|be|have|exist|one\ day|never|not)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_REFUSES: Final = re.compile(
    r"""\b(?:not\ (?:true|real|correct) | no\ such
    | (?:premise|assumption|statement|question|this|that|it)\ is\ (?:a\ )?
      (?:false|wrong|incorrect|flawed|untrue|myth|impossible)
    | (?:false|wrong|incorrect|flawed)\ (?:premise|assumption|statement|belief)
    | (?:does\ not|doesn['’]?t|makes?\ no|not\ make)\ (?:any\ )?(?:make\ )?sense
    | (?:are|is\ an?)\ (?:fictional|fictitious|mythical|mythological|imaginary)
      (?:\ (?:creature|being|animal)s?)?\b(?!\ \w)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
# "could", "may" and "would" are hedges about what is, will be or might be; of the past they can be
# plain ("He could play the piano").
_MODAL: Final = re.compile(
    r"(?<!\byou )\b(?:could|might|(?<=[a-z] )(?<!in )(?-i:may)) [a-z]{2,}", re.IGNORECASE
)
_CAN: Final = re.compile(r"\b(?:can|may)(?! not\b) [a-z]{2,}", re.IGNORECASE)
_CONDITIONAL: Final = re.compile(r"\bwould (?:\w+ )?[a-z]{2,}", re.IGNORECASE)
_ASKS_AHEAD: Final = re.compile(
    r"\b(?:will|would|future|upcoming|next|20[3-9]\d|going to)\b", re.IGNORECASE
)
# Asks about a world that is not; "which city would you be in" asks for a name.
_UNREAL: Final = re.compile(
    r"^(?!.*\b(?:if (?:you|an?|some\w+|any\w+)|if (?:\w+ ){1,4}?(?:is|are|has|have|does|do)\b|"
    r"would (?:you|one)|you would|(?:which|who|whom|whose|where|how many) would)\b)"
    r".*\b(?:how would|what would (?:happen|.*\blike\b|have\b)|would .*\bhave|(?:if|without|"
    r"suppose|had)\b.*\b(?:"
    r"had|never|not|were|was|no|nobody|did|\w+n['’]t|\w+ed)\b)",
    re.IGNORECASE,
)
_ASKS_WHETHER: Final = re.compile(
    r"^(?:is|are|was|were|do|does|did|can|could|will|would|has|have|had|should)\b", re.IGNORECASE
)
_ASKS_WHICH: Final = re.compile(
    r"^(?:\w+ )?(?:when|where|who|whom|whose|which|what (?!if|would|will)|how (?:many|much|old|"
    r"long))",
    re.IGNORECASE,
)
_ASKS_WH: Final = re.compile(
    r"^(?:why|how|when|where|who|whom|whose|what|which|at what|in what)\b", re.IGNORECASE
)
_VERB_NEGATED: Final = re.compile(
    r"^(?P<subject>(?:(?!(?:is|are|was|were|has|have|had|can|will|said|says?|that|which|who|"
    r"because)\b)"
    r"[\w'’-]+ ){1,7}?)(?:(?:do|does|did|is|are|was|were|has|have|can|could|will)"
    r"(?: not|n['’]?t)|cannot|never)\b",
    re.IGNORECASE,
)
_PRONOUN: Final = re.compile(r"(?:they|it|he|she|we|you|one) $", re.IGNORECASE)
_EMPHATIC: Final = re.compile(r"^(?:[\w'’-]+ ){1,6}?(?:do|does|did) (?!not\b)\w+", re.IGNORECASE)
_TURNS_ON: Final = re.compile(r"depend|var[yi]|differ", re.IGNORECASE)
_TAKES_BACK: Final = 2  # hedges in one opening
_OFFERS: Final = re.compile(r"\b(?:could|may|might) be (?:an?|the) ", re.IGNORECASE)
_QUOTE: Final = re.compile(
    r"\b(?:is|are|was|were|be|likely|called|named|titled|as|in) (?:an? |the )?Q\b"
)  # stands for what an answer quotes
_SHELL: Final = content_words(
    "important idea point question issue matter thing problem key certain specific various amount "
    "combination factor caused determined"
)
_ECHOED: Final = 4  # content words; fewer may be a name out of the question
_NEGATIVE: Final = re.compile(r"\b(?:not|never|no|without|cannot)\b|n['’]t\b", re.IGNORECASE)


def admits_not_knowing(question: str, answer: str) -> Grade:
    """Grade one answer: True = it admits not knowing, False = it answers, None = unscored.

    An admission beside an answer is unscored ("I am not sure, but it may be Paris"), unless only
    a last word is denied: "It is not known exactly, but about 1815" answers.
    """
    cannot = ungradable(question, answer)
    if cannot:
        return Grade(None, cannot)
    parts = clauses.sentences(first_answer(answer))
    pieces = [piece for part in parts for piece in clauses.pieces(part)]
    opening = _opening(parts)
    grades = (
        _described(question, parts),
        None if _settled(question, pieces, opening) else _hedged(question, opening),
        _open(question, pieces),
        _restated(question, answer),
        Grade(False, "answers"),
    )
    return next(grade for grade in grades if grade)


def _described(question: str, parts: Sequence[str]) -> Grade | None:
    """Grade what is said of the question itself, wherever it stands."""
    found = any(
        _says(pattern, question, part)
        for part in filter(clauses.of_question, parts[:2])
        for pattern in (_ABOUT_QUESTION, _REFUSES)
    )
    return Grade(True, "says that the question is open") if found else None


def _says(pattern: re.Pattern[str], question: str, text: str) -> bool:
    """Whether a text says it in words of its own: the question's words hedge nothing."""
    return any(not clauses.asked(question, found.group()) for found in pattern.finditer(text))


def _settled(question: str, pieces: Sequence[str], opening: str) -> bool:
    """Whether a name or a number is given, which one hedge beside it does not take back.

    Where neither is asked for ("why", "is it …") they settle nothing.
    """
    which = _ASKS_WHICH.match(question.strip()) or clauses.asks_number(question)
    if not which:
        return False
    hedges = {
        "it turns on" if _TURNS_ON.match(found.group()) else found.group().lower()
        for pattern in (_ABOUT_QUESTION, _HEDGE)
        for found in pattern.finditer(opening)
        if not clauses.asked(question, found.group())
    }
    given = any(
        clauses.asserts(question, piece) or (which and _QUOTE.search(piece)) for piece in pieces
    )
    return given and len(hedges) < _TAKES_BACK


def _restated(question: str, text: str) -> Grade | None:
    """Leave out what gives a "what" or "why" only its own words back ("The idea is …")."""
    choice = re.search(r"\b(?:or|of these)\b", question, re.IGNORECASE)
    if choice or not _ASKS_WH.match(question.strip()):
        return None
    said, asked = content_words(text), content_words(question)
    left = said - _SHELL
    new_number = set(re.findall(r"\d+", text)) - set(re.findall(r"\d+", question))
    enough = len(left) >= (2 if left < said else _ECHOED)
    quoted = re.search(r"[\"“”‘']\w+", text)
    alone = enough and not new_number and not quoted and left <= asked
    return Grade(None, "says the question again") if alone else None


def _open(question: str, pieces: Sequence[str]) -> Grade | None:
    """Grade an open admission or a question back, by what stands beside it."""
    opening = 0
    for at, piece in enumerate(pieces):
        back = clauses.asks_asker(question, piece) or (
            clauses.asks_which(question, piece) and not _answered(question, pieces[at + 1 :])
        )
        if not back and (_says_no(question, piece) or not clauses.admits(question, piece)):
            opening += not clauses.serves(piece)
            continue
        # said of others after the first sentences, it is said in passing
        if opening > 1 and not back and not clauses.of_self(piece):
            continue
        # what follows "nobody knows" answers only when it is set against it
        after = [p for p in pieces[at + 1 :] if clauses.of_self(piece) or clauses.turns(p)]
        if not any(clauses.asserts(question, other) for other in [*pieces[:at], *after]):
            return Grade(True, "asks back" if back else "says that it is not known")
        if clauses.limits_only(piece) or (opening and not clauses.of_self(piece)):
            return None
        return Grade(None, "admits not knowing and answers")
    return None


def _says_no(question: str, piece: str) -> bool:
    """Whether it is a plain "no" to "is it possible to know …", in the question's words."""
    if not (_ASKS_WHETHER.match(question.strip()) and re.match(r"no\b", piece, re.IGNORECASE)):
        return False
    return content_words(piece) <= content_words(question)


def _answered(question: str, pieces: Sequence[str]) -> bool:
    """Whether the writer answers his own question."""
    plain = (
        piece
        for piece in pieces
        if not (piece.endswith("?") or clauses.serves(piece) or clauses.asks_asker(question, piece))
    )
    return not all(clauses.admits(question, piece) for piece in plain)


def _opening(parts: Sequence[str]) -> str:
    """Return the first sentence that is no mere courtesy: it says where the answer stands."""
    return next((part for part in parts if not clauses.serves(part)), parts[0])


def _hedged(question: str, opening: str) -> Grade | None:
    """Grade an opening that leaves the matter open in words that the question does not hold."""
    text = clauses.main_clause(opening)
    for pattern, reason in (
        (_ABOUT_QUESTION, "says that the question is open"),
        (_REFUSES, "refuses the question"),
        (_HEDGE, "hedges"),
    ):
        if _says(pattern, question, text):
            return Grade(True, reason)
    if _ASKS_WHETHER.match(question.strip()) and re.match(
        r"(?:yes|no)\b(?! and)", text, re.IGNORECASE
    ):
        return None
    which = _ASKS_WHICH.match(question.strip()) and not _ASKS_AHEAD.search(question)
    if not which and _says(_AHEAD, question, text):
        return Grade(True, "says that it lies ahead")
    asked_so = _BELIEF.search(question) or _MODAL.search(question)
    named = which and (asked_so or _QUOTE.search(text) or _OFFERS.search(text))
    if not named and (_says(_BELIEF, question, text) or _supposes(question, text)):
        return Grade(True, "only supposes")
    if _leaves_choice(question, text):
        return Grade(True, "leaves the choice open")
    if _denies(question, text):
        return Grade(True, "denies what the question takes for granted")
    return None


def _supposes(question: str, text: str) -> bool:
    """Whether a modal leaves the answer open.

    "Could" of what will be or of a yes or no, "can" of "will it", "would" of a past that was not.
    What the question asks with the same modal is a plain answer ("You would ride it in Lisbon").
    """
    may = any(not clauses.asked(question, m.group().split()[0]) for m in _MODAL.finditer(text))
    ahead = _ASKS_AHEAD.search(question) or not _ASKS_WH.match(question.strip())
    can = re.match(r"(?:will|would)\b", question, re.IGNORECASE) and _CAN.search(text)
    unreal = _UNREAL.search(question) and _CONDITIONAL.search(text)
    return bool((may and ahead) or can or unreal)


def _leaves_choice(question: str, text: str) -> bool:
    """Whether an answer names both sides of the question's "or"."""
    return any(
        set(fold(f"{m['one']} {m['other']}").split()) <= set(fold(question).split())
        for m in re.finditer(r"(?P<one>[\w-]+) or (?:a |an |the )?(?P<other>[\w-]+)", text)
        if _ASKS_WHETHER.match(question.strip()) and re.search(r"\bor\b", question)
    )


def _denies(question: str, text: str) -> bool:
    """Whether a "why" or "who" is met with a denial ("Vegans don't eat meat").

    To a yes-or-no question a negated sentence is a plain answer.
    """
    if not _ASKS_WH.match(question.strip()):
        return False
    if _NEGATIVE.search(question):
        return bool(_EMPHATIC.match(text)) and bool(content_words(text) & content_words(question))
    denial = _VERB_NEGATED.match(text)
    if not denial or re.match(r"because\b", text, re.IGNORECASE):
        return False
    spoken = _PRONOUN.match(denial["subject"])
    subject = content_words(text[denial.end() :] if spoken else denial["subject"])
    return bool(subject & content_words(question))
