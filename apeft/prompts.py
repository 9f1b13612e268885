"""Every prompt of the study, in one place.

A *plain* prompt asks for one thing; a *shown* prompt has few-shot examples before it. Text is
sampled and evaluated with examples, since a small model writes much worse without; training
takes plain prompts, since examples would be most of its tokens.

The paper's own prompts are unknown (`paper-unknown`). The nearest published practice is
FactTune's few-shot biography and question prompts (arXiv 2311.08401).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

LABELS = {
    "person": ("Name", "Biography"),
    "country": ("Country", "Description"),
    "element": ("Element", "Description"),
}
SET_OF_KIND = {"person": "bio", "country": "countries", "element": "elements"}

# How a few-shot answer that turns a question down begins; the scored variants read the same words.
REJECTION = "The question has a false premise"
ABSTENTION = "Nobody can know the answer to this"

# One closing sentence for the people of the biography examples: what they are known for is no
# typed fact, but biographies without it read like forms.
KNOWN_FOR = {
    "Claude Debussy": "He is known for orchestral music such as La mer.",
    "John Steinbeck": "He is known for the novel The Grapes of Wrath.",
    "Rabindranath Tagore": "He is known for the poems of Gitanjali.",
    "Pablo Neruda": "He is known for Twenty Love Poems and a Song of Despair.",
    "Henryk Sienkiewicz": "He is known for the historical novel Quo Vadis.",
    "Hugo Grotius": "He is known for laying the foundations of international law.",
}

Facts = Mapping[str, Sequence[str]]  # relation -> values of one entity


def plain(kind: str, name: str) -> str:
    """The prompt for one entity's text; a completion begins with a space."""
    label, text = LABELS[kind]
    return f"{label}: {name}\n{text}:"


def question(text: str) -> str:
    """The prompt for a short answer."""
    return f"Question: {text}\nAnswer:"


def instruction(text: str) -> str:
    """The prompt for an open long-form text."""
    return f"Instruction: {text}\nResponse:"


def shown(examples: Sequence[tuple[str, str]], prompt: str) -> str:
    """Put examples (prompt, completion without its leading space) before a plain prompt."""
    return "".join(f"{asked} {answer}\n\n" for asked, answer in examples) + prompt


def rotate(examples: Sequence[tuple[str, str]], turn: int) -> list[tuple[str, str]]:
    """Rotate the examples' order, so that no class always stands last."""
    turn %= len(examples)
    return [*examples[turn:], *examples[:turn]]


def example_text(kind: str, name: str, facts: Facts) -> str:
    """A few-shot text that states the facts at hand of one example entity."""
    if kind == "person":
        return _person(name, facts)
    if kind == "country":
        return _country(name, facts)
    return _element(name, facts)


def told(kind: str, name: str, facts: Facts) -> set[str]:
    """The relations that an example's text states: those without which it would read otherwise."""
    text = example_text(kind, name, facts)
    return {
        relation
        for relation in facts
        if example_text(kind, name, {key: facts[key] for key in facts if key != relation}) != text
    }


def _first(facts: Facts, relation: str) -> str | None:
    values = facts.get(relation)
    return values[0] if values else None


def _person(name: str, facts: Facts) -> str:
    nationality = _first(facts, "nationality") or ""
    professions = list(facts.get("profession", ()))[:2]
    noun = f"{nationality} {' and '.join(professions)}".strip()
    article = "an" if noun[:1].lower() in "aeiou" else "a"
    text = f"{name} was {article} {noun}"
    if year := _first(facts, "birth_year"):
        text += f", born in {year}"
        if place := _first(facts, "birth_place"):
            text += f" in {place}"
    if year := _first(facts, "death_year"):
        text += f", who died in {year}"
    return f"{text}. {KNOWN_FOR.get(name, '')}".strip()


def _country(name: str, facts: Facts) -> str:
    parts = [f"{name} is a country in {_first(facts, 'region')}."]
    if capital := _first(facts, "capital"):
        parts.append(f"Its capital is {capital}.")
    if language := _first(facts, "language"):
        parts.append(f"The official language is {language}.")
    if currency := _first(facts, "currency"):
        parts.append(f"The currency is the {currency}.")
    neighbours = list(facts.get("neighbour", ()))[:3]
    if neighbours:
        parts.append(f"It borders {_listed(neighbours)}.")
    return " ".join(parts)


def _element(name: str, facts: Facts) -> str:
    parts = [
        f"{name} is a chemical element with the symbol {_first(facts, 'symbol')} and the atomic "
        f"number {_first(facts, 'atomic_number')}."
    ]
    if category := _first(facts, "category"):
        article = "an" if category[:1].lower() in "aeiou" else "a"
        parts.append(f"It is {article} {category}.")
    year, discoverer = _first(facts, "discovery_year"), _first(facts, "discoverer")
    if year and discoverer:
        parts.append(f"It was discovered in {year} by {discoverer}.")
    return " ".join(parts)


def _listed(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"
