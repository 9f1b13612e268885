"""From preference rows to the exact sequence of pairs that optimizer steps and passes read."""

from __future__ import annotations

import math
from collections.abc import Sequence

from apeft.errors import UserError
from apeft.records import Record
from apeft.rng import keyed

Step = list[Record]


def schedule_pairs(rows: Sequence[Record], count: int, seed: int) -> list[Record]:
    """Return exactly ``count`` rows: whole passes, each shuffled by its own keyed generator.

    The order is fixed here, and trainers read it sequentially, so that all algorithms see the
    same pairs at the same step. Where rows have an ``order``, the same rows are read, smaller
    orders first (a curriculum); without one they are mixed.
    """
    ordered = sorted(rows, key=lambda row: row["id"])
    sequence: list[Record] = []
    epoch = 0
    while len(sequence) < count:
        order = keyed(seed, "epoch", epoch).permutation(len(ordered))
        sequence += [ordered[int(index)] for index in order]
        epoch += 1
    return sorted(sequence[:count], key=lambda row: row.get("order", 0))


def parted(rows: Sequence[Record]) -> tuple[list[Record], list[Record]]:
    """Part the rows that ``batch_pairs`` counts from those that every step reads on top of them.

    Atomic pairs come on top of general ones, as the paper adds D_a to D_g. A row's ``on_top`` says
    otherwise (arms of the ablations); a set of one kind has nothing on top.
    """
    added = [row for row in rows if row.get("on_top", row["kind"] == "atomic")]
    counted = [row for row in rows if not row.get("on_top", row["kind"] == "atomic")]
    return (counted, added) if counted else (added, [])


def schedule_steps(rows: Sequence[Record], steps: int, batch_pairs: int, seed: int) -> list[Step]:
    """Return the pairs of every optimizer step.

    Each step reads ``batch_pairs`` of the counted pairs (:func:`parted`), at the same steps as if
    they were alone. The pairs on top follow in proportion: after every step each pair of both has
    been read equally often, within one.
    """
    counted, added = parted(rows)
    reads = [step * batch_pairs for step in range(steps + 1)]
    on_top = [read * len(added) // len(counted) for read in reads]
    first = schedule_pairs(counted, reads[-1], seed)
    second = schedule_pairs(added, on_top[-1], seed) if added else []
    return [
        first[reads[step] : reads[step + 1]] + second[on_top[step] : on_top[step + 1]]
        for step in range(steps)
    ]


def cut_steps(
    steps: Sequence[Step], micro_pairs: int, processes: int = 1, smallest: int = 1
) -> list[list[Step]]:
    """Cut every step into equally many forward passes of nearly equal numbers of pairs.

    A step's pairs are sorted by length, so that passes carry less padding.

    Args:
        steps: of :func:`schedule_steps`.
        micro_pairs: the most pairs in a pass.
        processes: that share the passes; their number is a multiple of it.
        smallest: the fewest pairs that a pass may have.

    Raises:
        UserError: a pass would have fewer.
    """
    most, fewest = max(map(len, steps)), min(map(len, steps))
    passes = processes * math.ceil(most / (micro_pairs * processes))
    if fewest // passes < smallest:
        raise UserError(
            f"a step of {fewest} pairs in {passes} forward passes leaves one with "
            f"{fewest // passes}, and each needs {smallest}",
            where="training.micro_pairs",
            fix="raise training.micro_pairs or training.batch_pairs"
            + (", or lower hardware.processes" if processes > 1 else ""),
        )
    return [_cut(sorted(step, key=_characters), passes) for step in steps]


def _cut(step: Step, parts: int) -> list[Step]:
    size, larger = divmod(len(step), parts)
    ends = [part * size + min(part, larger) for part in range(parts + 1)]
    return [step[ends[part] : ends[part + 1]] for part in range(parts)]


def _characters(row: Record) -> int:
    return len(row["prompt"]) + max(len(row["chosen"]), len(row["rejected"]))
