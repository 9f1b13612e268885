"""Token bookkeeping that sampling and scoring share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from apeft.errors import UserError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

ALIKE = 0.5  # share of a row that must be common to the group that it joins


@dataclass(frozen=True)
class Group:
    """Rows (by index) whose first ``length`` tokens are the same."""

    length: int
    members: list[int]


def common_length(one: Sequence[int], other: Sequence[int]) -> int:
    """Length of the common start of two rows."""
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return index
    return min(len(one), len(other))


def prefix_groups(rows: Sequence[Sequence[int]], limits: Sequence[int]) -> list[Group]:
    """Group rows that begin alike.

    Args:
        rows: token ids.
        limits: for each row, how many first tokens may count as common at most.

    Returns:
        Groups in the order of their first members' tokens; each row is in exactly one. A row
        joins a group when the common start stays at least half as long as the row.
    """
    groups: list[Group] = []
    for index in sorted(range(len(rows)), key=lambda place: (list(rows[place]), place)):
        row = list(rows[index][: limits[index]])
        if groups:
            last = groups[-1]
            length = min(last.length, common_length(rows[last.members[0]], row))
            if length >= ALIKE * len(rows[index]):
                groups[-1] = Group(length, [*last.members, index])
                continue
        groups.append(Group(len(row), [index]))
    return groups


def pad_left(
    rows: Sequence[Sequence[int]], pad: int, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    """Right-align rows: token ids and attention mask, both of shape (rows, longest)."""
    width = max(len(row) for row in rows)
    ids = torch.full((len(rows), width), pad, dtype=torch.long)
    mask = torch.zeros((len(rows), width), dtype=torch.long)
    for index, row in enumerate(rows):
        ids[index, width - len(row) :] = torch.tensor(row, dtype=torch.long)
        mask[index, width - len(row) :] = 1
    return ids.to(device), mask.to(device)


def continuation(tokenizer: PreTrainedTokenizerBase, prompt: str, text: str) -> list[int]:
    """Token ids of ``text`` where it stands behind ``prompt``.

    Encoded alone it could begin with a begin-of-text token, or with a space too many.

    Raises:
        UserError: the tokenizer joins the prompt's end and the text's beginning in one token.
    """
    before = tokenizer(prompt)["input_ids"]
    whole = tokenizer(prompt + text)["input_ids"]
    if whole[: len(before)] != before or len(whole) == len(before):
        raise UserError(
            f"this tokenizer does not part {prompt[-12:]!r} from {text[:12]!r}",
            where="a prompt and an answer that is scored behind it",
            fix="use a model whose tokenizer begins a new token at a space",
        )
    return list(whole[len(before) :])


def written_text(tokenizer: PreTrainedTokenizerBase, before: int, tokens: Sequence[int]) -> str:
    """Text of tokens that were written behind the token ``before``.

    Decoded alone, a SentencePiece tokenizer drops the space before the first word.
    """
    head = tokenizer.decode([before], skip_special_tokens=True)
    text: str = tokenizer.decode([before, *tokens], skip_special_tokens=True)
    if not text.startswith(head):
        return str(tokenizer.decode(list(tokens), skip_special_tokens=True))
    return text[len(head) :]


def stop_tokens(tokenizer: PreTrainedTokenizerBase, vocabulary: int, stop: str) -> set[int]:
    """Every token whose text contains the stop string, and the end-of-text token."""
    texts = tokenizer.batch_decode([[index] for index in range(min(vocabulary, len(tokenizer)))])
    found = {index for index, text in enumerate(texts) if stop in text}
    return found | {tokenizer.eos_token_id}
