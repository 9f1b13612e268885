"""A judge as it is measured: what it makes of each kind of labelled item."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apeft.agreement.questions import JUDGES, Judge
from apeft.agreement.statements import read_by_rules
from apeft.answers import match
from apeft.facts.extract import StatedFact
from apeft.facts.lexicon import Lexicon
from apeft.facts.llm.answer import match_answer
from apeft.judges.llm import LlmQuestionJudge
from apeft.llm.reader import Reader
from apeft.records import Record, digest

Warm = Callable[[Callable[..., Any], Iterable[tuple[Any, ...]]], None]


@dataclass(frozen=True)
class Measured:
    """One judge, rules or a language model.

    Attributes:
        name: as tables show it.
        questions: (question, answer) to a grade, for ``premise`` and ``abstention``.
        answer: whether a labelled answer is right; None is unscored.
        statements: typed facts of a labelled sentence; None for a judge whose facts have no
            relation, of which these tables can say nothing.
        halves: of the published files: the rules were developed on one of them.
        limit: items of each table row; None takes all.
        warm: asks side by side for what a loop will ask again (:meth:`Reader.warm`).
    """

    name: str
    questions: Mapping[str, Judge]
    answer: Callable[[Record], bool | None]
    statements: Callable[[Record], list[StatedFact]] | None
    halves: Mapping[str, bool]
    limit: int | None
    warm: Warm

    def drawn(self, rows: Iterable[Record]) -> list[Record]:
        """Take ``limit`` rows in the order of their hashes, which no judge and no file decides."""
        ordered = sorted(rows, key=digest)
        return ordered if self.limit is None else ordered[: self.limit]


def rules(lexicon: Lexicon) -> Measured:
    """The typed rules: all labelled items, both halves of the published files."""

    def answer(row: Record) -> bool | None:
        return match(
            row["relation"],
            row["answer"],
            row["values"],
            lexicon,
            subject=row["name"],
            aliases=row.get("aliases", ()),
            left_open=row.get("left_open", ()),
        ).correct

    return Measured(
        name="typed",
        questions=JUDGES,
        answer=answer,
        statements=lambda row: read_by_rules(row, lexicon),
        halves={"developed on": False, "held out": True},
        limit=None,
        warm=lambda function, calls: None,
    )


def language_model(reader: Reader, name: str, limit: int | None) -> Measured:
    """A language model behind a reader, on the half of the published files that rules never saw."""
    asked = LlmQuestionJudge(reader)

    def answer(row: Record) -> bool | None:
        rights: Sequence[str] = row["values"]
        return match_answer(reader, row["question"], rights, row["answer"]).correct

    return Measured(
        name=name,
        questions={
            "premise": asked.rejects_premise,
            "abstention": asked.admits_not_knowing,
        },
        answer=answer,
        statements=None,
        halves={"held out": True},
        limit=limit,
        warm=reader.warm,
    )
