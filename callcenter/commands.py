"""Commands about rule sets and due times, keys and the audit trail; the others stand in `__main__`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

keys = typer.Typer(help="密钥 · The keys that names and numbers are sealed with.", no_args_is_help=True)
audit = typer.Typer(help="审计链 · The chained audit trail.", no_args_is_help=True)
rules = typer.Typer(help="规则集 · The rule sets: which clocks, owed by whom.", no_args_is_help=True)


def due(
    order: Annotated[
        str | None, typer.Argument(help="工单编号，逐项说明其时限 · An order's number: every clock.")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option("--from", help="时长的起算时间，默认现在 · Start of a length, e.g. 2026-09-30T10:00; now."),
    ] = None,
    working_days: Annotated[int | None, typer.Option("--working-days", help="工作日数 · So many working days.")] = None,
    natural_days: Annotated[int | None, typer.Option("--natural-days", help="自然日数 · So many natural days.")] = None,
    hours: Annotated[int | None, typer.Option("--hours", help="小时数 · So many hours.")] = None,
    ruleset: Annotated[
        str | None, typer.Option("--rules", help="规则集 · Rule set, e.g. xiayang-2022 or xiayang-2022/2.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="常规 紧急 次紧急 随身拍 市级复核，默认常规 · Kind; ordinary.")
    ] = None,
    dispatched: Annotated[
        str | None, typer.Option("--dispatched", help="派单时间，默认现在 · Dispatched at, e.g. 2026-02-13T10:00; now.")
    ] = None,
    timer: Annotated[str | None, typer.Option("--timer", help="只看一个时限 · One clock, e.g. T-HANDLE1.")] = None,
    difficult: Annotated[bool, typer.Option("--difficult", help="疑难工单 · A difficult order (class C).")] = False,
    category: Annotated[str, typer.Option("--category", help="分类（交办标准） · Category, for the matrix.")] = "",
    level: Annotated[str, typer.Option("--level", help="一般 次紧急 紧急 · Level, for the matrix.")] = "",
    upper_due: Annotated[str | None, typer.Option("--upper-due", help="上级要求时限 · Date from above.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON，与 --rules 同用 · As JSON, with --rules.")] = False,
) -> None:
    """逐日说明时限 · Explain deadlines day by day: of an order, of a rule set, or of a length.

    callcenter due --rules xiayang-2022 --kind 随身拍 --dispatched 2026-02-13T10:00

    callcenter due --from 2026-09-30T10:00 --working-days 5

    callcenter due 20260304-000001
    """
    from callcenter.app import operating, ruling
    from callcenter.core.clock import SystemClock
    from callcenter.orders.due_command import check_options
    from callcenter.settings import load_settings

    with_rules = {"--kind": bool(kind), "--dispatched": bool(dispatched), "--timer": bool(timer)}
    with_rules |= {"--difficult": difficult, "--category": bool(category), "--level": bool(level)}
    with_rules |= {"--upper-due": bool(upper_due), "--json": as_json}
    lengths = {"--working-days": working_days, "--natural-days": natural_days, "--hours": hours}
    without = {"order": bool(order), "--from": bool(start)} | {name: n is not None for name, n in lengths.items()}
    check_options(with_rules, without, rules=ruleset is not None)
    if ruleset is not None:
        ruling.rule_dues(
            load_settings(),
            Console(),
            ruleset=ruleset,
            kind=kind or "ordinary",
            dispatched=dispatched or SystemClock().now().isoformat(),
            timer=timer,
            difficult=difficult,
            category=category,
            level=level,
            upper_due=upper_due,
            as_json=as_json,
        )
        return
    asyncio.run(
        operating.due(
            load_settings(),
            Console(),
            order=order,
            start=start,
            working_days=working_days,
            natural_days=natural_days,
            hours=hours,
        )
    )


@rules.command("list")
def list_rules() -> None:
    """规则集一览 · The rule sets."""
    from callcenter.app import ruling
    from callcenter.settings import load_settings

    ruling.list_rules(load_settings(), Console())


@rules.command("show")
def show_rules(ref: Annotated[str, typer.Argument(help="e.g. xiayang-2022 or xiayang-2022/1")]) -> None:
    """规则集的各项数值与依据 · Values of a rule set, with source and reading."""
    from callcenter.app import ruling
    from callcenter.settings import load_settings

    ruling.show_rules(load_settings(), Console(), ref)


@rules.command("diff")
def diff_rules(
    before: Annotated[str, typer.Argument(help="e.g. xiayang-2022/1")],
    after: Annotated[str, typer.Argument(help="e.g. xiayang-2022/2")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """两个规则集的差别 · What changes for whom: which duty is due earlier or later."""
    from callcenter.app import ruling
    from callcenter.settings import load_settings

    ruling.diff_rules(load_settings(), Console(), before, after, as_json=as_json)


@audit.command("verify")
def verify_audit(
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    head: Annotated[str | None, typer.Option("--head", help="The head that an earlier check told.")] = None,
) -> None:
    """核验审计链 · Whether the audit trail is whole; names the first row that does not fit; exit code 1 then."""
    from callcenter.app.privacy import verify_audit as run
    from callcenter.settings import load_settings

    if not asyncio.run(run(load_settings(), Console(), head, as_json=json)):
        raise SystemExit(1)


@keys.command("new")
def new_keys(
    file: Annotated[Path | None, typer.Argument(help="Where; the setting's file if not given.")] = None,
) -> None:
    """生成密钥文件 · Make the file of keys; keep a copy at a safe place."""
    from callcenter.app import privacy
    from callcenter.settings import load_settings

    typer.echo(privacy.make_keys(load_settings(), file))


@keys.command("rotate")
def rotate_keys(
    file: Annotated[Path | None, typer.Argument()] = None,
    search: Annotated[bool, typer.Option("--search", help="The key that numbers are found by.")] = False,
    chain: Annotated[bool, typer.Option("--chain", help="The key of the audit trail.")] = False,
) -> None:
    """轮换密钥 · A new sealing key (or those that are named) before the others. Stop all servers and start them again,
    then: callcenter keys retire."""
    from callcenter.app import privacy
    from callcenter.settings import load_settings

    typer.echo(privacy.rotate_keys(load_settings(), file, search=search, chain=chain))


@keys.command("retire")
def retire_keys(file: Annotated[Path | None, typer.Argument()] = None) -> None:
    """停用旧密钥 · Drop older sealing and search keys, when nothing needs them any more; the chain keeps its own."""
    from callcenter.app import privacy
    from callcenter.settings import load_settings

    typer.echo(asyncio.run(privacy.retire_keys(load_settings(), file)))
