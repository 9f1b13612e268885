"""Assemble the knowledge base: read every source, merge, split, and count what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apeft.errors import UserError
from apeft.knowledge.countries import countries, demonyms, is_country
from apeft.knowledge.elements import elements
from apeft.knowledge.forms import Question
from apeft.knowledge.laureates import is_organisation, laureates
from apeft.knowledge.leads import is_person, people
from apeft.knowledge.lexicon import lexicon
from apeft.knowledge.merge import Entity, merge
from apeft.knowledge.nationality import adjectives
from apeft.knowledge.questions import questions
from apeft.knowledge.text import fold
from apeft.records import Record as Row
from apeft.rng import key_bits
from apeft.sets import TEXTS
from apeft.sources import default
from apeft.sources.datasets import DatasetSource

SHOT_PEOPLE = (
    "Rabindranath Tagore",
    "Pablo Neruda",
    "Henryk Sienkiewicz",
    "Claude Debussy",
    "John Steinbeck",
    "Hugo Grotius",
)
SHOT_COUNTRIES = ("Kenya", "Peru", "Portugal", "Thailand")
SHOT_ELEMENTS = ("Chlorine", "Germanium", "Nitrogen", "Titanium")
"""Entities of few-shot examples: on no side of the split, and never asked about."""

SHOTS = {"person": SHOT_PEOPLE, "country": SHOT_COUNTRIES, "element": SHOT_ELEMENTS}
SHOT_RELATIONS = {"nationality", "profession", "birth_year", "death_year", "birth_place"}


@dataclass(frozen=True)
class Split:
    """How people are split: by a hash of (seed, id), so that a new person moves nobody.

    Attributes:
        train: Share of people to train on.
        validation: Share to make choices on; the rest are test people.
        seed: Seed of the hash.
    """

    train: float
    validation: float
    seed: int

    def of(self, key: str) -> str:
        """Split of the person with this id."""
        place = key_bits(self.seed, "split", key, bits=64) / 2**64
        if place < self.train:
            return "train"
        return "validation" if place < self.train + self.validation else "test"


@dataclass(frozen=True)
class Knowledge:
    """The knowledge base as tables of plain records (see the records' contract)."""

    entities: list[Row]
    facts: list[Row]
    lexicon: dict[str, Any]
    questions: list[Row]
    counts: dict[str, Any]


def build(
    sources: Mapping[str, DatasetSource],
    split: Split,
    min_relations: int,
    asked: Sequence[Question] = (),
    *,
    drop_near_duplicates: bool = False,
) -> Knowledge:
    """Build everything from the sources of :mod:`apeft.sources.default` and the evaluation sets.

    Args:
        sources: Dataset source by package name.
        split: How people are split.
        min_relations: An entity with fewer distinct relations is left out and counted.
        asked: Rows of the evaluation sets (:func:`apeft.knowledge.forms.read_set`).
        drop_near_duplicates: As in :func:`apeft.knowledge.questions.questions`.

    Raises:
        UserError: A source cannot be read, or nothing usable remains.
    """
    country_rows = list(sources[default.COUNTRIES].rows())
    names = demonyms(country_rows)
    table = adjectives(names.values())
    lead_rows = list(sources[default.LEADS].rows())
    prize_rows = list(sources[default.LAUREATES].rows())
    vital = people(lead_rows, table, {row["name"] for row in country_rows})
    nobel = laureates(prize_rows)
    persons = merge([vital, nobel])
    nations = countries(country_rows)
    atoms, atoms_dropped = elements(sources[default.ELEMENTS].rows())
    everything = [*persons, *merge([nations.records]), *merge([atoms])]
    usable = [entity for entity in everything if len(entity.relations) >= min_relations]
    splits = {entity.id: _split_of(entity, split) for entity in usable}
    _check_shots(usable, min_relations)
    unique, question_counts = questions(
        asked, split.seed, drop_near_duplicates=drop_near_duplicates
    )
    named, known = _named(unique, usable)
    counts = _counts(everything, usable, splits) | {
        "sources": {
            "vital_people": len(vital),
            "vital_not_one_person": sum(
                row["topic"] == "People" and not is_person(row) for row in lead_rows
            ),
            "laureates": len(nobel),
            "prizes": len(prize_rows),
            "prizes_to_organisations": sum(map(is_organisation, prize_rows)),
            "countries": len(nations.records),
            "territories_left_out": sum(not is_country(row) for row in country_rows),
            "elements": len(atoms),
        },
        "values_left_out": {**nations.dropped, **atoms_dropped},
        "questions": question_counts | ({"people_known_already": known} if known else {}),
    }
    return Knowledge(
        entities=[*(_entity_row(entity, splits[entity.id]) for entity in usable), *named],
        facts=[row for entity in usable for row in _fact_rows(entity)],
        lexicon=lexicon(usable, table),
        questions=[row for row in unique if row["group"]],
        counts=counts,
    )


def _split_of(entity: Entity, split: Split) -> str:
    if entity.name in SHOTS[entity.kind]:
        return "shots"
    return split.of(entity.id) if entity.kind == "person" else "test"


def _check_shots(usable: Sequence[Entity], min_relations: int) -> None:
    found = {(entity.kind, entity.name): entity for entity in usable}
    missing = [name for kind, names in SHOTS.items() for name in names if (kind, name) not in found]
    missing += [
        name
        for name in SHOT_PEOPLE
        if name not in missing and not found["person", name].relations >= SHOT_RELATIONS
    ]
    if missing:
        raise UserError(
            f"few-shot entities lack facts: {', '.join(missing)}",
            where=f"knowledge base with knowledge.min_relations {min_relations}",
            fix="use the pinned sources, or lower knowledge.min_relations",
        )


def _entity_row(entity: Entity, split: str) -> Row:
    return {
        "id": entity.id,
        "kind": entity.kind,
        "name": entity.name,
        "aliases": list(entity.aliases),
        "split": split,
        "sources": list(entity.sources),
        "text": entity.text,
    }


def _named(rows: Sequence[Question], usable: Sequence[Entity]) -> tuple[list[Row], int]:
    """Entities of long-form sets, without facts, and how many people were left out.

    A person whom the knowledge base has under this name or an alias is in `bio`'s reach, perhaps
    among those to train on, and is left out.
    """
    kinds = {one.name: one.kind for one in TEXTS.values()}
    names = {fold(name) for e in usable if e.kind == "person" for name in (e.name, *e.aliases)}
    prompts = [row for row in rows if not row["group"]]
    new = [
        row
        for row in prompts
        if kinds[row["set"]] != "person" or fold(row["question"]) not in names
    ]
    found = [
        {
            "id": row["id"],
            "kind": kinds[row["set"]],
            "name": row["question"],
            "aliases": [],
            "split": "test",
            "sources": [row["set"]],
            "text": "",
            "set": row["set"],
        }
        for row in new
    ]
    return found, len(prompts) - len(new)


def _fact_rows(entity: Entity) -> list[Row]:
    """One row a value, the main value of a relation first; places name what contains them."""
    order = {relation: place for place, relation in enumerate(_relations(entity))}
    rows = []
    for claim in sorted(entity.claims, key=lambda claim: order[claim.relation]):
        row = {
            "id": f"{entity.id}#{claim.relation}",
            "entity": entity.id,
            "relation": claim.relation,
            "value": claim.value,
            "source": claim.source,
            "source_text": claim.text,
        }
        rows.append(row | ({"within": list(claim.within)} if claim.within else {}))
    return rows


def _relations(entity: Entity) -> list[str]:
    return list(dict.fromkeys(claim.relation for claim in entity.claims))


def _counts(
    everything: Sequence[Entity], usable: Sequence[Entity], splits: Mapping[str, str]
) -> dict[str, Any]:
    persons = [entity for entity in usable if entity.kind == "person"]
    facts = Counter((e.kind, relation) for e in usable for relation in e.relations)
    disputed = Counter(relation for entity in everything for relation in entity.disputed)
    return {
        "entities": dict(sorted(Counter(entity.kind for entity in usable).items())),
        "people": dict(sorted(Counter(splits[person.id] for person in persons).items())),
        "people_all": sum(entity.kind == "person" for entity in everything),
        "people_merged": sum(e.kind == "person" and len(e.sources) > 1 for e in everything),
        "too_few_relations": dict(
            sorted(Counter(e.kind for e in everything if e.id not in splits).items())
        ),
        "facts": {f"{kind}.{relation}": n for (kind, relation), n in sorted(facts.items())},
        "disputed": dict(sorted(disputed.items())),
        "links": _links(usable, splits),
    }


def _links(usable: Sequence[Entity], splits: Mapping[str, str]) -> dict[str, int]:
    """How many training people are tied to an out-of-domain entity that is asked about."""
    asked = [entity for entity in usable if splits[entity.id] == "test"]
    claims = [claim for entity in asked for claim in entity.claims]
    capitals = {fold(claim.value) for claim in claims if claim.relation == "capital"}
    finders = {_first_and_last(c.value) for c in claims if c.relation == "discoverer"}
    train = [entity for entity in usable if splits[entity.id] == "train"]
    return {
        "train_people_born_in_a_capital": sum(
            any(c.relation == "birth_place" and fold(c.value) in capitals for c in e.claims)
            for e in train
        ),
        "train_people_who_discovered_an_element": sum(
            any(_first_and_last(name) in finders for name in (e.name, *e.aliases)) for e in train
        ),
    }


def _first_and_last(name: str) -> tuple[str, str]:
    words = fold(name).split()
    return words[0], words[-1]
