"""Commands about rule sets, keys and the audit trail; the others stand in `__main__`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

keys = typer.Typer(help="密钥 · The keys that names and numbers are sealed with.", no_args_is_help=True)
audit = typer.Typer(help="审计链 · The chained audit trail.", no_args_is_help=True)
rules = typer.Typer(help="规则集 · The rule sets: which clocks, owed by whom.", no_args_is_help=True)


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
