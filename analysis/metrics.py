"""The numbers that DVC and MLflow show: one for each variant and measure, every seed by itself."""

from __future__ import annotations

from dataclasses import replace

from analysis.estimates import estimate, shift_share
from analysis.load import Results
from analysis.measures import (
    Cell,
    EvaluationSet,
    cells,
    evaluation_sets,
    main_measures,
    scored,
    shift_rows,
)
from analysis.settings import Settings

# Collected measures that stand beside the main ones, under the names shown.
BESIDE = {
    "factscore_penalised": "factscore_penalised",
    "lower": "factscore_lower",
    "upper": "factscore_upper",
    "facts": "facts_per_response",
    "responded": "response_rate",
    "supported": "supported_facts",
    "hedged": "hedged",
    "undecided": "undecided",
    "short_right": "short_right",
    "r": "r",
    "pairs_right": "rank_pairs_right",
    "margin": "rank_margin",
    "among": "rank_logp_among",
}


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
            for source, name in BESIDE.items():
                rows = scored(one, cell, where.name, source)
                if rows is not None:
                    values[f"{where.name}.{name}"] = float(rows["value"].mean())
            for group, rate in _rejected(one, cell, where):
                values[f"{where.name}.rejected_{group}"] = rate
            share = shift_share(one, cell, where, point)
            tokens = shift_rows(one, cell, where, point)
            if share is not None and tokens is not None:
                values[f"{where.name}.shift_share"] = share.estimate
                for kl in ("kl_tuned_base", "kl_base_tuned"):
                    if tokens[kl].notna().any():
                        values[f"{where.name}.{kl}"] = float(tokens[kl].mean())
        found[variant] = values
    return found


def _rejected(results: Results, cell: Cell, where: EvaluationSet) -> list[tuple[str, float]]:
    """Share of each class of questions that was turned down."""
    rows = scored(results, cell, where.name, "reject")
    if rows is None:
        return []
    return [
        (str(group), float(rate)) for group, rate in rows.groupby("group")["value"].mean().items()
    ]


def only(results: Results, variant: str) -> Results:
    """The results of one variant beside the base model's, which says what a set can be asked."""
    items, shift = results.items, results.shift
    return replace(
        results,
        items=items[(items["variant"] == variant) | (items["algorithm"] == "base")],
        shift=shift[shift["variant"] == variant],
    )


def _named(results: Results, variant: str) -> tuple[str, str]:
    row = results.items[results.items["variant"] == variant].iloc[0]
    return row["algorithm"], row["recipe"]
