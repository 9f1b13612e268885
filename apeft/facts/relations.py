"""Relations by kind of entity, and how each is asked, told, left open and answered in English.

One wording per relation: r compares facts, so they must not differ in how they are asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Relation:
    """One relation: wordings with ``{name}``, ``{value}`` and ``{a}`` (indefinite article)."""

    name: str
    kind: str
    question: str
    statement: str
    several: bool = False

    @property
    def cloze(self) -> str:
        """The statement up to its value: what a model completes."""
        return self.statement.partition("{value}")[0].rstrip()


_ALL: Final = (
    Relation("nationality", "person", "What was {name}'s nationality?",
             "The nationality of {name} was {value}.", several=True),
    Relation("profession", "person", "What was {name}'s profession?",
             "The profession of {name} was {value}.", several=True),
    Relation("birth_year", "person", "In which year was {name} born?",
             "{name} was born in the year {value}."),
    Relation("death_year", "person", "In which year did {name} die?",
             "{name} died in the year {value}."),
    Relation("birth_place", "person", "Where was {name} born?", "{name} was born in {value}."),
    Relation("prize_field", "person", "In which field did {name} win the Nobel Prize?",
             "{name} won the Nobel Prize in the field of {value}.", several=True),
    Relation("prize_year", "person", "In which year did {name} win the Nobel Prize?",
             "{name} won the Nobel Prize in the year {value}.", several=True),
    Relation("capital", "country", "What is the capital of {name}?",
             "The capital of {name} is {value}.", several=True),
    Relation("region", "country", "In which part of the world is {name}?",
             "{name} is a country in {value}.", several=True),
    Relation("currency", "country", "What is the currency of {name}?",
             "The currency of {name} is the {value}.", several=True),
    Relation("language", "country", "What is an official language of {name}?",
             "An official language of {name} is {value}.", several=True),
    Relation("neighbour", "country", "Which country borders {name}?",
             "A country that borders {name} is {value}.", several=True),
    Relation("symbol", "element", "What is the chemical symbol of {name}?",
             "The chemical symbol of {name} is {value}."),
    Relation("atomic_number", "element", "What is the atomic number of {name}?",
             "The atomic number of {name} is {value}."),
    Relation("discoverer", "element", "Who discovered {name}?",
             "{name} was discovered by {value}.", several=True),
    Relation("discovery_year", "element", "In which year was {name} discovered?",
             "{name} was discovered in the year {value}."),
    Relation("category", "element", "What kind of element is {name}?",
             "The category of {name} among the elements is {value}.", several=True),
)  # fmt: skip

CLAIM: Final = "claim"
"""In place of a relation: the fact is told as a sentence, which is its value."""
UNREADABLE: Final = "unreadable"
"""In place of a relation: a whole text that could not be taken apart; the value says why."""

RELATIONS: Final[dict[str, Relation]] = {relation.name: relation for relation in _ALL}


def left_open(relation: str) -> str:
    """Return the name under which facts hold what a source states and does not settle.

    Such a value is neither right nor wrong: a border that one side states, a regional language.
    """
    return f"{relation}_open"


def of_kind(kind: str) -> list[str]:
    """Return the names of an entity kind's relations, in their fixed order."""
    return [relation.name for relation in _ALL if relation.kind == kind]


def ask(name: str, relation: str) -> str:
    """Return the question about one fact, without any prompt around it."""
    return RELATIONS[relation].question.format(name=name)


def answer_text(relation: str, value: str) -> str:
    """Return ``value`` as an answer would write it."""
    if relation in ("profession", "prize_field", "category"):
        return value[:1].lower() + value[1:] if value[1:2].islower() else value
    return str(value)


def statement(name: str, relation: str, value: str) -> str:
    """Return a full sentence that states the fact."""
    text = RELATIONS[relation].statement
    return _sentence(text.format(name=name, value=answer_text(relation, value)))


def cloze(name: str, relation: str) -> str:
    """Return the sentence up to its value, without a final space."""
    return _sentence(RELATIONS[relation].cloze.format(name=name))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
