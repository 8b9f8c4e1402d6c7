"""`callcenter due`: prints why a deadline is what it is, for a start and a length or for an order's clocks."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
from rich.console import Console
from rich.table import Table

from callcenter.core.errors import Invalid
from callcenter.core.ids import OrderId
from callcenter.orders.calendar import Hours, Length, NaturalDays, WorkingCalendar, WorkingDays, last_day
from callcenter.orders.explain import Explanation, explanation, length_text
from callcenter.orders.room import NoSuchOrder
from callcenter.orders.rulesets import RuleBook
from callcenter.orders.store import OrderStore
from callcenter.orders.terms import Kind


class BadStart(Invalid):
    code = "bad-start"
    zh = "起算时间格式应为 2026-09-30T10:00"
    en = "the start must look like 2026-09-30T10:00"


class BadLength(Invalid):
    code = "bad-length"
    zh = "工作日、自然日、小时三者须且只能给出一个，且为正数"
    en = "give exactly one of working days, natural days or hours, and more than none"


def parse_start(text: str, zone: ZoneInfo) -> datetime:
    """A time without an offset is the city's."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise BadStart from None
    return given if given.tzinfo else given.replace(tzinfo=zone)


def choose_length(working_days: int | None, natural_days: int | None, hours: int | None) -> Length:
    given = [value for value in (working_days, natural_days, hours) if value is not None]
    if len(given) != 1 or not 0 < given[0] <= 3660:
        raise BadLength
    if working_days is not None:
        return WorkingDays(working_days)
    if natural_days is not None:
        return NaturalDays(natural_days)
    return Hours(timedelta(hours=given[0]))


def _due_text(due: datetime, calendar: WorkingCalendar, length: Length) -> str:
    if isinstance(length, Hours):
        return f"{due.astimezone(calendar.zone):%Y-%m-%d %H:%M}"
    return f"{last_day(due, calendar)} 24:00"


def print_due(console: Console, found: Explanation, calendar: WorkingCalendar, title: str = "") -> None:
    """One line a day, then the due time; `title` names the clock."""
    zh, en = length_text(found.length)
    start = found.start.astimezone(calendar.zone)
    table = Table(title=f"{title} {start:%Y-%m-%d %H:%M} + {zh} / {en}".strip(), title_justify="left")
    for heading in ("日期 Date", "星期 Day", "第几日 No.", "原因", "Why"):
        table.add_column(heading)
    for day in found.days:
        number = str(day.number) if day.number is not None else "-"
        table.add_row(str(day.on), f"{day.weekday_zh} {day.weekday_en}", number, day.why_zh, day.why_en)
    console.print(table)
    console.print(f"到期 Due: {_due_text(found.due_at, calendar, found.length)}（{calendar.zone.key}）")


def _state(timer: asyncpg.Record, calendar: WorkingCalendar) -> str:
    if timer["breached_at"]:
        return "已逾期 breached"
    if timer["stopped_at"]:
        return f"已停止 stopped {timer['stopped_at'].astimezone(calendar.zone):%Y-%m-%d %H:%M}"
    return "计时中 running"


async def print_order_due(
    console: Console, store: OrderStore, rules: RuleBook, calendar: WorkingCalendar, number: str
) -> None:
    """Every clock of one order, under the rules it keeps. Raises NoSuchOrder."""
    order = await store.of_number(number)
    if order is None:
        raise NoSuchOrder
    for timer in await store.timers(OrderId(order["id"])):
        ruleset = rules.get(timer["ruleset"], timer["ruleset_version"])
        rule = ruleset.timers[Kind(order["kind"])][timer["name"]]
        found = explanation(timer["started_at"], rule.length, calendar)
        source = " ".join(filter(None, (ruleset.ref, rule.source, rule.reading)))
        print_due(console, found, calendar, f"{timer['name']}（{timer['owner_name']}，{source}）")
        if timer["due_at"] != found.due_at:
            capped = _due_text(timer["due_at"], calendar, rule.length)
            console.print(f"实际到期 Binding: {capped}，不晚于 never later than {rule.cap}")
        console.print(_state(timer, calendar))
