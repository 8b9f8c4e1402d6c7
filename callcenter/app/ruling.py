"""Commands about rule sets and the deadlines they give: they need no database."""

import json
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from rich.console import Console

from callcenter.core.clock import Clock, SystemClock
from callcenter.orders.calendar import WorkingCalendar
from callcenter.orders.calendar_data import load_calendar
from callcenter.orders.due_command import print_rule_dues
from callcenter.orders.rule_pages import difference_list, ruleset_list, ruleset_view
from callcenter.orders.rules_command import print_differences, print_ruleset, print_rulesets
from callcenter.orders.ruleset_files import read_rule_files, rule_book
from callcenter.orders.rulesets import RuleBook, RuleSet
from callcenter.settings import Settings


@dataclass(frozen=True, slots=True)
class _Shelf:
    rules: RuleBook
    ruleset: str
    calendar: WorkingCalendar
    clock: Clock

    def named(self, ref: str) -> RuleSet:
        return self.rules.named(ref, self.calendar.local_date(self.clock.now()))


def _shelf(settings: Settings) -> _Shelf:
    orders = settings.orders
    calendar = load_calendar(ZoneInfo(settings.city), orders.calendar_file)
    return _Shelf(
        rule_book(read_rule_files(orders.rules), orders.effective_from), orders.ruleset, calendar, SystemClock()
    )


def rule_dues(
    settings: Settings,
    console: Console,
    *,
    ruleset: str,
    kind: str,
    dispatched: str,
    timer: str | None,
    difficult: bool,
    category: str,
    level: str,
    upper_due: str | None,
    as_json: bool,
) -> None:
    """See `print_rule_dues`."""
    shelf = _shelf(settings)
    print_rule_dues(
        console,
        shelf.rules,
        shelf.calendar,
        ruleset=ruleset,
        kind=kind,
        dispatched=dispatched,
        timer=timer,
        difficult=difficult,
        category=category,
        level=level,
        upper_due=upper_due,
        as_text=not as_json,
    )


def list_rules(settings: Settings, console: Console) -> None:
    print_rulesets(console, ruleset_list(_shelf(settings)))


def show_rules(settings: Settings, console: Console, ref: str) -> None:
    """Raises NoSuchRuleSet."""
    shelf = _shelf(settings)
    print_ruleset(console, ruleset_view(shelf.named(ref), shelf))


def diff_rules(settings: Settings, console: Console, before: str, after: str, *, as_json: bool) -> None:
    """Raises NoSuchRuleSet."""
    shelf = _shelf(settings)
    found = difference_list(shelf.named(before), shelf.named(after), shelf.calendar)
    if as_json:
        console.print_json(json.dumps(found.model_dump(mode="json"), ensure_ascii=False))
    else:
        print_differences(console, found)
