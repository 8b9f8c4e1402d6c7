"""The city's hotline numbers and how each stands to 12345 (requirements JC-08, A3.4, B-45): `ivr/hotlines.yaml`."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from callcenter.core.errors import Misconfigured
from callcenter.pbx.plan import EmergencyKey, HotlineLine, QueuePlan

Number = Annotated[str, Field(pattern=r"^[0-9]{3,11}$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class Mode(StrEnum):
    """What became of a number when the hotlines were joined."""

    MAIN = "main"
    CANCELLED = "cancelled"
    """取消: a notice, and the call ends."""
    MERGED = "merged"
    """整体并入: a notice of the new number, then served like 12345."""
    DUAL = "dual"
    """双号并行: its own greeting and queue, seats in one pool."""
    SUBCENTRE = "subcentre"
    """分中心: its own seats."""
    EMERGENCY = "emergency"
    """紧急联动: called out to, never taken over."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Title(_Part):
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Hotline(_Part):
    """One number. A served one names its flow and queue, an emergency one may have a key in the fail-safe branch."""

    number: Number
    title: Title
    mode: Mode
    flow: Name | None = None
    queue: Name | None = None
    key: Annotated[str, Field(pattern=r"^[0-9]$")] | None = None
    since: date | None = Field(default=None, description="The day from which the mode holds.")
    until: date | None = Field(default=None, description="The last day of the notice.")

    @model_validator(mode="after")
    def _fits_its_mode(self) -> Self:
        served = self.mode is not Mode.EMERGENCY
        if served and not (self.flow and self.queue):
            raise ValueError(f"{self.number}: a number that is served needs a flow and a queue")
        if not served and (self.flow or self.queue):
            raise ValueError(f"{self.number}: an emergency number has neither flow nor queue here")
        if self.key and served:
            raise ValueError(f"{self.number}: only an emergency number has a key")
        if self.since and self.until and self.until < self.since:
            raise ValueError(f"{self.number}: ends before it begins")
        return self


class Registry(_Part):
    """Every number once, exactly one of them the main one."""

    version: int = Field(ge=1)
    hotlines: tuple[Hotline, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for what, values in (
            ("number", [line.number for line in self.hotlines]),
            ("key", [line.key for line in self.hotlines if line.key]),
        ):
            if twice := {value for value in values if values.count(value) > 1}:
                raise ValueError(f"the {what} {', '.join(sorted(twice))} stands twice")
        if sum(line.mode is Mode.MAIN for line in self.hotlines) != 1:
            raise ValueError("exactly one number must have the mode main")
        return self

    @property
    def main(self) -> Hotline:
        return next(line for line in self.hotlines if line.mode is Mode.MAIN)

    def find(self, number: str) -> Hotline | None:
        return next((line for line in self.hotlines if line.number == number), None)

    @property
    def served(self) -> Iterator[Hotline]:
        return (line for line in self.hotlines if line.mode is not Mode.EMERGENCY)

    @property
    def queues(self) -> tuple[str, ...]:
        """Each once, the main one first."""
        return tuple(dict.fromkeys(line.queue for line in (self.main, *self.served) if line.queue))

    @property
    def flows(self) -> frozenset[str]:
        return frozenset(line.flow for line in self.served if line.flow)

    def lines(self) -> tuple[HotlineLine, ...]:
        return tuple(
            HotlineLine(number=line.number, flow=line.flow, queue=line.queue)
            for line in self.served
            if line.flow and line.queue
        )

    def queue_plans(self) -> tuple[QueuePlan, ...]:
        return tuple(QueuePlan(name=queue) for queue in self.queues)

    def emergency_keys(self) -> tuple[EmergencyKey, ...]:
        return tuple(EmergencyKey(key=line.key, number=line.number) for line in self.hotlines if line.key)


def registry_schema() -> dict[str, Any]:
    """The JSON Schema that is published as `ivr/hotlines.schema.json`."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Registry.model_json_schema()}


def read_registry(file: Path) -> Registry:
    """Raises Misconfigured, naming the place in the file and the remedy."""
    try:
        return Registry.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else "it"
        raise Misconfigured(cause=f"{file.name} is not YAML at {place}", remedy="correct the file") from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors()[:5])
        raise Misconfigured(cause=f"{file.name} is not valid ({wrong})", remedy="see hotlines.schema.json") from error
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(cause=f"{file.name} cannot be read", remedy="restore ivr/hotlines.yaml") from error
