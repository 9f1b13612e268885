"""Everything that ``reports/`` holds from this package, written from results and settings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from analysis import style
from analysis.figures import (
    classes_vs_k,
    gains,
    kl_by_position,
    knowledge,
    shift_by_class,
    shift_by_position,
    shift_shares,
    shift_vs_factuality,
    training_curves,
)
from analysis.figures import results as results_figure
from analysis.load import Results
from analysis.paper_numbers import PaperNumbers
from analysis.settings import Settings
from analysis.tables import (
    accounts,
    alignment,
    breakdown,
    claims,
    detection,
    judges,
    knowing,
    main,
    paper,
    power,
    sharpening,
    shift,
    texts,
    token_classes,
    updates,
)
from analysis.tables.judges import Agreement
from analysis.tables.write import Table, shown, write
from analysis.verdicts import Finding
from apeft.errors import UserError
from apeft.records import write_json

FIGURES = {
    module.NAME: module
    for module in (
        results_figure,
        gains,
        shift_shares,
        shift_vs_factuality,
        kl_by_position,
        shift_by_position,
        shift_by_class,
        knowledge,
        classes_vs_k,
        training_curves,
    )
}
RESPONSES = ("factscore", "correct")


def check(results: Results) -> None:
    """Refuse results in which no response of any variant is scored."""
    rows = results.items[results.items["measure"].isin(RESPONSES)]
    if not rows["value"].notna().any():
        raise UserError(
            f"no response is scored at all ({len(rows)} unscored): there is nothing to show",
            where="items.csv, column value, measures factscore and correct",
            fix="see the reasons in out/grade; a larger model or set states more facts",
        )


def write_figures(results: Results, settings: Settings, folder: Path) -> int:
    """Write every figure as PNG and PDF, and captions.json; return how many figures."""
    captions = {}
    with style.applied():
        for name, module in FIGURES.items():
            style.save(module.draw(results, settings), folder, name)
            captions[name] = module.caption(results, settings)
    write_json(folder / "captions.json", captions)
    return len(FIGURES)


def tables(
    results: Results,
    settings: Settings,
    agreements: Sequence[Agreement],
    findings: list[Finding],
    numbers: PaperNumbers,
) -> list[Table]:
    """Every table, in the order in which a reader wants them."""
    return [
        main.main_table(results, settings, numbers),
        claims.claims(findings),
        claims.every_test(findings),
        alignment.table(results, settings),
        power.table(results, settings),
        paper.table(results, settings, numbers),
        main.differences(results, settings),
        texts.texts(results, settings),
        knowing.ranked(results, settings),
        knowing.short_long(results, settings),
        breakdown.by_relation(results, settings),
        breakdown.questions(results, settings),
        sharpening.table(results, settings),
        detection.detection(results, settings),
        detection.classes_vs_k(results, settings),
        shift.shift(results, settings),
        token_classes.token_classes(results, settings),
        shift.shifted_tokens(results, settings),
        updates.updates(results),
        accounts.training(results),
        accounts.validation(results),
        accounts.parameters(results),
        accounts.counts(results),
        accounts.unscored(results),
        judges.table(agreements),
    ]


def write_tables(made: list[Table], folder: Path) -> int:
    """Write every table as CSV, Markdown and LaTeX, and shown.json; return how many."""
    for table in made:
        write(table, folder)
    write_json(folder / "shown.json", [shown(table) for table in made])
    return len(made)
