import pytest

from apeft.knowledge.laureates import birth_year, laureates, names
from apeft.knowledge.merge import forms, merge, same_person
from apeft.knowledge.places import laureate_places, same_place
from apeft.knowledge.text import Claim, Record, fold, slug


def row(name, year="1950", birthdate="1 May 1900", town="Paris", country="France", field="physics"):
    return {
        "Year": year, "Category": field, "Name": name, "Birthdate": birthdate,
        "Birth Place": town, "County": country, "Prize Name": "The Nobel Prize",
        "Motivation": f"The prize {year} was awarded to {name}",
    }  # fmt: skip


def record(name, born=None, place=None, source="one", aliases=()):
    claims = [Claim("birth_year", str(born), source, "text")] if born else []
    claims += [Claim("birth_place", place, source, "text")] if place else []
    return Record("person", name, aliases, source, "", tuple(claims))


@pytest.mark.parametrize(
    ("text", "prize", "year"),
    [
        ("30 August 1852", 1901, 1852),
        ("28-May-12", 1973, 1912),
        ("5-Dec-01", 1932, 1901),
        ("19-Mar-00", 1935, 1900),
        ("1-Jan-99", 1999, 1899),  # a hundred years old, not a newborn
        ("7-Apr-44", 2008, 1944),
        ("1958", 2010, 1958),
        ("0 1898", 1960, 1898),
        ("", 2010, None),
    ],
)
def test_two_digit_years_are_resolved_with_the_prize(text, prize, year):
    assert birth_year(text, prize) == year


def test_organisations_are_left_out_and_second_prizes_joined():
    found = laureates(
        [
            row("Marie Curie, née Sklodowska", "1903"),
            row("Institut de droit international", birthdate="1873 in Ghent"),
            row("Marie Curie, née Sklodowska", "1911", field="chemistry"),
        ]
    )
    assert [r.name for r in found] == ["Marie Curie"]
    assert found[0].values("prize_year") == ["1903", "1911"]
    assert found[0].values("prize_field") == ["physics", "chemistry"]


def test_titles_and_other_names_become_aliases():
    assert names("Lord (Alexander R.) Todd") == ("Lord Todd", ("Alexander R. Todd",))
    assert names("Earl W. Sutherland, Jr.")[0] == "Earl W. Sutherland, Jr."
    assert names("Sir Martin Ryle") == ("Martin Ryle", ())


def test_places_are_given_then_and_now_with_what_contains_them():
    smyrna = laureate_places("Smyrna (now Izmir)", "Ottoman Empire (now Turkey)")
    assert [place.name for place in smyrna] == ["Smyrna", "Izmir"]
    assert smyrna[0].within == ("Ottoman Empire", "Turkey")
    york = laureate_places("New York NY", "USA")
    assert [(place.name, place.within) for place in york] == [
        ("New York", ("New York", "United States"))
    ]
    lost = laureate_places("Hansdorf (now Jankowa ?aga?ska)", "Prussia (now Poland)")
    assert [place.name for place in lost] == ["Hansdorf"]
    assert laureate_places("", "Belgium") == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (record("Wilhelm Röntgen", 1845), record("Wilhelm Conrad Röntgen", 1845), True),
        (record("J. J. Thomson", 1856), record("Joseph John Thomson", 1856), True),
        (record("Jacobus van 't Hoff", 1852), record("Jacobus Henricus van 't Hoff", 1852), True),
        (record("Yang Chen-Ning", 1922), record("Chen Ning Yang", 1922), True),
        (record("Kenzaburō Ōe", 1935), record("Kenzaburo Oe", 1935), True),
        (record("Barack Obama"), record("Barack H. Obama", 1961), True),
        (record("Pierre Curie", 1859), record("Marie Curie", 1867), False),
        (record("Gerty Cori", 1896), record("Carl Cori", 1896), False),
        (record("Kenneth Wilson", 1936), record("Robert Wilson", 1936), False),
        (record("Anne Frank", 1929), record("Il'ja Frank"), False),
        (record("William Bragg", 1862), record("William Bragg", 1890), False),
        (record("William Gilbert"), record("Walter Gilbert", 1932), False),
    ],
)
def test_who_is_one_person(one, other, same):
    assert same_person(forms(one), forms(other)) is same


def test_merging_keeps_the_first_name_and_drops_what_is_disputed():
    merged = merge(
        [
            [record("Max Born", 1882, "Breslau"), record("Ada Poe", 1927, "Lom")],
            [
                record("Max Karl Born", 1882, "Breslau (city)", "two"),
                record("Ada Poe", 1928, "Vik", "two"),
            ],
        ]
    )
    assert [(e.name, e.sources, e.disputed) for e in merged] == [
        ("Ada Poe", ("one", "two"), ("birth_place", "birth_year")),
        ("Max Born", ("one", "two"), ()),
    ]
    assert merged[0].claims == ()
    assert merged[1].aliases == ("Max Karl Born",)


def test_an_equal_name_wins_and_a_tie_goes_to_neither():
    vital = [record("Woodrow Wilson", aliases=("Thomas Woodrow Wilson",))]
    prize = [record("Robert Woodrow Wilson", 1936), record("Thomas Woodrow Wilson", 1856)]
    assert {e.name: len(e.aliases) for e in merge([vital, prize])} == {
        "Woodrow Wilson": 1,
        "Robert Woodrow Wilson": 0,
    }
    tie = [record("Ann Mary Poe", 1900), record("Ann Jane Poe", 1900)]
    assert len(merge([[record("Ann Poe", 1900)], tie])) == 3


def test_people_of_one_name_and_different_years_get_different_ids():
    merged = merge([[record("Ann Poe", 1800)], [record("Ann Poe", 1900)]])
    assert [e.id for e in merged] == ["person/ann-poe-1800", "person/ann-poe-1900"]


def test_normalised_forms():
    assert fold("Émile d’Arc, Jr.") == "emile darc jr"
    assert slug("Lech Wałęsa") == "lech-walesa"
    assert same_place("New York", "New York City")
    assert not same_place("Halifax", "London")
