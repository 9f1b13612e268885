"""What is read from biographies, by hand-made sentences with the expected facts beside them."""

from __future__ import annotations

import pytest

from apeft.facts.extract import extract
from apeft.facts.lexicon import Lexicon

LEXICON = Lexicon()
EINSTEIN = {
    "id": "person/albert-einstein",
    "kind": "person",
    "name": "Albert Einstein",
    "aliases": ["Einstein"],
}


def found(text: str, relation: str) -> list[str]:
    return [fact.value for fact in extract(text, EINSTEIN, LEXICON) if fact.relation == relation]


@pytest.mark.parametrize(
    "text",
    [
        "He was born in 1879.",
        "Albert Einstein (born 14 March 1879) was a physicist.",
        "Albert Einstein (1879-1955) was a physicist.",
        "Albert Einstein (March 14, 1879 – April 18, 1955) was a physicist.",
        "Albert Einstein was a physicist, born in 1879 in Ulm, who died in 1955.",
        "Einstein was born on the 14th of March, 1879 in Ulm.",
        "Born on March 14, 1879, in Ulm, Germany, Einstein studied physics.",
        "He was born to a Swabian mother in Ulm in 1879.",
        "Albert H. Einstein was born in the year 1879.",
        "born in 1879 in Ulm.",
    ],
)
def test_a_birth_year_is_read(text: str) -> None:
    assert found(text, "birth_year") == ["1879"]


@pytest.mark.parametrize(
    "text",
    [
        "His sister Maja was born in 1881.",
        "His father, Hermann, was born in 1847 in Buchau.",
        "Einstein and his wife had a son who was born in 1904.",
        "He was born in the 1870s.",
        "He was not born in 1880.",
        "Mileva Maric was born in 1875.",
        'He wrote: "I was born in 1901."',
        "Einstein (president 1914-1918) was a physicist.",
        "He was awarded the Nobel Prize in Physics in 1921.",
        "His paper (1905) was published in 1906.",
        "He was born in Ulm and moved to Munich in 1880.",
    ],
)
def test_years_of_other_people_and_events_are_no_birth_years(text: str) -> None:
    assert found(text, "birth_year") == []


@pytest.mark.parametrize(
    "text",
    [
        "He died in 1955.",
        "He died on 18 April 1955 in Princeton.",
        "Albert Einstein (1879–1955) was a physicist.",
        "Einstein was a physicist who died of heart failure in 1955.",
        "He lived there until his death in 1955.",
        "He passed away in April 1955.",
        "He died at the age of 76 in 1955.",
        "He died in 1955 at almost 77.",
        "He died in Princeton in 1955, nearly blind.",
        "His wife died in 1936. Einstein died in 1955.",
    ],
)
def test_a_death_year_is_read(text: str) -> None:
    assert found(text, "death_year") == ["1955"]


@pytest.mark.parametrize(
    "text",
    [
        "His wife died in 1936.",
        "His father died in 1902. He was a merchant who died in Milan in 1902.",
        "After the death of his father in 1902, he worked in Bern.",
        "He died at the age of 76.",
        "He died in Princeton after he won a prize in 1921.",
        "He did not die in 1950.",
        "He almost died in 1930.",
        "He would have died in 1930, had he stayed.",
        "He feigned his death in 1930.",
    ],
)
def test_other_deaths_are_not_read(text: str) -> None:
    assert found(text, "death_year") == []


def test_an_era_is_part_of_the_year() -> None:
    assert found("He was born in 428 BCE. He died in 348 B.C.", "birth_year") == ["428 BC"]
    assert found("He was born in 428 BCE. He died in 348 B.C.", "death_year") == ["348 BC"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He was a German physicist.", ["German"]),
        ("Albert Einstein was a German-born American physicist.", ["American"]),
        ("Albert Einstein was a German-born theoretical physicist.", []),
        ("He was a Swiss-American physicist.", ["Swiss", "American"]),
        ("He was a French and German physicist.", ["French", "German"]),
        ("Albert Einstein, a German physicist, won many prizes.", ["German"]),
        ("German physicist and writer, born in 1879.", ["German"]),
        ("He was an African-American physicist.", ["American"]),
        ("His father was a French painter.", []),
        ("He was the son of a French painter.", []),
        ("He was an American football player.", []),
        ("He was a member of the French Academy.", []),
        ("He was not an American physicist.", []),
        ("He studied German literature.", []),
        ("He was a friend of the French painter Henri Matisse.", []),
        ("He was an English teacher.", []),
        ("He was a Dominican friar.", []),
        ("He was an honorary American citizen.", []),
        ("Albert Einstein (not to be confused with Alfred) was a German physicist.", ["German"]),
    ],
)
def test_nationality_is_read_from_the_description_only(text: str, expected: list[str]) -> None:
    assert found(text, "nationality") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She is an American actress, singer and model.", ["actor", "singer", "model"]),
        ("He was a German-born theoretical physicist.", ["theoretical physicist"]),
        ("He was one of the greatest physicists of his time.", ["physicist"]),
        ("He was a film director, producer, and stage actor known for films.",
         ["film director", "producer", "stage actor"]),
        ("He was the founder and director of the Red Cross.", []),
        ("He was the President of the Chess Society.", []),
        ("He was the president of the United States.", ["president"]),
        ("His brother was a painter.", []),
        ("He was the father of the painter Hans.", []),
        ("He met the composer Brahms.", []),
        ("He was never a painter.", []),
        ("He was hardly a painter.", []),
        ("He was almost a painter.", []),
    ],
)  # fmt: skip
def test_professions_are_read_from_the_description_only(text: str, expected: list[str]) -> None:
    assert found(text, "profession") == expected


@pytest.mark.parametrize(
    ("text", "fields", "years"),
    [
        ("He won the Nobel Prize in Physics in 1921.", ["physics"], ["1921"]),
        (
            "He received an honorary doctorate and won the Nobel Prize in Physics in 1921.",
            ["physics"],
            ["1921"],
        ),
        ("He was nearly 42 when he won the Nobel Prize in Physics in 1921.", ["physics"], ["1921"]),
        ("He almost won the Nobel Prize in Physics in 1920.", [], []),
        ("He received the 1921 Nobel Prize in Physics.", ["physics"], ["1921"]),
        ("He was awarded the Nobel Peace Prize in 1979.", ["peace"], ["1979"]),
        ("He won the Nobel Prize for Literature and died in 1986.", ["literature"], []),
        ("He won the Nobel Prize in Physiology or Medicine (1905).", ["medicine"], ["1905"]),
        ("He was nominated for the Nobel Prize in Physics in 1910.", [], []),
        ("He never won the Nobel Prize in Physics.", [], []),
        ("His wife won the Nobel Prize in Physics in 1903.", [], []),
    ],
)
def test_prizes_that_were_won(text: str, fields: list[str], years: list[str]) -> None:
    assert found(text, "prize_field") == fields
    assert found(text, "prize_year") == years


def test_birth_places_keep_their_country() -> None:
    assert found("He was born in 1879 in Ulm, Germany.", "birth_place") == ["Ulm, Germany"]
    assert found("He was born on 14 March 1879 and lived in Bern.", "birth_place") == []


def test_each_value_is_stated_once_with_its_own_words() -> None:
    text = "He was a French poetess. He was also a French poet."
    facts = extract(text, EINSTEIN, LEXICON)
    assert [(fact.relation, fact.value) for fact in facts] == [
        ("nationality", "French"),
        ("profession", "poet"),
    ]
    assert [text[fact.start : fact.end] for fact in facts] == ["French", "poetess"]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("W. G. Grace", "W.G. Grace"),
        ("W. G. Grace", "WG Grace"),
        ("W.G. Grace", "W. G. Grace"),
        ("J. R. R. Tolkien", "J.R.R. Tolkien"),
        ("Edsger W. Dijkstra", "Edsger Dijkstra"),
        ("Edsger W. Dijkstra", "Edsger W Dijkstra"),
        ("W. E. B. Du Bois", "W.E.B. Du Bois"),
    ],
)
def test_initials_may_be_written_in_other_ways(name: str, written: str) -> None:
    entity = {"id": "person/x", "kind": "person", "name": name, "aliases": []}
    read = extract(f"{written} was a Dutch physicist, born in 1868.", entity, LEXICON)
    stated = [(fact.relation, fact.value) for fact in read]
    assert stated == [("nationality", "Dutch"), ("profession", "physicist"), ("birth_year", "1868")]


def test_another_person_with_the_same_initials_is_not_the_subject() -> None:
    entity = {"id": "person/x", "kind": "person", "name": "W. G. Grace", "aliases": []}
    assert extract("W. H. Auden was an English poet.", entity, LEXICON) == []
