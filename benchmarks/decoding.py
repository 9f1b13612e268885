"""Decoding: our sampler against transformers' `generate`, and our attention against `sdpa`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from apeft.models.load import Machine, load_model
from benchmarks.case import Case, Once, Result, Size
from benchmarks.texts import text_prompts

TEMPERATURE = 0.7
STOP = "\n"


def ours(model: Path, machine: Machine, size: Size) -> Once:
    """HfSampler: prompts with a common start, keyed noise, ended rows dropped."""
    from apeft.sampling.base import SampleSettings
    from apeft.sampling.hf import HfSampler

    sampler = HfSampler(load_model(model, machine, "float32"), rows=size["rows"])
    prompts = text_prompts(size["prompts"])
    settings = SampleSettings(size["draws"], TEMPERATURE, size["new_tokens"], STOP)

    def once() -> Result:
        result = Result()
        with result.clock():
            made = sampler.sample(prompts, settings)
        result.units = sum(len(completion.tokens) for group in made for completion in group)
        return result

    return once


def ours_with_sdpa(model: Path, machine: Machine, size: Size) -> Once:
    """The same job with the same draws, attending through torch's own kernel."""
    return ours(model, replace(machine, attention="sdpa"), size)


def generate(model: Path, machine: Machine, size: Size) -> Once:
    """Transformers as it comes: left-padded prompts, num_return_sequences, stop tokens as ends."""
    import torch

    from apeft.sampling.tokens import stop_tokens

    loaded = load_model(model, replace(machine, attention="sdpa"), "float32")
    torch.use_deterministic_algorithms(False)  # its own kernels, without our price for equal bytes
    torch.manual_seed(0)
    tokenizer = loaded.tokenizer
    tokenizer.padding_side = "left"
    stops = stop_tokens(tokenizer, loaded.model.config.vocab_size, STOP)
    ends = torch.tensor(sorted(stops), device=loaded.model.device)
    prompts = text_prompts(size["prompts"])
    step = max(1, size["rows"] // size["draws"])  # as many rows side by side as ours

    @torch.inference_mode()
    def once() -> Result:
        result = Result()
        for start in range(0, len(prompts), step):
            with result.clock():
                read = tokenizer(prompts[start : start + step], padding=True, return_tensors="pt")
                made = loaded.model.generate(
                    **read.to(loaded.model.device),
                    do_sample=True,
                    temperature=TEMPERATURE,
                    top_k=0,
                    top_p=1.0,
                    num_return_sequences=size["draws"],
                    max_new_tokens=size["new_tokens"],
                    eos_token_id=ends.tolist(),
                    pad_token_id=tokenizer.pad_token_id,
                )
            fresh = made[:, read["input_ids"].shape[1] :]
            result.units += int((torch.isin(fresh, ends).cumsum(dim=1) == 0).sum())
        return result

    return once  # type: ignore[no-any-return]


SIZES = {
    "quick": {"prompts": 4, "draws": 4, "new_tokens": 32, "rows": 64},
    "full": {"prompts": 16, "draws": 4, "new_tokens": 72, "rows": 64},
}
DECODING = Case(
    "decoding", "tokens/s", ours, generate, ("HfSampler", "transformers generate"), SIZES
)
ATTENTION = Case(
    "attention", "tokens/s", ours, ours_with_sdpa, ("HfSampler, grouped", "HfSampler, sdpa"), SIZES
)
