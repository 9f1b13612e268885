"""vLLM's own side of the vLLM sampler: runs inside the processes that hold the engines.

Nothing here is called in the process that samples; :mod:`apeft.sampling.vllm` starts one process
for each replica and hands these functions to it. vLLM's engine core stays in that process too:
only then are all prompts of a call queued before the first step, so that the same call meets the
same batches (vLLM's documentation, "Reproducibility").
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apeft.models.load import Machine
from apeft.sampling.base import SampleSettings

Drawn = tuple[list[int], bool, float]
"""One completion as the engine drew it: token ids, its stop included; whether it ended at a stop;
and the sum of its log-probabilities (nats) under the distribution that was drawn from."""


@dataclass(frozen=True)
class EngineSettings:
    """How vLLM uses the machine; the ``vllm`` section of the parameters.

    Attributes:
        tensor_parallel: devices that share one replica's weights.
        data_parallel: replicas, each with all the weights and a share of the prompts.
        memory_share: share of a device's memory that the engine takes for weights and keys.
        max_length: tokens of the longest prompt with its completion.
        lora_rank: largest rank of an adapter that can be served; None serves the base alone.
        guided: hold the model's words, so that completions can be bound to a JSON schema.
    """

    tensor_parallel: int = 1
    data_parallel: int = 1
    memory_share: float = 0.9
    max_length: int = 2048
    lora_rank: int | None = None
    guided: bool = False


class Reseeded:
    """What vLLM mixes into its workers: a way to seed the generators that they draw from."""

    def reseed(self, seed: int) -> None:
        """Seed every generator of this worker."""
        from vllm.utils.torch_utils import set_random_seed

        set_random_seed(seed)


_engine: Any = None  # this process's vllm.LLM
_adapters: dict[Path, int] = {}  # vLLM keeps adapters by number: two under one would be one


def visible_devices(replica: int, tensor_parallel: int, visible: str | None) -> str:
    """Devices of one replica, as CUDA_VISIBLE_DEVICES writes them, out of those ``visible``."""
    first = replica * tensor_parallel
    names = visible.split(",") if visible else [str(n) for n in range(first + tensor_parallel)]
    return ",".join(names[first : first + tensor_parallel])


def start(
    weights: Path, machine: Machine, dtype: str, settings: EngineSettings, replica: int
) -> None:
    """Build this process's engine."""
    global _engine
    parent = multiprocessing.parent_process()
    if parent is not None:  # a killed stage must not leave an engine that holds the device
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    if machine.device == "cuda":
        os.environ["CUDA_VISIBLE_DEVICES"] = visible_devices(
            replica, settings.tensor_parallel, os.environ.get("CUDA_VISIBLE_DEVICES")
        )
    from vllm import LLM

    _engine = LLM(
        model=str(weights),
        skip_tokenizer_init=not settings.guided,  # token ids in, token ids out
        dtype=dtype,
        seed=0,  # every call seeds anew
        generation_config="vllm",  # the model's own top-p and penalties would change the draws
        logprobs_mode="processed_logprobs",  # those of the distribution that is drawn from
        tensor_parallel_size=settings.tensor_parallel,
        gpu_memory_utilization=settings.memory_share,
        max_model_len=settings.max_length,
        enable_lora=settings.lora_rank is not None,
        max_lora_rank=settings.lora_rank or 16,
        # Compiling for a processor takes a minute and a compiler, and gains little there.
        enforce_eager=machine.device == "cpu",
        worker_extension_cls=f"{Reseeded.__module__}.{Reseeded.__qualname__}",
        disable_log_stats=True,
    )


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


def complete(
    prompts: Sequence[Sequence[int]],
    settings: SampleSettings,
    stops: Sequence[int],
    seed: int,
    adapter: Path | None,
) -> list[list[Drawn]]:
    """Complete prompts of token ids; ``stops`` are the only tokens that end a completion."""
    from vllm import SamplingParams, TokensPrompt
    from vllm.lora.request import LoRARequest
    from vllm.sampling_params import StructuredOutputsParams

    params = SamplingParams(
        structured_outputs=StructuredOutputsParams(json=settings.schema)
        if settings.schema
        else None,
        n=settings.n,
        temperature=settings.temperature,
        max_tokens=settings.max_new_tokens,
        stop_token_ids=list(stops),
        ignore_eos=True,  # end-of-text is among the stops; what else the model's files name is not
        detokenize=False,
        logprobs=0,  # of the drawn token alone
    )
    if not prompts:
        return []
    # Kept keys of an earlier call would be summed in another order than freshly read ones.
    _engine.reset_prefix_cache()
    _engine.collective_rpc("reseed", args=(seed,))
    outputs = _engine.generate(
        [TokensPrompt(prompt_token_ids=list(ids)) for ids in prompts],
        params,
        use_tqdm=False,
        lora_request=None
        if adapter is None
        else LoRARequest(str(adapter), _number(adapter), str(adapter)),
    )
    return [[_drawn(completion) for completion in output.outputs] for output in outputs]


def _number(adapter: Path) -> int:
    """The number of an adapter's folder in this engine, from 1."""
    return _adapters.setdefault(adapter, len(_adapters) + 1)


def _drawn(completion: Any) -> Drawn:
    ids = list(completion.token_ids)
    logp = sum(step[token].logprob for step, token in zip(completion.logprobs, ids, strict=True))
    return ids, completion.finish_reason == "stop", float(logp)
