"""Words that every caption shares: how much was measured and how sure it is."""

from __future__ import annotations

from analysis import style
from analysis.alike import coincide
from analysis.load import BASE, Results
from analysis.measures import asked, evaluation_sets, tuned_cells
from analysis.settings import Settings

CAUTION = "a small run decides little"
FLOORS = (
    "where fewer than five entities of a set moved there is no interval but a floor: one more is "
    "supposed to gain, and one to lose, the smallest change that an item can show"
)


def sizes(results: Results, measured: str = "items") -> str:
    """Entities of each set that were asked about, as "n = 60 Biographies, 40 Countries"."""
    table = asked(results) if measured == "items" else results.shift
    parts = []
    for one in evaluation_sets(results):
        count = table.loc[table["set"] == one.name, "entity"].nunique()
        if count:
            parts.append(f"{count} {style.set_title(one.name)}")
    return "n = " + ", ".join(parts)


def seeds(results: Results) -> str:
    """Seed count of the tuned variants, as "1 seed" or "1 to 3 seeds"."""
    counts = sorted({len(cell.seeds) for cell in tuned_cells(results)})
    if not counts:
        return f"no tuned variant beside {BASE}"
    if len(counts) > 1:
        return f"{counts[0]} to {counts[-1]} seeds"
    return f"{counts[0]} seed" + ("s" if counts[0] > 1 else "")


def intervals(settings: Settings) -> str:
    """How intervals were made."""
    return f"95 % intervals, {settings.bootstrap} resamples of entities crossed with seeds"


def free(settings: Settings) -> str:
    """Which tokens could move."""
    return (
        f"the base's first choice is below {100 * settings.sure:g} %, and the token is not of a "
        "word copied from the prompt"
    )


def by_entity(settings: Settings) -> str:
    """How intervals were made where seeds are averaged or pooled first."""
    return f"95 % intervals, {settings.bootstrap} resamples of entities"


def flags(results: Results) -> str:
    """Explain the dagger when some variant carries it, and say which algorithms coincide."""
    flagged = any(cell.collapsed for cell in tuned_cells(results))
    return f"{'† flagged as collapsed; ' if flagged else ''}{coincide(results)}"
