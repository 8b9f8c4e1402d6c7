"""The command line. Every failure that a person can mend is told as cause and remedy, with exit code 2."""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from callcenter import __version__
from callcenter.core.errors import DomainError

cli = typer.Typer(
    name="callcenter",
    help="12345 政务服务便民热线 · a government hotline over Asterisk",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
errors = Console(stderr=True)


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
    raise SystemExit(run_until_stopped(lambda stop: run(settings, stop), uvloop.run))


@cli.command()
def transcribe() -> None:
    """运行转写进程 · Run a transcription worker."""
    from callcenter.app import transcribe as run
    from callcenter.logs import set_up_logs
    from callcenter.settings import load_settings

    settings = load_settings()
    set_up_logs(settings.logs)
    raise SystemExit(run_until_stopped(lambda stop: run(settings, stop)))


@cli.command()
def migrate() -> None:
    """升级数据库结构 · Bring the database to the schema in use."""
    from callcenter.settings import load_settings
    from callcenter.store.migrate import migrate_once
    from callcenter.store.revision import head

    asyncio.run(migrate_once(load_settings().store))
    typer.echo(f"数据库结构已是最新 · the database is at {head()}")


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


def main() -> None:
    try:
        cli()
    except (DomainError, BaseExceptionGroup) as error:
        known = explained(error)
        if known is None:
            raise
        errors.print(f"[red]✗[/red] {known.text('zh')}\n  {known.text('en')}", highlight=False)
        sys.exit(2)


if __name__ == "__main__":
    main()
