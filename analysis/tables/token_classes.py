"""Which kinds of token a tuned model writes otherwise than its base would."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from analysis import stats
from analysis.figures import captions
from analysis.load import Results
from analysis.measures import ROLES, Cell, evaluation_sets, labels, shift_rows, tuned_cells
from analysis.settings import Settings
from analysis.tables.main import display
from analysis.tables.write import Section, Table, numbers, percent
from analysis.token_classes import TOKEN_CLASSES, token_class
from apeft.rng import keyed

DOMAINS = ("in domain", "out of domain")


@lru_cache(maxsize=64)
def by_class(
    results: Results, cell: Cell, settings: Settings
) -> dict[tuple[str, str], tuple[int, stats.Interval]]:
    """Tokens, and the share of them that the base does not rank first, by domain and class.

    All sets out of domain count together, a token as much as any other; tokens are resampled by
    entity. A class without a token is absent.
    """
    frames = []
    for where in evaluation_sets(results):
        rows = shift_rows(results, cell, where, settings)
        if rows is not None:
            domain = DOMAINS[int(where.role != ROLES[0])]
            classes = [token_class(text) for text in rows["token"]]
            frames.append(rows.assign(domain=domain, token_class=classes))
    if not frames:
        return {}
    found: dict[tuple[str, str], tuple[int, stats.Interval]] = {}
    for key, rows in pd.concat(frames).groupby(["domain", "token_class"]):
        domain, name = (str(part) for part in key)
        moved = (rows["rank"] > 1).to_numpy().astype(np.float64)
        share = stats.cluster_mean(
            moved,
            labels(rows, "entity"),
            resamples=settings.bootstrap,
            rng=keyed(settings.seed, "token class", domain, name),
            bounds=stats.SHARE,
        )
        found[domain, name] = len(rows), share
    return found


def token_classes(results: Results, settings: Settings) -> Table:
    """Share of tokens of rank > 1 by domain and class of token."""
    data, rows = [], []
    for cell in tuned_cells(results):
        found = by_class(results, cell, settings)
        for domain in DOMAINS:
            row = [display(cell), domain]
            for name in TOKEN_CLASSES:
                tokens, share = found.get((domain, name), (0, None))
                flat = {"variant": cell.name, "domain": domain, "class": name, "tokens": tokens}
                data.append(flat | numbers(share))
                row.append(f"{percent(share)} of {tokens}" if share else percent(None))
            rows.append(tuple(row))
    caption = (
        "Share (%) of tokens that the base model does not rank first, by the kind of token, over "
        f"the first {settings.first_positions} tokens of each response, with the number of tokens; "
        "kinds are read from a token's text (names begin with a capital; subwords that go on "
        f"with a word are apart) ({captions.sizes(results, 'shift')}; {captions.seeds(results)}, "
        f"pooled; {captions.by_entity(settings)}; "
        f"{captions.flags(results)}{captions.CAUTION})."
    )
    columns = ("variant", "domain", *TOKEN_CLASSES)
    return Table(
        "shift_by_class", caption, pd.DataFrame(data), (Section("", columns, tuple(rows)),)
    )
