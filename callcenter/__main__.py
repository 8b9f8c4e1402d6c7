"""The command line. Every failure that a person can mend is told as cause and remedy, with exit code 2."""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.text import Text

from callcenter import __version__
from callcenter.commands import audit, due, keys, rules
from callcenter.core.errors import DomainError, Misconfigured, Unavailable

cli = typer.Typer(
    name="callcenter",
    help="12345 政务服务便民热线 · a government hotline over Asterisk",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
add = typer.Typer(help="新增机构、用户、令牌 · Add an org, a user, a token.", no_args_is_help=True)
cli.add_typer(add, name="add")
flow = typer.Typer(help="语音流程 · The call flows.", no_args_is_help=True)
cli.add_typer(flow, name="flow")
roster = typer.Typer(help="排班 · The working-hour roster.", no_args_is_help=True)
cli.add_typer(roster, name="roster")
cli.add_typer(keys, name="keys")
cli.add_typer(audit, name="audit")
cli.add_typer(rules, name="rules")
cli.command()(due)
errors = Console(stderr=True)


def _tell(well: bool, text: str) -> None:
    typer.echo(text)
    if not well:
        raise SystemExit(1)


def run_until_stopped(
    work: Callable[[asyncio.Event], Coroutine[Any, Any, int | None]], run: Callable[..., int] = asyncio.run
) -> int:
    """Runs `work(stop)`; the first SIGINT or SIGTERM sets `stop`, a second one cancels."""

    async def watched() -> int:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(work(stop))

        def ask() -> None:
            if stop.is_set():
                task.cancel()
            stop.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, ask)
        try:
            return await task or 0
        except asyncio.CancelledError:
            return 130

    return run(watched())


@cli.command()
def up(
    once: Annotated[bool, typer.Option("--once", help="End after the sample call: 0 if every step happened.")] = False,
    report: Annotated[Path | None, typer.Option("--report", help="Write the timeline as JSON.")] = None,
    state: Annotated[Path | None, typer.Option("--state", help="Folder of this installation's data.")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port of the desk.")] = None,
) -> None:
    """启动全部部件并拨打样例来电 · Start everything, place the sample call, stay up until Ctrl-C."""
    from callcenter.sample.up import bring_up

    raise SystemExit(
        run_until_stopped(lambda stop: bring_up(stop, once=once, report=report, folder=state, web_port=port))
    )


@cli.command()
def serve() -> None:
    """运行服务器 · Run the server: AMI, FastAGI, desk, HTTP API."""
    import uvloop

    from callcenter.app import serve as run
    from callcenter.logs import set_up_logs
    from callcenter.settings import load_settings

    settings = load_settings()
    set_up_logs(settings.logs)
    with database_named():
        raise SystemExit(run_until_stopped(lambda stop: run(settings, stop), uvloop.run))


@cli.command()
def transcribe() -> None:
    """运行转写进程 · Run a transcription worker."""
    from callcenter.app import transcribe as run
    from callcenter.logs import set_up_logs
    from callcenter.settings import load_settings

    settings = load_settings()
    set_up_logs(settings.logs)
    with database_named():
        raise SystemExit(run_until_stopped(lambda stop: run(settings, stop)))


@cli.command()
def migrate() -> None:
    """升级数据库结构 · Bring the database to the schema in use."""
    from callcenter.app.privacy import migrate as run
    from callcenter.settings import load_settings
    from callcenter.store.revision import head

    asyncio.run(run(load_settings(), Console()))
    typer.echo(f"数据库结构已是最新 · the database is at {head()}")


@cli.command()
def check() -> None:
    """检查配置、流程、规则、日历 · Check settings, flows, prompts, registry, rule sets, calendar."""
    from callcenter.app import operating
    from callcenter.settings import load_settings

    operating.check(load_settings(), Console())


@cli.command()
def prompts(sounds: Annotated[Path, typer.Argument(help="Asterisk's sounds folder.")]) -> None:
    """合成提示音 · Make the prompts and put them where Asterisk plays them from."""
    from callcenter.app import operating
    from callcenter.settings import load_settings

    operating.prompts(load_settings(), sounds, Console())


@cli.command()
def pbx(folder: Annotated[Path, typer.Argument(help="Where Asterisk finds its etc/, lib/ and spool/.")]) -> None:
    """生成语音平台配置 · Write Asterisk's configuration and prompts: hotlines, queues, seats, fail-safe branch."""
    from callcenter.app import operating
    from callcenter.settings import load_settings

    asyncio.run(operating.pbx_configuration(load_settings(), folder.absolute(), Console()))


@cli.command()
def drain(
    wanted: Annotated[
        Literal["on", "off", "status", "wait"],
        typer.Argument(help="on, off, status; wait: on, and until no call is left."),
    ],
) -> None:
    """停止接入新来电 · Take no new calls before the PBX is restarted; calls inside are served to their end."""
    from callcenter.app.drain import drain as run
    from callcenter.settings import load_settings

    asyncio.run(run(load_settings(), wanted, Console()))


@cli.command()
def models(
    verify: Annotated[Path | None, typer.Option("--verify", help="Folder of a copy to verify.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="Its name in the lock file.")] = None,
) -> None:
    """语音模型的安装与校验 · How to install a speech model, and whether a copy is good."""
    from callcenter.app import operating
    from callcenter.settings import load_settings

    _tell(*operating.models(load_settings(), verify, name))


@cli.command()
def sweep() -> None:
    """核对录音文件与记录 · Compare recordings with files, both ways."""
    from callcenter.app import operating
    from callcenter.settings import load_settings

    _tell(*asyncio.run(operating.sweep(load_settings())))


@cli.command()
def bench(
    measures: Annotated[
        list[str] | None, typer.Argument(help="queue, ami, agi, pop, writes, orders, memory, telephony; all if none.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Seconds instead of minutes; the figures prove nothing.")
    ] = False,
    json: Annotated[Path | None, typer.Option("--json", help="Write the figures as JSON.")] = None,
    hours: Annotated[
        float | None, typer.Option("--hours", min=0.01, help="telephony: so many hours of ten calls a second.")
    ] = None,
    orders: Annotated[int | None, typer.Option("--orders", min=1000, help="orders: so many loaded orders.")] = None,
) -> None:
    """测量性能 · Measure speed and size on a stage of its own, beside the bare parts."""
    import uvloop

    from callcenter.bench.command import run_bench

    raise SystemExit(
        run_until_stopped(
            lambda stop: run_bench(stop, measures or [], quick=quick, file=json, hours=hours, orders=orders),
            uvloop.run,  # as `serve` does
        )
    )


@flow.command("list")
def list_flows() -> None:
    """列出语音流程及版本 · List the call flows with their versions."""
    from callcenter.app import operating
    from callcenter.settings import load_settings

    operating.list_flows(load_settings(), Console())


@flow.command("draw")
def draw_flow(name: Annotated[str, typer.Argument(help="The flow's name.")]) -> None:
    """以 Mermaid 输出流程图 · Draw a call flow as a Mermaid flowchart."""
    from callcenter.app import operating
    from callcenter.settings import load_settings

    typer.echo(operating.draw_flow(load_settings(), name), nl=False)


@roster.command("check")
def check_roster(
    days: Annotated[int, typer.Option("--days", min=1, max=92, help="From now on, so many days.")] = 7,
) -> None:
    """检查排班缺口（7×24 小时） · Name each hour in which a queue has too few agents; exit code 1 if there is one."""
    from callcenter.app import rosters
    from callcenter.settings import load_settings

    if not asyncio.run(rosters.check_roster(load_settings(), days, Console())):
        raise SystemExit(1)


@add.command("org")
def add_org(
    code: Annotated[str, typer.Argument(help="Short code, a-z, 0-9 and -.")],
    name: Annotated[str, typer.Argument(help="Full name.")],
    level: Annotated[int, typer.Option("--level", help="1 city, 2 district, 3 street or town, 4 unit or village.")],
    kind: Annotated[str, typer.Option("--kind", help="centre, unit, village or discipline.")] = "unit",
    parent: Annotated[str | None, typer.Option("--parent", help="Code of the org above.")] = None,
) -> None:
    """新增机构 · Add an org."""
    from callcenter.app import operating
    from callcenter.settings import load_settings

    path = asyncio.run(operating.add_org(load_settings(), code=code, name=name, kind=kind, level=level, parent=parent))
    typer.echo(path)


@add.command("user")
def add_user(
    username: Annotated[str, typer.Argument()],
    name: Annotated[str, typer.Argument(help="The person's name.")],
    org: Annotated[str, typer.Option("--org", help="Code of the org.")],
    role: Annotated[list[str], typer.Option("--role", help="agent, dispatcher, reviewer, unit_operator ...")],
    extension: Annotated[str | None, typer.Option("--extension", help="Gives the user a seat.")] = None,
    queue: Annotated[list[str] | None, typer.Option("--queue", help="Queues of the seat; main if none.")] = None,
    password: Annotated[str, typer.Option(prompt="密码 password", hide_input=True, confirmation_prompt=True)] = "",
) -> None:
    """新增用户 · Add a user; with an extension also the seat."""
    from callcenter.app import operating
    from callcenter.settings import load_settings

    secret = asyncio.run(
        operating.add_user(
            load_settings(),
            username=username,
            name=name,
            org=org,
            roles=role,
            extension=extension,
            queues=queue or ["main"],
            password=password,
        )
    )
    if secret:
        typer.echo(f"分机 {extension} 的 SIP 密码（仅显示一次）SIP secret, shown once: {secret}")


@cli.command()
def password(
    username: Annotated[str, typer.Argument()],
    new: Annotated[str, typer.Option(prompt="新密码 new password", hide_input=True, confirmation_prompt=True)] = "",
) -> None:
    """重置密码 · Set a user's password; open sessions end."""
    from callcenter.app import operating
    from callcenter.settings import load_settings

    asyncio.run(operating.set_password(load_settings(), username, new))


@add.command("token")
def add_token(
    username: Annotated[str, typer.Argument(help="A user of the role service.")],
    name: Annotated[str, typer.Argument(help="What the token is for.")],
    days: Annotated[int, typer.Option("--days", help="Valid for so many days.")] = 90,
) -> None:
    """签发接口令牌 · Issue a bearer token for a machine."""
    from callcenter.app import operating
    from callcenter.settings import load_settings

    typer.echo(asyncio.run(operating.issue_token(load_settings(), username, name, days)))


@cli.command()
def version() -> None:
    """版本 · The version."""
    typer.echo(__version__)


def explained(error: BaseException) -> DomainError | None:
    """The typed error inside, also where a task group wraps it."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            if (found := explained(one)) is not None:
                return found
    return None


def gone(error: BaseException) -> bool:
    """Whether the database went away, and nothing else went wrong."""
    from callcenter.store.pool import is_away

    if isinstance(error, BaseExceptionGroup):
        return all(gone(one) for one in error.exceptions)
    return is_away(error)


@contextmanager
def database_named() -> Iterator[None]:
    """For servers, whose nameless sockets are the database's. Raises Unavailable when that went away."""
    try:
        yield
    except (Exception, BaseExceptionGroup) as error:
        if explained(error) is not None or not gone(error):
            raise
        raise Unavailable(
            part="PostgreSQL", remedy="it went away meanwhile: start it, then repeat the command"
        ) from error


def tell(error: DomainError) -> None:
    """Cause and remedy once where they are told apart, else the text in both languages."""
    match error:
        case Misconfigured(fields={"cause": cause, "remedy": remedy}):
            lines = (str(cause), f"处理办法 Remedy: {remedy}")
        case Unavailable(fields={"part": part, "remedy": remedy}):
            lines = (f"{part} 不可用 not available", f"处理办法 Remedy: {remedy}")
        case _:
            lines = (error.text("zh"), error.text("en"))
    errors.print(Text("✗ ", "red") + Text(lines[0]) + Text(f"\n  {lines[1]}"), soft_wrap=True)


def main() -> None:
    try:
        cli()
    except (DomainError, BaseExceptionGroup) as error:
        known = explained(error)
        if known is None:
            raise
        tell(known)
        sys.exit(2)


if __name__ == "__main__":
    main()
