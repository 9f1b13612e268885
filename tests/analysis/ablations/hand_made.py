"""Collected results made by hand: every arm's scores are the base's plus a gain that is planted."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from analysis.load import COLUMNS, Results

ENTITIES = 16
RELATIONS = ("birth_year", "nationality", "profession")
ROLES = {"bio": "in domain", "countries": "ood long-form", "selfaware": "known/unknown"}
CLASSES = ("unanswerable", "answerable")


@dataclass(frozen=True)
class Arm:
    """Gains over the base: ``gain`` of FActScore in 0..1, ``margin`` of a test fact in nats."""

    gain: float = 0.0
    noise: float = 0.01  # alternates in sign from entity to entity, so its mean is zero
    margin: Callable[[str], float] = field(default=lambda fact: 0.0)
    seeds: tuple[int, ...] = (0,)
    steps: int = 20
    pairs: int = 100


Arms = Mapping[tuple[str, str], Arm]
BASE = ("base", "")


def facts() -> list[tuple[str, str, str, str]]:
    """Set, entity, relation and name of every test fact."""
    return [
        (where, f"{where}/{n:02d}", relation, f"{where}/{n:02d}#{relation}")
        for where in ("bio", "countries")
        for n in range(ENTITIES)
        for relation in RELATIONS
    ]


def results(arms: Arms) -> Results:
    """Results of the base and these arms, by (algorithm, recipe)."""
    items, training = [], []
    for (algorithm, recipe), arm in {BASE: Arm(noise=0.0), **arms}.items():
        for seed in arm.seeds:
            name = "base" if algorithm == "base" else f"{algorithm}-{recipe}-{seed}"
            one = {"variant": name, "algorithm": algorithm, "recipe": recipe, "seed": seed}
            items += [one | row for row in _items(arm)]
            if algorithm != "base":
                training.append(
                    one
                    | {"beta": 0.1, "learning_rate": 1e-4, "steps": arm.steps, "pairs_seen": 80}
                    | {"tokens_seen": 800, "pairs_general": arm.pairs, "pairs_atomic": 0}
                    | {"pairs_own": 0, "tokens_seen_general": 800}
                )
    parameters = [
        {"key": key, "value": json.dumps(value), "class": "ours", "note": ""}
        for key, value in (("detect.min_scored", 0.5), ("training.steps", 20))
    ]
    empty = {name: pd.DataFrame(columns=list(columns)) for name, columns in COLUMNS.items()}
    return Results(
        items=pd.DataFrame(items)[list(COLUMNS["items"])].astype({"value": float}),
        shift=empty["shift"],
        detection=empty["detection"],
        answers=empty["answers"],
        curves=empty["curves"],
        validation=empty["validation"],
        training=pd.DataFrame(training, columns=list(COLUMNS["training"])),
        updates=empty["updates"],
        parameters=pd.DataFrame(parameters),
        counts={},
        collapse={},
    )


def _items(arm: Arm) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []

    def add(where: str, entity: str, item: str, measure: str, value: float, **more: str) -> None:
        row = {"set": where, "role": ROLES[where], "entity": entity, "item": item}
        about = {"relation": more.get("relation", ""), "group": more.get("group", "")}
        rows.append(row | about | {"measure": measure, "value": value})

    for number, (where, entity, relation, fact) in enumerate(facts()):
        n = number // len(RELATIONS)
        if relation == RELATIONS[0]:
            sign = 1 if n % 2 else -1
            score = 0.4 + 0.01 * (n % 3) + arm.gain + sign * arm.noise
            for measure in ("factscore", "right"):
                add(where, entity, f"{where}:{entity}", measure, score)
        add(where, entity, fact, "accurate", float(n % 2), relation=relation)
        add(where, entity, fact, "rank1", float(n % 4 == 0), relation=relation)
        add(where, entity, fact, "margin", 0.5 * (number % 5) + arm.margin(fact), relation=relation)
    for n in range(ENTITIES):
        entity = f"selfaware/{n:02d}"
        for measure in ("correct", "choice", "right"):
            add("selfaware", entity, entity, measure, float(n % 3 > 0), group=CLASSES[n % 2])
    return rows


def answers(
    variants: Mapping[str, Callable[[str], list[bool | None]]],
) -> list[dict[str, object]]:
    """Graded answers of variants: to each fact, the verdicts that the function gives."""
    return [
        {"variant": variant, "main": True, "fact": fact, "entity": entity, "set": where}
        | {"relation": relation, "samples": [{"correct": one} for one in verdicts(fact)]}
        for variant, verdicts in variants.items()
        for where, entity, relation, fact in facts()
    ]
