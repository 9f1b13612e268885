"""The exact text of every prompt (by hand)."""

import pytest

from apeft import prompts


def test_plain_prompts_leave_the_space_to_the_completion() -> None:
    assert prompts.plain("person", "Ada") == "Name: Ada\nBiography:"
    assert prompts.plain("country", "Peru") == "Country: Peru\nDescription:"
    assert prompts.plain("element", "Iron") == "Element: Iron\nDescription:"
    assert prompts.question("Who?") == "Question: Who?\nAnswer:"
    assert prompts.instruction("Explain x.") == "Instruction: Explain x.\nResponse:"
    for kind in prompts.LABELS:
        assert prompts.SET_OF_KIND[kind]
        assert not prompts.plain(kind, "x").endswith(" ")


def test_examples_stand_before_the_plain_prompt_one_paragraph_each() -> None:
    shown = prompts.shown([("Q: 1\nA:", "one"), ("Q: 2\nA:", "two")], "Q: 3\nA:")
    assert shown == "Q: 1\nA: one\n\nQ: 2\nA: two\n\nQ: 3\nA:"
    assert prompts.shown([], "Q: 3\nA:") == "Q: 3\nA:"


def test_rotations_put_every_example_last_once() -> None:
    examples = [("a", "1"), ("b", "2"), ("c", "3")]
    assert {prompts.rotate(examples, turn)[-1] for turn in range(3)} == set(examples)
    assert prompts.rotate(examples, 4) == [("b", "2"), ("c", "3"), ("a", "1")]


def test_a_person_is_told_as_far_as_the_facts_go() -> None:
    facts = {
        "nationality": ["English"],
        "profession": ["poet", "nurse", "boxer"],
        "birth_year": ["1900"],
        "birth_place": ["Leeds"],
        "death_year": ["1970"],
    }
    assert prompts.example_text("person", "Ann Lee", facts) == (
        "Ann Lee was an English poet and nurse, born in 1900 in Leeds, who died in 1970."
    )
    few = {"profession": ["painter"], "birth_place": ["Leeds"]}
    assert prompts.example_text("person", "Ann Lee", few) == "Ann Lee was a painter."


def test_a_known_example_person_ends_with_what_they_are_known_for() -> None:
    text = prompts.example_text("person", "John Steinbeck", {"profession": ["writer"]})
    assert text == ("John Steinbeck was a writer. He is known for the novel The Grapes of Wrath.")


@pytest.mark.parametrize(
    ("neighbours", "told"),
    [
        ([], ""),
        (["A"], " It borders A."),
        (["A", "B"], " It borders A and B."),
        (["A", "B", "C", "D"], " It borders A, B and C."),
    ],
)
def test_a_country_lists_at_most_three_neighbours(neighbours: list[str], told: str) -> None:
    facts = {"region": ["Asia"], "capital": ["Xi"], "language": ["Y"], "currency": ["zed"]}
    text = prompts.example_text("country", "X", {**facts, "neighbour": neighbours})
    assert text == (
        "X is a country in Asia. Its capital is Xi. The official language is Y. "
        f"The currency is the zed.{told}"
    )


def test_an_element_tells_its_discovery_only_with_year_and_person() -> None:
    facts = {"symbol": ["Xx"], "atomic_number": ["7"], "category": ["alkali metal"]}
    short = "X is a chemical element with the symbol Xx and the atomic number 7. "
    short += "It is an alkali metal."
    assert prompts.example_text("element", "X", {**facts, "discoverer": ["Y"]}) == short
    whole = prompts.example_text("element", "X", {**facts, "discoverer": ["Y"],
                                                  "discovery_year": ["1801"]})  # fmt: skip
    assert whole == f"{short} It was discovered in 1801 by Y."
