"""`callcenter due`: why a deadline is what it is: for a rule set, for a length, or for an order's clocks."""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from callcenter.core.errors import Invalid
from callcenter.core.ids import OrderId
from callcenter.orders.calendar import Hours, Length, Months, NaturalDays, WorkingCalendar, WorkingDays, last_day
from callcenter.orders.clock_rows import length_of, rule_of, why_of
from callcenter.orders.due_sheet import KIND_NAMES, Reckoned, as_json, chosen, parse_kind, reckon
from callcenter.orders.explain import DayLine, Explanation, length_text
from callcenter.orders.room import NoSuchOrder
from callcenter.orders.row import Row
from callcenter.orders.rulesets import RuleBook
from callcenter.orders.store import OrderStore
from callcenter.orders.terms import RequestType
from callcenter.orders.timers import Facts


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


def _due_text(due: datetime, calendar: WorkingCalendar, length: Length | None) -> str:
    if isinstance(length, WorkingDays | NaturalDays | Months):
        return f"{last_day(due, calendar)} 24:00"
    return f"{due.astimezone(calendar.zone):%Y-%m-%d %H:%M}"


def _print_days(console: Console, title: str, days: tuple[DayLine, ...]) -> None:
    table = Table(title=title, title_justify="left")
    for heading in ("日期 Date", "星期 Day", "第几日 No.", "原因", "Why"):
        table.add_column(heading)
    for day in days:
        number = str(day.number) if day.number is not None else "-"
        table.add_row(str(day.on), f"{day.weekday_zh} {day.weekday_en}", number, day.why_zh, day.why_en)
    console.print(table)


def _length_words(length: Length | None) -> str:
    return " / ".join(length_text(length)) if length else "指定期限 / given date"


def print_due(console: Console, found: Explanation, calendar: WorkingCalendar, title: str = "") -> None:
    """One line a day, then the due time; `title` names the clock."""
    start = found.start.astimezone(calendar.zone)
    heading = f"{title} {start:%Y-%m-%d %H:%M} + {_length_words(found.length)}".strip()
    _print_days(console, heading, found.days)
    console.print(f"到期 Due: {_due_text(found.due_at, calendar, found.length)}（{calendar.zone.key}）")


def _print_reckoned(console: Console, clock: Reckoned, name: str, calendar: WorkingCalendar) -> None:
    start = clock.started_at.astimezone(calendar.zone)
    basis = " ".join(filter(None, (clock.source, clock.reading)))
    _print_days(console, f"{name}（{basis}） {start:%Y-%m-%d %H:%M} + {_length_words(clock.length)}", clock.days)
    console.print(f"到期 Due: {_due_text(clock.due_at, calendar, clock.length)}（{calendar.zone.key}）")
    if clock.cut_by:
        own = _due_text(clock.own_due_at, calendar, clock.length)
        console.print(f"本应 Otherwise: {own}，不晚于 never later than {clock.cut_by}")


def print_rule_dues(
    console: Console,
    rules: RuleBook,
    calendar: WorkingCalendar,
    *,
    ruleset: str,
    kind: str,
    dispatched: str,
    timer: str | None = None,
    difficult: bool = False,
    as_text: bool = True,
) -> None:
    """Every clock of a kind from one moment, or one of them. Raises NoSuchRuleSet, UnknownKind, UnknownTimer, BadStart,
    CalendarMissing."""
    at = parse_start(dispatched, calendar.zone)
    found = rules.named(ruleset, calendar.local_date(at))
    facts = Facts(kind=parse_kind(kind), request=RequestType.COMPLAINT, difficult=difficult)
    sheet = reckon(found, facts, at, calendar)
    timers = chosen(sheet, timer, found) if timer else dict(sheet.timers)
    if not as_text:
        console.print_json(json.dumps(as_json(timers, sheet.effective, calendar), ensure_ascii=False))
        return
    console.print(f"{found.ref} {found.title} · {KIND_NAMES[facts.kind]} {facts.kind.value}")
    for name, clock in timers.items():
        _print_reckoned(console, clock, name, calendar)
    if sheet.effective:
        due = _due_text(sheet.effective.due_at, calendar, sheet.effective.length)
        console.print(f"实际办理时限 Effective: {due}（{sheet.effective.public}）")


def _state(timer: Row, calendar: WorkingCalendar) -> str:
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
        ruleset, rule = rule_of(timer, rules, order["kind"])
        length = length_of(timer, rule)
        days = why_of(timer, ruleset, rule, order["kind"], calendar)
        source = " ".join(filter(None, (ruleset.ref, rule.source, rule.reading)))
        start = timer["started_at"].astimezone(calendar.zone)
        title = f"{timer['name']} {rule.public}（{timer['owner_name']}，{source}）"
        _print_days(console, f"{title} {start:%Y-%m-%d %H:%M} + {_length_words(length)}", days)
        console.print(f"到期 Due: {_due_text(timer['due_at'], calendar, length)}（{calendar.zone.key}）")
        if timer["cut_by"]:
            console.print(f"不晚于 never later than {timer['cut_by']}")
        console.print(_state(timer, calendar))
