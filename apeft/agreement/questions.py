"""Rejection and abstention judges against people: published answers, and labelled ones of a model.

Half of each published file was used to write the rules; the other half measures them. Which half a
question falls into depends on its text alone (:func:`held_out`), so rows that are not here fall the
same way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from apeft.agreement.counts import Counts, count
from apeft.judges.abstain import admits_not_knowing
from apeft.judges.common import Grade
from apeft.judges.premise import rejects_premise
from apeft.records import Record
from apeft.sources.datasets import LocalSource

Judge = Callable[[str, str], Grade]
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


def agreement(rows: Iterable[Record], judge: Judge) -> Counts:
    """Count a judge's verdicts against ``label``; ungradable answers are unscored."""
    return count((row["label"], judge(row["question"], row["answer"]).label) for row in rows)
