"""From pairs to an arm's training set through the real scripts, on pairs made by hand."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from apeft.errors import UserError
from apeft.records import Record, read_json, read_jsonl, write_json, write_jsonl
from apeft.training.tokens import reference_key
from stages.ablations import arm, arms
from stages.check import load
from stages.lockfile import root
from stages.stage import validate

ROOT = root()


def general(n: int, split: str = "train") -> Record:
    return {
        "id": f"general/{n:02}", "kind": "general", "split": split, "entity": f"person/{n}",
        "prompt": f"Biography {n}:", "chosen": " good", "rejected": " bad", "gap": n / 10,
        "facts_chosen": ["left where they are"], "facts_rejected": [],
    }  # fmt: skip


def atomic(n: int) -> Record:
    return {
        "id": f"atomic/{n:02}", "kind": "atomic", "split": "train", "entity": f"person/{n}",
        "fact": f"person/{n}#birth_year",
        "relation": "birth_year", "r": 0.5, "prompt": f"Question {n}:", "chosen": f" 18{n:02}",
        "rejected": f" 17{n:02}", "value_chosen": f"18{n:02}", "value_rejected": f"17{n:02}",
    }  # fmt: skip


def biographies() -> list[Record]:
    """Of one person, three right facts against three wrong ones and a year that those omit."""
    right, wrong = ({"relation": "nationality", "verdict": verdict, "value": verdict}
                    for verdict in ("supported", "contradicted"))  # fmt: skip
    year = {"relation": "birth_year", "verdict": "contradicted", "value": "1900"}
    return [
        {"id": f"bio/{n}", "prompt": "bio", "entity": "person/0", "split": "train",
         "plain": "Biography 0:", "text": f" Text {n}.", "ended": True, "score": score,
         "facts": facts}
        for n, (score, facts) in enumerate([(1.0, [right] * 3), (0.0, [wrong] * 3 + [year])])
    ]  # fmt: skip


@pytest.fixture
def params(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Six general and four atomic pairs, two of validation, and no fact of any class."""
    monkeypatch.chdir(tmp_path)
    people = [{"id": f"person/{n}", "kind": "person", "name": f"P {n}", "aliases": [], "text": ""}
              for n in range(4)]  # fmt: skip
    born = [{"entity": f"person/{n}", "relation": "birth_year", "value": f"18{n:02}"}
            for n in range(4)]  # fmt: skip
    write_jsonl(Path("out/knowledge/entities.jsonl"), people)
    write_jsonl(Path("out/knowledge/facts.jsonl"), born)
    write_json(Path("out/knowledge/lexicon.json"), {})
    pairs = [general(n) for n in range(6)] + [general(n, "validation") for n in (6, 7)]
    write_jsonl(Path("out/general/pairs.jsonl"), pairs)
    write_jsonl(Path("out/atomic/pairs.jsonl"), [atomic(n) for n in range(4)])
    write_jsonl(Path("out/arm_facts/facts.jsonl"), [])
    write_jsonl(Path("out/score/responses.jsonl"), biographies())
    facts = [{"fact": f"person/{n}#birth_year", "beyond_chance": n != 1} for n in range(3)]
    write_jsonl(Path("out/detect/facts.jsonl"), facts)
    logps = [
        {"key": reference_key(row["prompt"], row[side]), "logp": -1.0, "tokens": 2,
         "prompt_tokens": 3}
        for row in [*pairs, *(atomic(n) for n in range(4))] for side in ("chosen", "rejected")
    ]  # fmt: skip
    write_jsonl(Path("out/reference/logps.jsonl"), logps)
    own = yaml.safe_load((ROOT / "ablations" / "params.yaml").read_text(encoding="utf-8"))
    return {**load(ROOT / "params.yaml"), **own}


def score(pairs: list[Record]) -> None:
    """What `stages.reference arms` would write, with numbers of no meaning."""
    keys = {reference_key(row["prompt"], row[side]) for row in pairs
            for side in ("chosen", "rejected")}  # fmt: skip
    rows = [{"key": key, "logp": -2.0, "tokens": 2, "prompt_tokens": 3} for key in sorted(keys)]
    write_jsonl(Path("out/reference_own/arms/logps.jsonl"), rows)


def run_arm(name: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(sys, "argv", ["arm", name])
    return arm.main({})


def test_every_arm_has_its_pairs_or_its_reason(
    params: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = arms.main(validate(params, arms.READS))
    told = read_json(Path("out/arms/arms.json"))
    # Gaps of 0, 0.1, … 0.5 have the mean 0.25; of four years each occurs once.
    counts = {"pairs": 10, "general": 6, "atomic": 4, "gap": pytest.approx(0.25), "commonest": 0.25}
    assert told["arms"]["apeft"] == counts
    assert told["arms"]["atomic"]["gap"] is told["arms"]["general"]["commonest"] is None
    assert told["arms"]["mix-1-1"]["pairs"] == 4  # four atomic pairs alone are the smallest size
    assert "fewer than ablations.smallest 60" in told["not_run"]["class-known"]
    assert "class-known" in made.line
    files = {path.stem for path in Path("out/arms/sets").iterdir()}
    assert files == set(told["arms"])
    pairs = read_jsonl(Path("out/own/arms/pairs.jsonl"))
    # Four permuted, four general ones once more (with the tokens of the four atomic ones), and the
    # plain one, which the default's rule refuses.
    assert len({row["id"] for row in pairs}) == len(pairs) == 6 + 4 + 4 + 4 + 1
    assert told["arms"]["control-tokens"]["general"] == 6 + 4
    assert told["arms"]["rule-plain"]["pairs"] == 1
    (plain,) = read_jsonl(Path("out/arms/sets/rule-plain.jsonl"))
    assert plain["chosen"] == " Text 0."
    beyond = read_jsonl(Path("out/arms/sets/rule-beyond-chance.jsonl"))
    assert [row["id"] for row in beyond if row["kind"] == "atomic"] == ["atomic/00", "atomic/02"]
    assert not [row for row in pairs if "facts_chosen" in row]

    score(pairs)
    line = run_arm("order-atomic-first", monkeypatch).line
    rows = read_jsonl(Path("out/mix/order-atomic-first/train.jsonl"))
    assert {row["kind"]: row["order"] for row in rows} == {"atomic": 0.0, "general": 1.0}
    assert all(row["ref_chosen"] == -2.0 for row in rows if row["kind"] == "atomic")
    assert len(read_jsonl(Path("out/mix/order-atomic-first/validation.jsonl"))) == 2
    assert "2 atomic, 2 general" in line


def test_arms_that_are_not_wanted_are_told_as_left_out(params: dict[str, Any]) -> None:
    params["ablations"]["only"] = ["quantity-general", "general"]
    arms.main(validate(params, arms.READS))
    told = read_json(Path("out/arms/arms.json"))
    assert set(told["arms"]) == {
        "general", "quantity-general-25", "quantity-general-50", "quantity-general-75",
    }  # fmt: skip
    assert told["not_run"]["apeft"] == "left out by ablations.only"


def test_a_pair_without_a_reference_stops_the_arm(
    params: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    arms.main(validate(params, arms.READS))
    write_jsonl(Path("out/reference_own/arms/logps.jsonl"), [])
    with pytest.raises(UserError, match="no reference log-probability"):
        run_arm("control-permuted", monkeypatch)
    assert not Path("out/mix/atomic").exists()
