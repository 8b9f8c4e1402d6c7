"""The two-way list of matters (双向分流转办事项清单; JC-14, B-02 ... B-05): `ivr/matters.yaml`, versioned."""

import hashlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Self

import orjson
from pydantic import Field, model_validator

from callcenter.core.written import published, read_written
from callcenter.transfers.hotline import Name, Number, Part, Title

Keyword = Annotated[str, Field(min_length=1, max_length=20)]


class Direction(StrEnum):
    OUT = "out"
    """12345 → another line."""
    IN = "in"
    """Another line → 12345."""


class Means(StrEnum):
    """How a demand passes from one side to the other (B-05)."""

    ONE_KEY = "one_key"
    """一键转接: the caller goes at one press; supervised until answered."""
    WARM = "warm"
    """先沟通后转接: the agent speaks to the other side first, the caller hears music."""
    THREE_WAY = "three_way"
    """三方通话: the agent stays, the other side joins."""
    ORDER = "order"
    """工单流转: the order goes, not the call."""
    GUIDANCE = "guidance"
    """话务引导: the caller is given the number."""


BY_PHONE: Final = frozenset({Means.ONE_KEY, Means.WARM, Means.THREE_WAY})
"""The means that ring somebody."""


class Matter(Part):
    """One line of the list. The first of `modes` is proposed. `clear` False: both sides may be in charge, so that the
    call becomes a three-way one and the side that received it first keeps it (B-02)."""

    code: Name
    direction: Direction
    title: Title
    criteria: Title
    keywords: tuple[Keyword, ...] = Field(min_length=1)
    target: Number
    parties: tuple[Number, ...] = Field(default=(), description="The lines that a matter comes from (direction in).")
    modes: tuple[Means, ...] = Field(min_length=1)
    fallback: Number | None = Field(default=None, description="The line that is rung when the target does not answer.")
    clear: bool = True
    danger: bool = Field(default=False, description="Danger to life or property: never taken for an ordinary matter.")
    source: str = Field(min_length=1, description="Where the rule comes from.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.fallback == self.target:
            raise ValueError(f"{self.code}: the fall-back is the target itself")
        if (self.direction is Direction.IN) != bool(self.parties):
            raise ValueError(f"{self.code}: parties belong to matters that come in, and to each of them")
        if len(set(self.modes)) != len(self.modes) or len(set(self.keywords)) != len(self.keywords):
            raise ValueError(f"{self.code}: a mode or keyword stands twice")
        if (self.danger or not self.clear) and Means.THREE_WAY not in self.modes:
            raise ValueError(f"{self.code}: in danger or doubt a three-way call must be possible")
        return self


class Matrix(Part):
    """The whole list; `version` names it in every transfer that was made under it."""

    version: int = Field(ge=1)
    matters: tuple[Matter, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        codes = [matter.code for matter in self.matters]
        if twice := {code for code in codes if codes.count(code) > 1}:
            raise ValueError(f"the matter {', '.join(sorted(twice))} stands twice")
        return self

    def find(self, code: str) -> Matter | None:
        return next((matter for matter in self.matters if matter.code == code), None)

    def of(self, direction: Direction) -> Iterator[Matter]:
        return (matter for matter in self.matters if matter.direction is direction)

    @property
    def numbers(self) -> frozenset[str]:
        """Every line that the list names."""
        named = {number for m in self.matters for number in (m.target, m.fallback, *m.parties) if number}
        return frozenset(named)

    @property
    def digest(self) -> str:
        """SHA-256 of the content: equal lists have equal digests, whatever the file's comments say."""
        content = orjson.dumps(self.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(content).hexdigest()


def matrix_schema() -> dict[str, Any]:
    """The JSON Schema that is published as `ivr/matters.schema.json`."""
    return published(Matrix)


def read_matrix(file: Path) -> Matrix:
    """Raises Misconfigured, naming the place in the file and the remedy."""
    return read_written(file, Matrix, schema="matters.schema.json")
