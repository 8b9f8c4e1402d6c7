"""Whom a 举报 is about (SG-22): an org of the house and all below it neither see nor hold the order."""

from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from callcenter.core import errors
from callcenter.core.ids import OrderId, OrgId
from callcenter.orders.moves import record
from callcenter.orders.room import Room, visible_row
from callcenter.orders.standing import at_centre, is_under, standing_of
from callcenter.orders.store import OrderStore
from callcenter.orders.terms import RequestType
from callcenter.people.actor import Actor

NAMED: Final = "reported_named"


class NoSuchReportedOrg(errors.Invalid):
    code = "no-such-reported-org"
    zh = "所选被举报单位不存在，或不属于本市机构；系统外单位请直接填写名称"
    en = "the chosen org does not exist or is not of this city: type the name of a body that is not in the system"


class NobodyAbove(errors.Invalid):
    code = "nobody-above-reported"
    zh = "被举报单位之上没有可受理的中心，不能设为回避单位；请只填写名称，并转纪检监察渠道"
    en = "no centre stands above the reported org: write its name only, and use the discipline channel"


class HeldByReported(errors.Refused):
    code = "held-by-reported"
    zh = "工单正由被举报单位或其下属承办；请先退单或提请签派收回，再指明被举报单位"
    en = "the reported org, or one below it, handles the order: take it back by a return or a signed dispatch first"


class NobodyNamed(errors.Invalid):
    code = "nobody-named"
    zh = "请选择被举报单位，或填写其名称"
    en = "choose the reported org, or write the name of the body"


class NotAReport(errors.Refused):
    code = "not-a-report"
    zh = "只有举报件可以指明被举报单位"
    en = "only a report names whom it is about"


@dataclass(frozen=True, slots=True, kw_only=True)
class Barred:
    """`holder` and `holder_path`: the centre that takes the order where the usual one is kept out."""

    name: str
    path: str
    holder: OrgId
    holder_path: str


async def barred_by(store: OrderStore, org: OrgId, actor: Actor, owner: OrgId, owner_path: str) -> Barred:
    """`owner` is the centre that would hold the order. Raises NoSuchReportedOrg, NobodyAbove."""
    found = await store.org(org)
    if found is None or found["path"].split("/")[1] != actor.org_path.split("/")[1]:
        raise NoSuchReportedOrg
    path = found["path"]
    if not is_under(owner_path, path):
        return Barred(name=found["name"], path=path, holder=owner, holder_path=owner_path)
    above = await store.centre_above(path)
    if above is None:
        raise NobodyAbove
    return Barred(name=found["name"], path=path, holder=OrgId(above["id"]), holder_path=above["path"])


def columns(barred: Barred, reported: OrgId, intake_path: str) -> dict[str, Any]:
    """Of an order that a centre holds. Who took it in is kept out, too, when it is of the reported org."""
    return {
        "reported_org_id": reported,
        "barred_path": barred.path,
        "owner_org_id": barred.holder,
        "owner_org_path": barred.holder_path,
        "centre_org_id": barred.holder,
        "intake_org_path": barred.holder_path if is_under(intake_path, barred.path) else intake_path,
    }


async def name_reported(room: Room, actor: Actor, order: OrderId, org: OrgId | None, name: str) -> asyncpg.Record:
    """By the centre, while the order is open; with a name alone nobody is kept out any more. Gives the row even to who
    is kept out by it. Raises NoSuchOrder, NotAReport, NobodyNamed, NoSuchReportedOrg, NobodyAbove, HeldByReported, and
    what records raise."""
    row = await visible_row(room, actor, order)
    if row["request_type"] != RequestType.REPORT:
        raise NotAReport
    if org is None and not name.strip():
        raise NobodyNamed
    if org is None:
        nobody = {"reported_body": name, "reported_org_id": None, "barred_path": ""}
        return await record(room, actor, order, NAMED, {"reported": name}, changes=nobody)
    centre = await room.store.org(row["centre_org_id"])
    if centre is None:
        raise NoSuchReportedOrg
    barred = await barred_by(room.store, org, actor, OrgId(centre["id"]), centre["path"])

    def changes(now: asyncpg.Record) -> dict[str, Any]:
        held = {**columns(barred, org, now["intake_org_path"]), "reported_body": name or barred.name}
        if at_centre(standing_of(now)):
            return held
        if is_under(now["owner_org_path"], barred.path):
            raise HeldByReported
        return {key: value for key, value in held.items() if key not in {"owner_org_id", "owner_org_path"}}

    return await record(room, actor, order, NAMED, {"reported": name or barred.name}, changes=changes)
