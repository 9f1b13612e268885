"""The doctor tells what is missing before anything runs, and never breaks over it."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import real_stages
import yaml

from stages import doctor, doctor_checks, doctor_needs, doctor_shares
from stages.check import load
from stages.doctor_checks import Finding
from stages.workspace import merge, profiles

ROOT = Path(__file__).resolve().parents[2]
LLAMA = {
    "model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 32000,
    "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32,
    "num_attention_heads": 32, "num_key_value_heads": 32, "tie_word_embeddings": False,
}  # fmt: skip


def params(profile: str | None = None, **changes: Any) -> dict[str, Any]:
    data = load(ROOT / "params.yaml")
    if profile:
        data = merge(data, load(ROOT / "profiles" / f"{profile}.yaml"), where=profile)
    return merge(data, changes, where="test")


def status(found: Any) -> dict[str, str]:
    return {finding.check: finding.status for finding in found}


@pytest.fixture
def llama(tmp_path: Path) -> Path:
    """LLaMA-2-7B's published sizes."""
    (tmp_path / "config.json").write_text(json.dumps(LLAMA))
    return tmp_path / "config.json"


def test_the_default_can_run_here_and_its_arithmetic_is_printed(source_dir: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "stages.doctor", "--json", "--timeout", "2"],
        cwd=ROOT, env=real_stages.environment(source_dir), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    told = json.loads(done.stdout)
    rows = {row["check"]: row for row in told["checks"]}
    bad = {name: row for name, row in rows.items() if row["status"] == "missing"}
    # A machine of the tests may hold other packages, or be too small; everything else is in hand.
    assert set(bad) <= {"memory", "disk", "packages of requirements/compute.lock",
                        "packages of requirements/tools.lock"}, bad  # fmt: skip
    assert (done.returncode, told["missing"]) == (bool(bad), len(bad))
    assert rows["sources here"]["status"] == rows["parameters"]["status"] == "ok"
    assert any("weights = 134,515,008 x 4 B" in line for line in rows["memory"]["details"])


@pytest.mark.parametrize("name", profiles(ROOT))
def test_every_profiles_memory_and_disk_can_be_reckoned(name: str, llama: Path) -> None:
    """With one and the same sizes, so that no hub is asked."""
    given = params(name)
    sizes = doctor_needs.shapes(given, llama.parent, llama)
    found = [*doctor_needs.memory(given, sizes),
             *doctor_needs.disk(given, sizes, llama.parent, 1.0)]  # fmt: skip
    assert {"disk"} < set(status(found))
    stages = {need.stage for need in doctor_needs.needs(given, sizes)}
    # What vLLM samples takes the share of memory that it is given (vllm.memory_share).
    samplers = {stage for stage in ("sample", "detect") if given[stage]["sampler"] != "vllm"}
    assert stages == {"reference", "train", "respond", *samplers}


def test_the_papers_profile_fits_its_card_and_not_a_small_one(llama: Path) -> None:
    """The profile's head promises a card with 80 GB."""
    given = params("llama2-7b")
    sizes = doctor_needs.shapes(given, llama.parent, llama)
    largest = max(need.size for need in doctor_needs.needs(given, sizes))
    assert 40e9 < largest < 80e9


def test_a_profile_for_cards_misses_them_on_a_machine_without(llama: Path) -> None:
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        pytest.skip("this machine has a card")
    given = params("small-gpu")
    assert status(doctor_checks.devices(given))["cuda cards"] == "missing"
    sizes = doctor_needs.shapes(given, llama.parent, llama)
    assert status(doctor_needs.memory(given, sizes))["gpu memory"] == "missing"


def test_weights_must_fit_into_the_share_that_an_engine_is_given(
    llama: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By hand: 13.5 GB of LLaMA-2-7B in bfloat16 against shares of a card with 80 GB or 16."""
    given = params("llama2-7b")
    sizes = doctor_needs.shapes(given, llama.parent, llama)
    for gigabytes, expected in ((80, "ok"), (14, "missing")):
        card = ("card", gigabytes * 10**9, gigabytes * 10**9)
        monkeypatch.setattr(doctor_shares.machine, "cards", lambda card=card: [card])
        found = status(doctor_shares.shares(given, sizes, tmp_path))
        assert found == {"vllm.memory_share": expected}
    given["judge"] |= {"engine": {**given["judge"]["engine"], "sampler": "vllm",
                                  "folder": "judge", "device": "cuda"}}  # fmt: skip
    found = status(doctor_shares.shares(given, sizes, tmp_path))
    assert found["judge.engine.folder"] == "missing"
    (tmp_path / "judge").mkdir()
    (tmp_path / "judge" / "model.safetensors").write_bytes(b"0" * 1000)
    found = status(doctor_shares.shares(given, sizes, tmp_path))
    assert found["judge.engine.memory_share"] == "ok"
    assert found["vllm, both engines"] == "missing"  # 0.9 for sampling and 0.4 for judging


def test_a_file_two_folders_up_is_found_before_the_workspace_is_made(tmp_path: Path) -> None:
    (tmp_path / "wiki.db").write_bytes(b"")
    given = params(judge={"passages": {"source": "file:../../wiki.db"}})
    found = status(doctor_checks.files(given, tmp_path / "runs" / "not-yet"))
    assert found["judge.passages.source"] == "ok"


def test_too_little_disk_memory_and_threads_are_told(
    llama: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = params(
        machine={"threads": 10_000},
        hardware={"processes": 4},
    )
    assert status(doctor_checks.devices(given))["processors"] == "warning"
    sizes = doctor_needs.shapes(given, llama.parent, llama)
    assert status(doctor_needs.disk(given, sizes, llama.parent, 1e9))["disk"] == "missing"
    assert status(doctor_needs.disk(given, None, llama.parent, 0.0))["disk"] == "ok"
    for total, free, expected in (
        (1e9, 1e9, "missing"),
        (1e12, 1e9, "warning"),
        (1e12, 1e12, "ok"),
    ):
        have = (int(total), int(free))
        monkeypatch.setattr(doctor_needs.machine, "memory", lambda have=have: have)
        (found,) = doctor_needs.memory(given, sizes)
        assert found.status == expected
    assert any("train in 4 processes" in line for line in found.details)


def test_engines_that_parameters_ask_for_must_be_installed() -> None:
    assert list(doctor_checks.engines(params())) == []
    given = params(machine={"attention": "flash_attention_2"})
    given["sample"]["sampler"] = "vllm"
    found = {finding.check: finding for finding in doctor_checks.engines(given)}
    assert found["flash-attn"].status == "missing"  # it needs a card, and this is `device: cpu`
    assert "sample.sampler" in found["vllm"].found


def test_files_that_parameters_name_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    given = params(
        model={"source": "folder:mine", "local_sources": "/no/such/folder"},
        knowledge={"local_sources": "x\0y"},
        hardware={"accelerate_config": "z" * 5000},
    )
    assert status(doctor_checks.files(given, tmp_path)) == {
        "model.source": "ok",
        "model.local_sources": "missing",
        "knowledge.local_sources": "missing",
        "hardware.accelerate_config": "missing",
    }


def test_a_spoiled_and_an_absent_source_are_missing(tmp_path: Path) -> None:
    (tmp_path / "countryinfo-1.0.1-py3-none-any.whl").write_bytes(b"spoiled")
    given = params(knowledge={"local_sources": str(tmp_path)},
                   model={"local_sources": str(tmp_path)})  # fmt: skip
    found = {finding.check: finding for finding in doctor_checks.packaged(given, tmp_path, 1.0)}
    assert len(found) == 7
    assert {finding.status for finding in found.values()} == {"missing"}
    assert "SHA-256" in found["source countryinfo"].found


def test_a_judges_endpoint_is_asked_with_the_key_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, str | None]] = []

    def served(base: str, *, key: str | None, timeout: float) -> Any:
        asked.append((base, key))
        return doctor_checks.reach.Reach("reachable", "x serves judge-7b"), ["judge-7b"]

    monkeypatch.setattr(doctor_checks.reach, "served", served)
    judge = {"endpoint": "http://127.0.0.1:9/v1", "key_env": "JUDGE_KEY", "model": "judge-7b"}
    monkeypatch.setenv("JUDGE_KEY", "secret-key")
    (good,) = doctor_checks.endpoints({"judge": judge}, 1.0)
    assert (good.status, asked) == ("ok", [(judge["endpoint"], "secret-key")])
    (other,) = doctor_checks.endpoints({"judge": judge | {"model": "judge-70b"}}, 1.0)
    assert other.status == "missing"
    monkeypatch.delenv("JUDGE_KEY")
    assert status(doctor_checks.endpoints({"judge": judge}, 1.0))["key of judge"] == "missing"
    assert list(doctor_checks.endpoints({"judge": judge | {"endpoint": None}}, 1.0)) == []


@pytest.mark.parametrize(
    "profile", ["../params", "no-such-profile", "x; rm -rf /", "\x1b[31mred", "a" * 300]
)
def test_a_hostile_profile_name_is_a_finding(profile: str) -> None:
    found, (finding,) = doctor.parameters(profile, ROOT)
    assert (found, finding.status) == (None, "missing")


@pytest.mark.parametrize(
    "change",
    [
        {"machine": {"threads": -1}},
        {"machine": {"threads": "rm -rf"}},
        {"machine": None},
        {"surprise": {"a": 1}},
        {"hardware": {"processes": 9, "accelerate_config": None}},  # of 8 pairs
        {"hardware": {"processes": 1, "accelerate_config": "/x.yaml"}},
    ],
)
def test_parameters_that_no_stage_would_take_are_a_finding(
    change: Mapping[str, Any], tmp_path: Path
) -> None:
    data = load(ROOT / "params.yaml") | change
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(data))
    found, (finding,) = doctor.parameters(None, tmp_path)
    assert found is None
    assert finding.status == "missing"
    assert next(iter(change)) in finding.found


def test_no_parameter_file_and_no_yaml_are_findings(tmp_path: Path) -> None:
    for text in (None, "a: [", "- 1", "\0"):
        if text is not None:
            (tmp_path / "params.yaml").write_text(text)
        assert doctor.parameters(None, tmp_path)[1][0].status == "missing"


def test_the_table_shows_nothing_that_a_terminal_would_obey() -> None:
    hostile = Finding("a", "missing", "x\x1b[2J\nok  b", "do\r", ["  1 GiB\x07"])
    text = doctor.table([hostile])
    assert all(line.isprintable() for line in text.split("\n"))
    assert [line.split()[0] for line in text.split("\n")] == ["missing", "1", "to"]


def test_the_doctor_needs_no_package_to_say_that_packages_are_missing() -> None:
    """An interpreter without site-packages: the checks of this machine are made all the same."""
    done = subprocess.run(
        [sys.executable, "-S", "-m", "stages.doctor"],
        cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": ""}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "missing  packages of requirements/compute.lock" in done.stdout
    assert "to do: make setup" in done.stdout


def test_a_sets_file_is_looked_for_in_the_folder_of_sources(tmp_path: Path) -> None:
    (tmp_path / "sources/falseqa").mkdir(parents=True)
    (tmp_path / "sources/falseqa/test.csv").write_text("")
    params = {
        "knowledge": {
            "local_sources": str(tmp_path / "sources"),
            "sets": {"falseqa": {"source": "file:falseqa/test.csv"}},
        }
    }
    found = status(doctor_checks.files(params, tmp_path / "workspace"))
    assert found["knowledge.sets.falseqa.source"] == "ok"
