"""Loading a base model and its tokenizer for one machine setting."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apeft.errors import UserError
from apeft.records import Record, read_json

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


@dataclass(frozen=True)
class Machine:
    """Where and how a model runs; the ``machine`` section of the parameters.

    Attributes:
        device: "cpu" or "cuda".
        threads: processor threads of PyTorch (part of the result: sums depend on it).
        attention: "grouped" (ours, for processors), or any of transformers' ("sdpa", "eager", …).
    """

    device: str
    threads: int
    attention: str


@dataclass
class LoadedModel:
    """A model in evaluation mode, its tokenizer, and what identifies it."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    identity: Record


def torch_dtype(name: str, device: str) -> torch.dtype:
    """Resolve a dtype by name; one that this device cannot compute in is a UserError."""
    import torch

    dtypes = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
    if name == "bfloat16" and device == "cpu":
        supported = torch.ops.mkldnn._is_mkldnn_bf16_supported()
        if not supported:
            raise UserError(
                "this processor cannot compute in bfloat16",
                where="a dtype parameter (`sample.dtype`, `training.dtype`, …)",
                fix="set it to float32 (slower, and another result: the dtype is part of it)",
            )
    return dtypes[name]


def settle(machine: Machine) -> None:
    """Fix what else decides results on this machine: threads, and no non-deterministic kernels."""
    import torch

    if machine.device == "cuda" and not torch.cuda.is_available():
        raise UserError(
            "no CUDA device is visible",
            where="machine.device",
            fix="set machine.device to cpu, or run where a GPU is visible to PyTorch",
        )
    torch.set_num_threads(machine.threads)
    torch.use_deterministic_algorithms(True, warn_only=machine.device == "cuda")


def weights_folder(folder: Path) -> Path:
    """Where the weights and the tokenizer lie of the model that ``model`` left in ``folder``."""
    identity: Record = read_json(folder / "identity.json")
    return Path(identity["weights"]) if identity.get("weights") else folder


def load_tokenizer(weights: Path) -> PreTrainedTokenizerBase:
    """Load the tokenizer beside the weights; one without padding pads with its end of text."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(weights, local_files_only=True)
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_model(folder: Path, machine: Machine, dtype: str) -> LoadedModel:
    """Load the base model that the ``model`` stage left in ``folder``.

    Errors: a folder without weights or with a broken configuration is a UserError.
    """
    import transformers
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM

    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    settle(machine)
    identity: dict[str, Any] = read_json(folder / "identity.json")
    weights = weights_folder(folder)
    if machine.attention == "grouped":
        from apeft.models import attention

        attention.register()
    try:
        model, loading = AutoModelForCausalLM.from_pretrained(
            weights,
            dtype=torch_dtype(dtype, machine.device),
            attn_implementation=machine.attention,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            output_loading_info=True,
        )
        tokenizer = load_tokenizer(weights)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise UserError(
            f"no model could be loaded ({reason})",
            where=str(weights),
            fix="the folder needs config.json, *.safetensors and a tokenizer; run the `model` "
            "stage again (`dvc repro -f model`)",
        ) from None
    # transformers fills what a file lacks with random numbers and only warns.
    lacking = sorted(loading["missing_keys"])
    if lacking:
        raise UserError(
            f"the model's files lack {len(lacking)} of its weights ({lacking[0]}, …)",
            where=str(weights),
            fix="convert or download the model again",
        )
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    return LoadedModel(model.to(machine.device).eval(), tokenizer, identity)
