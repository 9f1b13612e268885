"""Choose people, entities and questions, and write every prompt with its few-shot examples."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from apeft import prompts as wording
from apeft.evaluation.candidates import with_candidates
from apeft.evaluation.cells import cells_of
from apeft.facts import relations
from apeft.facts.judge import TypedJudge
from apeft.facts.knowledge import Knowledge
from apeft.questions import entity_facts, fact_question
from apeft.records import Record, read_jsonl, write_json, write_jsonl
from apeft.selection import draw, draw_classes, values_by_entity
from apeft.sets import FALSE_PREMISE, KNOWN_UNKNOWN, QUESTIONS, TEXTS
from stages.stage import Made, Reads, Section, output, run

PersonRelation = Literal[
    "nationality", "profession", "birth_year", "death_year", "birth_place", "prize_field",
    "prize_year",
]  # fmt: skip


def _none_or(least: int) -> AfterValidator:
    def enough(count: int) -> int:
        if 0 < count < least:
            raise ValueError(f"should be 0 (the set is left out) or at least {least}")
        return count

    return AfterValidator(enough)


Questions = Annotated[int, Field(ge=0, multiple_of=2), _none_or(4)]
Texts = Annotated[int, Field(ge=0), _none_or(2)]


class Params(Section):
    """How many people, entities and questions, and how many examples stand before them."""

    people_with: list[PersonRelation]
    train_people: int = Field(ge=2)
    validation_people: int = Field(ge=2)
    test_people: int = Field(ge=2)
    countries: int = Field(ge=2)
    elements: int = Field(ge=2)
    freshqa: Questions
    selfaware: Questions
    falseqa: Questions
    kuq: Questions
    factscore: Texts
    fava: Texts
    tuning_questions: int = Field(ge=4, multiple_of=2)
    text_shots: int = Field(ge=1, le=4)
    answer_shots: int = Field(ge=1, le=4)
    question_shots: int = Field(ge=2, multiple_of=2, le=8)
    ranked_facts_per_set: int = Field(ge=5)
    facts_per_set: int = Field(ge=5)
    other_values: int = Field(ge=1)
    seed: int = Field(ge=0)


READS: Reads = {"prompts": Params}
OPENERS = {FALSE_PREMISE: wording.REJECTION, KNOWN_UNKNOWN: wording.ABSTENTION}


def check(sections: dict[str, Any]) -> list[str]:
    """A set that is asked for needs a source."""
    p: Params = sections["prompts"]
    sets = sections["knowledge"].sets
    return [
        f"prompts.{key}: {getattr(p, key)} are asked for and knowledge.sets.{key}.source is null"
        for key in (*QUESTIONS, *TEXTS)
        if getattr(p, key) and getattr(sets, key).source is None
    ]


CHECKS = [check]


def main(params: dict[str, Any]) -> Made:
    """Write out/prompts/prompts.jsonl (one row a prompt) and the examples of short answers."""
    p: Params = params["prompts"]
    entities = read_jsonl(Path("out/knowledge/entities.jsonl"))
    values = values_by_entity(read_jsonl(Path("out/knowledge/facts.jsonl")))
    questions = read_jsonl(Path("out/knowledge/questions.jsonl"))

    rows = _entity_prompts(p, entities, values)
    rows += _text_prompts(p, entities, values) + _question_prompts(p, questions)
    shots = _answer_shots(p, entities, values)
    knowledge = Knowledge.load(Path("out/knowledge"))
    facts, too_few = _test_facts(p, rows, shots, knowledge)
    cells, lacking = _cells(p, rows, entities, shots, knowledge)
    with output("out/prompts") as folder:
        write_jsonl(folder / "prompts.jsonl", rows)
        write_jsonl(folder / "test_facts.jsonl", facts)
        write_json(folder / "answer_shots.json", shots)
        write_jsonl(folder / "cells.jsonl", cells)
        counts: dict[str, int] = {
            "test_facts": len(facts),
            "test_facts_sampled": sum(row["sampled"] for row in facts),
            "test_facts_left_out": sum(too_few.values()),
            "cells": len(cells),
            **{f"without_candidates/{name}": count for name, count in sorted(too_few.items())},
            **{f"without_value/{name}": count for name, count in sorted(lacking.items())},
        }
        for row in rows:
            key = f"{row['set']}/{row['split']}"
            counts[key] = counts.get(key, 0) + 1
        write_json(folder / "counts.json", counts)
    told = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    return Made(f"prompts: {told}")


def _test_facts(
    p: Params, rows: list[Record], shots: Any, knowledge: Knowledge
) -> tuple[list[Record], dict[str, int]]:
    """Draw the test facts of each set with their candidate values.

    Those that are sampled are of entities that have a prompt; further ones, of other entities of
    the test side, are ranked alone, which costs a fraction.

    Returns:
        The facts, ``sampled`` or not, and how many of each relation have too few other values.
    """
    judge = TypedJudge(knowledge)
    found: list[Record] = []
    left_out: dict[str, int] = {}
    for kind, name in wording.SET_OF_KIND.items():
        prompted = {row["entity"] for row in rows if row["set"] == name and row["split"] == "test"}
        tested = [
            row
            for row in knowledge.entities.values()
            if (row["kind"], row["split"]) == (kind, "test")
        ]
        facts = entity_facts(tested, knowledge, shots)
        pool = [{**fact, "id": fact["fact"], "set": name} for fact in facts]
        near = [fact for fact in pool if fact["entity"] in prompted]
        sampled = draw(near, min(p.facts_per_set, len(near)), p.seed, f"facts of {name}")
        chosen = {row["fact"] for row in sampled}
        far = [fact for fact in pool if fact["fact"] not in chosen]
        more = max(0, min(p.ranked_facts_per_set - len(sampled), len(far)))
        drawn = sampled + (draw(far, more, p.seed, f"ranked facts of {name}") if more else [])
        made, too_few = with_candidates(drawn, judge, knowledge, p.other_values, p.seed)
        found += [
            {**fact_question(fact, judge, knowledge, shots), "sampled": fact["fact"] in chosen}
            for fact in made
        ]
        left_out |= {key: left_out.get(key, 0) + count for key, count in too_few.items()}
    return sorted(found, key=lambda row: (row["set"], row["fact"])), left_out


def _cells(
    p: Params, rows: list[Record], entities: list[Record], shots: Any, knowledge: Knowledge
) -> tuple[list[Record], dict[str, int]]:
    """Find the cells of the test prompts, each with its question as a fact is asked."""
    examples = {kind: _shots(entities, kind)[: p.text_shots] for kind in wording.LABELS}
    tested = [row for row in rows if row["split"] == "test" and "question" not in row]
    cells, lacking = cells_of(tested, examples, knowledge)
    judge = TypedJudge(knowledge)
    return [fact_question(cell, judge, knowledge, shots) for cell in cells], lacking


def _shots(entities: list[Record], kind: str) -> list[Record]:
    found = [row for row in entities if row["kind"] == kind and row["split"] == "shots"]
    # In the order of the closing sentences, which puts people of different fields first.
    order = list(wording.KNOWN_FOR)
    return sorted(
        found,
        key=lambda row: (
            order.index(row["name"]) if row["name"] in order else len(order),
            row["id"],
        ),
    )


def _entity_prompts(p: Params, entities: list[Record], values: Any) -> list[Record]:
    people = [
        row
        for row in entities
        if row["kind"] == "person" and set(p.people_with) <= set(values.get(row["id"], {}))
    ]
    wanted = [
        (
            "person",
            split,
            draw([r for r in people if r["split"] == split], n, p.seed, f"{split} people"),
        )
        for split, n in (
            ("train", p.train_people),
            ("validation", p.validation_people),
            ("test", p.test_people),
        )
    ]
    for kind, plural, count in (
        ("country", "countries", p.countries),
        ("element", "elements", p.elements),
    ):
        members = [r for r in entities if r["kind"] == kind and r["split"] == "test"]
        wanted.append((kind, "test", draw(members, count, p.seed, plural)))
    rows = []
    for kind, split, members in wanted:
        examples = [
            (wording.plain(kind, shot["name"]), _shot_text(shot, values))
            for shot in _shots(entities, kind)[: p.text_shots]
        ]
        for entity in sorted(members, key=lambda row: row["id"]):
            plain = wording.plain(kind, entity["name"])
            rows.append(_text_row(wording.SET_OF_KIND[kind], entity, split, plain, examples))
    return rows


def _text_prompts(p: Params, entities: list[Record], values: Any) -> list[Record]:
    """Prompts of the long-form sets that come as names or instructions, without facts."""
    rows = []
    for key, one in TEXTS.items():
        if not getattr(p, key):
            continue
        members = [row for row in entities if row.get("set") == one.name]
        drawn = draw(members, getattr(p, key), p.seed, f"prompts of {one.name}")
        if one.kind == "person":
            examples = [
                (wording.plain("person", shot["name"]), _shot_text(shot, values))
                for shot in _shots(entities, "person")
            ]
        else:
            pairs = zip(_shots(entities, "country"), _shots(entities, "element"), strict=False)
            examples = [
                (wording.instruction(f"Explain {shot['name']}."), _shot_text(shot, values))
                for pair in pairs
                for shot in pair
            ]
        for entity in sorted(drawn, key=lambda row: row["id"]):
            name = entity["name"]
            plain = wording.plain("person", name)
            if one.kind != "person":
                plain = wording.instruction(name)
            rows.append(_text_row(one.name, entity, "test", plain, examples[: p.text_shots]))
    return rows


def _shot_text(shot: Record, values: Any) -> str:
    return wording.example_text(shot["kind"], shot["name"], values.get(shot["id"], {}))


def _text_row(
    name: str, entity: Record, split: str, plain: str, examples: list[tuple[str, str]]
) -> Record:
    return {
        "id": f"{name}/{entity['id']}",
        "set": name,
        "entity": entity["id"],
        "split": split,
        "group": "",
        "plain": plain,
        "text": wording.shown(examples, plain),
    }


def _question_prompts(p: Params, questions: list[Record]) -> list[Record]:
    rows = []
    for key, one in QUESTIONS.items():
        name, groups, opener = one.name, one.classes, OPENERS[one.role]
        if not getattr(p, key):
            continue
        mine = [row for row in questions if row["set"] == name]
        shots = draw_classes(
            [r for r in mine if r["split"] == "shots"], p.question_shots, p.seed, name, groups
        )
        examples = []
        # Classes alternate, and the order rotates from question to question: otherwise the
        # class that always stands last would be favoured.
        for pair in zip(*([r for r in shots if r["group"] == g] for g in groups), strict=True):
            for row in pair:
                answer = row["answer"]
                if row["group"] == groups[0]:
                    answer = f"{opener}{': ' + answer if answer else '.'}"
                examples.append((wording.question(row["question"]), answer))
        for split, wanted in (("test", getattr(p, key)), ("tuning", p.tuning_questions)):
            members = [r for r in mine if r["split"] == split]
            for turn, row in enumerate(draw_classes(members, wanted, p.seed, name, groups)):
                plain = wording.question(row["question"])
                rows.append(
                    {
                        "id": f"{name}/{row['id']}",
                        "set": name,
                        "entity": row["id"],
                        "split": split,
                        "group": row["group"],
                        "question": row["question"],
                        "answers": row["answers"],
                        "plain": plain,
                        "opener": f" {opener}",
                        "text": wording.shown(wording.rotate(examples, turn), plain),
                    }
                )
    return rows


def _answer_shots(p: Params, entities: list[Record], values: Any) -> dict[str, list[list[str]]]:
    """For each relation, examples (question prompt, answer) about the example entities."""
    shots: dict[str, list[list[str]]] = {}
    for kind in wording.LABELS:
        for relation in relations.of_kind(kind):
            examples = []
            for entity in _shots(entities, kind):
                known = values.get(entity["id"], {}).get(relation)
                if known:
                    asked = wording.question(relations.ask(entity["name"], relation))
                    examples.append([asked, relations.answer_text(relation, known[0])])
            if examples:
                shots[relation] = examples[: p.answer_shots]
    return shots


if __name__ == "__main__":
    run("prompts", READS, main, "out/prompts")
