"""RSO's own pairs follow the rule of the general ones, with their years balanced."""

from __future__ import annotations

from pathlib import Path

import pytest

from apeft.pairs.general import PairRule, lean
from apeft.records import Record, write_jsonl
from apeft.training.tokens import reference_key
from stages.check import load
from stages.lockfile import root
from stages.train import _rejection_sampled
from stages.training_params import Training


def response(person: int, number: int, *facts: tuple[str, bool]) -> Record:
    right = sum(one for _, one in facts)
    return {
        "id": f"{person}/{number}", "prompt": f"{person}", "entity": f"{person}", "split": "train",
        "plain": f"Biography {person}:", "text": f" {person} {number}", "ended": True,
        "score": right / len(facts),
        "facts": [{"relation": relation, "value": f"{number} {place}",
                   "verdict": "supported" if one else "contradicted"}
                  for place, (relation, one) in enumerate(facts)],
    }  # fmt: skip


@pytest.mark.parametrize("rule", ["shared", "plain"])
def test_rejection_sampling_makes_its_pairs_by_the_rule_of_the_general_ones(
    rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    n, p, year = "nationality", "profession", "birth_year"
    # Of every person: right without a year, right with a wrong one, and wrong with a wrong one.
    responses = [
        row
        for person in range(12)
        for row in (
            response(person, 0, (n, True), (p, True), (p, True)),
            response(person, 1, (n, True), (p, True), (year, False)),
            response(person, 2, (n, False), (p, False), (year, False)),
        )
    ]
    write_jsonl(Path("out/score/responses.jsonl"), responses)
    logps = [{"key": reference_key(row["plain"], row["text"]), "logp": -1.0, "tokens": 2,
              "prompt_tokens": 3} for row in responses]  # fmt: skip
    write_jsonl(Path("out/reference/logps.jsonl"), logps)
    data = load(root() / "params.yaml")["training"]
    data["rso"] |= {"beta_rso": 1e9}  # everything is accepted
    training = Training.model_validate(data)
    rows = [{"kind": "general"}] * 12 + [{"kind": "atomic", "id": "kept"}]
    limit = 0.1 if rule == "shared" else None
    *pairs, kept = _rejection_sampled(rows, training, PairRule(rule, 0.2, 3, limit), 0)
    assert kept["id"] == "kept"
    leans = {lean(pair) for pair in pairs}
    if rule == "plain":
        assert len(pairs) == 12
        assert -1 in leans
    else:
        assert pairs
        assert abs(sum(map(lean, pairs))) <= 0.1 * len(pairs)
        # To leave the wrong year out is no reason to be chosen.
        sides = {pair["id"].removeprefix("general/").split(">")[1][-1] for pair in pairs}
        assert sides == {"2"}
