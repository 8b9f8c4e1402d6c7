"""Lists and search over a real database: what each reader finds is what each reader may see, whatever the index."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from callcenter.core.pages import BadCursor
from callcenter.orders import exporting, lists, search
from callcenter.orders.filters import Colour, OrderFilter, Sort, View
from callcenter.orders.lists import ListLine
from callcenter.orders.search import NumberInWords, WordsTooShort
from callcenter.orders.standing import standing_of, visible
from callcenter.people.actor import Actor
from callcenter.store.pool import Connection, Pool
from tests.rooms.town_of_orders import ORGS, Town, build_town

STAGES = ("pending_dispatch", "dispatched", "handling", "submitted", "callback", "warned", "ledger", "closed", "closed")
KINDS = ("ordinary", "urgent", "snapshot")
WORDS = ("噪音扰民", "路面破损", "加压泵损坏", "停电半日", "夜间施工 B12 楼")

INSERT = """
insert into work_order (id, number, stage, kind, request_type, title, content, address, reply, created_by, owner_org_id,
    owner_org_path, intake_org_path, centre_org_id, flagged, supervisions, key_listed, created_at, closed_at, tags,
    category_code, confidential, resolved, satisfied)
values (uuidv7(), $1, $2, $3, 'complaint', $4, $5, $6, $7, $8, $9, $10, $11, $9, $12, $13, $14, $15, $16, $17, $18, $19,
    $20, $21)
returning id
"""


async def fill(town: Town, connection: Connection, count: int = 150) -> None:
    dice = random.Random(4)
    codes, users = list(ORGS), list(town.people.values())
    for n in range(count):
        owner, taken = dice.choice(codes), dice.choice(codes[:3])
        stage, at = dice.choice(STAGES), town.clock.now() - timedelta(days=dice.choice((0, 1, 9, 400)), hours=n % 7)
        closed = stage == "closed"
        order = await connection.fetchval(
            INSERT,
            f"{at:%Y%m%d}-{n:06}",
            stage,
            dice.choice(KINDS),
            dice.choice(WORDS),
            f"反映{dice.choice(WORDS)}，已持续数日",
            f"桐影路{n % 9}号",
            "已安排检修" if closed else None,
            dice.choice(users).user_id,
            town.orgs[owner],
            ORGS[owner][3],
            ORGS[taken][3],
            n % 5 == 0,
            n % 11 == 0,
            n % 13 == 0,
            at,
            at + timedelta(days=3) if closed else None,
            ["回头看"] if n % 6 == 0 else [],
            f"0{n % 3}01",
            n % 10 == 0,
            dice.choice((True, False)) if closed else None,
            dice.choice((True, False)) if closed else None,
        )
        for name in ("contact", "handle")[: 0 if closed else n % 3]:
            await connection.execute(
                "insert into order_timer (order_id, name, owner_org_id, ruleset, ruleset_version, calendar,"
                " start_event, started_at, due_at) values ($1, $2, $3, 'r', 1, 'c', 'dispatched', $4, $5)",
                order,
                name,
                town.orgs[owner],
                at,
                town.clock.now() + timedelta(hours=dice.randrange(-90, 90)),
            )


@pytest.fixture
async def town(pool: Pool) -> Town:
    return await build_town(pool)


@pytest.fixture
async def full(town: Town) -> Town:
    async with town.pool.acquire() as connection, connection.transaction():
        await fill(town, connection)
    return town


async def all_of(town: Town, who: Actor, asked: OrderFilter, limit: int = 7) -> list[ListLine]:
    found: list[ListLine] = []
    cursor: str | None = None
    while True:
        page = await lists.page(town.orders.room, who, asked, cursor=cursor, limit=limit)
        assert len(page.items) <= limit
        found += page.items
        if page.next is None:
            return found
        cursor = page.next


FILTERS: dict[str, tuple[dict[str, Any], Any]] = {
    "visible": ({}, lambda r, a: True),
    "mine": ({"view": "mine"}, lambda r, a: r["created_by"] == a.user_id),
    "unit": ({"view": "unit"}, lambda r, a: r["owner_org_id"] == a.org_id),
    "open": ({"open": True}, lambda r, a: r["closed_at"] is None),
    "one stage": ({"stages": ["handling"]}, lambda r, a: r["stage"] == "handling"),
    "some": (
        {"stages": ["handling", "closed"], "kinds": ["urgent"], "flags": ["flagged"]},
        lambda r, a: r["stage"] in {"handling", "closed"} and r["kind"] == "urgent" and r["flagged"],
    ),
    "tag and category": (
        {"tags": ["回头看"], "category": "01"},
        lambda r, a: "回头看" in r["tags"] and r["category_code"].startswith("01"),
    ),
    "supervised": ({"view": "supervised"}, lambda r, a: r["supervisions"] > 0),
    "key": ({"view": "key"}, lambda r, a: r["key_listed"]),
    "nothing": ({"tags": ["没有"]}, lambda r, a: False),
    "words": ({"text": "噪音 扰民"}, lambda r, a: "噪音扰民" in r["title"] + r["content"]),
    "word of letters": ({"text": "b12"}, lambda r, a: "B12" in r["title"] + r["content"]),
    "full-width letters": ({"text": "Ｂ１２"}, lambda r, a: "B12" in r["title"] + r["content"]),
    "one character": ({"text": "噪"}, lambda r, a: "噪" in r["title"] + r["content"]),
    "characters apart": ({"text": "电 日"}, lambda r, a: "停电半日" in r["title"] + r["content"]),
    "words and filter": (
        {"text": "已持续数日", "flags": ["flagged"]},
        lambda r, a: r["flagged"],
    ),
    "no word": ({"text": "并无此事"}, lambda r, a: False),
}


@pytest.mark.rule("JC-32", "SJ-07")
async def test_every_list_is_what_the_reader_may_see_and_the_filter_wants(
    full: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same with walks so short that most pages end before they are full."""
    rows = await full.pool.fetch("select * from work_order order by created_at desc, id desc")
    for most in (3000, 9):
        monkeypatch.setattr(lists, "MOST_SEEN", most)
        monkeypatch.setattr(search, "MOST_FOUND", most)
        for who in full.people.values():
            seen = [row for row in rows if visible(standing_of(row), who)]
            for name, (parts, wants) in FILTERS.items():
                expected = [row["id"] for row in seen if wants(row, who)]
                found = await all_of(full, who, OrderFilter(**parts))
                assert expected == [line.id for line in found], (name, who.username, most)


@pytest.mark.rule("JC-32")
@pytest.mark.parametrize("most", [3000, 9])
async def test_the_follow_up_ledger_is_coloured_by_the_remaining_time(
    full: Town, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(lists, "MOST_DUES", most)
    rows = await full.pool.fetch(
        "select w.*, (select min(due_at) from order_timer t where t.order_id = w.id and t.stopped_at is null) as due"
        " from work_order w where closed_at is null"
    )
    now = full.clock.now()
    tomorrow = datetime(2026, 3, 5, 16, tzinfo=UTC)  # the end of the next working day in the city
    for who in full.people.values():
        seen = [row for row in rows if visible(standing_of(row), who) and row["due"]]
        seen.sort(key=lambda row: (row["due"], row["id"]))
        found = await all_of(full, who, OrderFilter(view=View.FOLLOWUP, sort=Sort.DUE))
        assert [row["id"] for row in seen] == [line.id for line in found], who.username
        for line in found:
            assert line.due_at is not None
            late, soon = line.due_at <= now, line.due_at <= tomorrow
            assert line.colour is (Colour.RED if late else Colour.YELLOW if soon else Colour.GREEN)
        for colour in Colour:
            cut = await all_of(full, who, OrderFilter(colour=colour))
            assert [line.id for line in found if line.colour is colour] == [line.id for line in cut]
        before = await all_of(full, who, OrderFilter(due_before=now + timedelta(hours=5)))
        assert [line.id for line in found if line.due_at and line.due_at < now + timedelta(hours=5)] == [
            line.id for line in before
        ]


async def test_dates_counts_and_cursors(full: Town) -> None:
    room, who = full.orders.room, full.people["supervisor"]
    since, until = full.clock.now() - timedelta(days=10), full.clock.now() - timedelta(hours=3)
    rows = await full.pool.fetch(
        "select id from work_order where created_at >= $1 and created_at < $2 order by created_at desc, id desc",
        since,
        until,
    )
    cut = OrderFilter(created_from=since, created_to=until)
    assert [row["id"] for row in rows] == [line.id for line in await all_of(full, who, cut)]
    words = OrderFilter(created_from=since, created_to=until, text="持续")
    assert [row["id"] for row in rows] == [line.id for line in await all_of(full, who, words)]
    assert (len(rows), False) == ((counted := await lists.count(room, who, cut)).count, counted.more)
    for wrong in (
        "zzz",
        "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzIzOjU5IiwiMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwIl0=",
    ):
        with pytest.raises(BadCursor):
            await lists.page(room, who, OrderFilter(), cursor=wrong, limit=5)


async def test_a_count_that_is_not_whole_says_so(full: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST_SEEN", 20)
    counted = await lists.count(full.orders.room, full.people["leader"], OrderFilter())
    assert (counted.count, counted.more) == (20, True)


async def test_search_finds_a_reply_and_forgets_it_with_the_right_to_see(town: Town) -> None:
    """The index follows the order: its words, and who may see it."""
    order = await town.created(title="电梯故障", content="三号梯困人，李先生已联系物业")
    room, water = town.orders.room, town.people["water"]

    async def found(who: str, text: str) -> int:
        return len((await lists.page(room, town.people[who], OrderFilter(text=text), cursor=None, limit=5)).items)

    assert await found("dispatcher", "困人") == 1
    assert await found("water", "困人") == 0
    await town.pool.execute(
        "update work_order set owner_org_id = $2, owner_org_path = $3, reply = '已更换曳引机' where id = $1",
        order.id,
        town.orgs["water"],
        ORGS["water"][3],
    )
    assert await found("water", "曳引机") == 1
    assert await found("far", "曳引机") == 0
    assert await found("water", order.number) == 1
    assert await found("far", order.number) == 0
    (line,) = (await lists.page(room, water, OrderFilter(text="曳引"), cursor=None, limit=5)).items
    assert [[piece.text for piece in pieces if piece.hit] for pieces in line.found] == [["曳引"]]


async def test_what_search_refuses(town: Town) -> None:
    """A caller's name or number is in no token; digits that may be a number are refused."""
    await town.created(caller_name="欧阳某某")
    room, agent = town.orders.room, town.people["agent"]
    assert not (await lists.page(room, agent, OrderFilter(text="欧阳"), cursor=None, limit=5)).items
    assert not await town.pool.fetchval("select tokens @> order_tokens('欧阳') from order_text")
    with pytest.raises(NumberInWords):
        await lists.page(room, agent, OrderFilter(text="13800000001"), cursor=None, limit=5)
    with pytest.raises(WordsTooShort):
        await lists.page(room, agent, OrderFilter(text="，。"), cursor=None, limit=5)
    blank = await lists.page(room, agent, OrderFilter(text="　"), cursor=None, limit=5)
    assert len(blank.items) == 1


async def test_numbers_of_orders_are_found_as_people_type_them(town: Town) -> None:
    order = await town.created(content="编号20260101-000009的后续，井盖号000777")
    other = await town.created()
    room, agent = town.orders.room, town.people["agent"]

    async def found(text: str) -> list[str]:
        page = await lists.page(room, agent, OrderFilter(text=text), cursor=None, limit=5)
        return [line.number for line in page.items]

    day, tail = order.number.split("-")
    wide = order.number.translate({ord("0") + n: ord("０") + n for n in range(10)} | {ord("-"): ord("－")})
    for typed in (order.number, f" {day}{tail} ", wide):
        assert await found(typed) == [order.number]
    assert await found(tail) == [order.number]
    assert await found("000777") == [order.number]
    assert await found("00077") == []
    assert await found(f"{day}-999999") == []
    assert other.number not in await found(tail)


@pytest.mark.rule("JC-32")
@pytest.mark.parametrize("text", ["扰民", "噪"])
async def test_words_and_a_colour_hold_together(full: Town, text: str) -> None:
    who = full.people["leader"]
    lines = await all_of(full, who, OrderFilter(text=text))
    for colour in Colour:
        cut = await all_of(full, who, OrderFilter(text=text, colour=colour))
        assert [line.id for line in cut] == [line.id for line in lines if line.colour is colour]
        assert cut


async def ask_for_help(town: Town, org: str, orders: list[Any], due: datetime, **fields: Any) -> None:
    given = {"done_at": None, "cancelled_at": None} | fields
    for order in orders:
        await town.pool.execute(
            "insert into co_task (id, order_id, kind, org_id, task, asked_by, asked_org_id, asked_at, due_at, done_at,"
            " cancelled_at) values (uuidv7(), $1, 'co', $2, '查明', $3, $4, $5, $6, $7, $8)",
            order,
            town.orgs[org],
            town.people["agent"].user_id,
            town.orgs["street"],
            town.clock.now(),
            due,
            given["done_at"],
            given["cancelled_at"],
        )


@pytest.mark.rule("SG-25", "XY-34", "XY-35")
@pytest.mark.parametrize("most", [3000, 9])
async def test_whoever_helps_finds_these_orders_in_lists_and_search(
    full: Town, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Other orgs' orders, of which the reader sees nothing else; guarded ones only as tasks."""
    monkeypatch.setattr(lists, "MOST_SEEN", most)
    roads = full.people["roads"]
    rows = await full.pool.fetch(
        "select * from work_order where owner_org_id <> $1 order by created_at desc, id desc", full.orgs["roads"]
    )
    asked, cancelled = [row["id"] for row in rows[:60]], [row["id"] for row in rows[60:70]]
    due = full.clock.now() + timedelta(hours=2)
    await ask_for_help(full, "roads", asked[:30], due)
    await ask_for_help(full, "roads", asked[20:60], due + timedelta(days=20), done_at=full.clock.now())
    await ask_for_help(full, "roads", cancelled, due, cancelled_at=full.clock.now())
    open_to = [row for row in rows[:60] if not row["confidential"]]
    view = OrderFilter(view=View.HELPING)
    found = await all_of(full, roads, view)
    assert [line.id for line in found] == [row["id"] for row in open_to]
    assert all(line.task_id is not None for line in found)
    dues = {line.id: line.due_at for line in found}
    assert {dues[one] for one in asked[:30] if one in dues} == {due}
    assert {dues[one] for one in asked[30:] if one in dues} == {None}
    for text, wants in (("噪音", "噪音"), ("噪", "噪"), ("b12", "B12")):
        cut = await all_of(full, roads, OrderFilter(view=View.HELPING, text=text))
        assert [line.id for line in cut] == [row["id"] for row in open_to if wants in row["title"] + row["content"]]
    soon = await all_of(full, roads, OrderFilter(view=View.HELPING, sort=Sort.DUE))
    opened = [row["id"] for row in open_to if row["closed_at"] is None and row["id"] in asked[:30]]
    assert sorted(line.id for line in soon) == sorted(opened)
    assert {line.colour for line in soon} == {Colour.YELLOW}
    assert await all_of(full, full.people["water"], view) == []


@pytest.mark.rule("XY-34", "B-29")
async def test_a_helper_reads_no_number_in_a_line(town: Town) -> None:
    order = await town.created(title="请回电13800000001水压", content="邻居13900000002也缺水，水压不足")
    await ask_for_help(town, "water", [order.id], town.clock.now())
    room, water = town.orders.room, town.people["water"]
    for text in ("", "水压", "缺水"):
        asked = OrderFilter(view=View.HELPING, text=text)
        (line,) = (await lists.page(room, water, asked, cursor=None, limit=5)).items
        assert "1380000" not in line.model_dump_json()
        assert "1390000" not in line.model_dump_json()
    assert (await lists.page(room, water, OrderFilter(text="水压"), cursor=None, limit=5)).items == ()


async def test_search_in_an_empty_house(town: Town) -> None:
    page = await lists.page(town.orders.room, town.people["agent"], OrderFilter(text="噪音"), cursor=None, limit=5)
    assert page.items == ()


@pytest.mark.rule("JC-32")
async def test_exports_hold_the_readers_rows_and_no_formula(full: Town, tmp_path: Any) -> None:
    await full.created(title='=HYPERLINK("x")', content="公式", caller_name="欧阳某")
    room, who = full.orders.room, full.people["agent"]
    count = len(await all_of(full, who, OrderFilter(view=View.MINE)))
    csv = (await exporting.exported(room, who, OrderFilter(view=View.MINE), "csv", {"phone": "电话"})).decode(
        "utf-8-sig"
    )
    assert len(csv.splitlines()) == count + 1
    assert "'=HYPERLINK" in csv
    assert "常规,投诉,一般,电话," in csv
    assert "欧阳" not in csv
    file = tmp_path / "orders.xlsx"
    file.write_bytes(await exporting.exported(room, who, OrderFilter(view=View.MINE, text="公式"), "xlsx", {}))
    rows = list(load_workbook(file)["工单"].iter_rows(values_only=True))
    assert rows[0] == exporting.HEADINGS
    assert [row[6] for row in rows[1:]] == ['\'=HYPERLINK("x")']
    trail = await full.pool.fetch("select detail from audit_log where action = 'orders_exported' order by id")
    assert [row["detail"]["rows"] for row in trail] == [count, 1]
    assert "公式" not in str(trail)


async def test_an_export_ends_at_its_bound(full: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST_ROWS", 12)
    monkeypatch.setattr(exporting, "PIECE", 5)
    csv = (await exporting.exported(full.orders.room, full.people["leader"], OrderFilter(), "csv", {})).decode()
    assert len(csv.splitlines()) == 13
