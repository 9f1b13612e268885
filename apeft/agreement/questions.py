"""Rejection and abstention judges against people: published answers, and labelled ones of a model.

Half of each published file was used to write the rules; the other half measures them. Which half a
question falls into depends on its text alone (:func:`held_out`), so rows that are not here fall the
same way.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from apeft.agreement.counts import Counts, count
from apeft.errors import UserError
from apeft.judges.abstain import admits_not_knowing
from apeft.judges.common import Grade
from apeft.judges.premise import rejects_premise
from apeft.records import Record
from apeft.sources.datasets import LocalSource, PackageSource, jsonl_rows

Judge = Callable[[str, str], Grade]
LENGTHS = {"one word": 1, "2-7 words": 7, "8-45 words": 45, "longer": None}
PACKAGE = "openfactcheck"
JUDGES: dict[str, Judge] = {"premise": rejects_premise, "abstention": admits_not_knowing}


def held_out(question: str) -> bool:
    """Whether a question is in the half that the rules were not developed on."""
    return hashlib.blake2b(question.encode(), digest_size=4).digest()[-1] % 2 == 1


def falseqa(path: Path) -> Iterator[Record]:
    """FalseQA: the label is 1 where the answer is a person's rebuttal of a false premise."""
    for row in LocalSource(path).rows():
        yield {"question": row["question"], "answer": row["answer"], "label": row["label"] == "1"}


def kuq(path: Path) -> Iterator[Record]:
    """KUQ: every answer by a person; those to unknown questions are labelled as admissions.

    Some of those "answers" describe the question ("This is a question about the future") or
    answer it outright; they keep the label that the file gives them.
    """
    for row in LocalSource(path).rows():
        for answer in row["answer"]:
            yield {
                "question": row["question"],
                "answer": str(answer),
                "label": bool(row["unknown"]),
            }


def key(row: Record) -> str:
    """Name of a labelled answer without its words, for notes on data that is not ours to keep."""
    text = f"{row['question']}\n{row['answer']}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def length(answer: str) -> str:
    """Name of the band that an answer's words fall into: what holds for a word may not for more."""
    words = len(answer.split())
    return next(name for name, most in LENGTHS.items() if most is None or words <= most)


def other_models(labels: Iterable[Record], archive: Path) -> list[Record]:
    """Join labels of other models' answers with the answers, which stay in their package.

    Args:
        labels: rows with ``set``, ``row`` and ``model`` (where the answer stands), its ``key``,
            the ``part`` (whether rules were written on it) and a label for each judge, null where
            it cannot be told.
        archive: the package file of openfactcheck.

    Returns:
        The labels with ``question`` and ``answer``.
    """
    files: dict[str, list[Record]] = {}
    rows = []
    for label in labels:
        member = f"{PACKAGE}/data/{label['set']}.jsonl"
        if member not in files:
            files[member] = list(PackageSource(archive, member, jsonl_rows).rows())
        found = files[member][label["row"]]
        row = {"question": found["question"], "answer": found[f"{label['model']}_response"]}
        if key(row) != label["key"]:
            raise UserError(
                "a label belongs to another answer",
                where=f"{archive.name}: {member}, line {label['row'] + 1}",
                fix="use the pinned version of this package",
            )
        rows.append({**label, **row})
    return rows


def missed(rows: Iterable[Record], judge: Judge, read: Mapping[str, str]) -> dict[str, int]:
    """Count what readers found in the answers that are labelled and that a judge did not find.

    Args:
        rows: as for :func:`agreement`.
        judge: whose misses.
        read: :func:`key` of an answer to what a reader found it to be.

    Returns:
        Misses by what they are; "unread" where no reader saw them.
    """
    misses = [row for row in rows if row["label"] and judge(*_asked(row)).label is False]
    return dict(sorted(Counter(read.get(key(row), "unread") for row in misses).items()))


def _asked(row: Record) -> tuple[str, str]:
    return row["question"], row["answer"]


def agreement(rows: Iterable[Record], judge: Judge) -> Counts:
    """Count a judge's verdicts against ``label``; ungradable answers are unscored."""
    return count((row["label"], judge(*_asked(row)).label) for row in rows)
