"""Cost of every stage, knowledge detection's share of it, and a prediction for a larger model.

Operations follow Kaplan et al. (2020, arXiv 2001.08361, §2.1): a forward pass takes about 2 N
floating-point operations a token for N parameters, a backward pass twice that, so training takes
6 N. Of a backward pass half is the gradient of the weights, which LoRA's frozen weights do not
need (the adapter's own are under a per cent), so training an adapter takes 4 N. Attention over the
context is left out (small while it is short against 6 times the width).

Counted are the tokens that stages record: written ones where a model samples or answers, scored
ones of the references, and in training every prompt and completion that is read. Prompts that are
read before writing, and what ``respond`` and ``train`` score besides (candidates, shift,
validation), are not on record; so the operations are a lower bound, above all for ``respond``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis import style
from analysis.ablations.finding import Finding, not_run
from analysis.tables.write import NOTHING, Section, Table

NAME, TITLE = "cost", "Cost, and knowledge detection's share"
DETECT = "detect"
WRITTEN, SCORED, TRAINED = "written", "scored", "trained"
PER_TOKEN = {WRITTEN: 2.0, SCORED: 2.0, TRAINED: 4.0}  # operations a token and parameter
# The order of the pipeline; other stages follow in alphabetical order.
ORDER = (
    "model", "knowledge", "prompts", "sample", "score", "general", DETECT, "atomic", "reference",
    "mix", "train", "respond", "grade", "collect",
)  # fmt: skip
# What it takes to get one adapter, without preparing sources and evaluating what came out; of the
# last two every adapter has a run of its own.
METHOD = ("sample", "score", "general", DETECT, "atomic", "reference", "mix", "train")
EACH = ("mix", "train")
SEVEN_B = 6.738e9  # parameters of LLaMA-2-7B
LITTLE = 0.005  # stages with a smaller share are drawn together


@dataclass(frozen=True)
class Rates:
    """Effective operations a second of the predicted GPU (ours: assumptions).

    ``parallel``: where texts are read whole (references, training); ``decoding``: in writing.
    """

    parallel: float = 1e14
    decoding: float = 3e13


@dataclass
class Stage:
    """A stage's instances added up: seconds, tokens by kind, largest peak memory (MiB)."""

    name: str
    runs: int = 0
    seconds: float = 0.0
    memory: float = 0.0
    tokens: dict[str, int] = field(default_factory=dict)

    def operations(self, parameters: float) -> float:
        """Floating-point operations of the recorded tokens at a model's size."""
        return sum(
            per_token * parameters * self.tokens.get(kind, 0)
            for kind, per_token in PER_TOKEN.items()
        )

    def predicted(self, parameters: float, rates: Rates) -> float:
        """Seconds at the given rates."""
        return sum(
            PER_TOKEN[kind] * parameters * self.tokens.get(kind, 0) / rate
            for kind, rate in (
                (WRITTEN, rates.decoding), (SCORED, rates.parallel), (TRAINED, rates.parallel),
            )
        )  # fmt: skip


ONE_STAGE = dict.fromkeys(("respond_base", "respond_own", "respond_supervised"), "respond")
ONE_STAGE["reference_own"] = "reference"


def group(instance: str) -> str:
    """A stage's name without its instance: respond, respond_base and respond_own are one."""
    name = instance.partition("@")[0]
    return ONE_STAGE.get(name, name)


def stages(cost: Mapping[str, Any]) -> list[Stage]:
    """Stages of reports/cost.json in the pipeline's order."""
    found: dict[str, Stage] = {}
    for instance, record in cost["stages"].items():
        one = found.setdefault(group(instance), Stage(group(instance)))
        one.runs += 1
        one.seconds += float(record.get("seconds") or 0)
        one.memory = max(one.memory, float(record.get("peak_memory_mib") or 0))
        for kind, count in (record.get("tokens") or {}).items():
            one.tokens[kind] = one.tokens.get(kind, 0) + int(count)
    last = len(ORDER)
    return sorted(
        found.values(),
        key=lambda one: (ORDER.index(one.name) if one.name in ORDER else last, one.name),
    )


def share(parts: Sequence[tuple[str, float]], name: str) -> float | None:
    """Share of one stage in a sum over stages; None when there is nothing to divide by."""
    whole = sum(amount for _, amount in parts)
    return sum(amount for one, amount in parts if one == name) / whole if whole > 0 else None


def finding(
    cost: Mapping[str, Any],
    parameters: float,
    *,
    larger: float = SEVEN_B,
    rates: Rates = Rates(),
) -> Finding:
    """Tell what each stage took, detection's share, and the prediction.

    Args:
        cost: reports/cost.json: ``stages`` (records by instance), ``unrecorded``, ``seconds``.
        parameters: of the model that was run (out/model/identity.json).
        larger: parameters of the model that the prediction is for.
        rates: of the GPU of the prediction.
    """
    found = stages(cost)
    if not any(one.name == DETECT for one in found):
        return not_run(NAME, TITLE, "knowledge detection has no record of what it took")
    measures = {
        "seconds": [(one.name, one.seconds) for one in found],
        "operations": [(one.name, one.operations(parameters)) for one in found],
        "predicted": [(one.name, one.predicted(larger, rates)) for one in found],
    }
    runs = {one.name: one.runs if one.name in EACH else 1 for one in found}
    method = {
        name: [(stage, amount / runs[stage]) for stage, amount in parts if stage in METHOD]
        for name, parts in measures.items()
    }
    whole, of_method = (
        {name: share(parts, DETECT) for name, parts in each.items()} for each in (measures, method)
    )
    detect = next(one for one in found if one.name == DETECT)
    total = sum(amount for _, amount in measures["seconds"])
    gpu = sum(amount for _, amount in measures["predicted"])
    size = f"{larger / 1e9:.1f}B parameters"
    said = [
        f"Knowledge detection took {_seconds(detect.seconds)} of {_seconds(total)} "
        f"({_percent(whole['seconds'])}), {_percent(of_method['seconds'])} of what it takes to get "
        f"one adapter without evaluating it, and {_percent(whole['operations'])} of the "
        f"operations of all recorded tokens ({_percent(of_method['operations'])} for one adapter).",
        f"The same tokens with {size} would take a GPU about {_seconds(gpu)}, of which detection "
        f"{_percent(whole['predicted'])} ({_percent(of_method['predicted'])} for one adapter); "
        "that is predicted, not measured, and a lower bound.",
    ]
    if cost.get("unrecorded"):
        said.append(f"Without a record: {', '.join(cost['unrecorded'])}.")
    assumed = (
        f"at {rates.decoding / 1e12:g} TFLOP/s effective for written tokens and "
        f"{rates.parallel / 1e12:g} for scored and trained ones (assumed)"
    )
    caption = (
        "Share of each stage in the seconds measured here (filled circles) and in the seconds "
        f"predicted for {size} {assumed} from the recorded tokens (hollow squares); one run, no "
        "intervals; stages with less than "
        f"{100 * LITTLE:g} % of both are drawn together."
    )
    tables = (_measured(found, parameters), _prediction(found, larger, rates, assumed))
    figure = _draw(measures["seconds"], measures["predicted"])
    return Finding(NAME, TITLE, tuple(said), figure, caption, tables)


def _measured(found: Sequence[Stage], parameters: float) -> Table:
    kinds = sorted({kind for one in found for kind in one.tokens})
    total = sum(one.seconds for one in found)
    every = sum(one.operations(parameters) for one in found)
    whole = Stage("all stages", sum(one.runs for one in found), total)
    whole.memory = max((one.memory for one in found), default=0.0)
    whole.tokens = {kind: sum(one.tokens.get(kind, 0) for one in found) for kind in kinds}
    data: list[dict[str, Any]] = []
    rows = []
    for one in (*found, whole):
        operations = one.operations(parameters)
        told = {kind: one.tokens.get(kind) for kind in kinds}
        own = sum(one.tokens.get(kind, 0) for kind in PER_TOKEN)  # of the model that is studied
        rate = own / one.seconds if own and one.seconds > 0 and one is not whole else None
        data.append(
            {"stage": one.name, "runs": one.runs, "seconds": one.seconds}
            | {"share_of_seconds": one.seconds / total if total else None}
            | {f"tokens:{kind}": count for kind, count in told.items()}
            | {"tokens_per_second": rate, "peak_memory_gib": one.memory / 1024}
            | {"operations": operations or None}
            | {"share_of_operations": operations / every if every else None}
        )
        rows.append(
            (
                one.name,
                str(one.runs),
                f"{one.seconds:.1f}",
                _percent(one.seconds / total if total else None),
                *(NOTHING if not count else f"{count:,}" for count in told.values()),
                NOTHING if rate is None else f"{rate:.3g}",
                f"{one.memory / 1024:.2f}",
                f"{operations:.2e}" if operations else NOTHING,
                _percent(operations / every if every and operations else None),
            )
        )
    columns = (
        "stage", "runs", "seconds", "of all", *(kind.replace("_", " ") for kind in kinds),
        "tokens/s", "peak GiB", "operations", "of all",
    )  # fmt: skip
    caption = (
        "What each stage took, its instances added up (peak memory: the largest), and operations "
        f"at {parameters / 1e6:.0f}M parameters: 2 N for a written or scored token, 4 N for a "
        "trained one (Kaplan et al. 2020, without the gradients of frozen weights); tokens of a "
        "prompt before writing, and what is scored in evaluation and validation, are not on "
        "record, so the operations are a lower bound; one run, no intervals."
    )
    return Table("cost_measured", caption, pd.DataFrame(data), (Section("", columns, tuple(rows)),))


def _prediction(found: Sequence[Stage], larger: float, rates: Rates, assumed: str) -> Table:
    predicted = [(one, one.predicted(larger, rates)) for one in found if one.operations(larger)]
    total = sum(seconds for _, seconds in predicted)
    data: list[dict[str, Any]] = []
    rows = []
    for one, seconds in predicted:
        tokens = sum(one.tokens.get(kind, 0) for kind in PER_TOKEN)
        copies = 2 if one.name == "respond" else 1  # the base stays beside the merged adapter
        weights = copies * 4 * larger / 2**30  # bytes of float32
        part = seconds / total if total else None
        data.append(
            {"stage": one.name, "tokens": tokens, "operations": one.operations(larger)}
            | {"gpu_seconds": seconds, "share": part, "weights_gib": weights}
        )
        rows.append(
            (one.name, f"{tokens:,}", f"{one.operations(larger):.2e}", f"{seconds:,.1f}",
             _percent(part), f"{weights:.0f}")
        )  # fmt: skip
    columns = ("stage", "tokens", "operations", "GPU seconds", "of all", "weights GiB")
    caption = (
        f"Predicted, not measured: the recorded tokens with a model of {larger / 1e9:.1f}B "
        f"parameters {assumed}; weights alone in float32, twice in respond, where the base stays "
        "beside the tuned model."
    )
    section = Section("", columns, tuple(rows))
    return Table("cost_prediction", caption, pd.DataFrame(data), (section,))


def _draw(measured: Sequence[tuple[str, float]], predicted: Sequence[tuple[str, float]]) -> Figure:
    """Draw both shares of each stage on one line, detection's in bold."""
    both = {
        name: (share(measured, name) or 0.0, share(predicted, name) or 0.0) for name, _ in measured
    }
    kept = {name: parts for name, parts in both.items() if max(parts) >= LITTLE or name == DETECT}
    rest = [parts for name, parts in both.items() if name not in kept]
    if rest:
        kept["the rest"] = (sum(one for one, _ in rest), sum(one for _, one in rest))
    figure = style.figure(style.COLUMN * 1.3, 0.65 + 0.2 * len(kept))
    axes = figure.subplots()
    looks = (("#0b4f7d", "o", "#0b4f7d"), ("#d98200", "s", "white"))
    for y, parts in enumerate(kept.values()):
        axes.plot(parts, [y, y], color=style.FAINT, lw=1.4, zorder=1)
        for amount, (colour, marker, fill) in zip(parts, looks, strict=True):
            axes.plot(
                amount, y, ls="none", marker=marker, ms=4.4, mec=colour, mfc=fill, mew=1.0,
                zorder=2, clip_on=False,
            )  # fmt: skip
        axes.text(
            max(parts) + 0.025, y, " / ".join(_percent(one) for one in parts), va="center",
            fontsize=style.SMALL, color=style.MUTED,
        )  # fmt: skip
    axes.set_yticks(range(len(kept)), list(kept))
    for name, tick in zip(kept, axes.get_yticklabels(), strict=True):
        tick.set_fontweight("bold" if name == DETECT else "normal")
    axes.set_ylim(len(kept) - 0.4, -0.6)
    axes.set_xlim(0, max(max(parts) for parts in kept.values()) * 1.15 + 0.16)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("share of all stages (%): measured / predicted")
    style.percent_axis(axes.xaxis, 4)
    axes.grid(axis="x")
    handles = [
        Line2D([], [], ls="none", marker=marker, mec=colour, mfc=fill, label=name)
        for name, (colour, marker, fill) in zip(("seconds here", "predicted"), looks, strict=True)
    ]
    figure.legend(handles=handles, loc="outside upper right", ncols=2)
    return figure


def _percent(part: float | None) -> str:
    return NOTHING if part is None else f"{100 * part:.1f} %"


def _seconds(amount: float) -> str:
    return f"{amount:.1f} s" if amount < 600 else f"{amount / 3600:.2f} h"
