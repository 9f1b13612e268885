"""Atomic preferences D_a: a right and a contradicting answer for each potentially known fact."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from apeft.detection import HALF
from apeft.errors import UserError
from apeft.facts.knowledge import Knowledge
from apeft.pairs.atomic import atomic_pairs, imbalance
from apeft.pairs.options import AtomicSettings, choices
from apeft.records import read_jsonl, write_json, write_jsonl
from stages.judging import JudgeParams, judging
from stages.judging import check as check_judge
from stages.stage import Made, Reads, Section, output, run


class Params(Section):
    """What the two sides of an atomic pair are, and how they are written."""

    classes: list[Literal["unknown", "potentially_known", "known"]] = Field(min_length=1)
    chosen: Literal["own", "knowledge"]
    rejected: Literal["own", "other"]
    form: Literal["question", "statement"]
    per_fact: int = Field(ge=1)
    balance: bool
    beyond_chance: bool
    seed: int = Field(ge=0)


READS: Reads = {"atomic": Params, "judge": JudgeParams}


def check(sections: dict[str, Any]) -> list[str]:
    """Cross-key rules of this section."""
    params: Params = sections["atomic"]
    faults = []
    if "unknown" in params.classes and params.chosen == "own":
        faults.append("atomic.chosen: the model has no right sample of an unknown fact; "
                      "use 'knowledge'")  # fmt: skip
    if "known" in params.classes and params.rejected == "own":
        faults.append("atomic.rejected: the model has no wrong sample of a known fact; "
                      "use 'other'")  # fmt: skip
    if params.form == "statement" and sections["judge"].kind == "llm":
        faults.append("atomic.form: a claim has no statement to complete; use 'question' when "
                      "judge.kind is llm")  # fmt: skip
    return faults


CHECKS = [check, check_judge]


def main(params: dict[str, Any]) -> Made:
    """Write out/atomic/pairs.jsonl and the imbalance of each relation."""
    p: Params = params["atomic"]
    knowledge = Knowledge.load(Path("out/knowledge"))
    facts = read_jsonl(Path("out/detect/facts.jsonl"))
    wanted = [fact for fact in facts if fact["class"] in p.classes]
    guessed = sum(not fact.get("beyond_chance") for fact in wanted)
    if p.beyond_chance:
        wanted = [fact for fact in wanted if fact.get("beyond_chance")]
    settings = AtomicSettings(p.chosen, p.rejected, p.form, max(4, p.per_fact), p.seed)
    by = judging(params["judge"], knowledge)
    by.warm(choices, [([fact], by.judge, knowledge, settings) for fact in wanted])
    options = choices(wanted, by.judge, knowledge, settings)
    pairs = atomic_pairs(options, per_fact=p.per_fact, balance=p.balance)
    if not pairs:
        raise UserError(
            f"none of {len(wanted)} facts of class {', '.join(p.classes)} gives a pair",
            where="atomic",
            fix=f"sample more people, raise detect.k, add {HALF} to atomic.classes, or set "
            "atomic.beyond_chance: false",
        )
    table = imbalance(pairs)
    with output("out/atomic") as folder:
        write_jsonl(folder / "pairs.jsonl", pairs)
        write_json(folder / "imbalance.json", table)
        counts = {
            "facts": len(wanted),
            "not_beyond_chance": guessed,  # left out where atomic.beyond_chance says so
            "without_both_sides": sum(not (o.chosen and o.rejected) for o in options),
            "pairs": len(pairs),
            "relations": {name: row["pairs"] for name, row in table.items()},
        }
        write_json(folder / "counts.json", counts)
    told = ", ".join(
        f"{name} {row['pairs']} (imbalance {row['total_variation']:.2f})"
        for name, row in table.items()
    )
    return Made(
        f"atomic: {len(pairs)} pairs from {len(wanted)} facts: {told}{by.told()}", by.counts()
    )


if __name__ == "__main__":
    run("atomic", READS, main, "out/atomic")
