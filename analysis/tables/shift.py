"""Token distribution shift in numbers, and the tokens that moved most."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis import stats, style
from analysis.estimates import shift_share
from analysis.figures import captions
from analysis.load import REGIONS, Results
from analysis.measures import cells, evaluation_sets, labels, shift_rows
from analysis.settings import Settings
from analysis.tables.main import display
from analysis.tables.write import Section, Table, numbers, percent, visible
from apeft.rng import keyed

SHOWN = 15  # tokens per set
KL = ("kl_tuned_base", "kl_base_tuned")


def shift(results: Results, settings: Settings) -> Table:
    """Shares of the three regions and both KL divergences, over the shared first positions."""
    data, rows = [], []
    for where in evaluation_sets(results):
        for cell in cells(results):
            tokens = shift_rows(results, cell, where, settings)
            if tokens is None:
                continue
            flat = {"variant": cell.name, "set": where.name, "tokens": len(tokens)}
            row = [display(cell), style.set_title(where.name), str(len(tokens))]
            for region in REGIONS:
                share = shift_share(results, cell, where, settings, region=region)
                flat |= numbers(share, f"{region}:")
                row.append(percent(share))
            for name in KL:
                kept = tokens[tokens[name].notna()]
                found = None
                if len(kept):
                    found = stats.cluster_mean(
                        kept[name].to_numpy(dtype=np.float64),
                        labels(kept, "entity"),
                        resamples=settings.bootstrap,
                        rng=keyed(settings.seed, name, where.name),
                    )
                flat |= numbers(found, f"{name}:")
                row.append(_nats(found))
            data.append(flat)
            rows.append(tuple(row))
    columns = ("variant", "set", "tokens", *(f"{name} (%)" for name in REGIONS))
    columns += ("KL(tuned || base) (nats)", "KL(base || tuned) (nats)")
    caption = (
        "Token distribution shift over the first "
        f"{settings.first_positions} tokens of each response ({captions.sizes(results, 'shift')}; "
        f"{captions.seeds(results)}, pooled; {captions.intervals(settings)}, of KL entities alone; "
        f"{captions.flags(results)}{captions.CAUTION})."
    )
    return Table("shift", caption, pd.DataFrame(data), (Section("", columns, tuple(rows)),))


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


def _nats(found: stats.Interval | None) -> str:
    if found is None:
        return "–"
    if not found.known:
        return f"{found.estimate:.3f}"
    return f"{found.estimate:.3f} [{found.low:.3f}, {found.high:.3f}]"
