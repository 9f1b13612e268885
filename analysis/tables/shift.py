"""Token distribution shift in numbers, and the tokens that moved most."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis import stats, style
from analysis.estimates import shift_share
from analysis.figures import captions
from analysis.load import Results
from analysis.measures import cells, evaluation_sets, labels, marginal_rank, shift_rows
from analysis.regions import STILL
from analysis.settings import Settings
from analysis.tables.main import display
from analysis.tables.write import Section, Table, amount, numbers, percent, visible
from apeft.rng import keyed

SHOWN = 15  # tokens per set
KL = ("kl_tuned_base", "kl_base_tuned")


def shift(results: Results, settings: Settings) -> Table:
    """Shares of the ranks, where all and where some could move, and both KL divergences."""
    lowest = marginal_rank(results)
    shares = {  # by column: the region of rank (none: rank > 1), and of which tokens
        f"rank > {rank}, {of}": (region, of != "all")
        for rank, region in ((1, ""), (lowest, "shifted"))
        for of in ("all", "could move")
    }
    data, rows = [], []
    for where in evaluation_sets(results):
        for cell in cells(results):
            tokens = shift_rows(results, cell, where, settings)
            if tokens is None:
                continue
            free = shift_rows(results, cell, where, settings, free=True)
            sizes = (len(tokens), 0 if free is None else len(free))
            flat: dict[str, Any] = {"variant": cell.name, "set": where.name}
            flat |= {"tokens": sizes[0], "tokens:could move": sizes[1]}
            row = [display(cell), style.set_title(where.name), f"{sizes[0]} / {sizes[1]}"]
            for name, (region, only) in shares.items():
                share = shift_share(results, cell, where, settings, region=region, free=only)
                flat |= numbers(share, f"{name}:")
                row.append(STILL if share is None else percent(share))
            for name in KL:
                found = _divergence(tokens, name, where.name, settings)
                flat |= numbers(found, f"{name}:")
                row.append(amount(found))
            data.append(flat | {"reason": "" if sizes[1] else STILL})
            rows.append(tuple(row))
    columns = ("variant", "set", "tokens / could move", *(f"{name} (%)" for name in shares))
    columns += ("KL(tuned || base) (nats)", "KL(base || tuned) (nats)")
    caption = (
        "Token distribution shift over the first "
        f"{settings.first_positions} tokens of each response: share of tokens that are not the "
        f"base's first choice (rank > 1), and of those called shifted (rank > {lowest}), of all "
        "tokens and of those that could move "
        f"({captions.free(settings)}) ({captions.sizes(results, 'shift')}; "
        f"{captions.seeds(results)}, pooled; {captions.intervals(settings)}, of KL entities alone; "
        f"{captions.FLOORS}; {captions.flags(results)}{captions.CAUTION})."
    )
    return Table("shift", caption, pd.DataFrame(data), (Section("", columns, tuple(rows)),))


def _divergence(
    tokens: pd.DataFrame, name: str, where: str, settings: Settings
) -> stats.Interval | None:
    kept = tokens[tokens[name].notna()]
    if kept.empty:
        return None
    return stats.cluster_mean(
        kept[name].to_numpy(dtype=np.float64),
        labels(kept, "entity"),
        resamples=settings.bootstrap,
        rng=keyed(settings.seed, name, where),
    )


def shifted_tokens(results: Results, settings: Settings) -> Table:
    """The ``SHOWN`` shifted tokens of each set that the base model ranked lowest."""
    columns = ["set", "variant", "token", "token_base", "position", "rank", *KL[:1], "item"]
    frames = []
    for where in evaluation_sets(results):
        rows = results.shift
        rows = rows[(rows["set"] == where.name) & (rows["region"] == "shifted")]
        order = ["rank", "kl_tuned_base", "variant", "item", "position"]
        rows = rows.sort_values(order, ascending=[False, False, True, True, True])
        frames.append(rows.head(SHOWN)[columns])
    data = pd.concat(frames, ignore_index=True)
    shown = tuple(
        (
            style.set_title(row["set"]),
            row["variant"],
            visible(row["token"]),
            visible(row["token_base"]),
            str(row["position"]),
            str(row["rank"]),
            row["item"],
        )
        for row in data.to_dict("records")
    )
    head = ("set", "variant", "token", "base's top token", "position", "rank in base", "response")
    caption = (
        f"The (at most) {SHOWN} tokens of each set that the base model ranks lowest, at any "
        "position, with what it would have written there; ␣ is a space (n, seeds: single tokens "
        "picked by rank, no intervals; they are examples and decide nothing)."
    )
    return Table("shifted_tokens", caption, data, (Section("", head, shown),))
