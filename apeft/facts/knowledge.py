"""A read-only view of the knowledge base's files: entities, values by relation, vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apeft.errors import UserError
from apeft.facts import relations
from apeft.facts.lexicon import Lexicon
from apeft.records import Record, read_json, read_jsonl

_VOCABULARY = {name: name for name in ("nationality", "profession", "language", "currency")} | {
    relations.left_open(name): name for name in ("language", "neighbour")
}
"""Relation of a fact -> the relation whose vocabulary its value belongs to."""


@dataclass(frozen=True)
class Knowledge:
    """Entities and facts by id.

    The vocabulary holds every value that occurs in the facts, so what the knowledge base can
    check is also found in a text.
    """

    entities: Mapping[str, Record]
    facts: Mapping[tuple[str, str], tuple[str, ...]]
    lexicon: Lexicon = field(default_factory=Lexicon)

    @classmethod
    def load(cls, folder: Path) -> Knowledge:
        """Read entities.jsonl, facts.jsonl and lexicon.json of ``folder`` (else a UserError)."""
        return cls.build(
            read_jsonl(folder / "entities.jsonl"),
            read_jsonl(folder / "facts.jsonl"),
            read_json(folder / "lexicon.json"),
        )

    @classmethod
    def build(
        cls, entities: Iterable[Record], facts: Iterable[Record], lexicon: Mapping[str, Any]
    ) -> Knowledge:
        """Make a view of records that are already in memory."""
        values: dict[tuple[str, str], list[str]] = {}
        by_relation: dict[str, set[str]] = {}
        for fact in facts:
            row = values.setdefault((fact["entity"], fact["relation"]), [])
            value = str(fact["value"])
            if value not in row:
                row.append(value)
            relation = _VOCABULARY.get(fact["relation"])
            if relation:
                by_relation.setdefault(relation, set()).add(value)
        rows = {entity["id"]: entity for entity in entities}
        names = {
            form: entity["name"]
            for entity in rows.values()
            if entity["kind"] == "country"
            for form in (*entity.get("aliases", ()), entity["name"])
        }
        fixed = {key: tuple(row) for key, row in values.items()}
        return cls(rows, fixed, Lexicon(lexicon, by_relation, names))

    def entity(self, entity_id: str) -> Record:
        """Return one entity's record; an unknown id is a UserError (stale inputs)."""
        if entity_id not in self.entities:
            raise UserError(
                f"no entity {entity_id!r} in the knowledge base",
                where="entities.jsonl",
                fix="run the stages again from knowledge: this file and its reader do not match",
            )
        return self.entities[entity_id]

    def values(self, entity_id: str, relation: str) -> list[str]:
        """Return every known value in file order; empty when the knowledge base has none."""
        return list(self.facts.get((entity_id, relation), ()))

    def left_open(self, entity_id: str, relation: str) -> list[str]:
        """Return the values that are neither right nor wrong; see :func:`relations.left_open`."""
        return self.values(entity_id, relations.left_open(relation))
