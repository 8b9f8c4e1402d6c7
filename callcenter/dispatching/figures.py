"""How well orders find their unit: accuracy, minutes, suggestions taken, returns (SJ-29, SG-40, XY-46)."""

from datetime import datetime
from statistics import mean, median, quantiles
from typing import Any

from callcenter.core.ids import OrgId
from callcenter.dispatching.room import SQL, Room
from callcenter.dispatching.views import FiguresView, HolderView, UnitReturns
from callcenter.people.actor import Actor


class Figures:
    def __init__(self, room: Room) -> None:
        self._room = room

    async def of(self, actor: Actor, since: datetime, until: datetime) -> FiguresView:
        """Of the orders first dispatched in [since, until) in the reader's area."""
        period = {"path": actor.org_path, "since": since, "until": until}
        rows = [dict(row) async for row in SQL.dispatch_figures(self._room.pool, **period)]
        returns = [
            UnitReturns(org_id=OrgId(row["org_id"]), **{name: row[name] for name in _RETURN_FIELDS})
            async for row in SQL.return_figures(self._room.pool, **period)
        ]
        held = SQL.holder_figures(self._room.pool, now=self._room.clock.now(), **period)
        holders = tuple([HolderView(**dict(row)) async for row in held])
        return figures_of(rows, self._room.config.ping_pong, tuple(returns), holders)


_RETURN_FIELDS = ("org", "applied", "granted", "rejected", "late", "wrong", "extra_days", "top_reason")


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def figures_of(
    rows: list[dict[str, Any]], ping_pong: int, returns: tuple[UnitReturns, ...], holders: tuple[HolderView, ...]
) -> FiguresView:
    """`rows`: one an order, with `returned` (a return was granted, or it was sent on), `minutes` from intake to its
    present unit, `rank` of the first choice, `suggested` (there was a suggestion), `outside`, `hops`, `distinct_orgs`,
    `claimed`, `applied` (returns that a head signed), `rejected` of these."""
    minutes = sorted(row["minutes"] for row in rows)
    suggested = [row for row in rows if row["suggested"]]
    right = sum(not row["returned"] for row in rows)
    return FiguresView(
        orders=len(rows),
        first_right=right,
        accuracy=share(right, len(rows)),
        median_minutes=median(minutes) if minutes else None,
        p90_minutes=quantiles(minutes, n=10, method="inclusive")[-1] if len(minutes) > 1 else next(iter(minutes), None),
        suggested=len(suggested),
        suggestion_accepted=share(sum(row["rank"] == 1 for row in suggested), len(suggested)),
        outside_list=share(sum(row["outside"] for row in rows), len(rows)),
        average_hops=mean(row["hops"] for row in rows) if rows else None,
        ping_pong=sum(row["distinct_orgs"] >= ping_pong for row in rows),
        volunteered=sum(row["claimed"] for row in rows),
        return_rate=share(sum(row["applied"] > 0 for row in rows), len(rows)),
        improper_rate=share(sum(row["rejected"] for row in rows), sum(row["applied"] for row in rows)),
        returns=returns,
        holders=holders,
    )
