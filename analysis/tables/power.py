"""What a run of this size could have seen."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd

from analysis import style
from analysis.load import Results
from analysis.measures import evaluation_sets, tuned_cells
from analysis.power import GAIN, Power, power
from analysis.settings import Settings
from analysis.tables.write import NOTHING, Section, Table

TOO_FEW = "too few moved"
COLUMNS = (
    *("algorithm", "set", "entities", "moved", "seeds", "spread of entities", "of seeds"),
    *("smallest difference seen (points)", "entities for the gain", "seeds for the gain"),
)


def table(results: Results, settings: Settings) -> Table:
    """One row for each set, averaged over algorithms, and one for each algorithm on it."""
    names = list(dict.fromkeys(cell.algorithm for cell in tuned_cells(results)))
    data, rows = [], []
    for where in evaluation_sets(results):
        for group in (names, *([name] for name in names if len(names) > 1)):
            found = power(results, where, group, settings)
            if found is None:
                continue
            label = "mean" if group == names else group[0]
            data.append({"algorithm": label, "set": where.name} | asdict(found))
            shown = "mean over all" if group == names else style.algorithm(group[0])
            rows.append((shown, style.set_title(where.name), *_shown(found)))
    caption = (
        "Power of APEFT − general on each set's main measure, from the paired spread of this run: "
        "the smallest difference that a two-sided test at 5 % sees with probability 0.8 "
        f"(uncorrected), and what the paper's {100 * GAIN:g} points would need, each column "
        "supposing plenty of the other. With one seed the spread of seeds is not known; a dash "
        "there with several means that none was seen beyond that of texts. Nothing here covers "
        "another draw of training people and pairs. Where fewer than five entities of the set, or "
        f"of one of its classes, moved, their spread cannot be told: “{TOO_FEW}”."
    )
    frame = pd.DataFrame(data, columns=["algorithm", "set", *Power.__dataclass_fields__])
    return Table("power", caption, frame, (Section("", COLUMNS, tuple(rows)),))


def _shown(found: Power) -> tuple[str, ...]:
    return (
        str(found.entities),
        str(found.moved),
        str(found.seeds),
        TOO_FEW if found.spread is None else f"{found.spread:.3f}",
        NOTHING if found.seed_spread is None else f"{found.seed_spread:.3f}",
        NOTHING if found.smallest is None else f"{100 * found.smallest:.1f}",
        NOTHING if found.entities_needed is None else f"{found.entities_needed:,}",
        NOTHING if found.seeds_needed is None else f"{found.seeds_needed:,}",
    )
