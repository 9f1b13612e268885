"""The knowledge base built once from the real sources, with the default's evaluation sets."""

from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from apeft.knowledge.build import Split, build
from apeft.knowledge.forms import FORMS, read_set
from apeft.sources.default import NAMES, default_sources
from apeft.sources.named import SetSource
from apeft.sources.packages import fetch

SPLIT = Split(train=0.6, validation=0.15, seed=7)
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def sources(source_dir):
    return default_sources(fetch(source_dir, names=NAMES, download=False))


@pytest.fixture(scope="session")
def set_rows(source_dir):
    """The raw rows of the sets that the default parameters name, as their packages hold them."""
    named = yaml.safe_load((ROOT / "params.yaml").read_text())["knowledge"]["sets"]
    rows = {}
    for key, given in named.items():
        if given["source"]:
            one = SetSource(**given)
            archives = fetch(source_dir, names=[one.rest], download=False)
            source, _ = one.opened(archives, source_dir, FORMS[one.form].columns[0])
            rows[key] = list(source.rows())
    return rows


@pytest.fixture(scope="session")
def asked(set_rows):
    """Questions of the default's sets; there a set's form has its name."""
    return [row for key, rows in set_rows.items() for row in read_set(key, rows, key, key)]


@pytest.fixture(scope="session")
def knowledge(sources, asked):
    return build(sources, SPLIT, min_relations=3, asked=asked)


@pytest.fixture(scope="session")
def values(knowledge):
    """Entity id -> relation -> values."""
    table = defaultdict(lambda: defaultdict(list))
    for fact in knowledge.facts:
        table[fact["entity"]][fact["relation"]].append(fact["value"])
    return table
