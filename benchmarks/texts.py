"""Prompts, candidates and pairs of the study's form and length, needing no knowledge base."""

from __future__ import annotations

from apeft.records import Record

SHOTS = (
    "Name: Claude Debussy\nBiography: Claude Debussy was a French composer, born in 1862 in "
    "Saint-Germain-en-Laye, who died in 1918. He is known for orchestral music such as La mer.\n\n"
    "Name: John Steinbeck\nBiography: John Steinbeck was an American writer and novelist, born in "
    "1902 in Salinas, who died in 1968. He is known for the novel The Grapes of Wrath.\n\n"
)
PEOPLE = (
    "Marie Curie", "Albert Einstein", "Jane Austen", "Charles Darwin", "Frida Kahlo",
    "Nelson Mandela", "Ada Lovelace", "Isaac Newton", "Leo Tolstoy", "Johannes Kepler",
    "Simone de Beauvoir", "Alfred Hitchcock", "Niels Bohr", "Emily Dickinson", "Louis Pasteur",
    "Virginia Woolf",
)  # fmt: skip
QUESTIONS = {
    "In which year was {} born?": (
        ("1862", "1902", "1861", "1904"), ("1867", "1879", "1775", "1809", "1907"),
    ),
    "Where was {} born?": (
        ("Saint-Germain-en-Laye", "Salinas", "Kolkata", "Parral"),
        ("Warsaw", "Ulm", "Steventon Rectory", "Shrewsbury", "Mexico City"),
    ),
    "What was {}'s profession?": (
        ("composer", "writer", "poet", "diplomat"),
        ("physicist", "novelist", "naturalist", "painter", "statesman"),
    ),
}  # fmt: skip
_SHOWN = ("Claude Debussy", "John Steinbeck", "Rabindranath Tagore", "Pablo Neruda")


def text_prompts(count: int) -> list[str]:
    """Few-shot prompts for biographies; all begin with the same examples."""
    return [f"{SHOTS}Name: {person}\nBiography:" for person in _cycle(count)]


def fact_prompts(count: int) -> list[tuple[str, tuple[str, ...]]]:
    """Four-shot fact questions with five candidate answers; one start a relation."""
    made = []
    for place, person in enumerate(_cycle(count)):
        question, (answers, candidates) = list(QUESTIONS.items())[place % len(QUESTIONS)]
        shots = "".join(
            f"Question: {question.format(shown)}\nAnswer: {answer}\n\n"
            for shown, answer in zip(_SHOWN, answers, strict=True)
        )
        prompt = f"{shots}Question: {question.format(person)}\nAnswer:"
        made.append((prompt, tuple(f" {candidate}" for candidate in candidates)))
    return made


def preference_pairs(count: int) -> list[Record]:
    """Pairs of two biographies after a plain prompt, each different from all others."""
    return [
        {
            "id": f"pair/{place:03}",
            "kind": "general",
            "prompt": f"Name: {person}\nBiography:",
            "chosen": f" {person} was a person of great renown, born in {1700 + place} in Warsaw, "
            f"who died in {1770 + place}. {person} is known for a long work on light.",
            "rejected": f" {person} was a singer and actor, born in {1950 + place} in Salinas. "
            f"{person} is known for the film The Two of Us and for several popular songs.",
        }
        for place, person in enumerate(_cycle(count))
    ]


def _cycle(count: int) -> list[str]:
    return [PEOPLE[place % len(PEOPLE)] for place in range(count)]
