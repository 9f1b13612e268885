"""Is a generated answer right? Tolerant about wording, exact about the value.

Decisions, which the study's r and class boundaries rest on:

- the first value that the answer asserts decides (:mod:`apeft.facts.reading`: not what it denies,
  takes back, or says of something else); an answer that offers alternatives ("American or
  British"), lists values or names more than two is right only if every one of them is;
- of a compound ("German-American") either half may be the right one;
- years must be exact; a decade, century or range that holds the right year is unscored, another one
  wrong;
- a part of the world for a nationality likewise ("Scandinavian" holds Swedish, not Italian);
- a kind of the right profession is right ("novelist" for "writer"), as is the head of a longer
  right one ("physicist" for "theoretical physicist"); a mere broader term ("scientist" for
  "physicist") and a post that people hold beside their profession ("professor") are unscored;
- an English person is rightly called British; a British one called English is unscored;
- a place is right by its first part; its country alone is unscored, a conflicting country wrong;
- a value that the knowledge base leaves open (:func:`apeft.facts.relations.left_open`) is unscored;
- an answer that names no value of the kind asked for is wrong, with the reason "no value"; one that
  says nothing at all (empty, garbled) is unscored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from apeft.facts import areas, relations
from apeft.facts.agree import agrees
from apeft.facts.lexicon import Lexicon, as_lexicon
from apeft.facts.mentions import YEAR_RELATIONS, normal_year
from apeft.facts.periods import holds, period
from apeft.facts.reading import Reading, read, stands_for_itself
from apeft.facts.subject import names_other
from apeft.judges.common import unreadable

_OF_PEOPLE = frozenset(relations.of_kind("person"))
_CONTINENTS = frozenset(
    ("Africa", "Americas", "Asia", "Europe", "Oceania", "North America", "South America")
)
_OR = re.compile(r"\bor\b(?! rather\b)|/", re.IGNORECASE)
_LIST = re.compile(
    r"\s*(?:,|&|,?\s*\b(?:and|as well as)\b)\s*(?:(?:an?|the|also|in|with)\s+)*", re.IGNORECASE
)
_UNKNOWN_TOO = re.compile(r"\s*(?:,\s*)?or\s+(?:(?:perhaps|maybe|possibly|in|an?)\s+)*[A-Z]\w+")
_JOINT = re.compile(r"\s*[-–—]\s*|\s")


@dataclass(frozen=True)
class Match:
    """Verdict on one answer: ``correct`` is None where the rules cannot decide (unscored)."""

    correct: bool | None
    value: str | None
    reason: str


@dataclass(frozen=True)
class Truth:
    """What is known of a fact: right values (not empty), and values that are left open."""

    relation: str
    rights: Sequence[str]
    open: Sequence[str]
    lexicon: Lexicon

    def of(self, value: str) -> Match:
        """Compare one value."""
        return compare(self.relation, value, self.rights, self.lexicon, left_open=self.open)


def canonical(relation: str, answer: str, lexicon: Mapping[str, Any]) -> str | None:
    """Return the value that ``answer`` states (the one that decides), or None."""
    asserted = read(relation, answer, as_lexicon(lexicon)).asserted
    return asserted[0].value if asserted else None


def match(
    relation: str,
    answer: str,
    values: Sequence[str],
    lexicon: Mapping[str, Any],
    *,
    subject: str = "",
    aliases: Sequence[str] = (),
    left_open: Sequence[str] = (),
) -> Match:
    """Compare one answer with every right value of a fact.

    Args:
        relation: what was asked for.
        answer: the text as generated, one line.
        values: right values, not empty.
        lexicon: the vocabulary.
        subject: the name asked about; where the answer repeats it ("France borders Spain"), it is
            no value.
        aliases: its other names.
        left_open: values that are neither right nor wrong.
    """
    if not values:
        raise ValueError(f"no right value to compare an answer about {relation} with")
    truth = Truth(relation, values, left_open, as_lexicon(lexicon))
    names = [name for name in (subject, *aliases) if name]
    reading = read(relation, answer, truth.lexicon, names)
    found = _match(truth, reading, names)
    if found.correct and relation in _OF_PEOPLE and names_other(answer, names):
        return replace(found, correct=None, reason="said of somebody else")
    if not found.correct and (said := stands_for_itself(relation, answer, values, reading)):
        return Match(True, said, "same words")
    nothing = unreadable(answer) if found.correct is False else None
    return Match(None, found.value, nothing) if nothing else found


def _match(truth: Truth, found: Reading, names: Sequence[str]) -> Match:
    if not found.asserted:
        return _no_value(truth, found, names)
    first = found.asserted[0]
    named = list(dict.fromkeys(mention.value for mention in found.asserted))
    verdicts = [truth.of(value) for value in named]
    between = found.text[first.end : found.asserted[1].start] if len(found.asserted) > 1 else ""
    if truth.relation == "nationality" and len(named) == 2 and _JOINT.fullmatch(between):
        return max(verdicts, key=_rank)
    listed = len(named) > 2 or (len(named) > 1 and _joins(truth.relation, between))
    if len(named) == 1 and _UNKNOWN_TOO.match(found.text[first.end :]):
        return Match(False, first.value, "hedged: offers another value")
    if listed and any(verdict.correct is False for verdict in verdicts):
        reason = f"hedged: names {len(named)} values, not all of them right"
        return Match(False, first.value, reason)
    if listed:
        return min(verdicts, key=_rank)
    return _within(truth, verdicts[0], names)


def _joins(relation: str, between: str) -> bool:
    """Whether the words between two values make them a list, or alternatives."""
    if _OR.search(between):
        return True
    return relation not in YEAR_RELATIONS and bool(_LIST.fullmatch(between))


def _rank(verdict: Match) -> int:
    return {False: 0, None: 1, True: 2}[verdict.correct]


def _no_value(truth: Truth, found: Reading, names: Sequence[str]) -> Match:
    if found.denied:
        return Match(False, found.denied[0].value, "negated")
    if truth.relation in YEAR_RELATIONS and (dates := period(found.text)):
        held = any(holds(dates, normal_year(value)) for value in truth.rights)
        return Match(None, None, "less specific") if held else Match(False, None, "another period")
    if truth.relation == "nationality":
        return _area(truth, found.text)
    if truth.relation == "region" and (said := areas.named(found.text)):
        return _part_of_world(truth, said[0].value, names)
    return Match(False, None, "no value")


def _area(truth: Truth, text: str) -> Match:
    """A part of the world in place of a nationality."""
    said = areas.named(text)
    if not said:
        return Match(False, None, "no value")
    held = areas.nationalities(said[0].value)
    terms = truth.lexicon.terms("nationality")
    for right in truth.rights:
        parts = [mention.value for mention in terms.find(right)] or [right]
        if any(part in held or part not in areas.KNOWN for part in parts):
            return Match(None, None, "less specific")
    return Match(False, said[0].value, "another part of the world")


def _part_of_world(truth: Truth, area: str, names: Sequence[str]) -> Match:
    """A region told as an adjective ("a European country"), or by a name that no source has."""
    value = truth.lexicon.terms("region").get(area)
    if value:
        return _within(truth, truth.of(value), names)
    held = _peoples(truth, names) & areas.nationalities(area)
    return Match(None if held else False, area, "another division of the world")


def _peoples(truth: Truth, names: Sequence[str]) -> frozenset[str]:
    found = {truth.lexicon.canonical("nationality", name) for name in names}
    return areas.KNOWN & found


def _within(truth: Truth, verdict: Match, names: Sequence[str]) -> Match:
    """Decide an open verdict on a region by whether it holds the country asked about."""
    if truth.relation != "region" or verdict.correct or not verdict.value:
        return verdict
    said, people = areas.named(verdict.value), _peoples(truth, names)
    if not said or not people:
        return verdict
    held = people & areas.nationalities(said[0].value)
    if held and verdict.reason == "another value" and verdict.value not in _CONTINENTS:
        return replace(verdict, correct=None, reason="another division of the world")
    return verdict if held else replace(verdict, correct=False, reason="another part of the world")


def compare(
    relation: str,
    value: str,
    rights: Sequence[str],
    lexicon: Mapping[str, Any],
    *,
    left_open: Sequence[str] = (),
) -> Match:
    """Right if it agrees with any right value; unscored if undecidable against any; else wrong.

    A value that agrees with one that is ``left_open`` is never wrong.
    """
    words = as_lexicon(lexicon)
    undecided: Match | None = None
    wrong = "another value"
    for right in rights:
        correct, reason = agrees(relation, value, right, words)
        if correct and not _subsumed(relation, value, right, rights, words):
            return Match(True, value, reason)
        if correct:
            correct, reason = None, "another kind of a broad value beside a narrower one"
        if correct is None and undecided is None:
            undecided = Match(None, value, reason)
        if correct is False:
            wrong = reason
    if wrong == "another part of America":
        undecided = None  # "Americas" beside "South America" leaves nothing open
    if undecided is None and any(_is_open(relation, value, one, words) for one in left_open):
        return Match(None, value, "left open by the sources")
    return undecided or Match(False, value, wrong)


def _is_open(relation: str, value: str, one: str, lexicon: Lexicon) -> bool:
    """Whether a value is one that is left open; of professions no kind is ("leader", no king)."""
    if relation == "profession":
        return lexicon.canonical(relation, value) == lexicon.canonical(relation, one)
    return bool(agrees(relation, value, one, lexicon)[0])


def _subsumed(
    relation: str, value: str, right: str, rights: Sequence[str], lexicon: Lexicon
) -> bool:
    """Whether ``right`` only says broadly what another right value says exactly.

    Of a "scientist, chemist" the broad value does not make "physicist" right.
    """
    if relation != "profession" or lexicon.canonical(relation, value) == right:
        return False
    if right not in lexicon.above(relation, lexicon.canonical(relation, value)):
        return False
    return any(right in lexicon.above(relation, other) for other in rights)
