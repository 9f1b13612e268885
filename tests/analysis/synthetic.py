"""A collected folder with invented but plausible numbers, seeded: what the figures are tried on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import beta, binom

from apeft.rng import keyed

ALL = ("dpo", "ipo", "kto", "cpo", "rso")
RELATIONS = {
    "bio": {
        "nationality": (0.97, 0.67),
        "profession": (0.95, 0.44),
        "birth_year": (0.62, 0.09),
        "death_year": (0.48, 0.05),
        "birth_place": (0.35, 0.22),
    },
    "countries": {"capital": (0.95, 0.52), "currency": (0.6, 0.4), "language": (0.7, 0.63)},
    "elements": {"symbol": (0.9, 0.48), "atomic_number": (0.8, 0.21), "category": (0.7, 0.35)},
}
ROLES = {
    "bio": "in domain",
    "countries": "ood long-form",
    "elements": "ood long-form",
    "freshqa-premise": "false premise",
    "selfaware": "known/unknown",
}
GROUPS = {"freshqa-premise": ("false", "valid"), "selfaware": ("unanswerable", "answerable")}
STRENGTH = {"base": 0.0, "dpo": 1.0, "ipo": 0.45, "kto": 0.7, "cpo": 2.6, "rso": 0.85}


@dataclass(frozen=True)
class Size:
    algorithms: tuple[str, ...] = ALL
    recipes: tuple[str, ...] = ("general", "apeft")
    seeds: tuple[int, ...] = (0,)
    entities: int = 60
    questions: int = 90
    tokens: int = 60
    steps: int = 40


SMOKE = Size(algorithms=("dpo", "kto"), entities=6, questions=8, tokens=12, steps=4)


def variants(size: Size) -> list[dict[str, object]]:
    rows = [{"variant": "base", "algorithm": "base", "recipe": "", "seed": 0}]
    for algorithm in size.algorithms:
        for recipe in size.recipes:
            for seed in size.seeds:
                name = f"{algorithm}-{recipe}-{seed}"
                rows.append(
                    {"variant": name, "algorithm": algorithm, "recipe": recipe, "seed": seed}
                )
    return rows


def write(folder: Path, size: Size = Size(), *, without: tuple[str, ...] = ()) -> Path:
    """Write the collected tables; ``without`` names variants that were never run."""
    folder.mkdir(parents=True, exist_ok=True)
    who = [one for one in variants(size) if one["variant"] not in without]
    tuned = [one for one in who if one["algorithm"] != "base"]
    save = {"index": False, "lineterminator": "\n"}
    pd.DataFrame([row for one in who for row in item_rows(one, size)]).to_csv(
        folder / "items.csv", **save
    )
    pd.DataFrame([row for one in who for row in shift_rows(one, size)]).to_csv(
        folder / "shift.csv", **save
    )
    pd.DataFrame(detection_rows(size)).to_csv(folder / "detection.csv", **save)
    pd.DataFrame([row for one in who for row in answer_rows(one, size)]).to_csv(
        folder / "answers.csv", **save
    )
    pd.DataFrame([row for one in tuned for row in curve_rows(one, size)]).to_csv(
        folder / "curves.csv", **save
    )
    pd.DataFrame([row for one in tuned for row in validation_rows(one, size)]).to_csv(
        folder / "validation.csv", **save
    )
    training = [
        one
        | {"beta": 0.1, "learning_rate": 2e-4, "steps": size.steps, "pairs_seen": size.steps * 16}
        | {"tokens_seen": size.steps * 1120, "pairs_general": 240}
        | {"pairs_atomic": 240 if one["recipe"] == "apeft" else 0, "pairs_own": 0}
        for one in tuned
    ]
    for row in training:
        for kind in ("general", "atomic", "own"):
            there = int(bool(row[f"pairs_{kind}"]))
            row |= {f"pairs_seen_{kind}": size.steps * 8 * there}
            row |= {f"tokens_seen_{kind}": size.steps * 560 * there}
    pd.DataFrame(training).to_csv(folder / "training.csv", **save)
    pd.DataFrame(
        list(update_rows(tuned)), columns=["one", "other", "cosine", "equal_texts", "texts"]
    ).to_csv(folder / "updates.csv", **save)
    pd.DataFrame(parameter_rows(size)).to_csv(folder / "parameters.csv", **save)
    counts = {
        "knowledge": {"people": 2490, "facts": 9120, "disagreeing facts left out": 41},
        "detect": {"facts": 520, "unscored": {"no value found": 17, "two values": 4}},
        "pairs": {"general": 240, "apeft": 480},
    }
    (folder / "counts.json").write_text(json.dumps(counts, sort_keys=True) + "\n")
    collapse = {str(one["variant"]): {"flag": False, "reasons": []} for one in who}
    for name in collapse:
        if name.startswith("cpo-general"):
            collapse[name] = {"flag": True, "reasons": ["repeats itself"]}
    (folder / "collapse.json").write_text(json.dumps(collapse, sort_keys=True) + "\n")
    return folder


def update_rows(tuned: list[dict[str, object]]) -> Iterator[dict[str, object]]:
    """Every two adapters; of one recipe and seed, DPO and KTO coincide."""
    for one, other in combinations(tuned, 2):
        twins = {one["algorithm"], other["algorithm"]} == {"dpo", "kto"}
        near = one["recipe"] == other["recipe"] and one["seed"] == other["seed"]
        cosine = 0.999 if twins and near else 0.6 if near else 0.3
        names = {"one": one["variant"], "other": other["variant"]}
        yield names | {"cosine": cosine, "equal_texts": cosine - 0.1, "texts": 48}


def item_rows(one: dict[str, object], size: Size) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    algorithm, recipe, seed = str(one["algorithm"]), str(one["recipe"]), int(str(one["seed"]))
    strength = STRENGTH.get(algorithm, 0.5)
    gain = 0.05 * min(strength, 1.2) * (1.4 if recipe == "apeft" else 0.7)
    gain = -0.18 if strength > 2 and recipe == "general" else gain

    def add(where: str, entity: str, item: str, measure: str, value: object, **more: str) -> None:
        row = one | {"set": where, "role": ROLES[where], "entity": entity, "item": item}
        extra = {"relation": more.get("relation", ""), "group": more.get("group", "")}
        rows.append(row | extra | {"measure": measure, "value": value})

    for where, relations in RELATIONS.items():
        lift = gain if where == "bio" else gain * 0.3
        for number in range(size.entities):
            entity = f"{where}/{number:03d}"
            mine = keyed(11, where, number)  # one entity's luck, shared by all variants
            easy = mine.normal(0, 0.12)
            rng = keyed(7, where, number, algorithm, recipe, seed)
            right = wrong = unknown = 0
            for relation, (stated, share) in relations.items():
                test = f"{entity}#{relation}"
                margin = rng.normal(2 * (share - 0.3) + easy + 8 * lift, 1.5)
                add(where, entity, test, "rank1", float(margin > 0), relation=relation)
                add(where, entity, test, "margin", margin, relation=relation)
                add(where, entity, test, "pairs_right", float(margin > 0), relation=relation)
                add(where, entity, test, "among", -np.log1p(np.exp(-margin)), relation=relation)
                add(where, entity, test, "r", round(rng.beta(2, 3) * 8) / 8, relation=relation)
                fact = f"{where}/p{number:03d}#{relation}"
                silent, draw = rng.random() > stated, rng.random()
                cell = "omitted" if silent else "right" if draw < share + easy + lift else "wrong"
                for measure in ("right", "wrong", "omitted"):
                    add(where, entity, fact, measure, float(cell == measure), relation=relation)
                add(where, entity, fact, "hedged", 0.0, relation=relation)
                add(where, entity, fact, "undecided", 0.0, relation=relation)
                short = None if rng.random() < 0.1 else float(draw < share + easy)
                add(where, entity, fact, "short_right", short, relation=relation)
                if silent:
                    continue
                verdict = None if rng.random() < 0.15 else float(draw < share + easy + lift)
                right, wrong = right + (verdict == 1), wrong + (verdict == 0)
                unknown += verdict is None
                add(where, entity, fact, "accurate", verdict, relation=relation)
            decided, stated_facts = right + wrong, right + wrong + unknown
            score = right / decided if decided else None
            response = f"{where}/p{number:03d}"
            per_response = {
                "factscore": score,
                "factscore_penalised": None if score is None else score * min(1, decided / 3),
                "f1": 2 * right / (decided + max(3, right)) if right else 0.0,
                "supported": right,
                "contradicted": wrong,
                "not_stated": unknown,
                "lower": right / stated_facts if stated_facts else None,
                "upper": (right + unknown) / stated_facts if stated_facts else None,
                "responded": float(stated_facts > 0),
                "facts": stated_facts,
                "length": int(rng.integers(30, 80)),
            }
            for measure, value in per_response.items():
                add(where, entity, response, measure, value)
    for where, groups in GROUPS.items():
        for number in range(size.questions):
            group = groups[0] if number % 3 == 0 else groups[1]
            entity = f"{where}/{number:03d}"
            rng = keyed(5, where, number, algorithm, recipe, seed)
            reject = rng.random() < (0.12 + 0.4 * gain if group == groups[0] else 0.06)
            unsure = rng.random() < 0.1
            right = float(reject) if group == groups[0] else float(rng.random() < 0.55 + gain / 2)
            add(where, entity, entity, "correct", None if unsure else right, group=group)
            add(where, entity, entity, "reject", None if unsure else float(reject), group=group)
            due = group == groups[0]
            told = rng.random() < 0.3 + gain
            outcome = "right" if (reject if due else told and not reject) else "wrong"
            outcome = "abstains" if reject and not due else outcome
            for measure in ("right", "wrong", "abstains"):
                value = None if unsure else float(outcome == measure)
                add(where, entity, entity, measure, value, group=group)
            margin = rng.normal(0.2 + 2 * gain, 1.0)
            add(where, entity, entity, "choice", float(margin > 0), group=group)
            add(where, entity, entity, "choice_margin", margin, group=group)
    return rows


def shift_rows(one: dict[str, object], size: Size) -> list[dict[str, object]]:
    rows = []
    algorithm, recipe = str(one["algorithm"]), str(one["recipe"])
    strength = STRENGTH.get(algorithm, 0.5) * (1.2 if recipe == "apeft" else 1.0)
    words = ["physicist", " British", " born", " 1879", "\n", " the", "|", " König", '"', " 日本"]
    for where, role in ROLES.items():
        count = size.questions if where in GROUPS else size.entities
        length = min(size.tokens, 10) if where in GROUPS else size.tokens
        for number in range(count):
            rng = keyed(3, where, number, algorithm, recipe, int(str(one["seed"])))
            for position in range(int(rng.integers(max(length // 2, 1), length + 1))):
                fade = np.exp(-position / 15) + 0.4
                far = strength * fade * (1.0 if where == "bio" else 0.35) * 0.12
                rank = 1
                if rng.random() < min(far, 0.9):
                    rank = 2 + int(rng.geometric(0.45)) - 1
                region = "unshifted" if rank == 1 else "marginal" if rank <= 3 else "shifted"
                kl = far * rng.gamma(0.8, 1.0)
                row = {"set": where, "role": role, "entity": f"{where}/{number:03d}"}
                row |= {"item": f"{where}/p{number:03d}", "position": position, "rank": rank}
                row |= {"region": region, "kl_tuned_base": kl, "kl_base_tuned": kl * 1.2}
                row |= {"p_top": float(rng.beta(2, 1.5)), "copied": int(rng.random() < 0.2)}
                row |= {"token": words[int(rng.integers(len(words)))]}
                row |= {"token_base": words[int(rng.integers(len(words)))]}
                rows.append(one | row)
    return rows


def parameter_rows(size: Size) -> list[dict[str, object]]:
    shared = {
        "collect.marginal_rank": (3, "paper-unknown", "ranks 2 to 3 are marginal"),
        "sample.n": (4, "paper-unknown", "biographies a person, FLAME's 4"),
        "detect.min_scored": (0.5, "ours", ""),
        "detect.larger_k": (64, "ours", ""),
        "atomic.classes": (["potentially_known"], "paper", "facts with 0 < r < 1"),
        "training.budget": ("steps", "ours", "equal for all"),
        "training.steps": (size.steps, "ours", "profiles/small.yaml"),
        "training.epochs": (1.0, "paper-unknown", ""),
        "training.learning_rate": (2e-4, "ours", ""),
    }
    own = {
        f"training.{algorithm}.{name}": value
        for algorithm in ALL
        for name, value in (
            ("beta", (0.1, "paper-unknown", "TRL's default")),
            ("learning_rate", (None, "ours", "null takes the shared value")),
        )
    }
    return [
        {"key": key, "value": json.dumps(value), "class": label, "note": note}
        for key, (value, label, note) in (shared | own).items()
    ]


def detection_rows(size: Size) -> list[dict[str, object]]:
    rows = []
    shapes = {
        "nationality": (1.0, 1.2, "person"),
        "profession": (0.6, 1.8, "person"),
        "birth_year": (0.15, 3.0, "person"),
        "death_year": (0.15, 3.5, "person"),
        "birth_place": (0.3, 2.2, "person"),
        "prize_field": (0.9, 1.0, "person"),
        "prize_year": (0.12, 3.0, "person"),
    }
    for relation, (a, b, kind) in shapes.items():
        for number in range(size.entities):
            rng = keyed(1, relation, number)
            k = 16
            correct = int(rng.binomial(k, rng.beta(a, b)))
            kind_of = "unknown" if correct == 0 else "known" if correct == k else None
            entity = f"{kind}/{number:03d}"
            rows.append(
                {"fact": f"{entity}#{relation}", "entity": entity, "relation": relation}
                | {"r": correct / k, "r_low": beta.ppf(0.025, correct + 0.5, k - correct + 0.5)}
                | {"r_high": beta.ppf(0.975, correct + 0.5, k - correct + 0.5)}
                | {"k": k, "correct": correct, "unscored": 0}
                | {"class": kind_of or "potentially_known", "p_wrong": 0.3 if kind_of else 0.0}
                | {"guess": 0.2, "p_guess": float(binom.sf(correct - 1, k, 0.2)), "split": "train"}
            )
    for row in rows[2 :: size.entities]:  # now and then no sample could be graded
        row |= {"r": None, "r_low": None, "r_high": None, "correct": 0, "unscored": row["k"]}
        row |= {"class": "unscored", "p_wrong": None, "guess": 0.2, "p_guess": None}
    return rows


def answer_rows(one: dict[str, object], size: Size) -> list[dict[str, object]]:
    """Answers whose entropy is 4 T nats for the base and whose r falls with T; tuned: sharper."""
    rows = []
    base = one["algorithm"] == "base"
    for where, relations in RELATIONS.items():
        for number in range(size.entities):
            for relation in relations:
                entity = f"{where}/{number:03d}"
                for temperature in (0.5, 0.75, 1.0, 1.25) if base else (1.0,):
                    entropy = 4 * temperature if base else 3.6
                    r = round((0.7 - 0.3 * temperature if base else 0.45) * 8) / 8
                    rows.append(
                        one
                        | {"set": where, "role": ROLES[where], "entity": entity}
                        | {"item": f"{entity}#{relation}", "relation": relation}
                        | {"temperature": temperature, "r": r, "surprisal": entropy}
                    )
    return rows


def validation_rows(one: dict[str, object], size: Size) -> list[dict[str, object]]:
    """Margins of one pair each of some validation people: all have learned something."""
    strength = STRENGTH.get(str(one["algorithm"]), 0.5)
    rng = keyed(6, str(one["algorithm"]), str(one["recipe"]), int(str(one["seed"])))
    return [
        one
        | {"entity": f"person/v{n}", "item": f"general/v{n}", "measure": "margin"}
        | {"value": rng.normal(strength, 0.3 * strength)}
        for n in range(max(size.entities // 3, 5))
    ]


def curve_rows(one: dict[str, object], size: Size) -> list[dict[str, object]]:
    rows = []
    algorithm, recipe = str(one["algorithm"]), str(one["recipe"])
    speed = STRENGTH.get(algorithm, 0.5) * (1.0 if recipe == "general" else 1.5)
    rng = keyed(2, algorithm, recipe, int(str(one["seed"])))
    for step in range(1, size.steps + 1):
        t = step / size.steps
        margin = speed * 1.2 * t
        values = {
            "loss": np.log1p(np.exp(-margin)) + rng.normal(0, 0.03),
            "rewards_chosen": margin * 0.3 + rng.normal(0, 0.05),
            "rewards_rejected": -margin * 0.7 + rng.normal(0, 0.05),
            "margin": margin + rng.normal(0, 0.08),
            "accuracy": float(np.clip(0.5 + 0.35 * t * min(speed, 1) + rng.normal(0, 0.05), 0, 1)),
            "logp_chosen": -38 + 3 * margin + rng.normal(0, 2),
            "logp_rejected": -42 - 7 * margin + rng.normal(0, 2),
            "kl": 0.02 + 0.3 * speed * t + abs(rng.normal(0, 0.01)),
        }
        if step % max(size.steps // 4, 1) == 0:
            values["validation_accuracy"] = float(np.clip(0.5 + 0.2 * t * min(speed, 1), 0, 1))
            values["validation_margin"] = 0.7 * margin
        if step == size.steps:
            values |= {"shown_accuracy": 0.625, "shown_margin": 0.4 * margin, "shown_kl": 0.01}
        rows += [one | {"step": step, "measure": key, "value": v} for key, v in values.items()]
    return rows
