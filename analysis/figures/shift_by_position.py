"""How often the tuned models leave the base model's first choice: shift share by position."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from analysis.figures import by_position
from analysis.load import Results
from analysis.settings import Settings

NAME = "shift_by_position"
WIDTH = 5  # positions of a step: a share of some dozens of tokens at one position is mostly noise


def moved(rows: pd.DataFrame) -> pd.Series:
    """Return 1 for each token of rank > 1 and 0 for the base's first choice."""
    return (rows["rank"] > 1).astype(float)


CURVE = by_position.Curve("shift", "shift (%)", moved, share=True, width=WIDTH)


def caption(results: Results, settings: Settings) -> str:
    """Return the figure's one-sentence caption."""
    return (
        f"Share of tokens of rank > 1 in the base model, in steps of {WIDTH} positions, on one "
        f"scale for all sets, {by_position.reach(results, settings)}"
    )


def draw(results: Results, settings: Settings) -> Figure:
    """Draw the curves of the share."""
    return by_position.draw(results, CURVE, settings)
