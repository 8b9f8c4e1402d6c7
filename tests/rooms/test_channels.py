"""Demands from every side: one order for one id of its sender, whatever is sent twice."""

from datetime import UTC, datetime, timedelta

import pytest

from callcenter.channels.ahead import Plan
from callcenter.channels.cases import CasePressed
from callcenter.channels.incoming import Addition, digest_of
from callcenter.channels.kinds import SIDES, Channel
from callcenter.channels.refusals import NoSuchCase, NoSuchCentre, NoSuchDemand, NoSuchPlan, NotAMachine, NotYourChannel
from callcenter.channels.told import intake_of
from callcenter.core.errors import Forbidden
from callcenter.core.ids import OrderId, new_id
from callcenter.orders.lifecycle import Classify
from callcenter.orders.moves import NoSuchUnit
from callcenter.orders.terms import Kind, Stage
from callcenter.people.actor import Role
from callcenter.store.pool import Pool
from tests.rooms.channels_of_town import Intake, add_user, build_intake, told
from tests.vaults import VAULT


@pytest.fixture
async def intake(pool: Pool) -> Intake:
    return await build_intake(pool)


@pytest.mark.rule("JC-17", "JC-06", "XY-24", "B-44")
async def test_every_side_comes_in_by_the_same_door(intake: Intake) -> None:
    """Six in one and more: one store, the channel and the line on each, the kind that the channel means."""
    for channel in Channel:
        taken = await intake.channels.taking.hand_in(
            intake.machine, channel, told("A1", source_hotline="12345", kind="semi_urgent", caller_type="enterprise")
        )
        row = await intake.of(channel, "A1")
        assert ("created", Stage.TRIAGE.value) == (taken.outcome, row["stage"])
        assert intake.town.orgs["street"] == row["owner_org_id"]
        assert ("12345", "enterprise", SIDES[channel].origin) == (
            row["source_hotline"],
            row["caller_type"],
            row["origin"],
        )
        wanted = Kind.SNAPSHOT if channel is Channel.SNAPSHOT else Kind.SEMI_URGENT
        assert wanted.value == row["kind"]
        assert await intake.events(OrderId(row["id"])) == ["received"]
    assert len(Channel) == await intake.town.pool.fetchval("select count(*) from work_order")


@pytest.mark.rule("JC-17", "A-19")
async def test_the_same_again_is_no_news_and_other_words_are_added(intake: Intake) -> None:
    taking = intake.channels.taking
    first = told("B7", content="晉城小區(qū)水壓不足,智慧排程中心請反映", title="高層水壓")
    taken = await taking.hand_in(intake.machine, Channel.MAILBOX, first)
    again = await taking.hand_in(intake.machine, Channel.MAILBOX, first)
    other = await taking.hand_in(intake.machine, Channel.MAILBOX, told("B7", content="现在全天停水"))
    other_again = await taking.hand_in(intake.machine, Channel.MAILBOX, told("B7", content="现在全天停水"))

    assert [one.outcome for one in (taken, again, other, other_again)] == [
        "created",
        "repeated",
        "appended",
        "repeated",
    ]
    row = await intake.of(Channel.MAILBOX, "B7")
    assert (row["title"], row["content"]) == ("高层水压", "晋城小区水压不足，智慧调度中心请反映")
    assert await intake.events(OrderId(row["id"])) == ["received", "supplemented"]
    kept = {row["digest"] for row in await intake.town.pool.fetch("select digest from channel_delivery")}
    assert len(kept) == 2
    assert digest_of(first) not in kept
    seen = await intake_of(intake.town.pool, intake.town.orders, intake.town.people["dispatcher"], OrderId(row["id"]))
    assert [first.content, "现在全天停水"] == [one.original["content"] for one in seen.deliveries]


@pytest.mark.rule("JC-17")
async def test_a_due_date_from_above_is_kept_and_only_they_move_it(intake: Intake) -> None:
    due = datetime(2026, 3, 20, 16, tzinfo=UTC)
    taking, later = intake.channels.taking, due + timedelta(days=5)
    await taking.hand_in(intake.machine, Channel.PROVINCIAL, told("P1", due_at=due, upper_ref="SX-2026-1"))
    row = await intake.of(Channel.PROVINCIAL, "P1")
    assert (due, "SX-2026-1") == (row["upper_due_at"], row["upper_ref"])

    await taking.hand_in(intake.machine, Channel.PROVINCIAL, told("P1", due_at=later, content="省级延期通知"))
    row = await intake.of(Channel.PROVINCIAL, "P1")
    assert later == row["upper_due_at"]
    assert "云堰" in row["content"]

    await taking.hand_in(intake.machine, Channel.WECHAT, told("W1", due_at=due))
    assert (await intake.of(Channel.WECHAT, "W1"))["upper_due_at"] is None


@pytest.mark.rule("JC-17")
async def test_an_account_reaches_its_own_channels_only(pool: Pool) -> None:
    intake = await build_intake(pool, None, Channel.APP)
    taking, town = intake.channels.taking, intake.town
    await taking.hand_in(intake.machine, Channel.APP, told("A1"))
    for actor, channel in ((intake.machine, Channel.WECHAT), (town.people["agent"], Channel.APP)):
        with pytest.raises(NotYourChannel):
            await taking.hand_in(actor, channel, told("A2"))
    with pytest.raises(NoSuchDemand):
        await taking.standing(intake.machine, Channel.APP, "A2")

    admin = await add_user(town, "root2", "city", Role.ADMIN)
    with pytest.raises(NotAMachine):
        await intake.channels.accounts.bind(
            admin, town.people["agent"].user_id, Channel.SMS, town.orgs["city"], deferred=False
        )
    with pytest.raises(NoSuchCentre):
        await intake.channels.accounts.bind(
            admin, intake.machine.user_id, Channel.SMS, town.orgs["water"], deferred=False
        )
    assert [one.channel for one in (await intake.channels.accounts.listed(admin)).items] == [Channel.APP]
    await intake.channels.accounts.loose(admin, intake.machine.user_id, Channel.APP)
    with pytest.raises(NotYourChannel):
        await taking.standing(intake.machine, Channel.APP, "A1")


@pytest.mark.rule("JC-17", "JC-15")
async def test_a_side_adds_and_asks(intake: Intake) -> None:
    taking = intake.channels.taking
    await taking.hand_in(intake.machine, Channel.WECHAT, told("W1"))
    more = Addition(id="1", text="又停水了")
    assert (await taking.add(intake.machine, Channel.WECHAT, "W1", more)).outcome == "appended"
    assert (await taking.add(intake.machine, Channel.WECHAT, "W1", more)).outcome == "repeated"
    standing = await taking.standing(intake.machine, Channel.WECHAT, "W1")

    assert (standing.stage, standing.unit, standing.reply) == ("triage", "", None)
    row = await intake.of(Channel.WECHAT, "W1")
    dispatcher = intake.town.people["dispatcher"]
    await intake.town.orders.move(dispatcher, OrderId(row["id"]), Classify())
    await intake.town.orders.dispatch(dispatcher, OrderId(row["id"]), intake.town.orgs["water"], "责任清单")
    assert (await taking.standing(intake.machine, Channel.WECHAT, "W1")).unit == "water"


@pytest.mark.rule("JC-15", "B-02")
async def test_a_case_of_110_becomes_an_order_with_one_press(intake: Intake) -> None:
    town = intake.town
    case = new_id()
    await town.pool.execute(
        "insert into link_case (id, link, external, summary, caller_number, machine_id, received_at, expires_at) "
        "values ($1, '110', 'JQ-77', '邻里噪声，非紧急', $4, $2, $3, $3)",
        case,
        intake.machine.user_id,
        town.clock.now(),
        VAULT.seal("+8613800000009"),
    )
    agent = town.people["agent"]
    pressed = await intake.channels.cases.press(agent, case, CasePressed(address="桐影路88号"))
    again = await intake.channels.cases.press(agent, case, CasePressed())
    row = await intake.row(OrderId(pressed.order_id))

    assert pressed == again
    assert (
        row["channel"],
        row["external_id"],
        row["upper_ref"],
        row["source_hotline"],
    ) == ("emergency", "110:JQ-77", "JQ-77", "110")
    assert row["content"] == "邻里噪声，非紧急"
    assert VAULT.open(row["caller_number"]) == "+8613800000009"
    standing = await intake.channels.taking.standing(intake.machine, Channel.EMERGENCY, "110:JQ-77")
    assert pressed.number == standing.number
    with pytest.raises(NoSuchCase):
        await intake.channels.cases.press(agent, new_id(), CasePressed())
    with pytest.raises(Forbidden):
        await intake.channels.cases.press(town.people["water"], case, CasePressed())


@pytest.mark.rule("SG-19", "JC-36")
async def test_one_plan_is_a_task_for_each_unit_and_no_complaint(intake: Intake) -> None:
    town, ahead = intake.town, intake.channels.ahead
    plan = Plan(
        id=new_id(),
        title="汛前排查下沉式地下车库",
        content="逐一检查排水泵",
        found_by="研判",
        basis="未诉先办第2号",
        units=(town.orgs["water"], town.orgs["roads"]),
    )
    made = await ahead.dispatch(town.people["dispatcher"], plan)
    again = await ahead.dispatch(town.people["dispatcher"], plan)

    assert {"water", "roads"} == {task.unit for task in made.tasks}
    assert [task.order_id for task in made.tasks] == [task.order_id for task in again.tasks]
    assert {"dispatched"} == {task.stage for task in again.tasks}
    await town.created()
    day = datetime(2026, 3, 4).date()  # noqa: DTZ001 - a day of the city
    figures = await ahead.figures(town.people["dispatcher"], day, day + timedelta(days=1))
    assert (figures.demands, figures.proactive) == (0, 2)
    figures = await ahead.figures(town.people["supervisor"], day, day + timedelta(days=1))
    assert (figures.demands, figures.proactive, figures.share, figures.effective) == (1, 2, 2 / 3, 0)
    with pytest.raises(NoSuchUnit):
        await ahead.dispatch(
            town.people["dispatcher"], plan.model_copy(update={"units": (town.orgs["far-unit"],), "id": new_id()})
        )
    with pytest.raises(NoSuchPlan):
        await ahead.get(town.people["far"], plan.id)


@pytest.mark.rule("JC-42", "SG-30", "B-26")
async def test_a_visitor_from_elsewhere_is_served_like_anybody(intake: Intake) -> None:
    fields = {"caller_number": "0356-2020202", "caller_name": "外地游客", "address": "陵川县棋源山庄"}
    await intake.channels.taking.hand_in(intake.machine, Channel.APP, told("V1", **fields))
    row = await intake.of(Channel.APP, "V1")
    seen = await intake_of(intake.town.pool, intake.town.orders, intake.town.people["dispatcher"], OrderId(row["id"]))

    assert "晋城" in seen.caller_home_region
    assert seen.acceptable
    assert {"when", "evidence"} <= {one.code for one in seen.elements if not one.there}
    assert seen.score == sum(one.points for one in seen.elements if one.there)


@pytest.mark.rule("GH-02")
async def test_demands_of_the_summer_carry_its_name(intake: Intake) -> None:
    from callcenter.channels.seasons import Seasons

    town, room = intake.town, intake.channels
    seasons = Seasons(town.pool, town.orders, town.bus, town.clock, room.config)
    assert await seasons.name_orders(town.clock.now()) == 0
    town.clock.at = datetime(2026, 7, 10, 2, tzinfo=UTC)
    order = await town.created()
    await room.taking.hand_in(intake.machine, Channel.APP, told("S1"))

    assert await seasons.name_orders(town.clock.now()) == 1
    assert (await intake.row(order.id))["season"] == "夏令热线"
    assert (await intake.of(Channel.APP, "S1"))["season"] == "夏令热线"
    assert await seasons.name_orders(town.clock.now()) == 0
