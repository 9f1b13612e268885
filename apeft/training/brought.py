"""Adapters and checkpoints that were tuned elsewhere: do they belong to this base model?

Nothing is loaded to find out: the base is laid out on torch's meta device from its configuration,
and files of weights are asked for their names and shapes alone.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apeft.errors import UserError
from apeft.models.load import weights_folder
from apeft.models.source import file_sha256, from_folder
from apeft.records import Record, read_json
from apeft.training.adapters import CONFIG, WEIGHTS

if TYPE_CHECKING:
    from transformers import PreTrainedModel

Shapes = Mapping[str, tuple[int, ...]]
PROBE = 'Name: Zoë Ångström\nBiography: born in 1897; "It isn\'t so", she said.\n'


def bring_adapter(folder: Path, model: Path, out: Path, *, where: str) -> Record:
    """Check a LoRA adapter against the base and copy it to ``out`` without its base's path.

    Args:
        folder: the adapter (``adapter_config.json`` and ``adapter_model.safetensors``).
        model: output of the stage ``model``.
        out: folder that is made.
        where: the parameter that names it, for errors.

    Returns:
        What is known of it: hash of its weights, rank, modules, the base that it says it is of.

    Raises:
        UserError: files missing, another kind than LoRA, or tensors that the base does not have.
    """
    from safetensors import SafetensorError

    if not (folder / WEIGHTS).is_file() or not (folder / CONFIG).is_file():
        raise UserError(
            f"no adapter in this folder: it needs {CONFIG} and {WEIGHTS}",
            where=f"{where}: {folder}",
            fix="give the folder that PEFT's `save_pretrained` wrote (pickled weights are refused)",
        )
    config: dict[str, Any] = read_json(folder / CONFIG)
    if config.get("peft_type") != "LORA":
        raise UserError(
            f"an adapter of the kind {config.get('peft_type')!r}, not LORA",
            where=f"{where}: {folder}",
            fix="bring a LoRA adapter, or the whole tuned model as a checkpoint",
        )
    try:
        there = _shapes(folder / WEIGHTS)
        wanted = _lora_shapes(folder, weights_folder(model))
    except (SafetensorError, OSError, ValueError, TypeError, KeyError) as error:
        raise _wrong_base(where, folder, str(error).splitlines()[0]) from None
    differing = [
        *(f"{name} is not in the file" for name in sorted(set(wanted) - set(there))),
        *(f"{name} is not in the base" for name in sorted(set(there) - set(wanted))),
        *(
            f"{name} is {_by(there[name])} and would have to be {_by(wanted[name])}"
            for name in sorted(set(there) & set(wanted))
            if there[name] != wanted[name]
        ),
    ]
    if differing:
        raise _wrong_base(where, folder, f"{differing[0]} ({len(differing)} such tensors)")
    said = str(config.get("base_model_name_or_path") or "")
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / WEIGHTS, out / WEIGHTS)
    modules = config["target_modules"]
    kept = {
        **config,
        "base_model_name_or_path": None,
        "target_modules": sorted(modules) if isinstance(modules, list) else modules,
    }
    (out / CONFIG).write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return {
        "brought": "adapter",
        # Shapes cannot tell a base from its chat model: what the file says is shown. A path is not.
        "says_base": said if re.fullmatch(r"[\w.-]+/[\w.-]+", said) else "",
        "sha256": file_sha256(folder / WEIGHTS),
        "lora.r": config["r"],
        "lora.alpha": config["lora_alpha"],
        "lora.target_modules": " ".join(kept["target_modules"])
        if isinstance(modules, list)
        else modules,
    }


def bring_checkpoint(folder: Path, model: Path, *, where: str) -> tuple[Record, Record]:
    """Check a whole tuned model against the base; its files stay where they are.

    Returns:
        What is known of it, and the identity under which `load_model` finds it.

    Raises:
        UserError: files missing, tensors of other names or shapes, or another tokenizer, without
            which no token could be looked up in the base.
    """
    from safetensors import SafetensorError
    from transformers import AutoTokenizer

    try:
        identity = from_folder(folder)
    except UserError as error:
        raise UserError(error.what, where=f"{where}: {folder}", fix=error.fix) from None
    base = weights_folder(model)
    try:
        ours, theirs = (_model_shapes(one) for one in (base, folder))
        mine, other = (AutoTokenizer.from_pretrained(one, local_files_only=True)
                       for one in (base, folder))  # fmt: skip
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise UserError(
            f"the checkpoint cannot be read ({reason})",
            where=f"{where}: {folder}",
            fix="it needs config.json, *.safetensors and a tokenizer",
        ) from None
    differing = sorted(name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name))
    if differing:
        name = differing[0]
        told = " and ".join(
            f"{_by(shapes[name])} in the {owner}" if name in shapes else f"missing in the {owner}"
            for shapes, owner in ((theirs, "checkpoint"), (ours, "base"))
        )
        raise _wrong_base(where, folder, f"{name} is {told} ({len(differing)} such tensors)")
    if (
        mine.get_vocab() != other.get_vocab()
        or mine(PROBE)["input_ids"] != other(PROBE)["input_ids"]
    ):
        raise _wrong_base(where, folder, "its tokenizer is another")
    hashes = identity["sha256"]
    known = {"brought": "checkpoint"} | {f"sha256.{name}": hashes[name] for name in sorted(hashes)}
    return known, identity


def _wrong_base(where: str, folder: Path, reason: str) -> UserError:
    return UserError(
        f"this was not tuned from the base model: {reason}",
        where=f"{where}: {folder}",
        fix="bring a model that was tuned from model.source, or set model.source to its base",
    )


def _by(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))


def _shapes(file: Path) -> dict[str, tuple[int, ...]]:
    from safetensors import safe_open

    with safe_open(file, framework="pt") as opened:
        return {name: tuple(opened.get_slice(name).get_shape()) for name in opened.keys()}  # noqa: SIM118


def _on_meta(folder: Path) -> PreTrainedModel:
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    with torch.device("meta"):
        return AutoModelForCausalLM.from_config(config, attn_implementation="eager")


def _model_shapes(folder: Path) -> dict[str, tuple[int, ...]]:
    """Names and shapes that a model's configuration asks for (loading refuses other files)."""
    return {name: tuple(tensor.shape) for name, tensor in _on_meta(folder).state_dict().items()}


def _lora_shapes(adapter: Path, base: Path) -> dict[str, tuple[int, ...]]:
    """Names and shapes that PEFT itself would write for this configuration on this base."""
    from peft import LoraConfig, get_peft_model, get_peft_model_state_dict

    config = LoraConfig.from_pretrained(str(adapter))
    tuned = get_peft_model(_on_meta(base), config, low_cpu_mem_usage=True)
    return {name: tuple(t.shape) for name, t in get_peft_model_state_dict(tuned).items()}
