"""The queues, each a skill (JC-11, B-07): `ivr/queues.yaml`."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from callcenter.core.written import published, read_written

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class Skill(StrEnum):
    """What its agents can do that others cannot."""

    GENERAL = "general"
    DIALECT = "dialect"
    LANGUAGE = "language"
    MATTER = "matter"
    ENTERPRISE = "enterprise"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class QueueTitle(_Part):
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Staffed(_Part):
    """The hours of the day, in the city's time, in which somebody must be on duty (JC-18); `until` is not included."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    begin: int = Field(default=0, ge=0, le=23, alias="from")
    until: int = Field(default=24, ge=1, le=24)
    least: int = Field(default=1, ge=1, description="So many agents at least.")

    @model_validator(mode="after")
    def _ends_later(self) -> Self:
        if self.until <= self.begin:
            raise ValueError("must end after it begins")
        return self

    def holds(self, hour: int) -> bool:
        return self.begin <= hour < self.until


class QueueDefinition(_Part):
    """One queue. Times are in seconds. An emergency queue knows no patience: its callers are never offered anything
    but a person."""

    name: Name
    title: QueueTitle
    skill: Skill
    language: str = Field(
        default="", pattern=r"^([a-z]{2}(-[A-Z]{2})?)?$", description="What is spoken, '' for Chinese."
    )
    weight: int = Field(default=0, ge=0, le=100, description="Of two queues of an agent the heavier is served first.")
    ring: int = Field(default=20, ge=5, le=60, description="How long one phone rings.")
    patience: int = Field(default=60, ge=5, le=3600, description="So long a caller waits until the overflow flow.")
    overflow: Name | None = Field(default=None, description="The flow of a caller whose patience is over.")
    emergency: bool = False
    staffed: Staffed | None = Field(default=Staffed(), description="null: nobody has to be on duty.")

    @model_validator(mode="after")
    def _emergencies_wait(self) -> Self:
        if self.emergency and self.overflow:
            raise ValueError(f"{self.name}: an emergency queue has no overflow")
        return self

    @property
    def rings_for(self) -> timedelta:
        return timedelta(seconds=self.ring)

    @property
    def waits_for(self) -> timedelta:
        return timedelta(seconds=self.patience)


class QueueBook(_Part):
    """Every queue once."""

    version: int = Field(ge=1)
    queues: tuple[QueueDefinition, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if twice := {name for name in self.names if self.names.count(name) > 1}:
            raise ValueError(f"the queue {', '.join(sorted(twice))} stands twice")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(queue.name for queue in self.queues)

    @property
    def overflows(self) -> frozenset[str]:
        """The flows that are named."""
        return frozenset(queue.overflow for queue in self.queues if queue.overflow)

    def find(self, name: str) -> QueueDefinition | None:
        return next((queue for queue in self.queues if queue.name == name), None)

    def joined_by(self, names: Iterable[str]) -> "QueueBook":
        """With queues that only the hotline registry names; they have no overflow and need no roster."""
        more = (
            QueueDefinition(name=name, title=QueueTitle(zh=name, en=name), skill=Skill.MATTER, staffed=None)
            for name in dict.fromkeys(names)
            if name not in self.names
        )
        return QueueBook(version=self.version, queues=(*self.queues, *more))


def queues_schema() -> dict[str, Any]:
    """The JSON Schema that is published as `ivr/queues.schema.json`."""
    return published(QueueBook)


def read_queues(file: Path) -> QueueBook:
    """Raises Misconfigured, naming the place in the file and the remedy."""
    return read_written(file, QueueBook, schema="queues.schema.json")
