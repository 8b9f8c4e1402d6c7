"""What operators do at the command line, beside the running server."""

import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr, ValidationError
from rich.console import Console

from callcenter.app.speech import read_speech
from callcenter.app.switch import plan_pbx, write_configuration
from callcenter.app.transfers import read_matters
from callcenter.core.clock import SystemClock
from callcenter.core.errors import Invalid, NotFound
from callcenter.flows.book import NoSuchFlow
from callcenter.flows.draw import mermaid
from callcenter.flows.exits import depth_warnings
from callcenter.flows.model import version_of
from callcenter.flows.prompts import install_prompts
from callcenter.media.sweep import sweep_command
from callcenter.orders.calendar_data import load_calendar
from callcenter.orders.due_command import choose_length, parse_start, print_due, print_order_due
from callcenter.orders.explain import explanation
from callcenter.orders.ruleset_files import read_rule_files, rule_book
from callcenter.orders.store import OrderStore
from callcenter.pbx.tree import HostPaths
from callcenter.people import operator
from callcenter.people.model import NewOrg, NewUser
from callcenter.people.service import People, open_people
from callcenter.seats.store import SeatStore
from callcenter.settings import Settings
from callcenter.speech.models_text import explain_models, verify_command
from callcenter.store.pool import open_pool


class NoSuchName(NotFound):
    code = "no-such-name"
    zh = "没有名为 {name} 的{what_zh}"
    en = "there is no {what_en} named {name}"


def check(settings: Settings, console: Console) -> None:
    """Settings, flows, prompts, registry, rule sets, calendar. Raises Misconfigured with what is wrong."""
    speech = read_speech(settings)
    calendar = load_calendar(ZoneInfo(settings.city), settings.orders.calendar_file)
    rules = rule_book(read_rule_files(settings.orders.rules), settings.orders.effective_from)
    today = calendar.local_date(SystemClock().now())
    current = rules.current(settings.orders.ruleset, today)
    console.print(f"语音流程 flows: {'、'.join(sorted(speech.flows))}", highlight=False)
    for warning in depth_warnings(speech.flows):
        console.print(f"  [yellow]菜单层级 menu depth[/yellow] {warning}", highlight=False)
    console.print(f"提示音 prompts: {len(speech.prompts)}", highlight=False)
    console.print(f"热线号码 hotlines: {len(speech.registry.hotlines)}", highlight=False)
    console.print(f"队列 queues: {len(speech.queues.queues)}", highlight=False)
    matters = read_matters(settings, speech.registry)
    console.print(f"分流转办事项 matters: {len(matters.matters)} v{matters.version}", highlight=False)
    console.print(f"规则集 rule set: {current.id} v{current.version}", highlight=False)
    console.print(f"工作日历至 calendar until: {max(calendar.years)}", highlight=False)
    if today.year + 1 not in calendar.years and today.month >= 11:
        console.print(
            f"[yellow]尚无 {today.year + 1} 年日历，跨年时限将无法计算；请按国务院办公厅通知填写 orders.calendar_file\n"
            f"No calendar for {today.year + 1}: deadlines beyond the year will be refused until it is given[/yellow]"
        )
    console.print("[green]全部通过 all good[/green]")


def list_flows(settings: Settings, console: Console) -> None:
    """Every flow of the files, with its version."""
    for name, flow in sorted(read_speech(settings).flows.items()):
        console.print(f"{name}  {version_of(flow)}  {flow.title.zh}  {flow.title.en}", highlight=False)


def draw_flow(settings: Settings, name: str) -> str:
    """A Mermaid flowchart. Raises NoSuchFlow."""
    speech = read_speech(settings)
    if name not in speech.flows:
        raise NoSuchFlow(flow=name)
    return mermaid(speech.flows[name], speech.prompts)


def prompts(settings: Settings, sounds: Path, console: Console) -> None:
    """Makes the prompts and puts them into Asterisk's sounds folder."""
    speech = read_speech(settings)
    book = install_prompts(speech.prompts, cache=settings.flows.prompt_cache, sounds=sounds)
    for name, length in book.lengths.items():
        console.print(f"{name}  {length.total_seconds():.1f} s", highlight=False)


async def pbx_configuration(settings: Settings, folder: Path, console: Console) -> None:
    """Writes Asterisk's configuration and prompts, with the seats that are in the database."""
    speech = read_speech(settings)
    async with open_pool(settings.store) as pool:
        seats = await SeatStore(pool).phones()
    plan = plan_pbx(settings.pbx, settings.ami, settings.agi, speech.registry, speech.queues, seats)
    write_configuration(plan, folder)
    prompts(settings, HostPaths(folder).sounds, console)
    console.print(
        f"[green]已写入 written[/green] {folder}: {len(plan.hotlines)} 热线, {len(seats)} 分机", highlight=False
    )


async def due(
    settings: Settings,
    console: Console,
    *,
    order: str | None,
    start: str | None,
    working_days: int | None,
    natural_days: int | None,
    hours: int | None,
) -> None:
    """Explains a deadline day by day: of an order's clocks, or from a start and a length."""
    calendar = load_calendar(ZoneInfo(settings.city), settings.orders.calendar_file)
    if order is not None:
        rules = rule_book(read_rule_files(settings.orders.rules), settings.orders.effective_from)
        async with open_pool(settings.store) as pool:
            await print_order_due(console, OrderStore(pool), rules, calendar, order)
        return
    begin = parse_start(start, calendar.zone) if start else SystemClock().now()
    print_due(console, explanation(begin, choose_length(working_days, natural_days, hours), calendar), calendar)


def models(settings: Settings, verify: Path | None, name: str | None) -> tuple[bool, str]:
    """Whether all is well, and what to print."""
    return verify_command(verify, name) if verify else (True, explain_models(settings.speech))


async def sweep(settings: Settings) -> tuple[bool, str]:
    """Whether recordings and files agree, and what to print."""
    return await sweep_command(settings.store, settings.media, SystemClock())


@asynccontextmanager
async def _people(settings: Settings) -> AsyncIterator[People]:
    async with open_pool(settings.store) as pool, open_people(pool, SystemClock(), settings.people) as people:
        yield people


def _validated(error: ValidationError) -> Invalid:
    return Invalid(reason="; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()))


async def add_org(settings: Settings, *, code: str, name: str, kind: str, level: int, parent: str | None) -> str:
    """Its path."""
    async with _people(settings) as people:
        above = None
        if parent is not None and (above := await people.directory.org_by_code(parent)) is None:
            raise NoSuchName(name=parent, what_zh="机构", what_en="org")
        given = {"code": code, "name": name, "kind": kind, "level": level, "parent_id": above.id if above else None}
        try:
            new = NewOrg.model_validate(given)
        except ValidationError as error:
            raise _validated(error) from error
        return (await people.create_org(new, by=None)).path


async def add_user(
    settings: Settings,
    *,
    username: str,
    name: str,
    org: str,
    roles: Iterable[str],
    extension: str | None,
    queues: Iterable[str],
    password: str,
) -> str:
    """The SIP secret of the user's new seat, '' for a user without one."""
    async with _people(settings) as people:
        found = await people.directory.org_by_code(org)
        if found is None:
            raise NoSuchName(name=org, what_zh="机构", what_en="org")
        given = {"username": username, "name": name, "org_id": found.id, "extension": extension}
        try:
            new = NewUser.model_validate(given | {"roles": frozenset(roles), "password": SecretStr(password)})
        except ValidationError as error:
            raise _validated(error) from error
        user = await people.create_user(new, by=None)
        if extension is None:
            return ""
        secret = secrets.token_urlsafe(18)
        await SeatStore(people.pool).assign(user.id, extension, secret, queues, SystemClock().now())
        return secret


async def set_password(settings: Settings, username: str, password: str) -> None:
    async with _people(settings) as people:
        await operator.set_password(people, username, password)


async def issue_token(settings: Settings, username: str, name: str, days: int) -> str:
    """The token, which is shown this once."""
    async with _people(settings) as people:
        return await operator.issue_token(people, username, name, timedelta(days=days))
