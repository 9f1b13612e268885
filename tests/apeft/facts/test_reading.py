"""What a short answer asserts: expectations set by hand."""

from __future__ import annotations

import pytest

from apeft.answers import match
from apeft.facts import areas
from apeft.facts.lexicon import Lexicon
from apeft.facts.periods import holds, period
from apeft.facts.reading import read
from apeft.facts.subject import names_other, without_subject

EMPTY = Lexicon()


@pytest.mark.parametrize(
    ("relation", "answer", "asserted"),
    [
        ("nationality", "Not American but Canadian.", ["Canadian"]),
        ("nationality", "He wasn't American, he was Canadian.", ["Canadian"]),
        ("nationality", "Canadian rather than American", ["Canadian"]),
        ("nationality", "I'm not sure, but I think he was Canadian.", ["Canadian"]),
        ("nationality", "There is no doubt that he was Canadian.", ["Canadian"]),
        ("nationality", "American. No, wait, Canadian.", ["Canadian"]),
        ("nationality", "American? Sorry, I meant Canadian.", ["Canadian"]),
        ("nationality", "neither American nor Canadian", []),
        ("nationality", "An American of Irish descent.", ["American"]),
        ("nationality", "Born in Germany, he was Swiss.", ["Swiss"]),
        ("nationality", "He lived in France and Italy but was Spanish.", ["Spanish"]),
        ("nationality", "of Irish descent", ["Irish"]),  # nothing else is said
        ("profession", "The son of a lawyer, he became a poet.", ["poet"]),
        ("profession", "She was the King of Rock's rival, a singer.", ["singer"]),
        ("birth_year", "He died in 1955 and was born in 1879.", ["1879"]),
        ("birth_year", "14 March 1879 – 18 April 1955", ["1879"]),
        ("death_year", "14 March 1879 – 18 April 1955", ["1955"]),
        ("birth_year", "712–770", ["712"]),
        ("death_year", "384–322 BC", ["322 BC"]),
        ("birth_year", "384–322 BC", ["384 BC"]),
        ("prize_year", "Born in 1867, she won the prize in 1903.", ["1903"]),
        ("birth_year", "He was 56 years old.", []),
        ("birth_year", "March 14, 980", ["980"]),
        ("capital", "Not Sydney but Canberra", ["Canberra"]),
        ("capital", "Pretoria and Cape Town", ["Pretoria", "Cape Town"]),
        ("capital", "Trinidad and Tobago", ["Trinidad and Tobago"]),
        ("birth_place", "ulm", ["Ulm"]),
        ("language", "Brazilian Portuguese", ["Portuguese"]),
        ("discoverer", "Discovered by the Swedish chemist Carl Scheele in Uppsala",
         ["Carl Scheele"]),
        ("currency", "USD", ["US Dollar"]),
    ],
)  # fmt: skip
def test_asserted_values(relation: str, answer: str, asserted: list[str]) -> None:
    found = read(relation, answer, EMPTY)
    assert [mention.value for mention in found.asserted] == asserted


@pytest.mark.parametrize(
    ("relation", "answer", "name", "left"),
    [
        ("nationality", "Michael Jordan is American", "Michael Jordan", "is American"),
        ("nationality", "Jordan was American", "Michael Jordan", "was American"),
        ("nationality", "He is from Jordan", "Michael Jordan", "He is from Jordan"),
        ("nationality", "Jordan", "Michael Jordan", "Jordan"),
        ("nationality", "The nationality of London was American", "Jack London",
         "The nationality of        was American"),
        ("birth_place", "Florence was born in Florence", "Florence Nightingale",
         "was born in Florence"),
        ("birth_place", "Francis of Assisi was born in Assisi", "Francis of Assisi",
         "was born in Assisi"),
        ("profession", "Prince was a singer", "Prince", "was a singer"),
        ("capital", "The capital of Luxembourg is Luxembourg", "Luxembourg",
         "The capital of            is Luxembourg"),
        ("capital", "Singapore is the capital of Singapore", "Singapore",
         "Singapore is the capital of"),
        ("capital", "Guatemala's capital is Guatemala City", "Guatemala",
         "'s capital is Guatemala City"),
    ],
)  # fmt: skip
def test_the_name_asked_about_is_left_out_only_where_it_is_what_is_spoken_of(
    relation: str, answer: str, name: str, left: str
) -> None:
    found = without_subject(relation, answer, [name])
    assert found.strip() == left
    assert len(found) == len(answer)


@pytest.mark.parametrize(
    ("text", "names", "other"),
    [
        ("Albert Einstein was German.", ["Marie Curie"], True),
        ("Michael B. Jordan is an actor.", ["Michael Jordan", "Michael Jeffrey Jordan"], True),
        ("Michael J. Jordan is a player.", ["Michael Jordan", "Michael Jeffrey Jordan"], False),
        ("Sir Isaac Newton was English.", ["Isaac Newton"], False),
        ("King was American.", ["Stephen King"], False),
        ("The Answer is French.", ["Marie Curie"], False),
    ],
)
def test_somebody_elses_name_at_the_beginning(text: str, names: list[str], other: bool) -> None:
    assert names_other(text, names) is other


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("the 19th century", 1800, 1900),
        ("in the nineteenth century", 1800, 1900),
        ("the 18th to 19th centuries", 1700, 1900),
        ("the 5th century BC", -500, -400),
        ("the 1810s", 1810, 1819),
        ("the 1800s", 1800, 1899),
        ("between 1810 and 1820", 1810, 1820),
        ("before 1815", -10_000, 1815),
    ],
)
def test_periods_by_hand(text: str, low: int, high: int) -> None:
    assert period(text) == (low, high)
    for year in {low, high, (low + high) // 2}:
        assert holds((low, high), f"{-year} BC" if year < 0 else str(year))
    assert not holds((low, high), str(high + 1) if high >= 0 else f"{-high - 1} BC")


def test_a_text_without_a_vague_date_names_no_period() -> None:
    assert period("1815") is None
    assert period("He was an artist.") is None


VAGUE = {
    "European": (["French", "Swedish", "Russian"], ["Brazilian", "American", "Japanese"]),
    "South American": (["Brazilian", "Peruvian"], ["Mexican", "American", "Spanish"]),
    "Latin American": (["Mexican", "Cuban", "Brazilian"], ["Spanish", "American", "Italian"]),
    "Scandinavian": (["Swedish", "Danish", "Norwegian"], ["Italian", "German", "Dutch"]),
    "Slavic": (["Polish", "Serbian", "Ukrainian"], ["Hungarian", "Romanian", "German"]),
    "Middle Eastern": (["Iranian", "Saudi", "Israeli"], ["Indian", "Nigerian", "Greek"]),
    "African": (["Egyptian", "Kenyan"], ["American", "Jamaican"]),
    "Asian": (["Chinese", "Indian", "Turkish"], ["Egyptian", "French"]),
    "Caribbean": (["Jamaican", "Haitian"], ["Brazilian", "Mexican"]),
    "Nordic": (["Finnish", "Icelandic"], ["Estonian", "Scottish"]),
    "Arab": (["Egyptian", "Iraqi"], ["Iranian", "Turkish"]),
}


@pytest.mark.parametrize("area", sorted(VAGUE))
def test_a_part_of_the_world_is_undecided_where_it_holds_the_nationality_else_wrong(
    area: str,
) -> None:
    holding, excluding = VAGUE[area]
    for answer in (area, f"He was {area}.", f"I think she was {area}"):
        for value in holding:
            assert match("nationality", answer, [value], {}).correct is None, value
        for value in excluding:
            assert match("nationality", answer, [value], {}).correct is False, value


def test_every_nationality_of_the_built_in_list_lies_somewhere() -> None:
    from apeft.facts import nations

    assert set(nations.adjectives().values()) <= areas.KNOWN
