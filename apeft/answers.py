"""Is a generated answer right? Tolerant about wording, exact about the value.

Decisions, which the study's r and class boundaries rest on:

- the first value that the answer names decides; an answer that offers alternatives ("American or
  British"), or names more than two different values, is right only if every one of them is;
- years must be exact; a decade or century that could hold the right year is unscored;
- a kind of the right profession is right ("novelist" for "writer"), as is the head of a longer
  right one ("physicist" for "theoretical physicist"); a mere broader term ("scientist" for
  "physicist") and a post that people hold beside their profession ("professor") are unscored;
- an English person is rightly called British; a British one called English is unscored;
- a place is right by its first part; its country alone is unscored, a conflicting country wrong;
- an answer that names no value of the kind asked for is wrong, with the reason "no value"; one that
  says nothing at all (empty, garbled) is unscored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apeft.facts.agree import agrees
from apeft.facts.lexicon import Lexicon, as_lexicon
from apeft.facts.mentions import (
    DECADE,
    YEAR_RELATIONS,
    normal_year,
    stated,
)
from apeft.facts.terms import Mention
from apeft.judges.common import unreadable

_NEGATION = re.compile(r"\b(?:not|never|neither|nor|isn['’]t|wasn['’]t|no longer)\b", re.IGNORECASE)
_CONTINENTAL = re.compile(r"\b(?:European|Asian|African|Scandinavian|Arab|Latin American)\b")
_OR = re.compile(r"\bor\b|/", re.IGNORECASE)


@dataclass(frozen=True)
class Match:
    """Verdict on one answer: ``correct`` is None where the rules cannot decide (unscored)."""

    correct: bool | None
    value: str | None
    reason: str


def canonical(relation: str, answer: str, lexicon: Mapping[str, Any]) -> str | None:
    """Return the value that ``answer`` states (the one that decides), or None."""
    mentions = _ordered(relation, answer, as_lexicon(lexicon))
    return mentions[0].value if mentions else None


def match(
    relation: str,
    answer: str,
    values: Sequence[str],
    lexicon: Mapping[str, Any],
    *,
    subject: str = "",
) -> Match:
    """Compare one answer with every right value of a fact.

    ``answer`` is the text as generated, one line; ``values`` must not be empty. ``subject`` is the
    name asked about: where the answer repeats it ("France borders Spain"), it is no value.
    """
    if not values:
        raise ValueError(f"no right value to compare an answer about {relation} with")
    found = _match(relation, answer, values, as_lexicon(lexicon), subject)
    nothing = unreadable(answer) if found.correct is False else None
    return Match(None, found.value, nothing) if nothing else found


def _match(
    relation: str, answer: str, values: Sequence[str], words: Lexicon, subject: str
) -> Match:
    if subject and relation in ("neighbour", "discoverer", "birth_place"):
        answer = re.sub(rf"\b{re.escape(subject)}\b", lambda m: " " * len(m.group()), answer)
    mentions = _ordered(relation, answer, words)
    if not mentions:
        return _no_value(relation, answer, values)
    first = mentions[0]
    if _NEGATION.search(answer[: first.start]):
        return Match(False, first.value, "negated")
    named = list(dict.fromkeys(mention.value for mention in mentions))
    verdicts = [compare(relation, value, values, words) for value in named]
    between = answer[first.end : mentions[1].start] if len(mentions) > 1 else ""
    listed = len(named) > 2 or (len(named) > 1 and bool(_OR.search(between)))
    if listed and not all(verdict.correct for verdict in verdicts):
        return Match(
            False, first.value, f"hedged: names {len(named)} values, not all of them right"
        )
    return verdicts[0]


def _ordered(relation: str, answer: str, lexicon: Lexicon) -> list[Mention]:
    mentions = stated(relation, answer, lexicon)
    if relation != "death_year" or len(mentions) < 2:
        return mentions
    # "1879-1955" and "born in 1879, died in 1955" name the death second.
    died = re.search(r"\bdied\b|\bdeath\b|\bdead\b", answer)
    later = [mention for mention in mentions if died and mention.start > died.start()]
    gap = answer[mentions[0].end : mentions[1].start].strip()
    if later:
        return later
    return mentions[1:] if gap in {"-", "–", "—", "to"} else mentions


def _no_value(relation: str, answer: str, values: Sequence[str]) -> Match:
    if relation in YEAR_RELATIONS and DECADE.search(answer):
        decade = re.search(r"\b(\d{2,3})(\d)s\b", answer)
        held = [value for value in values if decade and normal_year(value).startswith(decade[1])]
        if decade and not held:
            return Match(False, decade.group(), "another decade")
        return Match(None, None, "less specific")
    if relation == "nationality" and _CONTINENTAL.search(answer):
        return Match(None, None, "less specific")
    return Match(False, None, "no value")


def compare(relation: str, value: str, rights: Sequence[str], lexicon: Mapping[str, Any]) -> Match:
    """Right if it agrees with any right value; unscored if undecidable against any; else wrong."""
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
    return undecided or Match(False, value, wrong)


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
