"""Everything of dispatch on one order, for its page: hops, holder times, tasks, returns, signatures, next steps."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from callcenter.core.ids import OrderId, OrgId
from callcenter.dispatching.claims import CLAIMABLE, Claims
from callcenter.dispatching.hops import Held, Trail, trail
from callcenter.dispatching.returns import Returns
from callcenter.dispatching.room import CENTRE_STAFF, DESK, LEADERS, SQL, UNIT_STAFF, Room, order_at
from callcenter.dispatching.tasks import ASKERS, Tasks
from callcenter.dispatching.views import (
    DifficultyView,
    DispatchingView,
    DispatchView,
    HeldView,
    MeetingView,
    RefusalView,
    ReturningView,
    ReturnView,
    SignView,
    TrailView,
    WhistleView,
)
from callcenter.orders.calendar import in_time
from callcenter.orders.guards import standing_of
from callcenter.orders.standing import Side, stands_on
from callcenter.orders.terms import Stage
from callcenter.people.actor import Actor, Role

Row = Mapping[str, Any]
_HANDLED = frozenset({Stage.ACCEPTED, Stage.HANDLING, Stage.COLLAB, Stage.REHANDLING})


class Reading:
    def __init__(self, room: Room, tasks: Tasks, claims: Claims, returns: Returns) -> None:
        self._room = room
        self._tasks = tasks
        self._claims = claims
        self._returns = returns

    async def of_order(self, actor: Actor, order: OrderId) -> DispatchingView:
        """Raises NoSuchOrder."""
        row = await order_at(self._room, actor, order)
        pool = self._room.pool
        names = await self._names(row)
        at_centre = row["owner_org_id"] == row["centre_org_id"]
        found = [one async for one in SQL.difficulties_of(pool, order_id=order)]
        waits = any(one["decided_at"] is None for one in found)
        return DispatchingView(
            dispatches=tuple([_dispatch(one) async for one in SQL.dispatches_of(pool, order_id=order)]),
            trail=await self._trail(row),
            tasks=await self._tasks.of_order(order),
            whistles=tuple(
                [WhistleView(**_cut(one, WhistleView)) async for one in SQL.whistles_of(pool, order_id=order)]
            ),
            meetings=tuple([_meeting(one) async for one in SQL.meetings_of(pool, order_id=order)]),
            claims=await self._claims.of_order(order),
            difficulties=tuple(DifficultyView(**_cut(one, DifficultyView)) for one in found),
            first_org=names.get(row["first_org_id"]),
            responsible_org=None if at_centre else names.get(row["owner_org_id"]),
            territory_org=names.get(row["territory_org_id"]),
            duty_org=names.get(row["duty_org_id"]),
            duty_body=row["duty_body"],
            block_reason=row["block_reason"],
            locked=row["locked"],
            difficult=row["difficult"],
            actions=tuple(await self._actions(actor, row, difficulty_waits=waits)),
        )

    async def _names(self, row: Row) -> dict[Any, str]:
        orgs = [row[name] for name in ("first_org_id", "owner_org_id", "territory_org_id", "duty_org_id")]
        found = SQL.org_names(self._room.pool, ids=[org for org in orgs if org is not None])
        return {one["id"]: one["name"] async for one in found}

    async def _trail(self, row: Row) -> TrailView:
        walked = await self.trail_of(row)
        found = SQL.org_names(self._room.pool, ids=list(walked.held))
        names = {one["id"]: one["name"] async for one in found}
        hour = timedelta(hours=1)
        held = [
            HeldView(org_id=org, org=names[org], hours=round(lasted / hour, 2)) for org, lasted in walked.held.items()
        ]
        return TrailView(
            hops=walked.hops,
            distinct=walked.distinct,
            returned_to_origin=walked.returned_to_origin,
            ping_pong=walked.ping_pong(self._room.config.ping_pong),
            held=tuple(held),
        )

    async def trail_of(self, row: Row) -> Trail:
        """Folded from the order's own events (SG-07)."""
        came = [
            Held(org=OrgId(one["org"]), since=one["at"])
            async for one in SQL.came_to(self._room.pool, order_id=row["id"])
        ]
        kinds = SQL.org_names(self._room.pool, ids=list({one.org for one in came}))
        centres = [one["id"] async for one in kinds if one["kind"] == "centre"]
        return trail(came, row["closed_at"] or self._room.clock.now(), centres)

    async def _actions(self, actor: Actor, row: Row, *, difficulty_waits: bool) -> list[str]:
        """What this reader may try now; what each must carry is checked when it is done."""
        standing, stage = standing_of(row), Stage(row["stage"])
        holder = stands_on(Side.HOLDER, standing, actor)
        unit, centre = stands_on(Side.UNIT, standing, actor), stands_on(Side.CENTRE, standing, actor)
        open_now = stage not in {Stage.CLOSED, Stage.RETURNED_UP}
        waiting = stage in {Stage.PENDING_DISPATCH, Stage.REDISPATCH}
        helps = actor.may(*ASKERS) and (unit or centre) and open_now
        can = {
            "dispatch": waiting and holder and actor.may(*DESK),
            "need_sign": stage in CLAIMABLE - {Stage.SIGN_PENDING} and centre and actor.may(*CENTRE_STAFF),
            "block": open_now and centre and actor.may(*CENTRE_STAFF),
            "territory": open_now and centre and actor.may(*CENTRE_STAFF),
            "decide_claim": stage in CLAIMABLE and holder and actor.may(*DESK),
            "ask_task": helps,
            "meeting": helps,
            "whistle": unit and open_now and await self._may_whistle(actor, row),
            "apply_difficult": stage in _HANDLED and unit and actor.may(*UNIT_STAFF) and not difficulty_waits,
            "decide_difficult": difficulty_waits and centre and actor.may(*CENTRE_STAFF, *LEADERS),
        }
        return [name for name, may in can.items() if may]

    async def _may_whistle(self, actor: Actor, row: Row) -> bool:
        org = await SQL.dispatch_org(self._room.pool, id=actor.org_id)
        return org is not None and org["kind"] in self._room.orders.policy_of(row).whistle.initiators

    async def returning(self, actor: Actor, order: OrderId) -> ReturningView:
        """Raises NoSuchOrder."""
        row = await order_at(self._room, actor, order)
        returns = [_return(one) async for one in SQL.returns_of(self._room.pool, order_id=order)]
        signs = [await self._sign(one) async for one in SQL.signs_of(self._room.pool, order_id=order)]
        dispute = await SQL.dispute_of_order(self._room.pool, order_id=order)
        at_centre = row["dispatched_at"] is None or row["owner_org_id"] == row["centre_org_id"]
        due = None if at_centre else self._returns.window_due(row)
        is_open = due is not None and in_time(self._room.clock.now(), due) and not row["locked"]
        return ReturningView(
            returns=tuple(returns),
            signs=tuple(signs),
            window_due_at=due,
            window_open=is_open,
            locked=row["locked"],
            dispute=dispute["cause"] if dispute else None,
            actions=tuple(self._return_actions(actor, row, returns, signs, is_open=is_open)),
        )

    async def _sign(self, row: Row) -> SignView:
        ids = [one["lead_org_id"] for one in row["refusals"]]
        found = SQL.org_names(self._room.pool, ids=ids)
        names = {str(one["id"]): one["name"] async for one in found}
        refusals = [
            RefusalView(
                at=one["at"],
                opinion=one["opinion"],
                lead_org=names[one["lead_org_id"]],
                instruction=one["instruction"],
            )
            for one in row["refusals"]
        ]
        return sign_view(row, tuple(refusals))

    def _return_actions(
        self, actor: Actor, row: Row, returns: list[ReturnView], signs: list[SignView], *, is_open: bool
    ) -> list[str]:
        standing, stage = standing_of(row), Stage(row["stage"])
        unit, centre = stands_on(Side.UNIT, standing, actor), stands_on(Side.CENTRE, standing, actor)
        drafted = any(one.state == "draft" for one in returns)
        open_form = next((one for one in signs if one.state in {"open", "proposed"}), None)
        mine = stage is Stage.ACCEPTED and unit and actor.may(*UNIT_STAFF)
        can = {
            "draft": mine and is_open,
            "sign": mine and is_open and drafted,
            "withdraw": mine and drafted,
            "decide": stage is Stage.RETURN_REQUESTED and centre and actor.may(*CENTRE_STAFF),
            "propose": stage is Stage.SIGN_PENDING and open_form is not None and actor.may(Role.DEPUTY),
            "approve": open_form is not None and open_form.state == "proposed" and actor.may(Role.LEADER),
        }
        return [name for name, may in can.items() if may]


def _cut(row: Row, kind: type[Any]) -> dict[str, Any]:
    return {name: row[name] for name in kind.model_fields}


def _dispatch(row: Row) -> DispatchView:
    item = f"{row['item_code']}/{row['item_version']} {row['item_title']}" if row["item_id"] else ""
    names = set(DispatchView.model_fields) - {"by", "item", "outside_list"}
    outside = not item and row["kind"] in {"ordinary", "redispatch"}
    return DispatchView(**{name: row[name] for name in names}, by=row["by_name"], item=item, outside_list=outside)


def _meeting(row: Row) -> MeetingView:
    names = set(MeetingView.model_fields) - {"participants", "noted_by"}
    present = tuple(one["body"] for one in row["participants"])
    return MeetingView(**{name: row[name] for name in names}, participants=present, noted_by=row["noted_by_name"])


def _state(row: Row) -> str:
    if row["withdrawn_at"]:
        return "withdrawn"
    if row["decision"]:
        return str(row["decision"])
    return "signed" if row["signed_at"] else "draft"


def _return(row: Row) -> ReturnView:
    named = {"state", "drafted_by", "signed_by", "decided_by", "delegated_by", "digest"}
    return ReturnView(
        **{name: row[name] for name in set(ReturnView.model_fields) - named},
        state=_state(row),
        drafted_by=row["drafted_name"],
        signed_by=row["signed_name"],
        decided_by=row["decided_name"],
        delegated_by=row["delegated_name"],
        digest=row["digest"] or "",
    )


def sign_view(row: Row, refusals: tuple[RefusalView, ...]) -> SignView:
    """`row` as `signs_of` gives it."""
    named = {"state", "proposed_by", "decided_by", "digest", "refusals"}
    state = row["decision"] or ("ended" if row["ended_at"] else "proposed" if row["proposed_at"] else "open")
    return SignView(
        **{name: row[name] for name in set(SignView.model_fields) - named},
        state=state,
        proposed_by=row["proposed_name"],
        decided_by=row["decided_name"],
        digest=row["digest"] or "",
        refusals=refusals,
    )
