"""How much memory the stages that run a model need at most, term by term.

Every estimate is arithmetic on the model's sizes and the parameters, for texts as long as the
parameters allow. Real texts are shorter, so the real peak lies below it: a test holds measured
peaks of the default study against it, which lie between half of it and it.
Sizes are in bytes, T is a number of tokens, V the vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apeft.resources.shapes import Shapes

GIB = 2**30
BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}
# Python with PyTorch, transformers, TRL and PEFT imported takes 0.5 GiB (measured on Linux); the
# rest is an allowance for kernels' workspaces, the allocator and the texts. A card's CUDA context
# is taken to need no more, which has not been measured here.
LIBRARIES = int(0.9 * GIB)
# Copies of float32 logits that live at once. In training: the logits, their gradient, and one of
# the softmax in between; in reading: the logits and their log-softmax.
TRAINED_LOGITS, READ_LOGITS = 3, 2
# Keys and values live twice while rows are spread over samples, or ended ones are dropped.
CACHES = 2
# A float32 weight of the adapter with its gradient and both moments of AdamW.
ADAPTER = 16


@dataclass(frozen=True)
class Term:
    """A part of a sum: what it is, how it was reckoned, and its bytes."""

    name: str
    formula: str
    size: int


@dataclass(frozen=True)
class Need:
    """The memory of one stage's process on its device."""

    stage: str
    terms: tuple[Term, ...]

    @property
    def size(self) -> int:
        """Sum of the terms, in bytes."""
        return sum(term.size for term in self.terms)

    def lines(self) -> list[str]:
        """The arithmetic, one term a line."""
        return [
            f"{self.stage}: {gib(self.size)} at most",
            *(f"  {gib(t.size):>10}  {t.name} = {t.formula}" for t in self.terms),
        ]


def gib(size: float) -> str:
    """Bytes as GiB for people."""
    return f"{size / GIB:.2f} GiB" if size < 100 * GIB else f"{size / GIB:,.0f} GiB"


def training_need(
    shapes: Shapes,
    *,
    dtype: str,
    rank: int,
    micro_pairs: int,
    max_length: int,
    validation_pairs: int,
    fused: bool,
) -> Need:
    """LoRA training without checkpointing: a forward pass holds both sides of ``micro_pairs``.

    What a decoder layer keeps for its backward pass, in elements a token: the residual stream
    before both norms and what comes out of them (4 hidden), queries and attention output
    (2 hidden), keys and values repeated to all heads (2 hidden), and four tensors of the
    feed-forward block (gate, its activation, up, their product: 4 intermediate). Attention that
    is not fused keeps its scores (heads x length) beside them. A test counts what autograd keeps.
    """
    size = BYTES[dtype]
    tokens = 2 * micro_pairs * max_length
    scores = 0 if fused else shapes.heads * max_length
    a_token = shapes.layers * (8 * shapes.hidden + 4 * shapes.intermediate + scores)
    kept = 2 * validation_pairs * max_length
    return Need(
        "train",
        (
            _libraries(),
            _weights(shapes, dtype, 1),
            Term(
                "adapter, gradients, AdamW",
                f"{rank} x {shapes.lora:,} x {ADAPTER} B",
                rank * shapes.lora * ADAPTER,
            ),
            Term(
                "activations",
                f"T {2 * micro_pairs} x {max_length} x {shapes.layers} layers x "
                f"(8 x {shapes.hidden} + 4 x {shapes.intermediate} + {scores}) x {size} B",
                tokens * a_token * size,
            ),
            _logits(shapes, tokens, TRAINED_LOGITS),
            Term(
                "references of validation",
                f"T {2 * validation_pairs} x {max_length} x V {shapes.vocabulary:,} x 2 B",
                kept * shapes.vocabulary * 2,
            ),
        ),
    )


def sampling_need(
    stage: str, shapes: Shapes, *, dtype: str, rows: int, prompt: int, new: int
) -> Need:
    """Decode ``rows`` sequences side by side."""
    return Need(
        stage,
        (
            _libraries(),
            _weights(shapes, dtype, 1),
            _cache(shapes, dtype, rows, prompt + new),
            _logits(shapes, rows, READ_LOGITS),
        ),
    )


def reading_need(
    stage: str,
    shapes: Shapes,
    *,
    dtype: str,
    models: int,
    batch_tokens: int,
    rows: int = 0,
    tokens: int = 0,
) -> Need:
    """Teacher forcing with one or two models; ``rows`` of ``tokens`` are decoded beside it."""
    terms = [_libraries(), _weights(shapes, dtype, models)]
    if rows:
        terms.append(_cache(shapes, dtype, rows, tokens))
    terms.append(_logits(shapes, batch_tokens, READ_LOGITS))
    return Need(stage, tuple(terms))


def disk_need(terms: Sequence[Term]) -> int:
    """Sum of disk terms, in bytes."""
    return sum(term.size for term in terms)


def _libraries() -> Term:
    return Term("libraries, or CUDA's context", "imports 0.5 GiB, and an allowance", LIBRARIES)


def _weights(shapes: Shapes, dtype: str, models: int) -> Term:
    size = BYTES[dtype]
    return Term(
        "weights" if models == 1 else "weights of base and merged copy",
        f"{shapes.parameters:,} x {size} B" + (f" x {models}" if models > 1 else ""),
        shapes.parameters * size * models,
    )


def _cache(shapes: Shapes, dtype: str, rows: int, tokens: int) -> Term:
    size = BYTES[dtype]
    return Term(
        "keys and values",
        f"{rows} rows x T {tokens} x {shapes.layers} layers x 2 x {shapes.kv_width} x {size} B "
        f"x {CACHES} copies",
        rows * tokens * shapes.layers * 2 * shapes.kv_width * size * CACHES,
    )


def _logits(shapes: Shapes, tokens: int, copies: int) -> Term:
    return Term(
        "logits",
        f"T {tokens:,} x V {shapes.vocabulary:,} x 4 B x {copies} copies",
        tokens * shapes.vocabulary * 4 * copies,
    )
