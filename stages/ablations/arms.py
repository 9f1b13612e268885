"""Choose the pairs of every arm (apeft.pairs.arms); an arm without enough of them is told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from apeft.detection import HALF, KNOWN, UNKNOWN
from apeft.facts.knowledge import Knowledge
from apeft.facts.relations import CLAIM
from apeft.pairs.arms import (
    MIXED,
    Arms,
    as_many_tokens,
    class_arms,
    gap_arms,
    order_arms,
    permuted,
    quantity_arms,
    ratio_arms,
    rule_arms,
)
from apeft.pairs.atomic import atomic_pairs
from apeft.pairs.general import PairRule, paired
from apeft.pairs.options import AtomicSettings, choices
from apeft.records import Record, read_jsonl, write_json, write_jsonl
from apeft.training.tokens import reference_key
from stages.ablations.params import Ablations
from stages.general_params import Params as General
from stages.judging import JudgeParams, Judging, judging
from stages.mix import read_logps
from stages.stage import Made, Reads, output, run

READS: Reads = {"ablations": Ablations, "judge": JudgeParams, "general": General}


def main(params: dict[str, Any]) -> Made:
    """Write out/arms (arms.json, sets/ARM.jsonl) and out/own/arms (all their pairs, once each)."""
    p: Ablations = params["ablations"]
    general = _training(read_jsonl(Path("out/general/pairs.jsonl")))
    atomic = read_jsonl(Path("out/atomic/pairs.jsonl"))
    sets: dict[str, list[Record]] = {
        "general": general, "atomic": atomic, "apeft": [*general, *atomic],
    }  # fmt: skip
    knowledge = Knowledge.load(Path("out/knowledge"))
    by = judging(params["judge"], knowledge)

    def wrong(pair: Record) -> bool:
        """Whether the chosen side is; a claim's answer to another question has no verdict."""
        if pair["relation"] == CLAIM:
            return True
        entity = knowledge.entity(pair["entity"])
        return by.judge.grade(entity, pair["relation"], pair["chosen"]).correct is False

    made = Arms()
    for name, rows in sets.items():
        made.add(name, rows)
    known = class_arms(_by_class(p, by, knowledge), smallest=p.smallest, seed=p.seed)
    ratios = ratio_arms(general, atomic, p.ratios, seed=p.seed)
    followed: dict[str, list[Record]] = {name: sets[name] for name in p.quantity_recipes}
    facts = read_jsonl(Path("out/detect/facts.jsonl"))
    for arms in (
        known,
        ratios,
        quantity_arms(followed, p.quantities, seed=p.seed),
        gap_arms(general, p.gap_parts),
        rule_arms(general, _plain(params["general"]), atomic, facts),
        order_arms(ratios.pairs.get(MIXED, [])),
    ):
        made.pairs |= arms.pairs
        made.not_run |= arms.not_run
    moved, dropped = permuted(atomic, wrong, seed=p.seed)
    made.add("control-permuted", [*general, *moved] if moved else [])
    scored = read_logps("reference")

    def tokens(pair: Record) -> int:
        sides = [
            scored[reference_key(pair["prompt"], pair[side])] for side in ("chosen", "rejected")
        ]
        return sum(side["tokens"] + side["prompt_tokens"] for side in sides)

    if atomic:
        made.add("control-tokens", as_many_tokens(general, atomic, tokens, seed=p.seed))
    if p.only:
        for name in [name for name in made.pairs if not name.startswith(tuple(p.only))]:
            del made.pairs[name]
            made.not_run[name] = "left out by ablations.only"
    with output("out/arms") as folder:
        (folder / "sets").mkdir()
        for name, rows in made.pairs.items():
            write_jsonl(folder / "sets" / f"{name}.jsonl", rows)
        counts = {name: _counts(rows) for name, rows in made.pairs.items()}
        write_json(folder / "arms.json", {"arms": counts, "not_run": made.not_run})
    distinct = {row["id"]: row for rows in made.pairs.values() for row in rows}
    with output("out/own/arms") as folder:
        write_jsonl(folder / "pairs.jsonl", [distinct[name] for name in sorted(distinct)])
        write_json(folder / "counts.json", {"pairs": len(distinct), "permuted_dropped": dropped})
    return Made(
        f"arms: {len(made.pairs)} arms of {len(distinct)} pairs; not run: "
        f"{', '.join(made.not_run) or 'none'}"
    )


def _training(pairs: list[Record]) -> list[Record]:
    """Pairs of training people, without what an arm has no use for."""
    return [
        {key: value for key, value in pair.items() if not key.startswith("facts_")}
        for pair in pairs
        if pair["split"] == "train"
    ]


def _plain(rule: General) -> list[Record]:
    """General pairs as FActScores alone make them, of the same responses."""
    plain = PairRule("plain", rule.min_gap, rule.min_facts)
    responses = read_jsonl(Path("out/score/responses.jsonl"))
    return _training(paired(responses, plain, rule.per_person)[0])


def _counts(rows: list[Record]) -> Record:
    """Pairs of each kind, and what an arm's effect may owe to: ``gap`` and ``commonest``.

    ``gap`` is the mean gap of the general pairs' scores, ``commonest`` the share of the atomic
    pairs whose right value is the commonest of their relation; None without such pairs.
    """
    gaps = [row["gap"] for row in rows if row["kind"] == "general"]
    values: dict[str, Counter[str]] = {}
    for row in rows:
        if row["kind"] == "atomic":
            values.setdefault(row["relation"], Counter())[row["value_chosen"]] += 1
    atomic = sum(count.total() for count in values.values())
    return {
        "pairs": len(rows),
        **Counter(row["kind"] for row in rows),
        "gap": sum(gaps) / len(gaps) if gaps else None,
        "commonest": sum(max(one.values()) for one in values.values()) / atomic if atomic else None,
    }


def _by_class(p: Ablations, by: Judging, knowledge: Knowledge) -> dict[str, list[Record]]:
    """Pairs of every class by one construction: the knowledge base's value against another's."""
    settings = AtomicSettings("knowledge", "other", "question", p.others, p.seed)
    facts = read_jsonl(Path("out/arm_facts/facts.jsonl"))
    pairs = {}
    for name in (UNKNOWN, HALF, KNOWN):
        wanted = [fact for fact in facts if fact["class"] == name]
        by.warm(choices, [([fact], by.judge, knowledge, settings) for fact in wanted])
        made = choices(wanted, by.judge, knowledge, settings)
        rows = atomic_pairs(made, per_fact=1, balance=True)
        # The same fact has an atomic pair of another construction, and ids must differ.
        pairs[name] = [{**row, "id": f"class/{row['id']}"} for row in rows]
    return pairs


if __name__ == "__main__":
    run("arms", READS, main, "out/arms", "out/own/arms")
