"""The ledger's entries: what each claim says, checked before anything is computed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from analysis.load import SHARES
from analysis.measures import LONG_FORM, QUESTIONS
from apeft.errors import UserError

CLAIMS = Path(__file__).with_name("claims.yaml")
PRIMARY = "primary"
MAIN, PAPER, SHIFT = "main", "paper", "shift_share"
REGIONS = ("under-alignment", "over-alignment")
AMOUNTS = (
    *("facts", "supported", "contradicted", "not_stated", "length"),
    *("margin", "among", "choice_margin"),
)
MEASURES = (
    *(MAIN, PAPER, SHIFT, *REGIONS),
    *dict.fromkeys([*(one.key for one in (*LONG_FORM, *QUESTIONS)), *SHARES, *AMOUNTS]),
)


class Closed(BaseModel):
    """A record that refuses keys which it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Closed):
    """Where a claim was read, and how: P paper, S summary, I inferred, or ours."""

    where: str = Field(min_length=1)
    grade: Literal["P", "S", "I", "ours"]


class Claim(Closed):
    """One claim (claims.yaml explains each key)."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    text: str = Field(min_length=1)
    source: Source
    family: str = Field(min_length=1)
    measure: str
    of: str = Field(min_length=1)
    against: str | None
    sets: tuple[str, ...] = Field(min_length=1)
    against_sets: tuple[str, ...] = ()
    algorithms: tuple[str, ...] = ()  # empty: all
    each: tuple[Literal["algorithm", "set"], ...] = ()
    quorum: Literal["all", "almost all", "any"] = "all"
    scale: Literal["points", "relative"] = "points"
    direction: Literal["above", "below", "within", "reaches"]
    learned: bool = False
    threshold: Annotated[float, Field(allow_inf_nan=False)] | Literal["small_shift", "small_change"]
    needs: str = Field(min_length=1)

    @model_validator(mode="after")
    def _sensible(self) -> Claim:
        if self.measure not in MEASURES:
            raise ValueError(f"measure must be one of {', '.join(MEASURES)}")
        if self.measure in REGIONS and (self.against != "base" or self.threshold != 0.5):
            raise ValueError("a region is compared with the base model, at threshold 0.5")
        if self.measure in REGIONS and self.direction not in ("above", "below"):
            raise ValueError("the probability of a region is above or below its threshold")
        if self.measure == SHIFT and self.against is not None:
            raise ValueError("a shift is from the base model already: against must be null")
        if self.scale == "relative" and (self.against is None or self.measure in REGIONS):
            raise ValueError("a relative change needs something it is relative to: against")
        if self.against_sets and ("set" in self.each or self.scale == "relative"):
            raise ValueError("against_sets goes with points, and not with a test of each set")
        if self.learned and self.of == "base":
            raise ValueError("the base model has learned nothing: learned is of tuned variants")
        if self.against_sets and self.measure in REGIONS:
            raise ValueError("a region has no against_sets")
        if self.family == PRIMARY and self.each:
            raise ValueError("the primary claim is one test: it has no `each`")
        return self

    @property
    def of_learned(self) -> bool:
        """Whether the claim is of adapters that have learned, as under-alignment always is."""
        return self.learned or self.measure == "under-alignment"

    @property
    def probability(self) -> bool:
        """Whether the effect is the probability of a region."""
        return self.measure in REGIONS


def read_claims(path: Path = CLAIMS) -> list[Claim]:
    """Read and check a ledger; every fault is named by its claim and key."""
    try:
        data = _single(yaml.safe_load(path.read_text(encoding="utf-8")))
        claims = TypeAdapter(list[Claim]).validate_python(data)
    except OSError as error:
        raise UserError(
            "the ledger of claims cannot be read", where=str(path), fix=str(error)
        ) from None
    except yaml.YAMLError as error:
        raise UserError("not valid YAML", where=str(path), fix=str(error)) from None
    except ValidationError as error:
        faults = [_fault(data, one["loc"], one["msg"]) for one in error.errors()]
        raise UserError(
            "claims refused:\n    " + "\n    ".join(faults),
            where=str(path),
            fix="correct these keys; the head of analysis/claims.yaml explains each",
        ) from None
    ids = [claim.id for claim in claims]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    primary = [claim.id for claim in claims if claim.family == PRIMARY]
    if twice or len(primary) != 1:
        raise UserError(
            f"claims with the same id: {', '.join(twice)}"
            if twice
            else f"exactly one claim must be of the family `{PRIMARY}` (found {len(primary)})",
            where=str(path),
            fix="give each claim an id of its own, and fix one primary test beforehand",
        )
    return claims


def _single(data: object) -> object:
    """Make one claim of each measure of a list; all but the first are named after it.

    They have a family of their own: the family of the first holds one question, asked once.
    """
    if not isinstance(data, list):
        return data
    found: list[object] = []
    for entry in data:
        measures = entry.get("measure") if isinstance(entry, dict) else None
        if not isinstance(measures, list):
            found.append(entry)
            continue
        for place, one in enumerate(measures):
            id_, family = str(entry.get("id")), str(entry.get("family"))
            if place:
                id_, family = f"{id_}-{one}", f"{family}, {one}"
            found.append({**entry, "measure": one, "id": id_, "family": family})
    return found


def _fault(data: object, place: tuple[int | str, ...], message: str) -> str:
    """Name a fault by the claim's id where it has one."""
    if not place or not isinstance(data, list):
        return message
    entry = data[int(place[0])]
    name = entry.get("id", f"claim {place[0]}") if isinstance(entry, dict) else f"claim {place[0]}"
    return f"{'.'.join([str(name), *(str(part) for part in place[1:])])}: {message}"
