"""The vLLM sampler on real engines: the contract, adapters, replicas, and its agreement with
transformers. Run with `make test-vllm`, which makes an environment with vLLM's build for
processors. What needs no engine is in test_sampler_factory.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
import torch
from peft import get_peft_model
from sampler_contract import GREEDY, PROMPTS, RANDOM, SamplerContract, tokens
from tiny_model import tiny_llama
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from apeft.errors import UserError
from apeft.models.load import LoadedModel, Machine, load_model
from apeft.records import write_json
from apeft.sampling.agreement import agreement
from apeft.sampling.base import Completion, SampleSettings
from apeft.sampling.engine import EngineSettings
from apeft.sampling.hf import HfSampler
from apeft.sampling.vllm import VllmSampler
from apeft.training.adapters import lora_config, merged, save_adapter
from apeft.training.settings import LoraSettings

pytestmark = pytest.mark.vllm

MACHINE = Machine("cpu", 1, "sdpa")
# Processors have no memory of their own to share: the engine takes this share of a NUMA node's, and
# counts what the process holds already (1.5 GiB) as part of it.
SMALL = EngineSettings(memory_share=0.2, max_length=256, lora_rank=8)
LINEAR = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
PEOPLE = (
    "Marie Curie", "Ludwig van Beethoven", "Albert Einstein", "Frida Kahlo", "Isaac Newton",
    "Jane Austen", "Leonardo da Vinci", "Nelson Mandela", "Ada Byron", "Charles Darwin",
    "Mahatma Gandhi", "Pablo Picasso", "Galileo Galilei", "Virginia Woolf", "Niels Bohr",
    "Johann Sebastian Bach", "Rosa Parks", "Leo Tolstoy", "Alan Turing", "Simone de Beauvoir",
    "Vincent van Gogh", "Martin Luther King", "Emmy Noether", "Hannah Arendt", "Louis Pasteur",
    "Wolfgang Amadeus Mozart", "Cleopatra", "William Shakespeare", "Max Planck", "Homer",
    "Catherine the Great", "Akira Kurosawa", "Gabriela Mistral", "Werner Heisenberg",
    "Billie Holiday", "Srinivasa Ramanujan",
)  # fmt: skip
BIOGRAPHIES = [
    "Name: Ada Lovelace\nBiography: Ada Lovelace was an English mathematician, born in 1815.\n\n"
    f"Name: {name}\nBiography:"
    for name in PEOPLE
]
GREEDY_TEXT = SampleSettings(max_new_tokens=48)


def adapted(base: PreTrainedModel, folder: Path, *, rank: int, std: float) -> Path:
    """Save an adapter whose update is random and not zero; ``base`` is left as it was."""
    settings = LoraSettings(rank, 2 * rank, LINEAR)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        policy = get_peft_model(base, lora_config(settings))
        for name, weight in policy.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(weight, std=std)
    save_adapter(policy, settings, folder)
    policy.unload()
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, tokenizer: PreTrainedTokenizerBase) -> Path:
    """A tiny random model, saved as the model stage would; vLLM's kernels want heads of 32."""
    folder = tmp_path_factory.mktemp("tiny")
    tiny_llama(tokenizer, seed=3, head_dim=32).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    write_json(folder / "identity.json", {"name": "tiny"})
    return folder


@pytest.fixture(scope="module")
def tiny_engine(folder: Path) -> Iterator[VllmSampler]:
    sampler = VllmSampler(folder, MACHINE, "float32", SMALL)
    yield sampler
    sampler.close()


@pytest.fixture(scope="module")
def loaded(folder: Path) -> LoadedModel:
    return load_model(folder, MACHINE, "float32")


class TestVllmSampler(SamplerContract):
    """The contract; the tests of batch independence are skipped, since it declares none."""

    @pytest.fixture
    def sampler(self, tiny_engine: VllmSampler) -> VllmSampler:
        return tiny_engine


class TestVllmSamplerWithAdapter(SamplerContract):
    """The contract with an adapter over the base, against the merged model's plain passes."""

    @pytest.fixture(scope="class")
    def adapter(self, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
        base = load_model(folder, MACHINE, "float32").model
        return adapted(base, tmp_path_factory.mktemp("adapter"), rank=4, std=0.3)

    @pytest.fixture
    def sampler(self, tiny_engine: VllmSampler, adapter: Path) -> VllmSampler:
        return tiny_engine.with_adapter(adapter)

    @pytest.fixture(scope="class")
    def loaded(self, folder: Path, adapter: Path) -> LoadedModel:
        base = load_model(folder, MACHINE, "float32")
        return LoadedModel(merged(base.model, adapter), base.tokenizer, base.identity)


def test_two_adapters_on_one_engine_are_two(
    tiny_engine: VllmSampler, folder: Path, tmp_path: Path
) -> None:
    ways = [tiny_engine, *(tiny_engine.with_adapter(path) for path in _two(folder, tmp_path))]
    texts = [tokens(way.sample(PROMPTS, GREEDY)) for way in ways]
    assert all(one != other for n, one in enumerate(texts) for other in texts[n + 1 :])
    assert [tokens(way.sample(PROMPTS, GREEDY)) for way in ways] == texts


def _two(folder: Path, tmp_path: Path) -> list[Path]:
    """Two different adapters in folders of one name."""
    base = load_model(folder, MACHINE, "float32").model
    one = adapted(base, tmp_path / "a" / "adapter", rank=4, std=0.3)
    base = load_model(folder, MACHINE, "float32").model
    return [one, adapted(base, tmp_path / "b" / "adapter", rank=4, std=0.6)]


def test_an_adapter_that_the_engine_was_not_built_for_is_refused(
    tiny_engine: VllmSampler, loaded: LoadedModel, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="rank 16 and an engine for 8"):
        tiny_engine.with_adapter(adapted(loaded.model, tmp_path / "wide", rank=16, std=0.1))
    with pytest.raises(UserError, match="no adapter in this folder"):
        tiny_engine.with_adapter(tmp_path)


def test_a_prompt_longer_than_the_engine_takes_is_refused(tiny_engine: VllmSampler) -> None:
    with pytest.raises(UserError, match="can take 304 tokens, the engine 256"):
        tiny_engine.sample(["x" * 280], GREEDY)


def test_replicas_share_the_prompts_and_keep_their_order(
    folder: Path, tiny_engine: VllmSampler
) -> None:
    settings = EngineSettings(data_parallel=2, memory_share=0.2, max_length=256)
    pair = VllmSampler(folder, MACHINE, "float32", settings)
    try:
        assert tokens(pair.sample(PROMPTS, GREEDY)) == tokens(tiny_engine.sample(PROMPTS, GREEDY))
        one, other = tokens(pair.sample([PROMPTS[0]] * 2, RANDOM))
        assert not set(one) & set(other)  # replicas do not draw alike
        assert pair.sample(PROMPTS[:1], GREEDY)  # one of the two has nothing to do
    finally:
        pair.close()


@pytest.fixture(scope="module")
def real(model_dir: Path) -> LoadedModel:
    return load_model(model_dir, MACHINE, "float32")


@pytest.fixture(scope="module")
def real_adapter(real: LoadedModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return adapted(real.model, tmp_path_factory.mktemp("real"), rank=8, std=0.05)


@pytest.fixture(scope="module")
def greedy(model_dir: Path, real: LoadedModel, real_adapter: Path) -> dict[str, list[Completion]]:
    """Greedy biographies by both samplers, of the base and with the adapter."""
    settings = EngineSettings(memory_share=0.25, max_length=512, lora_rank=8)
    engine = VllmSampler(model_dir, MACHINE, "float32", settings)
    try:
        base = engine.sample(BIOGRAPHIES, GREEDY_TEXT)
        tuned = engine.with_adapter(real_adapter).sample(BIOGRAPHIES, GREEDY_TEXT)
    finally:
        engine.close()
    both = LoadedModel(merged(real.model, real_adapter), real.tokenizer, real.identity)
    return {
        "vllm base": list(chain(*base)),
        "vllm adapter": list(chain(*tuned)),
        "transformers base": list(chain(*HfSampler(real).sample(BIOGRAPHIES, GREEDY_TEXT))),
        "transformers adapter": list(chain(*HfSampler(both).sample(BIOGRAPHIES, GREEDY_TEXT))),
    }


def test_greedy_text_of_the_real_model_is_that_of_transformers(
    greedy: dict[str, list[Completion]], root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The agreement is printed and written to reports/vllm_agreement.json."""
    found = {
        name: agreement(greedy[f"vllm {name}"], greedy[f"transformers {name}"])
        for name in ("base", "adapter")
    }
    (root / "reports").mkdir(exist_ok=True)
    write_json(root / "reports" / "vllm_agreement.json", found)
    with capsys.disabled():
        for name, row in found.items():
            print(
                f"\nvLLM and transformers, {name}: {row['texts']} greedy texts, "
                f"{row['identical']:.1%} identical, common start {row['common_tokens']:.1f} tokens "
                f"({row['common_share']:.1%})"
            )
    for row in found.values():
        assert row["common_share"] > 0.9


def test_an_adapter_changes_the_real_models_greedy_text(
    greedy: dict[str, list[Completion]],
) -> None:
    row = agreement(greedy["vllm base"], greedy["vllm adapter"])
    assert row["identical"] < 0.5
    # … and it is the adapter, not noise, that does: the merged model changes them as much.
    merged_row = agreement(greedy["transformers base"], greedy["transformers adapter"])
    assert row["common_share"] == pytest.approx(merged_row["common_share"], abs=0.1)
