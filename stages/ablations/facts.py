"""Detection on training people's facts at large, so that every class of knowledge has enough pairs.

The study asks for the facts of the paired responses alone; of these a small model knows next to
none for certain.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from apeft.facts.knowledge import Knowledge
from apeft.questions import entity_facts
from apeft.records import read_json, read_jsonl
from apeft.rng import keyed
from stages.ablations.params import Ablations
from stages.detect import CHECKS as CHECKS
from stages.detect import READS as DETECT
from stages.detect import detect
from stages.judging import judging
from stages.stage import Made, Reads, run

READS: Reads = {**DETECT, "ablations": Ablations}


def main(params: dict[str, Any]) -> Made:
    """Write out/arm_facts/facts.jsonl, in the form of out/detect."""
    p: Ablations = params["ablations"]
    knowledge = Knowledge.load(Path("out/knowledge"))
    entities = [
        row
        for row in read_jsonl(Path("out/knowledge/entities.jsonl"))
        if row["split"] == "train" and row["kind"] == "person"
    ]
    shots = read_json(Path("out/prompts/answer_shots.json"))
    facts = entity_facts(entities, knowledge, shots)
    facts.sort(key=lambda fact: keyed(p.seed, "arm facts", fact["fact"]).random())
    facts = facts[: p.facts or len(facts)]
    facts = sorted(({**fact, "split": "train"} for fact in facts), key=lambda row: row["fact"])
    by = judging(params["judge"], knowledge)
    return detect(params, "arm_facts", facts, 0, by, knowledge)


if __name__ == "__main__":
    run("arm_facts", READS, main, "out/arm_facts")
