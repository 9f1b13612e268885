"""Measuring a case: both sides in processes of their own, run in turn.

These machines are noisy for minutes at a time, so a number alone says little: A B A B … puts both
sides under the same weather. A process a side makes each peak of memory its own.
"""

from __future__ import annotations

import multiprocessing
import re
import resource
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

from apeft.models.load import Machine
from apeft.records import Record
from benchmarks.case import Case, Prepare, Result, Size


class BenchmarkError(Exception):
    """A side failed; the message is its traceback."""


def measure(case: Case, model: Path, machine: Machine, size: str, repeats: int) -> Record:
    """Run both sides ``repeats`` times in turn, after one run each that is not counted.

    Returns:
        The case's record: medians and their ratio (ours / yardstick), all runs as [ours,
        yardstick] in their order, peaks of resident memory in MiB (libraries and model included),
        and the largest difference between what the sides computed (None where they draw).
    """
    amount = case.sizes[size]
    rates: list[list[float]] = []
    with (
        _process(case.ours, model, machine, amount) as ours,
        _process(case.yardstick, model, machine, amount) as yardstick,
    ):
        for side in (ours, yardstick):  # both load at once
            _answer(side)
        firsts = [_run(side) for side in (ours, yardstick)]
        for _ in range(repeats):
            pair = [_run(side) for side in (ours, yardstick)]
            rates.append([result.units / result.seconds for result in pair])
        peaks = [_ask(side, "peak") for side in (ours, yardstick)]
    middle = [median(pair[place] for pair in rates) for place in (0, 1)]
    return {
        "name": case.name,
        "unit": case.unit,
        "compared": dict(zip(("ours", "yardstick"), case.compared, strict=True)),
        "size": {"name": size, **amount},
        "ours": round(middle[0], 3),
        "yardstick": round(middle[1], 3),
        "ratio": round(middle[0] / middle[1], 3),
        "runs": [[round(rate, 3) for rate in pair] for pair in rates],
        "largest_difference": _difference(*firsts),
        "peak_memory_mib": dict(zip(("ours", "yardstick"), peaks, strict=True)),
    }


def _difference(ours: Result, yardstick: Result) -> float | None:
    pairs = zip(ours.values, yardstick.values, strict=True)
    return max((abs(left - right) for left, right in pairs), default=None)


@contextmanager
def _process(prepare: Prepare, model: Path, machine: Machine, size: Size) -> Iterator[Connection]:
    """A side in a fresh process, which answers questions until the block ends."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, prepare, model, machine, size))
    process.start()
    there.close()
    try:
        yield here
    finally:
        here.close()  # the process ends at the end of its questions
        process.join()


def _serve(
    questions: Connection, prepare: Prepare, model: Path, machine: Machine, size: Size
) -> None:
    try:
        once = prepare(model, machine, size)
        questions.send(peak_memory_mib())
        while True:
            question = questions.recv()
            questions.send(once() if question == "run" else peak_memory_mib())
    except EOFError:
        return
    except Exception:
        questions.send(BenchmarkError(traceback.format_exc()))


def _ask(side: Connection, question: str) -> Result | float:
    side.send(question)
    return _answer(side)


def _answer(side: Connection) -> Result | float:
    try:
        answer: Result | float | BenchmarkError = side.recv()
    except (EOFError, ConnectionResetError):
        raise BenchmarkError("the process ended without a word (out of memory?)") from None
    if isinstance(answer, BenchmarkError):
        raise answer
    return answer


def _run(side: Connection) -> Result:
    result = _ask(side, "run")
    assert isinstance(result, Result)
    return result


def peak_memory_mib() -> float:
    """Largest resident size of this process so far, in MiB.

    Linux's own account, since `getrusage` may carry over the parent's from before the start.
    """
    status = Path("/proc/self/status")
    if status.is_file() and (found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text())):
        return round(int(found[1]) / 2**10, 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)
