"""Promises of `python -m stages.check`: every fault of a parameter file, before any work."""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field

from apeft.errors import UserError
from stages.check import Script, check, discover, load
from stages.stage import Section


class Lora(Section):
    rank: int = Field(gt=0)


class Train(Section):
    steps: int
    lora: Lora


class Sample(Section):
    people: int


def enough_people(sections: Mapping[str, Any]) -> list[str]:
    if sections["sample"].people < sections["train"].steps:
        return ["sample.people: fewer than train.steps"]
    return []


SCRIPTS = [
    Script("train", {"train": Train, "sample": Sample}, (enough_people,)),
    Script("sample", {"sample": Sample}),
]
GOOD = {"train": {"steps": 3, "lora": {"rank": 4}}, "sample": {"people": 5}}


def faults(data: dict[str, Any]) -> list[str]:
    with pytest.raises(UserError) as caught:
        check(data, SCRIPTS, where="params.yaml")
    return [line.strip() for line in caught.value.what.splitlines()[1:]]


def test_a_sound_file_gives_every_section() -> None:
    assert sorted(check(GOOD, SCRIPTS, where="params.yaml")) == ["sample", "train"]


def test_all_faults_are_told_at_once_each_once_with_its_full_path() -> None:
    bad = {
        "train": {"steps": "3", "lora": {"rank": 0, "alpha": 1}},
        "sample": {},
        "traim": {"steps": 3},
    }
    told = faults(bad)
    assert [fault.split(":")[0] for fault in told] == [
        "train.steps",
        "train.lora.rank",
        "train.lora.alpha",
        "sample.people",
        "traim",
    ]
    assert "no stage reads it" in told[-1]


def test_a_missing_section_is_a_fault() -> None:
    assert faults({"train": GOOD["train"]}) == ["sample: missing section"]


def test_faults_across_sections_are_told() -> None:
    assert faults(GOOD | {"sample": {"people": 2}}) == ["sample.people: fewer than train.steps"]


def test_a_key_given_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text("train:\n  steps: 1\n  steps: 2\n")
    with pytest.raises(UserError, match=r"key given twice: steps.*line 3"):
        load(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [("- a\n- b\n", "sections"), ("a: [1\n", "not valid YAML"), ("1: 2\n", "sections")],
)
def test_what_is_no_parameter_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(text)
    with pytest.raises(UserError, match=said):
        load(path)


def test_scripts_are_found_by_their_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "madeup"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "tool.py").write_text("raise RuntimeError('not a script, not to be imported')\n")
    (package / "one.py").write_text(
        "READS: dict = {'one': None}\ndef look(sections): return []\nCHECKS = [look]\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    (script,) = discover("madeup")
    assert (script.name, list(script.reads), len(script.checks)) == ("one", ["one"], 1)


def run_check(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[2]
    code = f"import sys; sys.path.insert(0, {str(root)!r}); from stages.check import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_refuses_with_status_2_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text("no_such_section: {a: 1}\n")
    done = run_check(cwd=tmp_path)
    assert done.returncode == 2
    assert "no_such_section: unknown section" in done.stderr
    assert "Traceback" not in done.stderr
    assert "not found" in run_check("other.yaml", cwd=tmp_path).stderr


def test_a_key_without_a_class_is_refused_before_any_work(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "params.yaml").read_text(encoding="utf-8")
    (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
    done = run_check(cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / "params.yaml").write_text(re.sub(r"(gamma: 10) .*", r"\1", text, count=1))
    done = run_check(cwd=tmp_path)
    assert done.returncode == 2
    assert "score.gamma: no class" in done.stderr


def test_checking_loads_no_heavy_package() -> None:
    root = Path(__file__).parents[2]
    code = (
        f"import sys; sys.path.insert(0, {str(root)!r})\n"
        "from stages.check import discover\n"
        "class Guard:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name in ('torch', 'transformers', 'trl', 'peft', 'mlflow'):\n"
        "            raise AssertionError(f'{name} is loaded by importing a stage script')\n"
        "sys.meta_path.insert(0, Guard())\n"
        "assert discover()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=root
    )
    assert done.returncode == 0, done.stderr  # its traceback names the importing module
