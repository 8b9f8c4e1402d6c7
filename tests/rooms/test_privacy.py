"""Sealed callers, reveals with a purpose, slots of orgs and leaders of domains, over a real database and over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession

from callcenter.core.errors import Forbidden, Misconfigured
from callcenter.core.ids import OrderId, new_id
from callcenter.orders.privacy import Purpose
from callcenter.orders.rating import Ratings
from callcenter.orders.reveal import RevealNotYours, Reveals, TooManyReveals
from callcenter.orders.room import NoSuchOrder
from callcenter.people.keys import Keys, fresh_keys
from callcenter.people.privacy_config import PrivacyConfig
from callcenter.people.sealing import all_sealed, check_vault, seal_stored
from callcenter.people.service import open_people
from callcenter.people.slots import DomainLeaders, NotOfThisOrg, Slot, Slots
from callcenter.people.vault import Vault
from callcenter.store.pool import Pool
from callcenter.store.queries import load
from callcenter.web.privacy import privacy_routes
from callcenter.web.server import build_app, open_site
from tests.rooms.people_of_town import QUICK
from tests.rooms.town_of_orders import Town, build_town
from tests.rooms.web_of_town import CONFIG
from tests.rooms.whole_house import Doorkeeper
from tests.vaults import KEYS, VAULT

NUMBER = "+8613800000001"
ORDERS = load("orders")


@pytest.fixture
async def town(pool: Pool) -> Town:
    return await build_town(pool)


@pytest.mark.rule("B-29", "B-30")
async def test_neither_names_nor_numbers_stand_in_the_database(town: Town) -> None:
    order = await town.in_callback()
    row = await town.pool.fetchrow("select * from work_order where id = $1", order.id)
    assert row is not None
    assert "欧阳" not in str(row)
    assert "13800000001" not in str(dict(row))
    assert row["caller_key"] == VAULT.key(NUMBER)
    events = await town.pool.fetch("select body, changes from order_event")
    assert not any("欧阳" in str(event) or "13800000001" in str(event) for event in events)
    assert [(one, number) for one, _, number in await town.orders.awaiting()] == [(order.id, NUMBER)]
    assert [brief.id for brief in await town.orders.open_of(NUMBER, 5)] == [order.id]
    assert await town.orders.open_of("+8613800000009", 5) == []
    assert await town.orders.open_of("", 5) == []


class Interrupted(Vault):
    """The process ends in the middle of the second batch."""

    def __init__(self, keys: Keys) -> None:
        super().__init__(keys)
        self._left = 6

    def seal(self, text: str) -> str:
        self._left -= 1
        if not self._left:
            raise ConnectionError
        return super().seal(text)


async def unseal(town: Town, order: OrderId, name: str) -> None:
    """As an older version of the program stored it."""
    await town.pool.execute(
        "update work_order set caller_name = $2, caller_number = $3, caller_key = '' where id = $1", order, name, NUMBER
    )


@pytest.mark.rule("B-29")
async def test_what_was_stored_in_the_clear_is_sealed_in_batches_that_go_on(town: Town) -> None:
    orders = [(await town.created()).id for _ in range(5)]
    for n, order in enumerate(orders):
        await unseal(town, order, f"甲{n}")
    seen = await town.orders.get(town.people["agent"], orders[0])
    assert (seen.caller_name, seen.caller_number) == ("甲0", NUMBER), "read as it is until its batch comes"
    assert await town.orders.open_of(NUMBER, 9) == []
    with pytest.raises(ConnectionError):
        await seal_stored(town.pool, Interrupted(KEYS), batch=2)
    sealed = await town.pool.fetchval("select count(*) from work_order where caller_key <> ''")
    assert sealed == 2, "the first batch stays, the second is undone whole"
    assert not await all_sealed(town.pool, VAULT)
    await seal_stored(town.pool, VAULT, batch=2)
    assert await all_sealed(town.pool, VAULT)
    rows = await town.pool.fetch(
        "select caller_name, caller_number, caller_key from work_order order by created_at, id"
    )
    assert sorted(VAULT.open(row["caller_name"]) for row in rows) == [f"甲{n}" for n in range(5)], "no row is lost"
    assert all(VAULT.current(row["caller_name"]) and row["caller_key"] == VAULT.key(NUMBER) for row in rows)
    assert await seal_stored(town.pool, VAULT) == 0


@pytest.mark.rule("B-29")
async def test_a_new_key_takes_over_and_the_old_one_retires(town: Town) -> None:
    keys = fresh_keys()
    await check_vault(town.pool, Vault(keys), town.clock)
    order = await town.created()
    await unseal(town, order.id, "甲")
    await seal_stored(town.pool, Vault(keys))
    rotated = Vault(keys.rotated())
    await check_vault(town.pool, rotated, town.clock)
    assert not await all_sealed(town.pool, rotated)
    assert await seal_stored(town.pool, rotated) == 1
    assert await all_sealed(town.pool, rotated)
    row = await town.pool.fetchrow("select caller_name, caller_number from work_order")
    assert row is not None
    assert rotated.open(row["caller_name"]) == "甲"
    assert rotated.current(row["caller_number"])


@pytest.mark.rule("B-29")
async def test_a_new_search_key_keys_every_row_and_both_find_it_meanwhile(town: Town) -> None:
    keys = fresh_keys()
    before = Vault(keys)
    await check_vault(town.pool, before, town.clock)
    await seal_stored(town.pool, before)
    orders = [(await town.created()).id for _ in range(3)]
    for order in orders:
        await town.pool.execute(
            "update work_order set caller_name = $2, caller_number = $3, caller_key = $4 where id = $1",
            order,
            before.seal("甲"),
            before.seal(NUMBER),
            before.key(NUMBER),
        )
    later = keys.rotated("search")
    rotated = Vault(later)
    await check_vault(town.pool, rotated, town.clock)
    assert not await all_sealed(town.pool, rotated)

    async def found(vault: Vault) -> int:
        callers = vault.keys(NUMBER)
        return len([row async for row in ORDERS.open_of_caller(town.pool, callers=callers, limit=9)])

    with pytest.raises(ConnectionError):
        await seal_stored(town.pool, Interrupted(later), batch=2, places=("work_order",))
    anew = await town.pool.fetchval("select count(*) from work_order where caller_key = $1", rotated.key(NUMBER))
    assert (anew, await found(rotated)) == (2, 3), "whichever key a row stands under, it is found"
    await seal_stored(town.pool, rotated, batch=2)
    assert await all_sealed(town.pool, rotated)
    assert await found(Vault(later.retired())) == 3


PLACES_BEFORE = {
    "kept_place": "insert into kept_place (id, pbx, queue, number, joined_at, kept_at, state, next_at)"
    " values ($1, 'a', 'main', $2, now(), now(), 'waiting', now())",
    "care_entry": "insert into care_entry (id, number, category, set_by, set_at, expires_at)"
    " select $1::uuid, $2, 'elderly', id, now(), now() + interval '1 day' from app_user limit 1",
    "harassment_entry": "insert into harassment_entry (id, number, policy, reason, evidence, state, proposed_by,"
    " proposed_at, lasts) select $1::uuid, $2, 'lower', '', array[$1::uuid], 'proposed', id, now(), '7 days'"
    " from app_user limit 1",
    "missed_call": "insert into missed_call (id, number, reason, first_at, last_at, last_call)"
    " values ($1, $2, 'abandoned', now(), now(), $1)",
    "voice_message": "insert into voice_message (id, pbx, source, leg, caller_number, flow, node, recorded_at, seconds,"
    " path, bytes, sha256) values ($1, 'a', 'm', 'l', $2, '', '', now(), 1, '', 1, '')",
}


@pytest.mark.rule("B-29", "B-30")
async def test_callers_of_the_other_rooms_are_sealed_too(town: Town) -> None:
    for statement in PLACES_BEFORE.values():
        await town.pool.execute(statement, new_id(), NUMBER)
    await seal_stored(town.pool, VAULT)
    for table in PLACES_BEFORE:
        row = await town.pool.fetchrow(f"select * from {table}")
        assert row is not None
        assert NUMBER not in str(dict(row)), table
        column = "caller_number" if table == "voice_message" else "number"
        assert VAULT.open(row[column]) == NUMBER
        assert table == "voice_message" or row["number_key"] == VAULT.key(NUMBER)


@pytest.mark.rule("B-29")
async def test_other_keys_than_the_database_s_stop_the_start(town: Town) -> None:
    await check_vault(town.pool, VAULT, town.clock)
    await check_vault(town.pool, VAULT, town.clock)
    with pytest.raises(Misconfigured, match="not those that this database was sealed with"):
        await check_vault(town.pool, Vault(fresh_keys()), town.clock)


@pytest.mark.rule("B-29", "SG-22")
async def test_a_caller_is_revealed_for_a_purpose_and_everybody_s_look_is_told(town: Town) -> None:
    reveals, people = Reveals(town.orders.room, 3), town.people
    order = await town.dispatched(confidential=True)
    hidden = await town.orders.get(people["reviewer"], order.id)
    assert (hidden.caller_name, hidden.caller_number) == ("", "")
    seen = await reveals.reveal(people["reviewer"], order.id, Purpose.VERIFY, "核实答复内容")
    assert (seen.name, seen.number) == ("欧阳某", NUMBER)
    for who, purpose in (("water", Purpose.CONTACT), ("leader", Purpose.SUPERVISE), ("reviewer", Purpose.LAW)):
        with pytest.raises(RevealNotYours):
            await reveals.reveal(people[who], order.id, purpose, "想知道是谁")
    with pytest.raises(NoSuchOrder):
        await reveals.reveal(people["far"], order.id, Purpose.CONTACT, "想知道是谁")
    await town.orders.get(people["agent"], order.id)
    page = await reveals.views(people["supervisor"], order.id, 1, None)
    rest = await reveals.views(people["supervisor"], order.id, 50, page.next)
    told = [(one.action, one.actor_name, one.purpose, one.reason) for one in (*page.items, *rest.items)]
    assert ("caller_revealed", "reviewer", "verify", "核实答复内容") in told
    assert ("caller_viewed", "agent", "work", "") in told
    assert "water" not in {name for _, name, _, _ in told}, "who saw nothing of the caller is not told of"
    with pytest.raises(Forbidden):
        await reveals.views(people["water"], order.id, 50, None)


@pytest.mark.rule("B-29", "SG-22")
async def test_who_may_not_reveal_is_told_so_before_asking(town: Town) -> None:
    reveals, people = Reveals(town.orders.room, 1), town.people
    order = await town.dispatched(confidential=True)
    for who in ("water", "leader"):
        rights = await reveals.rights(people[who], order.id)
        assert (rights.hidden, rights.purposes) == (True, ()), who
        assert "由中心工作人员联系" in rights.refused_zh
    rights = await reveals.rights(people["reviewer"], order.id)
    assert (rights.purposes, rights.left, rights.refused_zh) == ((Purpose.CONTACT, Purpose.VERIFY), 1, "")
    for purpose in rights.purposes[:1]:
        await reveals.reveal(people["reviewer"], order.id, purpose, "核实答复内容")
    rights = await reveals.rights(people["reviewer"], order.id)
    assert rights.left == 0
    assert "已达 1 次" in rights.refused_zh
    assert not (await reveals.rights(people["agent"], order.id)).hidden, "who took the call sees the caller"
    with pytest.raises(NoSuchOrder):
        await reveals.rights(people["far"], order.id)
    open_one = await town.dispatched()
    assert not (await reveals.rights(people["water"], open_one.id)).hidden, "the unit sees surname and number"


@pytest.mark.rule("B-29")
async def test_reveals_are_bounded_also_when_they_come_at_once(town: Town) -> None:
    reveals, reviewer = Reveals(town.orders.room, 3), town.people["reviewer"]
    order = await town.dispatched()
    asked = [reveals.reveal(reviewer, order.id, Purpose.CONTACT, "联系诉求人") for _ in range(8)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(one, TooManyReveals) for one in answers) == 5
    town.clock.forward(hours=1, seconds=1)
    await reveals.reveal(reviewer, order.id, Purpose.CONTACT, "联系诉求人")


@pytest.mark.rule("SJ-35", "JC-04", "JC-05")
async def test_slots_keep_their_history_and_give_the_chain_of_escalation(town: Town) -> None:
    slots, unit = Slots(town.pool, town.clock, town.orders.room.audit), town.orgs["water"]
    people, by = town.people, town.people["supervisor"]
    assert await slots.missing(unit) == (Slot.SECTION, Slot.DEPUTY, Slot.CHIEF)
    await slots.fill(unit, Slot.SECTION, people["water"].user_id, by=by)
    await slots.fill(unit, Slot.CHIEF, people["leader"].user_id, by=by)
    assert await slots.missing(unit) == (Slot.DEPUTY,)
    before = town.clock.now()
    assert await slots.next_above(unit, None) == (Slot.SECTION, people["water"].user_id)
    assert await slots.next_above(unit, Slot.SECTION) == (Slot.CHIEF, people["leader"].user_id), (
        "the empty one is passed"
    )
    assert await slots.next_above(unit, Slot.CHIEF) is None
    town.clock.forward(days=1)
    await slots.fill(unit, Slot.CHIEF, people["supervisor"].user_id, by=by)
    await slots.fill(unit, Slot.SECTION, None, by=None)
    assert await slots.holder_at(unit, Slot.CHIEF, before) == people["leader"].user_id
    assert await slots.holder_at(unit, Slot.CHIEF, town.clock.now()) == people["supervisor"].user_id
    assert await slots.holder_at(unit, Slot.DEPUTY, before) is None
    assert await slots.chain(unit) == ((Slot.CHIEF, people["supervisor"].user_id),)
    with pytest.raises(NotOfThisOrg):
        await slots.fill(unit, Slot.DEPUTY, people["roads"].user_id, by=by)
    assert await slots.heads(unit) == []
    assert await town.pool.fetchval("select count(*) from audit_log where action = 'slot_filled'") == 4


@pytest.mark.rule("XY-03")
async def test_each_domain_has_its_leader(town: Town) -> None:
    leaders, street = DomainLeaders(town.pool, town.clock, town.orders.room.audit), town.orgs["street"]
    await leaders.name(street, "公用事业", town.people["leader"].user_id, by=None)
    await leaders.name(street, "公用事业", town.people["supervisor"].user_id, by=None)
    await leaders.name(street, "城市管理", town.people["leader"].user_id, by=None)
    await leaders.name(street, "城市管理", None, by=None)
    assert await leaders.of(street) == {"公用事业": town.people["supervisor"].user_id}
    with pytest.raises(NotOfThisOrg):
        await leaders.name(street, "城市管理", town.people["far"].user_id, by=None)


@dataclass(frozen=True, slots=True)
class Site:
    http: ClientSession
    town: Town

    async def ask(self, who: str, method: str, path: str, **given: Any) -> tuple[int, Any]:
        bearer = {"Authorization": f"Bearer {self.town.people[who].user_id}"}
        async with self.http.request(method, path, headers=bearer, **given) as answer:
            return answer.status, await answer.json() if answer.status != 204 else None


@pytest.fixture
async def site(town: Town, pool: Pool) -> AsyncIterator[Site]:
    config, room = PrivacyConfig(rating_lasts=timedelta(days=1)), town.orders.room
    async with open_people(pool, town.clock, QUICK) as people:
        reveals, ratings = Reveals(room, 3), Ratings(room, config, town.orders)
        routes = privacy_routes(people, reveals, ratings, CONFIG, {"deputy": "第一责任人"})
        app = build_app(routes, Doorkeeper(town.people.values()), CONFIG, static=None)
        async with open_site(app, CONFIG) as port, ClientSession(f"http://127.0.0.1:{port}") as http:
            yield Site(http, town)


@pytest.mark.rule("B-29", "JC-04", "SG-22", "XY-53")
async def test_over_http(site: Site) -> None:
    town = site.town
    order = await town.in_callback()
    why = {"purpose": "contact", "reason": "回访前核对号码"}
    status, seen = await site.ask("reviewer", "POST", f"/api/orders/{order.id}/caller", json=why)
    assert (status, seen["number"]) == (200, NUMBER)
    status, refused = await site.ask(
        "reviewer", "POST", f"/api/orders/{order.id}/caller", json=why | {"purpose": "law"}
    )
    assert (status, refused["code"]) == (403, "reveal-needs-role")
    assert (await site.ask("reviewer", "POST", f"/api/orders/{order.id}/caller", json={"purpose": "contact"}))[0] == 422
    assert (await site.ask("water", "POST", f"/api/orders/{order.id}/caller", json=why))[0] == 403
    status, told = await site.ask("supervisor", "GET", f"/api/orders/{order.id}/views")
    assert (status, told["items"][0]["reason"]) == (200, "回访前核对号码")
    assert (await site.ask("reviewer", "GET", f"/api/orders/{order.id}/views"))[0] == 403
    status, link = await site.ask("reviewer", "POST", f"/api/orders/{order.id}/rating-link")
    assert status == 200
    assert link["url"].startswith("/r/")
    status, labels = await site.ask("water", "GET", "/api/slots/labels")
    assert (status, labels["labels"]["deputy"]["zh"]) == (200, "第一责任人")
    status, page = await site.ask("dispatcher", "GET", "/api/slots")
    assert [one["path"] for one in page["items"]] == ["/city/street/", "/city/street/roads/", "/city/street/water/"]
    assert page["items"][0]["missing"] == ["section", "deputy", "chief"]
    asked = {"request_type": "complaint", "category": "邻里纠纷", "content": ""}
    assert (await site.ask("agent", "POST", "/api/confidential-suggestion", json=asked))[1]["confidential"] is True
    missing = OrderId(new_id())
    assert (await site.ask("reviewer", "POST", f"/api/orders/{missing}/caller", json=why))[1]["code"] == "no-such-order"
