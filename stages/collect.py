"""Join everything into the long tables that figures, tables and reports are made from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

from pydantic import Field

from apeft.records import Record, read_json, read_jsonl, write_json
from apeft.sets import ROLES
from apeft.shift import region
from apeft.training.cosines import cosines
from stages.classes import rows
from stages.grid import BASE, Variant, adapters, variants
from stages.own import Own
from stages.stage import PARAMS, Made, Reads, Section, output, run
from stages.training_params import Training


class Params(Section):
    """How token ranks are named."""

    marginal_rank: int = Field(ge=2)


READS: Reads = {"collect": Params, "training": Training, "own": Own}
TEXT_MEASURES = (
    "factscore", "factscore_penalised", "lower", "upper", "f1", "supported", "contradicted",
    "not_stated", "facts", "responded", "length",
)  # fmt: skip
KINDS = ("general", "atomic", "own")  # of pairs
UPDATES = ("one", "other", "cosine", "equal_texts", "texts")
VALIDATION = ["variant", "algorithm", "recipe", "seed", "entity", "item", "measure", "value"]
CELL_MEASURES = ("right", "wrong", "omitted", "hedged", "undecided", "short_right")
GRADE = Path("out/grade")
HOW_SHOWN = frozenset(
    {"figures", "report"}
)  # decide no result, so no change of theirs may collect again


def main(params: dict[str, Any]) -> Made:
    """Write out/collect/*.csv and *.json."""
    training: Training = params["training"]
    return collect(
        variants(training, params["own"].variants), adapters(training), params["collect"]
    )


def collect(evaluated: list[Variant], cells: list[Variant], params: Params) -> Made:
    """Join what the variants of a grid left, ``cells`` being the ones that were trained here."""
    import pandas as pd

    grid = {variant.name: variant for variant in evaluated}
    items = pd.DataFrame(_items(grid)).astype({"value": float})
    shift = pd.DataFrame(_shift(grid, params.marginal_rank))
    with output("out/collect") as folder:
        items.to_csv(folder / "items.csv", index=False, float_format="%.9g")
        shift.to_csv(folder / "shift.csv", index=False, float_format="%.6g")
        pd.DataFrame(_curves(cells)).to_csv(folder / "curves.csv", index=False, float_format="%.9g")
        pd.DataFrame(_validation(cells), columns=VALIDATION).to_csv(
            folder / "validation.csv", index=False, float_format="%.9g"
        )
        pd.DataFrame(_training(cells)).to_csv(
            folder / "training.csv", index=False, float_format="%.9g"
        )
        pd.DataFrame(_detection()).to_csv(
            folder / "detection.csv", index=False, float_format="%.9g"
        )
        pd.DataFrame(_answers(grid)).to_csv(
            folder / "answers.csv", index=False, float_format="%.9g"
        )
        pd.DataFrame(rows(PARAMS, without=HOW_SHOWN)).to_csv(folder / "parameters.csv", index=False)
        pd.DataFrame(list(_updates(cells)), columns=UPDATES).to_csv(
            folder / "updates.csv", index=False, float_format="%.9g"
        )
        write_json(folder / "counts.json", _counts(cells))
        collapse = {
            cell.name: read_json(Path("out/train") / cell.name / "collapse.json") for cell in cells
        }
        write_json(folder / "collapse.json", collapse)
    return Made(
        f"collect: {len(items)} measurements and {len(shift)} tokens of {len(grid)} variants"
    )


def _row(variant: Variant, source: Record, item: str, **values: Any) -> Record:
    return {
        "variant": variant.name,
        "algorithm": variant.algorithm,
        "recipe": variant.recipe,
        "seed": variant.seed,
        "set": source["set"],
        "role": ROLES[source["set"]],
        "entity": source["entity"],
        "item": item,
        "relation": source.get("relation", ""),
        "group": source.get("group", ""),
        **values,
    }


def _items(grid: dict[str, Variant]) -> Iterator[Record]:
    tables = {
        name: read_jsonl(GRADE / f"{name}.jsonl")
        for name in ("texts", "facts", "cells", "questions", "answers", "candidates", "openers")
    }
    for row in tables["texts"]:
        for measure in TEXT_MEASURES:
            yield _row(grid[row["variant"]], row, row["id"], measure=measure, value=row[measure])
    for row in tables["facts"]:
        value = {"supported": 1, "contradicted": 0, "not_stated": None}[row["verdict"]]
        yield _row(grid[row["variant"]], row, row["id"], measure="accurate", value=value)
    tables["answers"] = [row for row in tables["answers"] if row["main"]]
    for table, key, measures in (
        ("cells", "id", CELL_MEASURES),
        ("questions", "id", ("correct", "reject", "right", "wrong", "abstains")),
        ("openers", "id", ("choice", "choice_margin")),
        ("answers", "fact", ("r",)),
        ("candidates", "fact", ("rank1", "pairs_right", "margin", "among")),
    ):
        for row in tables[table]:
            for measure in measures:
                yield _row(grid[row["variant"]], row, row[key], measure=measure, value=row[measure])


def _answers(grid: dict[str, Variant]) -> Iterator[Record]:
    """Answers to the test facts at every temperature at which a variant was sampled."""
    for row in read_jsonl(GRADE / "answers.jsonl"):
        full = _row(grid[row["variant"]], row, row["fact"])
        del full["group"]
        yield {**full, **{name: row[name] for name in ("temperature", "r", "surprisal")}}


def _shift(grid: dict[str, Variant], marginal_rank: int) -> Iterator[Record]:
    for variant in grid.values():
        for row in read_jsonl(Path("out/respond") / variant.name / "shift.jsonl"):
            full = _row(variant, row, row["response"])
            del full["relation"], full["group"]
            yield {
                **full,
                "position": row["position"],
                "rank": row["rank"],
                "region": region(row["rank"], marginal_rank),
                "p_top": row["p_top"],
                "copied": int(row["copied"]),
                **{k: row[k] for k in ("kl_tuned_base", "kl_base_tuned", "token", "token_base")},
            }


def _cell(variant: Variant) -> Record:
    return {
        "variant": variant.name,
        "algorithm": variant.algorithm,
        "recipe": variant.recipe,
        "seed": variant.seed,
    }


def _curves(cells: list[Variant]) -> Iterator[Record]:
    for cell in cells:
        for row in read_jsonl(Path("out/train") / cell.name / "curves.jsonl"):
            for measure, value in row.items():
                if measure != "step":
                    yield {**_cell(cell), "step": row["step"], "measure": measure, "value": value}


def _validation(cells: list[Variant]) -> Iterator[Record]:
    for cell in cells:
        for row in read_jsonl(Path("out/train") / cell.name / "validation.jsonl"):
            about = {"entity": row["entity"], "item": row["pair"]}
            yield {**_cell(cell), **about, "measure": "margin", "value": row["margin"]}


def _training(cells: list[Variant]) -> Iterator[Record]:
    columns = ("beta", "learning_rate", "steps", "pairs_seen", "tokens_seen")
    kinds = [f"{what}_{kind}" for what in ("pairs", "pairs_seen", "tokens_seen") for kind in KINDS]
    for cell in cells:
        settings = read_json(Path("out/train") / cell.name / "settings.json")
        row = {name: settings[name] for name in columns}
        yield {**_cell(cell), **row, **{name: settings.get(name, 0) for name in kinds}}


def _updates(cells: list[Variant]) -> Iterator[Record]:
    """How alike every two adapters are: their updates' cosine, and their greedy texts."""
    names = [cell.name for cell in cells]
    alike = cosines([Path("out/train") / name / "adapter" for name in names])
    texts = [
        {
            row["id"]: row["text"]
            for row in read_jsonl(Path("out/respond") / name / "responses.jsonl")
        }
        for name in names
    ]
    for (i, one), (j, other) in combinations(enumerate(names), 2):
        both = texts[i].keys() & texts[j].keys()
        equal = sum(texts[i][name] == texts[j][name] for name in both)
        share = equal / len(both) if both else None
        yield dict(zip(UPDATES, (one, other, alike[i, j], share, len(both)), strict=True))


def _detection() -> Iterator[Record]:
    columns = ("fact", "entity", "relation", "r", "r_low", "r_high", "k", "correct",
               "unscored", "class", "p_wrong", "guess", "p_guess", "split")  # fmt: skip
    for row in read_jsonl(Path("out/detect/facts.jsonl")):
        yield {name: row[name] for name in columns}


def _counts(cells: list[Variant]) -> Record:
    stages = ("knowledge", "prompts", "sample", "score", "general", "detect", "atomic",
              "reference", "grade")  # fmt: skip
    counts: Record = {name: read_json(Path("out") / name / "counts.json") for name in stages}
    counts["mix"] = {
        recipe: read_json(Path("out/mix") / recipe / "counts.json")
        for recipe in dict.fromkeys(cell.recipe for cell in cells)
    }
    counts["respond"] = read_json(Path("out/respond") / BASE.name / "counts.json")
    return counts


if __name__ == "__main__":
    run("collect", READS, main, "out/collect")
