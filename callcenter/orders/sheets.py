"""工单 on paper (SG-27): what a station prints for its rounds. Nothing of the caller in it: paper lies about."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from callcenter.core.covering import without_numbers
from callcenter.core.ids import OrderId
from callcenter.documents.model import EMPTY, Document, Fields, Lines, Signature, Signatures, Words
from callcenter.orders.clock_names import clock_name
from callcenter.orders.privacy import guarded
from callcenter.orders.room import Room, visible_row
from callcenter.orders.row import Row
from callcenter.orders.terms import (
    KIND_NAMES,
    REQUEST_NAMES,
    STAGE_NAMES,
    URGENCY_NAMES,
    Kind,
    RequestType,
    Stage,
    Urgency,
)
from callcenter.people.actor import Actor

MOST: Final = 100
TITLE: Final = "工单"


async def sheets_of(room: Room, actor: Actor, orders: Sequence[UUID], issuer: str) -> list[Document]:
    """One for each order, in the order asked for; written into the trail. Raises NoSuchOrder for one that the reader
    may not see: then none is printed."""
    made = []
    for order in dict.fromkeys(map(OrderId, orders)):
        row = await visible_row(room, actor, order)
        unit = await room.store.org(row["owner_org_id"])
        clocks = [one for one in await room.store.timers(order) if one["stopped_at"] is None]
        made.append(sheet(room, row, unit["name"] if unit else EMPTY, clocks, issuer=issuer, by=actor.name))
    detail = {"orders": len(made)}
    await room.audit.record(room.store.pool, actor.user_id, "orders_printed", "org", str(actor.org_id), detail)
    return made


def sheet(room: Room, row: Row, unit: str, clocks: Sequence[Row], *, issuer: str, by: str) -> Document:
    """`row` is one of work_order, `clocks` its running ones."""
    zone = room.calendar.zone

    def local(at: datetime | None) -> str:
        return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else EMPTY

    marked = "（保密件）" if guarded(row) else ""
    dues = tuple((clock_name(one["name"])[0], local(one["due_at"])) for one in clocks)
    return Document(
        title=TITLE,
        number=row["number"],
        issuer=issuer,
        blocks=(
            Fields(
                rows=(
                    (("工单编号", f"{row['number']}{marked}"), ("当前环节", STAGE_NAMES[Stage(row["stage"])][0])),
                    (
                        ("诉求类型", REQUEST_NAMES[RequestType(row["request_type"])][0]),
                        ("分类", row["category"] or EMPTY),
                    ),
                    (
                        ("工单种类", KIND_NAMES[Kind(row["kind"])][0]),
                        ("紧急程度", URGENCY_NAMES[Urgency(row["urgency"])][0]),
                    ),
                    (("登记时间", local(row["created_at"])), ("派单时间", local(row["dispatched_at"]))),
                    (("承办单位", unit), ("事发时间", local(row["happened_at"]))),
                    (("地址", row["address"] or EMPTY),),
                    (("标题", without_numbers(row["title"])),),
                )
            ),
            Words(heading="诉求内容", text=without_numbers(row["content"]) or EMPTY),
            Lines(heading="办理时限", columns=("时限", "截止时间"), rows=dues or ((EMPTY, EMPTY),), widths=(1, 2)),
            Words(heading="答复", text=without_numbers(row["reply"] or "") or EMPTY),
            Words(heading="现场办理记录", text="\n" * 5),
            Signatures(slots=(Signature(label="经办人"), Signature(label="负责人"))),
        ),
        printed_at=room.clock.now().astimezone(zone),
        printed_by=by,
    )
