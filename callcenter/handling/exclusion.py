"""不纳入测评 (XY-27, A-09): the unit proposes, the centre confirms, the superior's result is recorded, a leader signs.

Only the citizens' evaluation leaves the order out; volume and timeliness go on counting it, and nothing is deleted.
"""

import hashlib
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson

from callcenter.core.errors import Forbidden, Refused
from callcenter.core.ids import OrderId, new_id
from callcenter.handling.model import ExclusionStep, NewExclusion
from callcenter.handling.room import SQL, AlreadyDecided, NoSuchEntry, Room, SamePerson, require_files
from callcenter.handling.writing import once
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Connection

WAY: Final = {"proposed": "confirmed", "confirmed": "granted", "granted": "signed"}
"""State of a request → the state after a yes; after a no it is `rejected`."""
_CENTRE: Final = frozenset({Role.REVIEWER, Role.SUPERVISOR, Role.DISPATCHER})
_COLUMN: Final = {"signed": "approved", "rejected": "rejected"}


class ExclusionOpen(Refused):
    code = "exclusion-open"
    zh = "该工单已有不纳入测评的申请"
    en = "there is an application to leave this order out already"


class NotYourStep(Forbidden):
    code = "exclusion-not-your-step"
    zh = "该申请目前不由您办理，需要角色：{roles}"
    en = "this step of the application is not yours; it needs one of: {roles}"


class StepUnfounded(Refused):
    code = "exclusion-step-unfounded"
    zh = "登记上级审核结果须填写其文号；不同意须说明原因"
    en = "the superior's result needs its reference number, and a no needs its reason"


async def propose(room: Room, actor: Actor, order: OrderId, new: NewExclusion) -> UUID:
    """By the unit that holds the order. Raises NoSuchFile, ExclusionOpen."""
    row = await room.orders.row(actor, order)
    await require_files(room, order, new.files)
    one = new_id()

    async def also(connection: Connection, _: object) -> None:
        await SQL.insert_exclusion(
            connection,
            id=one,
            order_id=order,
            org_id=row["owner_org_id"],
            reason_code=new.reason_code,
            reason=new.reason,
            files=list(new.files),
            proposed_by=actor.user_id,
            proposed_at=room.clock.now(),
        )

    body = {"reason_code": new.reason_code, "id": str(one)}
    try:
        await room.orders.record(actor, order, "exclusion_proposed", body, changes={"exclusion": "pending"}, also=also)
    except asyncpg.UniqueViolationError:
        raise ExclusionOpen from None
    return one


async def step(room: Room, actor: Actor, order: OrderId, taken: ExclusionStep) -> str:
    """The next step; gives the state after it. Raises NoSuchEntry, NotYourStep, SamePerson, StepUnfounded,
    AlreadyDecided."""
    row = await room.orders.row(actor, order)
    asked = await SQL.exclusion_of(room.pool, order_id=order)
    if asked is None:
        raise NoSuchEntry
    if asked["state"] not in WAY:
        raise AlreadyDecided
    _check(room, actor, row, asked, taken)
    after = WAY[asked["state"]] if taken.approved else "rejected"

    async def work(connection: Connection) -> Any:
        return await SQL.step_exclusion(
            connection,
            id=asked["id"],
            from_state=asked["state"],
            to_state=after,
            actor_id=actor.user_id,
            at=room.clock.now(),
            ref=taken.ref.strip(),
            digest=digest_of(asked, actor) if after == "signed" else None,
            why=taken.reason.strip(),
        )

    changes = {"exclusion": _COLUMN[after]} if after in _COLUMN else None
    await once(room, actor, order, f"exclusion_{after}", {"id": str(asked["id"])}, work, changes)
    return after


def _check(room: Room, actor: Actor, row: Any, asked: Any, taken: ExclusionStep) -> None:
    signer = room.orders.policy_of(row).exclusion.signer
    roles = frozenset({signer}) if asked["state"] == "granted" else _CENTRE
    if not actor.may(*roles):
        raise NotYourStep(roles=", ".join(sorted(roles)))
    if actor.user_id == asked["proposed_by"] or (
        asked["state"] == "granted" and actor.user_id == asked["confirmed_by"]
    ):
        raise SamePerson
    unnumbered = asked["state"] == "confirmed" and taken.approved and not taken.ref.strip()
    if unnumbered or (not taken.approved and not taken.reason.strip()):
        raise StepUnfounded


def digest_of(asked: Any, actor: Actor) -> str:
    """SHA-256 over what the leader signs: the application as it stands, and who signs it."""
    names = ("id", "order_id", "org_id", "reason_code", "reason", "proposed_by", "confirmed_by", "superior_ref")
    signed = {name: str(asked[name]) for name in names} | {
        "files": [str(file) for file in asked["files"]],
        "signer": str(actor.user_id),
    }
    return hashlib.sha256(orjson.dumps(signed, option=orjson.OPT_SORT_KEYS)).hexdigest()
