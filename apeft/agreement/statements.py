"""What a judge reads out of sentences, against what people read out of them.

Labels are numbers and spans only (``labels/statements.jsonl``): the sentences themselves stay in
the data that they come from, FActScore's human-labelled biographies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from apeft.agreement.counts import Counts
from apeft.errors import UserError
from apeft.facts.extract import StatedFact, statements
from apeft.facts.lexicon import Lexicon
from apeft.records import Record, read_jsonl

RELATIONS = {
    "person": ("birth_year", "death_year", "nationality", "profession", "birth_place"),
    "country": ("capital", "region", "currency", "language", "neighbour"),
    "element": ("symbol", "atomic_number", "category", "discoverer", "discovery_year"),
}


# A stratum that was read for some relations alone: more of what is rare.
READ_FOR = {"death": ("death_year",)}


def was_read_for(row: Record, relation: str) -> bool:
    """Whether a labelled sentence was read for a relation."""
    return relation in READ_FOR.get(row.get("stratum", ""), (relation,))


def labelled_sentences(labels: Iterable[Record], data: Path) -> list[Record]:
    """Join labels with their texts.

    Args:
        labels: rows with ``file``, ``row``, ``sentence`` and ``facts`` (spans in the sentence).
        data: folder that holds ``<file>.jsonl`` as FActScore published them.

    Returns:
        Rows with the whole ``text``, the person's ``name``, the sentence's place ``at`` and
        ``length`` in the text, and the labelled ``facts`` with spans in the sentence.
    """
    texts: dict[str, list[Record]] = {}
    rows = []
    for label in labels:
        path = data / f"{label['file']}.jsonl"
        if label["file"] not in texts:
            texts[label["file"]] = read_jsonl(path)
        source = texts[label["file"]][label["row"]]
        sentence = source["annotations"][label["sentence"]]["text"]
        text = source["output"]
        at = text.find(sentence)
        if at < 0:  # the published sentence is not cut from the text as it stands
            text, at = sentence, 0
        if any(fact["end"] > len(sentence) for fact in label["facts"]):
            raise UserError(
                "a label lies outside its sentence",
                where=f"{path}, line {label['row'] + 1}, sentence {label['sentence']}",
                fix="these labels belong to other data; compare the hashes in labels/README.md",
            )
        rows.append(
            {
                **{key: label[key] for key in ("facts", "stratum")},
                "kind": "person",
                "name": source["topic"],
                "text": text,
                "at": at,
                "length": len(sentence),
            }
        )
    return rows


def read_by_rules(row: Record, lexicon: Lexicon) -> list[StatedFact]:
    """Every statement that the typed rules find in a labelled sentence, read in its text."""
    entity: Mapping[str, Any] = {
        "id": "",
        "kind": row["kind"],
        "name": row["name"],
        "aliases": row.get("aliases", []),
    }
    end = row["at"] + row["length"]
    found = statements(row["text"], entity, lexicon)
    return [fact for fact in found if row["at"] <= fact.start < end]


def compare(row: Record, found: Sequence[StatedFact], relation: str) -> Counts:
    """Count one relation in one sentence.

    A labelled statement about the person is hit when a found one overlaps its words. What is
    labelled ``soft`` (two careful readers could differ) is neither missed nor a false alarm. What
    is labelled of somebody else, or as not asserted, is a false alarm when it is found.
    """
    mine = [fact for fact in row["facts"] if fact["relation"] == relation]
    mine = [f for f in mine if f["about"] == "self" and f.get("asserted", True)]
    firm = [fact for fact in mine if not fact.get("soft")]
    spans = [(f.start - row["at"], f.end - row["at"]) for f in found if f.relation == relation]
    hits = sum(any(_overlap(span, fact) for span in spans) for fact in firm)
    false = sum(not any(_overlap(span, fact) for fact in mine) for span in spans)
    return Counts(hits=hits, misses=len(firm) - hits, false=false)


def _overlap(span: tuple[int, int], fact: Mapping[str, Any]) -> bool:
    return bool(span[0] < fact["end"] and fact["start"] < span[1])
