"""Where a score comes from: accuracy by relation, and rates by class of question."""

from __future__ import annotations

import pandas as pd

from analysis import stats, style
from analysis.figures import captions
from analysis.load import Results, split
from analysis.measures import cells, evaluation_sets, labels, seed_means, values
from analysis.settings import Settings
from analysis.tables.main import display
from analysis.tables.write import Section, Table, numbers, percent
from apeft.rng import keyed

RATES = ("right", "wrong", "abstains", "correct", "reject", "choice")
CELLS = ("right", "wrong", "omitted", "accurate", "rank1")


def by_relation(results: Results, settings: Settings) -> Table:
    """Cells, accuracy of stated facts and ranks by relation: scored, unscored, share."""
    return _by(
        results,
        settings,
        name="by_relation",
        column="relation",
        measures=CELLS,
        caption="Cells right, wrong and omitted, stated facts that are right, and test facts whose "
        f"right value ranks first, by relation{_lacking(results)}",
    )


def questions(results: Results, settings: Settings) -> Table:
    """Rates by class of question: right, wrong, abstaining, rejecting, scored choice."""
    return _by(
        results,
        settings,
        name="questions",
        column="group",
        measures=RATES,
        caption="Answers right, wrong and abstaining; answers that turn a question down exactly "
        "when it is due (correct), or at all (reject); right scored choices, by class of question",
    )


def _lacking(results: Results) -> str:
    """Relations that lack cells or candidates, and why; "" when none does."""
    counts = results.counts.get("prompts", {})
    parts = []
    for key, why in (
        ("without_value", "cells left out, as the knowledge base has no value"),
        ("without_candidates", "test facts left out, as too few other values differ"),
    ):
        found = [
            f"{style.relation(name.partition('/')[2])} {count}"
            for name, count in sorted(counts.items())
            if name.startswith(f"{key}/")
        ]
        parts += [f"; {why}: {', '.join(found)}"] if found else []
    return "".join(parts)


def _by(
    results: Results,
    settings: Settings,
    *,
    name: str,
    column: str,
    measures: tuple[str, ...],
    caption: str,
) -> Table:
    items = results.items
    chosen = items[items["measure"].isin(measures) & (items[column] != "")]
    keys = ["algorithm", "recipe", "set", "measure", column]
    parts = split(chosen, keys)
    data, rows = [], []
    for where in evaluation_sets(results):
        for measure in measures:
            for cell in cells(results):
                for key in sorted(k for k in parts if k[:4] == (*cell.key, where.name, measure)):
                    part = parts[key]
                    found = None
                    hits = part[part["value"].notna()]
                    if len(hits):
                        means = seed_means(hits)
                        found = stats.rate(
                            values(means),
                            labels(means, "entity"),
                            resamples=settings.bootstrap,
                            rng=keyed(settings.seed, name, *key[2:]),
                        )
                    sizes = {"scored": len(hits), "unscored": len(part) - len(hits)}
                    data.append(
                        {"variant": cell.name, "set": where.name, "measure": measure}
                        | {column: key[4], **sizes, "total": len(part)}
                        | numbers(found)
                    )
                    rows.append(
                        (
                            display(cell),
                            style.set_title(where.name),
                            measure,
                            style.relation(key[4]),
                            str(sizes["scored"]),
                            str(sizes["unscored"]),
                            percent(found),
                        )
                    )
    columns = ("variant", "set", "measure", column, "scored", "unscored", "share (%)")
    full = (
        f"{caption}, in per cent ({captions.seeds(results)}, averaged per item, scored and "
        f"unscored counted over all; {captions.by_entity(settings)}; Jeffreys below {stats.SMALL} "
        f"items or where all agree; {captions.flags(results)}{captions.CAUTION})."
    )
    return Table(name, full, pd.DataFrame(data), (Section("", columns, tuple(rows)),))
