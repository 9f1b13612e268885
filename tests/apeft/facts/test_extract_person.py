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


def described(name: str, text: str, *aliases: str) -> dict[str, list[str]]:
    entity = {"id": "person/x", "kind": "person", "name": name, "aliases": list(aliases)}
    facts: dict[str, list[str]] = {}
    for fact in extract(text, entity, LEXICON):
        facts.setdefault(fact.relation, []).append(fact.value)
    return facts


POET = {"nationality": ["Chilean"], "profession": ["poet"]}


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("Henry Ames", "Henry Ames Jr."),
        ("Henry Ames", "Henry Ames, Sr.,"),
        ("Henry Ames Jr.", "Henry Ames"),
        ("Pedro Ruiz", "Pedro Ruiz Ocampo"),
        ("Ana Torres", "Ana Torres de la Cruz"),
        ("Ahmed Hassan", "Ahmed Hassan Kamel"),
        ("Ida Holm", "Ida Holm, CBE, FRS,"),
        ("Ida Holm", "Ida Holm OBE"),
        ("Ida Holm", "Dame Ida Holm DBE"),
        ("Ida Holm", "Ida Holm, 3rd Baroness Holm,"),
        ("Ida Holm", "The late Ida Holm"),
        ("Ida Holm", "Ida Holm, better known by her stage name Zed,"),
        ("Ida Holm", 'Ida Holm, who wrote under the pseudonym "Zed",'),
        ("Ida Holm", "Ida Holm (pseudonym: Zed)"),
        ("Ida Holm", "Ida Holm née Bech"),
        ("Ida Holm (poet, born 1874)", "Ida Holm"),
        ("José Rúa", "Jose Rua"),
        ("Jose Rua", "José Rúa"),
        ("Erwin Schön", "Erwin Schoen"),
        ("Dora Đurić", "Dora Djuric"),
    ],
)
def test_a_name_may_be_written_in_other_ways_and_go_on_before_its_verb(
    name: str, subject: str
) -> None:
    assert described(name, f"{subject} was a Chilean poet.") == POET


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Charles Darwin", "Charles Dickens was an English novelist."),
        ("Martin Luther", "Martin Luther King Jr. was an American minister."),
        ("Ida Holm", "Ida Holm Bergström was a Swedish painter."),
        ("Ida Holm", "Ove Holm was a Danish painter. Holm was born in 1880. He died in 1950."),
        ("Ahmed Hassan", "Ahmed Fathy was an Egyptian poet."),
        ("Homer", "Homer Plessy was an American shoemaker."),
    ],
)
def test_a_namesakes_facts_are_nobodys(name: str, text: str) -> None:
    assert described(name, text) == {}


def test_behind_a_namesake_the_whole_name_comes_back_to_the_subject() -> None:
    text = "Ove Holm was a Danish painter. Ida Holm was born in 1874. Holm died in 1950."
    assert described("Ida Holm", text) == {"birth_year": ["1874"], "death_year": ["1950"]}


def test_a_name_that_two_people_bear_is_read_and_another_persons_is_not() -> None:
    people = {"ida holm": frozenset({"person/other"}), "ida maria holm": frozenset({"person/y"})}
    lexicon = Lexicon(people=people)
    entity = {"id": "person/x", "kind": "person", "name": "Ida Holm", "aliases": []}
    assert len(extract("Ida Holm was a Chilean poet.", entity, lexicon)) == 2
    assert extract("Ida Maria Holm was a Chilean poet.", entity, lexicon) == []


@pytest.mark.parametrize(
    ("phrase", "nationality", "profession"),
    [
        ("a teacher", [], ["teacher"]),
        ("an Indian teacher", ["Indian"], ["teacher"]),
        ("a French teacher", [], ["teacher"]),
        ("a Danish stage, film, and television actress", ["Danish"], ["actor"]),
        ("a noted Danish painter", ["Danish"], ["painter"]),
        ("an internationally renowned Danish painter", ["Danish"], ["painter"]),
        ("a best-known Danish painter", ["Danish"], ["painter"]),
        ("a Danish painter best-known for murals", ["Danish"], ["painter"]),
        ("a Danish painter and has sold murals", ["Danish"], ["painter"]),
        ("a Chilean farrier", ["Chilean"], []),
        ("a Chilean farrier and poet", ["Chilean"], ["poet"]),
        ("the Chilean founder of a school", ["Chilean"], []),
        ("a farrier from Chile", [], []),
        ("a painter from the Dominican Republic who lives in Rome", ["Dominican"], ["painter"]),
        ("a French painter from Denmark", ["French"], ["painter"]),
        ("a painter from Lebanon, Ohio", [], ["painter"]),
        ("a painter from Aarhus, Denmark", [], ["painter"]),
        ("a Saudi Arabian-born militant", [], ["militant"]),
        ("a Welsh rugby league player", ["Welsh"], ["rugby player"]),
        ("a Cuban baseball pitcher", ["Cuban"], ["baseball player"]),
        ("a former American football linebacker", [], ["american football player"]),
        ("an Irish football (soccer) assistant referee", ["Irish"], ["referee"]),
        ("a Danish radio personality", ["Danish"], ["radio host"]),
        ("a Danish software developer", ["Danish"], ["programmer"]),
        ("the founder and CEO of a bank", [], ["businessman"]),
        ("the president of the Chess Society and a Danish poet", ["Danish"], ["poet"]),
    ],
)
def test_a_description_is_read_in_other_writers_words(
    phrase: str, nationality: list[str], profession: list[str]
) -> None:
    facts = described("Ida Holm", f"Ida Holm was {phrase}.")
    assert facts.get("nationality", []) == nationality
    assert facts.get("profession", []) == profession


@pytest.mark.parametrize(
    "text",
    [
        "Ida Holm is a 2011 Danish biographical film about a Swedish painter.",
        "Ida Holm is a Danish television series starring a Swedish actress.",
        "Ida Holm is a fictional Danish detective.",
        "In the novel, Ida Holm is a French nurse.",
        "Ida Holm was portrayed by a Swedish actress.",
        "Ida Holm was a friend of the Duke of York and a French actress.",
        "Ida Holm was accompanied by the Duke of York and a French actress.",
        "Ida Holm was a cross between Greta Garbo and a French actress.",
        "Ida Holm was the mother of Danish painter Ove and a Swedish poet.",
        "Ida Holm was the teacher of the Danish painter Ove.",
        "Ida Holm was an immigrant from Denmark.",
        "Ida Holm was a three-time All-Australian.",
        "Ida Holm is no painter.",
        "Some say that Ida Holm was a Swedish painter.",
        'Critics said, "Ida Holm was a Swedish painter."',
        "Her father was a German painter.",
    ],
)
def test_works_about_a_person_and_people_around_them_describe_nobody(text: str) -> None:
    assert described("Ida Holm", text) == {}


@pytest.mark.parametrize(
    ("text", "born", "died"),
    [
        ("Ida Holm (63 BC – 14 AD) was a poet.", "63 BC", "14"),
        ("Ida Holm (23 September 63 BC – 19 August AD 14) was a poet.", "63 BC", "14"),
        ("Ida Holm (c. 100–44 BCE) was a poet.", "100 BC", "44 BC"),
        ("Ida Holm (35–65 AD) was a poet.", "35", "65"),
        ("Ida Holm (980–1037) was a poet.", "980", "1037"),
        ("Ida Holm (b. 980, d. 1037) was a poet.", "980", "1037"),
        ("She was born on 3 May 980 and died on 10 June 1037.", "980", "1037"),
        ("She was born about 980 and passed away in 1037.", "980", "1037"),
        ("Ida Holm was a poet who lived from 1724 to 1807.", "1724", "1807"),
        ("She lived between 1724 and 1807.", "1724", "1807"),
        ("She lived from 12 May 1724 until 3 June 1807.", "1724", "1807"),
        ("She lived from 100 to 44 BC.", "100 BC", "44 BC"),
        ("She lived from 63 BC to 14 AD.", "63 BC", "14"),
    ],
)
def test_both_years_of_a_life_are_read_in_any_era(text: str, born: str, died: str) -> None:
    facts = described("Ida Holm", text)
    assert (facts["birth_year"], facts["death_year"]) == ([born], [died])


@pytest.mark.parametrize(
    "text",
    [
        "She lived from 1724 to 1750 in Paris.",
        "She lived in Paris from 1724 to 1807.",
        "She lived from 1930 to 1938.",
        "Her brother lived from 1724 to 1807.",
        "She had a friend who lived from 1724 to 1807.",
        "Ida Holm (63 BC – 14) wrote.",
        "Ida Holm (12–14 June) wrote.",
        "She was born about 300 miles from Rome.",
        "She died about 300 days later.",
        "She passed on the crown in 1950.",
    ],
)
def test_other_spans_and_numbers_are_no_years_of_a_life(text: str) -> None:
    facts = described("Ida Holm", text)
    assert "birth_year" not in facts
    assert "death_year" not in facts
