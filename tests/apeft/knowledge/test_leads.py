import re
from collections import Counter

import pytest

from apeft.knowledge import vocabulary_profession as professions
from apeft.knowledge.leads import (
    find_professions,
    is_person,
    is_reign,
    life_years,
    noun_phrase,
    person,
    without_years,
)
from apeft.knowledge.nationality import adjectives, find_nationalities
from apeft.knowledge.places import lead_place
from apeft.sources import default

TABLE = adjectives(["Danish", "South African", "Georgian"])


@pytest.mark.parametrize(
    ("description", "born", "died"),
    [
        ("Finnish architect and designer (1898–1976)", 1898, 1976),
        ("Italian architect and author (1404-1472)", 1404, 1472),
        ("Indian musician (1762 – 1827)", 1762, 1827),
        ("American actress (born 1949)", 1949, None),
        ("Belarusian journalist (Born: 1948)", 1948, None),
        ("Cyrenaic presbyter (died 336)", None, 336),
        ("Czech rabbi (d. 1609)", None, 1609),
        ("English pirate (c. 1680–1718)", None, 1718),
        ("French author (1364 – c. 1430)", 1364, None),
        ("President of Nigeria from 1963 to 1966 (1904–1996)", 1904, 1996),
        ("Roman poet (65–8 BC)", None, None),
        ("Greek philosopher (fl. c. 500 BC)", None, None),
        ("Lebanese singer (born 1934 or 1935)", None, None),
        ("Prime Minister of Pakistan (1988–1990; 1993–1996)", None, None),
        ("King of Dacia (r. 87–106)", None, None),
        ("Last Inca Emperor (ruled 1532–1533)", None, None),
        ("Emperor of China (1908–1912) and of Manchukuo (1934–1945)", None, None),
        ("Queen of France (1137–52) and England (1154–89); Duchess (1137–1204)", None, None),
        ("Scottish friar (c. 1265/66–1308)", None, 1308),
        ("Anglo-Saxon monk (672/3–735)", None, 735),
    ],
)
def test_life_years_leave_out_what_is_uncertain(description, born, died):
    expected = {"birth_year": born, "death_year": died}
    assert life_years(description) == {k: v for k, v in expected.items() if v is not None}


def test_a_reign_as_long_as_a_life_is_told_by_the_lead():
    # Suleiman was born in 1494; his description gives his reign alone.
    office = "Sultan of the Ottoman Empire (1520–1566)"
    assert is_reign(office, "Suleiman was the sultan from 1520 until his death in 1566.")
    assert not is_reign("President of Peru (1795–1830)", "Sucre was president from 1826 to 1828.")
    assert not is_reign("English poet (1520–1566)", "X was a poet, active from 1520.")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Polish-French physicist", ["Polish", "French"]),
        ("Austrian–British philosopher", ["Austrian", "British"]),
        ("American-born French entertainer", ["French"]),
        ("German-language Jewish Czech writer", ["Czech"]),
        ("Roman Catholic priest", []),
        ("Holy Roman Emperor", []),
        ("Dominican friar", []),
        ("South African politician", ["South African"]),
        ("ancient Greek poet", ["Greek"]),
        ("Anglo-Irish explorer", ["Anglo-Irish"]),
        ("Latin American writer", []),
        ("African-American singer", ["American"]),
        ("Germanic chieftain", []),
    ],
)
def test_nationalities_are_told_from_their_likes(words, expected):
    assert find_nationalities(words, TABLE) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("French philosopher and writer", ["philosopher", "writer"]),
        ("American actress, singer and dancer", ["actor", "singer", "dancer"]),
        ("British computer scientist", ["computer scientist"]),
        ("American track and field athlete", ["track and field athlete"]),
        ("Chilean poet-diplomat", ["poet", "diplomat"]),
        ("American singer-songwriter", ["singer-songwriter"]),
        ("Russian epic writer", ["writer"]),
        ("English natural historian", ["naturalist"]),
        ("American aviation pioneer", []),
    ],
)
def test_professions_end_the_parts_of_a_phrase(words, expected):
    assert find_professions(words) == expected


def test_a_phrase_ends_before_clauses_and_places():
    assert noun_phrase("Swiss co-founder of the Red Cross") == "Swiss co-founder"
    assert noun_phrase("physicist who won a prize") == "physicist"
    assert find_professions(noun_phrase("World War II general, U.S. president from 1953"))[1:] == [
        "president"
    ]
    phrase = noun_phrase("Italian polymath of the Renaissance who was active as a painter and poet")
    assert find_professions(phrase)[-2:] == ["painter", "poet"]


def lead(title, description, extract, topic="People"):
    return {"title": title, "description": description, "extract": extract, "topic": topic}


def test_description_and_first_sentence_are_both_read():
    row = lead(
        "Jane Doe (chemist)",
        "Danish chemist (1801–1877)",
        "Jane Mary Doe was a Danish chemist and poet. Born in Odense, she moved.",
    )
    record = person(row, TABLE)
    assert record.name == "Jane Doe"
    assert record.aliases == ("Jane Mary Doe",)
    assert record.values("profession") == ["chemist", "poet"]
    assert record.values("birth_place") == ["Odense"]
    assert record.claims[0].text == "Danish chemist (1801–1877)"


def test_a_polymath_alone_states_no_profession():
    row = lead("X Y", "German polymath (1777–1855)", "X Y was a German polymath.")
    assert person(row, TABLE).values("profession") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("X was a poet. Born in Delft, he wrote.", "Delft"),
        ("X was a poet. She was born in Nishapur, Iran and lived there.", "Nishapur"),
        ("X was a poet. X was born in New York City and studied.", "New York City"),
        ("X was a poet. Born in Italy, he wrote.", None),
        ("X was a poet. His son Y was born in Delft.", None),
        ("X was a poet. Born into a noble family, he wrote.", None),
        ("X was a poet. Born in 1801, he wrote.", None),
        ("X was a poet. Vlad was born in Delft.", None),
        ("X was a poet. Born in Delft, he wrote. He was born in Leiden.", None),
    ],
)
def test_only_an_unambiguous_birth_place_counts(text, expected):
    place = lead_place(text, "X", {"Italy"})
    assert (place.name if place else None) == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (lead("A B", "English poet (1801–1850)", "A B was an English poet."), True),
        (lead("Q", "English rock band (1960–1970)", "Q were an English rock band."), False),
        (lead("The Ks", "Brothers", "The Ks, A and B, were German academics."), False),
        (lead("P", "Period in history (1572–1687)", "P was a time.", "Uncategorized"), False),
        (lead("E", "Empire (1526–1857)", "E was an empire.", "History"), False),
        (lead("A B", "English poet (1801–1850)", "A B was a poet.", "Uncategorized"), True),
        (
            lead("C H", "Danish astronomer (1750–1848)", "C H was an astronomer, whose works were"),
            True,
        ),
    ],
)
def test_only_single_people_are_people(row, expected):
    assert is_person(row) is expected


def test_every_frequent_head_noun_is_in_the_vocabulary(sources):
    # An independent, cruder parse than the library's: last words of the descriptions' parts.
    heads = Counter()
    for row in sources[default.LEADS].rows():
        if row["topic"] == "People" and row["description"]:
            core = re.split(
                r"\b(?:of|who|from|known|in|during|for|under|at|to)\b",
                without_years(row["description"]),
            )[0]
            parts = [part.split() for part in re.split(r",| and | & |/", core)]
            heads.update(part[-1].lower() for part in parts if part)
    known = {word for form in professions.surfaces() for word in (form, form.split()[-1])}
    frequent = {head for head, count in heads.items() if count >= 2}
    assert frequent - known - professions.NOT_PROFESSIONS == set()
