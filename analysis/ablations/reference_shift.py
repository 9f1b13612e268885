"""Is a low shift the adapter's, or had it little chance to shift? Shift on own and given text."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis import style
from analysis.ablations import reference_figure
from analysis.ablations.finding import Finding, not_run, one_seed
from analysis.ablations.reference_measures import (
    DIFFERS,
    FACTS,
    KL,
    MEASURES,
    OWN,
    SHARES,
    TOP,
    UNSURE,
    WHERE_UNSURE,
    Key,
    Measured,
    measured,
    unified,
)
from analysis.measures import EvaluationSet
from analysis.settings import Settings
from analysis.stats import Interval
from analysis.tables.write import NOTHING, Section, Table, numbers, percent

NAME, TITLE = "reference_shift", "Low shift or low chance to shift"
IN_DOMAIN = "bio"


def finding(reference: pd.DataFrame, own: pd.DataFrame, settings: Settings) -> Finding:
    """Set the shift on reference text beside the shift on the adapters' own text.

    Args:
        reference: rows of ``out/reference_shift/VARIANT/tokens.jsonl`` of every variant.
        own: rows of ``out/collect/shift.csv``; those of other variants are left out.
        settings: of the intervals and of the positions that sets share.
    """
    if reference.empty:
        return not_run(NAME, TITLE, "no adapter was scored on reference text")
    tokens = unified(reference, own)
    first = measured(tokens[tokens["position"] < settings.first_positions], settings)
    keys = list(first.samples)
    recipes = dict(zip(tokens["adapter"], tokens["recipe"], strict=True))
    estimates = {(key, name): first.estimate(key, name) for key in keys for name in (DIFFERS, KL)}
    entities = ", ".join(
        f"{tokens.loc[tokens['set'] == name, 'entity'].nunique()} {style.set_title(name)}"
        for name in _sets(keys)
    )
    seeds = tokens["seed"].nunique()
    told = (
        f"n = {entities}; {seeds} seed{'s' if seeds > 1 else ''}; 95 % intervals, "
        f"{settings.bootstrap} resamples of entities crossed with seeds"
    )
    caption = (
        "Above, share of positions at which the tuned model's first choice is not the base's, on "
        "the tuned model's own greedy text (own), on the first tokens of the encyclopedia's lead "
        "(lead; people only) and on a text written from the knowledge base's facts in the form of "
        "the few-shot examples (facts), which is the same for every adapter; below, mean "
        f"KL(tuned || base); over the first {settings.first_positions} positions ({told})."
    )
    return Finding(
        NAME,
        TITLE,
        (*_sentences(first, keys), _lacking(own, keys), one_seed(seeds)),
        reference_figure.draw(estimates, recipes),
        caption,
        (_table(tokens, first, settings, told), _gap_table(first, told)),
    )


def _sets(keys: list[Key]) -> list[str]:
    return list(dict.fromkeys(where for _, where, _ in keys))


def _lacking(own: pd.DataFrame, keys: list[Key]) -> str:
    """Name the long-form sets whose own texts were read and that have no reference text."""
    sets = own[["set", "role"]].drop_duplicates().itertuples(index=False)
    written = {where for where, role in sets if not EvaluationSet(where, role).asks}
    lacking = sorted(written - set(_sets(keys)))
    if not lacking:
        return ""
    return f"Without a reference text: {', '.join(map(style.set_title, lacking))}."


def _sentences(found: Measured, keys: list[Key]) -> list[str]:
    adapters = list(dict.fromkeys(adapter for adapter, _, _ in keys))
    others = [where for where in _sets(keys) if where != IN_DOMAIN]
    levels = [part for one in adapters if (part := _levels(found, one, _sets(keys)))]
    if not levels:
        return ["No adapter was scored on text written from facts."]
    told = [f"Share of positions at which the first choice is not the base's: {'; '.join(levels)}."]
    gaps = [part for one in adapters if (part := _verdicts(found, one, others))]
    if gaps:
        told.append(
            f"Difference of that share from {style.set_title(IN_DOMAIN)}, in points: "
            f"{'; '.join(gaps)}."
        )
    chances = [part for where in others if (part := _chance(found, adapters[0], where))]
    if chances:
        there = found.estimate((adapters[0], IN_DOMAIN, FACTS), TOP)
        told.append(
            f"On the facts texts the base gives its own first choice {percent(there)} % on average "
            f"in {style.set_title(IN_DOMAIN)} and {_listed(chances)}."
        )
    return told


def _levels(found: Measured, adapter: str, sets: list[str]) -> str:
    """An adapter's share in each set, on the facts texts and on its own text."""
    parts = []
    for where in sets:
        given = found.estimate((adapter, where, FACTS), DIFFERS)
        own = found.estimate((adapter, where, OWN), DIFFERS)
        if given is not None:
            mine = f" (own text {percent(own)} %)" if own is not None else ""
            parts.append(f"{percent(given)} % in {style.set_title(where)}{mine}")
    return f"{adapter}, on the facts texts, {_listed(parts)}" if parts else ""


def _verdicts(found: Measured, adapter: str, others: list[str]) -> str:
    """Whether a set out of domain differs from the one in domain, on own and on given text."""
    parts = []
    for where in others:
        own, given = (_gap(found, adapter, where, text, DIFFERS) for text in (OWN, FACTS))
        if own is None or given is None:
            continue
        one, two = percent(own, signed=True), percent(given, signed=True)
        words = {
            (True, True): f"{one} on its own text and {two} on the facts texts",
            (True, False): f"{one} on its own text, but none could be seen on the facts texts "
            f"({two})",
            (False, True): f"none could be seen on its own text ({one}), but {two} on the facts "
            "texts",
            (False, False): f"none could be seen on either text (own {one}, facts {two})",
        }[own.excludes_zero, given.excludes_zero]
        parts.append(f"in {style.set_title(where)} {words}")
    return f"{adapter}, {_listed(parts)}" if parts else ""


def _gap(found: Measured, adapter: str, where: str, text: str, measure: str) -> Interval | None:
    return found.difference((adapter, where, text), (adapter, IN_DOMAIN, text), measure)


def _chance(found: Measured, adapter: str, where: str) -> str:
    """Whether the base is surer of itself on a set's facts texts than in domain."""
    gap = _gap(found, adapter, where, FACTS, TOP)
    if gap is None:
        return ""
    words = "no difference in the chance to shift could be seen"
    if gap.excludes_zero:
        words = f"{'less' if gap.estimate > 0 else 'more'} chance to shift"
    here = found.estimate((adapter, where, FACTS), TOP)
    return f"{percent(here)} % in {style.set_title(where)} ({words})"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _table(tokens: pd.DataFrame, first: Measured, settings: Settings, told: str) -> Table:
    whole = measured(tokens, settings)
    windows = (
        (f"first {settings.first_positions} positions", first),
        (f"all positions read (at most {int(tokens['position'].max()) + 1})", whole),
    )
    data, sections = [], []
    for window, found in windows:
        rows = []
        for key in found.samples:
            adapter, where, text = key
            levels = {name: found.estimate(key, name) for name in MEASURES}
            flat = {"window": window, "adapter": adapter, "set": where, "text": text}
            flat |= {"tokens": str(found.tokens[key])}
            for name in MEASURES:
                flat |= numbers(levels[name], f"{name}:")
            data.append(flat)
            cells = [percent(levels[n]) if n in SHARES else _nats(levels[n]) for n in MEASURES]
            rows.append((adapter, style.set_title(where), text, flat["tokens"], *cells))
        columns = (
            *("adapter", "set", "text", "tokens", "other first choice (%)"),
            f"same, base under {100 * UNSURE:.0f} % sure (%)",
            *("KL(tuned || base) (nats)", "KL(base || tuned) (nats)"),
            *("base's first choice (%)", "log-probability gained (nats)"),
        )
        sections.append(Section(window, columns, tuple(rows)))
    caption = (
        "Shift on the tuned model's own text and on reference texts: share of positions whose "
        "first choice is not the base's, over all positions and over those where the base gives "
        f"its first choice under {100 * UNSURE:.0f} %; both KL divergences; the probability of the "
        "base's first choice, its chance to be shifted; and how much log-probability the text's "
        f"token gained. A dash: not measured on that text ({told})."
    )
    return Table(NAME, caption, pd.DataFrame(data), tuple(sections))


def _gap_table(found: Measured, told: str) -> Table:
    """Sets out of domain less the set in domain, on each text."""
    ways = {
        "own text (points)": (OWN, DIFFERS),
        "facts texts (points)": (FACTS, DIFFERS),
        f"facts texts, base under {100 * UNSURE:.0f} % sure (points)": (FACTS, WHERE_UNSURE),
        "base's first choice, facts texts (points)": (FACTS, TOP),
    }
    data, rows = [], []
    for adapter, where in dict.fromkeys((key[0], key[1]) for key in found.samples):
        if where == IN_DOMAIN:
            continue
        gaps = [_gap(found, adapter, where, text, name) for text, name in ways.values()]
        flat = {"adapter": adapter, "set": where}
        for gap, (text, name) in zip(gaps, ways.values(), strict=True):
            flat |= numbers(gap, f"{text}:{name}:")
        data.append(flat)
        shown = [percent(gap, signed=True, stars=True) for gap in gaps]
        rows.append((adapter, style.set_title(where), *shown))
    caption = (
        f"Share of positions whose first choice is not the base's, less that in "
        f"{style.set_title(IN_DOMAIN)}: a difference that stands on the adapter's own text alone "
        "may come from what it writes about; where the base's first choice is likelier, there is "
        f"less chance to shift. * the interval excludes 0, unadjusted ({told})."
    )
    columns = ("adapter", "set", *ways)
    sections = (Section("", columns, tuple(rows)),)
    return Table("reference_shift_gaps", caption, pd.DataFrame(data), sections)


def _nats(found: Interval | None) -> str:
    if found is None or not np.isfinite(found.estimate):
        return NOTHING
    shown = f"{found.estimate:.2g}"
    if found.known:
        shown += f" [{found.low:.2g}, {found.high:.2g}]"
    return shown.replace("-", "−")
