"""Normalised forms of names and places, and the records that every source is turned into."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ß": "ss"})
LIGATURES = str.maketrans({"æ": "ae", "œ": "oe", "ı": "i", "´": "'", "’": "'", "ʼ": "'"})
LEAD_LIMIT = 1200
_PARTICLES = "van von de der den di da du la le al t el zur bin ibn of the"
PARTICLES = frozenset(_PARTICLES.split())


def fold(text: str) -> str:
    """Lower-case without accents or punctuation, single spaces: "Émile d'Arc" -> "emile darc"."""
    text = text.lower().translate(LETTERS).translate(LIGATURES)
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    text = re.sub(r"['`\".]", "", text)
    return re.sub(r"[^\w]+", " ", text).strip()


def slug(text: str) -> str:
    """A name as part of an id: "Marie Curie" -> "marie-curie"."""
    return fold(text).replace(" ", "-")


@dataclass(frozen=True)
class Claim:
    """One value that one source states for one relation of an entity.

    Attributes:
        relation: Relation's name (see the records' contract in the README).
        value: Stated value, as text.
        source: Package that states it.
        text: The words of the source that state it.
        within: Wider places that contain the value, if it is a place.
    """

    relation: str
    value: str
    source: str
    text: str
    within: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """What one source says of one entity; claims stand in the source's order, main value first."""

    kind: str
    name: str
    aliases: tuple[str, ...]
    source: str
    text: str
    claims: tuple[Claim, ...]

    def values(self, relation: str) -> list[str]:
        """Values of one relation, in order."""
        return [claim.value for claim in self.claims if claim.relation == relation]
