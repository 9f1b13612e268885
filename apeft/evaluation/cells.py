"""Cells: what a text does with each fact that its prompt asks for.

A cell is an entity and a relation: one of those that the examples of the prompt state, and of
which the knowledge base has a value. So the number of cells of a prompt is fixed beforehand, and a
text can gain nothing by leaving a fact out: each cell is right, wrong or omitted (TruthRL's ternary
reward, Wei et al. 2025), and the three shares add to one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from apeft import prompts as wording
from apeft.facts import relations
from apeft.facts.judge import TypedJudge
from apeft.facts.knowledge import Knowledge
from apeft.facts.sentences import split
from apeft.records import Record


def cells_of(
    prompts: Sequence[Record], examples: Mapping[str, Sequence[Record]], knowledge: Knowledge
) -> tuple[list[Record], dict[str, int]]:
    """Find the cells of long-form prompts.

    Args:
        prompts: with ``id``, ``set`` and ``entity``.
        examples: the entities whose texts stand before a prompt, by kind of entity.
        knowledge: their facts and those of the prompts' entities.

    Returns:
        One row a cell (``prompt``, ``set``, ``fact``, ``entity``, ``relation``, ``values``) in the
        order of prompts and relations, and how many cells of each relation the knowledge base has
        no value for.
    """
    asked = {kind: _asked(kind, members, knowledge) for kind, members in examples.items()}
    rows: list[Record] = []
    lacking: dict[str, int] = {}
    for prompt in prompts:
        entity = prompt["entity"]
        for relation in asked.get(knowledge.entity(entity)["kind"], ()):
            values = knowledge.values(entity, relation)
            if not values:
                lacking[relation] = lacking.get(relation, 0) + 1
                continue
            about = {"prompt": prompt["id"], "set": prompt["set"], "entity": entity}
            fact = {"fact": f"{entity}#{relation}", "relation": relation, "values": values}
            rows.append(about | fact)
    return rows, lacking


def _asked(kind: str, members: Sequence[Record], knowledge: Knowledge) -> list[str]:
    stated: set[str] = set()
    for row in members:
        values = {name: knowledge.values(row["id"], name) for name in relations.of_kind(kind)}
        stated |= wording.told(
            kind, row["name"], {name: row for name, row in values.items() if row}
        )
    return [name for name in relations.of_kind(kind) if name in stated]


def outcome(verdicts: Collection[str]) -> dict[str, int]:
    """What a text does with one cell, from the verdicts on all that it states of the relation.

    *Right* takes one supported statement, so further ones never lower the share right; with a
    contradicted one beside it the cell is ``hedged`` as well. Else *wrong* takes one contradicted
    statement. Else the cell is *omitted*, and ``undecided`` if a statement could not be decided.

    Returns:
        0 or 1 by name; right, wrong and omitted add to one.
    """
    right, wrong = "supported" in verdicts, "contradicted" in verdicts
    omitted = not right and not wrong
    return {
        "right": int(right),
        "wrong": int(wrong and not right),
        "omitted": int(omitted),
        "hedged": int(right and wrong),
        "undecided": int(omitted and "not_stated" in verdicts),
    }


def verdicts(text: str, entity: Record, judge: TypedJudge) -> dict[str, set[str]]:
    """The verdicts on all that a text states of an entity, by relation.

    Each sentence is read behind those before it and also alone: whom a sentence is about depends on
    what stands before it, so a text could otherwise gain a statement by losing a sentence.
    """
    found: dict[str, set[str]] = {}
    if not relations.of_kind(entity["kind"]):
        return found
    for part in (text, *(text[start:end] for start, end in split(text))):
        for fact in judge.extract(part, entity):
            found.setdefault(fact.relation, set()).add(judge.verify(entity, fact).verdict)
    return found


def grade_cells(
    cells: Sequence[Record],
    responses: Sequence[Record],
    shorts: Sequence[Record],
    judge: TypedJudge,
) -> list[Record]:
    """Grade every cell: in the long text of its prompt, and in the short answer to its question.

    Typed rules decide both, whoever judges the other measures: a language model's claims have no
    relation, and the two forms must be held to one standard.

    Args:
        cells: as :func:`cells_of` gives them.
        responses: long texts, with ``prompt``, ``entity`` and ``text``.
        shorts: answers, with ``fact`` and ``text``.
        judge: of both.

    Returns:
        One row a cell, with the text's :func:`outcome`; ``short_right`` (None where the rules
        cannot decide, with ``short_reason``), ``short_text`` and ``short_value``.
    """
    stated = {
        row["prompt"]: verdicts(row["text"], judge.knowledge.entity(row["entity"]), judge)
        for row in responses
    }
    answer_of = {row["fact"]: row["text"] for row in shorts}
    rows = []
    for cell in cells:
        text, relation = answer_of[cell["fact"]], cell["relation"]
        match = judge.grade(judge.knowledge.entity(cell["entity"]), relation, text)
        rows.append(
            {
                "id": f"{cell['prompt']}#{relation}",
                **{name: cell[name] for name in ("set", "entity", "fact", "relation")},
                **outcome(stated[cell["prompt"]].get(relation, ())),
                "short_right": None if match.correct is None else int(match.correct),
                "short_text": text,
                "short_value": match.value,
                "short_reason": match.reason,
            }
        )
    return rows
