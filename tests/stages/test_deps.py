"""Module lists in dvc.yaml: written from imports, leaving everything else alone.

That the lists are complete is held against bytecode and real runs in test_graph.py.
"""

from pathlib import Path

import pytest

from stages import deps


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    files = {
        "stages/__init__.py": '"""Stages."""',
        "stages/one.py": "import json\nfrom stages.shared import Made\nfrom apeft import rng\n",
        "stages/two.py": "def main():\n    from apeft.deep import tool\n    import apeft.rng\n",
        "stages/shared.py": "import numpy\n\ndef view():\n    from stages.cost import measured\n",
        "stages/cost.py": "import apeft.never\n",
        "apeft/__init__.py": "import apeft.never\n",
        "apeft/rng.py": "from __future__ import annotations\n",
        "apeft/never.py": "",
        "apeft/deep/__init__.py": "",
        "apeft/deep/tool.py": "if TYPE_CHECKING:\n    from apeft.types import T\n",
        "apeft/types.py": "from apeft.deep.tool import back\n",  # a circle
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(deps, "ROOT", tmp_path)
    monkeypatch.setattr(deps, "PIPELINES", ("dvc.yaml",))
    return tmp_path


def test_uses_are_found_through_modules_functions_and_types(project: Path) -> None:
    assert deps.uses("stages.one") == ["apeft/rng.py", "stages/one.py", "stages/shared.py"]
    assert deps.uses("stages.two") == [
        "apeft/deep/tool.py",
        "apeft/rng.py",
        "apeft/types.py",
        "stages/two.py",
    ]


def test_the_view_and_packages_themselves_are_no_dependency(project: Path) -> None:
    found = {path for script in ("one", "two") for path in deps.uses(f"stages.{script}")}
    assert not found & {"stages/cost.py", "apeft/never.py", "apeft/__init__.py"}


BEFORE = """\
stages:
  one:
    cmd: python -m stages.one
    deps:
      - out/model
      # modules
      - apeft/gone.py
      - stages/one.py
    outs:
      - out/one
  two:
    foreach: [a, b]
    do:
      cmd: python -m stages.two ${item}
      deps:
      # modules
      - stages/two.py
      - requirements/compute.lock
"""
AFTER = """\
stages:
  one:
    cmd: python -m stages.one
    deps:
      - out/model
      # modules
      - apeft/rng.py
      - stages/one.py
      - stages/shared.py
    outs:
      - out/one
  two:
    foreach: [a, b]
    do:
      cmd: python -m stages.two ${item}
      deps:
      # modules
      - apeft/deep/tool.py
      - apeft/rng.py
      - apeft/types.py
      - stages/two.py
      - requirements/compute.lock
"""


def test_only_module_lists_are_rewritten_each_by_its_own_script(project: Path) -> None:
    assert deps.rewritten(BEFORE) == AFTER
    assert deps.rewritten(AFTER) == AFTER


def test_a_stale_file_is_refused_until_it_is_written(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "dvc.yaml").write_text(BEFORE)
    monkeypatch.setattr("sys.argv", ["deps"])
    with pytest.raises(SystemExit, match="--write"):
        deps.main()
    assert (project / "dvc.yaml").read_text() == BEFORE
    monkeypatch.setattr("sys.argv", ["deps", "--write"])
    deps.main()
    assert (project / "dvc.yaml").read_text() == AFTER
    monkeypatch.setattr("sys.argv", ["deps"])
    deps.main()
    assert "in line" in capsys.readouterr().out
