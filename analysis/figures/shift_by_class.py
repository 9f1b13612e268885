"""Share of moved tokens by the kind of token, in domain beside out of domain."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis import style
from analysis.figures import captions
from analysis.load import Results
from analysis.measures import Cell, tuned_cells
from analysis.settings import Settings
from analysis.stats import Interval
from analysis.tables.token_classes import DOMAINS, by_class
from analysis.token_classes import TOKEN_CLASSES

NAME = "shift_by_class"
FEW = 20  # tokens under which a share is not shown
DARK = 0.55  # of the scale: from here on the number is white


def caption(results: Results, settings: Settings) -> str:
    """Return the figure's one-sentence caption."""
    return (
        "Share of tokens (in per cent, darker is more) that the base model does not rank first, by "
        f"the kind of token, over the first {settings.first_positions} positions of a response, "
        f"all sets of a domain together; a share of fewer than {FEW} tokens is not shown, and the "
        f"table of the same name has the intervals ({captions.sizes(results, 'shift')}; "
        f"{captions.seeds(results)}, pooled; {captions.CAUTION})."
    )


def draw(results: Results, settings: Settings) -> Figure:
    """Draw a panel for each domain: adapters down, kinds of token across."""
    found = {cell: by_class(results, cell, settings) for cell in tuned_cells(results)}
    rows = [cell for cell, shares in found.items() if shares]
    domains = [
        one for one in DOMAINS if any((one, n) in found[c] for c in rows for n in TOKEN_CLASSES)
    ]
    if not domains:
        return style.nothing("no token was looked up in the base model")
    tables = {domain: _table(found, rows, domain) for domain in domains}
    top = max(0.01, np.nanmax([np.nanmax(t, initial=0.0) for t in tables.values()]))
    figure = style.figure(style.TEXT, 1.0 + 0.17 * max(len(rows), 3))
    grid = figure.subplots(1, len(domains), squeeze=False, sharey=True)[0]
    for axes, domain in zip(grid, domains, strict=True):
        _panel(axes, tables[domain], top)
        axes.set_title(domain)
        axes.tick_params(axis="y", length=0, labelleft=axes is grid[0])
    grid[0].set_yticks(range(len(rows)), [_label(cell) for cell in rows])
    return figure


def _table(
    found: dict[Cell, dict[tuple[str, str], tuple[int, Interval]]], rows: list[Cell], domain: str
) -> np.ndarray:
    table = np.full((len(rows), len(TOKEN_CLASSES)), np.nan)
    for y, cell in enumerate(rows):
        for x, name in enumerate(TOKEN_CLASSES):
            tokens, share = found[cell].get((domain, name), (0, None))
            if share is not None and tokens >= FEW:
                table[y, x] = share.estimate
    return table


def _panel(axes: Axes, table: np.ndarray, top: float) -> None:
    axes.imshow(table, cmap="Greys", vmin=0, vmax=top * 1.15, aspect="auto")
    for (y, x), share in np.ndenumerate(table):
        shown = "·" if np.isnan(share) else f"{100 * share:.0f}"
        ink = "white" if share > DARK * top * 1.15 else style.INK
        axes.text(x, y, shown, ha="center", va="center", fontsize=style.SMALL, color=ink)
    # At the last space, so that no label is wider than its column.
    names = ["\n".join(name.rsplit(" ", 1)) for name in TOKEN_CLASSES]
    axes.set_xticks(range(len(TOKEN_CLASSES)), names, fontsize=style.SMALL - 0.5)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(axis="x", length=0)


def _label(cell: Cell) -> str:
    return f"{style.algorithm(cell.algorithm)} {style.recipe(cell.recipe)}".strip()
