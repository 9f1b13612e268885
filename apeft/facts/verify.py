"""Is a stated fact supported by the knowledge base? The second half of the rule-based judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from apeft.answers import compare
from apeft.facts.extract import StatedFact, extract
from apeft.facts.lexicon import Lexicon
from apeft.facts.mentions import terms
from apeft.facts.sentences import split
from apeft.facts.subject import without_names

Label = Literal["supported", "contradicted", "not_stated"]


@dataclass(frozen=True)
class Verdict:
    """``not_stated`` means that the knowledge base cannot decide: unscored, never wrong."""

    verdict: Label
    reason: str
    evidence: str


@dataclass(frozen=True)
class Lead:
    """What an entity's lead text states, extracted once by the same rules."""

    text: str
    facts: tuple[StatedFact, ...]
    anyone: str = ""
    """The text without the entity's own name: Prince is no prince."""

    @classmethod
    def read(cls, entity: Mapping[str, Any], lexicon: Lexicon) -> Lead:
        """Extract the facts of the entity's ``text`` ("" gives none)."""
        text = str(entity.get("text") or "")
        names = [str(entity.get("name") or ""), *entity.get("aliases", ())]
        anyone = without_names(text, names)
        return cls(text, tuple(extract(text, entity, lexicon)), anyone)

    def supports(self, fact: StatedFact, lexicon: Lexicon) -> str | None:
        """Return the sentence that states the same value, or None."""
        for own in self.facts:
            if own.relation != fact.relation:
                continue
            if compare(fact.relation, fact.value, [own.value], lexicon).correct:
                return sentence_at(self.text, own.start)
        return None

    def values(self, relation: str) -> list[str]:
        """Return what the lead states of a relation."""
        return [own.value for own in self.facts if own.relation == relation]

    def named(self, relation: str, lexicon: Lexicon) -> list[str]:
        """Return the professions that the lead names, of whomever: no list of them is complete."""
        if relation != "profession":
            return []
        return [mention.value for mention in terms(relation, self.anyone, lexicon)]

    def mentions(self, fact: StatedFact, lexicon: Lexicon) -> str | None:
        """Return a sentence that names the value, whoever it is said of, or None."""
        for mention in terms(fact.relation, self.anyone, lexicon):
            if mention.value == lexicon.canonical(fact.relation, fact.value):
                return sentence_at(self.text, mention.start)
        return None


def sentence_at(text: str, position: int) -> str:
    """Return the sentence of ``text`` that holds the character at ``position``."""
    for start, end in split(text):
        if start <= position < end:
            return text[start:end].strip()
    return ""


def verify(
    fact: StatedFact,
    values: Sequence[str],
    lead: Lead,
    lexicon: Lexicon,
    left_open: Sequence[str] = (),
) -> Verdict:
    """Compare a stated fact with the known ``values`` of its relation, then with the lead text.

    Values that agree support it, and so does the lead's own statement. Otherwise it is
    contradicted if there are values that it contradicts, and not stated if there are none, if the
    values cannot decide (less specific, related state), if it is one of those ``left_open``, or if
    the lead names the profession in some other way, since a list of professions is never complete.
    """
    matched = (
        compare(fact.relation, fact.value, values, lexicon, left_open=left_open) if values else None
    )
    if matched and matched.correct:
        return Verdict("supported", matched.reason, f"{fact.relation}: {'; '.join(values)}")
    sentence = lead.supports(fact, lexicon)
    if sentence:
        return Verdict("supported", "stated by the lead text", sentence)
    if matched is None:
        return Verdict("not_stated", "no value in the knowledge base", "")
    known = f"{fact.relation}: {'; '.join(values)}"
    if matched.correct is None:
        return Verdict("not_stated", matched.reason, known)
    if fact.relation == "profession":
        sentence = lead.mentions(fact, lexicon)
        if sentence:
            return Verdict("not_stated", "named by the lead text, not as a profession", sentence)
    return Verdict("contradicted", matched.reason, known)
