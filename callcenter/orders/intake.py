"""Taking a demand in: one order a key, numbered by the city's date."""

from dataclasses import fields as fields_of
from typing import Any, Final

import asyncpg

from callcenter.core import errors
from callcenter.core.ids import OrderId, OrgId, UserId, new_id
from callcenter.orders.events import ClockStarted, OrderMoved
from callcenter.orders.guards import Standing, decide
from callcenter.orders.lifecycle import Move, Register
from callcenter.orders.places import place_of
from callcenter.orders.reported import NotAReport, barred_by, columns
from callcenter.orders.room import Room
from callcenter.orders.terms import RequestType, Stage
from callcenter.orders.timers import clocks_at, facts_of
from callcenter.orders.views import NewOrder
from callcenter.people.actor import Actor
from callcenter.people.vault import Vault

REGISTER: Final = Register()


class IncompleteOrder(errors.Invalid):
    """B-26: unclear elements may wait, but without a title, the matter or its cause nothing can be dispatched."""

    code = "order-incomplete"
    zh = "工单要素不完整，缺少：{missing_zh}"
    en = "the order is not complete; missing: {missing_en}"


class KeyReused(errors.Invalid):
    code = "idempotency-key-reused"
    zh = "该幂等键已用于另一张内容不同的工单"
    en = "this idempotency key was used for an order with other content"


class NotACentre(errors.Invalid):
    code = "not-a-centre"
    zh = "所选机构不是本级或下级派单中心"
    en = "the chosen organisation is not a dispatching centre of your own subtree"


def _check_complete(new: NewOrder) -> None:
    missing = [
        (zh, en)
        for text, zh, en in ((new.title, "标题", "title"), (new.content, "诉求内容", "content"))
        if not text.strip()
    ]
    if not (new.caller_number or new.call_id or new.address.strip()):
        missing.append(("联系方式或地址", "a number to call or an address"))
    if missing:
        raise IncompleteOrder(
            missing_zh="、".join(zh for zh, _ in missing), missing_en=", ".join(en for _, en in missing)
        )


async def _centre(room: Room, actor: Actor, centre: OrgId | None) -> tuple[OrgId, str]:
    if centre is None or centre == actor.org_id:
        return actor.org_id, actor.org_path
    row = await room.store.org(centre)
    if row is None or row["kind"] != "centre" or not actor.sees(row["path"]):
        raise NotACentre
    return OrgId(row["id"]), row["path"]


def _fields(new: NewOrder, actor: Actor, owner: tuple[OrgId, str], vault: Vault) -> dict[str, Any]:
    fields: dict[str, Any] = {one.name: getattr(new, one.name) for one in fields_of(new) if one.name != "centre"}
    return fields | {
        "id": new_id(),
        "idempotency_key": fields.pop("key"),
        **{name: list(fields[name]) for name in ("caller_needs", "special_groups", "tags")},
        "upper_ref": new.upper_ref or None,
        "place": place_of(new.address),
        "caller_name": vault.seal(new.caller_name),
        "caller_number": vault.seal(new.caller_number),
        "caller_key": vault.key_text(new.caller_number),
        "created_by": actor.user_id,
        "owner_org_id": owner[0],
        "owner_org_path": owner[1],
        "centre_org_id": owner[0],
        "intake_org_path": actor.org_path,
        "barred_path": "",
    }


async def _kept_out(room: Room, actor: Actor, new: NewOrder, owner: tuple[OrgId, str]) -> dict[str, Any]:
    """Columns of a report about an org of the house. Raises NotAReport, NoSuchReportedOrg, NobodyAbove."""
    if new.reported_org_id is None:
        return {}
    if new.request_type != RequestType.REPORT:
        raise NotAReport
    barred = await barred_by(room.store, new.reported_org_id, actor, *owner)
    return columns(barred, new.reported_org_id, actor.org_path) | {"reported_body": new.reported_body or barred.name}


ROUND_ONE: Final = {"round_no": 1, "ruleset": None, "contacted_at": None, "difficult": False}
"""What the clocks ask of a row that is not written yet."""


def _same(row: asyncpg.Record, new: NewOrder) -> bool:
    return all(row[name] == getattr(new, name) for name in ("title", "content", "request_type", "call_id"))


async def create(room: Room, actor: Actor, new: NewOrder, move: Move = REGISTER) -> OrderId:
    """The new order's id, or the one made before with the same key by the same user, or by the channel with the same id
    of its own. Raises Invalid, Forbidden, CalendarMissing."""
    _check_complete(new)
    owner = await _centre(room, actor, new.centre)
    stage = decide(
        Standing(
            stage=Stage.NEW,
            created_by=UserId(actor.user_id),
            owner_org_id=owner[0],
            owner_org_path=owner[1],
            intake_org_path=actor.org_path,
        ),
        move,
        actor,
    )
    now = room.clock.now()
    fields = _fields(new, actor, owner, room.vault) | {"stage": stage, "created_at": now, "held_since": now}
    fields |= await _kept_out(room, actor, new, owner)
    holder = OrgId(fields["owner_org_id"])
    clocks = clocks_at(
        move.kind,
        now,
        ruleset=room.rules.current(room.ruleset, room.calendar.local_date(now)),
        facts=facts_of({**fields, **ROUND_ONE}),
        calendar=room.calendar,
        unit=holder,
        centre=holder,
    )
    row = await room.store.create(fields, f"{room.calendar.local_date(now):%Y%m%d}", move.kind, clocks)
    if row is None:
        return await _made_before(room, actor, new)
    order = OrderId(row["id"])
    room.bus.publish(OrderMoved(at=now, order=order, move=move.kind, stage=stage, owner=holder, centre=holder))
    dues = row["dues_started"] or ()
    for due in dues:
        room.bus.publish(ClockStarted(at=now, order=order, due_at=due))
    await room.notices.tell(order, dues)
    return order


async def _made_before(room: Room, actor: Actor, new: NewOrder) -> OrderId:
    """Raises KeyReused when what was made before is another demand."""
    before = await room.store.of_key(actor.user_id, str(new.key)) if new.key else None
    if before is None and new.external_id:
        before = await room.store.of_channel(new.channel, new.external_id)
    if before is None or not _same(before, new):
        raise KeyReused
    return OrderId(before["id"])
