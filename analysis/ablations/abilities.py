"""Do other abilities suffer? The base and each adapter on sets that tuning does not aim at."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from analysis.ablations.abilities_drawing import draw
from analysis.ablations.abilities_measures import (
    NO_TASKS,
    TITLE_OF_BASE,
    Adapter,
    Line,
    Measured,
    adapters,
    measure,
    measured_lines,
    prepared,
    scored,
)
from analysis.ablations.finding import Finding, not_run
from analysis.settings import Settings
from analysis.stats import Interval
from analysis.tables.write import NOTHING, Section, Table, numbers, percent
from apeft.records import Record

NAME = "abilities"
TITLE = "Other abilities"


def finding(
    scores: pd.DataFrame, settings: Settings, tasks: Mapping[str, Record] = NO_TASKS
) -> Finding:
    """Compare every adapter with the base on each set.

    Args:
        scores: one row for each variant and item, with columns variant ("base" or
            ALGORITHM-RECIPE-SEED), set, item (or id), group and value: 1 when the right option is
            the likeliest, 0 when it is not, NaN when that could not be decided. On CrowS-Pairs 1
            says that the stereotyping sentence is the likelier.
        settings: of the intervals.
        tasks: of lm-eval, by set, with task, metric, filter, version, examples and chance.
    """
    if scores.empty:
        return not_run(NAME, TITLE, "no variant was asked")
    scores = prepared(scores)
    if not (scores["variant"] == "base").any():
        return not_run(NAME, TITLE, "the base was asked nothing")
    found = adapters(scores)
    if not found:
        return not_run(NAME, TITLE, "no adapter was asked")
    lines = measured_lines(scores, tasks)
    if not lines:
        return not_run(NAME, TITLE, "nothing that the base was asked could be scored")
    results = {line.key: measure(scores, line, found, settings) for line in lines}
    figure: Figure = draw(lines, found, results)
    return Finding(
        NAME,
        TITLE,
        _sentences(lines, found, results),
        figure,
        _caption(found, settings),
        (_table(scores, lines, found, results, settings, tasks),),
    )


def _sentences(
    lines: list[Line], found: list[Adapter], results: dict[str, Measured]
) -> tuple[str, ...]:
    told = [_summary(lines, results), *(_change(lines, adapter, results) for adapter in found)]
    if guessed := [line.title for line in lines if _guesses(line, results[line.key])]:
        told.append(
            f"The base is not seen to do better than guessing on {_listed(guessed)}: a loss could "
            "hardly show there."
        )
    told += [_bias(line, found, results[line.key]) for line in lines if line.bias]
    return tuple(told)


def _summary(lines: list[Line], results: dict[str, Measured]) -> str:
    """How many changes there are to look at, and which way those that were seen go."""
    changes = [one for line in lines if not line.bias for one in results[line.key].changes.values()]
    seen = [one for one in changes if one.excludes_zero]
    lost = sum(one.estimate < 0 for one in seen)
    return (
        f"Of {len(changes)} changes of an ability against the base, {len(seen)} have an interval "
        f"without zero ({lost} losses, {len(seen) - lost} gains); the intervals are not adjusted, "
        "so that about one in twenty would have by chance."
    )


def _change(lines: list[Line], adapter: Adapter, results: dict[str, Measured]) -> str:
    """One adapter's changes on all sets that have right answers."""
    changes = {
        line.title: results[line.key].changes[adapter.name]
        for line in lines
        if not line.bias and adapter.name in results[line.key].changes
    }
    if not changes:
        return f"{adapter.title}: nothing could be compared with the base."
    seen = [f"{title} {_points(one)}" for title, one in changes.items() if one.excludes_zero]
    ties = {title: one for title, one in changes.items() if not one.excludes_zero and one.known}
    still = [title for title, one in changes.items() if one.few_moved]
    blind = [title for title, one in changes.items() if not one.known and not one.few_moved]
    parts = []
    if seen:
        parts.append(f"differs on {_listed(seen)}")
    if ties:
        worst = min(ties, key=lambda title: ties[title].low)
        name = "the others" if seen else "any of them"
        if len(ties) == 1:
            name = next(iter(ties))
        parts.append(
            f"no difference could be seen on {name} (a loss of more than "
            f"{max(0.0, -100 * ties[worst].low):.1f} points is excluded"
            + (")" if len(ties) == 1 else f" on each; the least sure is {worst})")
        )
    if still:
        parts.append(f"too few rows changed to see a difference on {_listed(still)}")
    if blind:
        parts.append(f"too few rows for an interval on {_listed(blind)}")
    count = f"{len(changes)} measures of ability" if len(changes) > 1 else "one measure of ability"
    return f"{adapter.title} against the base on {count}: {'; '.join(parts)}."


def _bias(line: Line, found: list[Adapter], measured: Measured) -> str:
    """CrowS-Pairs has no right answers: half is no preference for stereotypes."""
    told = [
        f"On {line.title} the base finds the stereotyping sentence likelier in "
        f"{percent(measured.base)} % of pairs, where 50 % would be no preference"
    ]
    for adapter in found:
        change, level = measured.changes.get(adapter.name), measured.levels.get(adapter.name)
        if change is None or level is None or measured.base is None:
            continue
        if change.few_moved:
            told.append(f"too few pairs changed to see a difference with {adapter.title}")
        elif not change.known:
            told.append(f"too few pairs for an interval with {adapter.title}")
        elif not change.excludes_zero:
            told.append(
                f"with {adapter.title} no difference could be seen "
                f"({percent(change, signed=True)} points)"
            )
        else:
            closer = abs(level.estimate - 0.5) < abs(measured.base.estimate - 0.5)
            where = "closer to" if closer else "further from"
            told.append(
                f"with {adapter.title} {100 * level.estimate:.1f} %, {where} 50 % "
                f"({_points(change)})"
            )
    return "; ".join(told) + "."


def _points(found: Interval) -> str:
    return f"by {percent(found, signed=True)} points"


def _guesses(line: Line, measured: Measured) -> bool:
    base = measured.base
    if line.bias or line.chance is None or base is None:
        return False
    return base.known and base.low <= line.chance


def _guessing(line: Line) -> str:
    return NOTHING if line.chance is None else f"{100 * line.chance:.0f}"


def _of_lm_eval(tasks: Mapping[str, Record]) -> str:
    """How lm-eval's tasks were asked, for the table's caption; "" without any."""
    told = [
        f"{one['task']} (version {one['version']}, {one['examples']} examples, {one['metric']}, "
        f"filter {one['filter']})"
        for one in tasks.values()
    ]
    return f" By lm-eval, as its tasks say: {_listed(told)}." if told else ""


def _listed(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _caption(found: list[Adapter], settings: Settings) -> str:
    several = sorted({len(adapter.seeds) for adapter in found})
    seeds = " or ".join(str(one) for one in several)
    word = "seed" if several == [1] else "seeds"
    return (
        "Other abilities before and after tuning. Left: share of rows whose right option is the "
        "likeliest (dashed: guessing, or no preference); on CrowS-Pairs the share of pairs whose "
        "stereotyping sentence is the likelier, which is best at one half. Right: each adapter "
        f"less the base, paired by row ({seeds} {word} an adapter, averaged per row; 95 % "
        f"intervals by {settings.bootstrap} resamples of rows crossed with seeds, unadjusted). "
        "BBQ's ambiguous contexts do not tell who is meant, so that saying so is right; a model "
        "that always says so is right on all of them and wrong on all others."
    )


def _table(
    scores: pd.DataFrame,
    lines: list[Line],
    found: list[Adapter],
    results: dict[str, Measured],
    settings: Settings,
    tasks: Mapping[str, Record],
) -> Table:
    data, shown = [], []
    for line in lines:
        one = results[line.key]
        counts = scored(scores, line)
        about = {"set": line.name, "group": line.group, "chance": line.chance}
        data.append(
            {
                **about, "variant": "base", **numbers(one.base), "rows": counts[0],
                "unscored": counts[0] - counts[1], **numbers(None, "change_"),
            }
        )  # fmt: skip
        cells = [line.title, _guessing(line), f"{counts[1]}/{counts[0]}"]
        cells.append(percent(one.base))
        for adapter in found:
            level, change = one.levels.get(adapter.name), one.changes.get(adapter.name)
            asked = scored(scores, line, adapter)
            data.append(
                {
                    **about, "variant": adapter.name, **numbers(level), "rows": asked[0],
                    "unscored": asked[0] - asked[1], **numbers(change, "change_"),
                }
            )  # fmt: skip
            cells += [percent(level), percent(change, signed=True, stars=True)]
        shown.append(tuple(cells))
    columns = ["set", "guessing", "base scored/asked", TITLE_OF_BASE]
    for adapter in found:
        columns += [adapter.title, f"{adapter.title} − base"]
    caption = (
        "Other abilities, in per cent with 95 % intervals: rows whose right option is the "
        "likeliest, and pairs whose stereotyping sentence is (CrowS-Pairs, best at 50). The "
        "package's sets by log-likelihood, without examples; MMLU, CommonsenseQA, OpenBookQA and "
        "BBQ by the log-likelihood of an option's text over its characters, the others by the sum. "
        "TruthfulQA: questions of yes or no, both classes counting alike. * the interval of a "
        f"change excludes 0 (unadjusted, {settings.bootstrap} resamples).{_of_lm_eval(tasks)}"
    )
    section = Section("", tuple(columns), tuple(shown))
    return Table(NAME, caption, pd.DataFrame(data), (section,))
