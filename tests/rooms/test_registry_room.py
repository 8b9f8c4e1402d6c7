"""The registry's history, merged numbers on their way to be closed, and calls by number and city day."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from callcenter.core.errors import Forbidden, Misconfigured
from callcenter.core.ids import new_id
from callcenter.people.actor import Role
from callcenter.store.pool import Pool
from callcenter.transfers.hotline import Status
from callcenter.transfers.hotline_merge import ITEMS
from callcenter.transfers.registry_book import RegistryBook
from callcenter.transfers.registry_errors import (
    AlreadyClosed,
    ChecklistUnfinished,
    ClosingThere,
    ClosingTooEarly,
    NoClosing,
    NoGoodTestCall,
    NoSuchHotline,
    NoSuchLink,
    NotMerged,
)
from tests.rooms.registry_house import LINES, RegistryHouse
from tests.rooms.town_of_orders import add_people


@pytest.fixture
def house(pool: Pool, tmp_path: Path) -> RegistryHouse:
    return RegistryHouse(pool, tmp_path / "hotlines.yaml")


async def changes_of(house: RegistryHouse, number: str | None = None) -> list[tuple[str, str, tuple[str, ...]]]:
    page = await house.book.changes(number, limit=50, cursor=None)
    return [(change.number, change.kind, change.fields) for change in page.items]


@pytest.mark.rule("JC-07", "A-15")
async def test_the_first_start_adds_every_number_once(house: RegistryHouse) -> None:
    taken = await house.book.take_up(None)
    assert len(taken.numbers) == len(LINES)
    assert taken.needs_switch
    again = RegistryBook(house.pool, house.clock, house.audit, house.read, house.read())
    assert (await again.take_up(None)).numbers == ()
    assert len(await changes_of(house)) == len(LINES)
    page = await house.book.changes("12369", limit=50, cursor=None)
    assert [(change.kind, change.by, change.before) for change in page.items] == [("added", None, None)]
    assert page.items[0].after is not None
    assert page.items[0].after["until"] == "2026-04-30"


async def test_a_reload_tells_who_changed_what(house: RegistryHouse) -> None:
    _, people = await add_people(house.pool)
    await house.book.take_up(None)
    before = house.book.sha256
    changed = [line | {"seats": 7} if line["number"] == "12329" else line for line in LINES[:-1]]
    house.write(changed, version=2)
    house.clock.forward(minutes=1)
    taken = await house.book.reload(people["supervisor"])
    assert taken.numbers == ("119", "12329")
    assert taken.needs_switch
    assert house.book.current.find("119") is None
    assert "119" not in house.book.names
    page = await house.book.changes(None, limit=2, cursor=None)
    assert [(one.number, one.kind, one.by, one.version) for one in page.items] == [
        ("12329", "changed", "supervisor", 2),
        ("119", "removed", "supervisor", 2),
    ]
    assert page.items[0].fields == ("seats",)
    assert page.items[0].sha256 == house.book.sha256 != before
    assert page.next is not None
    rest = await house.book.changes(None, limit=50, cursor=page.next)
    assert len(rest.items) == len(LINES)
    audited = await house.pool.fetchrow("select detail from audit_log where action = 'registry_reloaded'")
    assert audited is not None
    assert audited["detail"]["numbers"] == ["119", "12329"]


async def test_a_change_of_seats_alone_needs_no_new_dialplan(house: RegistryHouse) -> None:
    _, people = await add_people(house.pool)
    await house.book.take_up(None)
    house.write([line | {"seats": 7} if line["number"] == "12329" else line for line in LINES])
    assert not (await house.book.reload(people["supervisor"])).needs_switch


async def test_a_broken_file_leaves_in_force_what_was(house: RegistryHouse) -> None:
    _, people = await add_people(house.pool)
    await house.book.take_up(None)
    house.file.write_text("version: 1\nhotlines: []\n")
    with pytest.raises(Misconfigured):
        await house.book.reload(people["supervisor"])
    assert house.book.find("12369").until == date(2026, 4, 30)
    assert len(await changes_of(house)) == len(LINES)


def test_numbers_and_links_that_are_not_there(house: RegistryHouse) -> None:
    with pytest.raises(NoSuchHotline):
        house.book.find("99999")
    with pytest.raises(NoSuchLink):
        house.book.link("12345")
    assert house.book.link("110").group == "emergency"


async def good_test_call(house: RegistryHouse, number: str) -> None:
    await house.pool.execute(
        "insert into hotline_probe (id, number, kind, day, status, asked_at, ended_at)"
        " values ($1, $2, 'daily', $3, 'ok', $4, $4)",
        new_id(), number, house.clock.now().date(), house.clock.now(),
    )  # fmt: skip


@pytest.mark.rule("JC-09", "JC-10")
async def test_a_merged_number_comes_to_its_end_step_by_step(house: RegistryHouse) -> None:
    _, people = await add_people(house.pool)
    supervisor, merges = people["supervisor"], house.merges
    with pytest.raises(ClosingTooEarly) as early:
        await merges.open_closing(supervisor, "12369", "")
    assert "2026-04-30" in early.value.text("zh")
    with pytest.raises(NoGoodTestCall):
        await merges.check(supervisor, "12369", "test_call_ok", done=True, note="")
    await good_test_call(house, "12369")
    for item in ITEMS:
        await merges.check(supervisor, "12369", item, done=True, note="已核对")
    await merges.check(supervisor, "12369", "knowledge_loaded", done=False, note="")
    with pytest.raises(ClosingTooEarly):
        await merges.open_closing(supervisor, "12369", "")
    house.clock.at = datetime.fromisoformat("2026-04-29T23:59:59+08:00")
    with pytest.raises(ClosingTooEarly):
        await merges.open_closing(supervisor, "12369", "")
    house.clock.at = datetime.fromisoformat("2026-04-30T00:00:00+08:00")
    with pytest.raises(ChecklistUnfinished) as unfinished:
        await merges.open_closing(supervisor, "12369", "")
    assert "专业知识库已导入" in unfinished.value.text("zh")
    await merges.check(supervisor, "12369", "knowledge_loaded", done=True, note="")
    with pytest.raises(NoClosing):
        await merges.complete_closing(supervisor, "12369")
    await merges.open_closing(supervisor, "12369", "向运营商申请销号")
    with pytest.raises(ClosingThere):
        await merges.open_closing(supervisor, "12369", "")
    await merges.check(supervisor, "12369", "orders_migrated", done=False, note="")
    with pytest.raises(ChecklistUnfinished):
        await merges.complete_closing(supervisor, "12369")
    await merges.check(supervisor, "12369", "orders_migrated", done=True, note="")
    await merges.complete_closing(supervisor, "12369")
    with pytest.raises(AlreadyClosed):
        await merges.check(supervisor, "12369", "orders_migrated", done=False, note="")
    with pytest.raises(NoClosing):
        await merges.complete_closing(supervisor, "12369")
    board = await house.reading.board()
    view = next(item for item in board.items if item.line.number == "12369")
    assert view.status is Status.CLOSED
    assert view.closing is not None
    assert (view.closing.opened_by, view.closing.closed_by, view.closing.note) == (
        "supervisor", "supervisor", "向运营商申请销号",
    )  # fmt: skip
    assert all(check.done and check.by == "supervisor" for check in view.checklist)
    actions = await house.pool.fetch("select action from audit_log where subject_type = 'hotline' order by at, id")
    assert [row["action"] for row in actions if row["action"] != "merge_item_checked"] == [
        "closing_opened", "closing_completed",
    ]  # fmt: skip


@pytest.mark.parametrize("who", ["agent", "dispatcher", "leader"])
async def test_only_supervisors_close_a_number(house: RegistryHouse, who: str) -> None:
    _, people = await add_people(house.pool)
    with pytest.raises(Forbidden):
        await house.merges.open_closing(people[who], "12369", "")


async def test_other_modes_have_no_checklist(house: RegistryHouse) -> None:
    _, people = await add_people(house.pool)
    with pytest.raises(NotMerged):
        await house.merges.check(people["supervisor"], "12329", "orders_migrated", done=True, note="")
    assert Role.SUPERVISOR in people["supervisor"].roles


@pytest.mark.rule("JC-11")
async def test_calls_are_counted_by_number_and_city_day(house: RegistryHouse) -> None:
    """The clock stands at 2026-03-04 in the city; a day begins at 16:00 UTC."""
    answered = datetime.fromisoformat("2026-03-04T00:01+08:00")
    await house.call_came("12369", "2026-03-03T23:59:59", outcome="abandoned")
    await house.call_came("12369", "2026-03-04T00:00:00", queued_at=answered, answered_at=answered, outcome="answered")
    await house.call_came("12369", "2026-03-04T09:00:00", outcome="self_service")
    await house.call_came("12369", "2026-03-04T09:00:00", purpose="test", outcome="answered")
    await house.call_came("12369", "2026-03-04T09:00:00", direction="outbound")
    await house.call_came("12329", "2026-03-04T09:00:00", queued_at=answered, outcome="abandoned")
    board = await house.reading.board()
    assert board.day == date(2026, 3, 4)
    counted = {item.line.number: (item.today, item.yesterday) for item in board.items}
    today, yesterday = counted["12369"]
    assert (today.calls, today.asked_person, today.answered, today.abandoned) == (2, 1, 1, 0)
    assert (yesterday.calls, yesterday.abandoned) == (1, 1)
    assert (counted["12329"][0].calls, counted["12329"][0].abandoned) == (1, 1)
    assert counted["12345"][0].calls == 0
    days = (await house.reading.days("12369", 3)).items
    assert [(day.day.day, day.calls) for day in days] == [(2, 0), (3, 1), (4, 2)]
    with pytest.raises(NoSuchHotline):
        await house.reading.days("99999", 3)


@pytest.mark.rule("JC-08")
async def test_citizens_learn_which_number_to_dial(house: RegistryHouse) -> None:
    listed = {line.number: line for line in (await house.reading.public()).items}
    assert {number: line.dial_now for number, line in listed.items()} == {
        "12345": "12345", "12369": "12345", "12329": "12329", "12325": "12345",
        "12366": "12366", "110": "110", "119": "119",
    }  # fmt: skip
    assert listed["12369"].status is Status.NOTICE
    assert listed["12325"].status is Status.CANCELLED
    house.clock.forward(days=-60)
    earlier = {line.number: line for line in (await house.reading.public()).items}
    assert (earlier["12369"].status, earlier["12369"].dial_now) == (Status.PLANNED, "12369")


async def test_the_board_tells_who_answers_now_and_how_long_the_notice_lasts(house: RegistryHouse) -> None:
    board = {item.line.number: item for item in (await house.reading.board()).items}
    assert board["12366"].answers_now is True
    assert board["110"].answers_now is True
    assert board["12345"].answers_now is None
    assert board["12369"].days_left == 57
    house.clock.forward(hours=10)
    board = {item.line.number: item for item in (await house.reading.board()).items}
    assert board["12366"].answers_now is False
    house.clock.at += timedelta(days=365)
    board = {item.line.number: item for item in (await house.reading.board()).items}
    assert (board["12369"].days_left, board["12369"].status) == (0, Status.CLOSABLE)
