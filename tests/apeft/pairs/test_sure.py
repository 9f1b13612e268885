"""What may be true although the knowledge base contradicts it."""

import pytest

from apeft.facts.knowledge import Knowledge
from apeft.pairs.sure import doubtful, names, one_field

TEXT = "She was a Dutch chemist (1900-1980) who lived in France and won a prize in 1950."
WHO = {"id": "person/a", "kind": "person", "name": "A", "aliases": [], "text": TEXT}
FACTS = [
    {"entity": "person/a", "relation": relation, "value": value}
    for relation, value in (("profession", "chemist"), ("nationality", "Dutch"),
                            ("death_year", "1980"))
]  # fmt: skip
KNOWLEDGE = Knowledge.build([WHO], FACTS, {})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("conductor", "composer", True),
        ("painter", "visual artist", True),
        ("civil rights leader", "civil rights activist", True),
        ("actor", "singer", True),
        ("theologian", "philosopher", True),
        ("vocalist", "singer-songwriter", True),
        ("physicist", "painter", False),
        ("footballer", "chess player", False),
        ("footballer", "boxer", False),  # athletes, but sports exclude one another
        ("chemical engineer", "mathematician", False),
        ("poet", "physician", False),
    ],
)
def test_professions_of_one_field_are_kinds_of_one_profession(
    one: str, other: str, same: bool
) -> None:
    assert one_field(one, [other], KNOWLEDGE.lexicon) is same
    assert one_field(other, ["judge", one], KNOWLEDGE.lexicon) is same


@pytest.mark.parametrize(
    ("relation", "value", "expected"),
    [
        ("profession", "physicist", True),  # a scientist too
        ("profession", "sculptor", False),
        ("nationality", "German", False),
        ("nationality", "France", True),  # named by the text
        ("death_year", "1950", False),  # a person dies once: the text names it for something else
        ("claim", "She was a chemist.", False),
    ],
)
def test_a_value_is_doubtful_by_its_field_or_when_the_text_names_it(
    relation: str, value: str, expected: bool
) -> None:
    assert doubtful(KNOWLEDGE, WHO, relation, value) is expected


def test_names_are_whole_words_and_symbols_keep_their_case() -> None:
    assert names("an AMERICAN poet", ["American"], "nationality")
    assert not names("an Americanist", ["American"], "nationality")
    assert not names("found in iron", ["In"], "symbol")
