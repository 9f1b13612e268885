import pytest

from apeft.knowledge.elements import discoverers


def test_every_value_has_a_surface_form(knowledge, values):
    tables = {
        "nationality": "nationality",
        "profession": "profession",
        "birth_place": "places",
        "capital": "places",
        "language": "languages",
        "currency": "currencies",
        "region": "regions",
        "category": "categories",
        "prize_field": "prizes",
        "discoverer": "discoverers",
        "demonym": "nationality",
    }
    for facts in values.values():
        for relation, table in tables.items():
            for value in facts.get(relation, []):
                assert knowledge.lexicon[table][value.lower()] == value, (relation, value)


def test_surface_forms_are_lower_case_and_parents_canonical(knowledge):
    lexicon = knowledge.lexicon
    for name in ("nationality", "profession", "places", "languages", "currencies", "regions"):
        assert all(form == form.lower() for form in lexicon[name])
    canonical = set(lexicon["profession"].values())
    for name, wider in lexicon["profession_parents"].items():
        assert name in canonical
        assert set(wider) <= canonical
        assert name not in wider
    nations = set(lexicon["nationality"].values())
    for wide, narrow in lexicon["nationality_related"].items():
        assert {wide, *narrow} <= nations


@pytest.mark.parametrize(
    ("table", "form", "value"),
    [
        ("nationality", "scottish", "Scottish"),
        ("nationality", "united states", "American"),
        ("nationality", "soviet union", "Soviet"),
        ("nationality", "argentinian", "Argentine"),
        ("profession", "author", "writer"),
        ("profession", "actress", "actor"),
        ("places", "brasilia", "Brasília"),
        ("places", "usa", "United States"),
        ("regions", "southeast asia", "South-eastern Asia"),
        ("prizes", "physiology or medicine", "medicine"),
    ],
)
def test_spot_forms(knowledge, table, form, value):
    assert knowledge.lexicon[table][form] == value


def test_spot_relations_between_values(knowledge):
    lexicon = knowledge.lexicon
    assert "Scottish" in lexicon["nationality_related"]["British"]
    assert {"writer"} <= set(lexicon["profession_parents"]["novelist"])
    assert {"musician", "performer"} <= set(lexicon["profession_parents"]["pianist"])
    assert "scientist" in lexicon["profession_parents"]["theoretical physicist"]
    assert "Germany" in lexicon["place_parents"]["Ulm"]
    assert lexicon["place_parents"]["Nairobi"] == ["Kenya"]


def test_discoverers_are_people_in_their_usual_spelling():
    assert discoverers("Known to the ancients.") == []
    assert discoverers("Heavy Ion Research Laboratory (HIRL)") == []
    assert discoverers("Sir William Ramsay; M. W. Travers") == ["William Ramsay", "Morris Travers"]
    assert discoverers("A. Ghiorso, et al") == []
    assert discoverers("Fausto and Juan José de Elhuyar") == ["Fausto Elhuyar", "Juan José Elhuyar"]
