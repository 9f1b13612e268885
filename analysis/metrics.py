"""The few numbers that DVC shows: one value per variant and measure, every seed by itself."""

from __future__ import annotations

from dataclasses import replace

from analysis.load import Results
from analysis.measures import cells, estimate, evaluation_sets, main_measures, shift_share
from analysis.settings import Settings


def metrics(results: Results, settings: Settings) -> dict[str, dict[str, float]]:
    """Main measures and shift share of every variant, as {variant: {"bio.factscore": share}}.

    A measure that cannot be said is absent, never zero.
    """
    point = replace(settings, bootstrap=1)  # estimates alone: no interval is shown here
    found: dict[str, dict[str, float]] = {}
    for variant in sorted(results.items["variant"].unique()):
        one = only(results, variant)
        cell = next(cell for cell in cells(one) if _named(one, variant) == cell.key)
        values: dict[str, float] = {}
        for where in evaluation_sets(one):
            for measure in main_measures(where):
                interval = estimate(one, cell, where, measure, point)
                if interval is not None:
                    values[f"{where.name}.{measure.key}"] = interval.estimate
            share = shift_share(one, cell, where, point)
            if share is not None:
                values[f"{where.name}.shift_share"] = share.estimate
        found[variant] = values
    return found


def only(results: Results, variant: str) -> Results:
    """The results of one variant beside the base model's (whose mix of relations is needed)."""
    items, shift = results.items, results.shift
    return replace(
        results,
        items=items[(items["variant"] == variant) | (items["algorithm"] == "base")],
        shift=shift[shift["variant"] == variant],
    )


def _named(results: Results, variant: str) -> tuple[str, str]:
    row = results.items[results.items["variant"] == variant].iloc[0]
    return row["algorithm"], row["recipe"]
