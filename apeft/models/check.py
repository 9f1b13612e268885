"""A quick self-check that refuses a model whose output is broken.

A wrong conversion or a damaged file seldom raises: it writes noise. Reading one plain paragraph
tells, since a working language model finds English text many times likelier than chance.
"""

from __future__ import annotations

import math

import torch

from apeft.errors import UserError
from apeft.models.load import LoadedModel
from apeft.records import Record

PASSAGE = (
    "Water is a liquid at room temperature. When it is cooled below zero degrees Celsius it "
    "freezes and becomes ice, and when it is heated to one hundred degrees it boils and becomes "
    "steam. Most of the surface of the Earth is covered by the oceans."
)
QUESTION = "The capital of France is"


def self_check(loaded: LoadedModel) -> Record:
    """Measure the model on a plain passage and a short greedy continuation.

    Returns:
        ``nats_per_token`` on the passage, the ``chance`` level ln(vocabulary), and the greedy
        ``continuation`` of a simple sentence.

    Raises:
        UserError: not finite, not clearly better than chance (more than half of it), or a
            continuation of one repeated token.
    """
    model, tokenizer = loaded.model, loaded.tokenizer
    with torch.inference_mode():
        ids = torch.tensor([tokenizer(PASSAGE)["input_ids"]], device=model.device)
        logps = torch.log_softmax(model(ids).logits[0, :-1].float(), dim=-1)
        nats = float(-logps.gather(1, ids[0, 1:, None]).mean())
        ids = torch.tensor([tokenizer(QUESTION)["input_ids"]], device=model.device)
        written: list[int] = []
        for _ in range(8):
            token = model(ids).logits[0, -1].argmax()
            written.append(int(token))
            ids = torch.cat([ids, token.view(1, 1)], dim=1)
    chance = math.log(model.config.vocab_size)
    broken = not math.isfinite(nats) or nats > chance / 2 or len(set(written)) == 1
    text = tokenizer.decode(written)
    if broken:
        raise UserError(
            f"the model's output is broken: {nats:.2f} nats a token on plain English (chance is "
            f"{chance:.2f}), and {QUESTION!r} goes on as {text!r}",
            where=str(loaded.identity.get("name", "model")),
            fix="check model.source and model.revision, or convert or download the model again",
        )
    return {"nats_per_token": nats, "chance": chance, "continuation": text}
