"""The most shifted tokens in the sentences that they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import pandas as pd

from analysis.load import BASE
from analysis.tables.write import visible
from apeft.facts.sentences import split
from apeft.finite import finite

LONGEST = 60  # letters of a token that the base model would have written


@dataclass(frozen=True)
class Token:
    """A written token with its shift; ``kl`` is KL(tuned || base) in nats."""

    text: str
    region: str
    rank: int
    kl: float
    base: str  # the base model's likeliest token there

    @property
    def told(self) -> str:
        """What a reader sees on pointing at the token."""
        base = visible(self.base)
        base = base if len(base) <= LONGEST else base[:LONGEST] + "…"
        kl = f"{self.kl:.3g} nats" if finite(self.kl) else "not finite"
        return f"rank {self.rank} · KL {kl} · base: {base}"


@dataclass(frozen=True)
class Sentence:
    """A response's sentence around its most shifted token, which is ``tokens[at]``."""

    variant: str
    item: str
    tokens: tuple[Token, ...]
    at: int


def most_shifted(
    shift: pd.DataFrame, sets: Sequence[str], per_set: int
) -> list[tuple[str, list[Sentence]]]:
    """Sentences with the tokens that the base model ranks lowest, by set.

    Args:
        shift: the collected table ``shift`` (columns as in ``analysis.load.COLUMNS``).
        sets: the sets, in the order wanted.
        per_set: sentences of each set, at most. A prompt is taken once, with its worst variant.
    """
    tuned = shift[(shift["algorithm"] != BASE) & (shift["rank"] > 1)]
    order = ["rank", "kl_tuned_base", "variant", "item", "position"]
    tuned = tuned.sort_values(order, ascending=[False, False, True, True, True])
    of = {
        (str(variant), str(item)): rows.sort_values("position")
        for (variant, item), rows in shift.groupby(["variant", "item"], sort=False)
    }
    found = []
    for name in sets:
        sentences = []
        rows = tuned[tuned["set"] == name].drop_duplicates("item").head(per_set)
        for row in rows.to_dict("records"):
            variant, item = str(row["variant"]), str(row["item"])
            tokens, at = _sentence(of[variant, item], int(row["position"]))
            sentences.append(Sentence(variant, item, tokens, at))
        if sentences:
            found.append((name, sentences))
    return found


def _sentence(rows: pd.DataFrame, position: int) -> tuple[tuple[Token, ...], int]:
    """Tokens of the sentence in which the token at ``position`` begins, and its place there."""
    texts = rows["token"].tolist()
    at = rows["position"].tolist().index(position)
    starts = [0, *accumulate(len(text) for text in texts)][:-1]
    spans = split("".join(texts)) or [(0, len("".join(texts)))]
    # A space belongs to the token behind it, so a token is where its first letter is.
    places = [s + len(text) - len(text.lstrip()) for s, text in zip(starts, texts, strict=True)]
    sentence = next((span for span in spans if places[at] < span[1]), spans[-1])
    inside = [i for i, place in enumerate(places) if sentence[0] <= place < sentence[1]]
    first, last = min([at, *inside]), max([at, *inside])
    tokens = tuple(
        Token(
            row["token"], row["region"], int(row["rank"]), row["kl_tuned_base"], row["token_base"]
        )
        for row in rows.iloc[first : last + 1].to_dict("records")
    )
    return tokens, at - first
