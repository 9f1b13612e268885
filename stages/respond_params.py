"""The `respond` section: sizes of the evaluation."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from stages.stage import Section


class RespondParams(Section):
    """Sizes of the evaluation (see apeft.evaluation.respond.RespondSettings)."""

    # Ranks tie in reduced precision, and text and shift must come from the same arithmetic.
    dtype: Literal["float32"]
    text_tokens: int = Field(ge=8)
    answer_tokens: int = Field(ge=4)
    fact_tokens: int = Field(ge=2)
    k: int = Field(ge=1)
    temperature: float = Field(gt=0, le=2)
    base_temperatures: list[Annotated[float, Field(gt=0, le=2)]]
    shift_positions: int = Field(ge=1)
    rows: int = Field(ge=4)
    batch_tokens: int = Field(ge=64)
    seed: int = Field(ge=0)
