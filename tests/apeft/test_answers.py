"""Which answers are right, wrong or undecidable; expectations set by hand."""

from __future__ import annotations

import pytest

from apeft.answers import canonical, compare, match


@pytest.mark.parametrize(
    ("relation", "answer", "values"),
    [
        ("profession", "He was a novelist.", ["writer"]),
        ("profession", "physicist", ["theoretical physicist"]),
        ("profession", "She was an actress.", ["actor"]),
        ("birth_year", "1879", ["1879"]),
        ("birth_year", "in the year 1879", ["1879"]),
        ("birth_year", "He was born on March 14, 1879, in Ulm.", ["1879"]),
        ("birth_year", "469 BCE", ["-469"]),
        ("death_year", "1879–1955", ["1955"]),
        ("death_year", "He was born in 1879 and died in 1955.", ["1955"]),
        ("birth_place", "He was born in Ulm, Germany.", ["Ulm"]),
        ("birth_place", "Ulm", ["Ulm, Germany"]),
        ("capital", "**Paris**", ["Paris"]),
        ("birth_year", "**1867**", ["1867"]),
        ("symbol", "(Fe)", ["Fe"]),
        ("capital", "Washington", ["Washington D.C."]),
        ("birth_place", "Leningrad", ["Saint Petersburg, Russia"]),
        ("birth_year", "14/3/1879", ["1879"]),
        ("birth_year", "14.03.1879", ["1879"]),
        ("birth_year", "c1879", ["1879"]),
        ("capital", "Washington, DC", ["Washington D.C."]),
        ("capital", "Nay Pyi Taw", ["Naypyidaw"]),
        ("capital", "Astana", ["Nur-Sultan"]),
        ("birth_place", "New York City", ["New York"]),
        ("nationality", "the United States", ["American"]),
        ("nationality", "French-Swiss", ["French"]),
        ("nationality", "British", ["English"]),
        ("nationality", "He was Dutch.", ["Dutch"]),
        ("capital", "The capital of France is Paris.", ["Paris"]),
        ("capital", "Paris, the city of light, lies in the Seine valley.", ["Paris"]),
        ("capital", "Amsterdam, but the government is in The Hague.", ["Amsterdam"]),
        ("capital", "Amsterdam is the capital; it lies in Holland.", ["Amsterdam"]),
        ("capital", "Canberra in the ACT", ["Canberra"]),
        ("capital", "Washington, District of Columbia", ["Washington D.C."]),
        ("birth_place", "Warsaw is where she was born, in Poland.", ["Warsaw"]),
        ("capital", "Bogota", ["Bogotá"]),
        ("currency", "The currency of Sweden is the krona.", ["Swedish krona"]),
        ("currency", "euros", ["Euro"]),
        ("currency", "RMB", ["Chinese Yuan"]),
        ("currency", "Moldovan Lei", ["Moldovan Leu"]),
        ("nationality", "Brit", ["British"]),
        ("region", "It is in South America.", ["Americas", "South America"]),
        ("neighbour", "USA", ["United States", "Mexico"]),
        ("language", "Mandarin", ["Chinese"]),
        ("symbol", "The symbol is He.", ["He"]),
        ("atomic_number", "It is 26.", ["26"]),
        ("discoverer", "It was discovered by William Ramsay in 1895.", ["Sir William Ramsey"]),
        ("category", "It is one of the noble gases.", ["noble gas"]),
        ("prize_field", "Physiology or Medicine", ["medicine"]),
        ("birth_year", "980", ["980"]),
        ("nationality", "German-American", ["American"]),
        ("nationality", "German-American", ["German"]),
        ("nationality", "American", ["German-American"]),
        ("language", "Bengali", ["Bangla"]),
        ("language", "Farsi", ["Persian"]),
        ("language", "Tagalog", ["Filipino"]),
        ("capital", "Ndjamena", ["N'Djamena"]),
        ("capital", "St. John's", ["Saint John's"]),
        ("capital", "Kiev", ["Kyiv"]),
        ("birth_place", "London UK", ["London"]),
        ("discoverer", "Lecoq de Boisbaudran", ["Paul Émile Lecoq de Boisbaudran"]),
    ],
)
def test_right_answers(relation: str, answer: str, values: list[str]) -> None:
    assert match(relation, answer, values, {}).correct is True


@pytest.mark.parametrize(
    ("relation", "answer", "values", "reason"),
    [
        ("birth_year", "1880", ["1879"], "another value"),
        ("nationality", "I do not know.", ["French"], "no value"),
        ("nationality", "He was not American.", ["American"], "negated"),
        ("nationality", "American or French", ["French"], "hedged"),
        ("nationality", "French, German, Italian, Spanish", ["French"], "hedged"),
        ("nationality", "German-born", ["German"], "no value"),
        ("birth_year", "the 1920s", ["1879"], "another period"),
        ("birth_place", "Ulm, France", ["Ulm, Germany"], "another value"),
        ("birth_place", "Munich", ["Ulm"], "another value"),
        ("birth_place", "Washington D.C.", ["Washington, Pennsylvania, USA"], "another value"),
        ("currency", "Danish krone", ["Norwegian krone"], "another value"),
        ("symbol", "HE", ["He"], "no value"),
        ("region", "North America", ["South America", "Americas"], "another part of America"),
        ("region", "Asia", ["Europe"], "another value"),
        ("discoverer", "Marie Curie", ["Pierre Curie"], "another value"),
        ("discoverer", "William Henry", ["William Henry Bragg"], "another value"),
        ("birth_year", "the 20th century", ["1815"], "another period"),
        ("nationality", "French and English", ["French"], "hedged"),
        ("capital", "Beijing or Shanghai", ["Beijing"], "hedged"),
        ("language", "Portuguese or Zambienne", ["Portuguese"], "hedged"),
        ("capital", "Bolivia", ["Sucre"], "another value"),
        ("birth_year", "980", ["1980"], "year"),
    ],
)
def test_wrong_answers(relation: str, answer: str, values: list[str], reason: str) -> None:
    found = match(relation, answer, values, {})
    assert found.correct is False
    assert reason in found.reason or reason == "another value"


@pytest.mark.parametrize(
    ("relation", "answer", "values"),
    [
        ("profession", "scientist", ["physicist"]),
        ("profession", "professor", ["physicist"]),
        ("birth_year", "in the 1870s", ["1879"]),
        ("birth_year", "", ["1879"]),
        ("birth_place", "Xcvb Qwrt Zxch", ["Ulm"]),
        ("nationality", "Soviet", ["Russian"]),
        ("nationality", "English", ["British"]),
        ("nationality", "He was European.", ["French"]),
        ("birth_place", "Germany", ["Ulm"]),
        ("birth_place", "New York", ["Brooklyn, New York"]),
        ("birth_place", "Republic of South Africa", ["Qunu"]),
        ("profession", "physicist", ["scientist", "chemist"]),
        ("profession", "artist", ["actor"]),
        ("region", "South America", ["Americas"]),
        ("category", "metal", ["alkali metal"]),
        ("birth_year", "in the 19th century", ["1815"]),
        ("birth_year", "in the 1810s", ["1815"]),
        ("birth_year", "between 1810 and 1820", ["1815"]),
        ("profession", "artist", ["painter"]),
        ("language", "Cantonese", ["Chinese"]),
        ("birth_place", "Brooklyn, New York", ["New York"]),
    ],
)
def test_undecidable_answers_are_unscored(relation: str, answer: str, values: list[str]) -> None:
    found = match(relation, answer, values, {})
    assert found.correct is None
    assert found.reason


def test_a_list_is_right_only_if_all_of_it_is() -> None:
    values = ["actor", "singer", "dancer"]
    assert match("profession", "actor, singer and dancer", values, {}).correct is True
    assert match("profession", "actor, singer and boxer", values, {}).correct is False


def test_a_double_nationality_in_the_lexicon_does_not_hide_its_parts() -> None:
    lexicon = {"nationality": {"mexican american": "American", "mexican": "Mexican",
                               "american": "American"}}  # fmt: skip
    assert match("nationality", "Mexican-American", ["Mexican"], lexicon).correct is True


def test_the_name_asked_about_is_no_answer() -> None:
    found = match("neighbour", "France borders Spain.", ["Spain"], {}, subject="France")
    assert found.value == "Spain"


def test_the_knowledge_bases_lexicon_is_used() -> None:
    lexicon = {
        "profession": {"wordsmith": "writer"},
        "profession_parents": {"zymurgist": ["chemist"]},
        "profession_open": ["polymath"],
        "nationality_related": {"Roman": ["Tuscan"]},
        "nationality": {"tuscan": "Tuscan"},
    }
    assert match("profession", "a wordsmith", ["writer"], lexicon).correct is True
    assert match("nationality", "Tuscan", ["Roman"], lexicon).correct is None
    assert match("profession", "boxer", ["polymath"], lexicon).correct is None


@pytest.mark.parametrize(
    ("relation", "answer", "value"),
    [
        ("nationality", "He held US citizenship.", "American"),
        ("nationality", "They told us.", None),
        ("birth_place", "In the town of Ulm.", "Ulm"),
        ("profession", "a well-known novelist", "novelist"),
        ("birth_year", "around 1450", "1450"),
    ],
)
def test_canonical_values(relation: str, answer: str, value: str | None) -> None:
    assert canonical(relation, answer, {}) == value


def test_comparing_with_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no right value"):
        match("capital", "Paris", [], {})


@pytest.mark.parametrize(
    ("value", "verdict"),
    [("Mozambiros", False), ("MXN", None), ("Mozambican", None), ("Metica", None)],
)
def test_a_currency_of_no_known_unit_is_wrong_unless_it_may_be_meant(
    value: str, verdict: bool | None
) -> None:
    found = compare("currency", value, ["Mozambican Metical"], {})
    assert (found.correct, found.reason) == (verdict, "no known unit")
