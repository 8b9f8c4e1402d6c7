"""Where an order has been: hops, distinct units, a full circle, and how long each held it (SG-07, XY-46). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from callcenter.core.ids import OrgId


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The order came to `org` at `since`."""

    org: OrgId
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    org: OrgId
    since: datetime
    until: datetime

    @property
    def lasted(self) -> timedelta:
        return self.until - self.since


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """`hops` counts dispatches; `returned_to_origin`: a unit got it a second time, or the centre got it back."""

    stays: tuple[Stay, ...]
    hops: int
    distinct: int
    returned_to_origin: bool

    @property
    def held(self) -> dict[OrgId, timedelta]:
        """Holder time of each org, in the order in which they first held it."""
        times: dict[OrgId, timedelta] = {}
        for stay in self.stays:
            times[stay.org] = times.get(stay.org, timedelta()) + stay.lasted
        return times

    def ping_pong(self, threshold: int) -> bool:
        """SG-07: so many distinct units have had it, and it is not settled with the first."""
        return self.distinct >= threshold and self.hops > 1


def trail(came: Sequence[Held], until: datetime, centres: Iterable[OrgId]) -> Trail:
    """`came` in the order of time; `until` is the close, or now. Consecutive entries of one org are one stay."""
    stays: list[Stay] = []
    for at, one in enumerate(came):
        end = came[at + 1].since if at + 1 < len(came) else until
        if stays and stays[-1].org == one.org:
            stays[-1] = Stay(org=one.org, since=stays[-1].since, until=end)
        else:
            stays.append(Stay(org=one.org, since=one.since, until=end))
    above = frozenset(centres)
    visited = [stay.org for stay in stays if stay.org not in above]
    back = any(stay.org in above for stay in stays[1:]) and bool(visited)
    return Trail(
        stays=tuple(stays),
        hops=len(visited),
        distinct=len(set(visited)),
        returned_to_origin=back or len(set(visited)) < len(visited),
    )
