"""How far the tuned models leave the base model: KL divergence by token position."""

from __future__ import annotations

from matplotlib.figure import Figure

from analysis.figures import by_position
from analysis.load import Results
from analysis.settings import Settings

NAME = "kl_by_position"
CURVE = by_position.Curve("kl", "KL (nats)", lambda rows: rows["kl_tuned_base"])


def caption(results: Results, settings: Settings) -> str:
    """Return the figure's one-sentence caption."""
    return f"Mean KL(tuned || base) in nats at each position {by_position.reach(results, settings)}"


def draw(results: Results, settings: Settings) -> Figure:
    """Draw the curves of the divergence."""
    return by_position.draw(results, CURVE, settings)
