"""Kinds of token; every expected class was named by hand."""

import numpy as np
import pytest

from analysis.load import Results
from analysis.measures import evaluation_sets, shift_rows, tuned_cells
from analysis.settings import Settings
from analysis.tables.token_classes import by_class, token_classes
from analysis.token_classes import TOKEN_CLASSES, token_class


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (" American", "name"), ("Ludwig", "name"), ("Å", "name"), (" the", "function word"),
        (" The", "function word"), ("In", "function word"), ("ing", "inside a word"),
        ("an", "inside a word"), (" novel", "other word"), ("1", "number"), (" 1879", "number"),
        ("20th", "number"), (",", "sign"), (" (", "sign"), ("\n", "line or text end"),
        ("<|endoftext|>", "line or text end"), ("<|im_end|>", "line or text end"),
        (" ", "line or text end"), ("", "line or text end"), (" 東", "other word"),
    ],
)  # fmt: skip
def test_a_token_has_the_class_that_a_reader_gives_it(token: str, expected: str) -> None:
    assert token_class(token) == expected
    assert expected in TOKEN_CLASSES


def test_classes_divide_every_token_once(full: Results, settings: Settings) -> None:
    for cell in tuned_cells(full):
        found = by_class(full, cell, settings)
        rows = [shift_rows(full, cell, where, settings) for where in evaluation_sets(full)]
        counted = sum(len(each) for each in rows if each is not None)
        moved = sum(int((each["region"] != "unshifted").sum()) for each in rows if each is not None)
        assert sum(tokens for tokens, _ in found.values()) == counted
        assert sum(n * share.estimate for n, share in found.values()) == pytest.approx(moved)


def test_the_table_has_a_dash_where_a_class_has_no_token(full: Results, settings: Settings) -> None:
    table = token_classes(full, settings)
    assert len(table.data) == len(tuned_cells(full)) * 2 * len(TOKEN_CLASSES)
    empty = table.data[table.data["tokens"] == 0]
    assert empty["estimate"].isna().all()
    assert np.isfinite(table.data.loc[table.data["tokens"] > 0, "estimate"]).all()
