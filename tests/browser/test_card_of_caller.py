"""What the desk tells of a caller and of a supervisor's order, and the lists that a caller is put on from the card."""

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from callcenter.core.ids import new_id
from callcenter.numbers.views import Policy
from callcenter.seats.card import CallNotes, EarlierTransfer
from callcenter.seats.presence import Presence
from callcenter.transfers.live_views import ExpertTarget, LiveView, PartyView, SeatTarget, TargetList
from tests.browser.conftest import NUMBER, Desk, Shot, log_in
from tests.browser.test_desk import ready
from tests.rooms.desks_of_town import CallSeen
from tests.vaults import VAULT

SIZES = ({"width": 1280, "height": 800}, {"width": 1920, "height": 1080})


async def at_both_sizes(page: Page, shot: Shot, name: str) -> None:
    for size in SIZES:
        await page.set_viewport_size({"width": size["width"], "height": size["height"]})
        await shot(page, f"{name}-{size['width']}")
    await page.set_viewport_size({"width": 1280, "height": 800})


async def test_the_card_tells_what_other_rooms_know(page: Page, desk: Desk, shot: Shot) -> None:
    desk.room.notes.known = CallNotes(
        care="elderly",
        care_note="听力不好，请慢讲",
        language="ug",
        remote_case="110-20260302-7",
        remote_summary="楼道漏水，无人员危险",
        transfers=(EarlierTransfer(target="12366", mode="warm", outcome="not_reached", at=datetime.now(UTC)),),
    )
    await ready(page)
    await desk.ring()
    card = page.get_by_label("当前来电")
    for told in ("重点关爱：老年人", "听力不好", "维吾尔语", "110-20260302-7", "楼道漏水", "12366", "先沟通后转接"):
        await expect(card).to_contain_text(told)
    await expect(card.get_by_role("button", name="列入重点关爱")).to_have_count(0)
    await at_both_sizes(page, shot, "50-card-notes")
    desk.answer()
    await expect(page.locator(".dot.talking")).to_be_visible()
    await expect(card).to_contain_text("110-20260302-7")


@pytest.mark.parametrize("presence", [Presence.PAUSED, Presence.OFFLINE, Presence.READY])
async def test_an_order_is_told_with_its_reason(page: Page, desk: Desk, shot: Shot, presence: Presence) -> None:
    room = desk.room
    await ready(page)
    if presence is Presence.READY:
        await page.get_by_role("button", name="离线", exact=True).click()
        await expect(page.locator(".dot.offline")).to_be_visible()
    told = page.get_by_role("status").filter(has_text="指令（")
    await expect(told).to_have_count(0)
    await room.seats.force(room.actors["bz01"], room.user("hw01"), presence, "到培训室集合")
    await expect(told).to_contain_text("到培训室集合")
    await expect(told).to_contain_text("班长 用户 bz01")
    await expect(page.locator(f".dot.{presence.value}")).to_be_visible()
    await shot(page, f"51-ordered-{presence.value}")
    other = "小休" if presence is not Presence.PAUSED else "就绪"
    await page.get_by_role("button", name=other, exact=other == "就绪").click()
    if other == "小休":
        await page.get_by_role("menuitem", name="用餐").click()
    await expect(told).to_be_hidden()


async def test_in_a_call_the_order_waits(page: Page, desk: Desk, shot: Shot) -> None:
    room = desk.room
    await ready(page)
    await desk.ring()
    desk.answer()
    await expect(page.locator(".dot.talking")).to_be_visible()
    await room.seats.force(room.actors["bz01"], room.user("hw01"), Presence.PAUSED, "设备检修")
    await expect(page.get_by_role("status").filter(has_text="本次通话结束后转为小休")).to_contain_text("设备检修")
    await at_both_sizes(page, shot, "52-ordered-in-call")


async def test_a_caller_is_put_into_care(page: Page, desk: Desk, shot: Shot) -> None:
    await ready(page)
    await desk.ring()
    desk.answer()
    card = page.get_by_label("来电人名单")
    await card.get_by_role("button", name="列入重点关爱").click()
    await card.get_by_label("类别").select_option("crisis")
    await card.get_by_label("说明").fill("言语低落")
    await card.get_by_label("有效天数").fill("9999")
    await card.get_by_role("button", name="确认列入").click()
    await expect(card.get_by_role("alert").filter(has_text="请检查标红的内容")).to_be_visible()
    await at_both_sizes(page, shot, "53-care")
    await card.get_by_label("有效天数").fill("90")
    await card.get_by_role("button", name="确认列入").click()
    await expect(card).to_contain_text("已列入重点关爱")
    await expect(card.get_by_role("button", name="列入重点关爱")).to_have_count(0)
    row = await desk.room.pool.fetchrow("select number, category, note from care_entry")
    assert row is not None
    assert (VAULT.open(row["number"]), row["category"], row["note"]) == (NUMBER, "crisis", "言语低落")


async def test_a_restraint_is_proposed_with_its_evidence(page: Page, desk: Desk, shot: Shot) -> None:
    before, other = await desk.lists.calls(NUMBER)
    desk.room.calls.recent = [CallSeen(id=before, outcome="answered"), CallSeen(id=other, outcome="abandoned")]
    await ready(page)
    call = await desk.ring()
    desk.answer()
    card = page.get_by_label("来电人名单")
    await card.get_by_role("button", name="提出骚扰限制").click()
    await card.get_by_role("button", name="提交审批").click()
    await expect(card.locator(".wrong").filter(has_text="必填")).to_be_visible()
    await card.get_by_label("理由").fill("反复辱骂")
    for tick in await card.get_by_role("checkbox").all():
        await tick.uncheck()
    await card.get_by_role("button", name="提交审批").click()
    await expect(card.get_by_role("alert").filter(has_text="2")).to_be_visible()
    await card.get_by_role("checkbox").first.check()
    await at_both_sizes(page, shot, "54-restraint")
    await card.get_by_role("button", name="提交审批").click()
    await expect(card).to_contain_text("须由另一位班长批准")
    (entry,) = (await desk.lists.harassment.page(desk.room.actors["bz01"], 5)).items
    assert (entry.state, entry.policy, entry.reason) == ("proposed", Policy.LOWER, "反复辱骂")
    assert set(entry.evidence) == {call, before}


async def test_experts_are_asked_from_the_targets(page: Page, desk: Desk, shot: Shot) -> None:
    """The two answers are told by the test; tests/rooms/test_transfers.py proves them."""
    await ready(page)
    call = await desk.ring()
    parties = (PartyView(party="citizen", there=True), PartyView(party="agent", extension="8001", there=True))
    live = LiveView(
        call_id=call, stage="talking", held=False, muted=False, parties=parties, attempts=(), can=("hold", "transfer")
    )
    offered = TargetList(
        matter_version=1,
        came_from="",
        received=(),
        emergency=(),
        proposed=(),
        seats=(SeatTarget(target="seat/8002", name="周二", queues=("main",)),),
        experts=(
            ExpertTarget(target="seat/8003", name="吴医师", org="市卫生健康委", skill="main"),
            ExpertTarget(target="62000001", name="郑科长", org="市税务局", skill="housing"),
        ),
    )
    asked: list[Any] = []

    async def consulted(route: Route) -> None:
        asked.append(route.request.post_data_json)
        await route.fulfill(json={"id": str(new_id())})

    await page.route("**/api/calls/*/live", lambda route: route.fulfill(json=live.model_dump(mode="json")))
    await page.route("**/api/calls/*/targets", lambda route: route.fulfill(json=offered.model_dump(mode="json")))
    await page.route("**/api/calls/*/consult", consulted)
    desk.answer()
    controls = page.get_by_role("group", name="通话控制")
    for target in ("seat/8003", "62000001"):
        await controls.get_by_role("button", name="转接 / 咨询").click()
        expert = controls.locator(f"[data-expert='{target}']")
        await expect(expert).to_contain_text("专家")
        await at_both_sizes(page, shot, "55-experts")
        await expert.get_by_role("button", name="咨询").click()
        await expect(controls.locator(".targets")).to_have_count(0)
    assert [{name: one[name] for name in one if name != "id"} for one in asked] == [
        {"target": "seat/8003", "matter": ""},
        {"number": "62000001"},
    ]
    await expect(page.get_by_role("alert").filter(has_text="专家")).to_have_count(0)


async def test_without_a_number_nobody_is_listed(page: Page, desk: Desk) -> None:
    await log_in(page, "hw01")
    await expect(page.get_by_label("来电人名单")).to_have_count(0)
