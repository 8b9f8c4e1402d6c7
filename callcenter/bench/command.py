"""`callcenter bench`: the measures one after another, each on a stage of its own."""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console

from callcenter.bench import report
from callcenter.bench.agi import measure_agi
from callcenter.bench.ami import measure_ami
from callcenter.bench.figures import Figure
from callcenter.bench.memory import measure_memory
from callcenter.bench.orders import measure_orders
from callcenter.bench.pop import measure_pop
from callcenter.bench.queue import measure_queue
from callcenter.bench.stage import Bench
from callcenter.bench.telephony import measure_telephony
from callcenter.bench.writes import measure_writes
from callcenter.core.errors import Misconfigured
from callcenter.logs import LogsConfig, set_up_logs
from callcenter.pbx.host import AsteriskInstall, default_cache, find_or_build
from callcenter.sample.progress import Progress
from callcenter.store.embedded import open_embedded
from callcenter.store.migrate import migrate

Measure = Callable[[Bench], Awaitable[list[Figure]]]


async def _writes(bench: Bench) -> list[Figure]:
    bench.say("PostgreSQL")
    async with open_embedded(bench.folder / "writes") as database:
        await migrate(database.url)
        bench.say("写入 writing")
        return await measure_writes(database.url)


MEASURES: Final[Mapping[str, tuple[str, Measure]]] = {
    "queue": ("排队通话", measure_queue),
    "ami": ("事件量与解码", measure_ami),
    "agi": ("语音流程应答", measure_agi),
    "pop": ("来电弹屏", measure_pop),
    "writes": ("工单写入", _writes),
    "orders": ("百万工单", measure_orders),
    "memory": ("内存", measure_memory),
    "telephony": ("电话全程", measure_telephony),
}


async def run_bench(
    stop: asyncio.Event,
    names: Sequence[str],
    *,
    quick: bool,
    file: Path | None,
    hours: float | None = None,
    orders: int | None = None,
) -> int:
    """All measures if none is named. Exit code 1 when an aim was missed, 130 when stopped before the end."""
    if hours is not None and list(names) != ["telephony"]:
        raise Misconfigured(cause="--hours belongs to the measure telephony", remedy="bench telephony --hours 1")
    if orders is not None and list(names) != ["orders"]:
        raise Misconfigured(cause="--orders belongs to the measure orders", remedy="bench orders --orders 100000")
    if unknown := [name for name in names if name not in MEASURES]:
        raise Misconfigured(
            cause=f"no measure is called {', '.join(unknown)}", remedy=f"choose from: {', '.join(MEASURES)}"
        )
    console, figures = Console(), list[Figure]()
    began = os.getloadavg()[0]
    progress = Progress(console)
    install = await _install(progress)
    work = asyncio.create_task(_measure(install, names or list(MEASURES), quick, hours, orders, progress, figures))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    stopped = not work.done()
    if stopped:
        work.cancel()
    try:
        await asyncio.wait({work})
        if not stopped:
            work.result()
    finally:
        if figures:
            on = await report.machine(install, began)
            report.show(console, figures, on)
            if file is not None:
                report.write(file, figures, on)
    if stopped:
        return 130
    return 1 if report.missed(figures) and not quick else 0


async def _install(progress: Progress) -> AsteriskInstall:
    loop = asyncio.get_running_loop()
    with progress.step("语音平台", "Asterisk", "查找或构建") as detail:

        def say(text: str) -> None:
            loop.call_soon_threadsafe(detail.say, text)

        return await asyncio.to_thread(find_or_build, default_cache(), say)


async def _measure(
    install: AsteriskInstall,
    names: Sequence[str],
    quick: bool,
    hours: float | None,
    orders: int | None,
    progress: Progress,
    figures: list[Figure],
) -> None:
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as made:
        folder = Path(made)
        with (folder / "bench.log").open("w", encoding="utf-8") as log:
            set_up_logs(LogsConfig(form="console"), log)
            for name in names:
                title, measure = MEASURES[name]
                with progress.step(title, name, "准备") as detail:
                    bench = Bench(
                        install=install, folder=folder, quick=quick, say=detail.say, hours=hours, orders=orders
                    )
                    figures += await measure(bench)
