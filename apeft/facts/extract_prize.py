"""Nobel Prizes that a sentence says its subject won, and whether a verb is the subject's own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apeft.facts.lexicon import Lexicon
from apeft.facts.sentences import OTHERS, Sentence
from apeft.facts.terms import Mention

Found = Iterator[tuple[str, Mention]]

NEGATED = re.compile(r"\b(?:not|never|neither|nor|\w+n['’]t|nominated|denied|declined)\b", re.I)
# Right before a verb or a noun: not quite so, or only supposed to be.
NEAR = re.compile(
    r"\b(?:almost|nearly|hardly|scarcely|barely|(?:would|could|might) have|feigned|faked|honorary)"
    r"\s+$",
    re.IGNORECASE,
)
_PRIZE = re.compile(
    r"(?:(?P<before>\b(?:1[89]|20)\d\d)\s+)?\bNobel(?:\s+(?P<peace>Peace))?"
    r"(?:\s+Memorial)?\s+(?:[Pp]rizes?|[Ll]aureates?)(?P<after>[^.;]{0,110})"
)
_WON = re.compile(
    r"\b(?:w[oi]ns?|winning|received?|receiving|was (?:also )?(?:jointly )?awarded|been awarded|"
    r"awarded|recipient|laureates?|earn(?:s|ed|ing)?|shared?|got|obtained|given|honou?red|"
    r"winner|gained)\b",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"\b(?:in|for)\s+(?:the field of\s+)?(Physics|Chemistry|Physiology(?: (?:or|and) Medicine)?|"
    r"Medicine|Literature|Peace|Economics?|Economic Sciences?)\b",
    re.IGNORECASE,
)
_PRIZE_YEAR = re.compile(r"(?:\b(?:in|of|for|from)\s+(?:the year\s+)?|\(|,\s*)((?:1[89]|20)\d\d)\b")


def own_verb(text: str, start: int, end: int) -> bool:
    """Whether the words between the subject and a verb leave the verb to the subject."""
    between = text[start:end]
    if OTHERS.search(between) or NEGATED.search(between[-25:]):
        return False
    return not re.search(
        r"\b(?:married|met|(?:whom|whose)|(?:the|a|an) \w+ (?:of|by|to) [A-Z]\w+ [A-Z]\w+ who|"
        r"people|those|succeeded|replaced|character|portray\w*|plays?)\b",
        between,
    )


def prizes(sentence: Sentence, lexicon: Lexicon) -> Found:
    """Yield fields and years of the Nobel Prizes won; nominations and relatives are left out."""
    text = sentence.text
    for prize in _PRIZE.finditer(text):
        before = text[sentence.verb : prize.start()]
        laureate = bool(re.search(r"[Ll]aureate", prize.group()[:40]))
        won = _WON.search(before)
        if not (laureate or won or re.match(r"[- ]winn", prize["after"])):
            continue
        if won and NEAR.search(before[: won.start()]):
            continue
        if (
            NEGATED.search(before)
            or OTHERS.search(before)
            or not own_verb(text, sentence.verb, prize.start())
        ):
            continue
        after = prize["after"]
        if re.match(r"[^,]{0,30}\b(?:nominat|nominee|ceremony|committee|lecture)", after):
            continue
        cut = re.search(
            r"\b(?:born|died|published|but|while|after|where|when|his|her)\b|\bNobel\b", after
        )
        after = after[: cut.start()] if cut else after
        yield from _fields_and_years(prize, after, lexicon)


def _fields_and_years(prize: re.Match[str], after: str, lexicon: Lexicon) -> Found:
    shift = prize.start("after")
    if prize["peace"]:
        yield "prize_field", Mention("peace", prize.start("peace"), prize.end("peace"))
    for field in _FIELD.finditer(after):
        value = lexicon.terms("prize_field").get(field[1])
        if value:
            yield "prize_field", Mention(value, shift + field.start(1), shift + field.end(1))
    if prize["before"]:
        yield "prize_year", Mention(prize["before"], prize.start("before"), prize.end("before"))
        return
    for year in _PRIZE_YEAR.finditer(after):
        yield "prize_year", Mention(year[1], shift + year.start(1), shift + year.end(1))
