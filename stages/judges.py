"""Measure the judges against people: ``python -m stages.judges DATA`` (`make judges DATA=…`).

Not a stage of the graph: it reads labelled data that the project does not hold, and writes the
small file ``labels/agreement.json`` that it does.
"""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analysis.agreement import rates
from apeft.agreement import answers, questions, statements
from apeft.agreement.counts import Counts
from apeft.errors import UserError
from apeft.facts.knowledge import Knowledge
from apeft.facts.lexicon import Lexicon
from apeft.records import Record, digest, file_digest, read_jsonl
from stages.deps import ROOT, uses

KNOWLEDGE = Path("out/knowledge")
LABELS = Path("labels")
MEASURED = LABELS / "agreement.json"
PUBLISHED = {
    "falseqa": ("premise", questions.falseqa, "falseqa/valid.csv"),
    "kuq": ("abstention", questions.kuq, "kuq/knowns_unknowns.sample2000.jsonl"),
}
BIOGRAPHIES = "factscore"
RULES = ("apeft/facts/", "apeft/judges/", "apeft/answers.py", "apeft/agreement/")


def rules_digest() -> str:
    """One hash of all code that decides a verdict; the date of a measurement is worth this much."""
    files = sorted(path for path in uses("stages.judges") if path.startswith(RULES))
    return digest([[path, file_digest(ROOT / path)] for path in files])


def tables(data: Path, lexicon: Lexicon) -> Iterator[Record]:
    """Every row of every table; what its labels or its data are not here for is named as such."""
    yield from _statements("people's biographies", LABELS / "statements.jsonl", data, lexicon)
    yield from _statements("own sentences", LABELS / "own_statements.jsonl", data, lexicon)
    yield from _answers(lexicon)
    for name, (judge, read, member) in PUBLISHED.items():
        rows = list(read(data / member)) if (data / member).is_file() else []
        for half, kept in (("developed on", False), ("held out", True)):
            part = [row for row in rows if questions.held_out(row["question"]) == kept]
            found = questions.agreement(part, questions.JUDGES[judge])
            yield _row(f"{judge}, people's answers", f"{name}, {half}", found)
    own = LABELS / "own_questions.jsonl"
    labelled = read_jsonl(own) if own.is_file() else []
    for name, judge in (("freshqa-premise", "premise"), ("selfaware", "abstention")):
        part = [row for row in labelled if row["set"] == name and row["label"] is not None]
        found = questions.agreement(part, questions.JUDGES[judge])
        yield _row(f"{judge}, own answers", name, found)


def _statements(table: str, path: Path, data: Path, lexicon: Lexicon) -> Iterator[Record]:
    rows: list[Record] = []
    labels = read_jsonl(path) if path.is_file() else []
    if labels and "text" in labels[0]:
        rows = labels
    elif labels and (data / BIOGRAPHIES).is_dir():
        rows = statements.labelled_sentences(labels, data / BIOGRAPHIES)
    found = [statements.read_by_rules(row, lexicon) for row in rows]
    for kind, relations in statements.RELATIONS.items():
        read = [(row, facts) for row, facts in zip(rows, found, strict=True) if row["kind"] == kind]
        for relation in relations if read or kind == "person" else ():
            total = Counts()
            for row, facts in read:
                total += statements.compare(row, facts, relation)
            yield _row(f"statements, {table}", relation, total) | {"sentences": len(read)}


def _answers(lexicon: Lexicon) -> Iterator[Record]:
    path = LABELS / "answers.jsonl"
    counts = answers.by_relation(read_jsonl(path) if path.is_file() else [], lexicon)
    total = Counts()
    for relation, found in counts.items():
        total += found
        yield _row("answers", relation, found)
    yield _row("answers", "all", total)


def _row(table: str, what: str, found: Counts) -> Record:
    counted = {key: getattr(found, key) for key in ("hits", "misses", "false", "rest", "unscored")}
    return {
        "table": table,
        "of": what,
        "judge": "typed",
        **counted,
        **rates(found.hits, found.misses, found.false),
    }


def _hashes(data: Path) -> dict[str, str]:
    """Hash of every labelled file that was read, by a name that is the same everywhere."""
    files = {f"labels/{path.name}": path for path in sorted(LABELS.glob("*.jsonl"))}
    published = [member for _, _, member in PUBLISHED.values()]
    published += [f"{BIOGRAPHIES}/{name}.jsonl" for name in ("ChatGPT", "InstructGPT")]
    files |= {member: data / member for member in published}
    return {name: file_digest(path) for name, path in files.items() if path.is_file()}


def shown(rows: list[Record]) -> str:
    """The rows as lines for a terminal."""
    lines = []
    for row in rows:
        if not sum(row[key] for key in ("hits", "misses", "false", "rest", "unscored")):
            lines.append(f"{row['table']:34} {row['of']:22} not measured: no labelled item")
            continue
        told = [
            f"{name} {value[0]:.3f} [{value[1]:.3f}, {value[2]:.3f}]"
            for name in ("precision", "recall", "f1")
            if (value := row[name]) is not None
        ]
        unscored = f", {row['unscored']} unscored" if row["unscored"] else ""
        told = told or [f"{row['rest']} items, none labelled and none found"]
        lines.append(f"{row['table']:34} {row['of']:22} {', '.join(told)}{unscored}")
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write labels/agreement.json."""
    try:
        if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
            raise UserError(
                "no folder with labelled data",
                where=" ".join(sys.argv[1:]) or "DATA",
                fix="make judges DATA=<folder that holds falseqa/, kuq/ and factscore/>",
            )
        if not KNOWLEDGE.is_dir():
            raise UserError(
                "the knowledge base is not built",
                where=str(KNOWLEDGE),
                fix="run `dvc repro knowledge` (or `make repro`) first: its vocabulary is read",
            )
        data = Path(sys.argv[1])
        rows = list(tables(data, Knowledge.load(KNOWLEDGE).lexicon))
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    result: dict[str, Any] = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "rules": rules_digest(),
        "data": _hashes(data),
        "rows": rows,
    }
    MEASURED.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(shown(rows))
    print(f"\njudges: {len(rows)} rows in {MEASURED}")


if __name__ == "__main__":
    main()
