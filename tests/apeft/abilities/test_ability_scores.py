"""Log-likelihood of options on tiny models, against plain passes, and what it is turned into."""

from pathlib import Path

import pytest
from tiny_model import plain_logp

from apeft.abilities.score import NOT_FINITE, TIE, TOO_LONG, counts, graded, score
from apeft.models.load import LoadedModel
from apeft.records import Record
from apeft.worklog import Worklog


def row(key: str, options: list[str], right: int | None = 0, prompt: str = "Question: x?\nAnswer:"):
    return {
        "id": key, "set": key.partition("/")[0], "prompt": prompt, "options": options,
        "right": right, "group": "",
    }  # fmt: skip


ROWS = [
    row("mmlu/2", ["the inn", "thin", "a", "in"], 2, "Question: Which is the longer one?\nAnswer:"),
    row("mmlu/1", ["tin", "iron", "zinc", "lead"], 1),
    row("asdiv/1", ["9", "95", "8", "7"]),
    row("crows-pairs/1", ["The inn is thin.", "An inn is thin."], None, ""),
]


def asked(tiny: LoadedModel, root: Path, batch_tokens: int = 4096) -> list[Record]:
    return score(tiny, ROWS, Worklog("abilities", 1, root=root), batch_tokens=batch_tokens)


def test_log_probabilities_are_those_of_a_plain_pass(tiny: LoadedModel, tmp_path: Path) -> None:
    found = {one["id"]: one for one in asked(tiny, tmp_path)}
    encode = tiny.tokenizer
    for one in ROWS:
        ending = "\n" if one["set"] == "asdiv" else ""
        for text, logp in zip(one["options"], found[one["id"]]["logps"], strict=True):
            if one["prompt"]:
                before = encode(one["prompt"])["input_ids"]
                whole = encode(f"{one['prompt']} {text}{ending}")["input_ids"]
            else:
                before = [tiny.tokenizer.eos_token_id]
                whole = [*before, *encode(text)["input_ids"]]
            assert logp == pytest.approx(
                plain_logp(tiny.model, before, whole[len(before) :]), abs=1e-4
            )


def test_batches_change_no_number_and_rows_come_by_id(tiny: LoadedModel, tmp_path: Path) -> None:
    one, other = asked(tiny, tmp_path / "a"), asked(tiny, tmp_path / "b", batch_tokens=1)
    assert [row["id"] for row in one] == ["asdiv/1", "crows-pairs/1", "mmlu/1", "mmlu/2"]
    for left, right in zip(one, other, strict=True):
        assert left["logps"] == pytest.approx(right["logps"], abs=1e-4)


def test_finished_batches_are_not_read_again(
    tiny: LoadedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = asked(tiny, tmp_path)
    monkeypatch.setattr("apeft.abilities.score.candidate_logps", None)
    assert [one["value"] for one in asked(tiny, tmp_path)] == [one["value"] for one in first]


def test_a_row_that_the_model_cannot_read_is_unscored(tiny: LoadedModel, tmp_path: Path) -> None:
    long = row("mmlu/3", ["a", "b", "c", "d"], 0, "Question: " + "z" * 300 + "\nAnswer:")
    log = Worklog("abilities", 1, root=tmp_path)
    (found,) = score(tiny, [long], log, batch_tokens=64)
    assert (found["logps"], found["value"], found["unscored"]) == (None, None, TOO_LONG)


def test_sum_and_mean_over_characters_can_differ() -> None:
    # Sums prefer "ab" (-4 > -5); over characters -4/2 = -2 loses against -5/5 = -1.
    one = row("openbookqa/1", ["ab", "abcde", "xyz", "uvw"], 1)
    found = graded(one, [-4.0, -5.0, -9.0, -9.0])
    assert (found["acc"], found["acc_norm"], found["value"]) == (0, 1, 1)
    same = graded({**one, "set": "asdiv"}, [-4.0, -5.0, -9.0, -9.0])
    assert same["value"] == 0
    assert found["logps"] == [-4.0, -5.0, -9.0, -9.0]


@pytest.mark.parametrize(
    ("logps", "value", "reason"),
    [([-1.0, -2.0], 1, ""), ([-2.0, -1.0], 0, ""), ([-1.0, -1.0], None, TIE),
     ([-1.0, None], None, NOT_FINITE), ([float("nan"), -1.0], None, NOT_FINITE),
     (None, None, TOO_LONG)],
)  # fmt: skip
def test_what_is_undecided_is_unscored(
    logps: list[float | None] | None, value: int | None, reason: str
) -> None:
    found = graded(row("crows-pairs/1", ["one", "two"], None, ""), logps)
    assert (found["value"], found["unscored"]) == (value, reason)


def test_a_tie_among_wrong_options_is_wrong() -> None:
    found = graded(row("asdiv/1", ["1", "2", "3", "4"]), [-3.0, -1.0, -1.0, -2.0])
    assert (found["value"], found["unscored"]) == (0, "")


def test_counts_add_up() -> None:
    pair = row("crows-pairs/1", ["one", "two"], None, "")
    rows = [graded(pair, one) for one in ([-1.0, -2.0], [-2.0, -1.0], [-1.0, -1.0], None)]
    assert counts(rows) == {
        "crows-pairs": {"rows": 4, "scored": 2, "unscored": {TIE: 1, TOO_LONG: 1}, "mean": 0.5}
    }
