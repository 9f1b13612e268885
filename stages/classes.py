"""The class of every parameter, read from the comment in its line and written beside it again.

``k: 8  # paper-unknown: samples of each fact`` has the class ``paper-unknown`` and a note. A
mapping in braces gives the class in its line to every key inside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from apeft.errors import UserError
from apeft.records import Record, dumps

CLASSES = ("paper", "paper-unknown", "ours")
FIX = f"end the line of each key with `# CLASS: note`; classes: {', '.join(CLASSES)}"


class Label(NamedTuple):
    """A value's class and what the comment adds to it, which may be nothing."""

    name: str
    note: str


def read_classes(path: Path) -> dict[str, Label]:
    """Read the class of every key of a whole parameter file, by the key's full path.

    Raises one UserError that names every key without a class or with an unknown one.
    """
    found, faults = _read(path)
    faults += [f"{key}: no class" for key, label in found.items() if label is None]
    _refuse(faults, path)
    return {key: label for key, label in found.items() if label is not None}


def resolved_classes(base: Path, *profiles: Path) -> dict[str, Label]:
    """Read the classes of a parameter file with profiles over it, the last one uppermost.

    A class in a profile counts for its key. Any other value that a profile changes is no longer
    the paper's, nor chosen for the reason that ``base`` gives: it is the profile's own.
    """
    labels, before = read_classes(base), _leaves(_load(base))
    for profile in profiles:
        after = _leaves(_load(profile))
        own, faults = _read(profile)
        _refuse(faults, profile)
        for key, value in after.items():
            label = own.get(key)
            if label is not None:
                labels[key] = label
            elif key not in before or _shown(before[key]) != _shown(value):
                labels[key] = Label("ours", f"{profile.parent.name}/{profile.name}")
        before |= after
    return labels


def documented(params: Mapping[str, Any], labels: Mapping[str, Label]) -> str:
    """Write parameters as YAML, one key a line, each with its class: what `read_classes` reads."""
    return "".join(f"{line}\n" for line in _lines(params, labels, "", ""))


def rows(path: Path, *, without: frozenset[str] = frozenset()) -> Iterator[Record]:
    """Every key of a parameter file with its value as JSON, its class and note, in file order."""
    labels = read_classes(path)
    for key, value in _leaves(_load(path)).items():
        if key.partition(".")[0] not in without:
            label = labels[key]
            yield {"key": key, "value": dumps(value), "class": label.name, "note": label.note}


def _lines(
    params: Mapping[str, Any], labels: Mapping[str, Label], path: str, indent: str
) -> Iterator[str]:
    for key, value in params.items():
        full = f"{path}{key}"
        if isinstance(value, Mapping) and value:
            yield f"{indent}{_shown(key)}:"
            yield from _lines(value, labels, f"{full}.", indent + "  ")
        elif full in labels:
            comment = ": ".join(part for part in labels[full] if part)
            yield f"{indent}{_shown(key)}: {_shown(value)}  # {comment}"
        else:
            yield f"{indent}{_shown(key)}: {_shown(value)}"


def _shown(value: Any) -> str:
    """A value in one line of YAML."""
    text: str = yaml.safe_dump(
        [value], default_flow_style=True, allow_unicode=True, width=float("inf")
    )
    if text.count("\n") > 1:  # text with line breaks: escaped, it is one line
        text = yaml.safe_dump(
            [value], default_flow_style=True, default_style='"', width=float("inf")
        )
    return text.strip()[1:-1]


def _load(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return data


def _leaves(data: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, Mapping):
            found |= _leaves(value, f"{path}{key}.")
        else:
            found[f"{path}{key}"] = value
    return found


def _read(path: Path) -> tuple[dict[str, Label | None], list[str]]:
    """Every key of a file with the class that it gives, and the faults in the classes given."""
    text = path.read_text(encoding="utf-8")
    comments = _comments(text)
    found: dict[str, Label | None] = {}
    faults: list[str] = []
    for key, lines in _keys(yaml.compose(text, yaml.SafeLoader), "", []):
        comment = next((comments[line] for line in lines if line in comments), None)
        name, _, note = (comment or "").partition(":")
        if comment is None:
            found[key] = None
        elif name.strip() in CLASSES:
            found[key] = Label(name.strip(), note.strip())
        else:
            faults.append(f"{key}: unknown class {name.strip()!r}")
    return found, faults


def _keys(node: yaml.Node | None, path: str, outer: list[int]) -> Iterator[tuple[str, list[int]]]:
    """Every key with a value of its own, and the lines whose comment it may take, best first."""
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        full = f"{path}{key.value}"
        # The end of a block is marked at whatever comes next, which has a class of its own.
        scalar = isinstance(value, yaml.ScalarNode)
        closed = value.style not in ("|", ">") if scalar else value.flow_style
        mine = [key.start_mark.line, *([value.end_mark.line] if closed else [])]
        if isinstance(value, yaml.MappingNode):
            yield from _keys(value, f"{full}.", [*mine, *outer] if value.flow_style else [])
        else:
            yield full, [*mine, *outer]


def _comments(text: str) -> dict[int, str]:
    """The comment of each line (counted from 0) that has one; ``#`` within a value is none."""
    values = []
    for token in yaml.scan(text, yaml.SafeLoader):
        if isinstance(token, yaml.ScalarToken):
            first = token.start_mark.index
            if token.style in ("|", ">"):  # the line of its sign may end with a comment
                first = text.index("\n", first)
            values.append((first, token.end_mark.index))
    found: dict[int, str] = {}
    start = 0
    for number, line in enumerate(text.splitlines(keepends=True)):
        for match in re.finditer(r"(?<!\S)#", line):
            at = start + match.start()
            if not any(first <= at < end for first, end in values):
                found[number] = line[match.end() :].strip()
                break
        start += len(line)
    return found


def _refuse(faults: list[str], path: Path) -> None:
    if faults:
        raise UserError(
            "parameters without a known class:\n    " + "\n    ".join(faults),
            where=str(path),
            fix=FIX,
        )
