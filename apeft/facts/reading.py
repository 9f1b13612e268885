"""Which values a short answer asserts: without those that it denies, corrects or says of others.

A mention is left out where the words before it deny it ("not American but Canadian"), where the
answer takes it back ("American. No, Canadian"), and, if another mention stays, where it belongs to
something else: kin, descent, a place lived in, another event's year.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from apeft.facts.lexicon import Lexicon
from apeft.facts.mentions import PLACE_RELATIONS, YEAR_RELATIONS, places, short_years, stated
from apeft.facts.periods import LIFE_SPAN, VAGUELY, YEARS_OF_LIFE
from apeft.facts.subject import without_subject
from apeft.facts.terms import Mention, Terms, fold

_DENIAL = re.compile(
    r"\b(?:not|never|neither|nor|isn['’]t|wasn['’]t|aren['’]t|ain['’]t|no longer|cannot be|"
    r"rather than|instead of|as opposed to|unlike|contrary to|doesn['’]t|didn['’]t|don['’]t|"
    r"no, (?!it|he|she|the)|mistaken(?:ly)? (?:for|called|described as)|not (?:in|at|from))\b",
    re.IGNORECASE,
)
# These deny nothing of what follows.
_NO_DENIAL = re.compile(
    r"\bnot (?:only|just|merely|simply|sure|certain|entirely|completely|absolutely|100|aware|"
    r"surprising(?:ly)?|to be confused with [^,;.]*[,;.])|\bno doubt\b"
    r"|\bdon['’]t (?:know|think I know)\b|\bwhy not\b|\bif (?:I['’]m|I am) not mistaken\b"
    r"|\bunless I['’]m mistaken\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(
    r"[.;:!?]\s|,|\bbut\b|\bhowever\b|\binstead\b(?! of)|[—–]\s|\s-\s|\band was\b"
)
_TAKEN_BACK = re.compile(
    r"\b(?:sorry|wait|correction|scratch that|my mistake|my apologies|let me correct|"
    r"I mean|I meant|or rather|hold on|I stand corrected|to be precise)\b|[.,;?!—–-]\s*no[,.—–]",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"\s*,?\s*(?:and/or|or|/|and also|as well as)\s*"
    r"(?:(?:perhaps|possibly|maybe|else|in|at|the)\s+)*(?=[A-ZÀ-ÖØ-Þ])"
)
_HONOUR = re.compile(r"^(?:Discovered|Answer|Credit|Chemists?|Physicists?|Scientists?)\s*")
_NOT_BY = re.compile(r"\b(?:in|at|of|from|near|called|named)\s+(?:the\s+)?$")
_COPULA = re.compile(
    r"(?:^|:|\b(?:is|was|are|in|by|as))\s*(?:the\s+|an?\s+)?[\"'“‘’*(]*$", re.IGNORECASE
)
_DONE = re.compile(r"[\"'”’*).!\s]*$")
_OTHERS: Final[dict[str, tuple[re.Pattern[str], re.Pattern[str]]]] = {
    "nationality": (
        re.compile(
            r"\b(?:born|raised|lived|living|died|moved|emigrated|immigrated|settled|studied|"
            r"worked|exiled?|fled|grew up|based|educated|famous|popular|active|buried|known|"
            r"parents?|fathers?|mothers?|wife|husband|family|ancestors?|roots|descent)\b[^.;]{0,30}$",
            re.IGNORECASE,
        ),
        re.compile(
            r"[\s-]+(?:descent|ancestry|origins?|heritage|extraction|parents?|parentage|roots|"
            r"family|immigrants?|father|mother|wife|husband|background|blood)\b"
        ),
    ),
    "profession": (
        re.compile(
            r"\b(?:(?:grand)?(?:son|daughter|child|father|mother)|wife|widow|husband|child|brother|sister|nephew|niece|friend|"
            r"student|pupil|father|mother|parents?|married|failed|wanted to be|tried)\b"
            r"[^.,;]{0,30}$"
        ),
        re.compile(
            r"['’]s (?:son|daughter|wife)\b|\s+of\s+(?:the\s+)?(?:Rock|Pop|Soul|Horror|Jazz|Swing|"
            r"Blues|Comedy|Crime|Suspense|Country|Funk|Disco|Mathematics|Hearts)\b"
        ),
    ),
}
_OWN_YEAR: Final = {
    "birth_year": "born|birth|b\\.",
    "death_year": "died|dies|death|dead|passed|killed|d\\.|until|executed|assassinated",
    "prize_year": "won|wins|award|awarded|prize|received|laureate|honou?red",
    "discovery_year": "discover|discovered|discovery|isolated|found|identified|first",
}
_LIFE: Final = {"birth_year", "death_year"}
_CUE = re.compile(
    r"\b(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _OWN_YEAR.items()) + r")(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reading:
    """Values that an answer asserts, in order, and those that it denies or takes back."""

    asserted: tuple[Mention, ...]
    denied: tuple[Mention, ...]
    text: str


def read(relation: str, answer: str, lexicon: Lexicon, names: Sequence[str] = ()) -> Reading:
    """Find the values of ``relation`` that ``answer`` asserts of the one called ``names``.

    The reading's text is the answer without that name, at the same offsets.
    """
    # Two countries' names may hold one another; a country's own is left out as a value.
    text = answer if relation == "neighbour" else without_subject(relation, answer, names)
    if relation in {*PLACE_RELATIONS, "discoverer"} and text == text.lower():
        text = text.title()
    mentions = stated(relation, text, lexicon)
    if relation in PLACE_RELATIONS and mentions:
        mentions = _more_places(text, mentions[0], lexicon)
    if relation == "discoverer":
        mentions = _names_of_people(text, mentions, lexicon)
    if relation in YEAR_RELATIONS:
        mentions = _years(relation, text, mentions or short_years(text))
    if relation == "neighbour":
        own = {fold(lexicon.canonical(relation, name)) for name in names}
        mentions = [mention for mention in mentions if fold(mention.value) not in own]
    if relation == "language":
        mentions = _without_varieties(text, mentions)
    taken_back = [mention for mention in mentions if _taken_back(text, mention, mentions)]
    denied = [mention for mention in mentions if mention in taken_back or _denied(text, mention)]
    kept = [mention for mention in mentions if mention not in denied]
    return Reading(tuple(_said_of_it(relation, text, kept)), tuple(denied), text)


def stands_for_itself(
    relation: str, answer: str, values: Sequence[str], reading: Reading
) -> str | None:
    """Return the one of ``values`` that is the whole answer, or all that its sentence comes to.

    So a value whose form no rule foresees ("'s-Graveland", the symbol "At") can be answered.
    """
    if relation in YEAR_RELATIONS:
        return None  # every year is read, and may be another event's
    for mention in Terms({value: value for value in values}).find(answer):
        first = min((m.start for m in (*reading.asserted, *reading.denied)), default=mention.start)
        exact = relation != "symbol" or answer[mention.start : mention.end] == mention.value
        alone = _COPULA.search(answer[: mention.start]) and _DONE.match(answer[mention.end :])
        if exact and alone and first >= mention.start and not _denied(answer, mention):
            return mention.value
    return None


def _more_places(text: str, first: Mention, lexicon: Lexicon) -> list[Mention]:
    """The first place, those that stand beside it, and the next one where it is none."""
    both = re.split(r"\s+and\s+", first.value)
    if len(both) > 1 and not lexicon.terms("neighbour").get(first.value):
        ends = [first.start + first.value.index(part) for part in both]
        return [Mention(part, at, at + len(part)) for part, at in zip(both, ends, strict=True)]
    rest = text[first.end :]
    beside = _BESIDE.match(rest)
    if not (beside or _TAKEN_BACK.search(rest) or _denied(text, first)):
        return [first]
    more = places(rest if not beside else rest[beside.end() :])
    at = first.end + (beside.end() if beside else 0)
    return [first, *(Mention(one.value, at + one.start, at + one.end) for one in more)]


def _names_of_people(text: str, mentions: list[Mention], lexicon: Lexicon) -> list[Mention]:
    """Names behind "by" if any; without peoples ("Swedish chemist") and places ("in London")."""
    found = []
    for mention in mentions:
        value = _HONOUR.sub("", mention.value)
        nation = lexicon.terms("nationality").find(value)
        if nation and nation[0].start == 0:
            value = value[nation[0].end :].strip()
        if text[: mention.start].endswith(" the "):
            value = value.removesuffix("s")  # "the Curies"
        if value and not _NOT_BY.search(text[: mention.start]):
            found.append(Mention(value, mention.end - len(value), mention.end))
    behind = [one for one in found if re.search(r"\bby\b", text[: one.start])]
    return behind or found


def _taken_back(text: str, mention: Mention, mentions: Sequence[Mention]) -> bool:
    last = mentions[-1].start
    return bool(_TAKEN_BACK.search(text[mention.end : last])) and mention.end <= last


def _denied(text: str, mention: Mention) -> bool:
    """Whether a denial reaches the mention: it stands before it in the same clause."""
    before = _NO_DENIAL.sub(lambda m: " " * len(m.group()), text[: mention.start])
    denials = _DENIAL.finditer(before)
    return any(not _CLAUSE_END.search(before[m.end() :] + " ") for m in denials)


def _said_of_it(relation: str, text: str, mentions: list[Mention]) -> list[Mention]:
    """Leave out what is said of kin, descent or places, unless nothing else is said."""
    if relation not in _OTHERS:
        return mentions
    before, after = _OTHERS[relation]
    own: list[Mention] = []
    other: Mention | None = None
    for mention in mentions:
        joined = other is not None and _AND.fullmatch(text[other.end : mention.start])
        of_others = after.match(text[mention.end :]) or before.search(
            _clause(text[: mention.start])
        )
        in_a_town = relation == "nationality" and _TOWN_IN.search(text[: mention.start])
        if (
            joined
            or of_others
            or (in_a_town and mention.value != text[mention.start : mention.end])
        ):
            other = mention
            continue
        own.append(mention)
    return own or mentions


_AND = re.compile(r"\s*(?:,|and|or|,\s*and)\s*(?:in\s+)?")
_TOWN_IN = re.compile(r"[a-z]\w* [A-Z][\w-]+,\s*$")


def _clause(before: str) -> str:
    """The clause that ends here: what follows the last comma, "and" or "but"."""
    return re.split(r"[,;.]\s|\b(?:and|but|who)\b", before)[-1]


def _without_varieties(text: str, mentions: list[Mention]) -> list[Mention]:
    """Of "Brazilian Portuguese" only the language."""
    followed = {one for one, after in pairwise(mentions) if text[one.end : after.start] == " "}
    return [mention for mention in mentions if mention not in followed]


def _years(relation: str, text: str, mentions: list[Mention]) -> list[Mention]:
    """Years of the event asked about: by the verb before each, or by its side of a life span."""
    lives = relation in ("birth_year", "death_year")
    if lives and (span := YEARS_OF_LIFE.search(text)):
        side = "low" if relation == "birth_year" else "high"
        return [Mention(span[side], span.start(side), span.end(side))]
    mentions = [one for one in mentions if not VAGUELY.search(text[: one.start])]
    if lives and len(mentions) == 1 and _event(text[: mentions[0].start]) in _LIFE - {relation}:
        return []
    if len(mentions) < 2:
        return mentions
    if lives and LIFE_SPAN.fullmatch(text[mentions[0].end : mentions[1].start]):
        return [mentions[0 if relation == "birth_year" else 1]]
    events = [_event(text[: mention.start]) for mention in mentions]
    own = [mention for mention, event in zip(mentions, events, strict=True) if event == relation]
    free = [mention for mention, event in zip(mentions, events, strict=True) if event is None]
    return own or free or mentions


def _event(before: str) -> str | None:
    cues = list(_CUE.finditer(before))
    return cues[-1].lastgroup if cues else None
