"""`callcenter up`: the whole house on one machine, and the sample call through all of it."""

import asyncio
import os
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console

from callcenter.app.rooms import read_speech
from callcenter.flows.prompts import install_prompts
from callcenter.logs import LogsConfig, set_up_logs
from callcenter.pbx.host import AsteriskHost, default_cache, find_or_build
from callcenter.sample.call import Stage, place_sample_call
from callcenter.sample.children import Child, open_child
from callcenter.sample.city import read_city
from callcenter.sample.pieces import HERE, instance_of, plan_of, settings_of, settle_city, until_ready
from callcenter.sample.progress import Detail, Progress
from callcenter.sample.shown import show_welcome
from callcenter.sample.sipp import Exchange
from callcenter.sample.speech import speech_of
from callcenter.sample.state import LocalState, open_state, save_state
from callcenter.sample.visiting import stay
from callcenter.settings import load_settings
from callcenter.store.embedded import open_embedded
from callcenter.store.migrate import migrate


async def bring_up(
    stop: asyncio.Event, *, once: bool, report: Path | None, folder: Path | None, web_port: int | None
) -> int:
    """Exit code: with `once` 0 if every step of the sample call happened, else 1; 130 when stopped before its end."""
    folder = (folder or default_folder()).absolute()
    installation = Installation(folder, open_state(folder, web_port=web_port), Console())
    work = asyncio.create_task(installation.run(once=once, report=report))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not work.done():
        installation.progress.console.print("\n正在停止 · stopping …")
        work.cancel()
    try:
        return await work
    except asyncio.CancelledError:
        return 0 if installation.shown else 130


def default_folder() -> Path:
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return Path(os.environ.get("HOTLINE_STATE") or state / "hotline")


class Installation:
    """One machine's house, in one folder."""

    def __init__(self, folder: Path, state: LocalState, console: Console) -> None:
        self._folder = folder
        self._state = state
        self._city = read_city()
        self._speech = read_speech(load_settings())
        self.progress = Progress(console)
        self.shown = False

    async def run(self, *, once: bool, report: Path | None) -> int:
        self._logs.mkdir(parents=True, exist_ok=True)
        with (self._logs / "up.log").open("w", encoding="utf-8") as log:
            set_up_logs(LogsConfig(form="console"), log)
            async with AsyncExitStack() as stack:
                stage, children = await self._start(stack)
                with self.progress.step("样例来电", "sample call", "拨号") as detail:
                    timeline = await _while_alive(place_sample_call(stage, detail), children)
                timeline.show(self.progress.console)
                if report is not None:
                    timeline.write(report)
                if once:
                    return 0 if timeline.ok else 1
                show_welcome(self.progress.console, self._state, self._city)
                self.shown = True
                await _while_alive(stay(stage, self.progress.console), children)
        return 0

    @property
    def _logs(self) -> Path:
        return self._folder / "logs"

    async def _start(self, stack: AsyncExitStack) -> tuple[Stage, list[Child]]:
        step = self.progress.step
        with step("数据库", "database", "PostgreSQL 启动") as detail:
            url = os.environ.get("DATABASE_URL") or (await stack.enter_async_context(open_embedded(self._pg))).url
            detail.say("升级结构")
            await migrate(url)
        with step("样例城市", "sample city", "机构、人员、坐席、知识"):
            await settle_city(url, self._city, self._state)
            save_state(self._folder, self._state)
        with step("语音平台", "Asterisk", "查找或构建") as detail:
            host = await self._open_asterisk(stack, detail)
        settings = settings_of(self._folder, self._state, url, host.paths)
        with step("服务器", "server", "就绪") as detail:
            server = await stack.enter_async_context(open_child("serve", settings, self._logs))
            await _while_alive(until_ready(self._base, detail.say), [server])
        worker = await stack.enter_async_context(open_child("transcribe", settings, self._logs))
        return self._stage(host), [server, worker]

    @property
    def _base(self) -> str:
        return f"http://{HERE}:{self._state.ports['web']}"

    @property
    def _pg(self) -> Path:
        return self._folder / "postgres"

    async def _open_asterisk(self, stack: AsyncExitStack, detail: Detail) -> AsteriskHost:
        loop = asyncio.get_running_loop()

        def say(text: str) -> None:
            loop.call_soon_threadsafe(detail.say, text)

        cache = default_cache()
        install = await asyncio.to_thread(find_or_build, cache, say)
        plan = plan_of(self._state, self._city, self._speech)
        host = AsteriskHost(install, plan, instance=instance_of(self._folder))
        detail.say("合成提示音")
        await asyncio.to_thread(
            install_prompts, self._speech.prompts, cache=cache / "prompts", sounds=host.paths.sounds
        )
        detail.say("启动")
        await host.start()
        stack.push_async_callback(host.stop)
        return host

    def _stage(self, host: AsteriskHost) -> Stage:
        folder = os.environ.get("HOTLINE_SAMPLE_SPEECH")
        caller, agent = speech_of(Path(folder) if folder else None)
        return Stage(
            base=self._base,
            exchange=Exchange(host=HERE, port=host.plan.sip_port),
            citizens_port=self._state.ports["citizens"],
            passwords=self._state.passwords,
            agent_secret=self._state.sip_secret_of("8001"),
            caller_speech=caller,
            agent_speech=agent,
            media=self._folder / "media",
        )


T = TypeVar("T")


async def _while_alive(work: Coroutine[Any, Any, T], children: list[Child]) -> T:
    """The result of `work`; raises what ended a child, should one end before."""
    task = asyncio.create_task(work)
    ends = [asyncio.create_task(child.ended()) for child in children]
    try:
        await asyncio.wait({task, *ends}, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            if end.done() and not task.done():
                raise end.result()
        return await task
    finally:
        for one in (task, *ends):
            one.cancel()
        await asyncio.gather(task, *ends, return_exceptions=True)
