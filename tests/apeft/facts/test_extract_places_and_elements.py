"""What is read from texts about countries and elements."""

from __future__ import annotations

import pytest

from apeft.facts.extract import extract
from apeft.facts.lexicon import Lexicon

LEXICON = Lexicon()
FRANCE = {"id": "country/france", "kind": "country", "name": "France", "aliases": []}
HELIUM = {"id": "element/helium", "kind": "element", "name": "Helium", "aliases": []}


def facts(text: str, entity: dict[str, object]) -> list[tuple[str, str]]:
    return [(fact.relation, fact.value) for fact in extract(text, entity, LEXICON)]


def test_a_whole_description_of_a_country() -> None:
    text = (
        "France is a country in Europe. Its capital is Paris. The official language is French and "
        "the currency is the euro. It borders Spain, Italy and Germany."
    )
    assert facts(text, FRANCE) == [
        ("region", "Europe"),
        ("capital", "Paris"),
        ("language", "French"),
        ("currency", "euro"),
        ("neighbour", "Spain"),
        ("neighbour", "Italy"),
        ("neighbour", "Germany"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Its capital is not Lyon.", []),
        ("The capital of Spain is Madrid.", []),
        ("The capital of France is Paris.", [("capital", "Paris")]),
        ("Paris is its capital.", [("capital", "Paris")]),
        ("The capital and largest city is New Delhi.", [("capital", "New Delhi")]),
        ("France borders the Mediterranean Sea.", []),
        ("It does not border Portugal.", []),
        ("The currency is the Swedish krona.", [("currency", "Swedish krona")]),
        ("The currency is the Mozambiros.", [("currency", "Mozambiros")]),
        ("The currency is stable.", []),
        ("Spain is a country. Its capital is Madrid. It borders Portugal.", []),
        ("It borders France and Chad.", [("neighbour", "Chad")]),
    ],
)
def test_sentences_about_a_country(text: str, expected: list[tuple[str, str]]) -> None:
    assert facts(text, FRANCE) == expected


def test_a_whole_description_of_an_element() -> None:
    text = (
        "Helium is a chemical element with the symbol He and atomic number 2. "
        "It is a noble gas discovered by Pierre Janssen and Norman Lockyer in 1868."
    )
    assert facts(text, HELIUM) == [
        ("symbol", "He"),
        ("atomic_number", "2"),
        ("category", "noble gas"),
        ("discoverer", "Pierre Janssen"),
        ("discoverer", "Norman Lockyer"),
        ("discovery_year", "1868"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Helium is not a halogen.", []),
        ("The symbol of Helium is Fr. Helium has the atomic number 2.",
         [("symbol", "Fr"), ("atomic_number", "2")]),
        ("Its symbol is No. It is a noble gas.", [("symbol", "No"), ("category", "noble gas")]),
        ("It was first isolated by William Ramsay in 1895.",
         [("discoverer", "William Ramsay"), ("discovery_year", "1895")]),
        ("It is found in stars since 1900.", []),
        ("Neon was discovered in 1898.", []),
        ("Helium has an atomic number of 2.", [("atomic_number", "2")]),
        ("It is a hard, silvery-white, dense transition metal.",
         [("category", "transition metal")]),
        ("It is a dense metal, the neighbour of the noble gases.", [("category", "metal")]),
        ("It is a light metal, unlike the halogens.", [("category", "metal")]),
        ("Helium, a light, inert noble gas, is rare.", [("category", "noble gas")]),
        ("Helium is a chemical element, a noble gas.", [("category", "noble gas")]),
        ("Helium is an element in the noble gas group.", [("category", "noble gas")]),
    ],
)  # fmt: skip
def test_sentences_about_an_element(text: str, expected: list[tuple[str, str]]) -> None:
    assert facts(text, HELIUM) == expected
