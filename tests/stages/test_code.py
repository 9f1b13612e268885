"""Digests of the code behind a stage: what is in them, and what is not.

That they cover what a stage imports is held against bytecode and real runs in test_graph.py, and
what DVC makes of them in test_graph_reruns.py.
"""

import re
from pathlib import Path

import pytest

from stages import code

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    "stages/__init__.py": '"""Stages."""',
    "stages/one.py": "import json\nfrom stages.shared import Made\nfrom apeft import rng\n",
    "stages/two.py": "def main():\n    from apeft.deep import tool\n    import apeft.rng\n",
    "stages/shared.py": "import numpy\n\ndef view():\n    from stages.cost import measured\n",
    "stages/cost.py": "import apeft.never\n",
    "apeft/__init__.py": "import apeft.never\n",
    "apeft/rng.py": '"""Doc."""\n\nclass A:\n    """Doc."""\n\n    x = f"{1}"  # why\n',
    "apeft/never.py": "",
    "apeft/deep/__init__.py": "",
    "apeft/deep/tool.py": "if TYPE_CHECKING:\n    from apeft.types import T\n",
    "apeft/types.py": "from apeft.deep.tool import back\n",  # a circle
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(code, "ROOT", tmp_path)
    return tmp_path


def digest(name: str) -> str:
    code._tree.cache_clear()
    code._syntax.cache_clear()
    return code.digest(f"stages.{name}")


def test_uses_are_found_through_modules_functions_and_types(project: Path) -> None:
    assert code.uses("stages.one") == ["apeft/rng.py", "stages/one.py", "stages/shared.py"]
    assert code.uses("stages.two") == [
        "apeft/deep/tool.py",
        "apeft/rng.py",
        "apeft/types.py",
        "stages/two.py",
    ]


def test_the_view_and_packages_themselves_are_no_dependency(project: Path) -> None:
    found = {path for script in ("one", "two") for path in code.uses(f"stages.{script}")}
    assert not found & {"stages/cost.py", "apeft/never.py", "apeft/__init__.py"}


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ('class A:\n    """Other."""\n    x = f"{1}"\n', True),
        ('# new\n"""Doc."""\nclass A:\n\n    x = (f"{1}"\n    )\n', True),
        ('"""Doc."""\nclass A:\n    x = f"{2}"\n', False),
        ('"""Doc."""\nclass A:\n    y = f"{1}"\n', False),
        ('"""Doc."""\nclass A:\n    x = "1"\n', False),
        ('"""Doc."""\nclass A:\n    """Doc."""\n    x = f"{1}"\n    "a statement"\n', False),
        ("", False),
    ],
)
def test_a_digest_follows_syntax_and_no_comment_docstring_or_layout(
    project: Path, text: str, same: bool
) -> None:
    one, two = digest("one"), digest("two")
    (project / "apeft/rng.py").write_text(text)
    assert (digest("one") == one) is (digest("two") == two) is same


def test_a_digest_follows_the_names_of_files(project: Path) -> None:
    before = digest("two")
    (project / "apeft/types.py").rename(project / "apeft/kinds.py")
    (project / "apeft/deep/tool.py").write_text(
        "if TYPE_CHECKING:\n    from apeft.kinds import T\n"
    )
    assert digest("two") != before


def test_there_is_a_digest_of_every_script_that_a_pipeline_runs() -> None:
    run = "".join((ROOT / name).read_text() for name in ("dvc.yaml", "ablations/stages.yaml"))
    named = set(re.findall(r"python -m stages\.([\w.]+)", run))
    assert set(code.scripts()) == named - {"code"}


def test_a_rule_marks_the_judges_of_rules_and_a_client_those_that_are_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, real = code.judges(), code._syntax
    for changed, kind in (("judges/premise.py", "rules"), ("llm/endpoint.py", "asked")):
        monkeypatch.setattr(
            code, "_syntax", lambda path, end=changed: "" if str(path).endswith(end) else real(path)
        )
        after = code.judges()
        assert {name for name in after if after[name] != before[name]} == {f"judges.{kind}"}
