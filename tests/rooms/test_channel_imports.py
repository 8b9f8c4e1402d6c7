"""Imports of tables: tried first, with progress and a report; repeated, nothing is lost or doubled."""

import asyncio
import io
from datetime import timedelta

import pytest
from openpyxl import Workbook

from callcenter.channels.importing import ImportView
from callcenter.channels.kinds import Channel
from callcenter.channels.refusals import NoContentColumn, NoSuchCentre, NoSuchImport
from callcenter.core.errors import Forbidden
from callcenter.people.actor import Actor
from callcenter.store.pool import Pool
from tests.rooms.channels_of_town import Intake, build_intake
from tests.simulators.eventually import comes_true

pytestmark = pytest.mark.rule("SG-27")

HEAD = ["工单编号", "标题", "问题", "诉求类型", "地址", "联系电话"]
GOOD = [[f"K{n}", "水压不足", f"{n}号楼六楼以上早晚无水", "投诉", "桐影路", f"138000{n:05}"] for n in range(120)]
BAD = [["K900", "水压不足", "", "投诉", "桐影路", ""], ["K901", "缺地址", "没有水", "吵闹", "", ""]]


@pytest.fixture
async def intake(pool: Pool) -> Intake:
    return await build_intake(pool)


def table(*rows: list[str]) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in (HEAD, *rows):
        book.active.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


async def imported(intake: Intake, actor: Actor, content: bytes, *, dry_run: bool = False) -> ImportView:
    imports = intake.channels.imports
    begun = await imports.begin(
        actor,
        "工单.xlsx",
        content,
        channel=Channel.UPPER_LEVEL,
        centre=None,
        mapping={"问题": "content"},
        dry_run=dry_run,
    )
    running = asyncio.create_task(imports.run())

    async def ended() -> bool:
        return (await imports.get(actor, begun.id)).state == "done"

    try:
        await comes_true(ended, timedelta(seconds=60))
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    return await imports.get(actor, begun.id)


def counts(view: ImportView) -> tuple[int, int, int, int, int, int]:
    return (view.rows, view.done, view.created, view.repeated, view.appended, view.refused)


async def test_a_day_of_a_busy_street_with_two_bad_rows(intake: Intake) -> None:
    """SG-27: more than a hundred orders a day at one station."""
    dispatcher = intake.town.people["dispatcher"]
    content = table(*GOOD[:60], *BAD, *GOOD[60:])
    tried = await imported(intake, dispatcher, content, dry_run=True)
    assert counts(tried) == (122, 122, 120, 0, 0, 2)
    assert await intake.town.pool.fetchval("select count(*) from work_order") == 0

    done = await imported(intake, dispatcher, content)
    assert counts(done) == (122, 122, 120, 0, 0, 2)
    report = await intake.channels.imports.faults(dispatcher, done.id, None, 1)
    more = await intake.channels.imports.faults(dispatcher, done.id, report.next, 5)
    found = [(fault.row, fault.column) for fault in (*report.items, *more.items)]
    assert found == [(62, "诉求内容"), (63, "诉求类型")]
    assert all(fault.cause_zh and fault.remedy_zh and fault.cause_en and fault.remedy_en for fault in more.items)

    again = await imported(intake, dispatcher, table(*GOOD, [*BAD[0][:2], "补上的内容", *BAD[0][3:]]))
    assert counts(again) == (121, 121, 1, 120, 0, 0)
    changed = await imported(intake, dispatcher, table([*GOOD[0][:2], "现在全楼无水", *GOOD[0][3:]]))
    assert counts(changed) == (1, 1, 0, 0, 1, 0)
    assert await intake.town.pool.fetchval("select count(*) from work_order") == 121
    row = await intake.of(Channel.UPPER_LEVEL, "K0")
    assert (intake.town.orgs["street"], "triage") == (row["owner_org_id"], row["stage"])


async def test_a_trial_sees_what_stands_twice_in_one_file(intake: Intake) -> None:
    dispatcher = intake.town.people["dispatcher"]
    nameless = ["", *GOOD[2][1:]]
    content = table(["汇总表"], GOOD[0], GOOD[0], [*GOOD[0][:2], "现在全楼无水", *GOOD[0][3:]], nameless, nameless)
    tried = await imported(intake, dispatcher, content, dry_run=True)
    done = await imported(intake, dispatcher, content)
    assert counts(tried) == counts(done) == (6, 6, 2, 2, 1, 1)


async def test_who_may_import_what_and_who_reads_the_report(intake: Intake) -> None:
    town, imports = intake.town, intake.channels.imports
    dispatcher, content = town.people["dispatcher"], "内容,地址\n停水,桐影路\n".encode()
    options = {"channel": Channel.MAILBOX, "mapping": {}, "dry_run": True}
    begun = await imports.begin(dispatcher, "a.csv", content, centre=None, **options)  # type: ignore[arg-type]
    assert (begun.columns, begun.state) == ({"content": "内容", "address": "地址"}, "running")
    assert [begun.id] == [one.id for one in (await imports.page(town.people["supervisor"], None, 5)).items]
    town.clock.forward(minutes=5)
    assert (await imports.get(dispatcher, begun.id)).state == "interrupted"
    with pytest.raises(NoSuchImport):
        await imports.get(town.people["far"], begun.id)
    with pytest.raises(NoSuchCentre):
        await imports.begin(dispatcher, "a.csv", content, centre=town.orgs["far"], **options)  # type: ignore[arg-type]
    with pytest.raises(NoContentColumn):
        await imports.begin(dispatcher, "a.csv", b"x,y\n1,2\n", centre=None, **options)  # type: ignore[arg-type]
    with pytest.raises(Forbidden):
        await imports.begin(town.people["agent"], "a.csv", content, centre=None, **options)  # type: ignore[arg-type]
