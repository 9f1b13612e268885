"""Tiny random models, so that what holds for every model is tested in milliseconds."""

from collections.abc import Iterator

import pytest
import torch
from tiny_model import tiny_llama, tiny_tokenizer
from transformers import PreTrainedTokenizerBase

from apeft.models.load import LoadedModel


@pytest.fixture
def one_thread() -> Iterator[None]:
    """One processor thread and deterministic kernels, as a stage would settle them."""
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    yield
    torch.set_num_threads(before[0])
    torch.use_deterministic_algorithms(before[1])


@pytest.fixture(scope="session")
def tokenizer() -> PreTrainedTokenizerBase:
    return tiny_tokenizer()


@pytest.fixture
def tiny(one_thread: None, tokenizer: PreTrainedTokenizerBase) -> LoadedModel:
    """A fresh random model of two layers with grouped attention, and its tokenizer."""
    return LoadedModel(tiny_llama(tokenizer), tokenizer, {"name": "tiny"})
