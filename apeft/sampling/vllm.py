"""The vLLM sampler: token ids to engines in processes of their own, and token ids back.

vLLM is an extra (requirements/vllm.lock). Prompts are encoded, stops chosen and texts decoded as
the transformers sampler does, so the two differ in the order of their sums and in their draws
alone. It is not batch-independent: the batch decides both. Ranks and shift are never measured
with it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from apeft.errors import UserError
from apeft.models.load import Machine, load_tokenizer, weights_folder
from apeft.records import read_json
from apeft.rng import key_bits
from apeft.sampling import engine
from apeft.sampling.base import Completion, SampleSettings
from apeft.sampling.engine import Drawn, EngineSettings
from apeft.sampling.tokens import stop_tokens, written_text

ADAPTER = "adapter_config.json"  # PEFT's name for it


class VllmSampler:
    """Write completions with vLLM."""

    batch_independent = False

    def __init__(
        self,
        folder: Path,
        machine: Machine,
        dtype: str,
        settings: EngineSettings,
        *,
        adapter: Path | None = None,
    ) -> None:
        """Start the engines, which takes from seconds to minutes.

        Args:
            folder: the model, as the ``model`` stage left it.
            machine: where it runs.
            dtype: of weights and keys.
            settings: how vLLM uses the machine.
            adapter: folder of a LoRA adapter that is applied to every prompt.

        Errors: too few devices, no vLLM, an adapter that does not fit the settings, and an engine
        that does not start are UserErrors.
        """
        _enough_devices(machine, settings)
        if find_spec("vllm") is None:
            raise UserError(
                "vLLM is not installed",
                where="the sampler `vllm` (sample.sampler, detect.sampler)",
                fix="install it as requirements/vllm.lock says, or set the sampler to transformers",
            )
        self._settings = settings
        self._adapter = _fitting(adapter, settings) if adapter else None
        weights = weights_folder(folder)
        self._tokenizer = load_tokenizer(weights)
        self._vocabulary = int(read_json(weights / "config.json")["vocab_size"])
        os.environ.update(_environment(machine))
        # One pool of one process for each replica, since each has devices of its own.
        self._replicas = [
            ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))
            for _ in range(settings.data_parallel)
        ]
        _results(
            [
                pool.submit(engine.start, weights.resolve(), machine, dtype, settings, replica)
                for replica, pool in enumerate(self._replicas)
            ]
        )

    def with_adapter(self, adapter: Path | None) -> VllmSampler:
        """Return a sampler on the same engines with another adapter, or with none."""
        other = object.__new__(VllmSampler)
        other.__dict__.update(self.__dict__)
        other._adapter = _fitting(adapter, self._settings) if adapter else None
        return other

    def sample(self, prompts: Sequence[str], settings: SampleSettings) -> list[list[Completion]]:
        """Return ``settings.n`` completions for each prompt, in the order of the prompts."""
        if settings.first:
            raise ValueError("vLLM's completions are no stream: settings.first must be 0")
        if settings.schema and not self.guided:
            raise ValueError("these engines were started without `guided`: they follow no schema")
        if not prompts:
            return []
        ids = [list(self._tokenizer(prompt)["input_ids"]) for prompt in prompts]
        longest = max(len(row) for row in ids) + settings.max_new_tokens
        if longest > self._settings.max_length:
            raise UserError(
                f"a prompt and its completion can take {longest} tokens, the engine "
                f"{self._settings.max_length}",
                where="vllm.max_length",
                fix=f"set it to {longest} or more, up to what the model was trained for",
            )
        stops = sorted(stop_tokens(self._tokenizer, self._vocabulary, settings.stop))
        # Every n-th prompt to a replica: neighbours are alike in length, so replicas end together.
        parts = [ids[first :: len(self._replicas)] for first in range(len(self._replicas))]
        drawn = _results(
            [
                pool.submit(
                    engine.complete,
                    part,
                    settings,
                    stops,
                    key_bits(settings.seed, "vllm", replica, *prompts, bits=32),
                    self._adapter,
                )
                for replica, (pool, part) in enumerate(zip(self._replicas, parts, strict=True))
            ]
        )
        rows = [drawn[n % len(parts)][n // len(parts)] for n in range(len(ids))]
        return [
            [self._completion(row[-1], item, settings) for item in items]
            for row, items in zip(ids, rows, strict=True)
        ]

    def _completion(self, before: int, drawn: Drawn, settings: SampleSettings) -> Completion:
        tokens, ended, logp = drawn
        # A stop token may begin with text of its own (".\n"), which belongs to the completion.
        text = written_text(self._tokenizer, before, tokens)
        return Completion(
            text=text.split(settings.stop)[0],
            tokens=tuple(tokens[:-1] if ended else tokens),
            ended=ended,
            near_ties=None,
            logp=logp if settings.temperature > 0 else None,
        )

    @property
    def guided(self) -> bool:
        """Whether completions can be bound to a JSON schema."""
        return self._settings.guided

    def close(self) -> None:
        """End the engines and free their devices; the end of the process does it too."""
        for pool in self._replicas:
            pool.shutdown()


def _enough_devices(machine: Machine, settings: EngineSettings) -> None:
    if machine.device != "cuda":
        return
    import torch

    needed = settings.tensor_parallel * settings.data_parallel
    visible = torch.cuda.device_count()  # counts without opening any
    if visible < needed:
        raise UserError(
            f"{needed} devices are needed and {visible} visible",
            where="vllm.tensor_parallel x vllm.data_parallel",
            fix="lower them, or run where PyTorch sees more GPUs",
        )


def _environment(machine: Machine) -> dict[str, str]:
    """What vLLM and the libraries under it read when their process starts."""
    return {
        "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
        "VLLM_NO_USAGE_STATS": "1",
        "VLLM_LOGGING_LEVEL": os.environ.get("VLLM_LOGGING_LEVEL", "ERROR"),
        "HF_HUB_OFFLINE": "1",
        # Left to itself vLLM takes and binds every core, whatever machine.threads says.
        "OMP_NUM_THREADS": str(machine.threads),
        "VLLM_CPU_OMP_THREADS_BIND": "nobind",
    }


def _fitting(adapter: Path, settings: EngineSettings) -> Path:
    """Give an adapter's absolute folder, or say why the engine cannot serve it."""
    if not (adapter / ADAPTER).is_file():
        raise UserError(
            f"no adapter in this folder: it needs {ADAPTER}",
            where=str(adapter),
            fix="run the train stage that makes it, or correct the path",
        )
    rank = read_json(adapter / ADAPTER)["r"]
    if settings.lora_rank is None or rank > settings.lora_rank:
        raise UserError(
            f"an adapter of rank {rank} and an engine for {settings.lora_rank or 'none'}",
            where="vllm.lora_rank",
            fix="set it to the largest rank of the adapters",
        )
    return adapter.resolve()


def _results(futures: Sequence[Future[Any]]) -> list[Any]:
    """Wait for all replicas; a fault of any of them is a UserError that names it."""
    try:
        return [future.result() for future in futures]
    except (BrokenProcessPool, RuntimeError, ValueError) as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise UserError(
            f"vLLM failed ({reason})",
            where="the `vllm` section of the parameters, and the device",
            fix="see its messages above (VLLM_LOGGING_LEVEL=INFO shows more); less memory_share "
            "or max_length needs less memory, and transformers is the other sampler",
        ) from None
