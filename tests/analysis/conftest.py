"""Synthetic collected folders: the study's full size, the smoke run's, and one with gaps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import synthetic

from analysis.load import Results, load
from analysis.settings import Settings
from stages.collect import TEXT_MEASURES


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings(bootstrap=200, seed=0, small_shift=0.05, small_change=0.02, first_positions=10)


@pytest.fixture(scope="session")
def full_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    size = synthetic.Size(entities=24, questions=45, tokens=24, steps=12)
    return synthetic.write(tmp_path_factory.mktemp("full"), size)


@pytest.fixture(scope="session")
def smoke_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic.write(tmp_path_factory.mktemp("smoke"), synthetic.SMOKE)


@pytest.fixture(scope="session")
def gaps_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seeds, one recipe of IPO never run, one seed of DPO missing."""
    size = synthetic.Size(
        algorithms=("dpo", "ipo", "cpo"), seeds=(0, 1, 2), entities=8, questions=12, tokens=12
    )
    without = ("ipo-apeft-0", "ipo-apeft-1", "ipo-apeft-2", "dpo-general-2")
    return synthetic.write(tmp_path_factory.mktemp("gaps"), size, without=without)


@pytest.fixture(scope="session")
def full(full_folder: Path) -> Results:
    return load(full_folder)


@pytest.fixture(scope="session")
def smoke(smoke_folder: Path) -> Results:
    return load(smoke_folder)


@pytest.fixture(scope="session")
def gaps(gaps_folder: Path) -> Results:
    return load(gaps_folder)


PAPER_QUESTIONS = {"freshqa-premise": "falseqa", "selfaware": "kuq"}
PAPER_CLASSES = {"unanswerable": "unknown", "answerable": "known"}
UNSCORED = {"factscore": ("bio", "in domain"), "fava": ("countries", "ood long-form")}


@pytest.fixture(scope="session")
def paper(smoke: Results) -> Results:
    """The smoke run's shape with the paper's sets; two of them long-form texts without a score."""
    per_text = smoke.items["measure"].isin(TEXT_MEASURES)
    items, shift = [smoke.items], [smoke.shift]
    for name, (like, role) in UNSCORED.items():
        mine = smoke.items[per_text & (smoke.items["set"] == like)].assign(set=name, role=role)
        items.append(mine.assign(value=mine["value"].where(mine["measure"] == "length")))
        shift.append(smoke.shift[smoke.shift["set"] == like].assign(set=name, role=role))
    renamed = [pd.concat(rows, ignore_index=True) for rows in (items, shift)]
    for table in renamed:
        table["set"] = table["set"].replace(PAPER_QUESTIONS)
    renamed[0]["group"] = renamed[0]["group"].replace(PAPER_CLASSES)
    return replace(smoke, items=renamed[0], shift=renamed[1])
