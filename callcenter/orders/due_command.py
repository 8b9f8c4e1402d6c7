"""`callcenter due`: why a deadline is what it is: for a rule set, for a length, or for an order's clocks."""

import json
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from callcenter.core.errors import Invalid
from callcenter.core.ids import OrderId
from callcenter.orders.calendar import Hours, Length, NaturalDays, WorkingCalendar, WorkingDays, last_day
from callcenter.orders.clock_names import OWING, clock_name
from callcenter.orders.clock_rows import length_of, rule_of, why_of
from callcenter.orders.due_sheet import Reckoned, as_json, chosen, parse_kind, parse_level, reckon
from callcenter.orders.explain import DayLine, Explanation, length_text
from callcenter.orders.room import NoSuchOrder
from callcenter.orders.row import Row
from callcenter.orders.rulesets import RuleBook, UpperDue
from callcenter.orders.store import OrderStore
from callcenter.orders.terms import KIND_NAMES, RequestType
from callcenter.orders.timers import Facts


class BadStart(Invalid):
    code = "bad-start"
    zh = "起算时间格式应为 2026-09-30T10:00"
    en = "the start must look like 2026-09-30T10:00"


class BadLength(Invalid):
    code = "bad-length"
    zh = (
        "请给出以下之一：工单编号；规则集（--rules xiayang-2022 --kind 随身拍 --dispatched 2026-02-13T10:00）；"
        "或一个时长（--working-days、--natural-days、--hours 三者之一，1至3660）"
    )
    en = (
        "give one of these: an order number; a rule set (--rules xiayang-2022 --kind snapshot --dispatched "
        "2026-02-13T10:00); or one length (--working-days, --natural-days or --hours, 1 to 3660)"
    )


class RulesNeeded(Invalid):
    code = "due-needs-rules"
    zh = "{options} 须与 --rules 一起使用，如 --rules xiayang-2022"
    en = "only with --rules, such as --rules xiayang-2022: {options}"


class RulesAlone(Invalid):
    code = "due-rules-alone"
    zh = "--rules 不能与 {options} 同时使用；起算时间用 --dispatched"
    en = "not with --rules, whose start is --dispatched: {options}"


def check_options(with_rules: Mapping[str, bool], without: Mapping[str, bool], *, rules: bool) -> None:
    """Which options were given, by name. Raises RulesNeeded, RulesAlone: nothing that was typed is passed over."""
    given = [name for name, is_there in (without if rules else with_rules).items() if is_there]
    if given:
        raise (RulesAlone if rules else RulesNeeded)(options="、".join(given))


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


def _due_text(due: datetime, calendar: WorkingCalendar) -> str:
    """The end of a day is told as 24:00 of that day, any other time to the minute."""
    at = due.astimezone(calendar.zone)
    return f"{last_day(due, calendar)} 24:00" if at.time() == time() else f"{at:%Y-%m-%d %H:%M}"


def _print_days(console: Console, title: str, days: tuple[DayLine, ...]) -> None:
    if not days:
        console.print(f"{title}\n按时刻计，无逐日说明 reckoned to the minute", highlight=False)
        return
    table = Table(title=title, title_justify="left")
    for heading in ("日期 Date", "星期 Day", "第几日 No.", "原因", "Why"):
        table.add_column(heading, overflow="fold")
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
    console.print(f"到期 Due: {_due_text(found.due_at, calendar)}（{calendar.zone.key}）")


def _print_reckoned(console: Console, clock: Reckoned, name: str, calendar: WorkingCalendar) -> None:
    start = clock.started_at.astimezone(calendar.zone)
    basis = " ".join(filter(None, (clock.source, clock.reading)))
    who = f"{name} {clock_name(clock.name)[0]}（{OWING[clock.owed_by][0]}，{basis}）"
    _print_days(console, f"{who} {start:%Y-%m-%d %H:%M} + {_length_words(clock.length)}", clock.days)
    console.print(f"到期 Due: {_due_text(clock.due_at, calendar)}（{calendar.zone.key}）")
    if clock.cut_by:
        own = _due_text(clock.own_due_at, calendar)
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
    category: str = "",
    level: str = "",
    upper_due: str | None = None,
    as_text: bool = True,
) -> None:
    """Every clock of a kind from one moment, or one of them. `category` and `level`: for the matrix (JC-21). Raises
    NoSuchRuleSet, UnknownKind, UnknownTimer, UnknownLevel, BadStart, CalendarMissing."""
    at = parse_start(dispatched, calendar.zone)
    found = rules.named(ruleset, calendar.local_date(at))
    facts = Facts(
        kind=parse_kind(kind),
        request=RequestType.COMPLAINT,
        difficult=difficult,
        category=category,
        level=parse_level(level),
        upper_due_at=parse_start(upper_due, calendar.zone) if upper_due else None,
    )
    sheet = reckon(found, facts, at, calendar)
    timers = chosen(sheet, timer, found) if timer else dict(sheet.timers)
    if not as_text:
        console.print_json(json.dumps(as_json(timers, sheet.effective, calendar), ensure_ascii=False))
        return
    console.print(f"{found.ref} {found.title} · {' '.join(KIND_NAMES[facts.kind])}")
    for name, clock in timers.items():
        _print_reckoned(console, clock, name, calendar)
    if facts.upper_due_at is None and any(
        isinstance(rule.length, UpperDue) for rule in found.timers[facts.kind].values()
    ):
        console.print("未给上级要求时限，T-UPPER 未列 no date from above: T-UPPER is left out (--upper-due)")
    if sheet.effective:
        due = _due_text(sheet.effective.due_at, calendar)
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
        console.print(f"到期 Due: {_due_text(timer['due_at'], calendar)}（{calendar.zone.key}）")
        if timer["cut_by"]:
            console.print(f"不晚于 never later than {timer['cut_by']}")
        console.print(_state(timer, calendar))
