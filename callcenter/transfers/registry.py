"""The city's hotline numbers and how each stands to 12345 (requirements JC-08, A3.4, B-45): `ivr/hotlines.yaml`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from pydantic import Field, model_validator

from callcenter.core.written import published, read_written
from callcenter.numbers.rules import ShortCodes
from callcenter.pbx.plan import EmergencyKey, HotlineLine, QueuePlan
from callcenter.transfers.hotline import FORWARDED, Hotline, Link, Mode, Part, Title

__all__ = ["Hotline", "Link", "Mode", "Registry", "Title", "read_registry", "registry_schema"]


class Registry(Part):
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
    def forwarded(self) -> tuple[Hotline, ...]:
        """The numbers that the daily test call rings (JC-10)."""
        return tuple(line for line in self.hotlines if line.mode in FORWARDED)

    @property
    def links(self) -> tuple[tuple[Hotline, Link], ...]:
        return tuple((line, line.link) for line in self.hotlines if line.link is not None)

    @property
    def queues(self) -> tuple[str, ...]:
        """Each once, the main one first."""
        return tuple(dict.fromkeys(line.queue for line in (self.main, *self.served) if line.queue))

    @property
    def flows(self) -> frozenset[str]:
        return frozenset(line.flow for line in self.served if line.flow)

    def short_codes(self) -> ShortCodes:
        """What the gate for numbers dialled out has to know: drill targets are not among the emergency numbers."""
        emergency = [line for line, _ in self.links if line.mode is Mode.EMERGENCY]
        real = {number for line in emergency if line.link for number in (line.number, *line.link.numbers)}
        known = {line.number for line in self.hotlines}
        known |= {number for _, link in self.links for number in (*link.numbers, link.drill) if number}
        return ShortCodes(emergency=frozenset(real), hotlines=frozenset(known - real))

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
    return published(Registry)


def read_registry(file: Path) -> Registry:
    """Raises Misconfigured, naming the place in the file and the remedy."""
    return read_written(file, Registry, schema="hotlines.schema.json")
