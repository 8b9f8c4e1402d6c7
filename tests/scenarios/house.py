"""A whole house for a test module: the sample city with the real server and transcriber as processes of their own,
real Asterisk and PostgreSQL. Between the server and both stand sockets that a test can cut."""

import asyncio
import secrets
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import aiohttp
import asyncpg
import pytest
import pytest_asyncio

from callcenter.app.rooms import read_speech
from callcenter.bench.stage import open_at_any_hour
from callcenter.flows.prompts import install_prompts
from callcenter.pbx.host import AsteriskHost, AsteriskInstall, default_cache
from callcenter.pbx.plan import Trunk
from callcenter.people.actor import Role
from callcenter.people.keys import read_keys
from callcenter.people.vault import Vault
from callcenter.sample.children import Child, open_child
from callcenter.sample.city import SampleCity, SampleUser, read_city
from callcenter.sample.desk import Desk
from callcenter.sample.pieces import HERE, plan_of, settings_of, settle_city, until_ready
from callcenter.sample.rtp import clip as coded
from callcenter.sample.sipp import Exchange, Telephone, open_agent, open_caller
from callcenter.sample.state import DEFAULT_PORTS, LocalState
from callcenter.settings import load_settings
from callcenter.store.pool import Pool, prepare
from tests.simulators.ports import free_port, free_udp, rtp_range
from tests.simulators.severed_postgres import SeveredPostgres, open_severed
from tests.simulators.severed_tcp import SeveredTcp, open_severed_tcp
from tests.speech_material import Clip, Material

T = TypeVar("T")

SECOND = timedelta(seconds=1)
PATIENCE = timedelta(seconds=40)


def free_ports() -> LocalState:
    """A house's ports, free at this moment, and fresh secrets."""
    udp = {"sip", "citizens", "agents", "rescue"}
    ports = {name: free_udp() if name in udp else free_port() for name in (*DEFAULT_PORTS, "rescue")}
    return LocalState(ports=ports, ami_secret=secrets.token_urlsafe(24))


async def until(look: Callable[[], Awaitable[T | None]], within: timedelta = PATIENCE) -> T:
    """The first answer that is something. Raises TimeoutError."""
    async with asyncio.timeout(within.total_seconds()):
        while True:
            if found := await look():
                return found
            await asyncio.sleep(0.05)


class House:
    """`database` and `ami` are the sockets that can be cut; `sql` goes around them."""

    def __init__(self, folder: Path, state: LocalState, host: AsteriskHost, sql: Pool) -> None:
        self.folder = folder
        self.state = state
        self.host = host
        self.sql = sql
        self.base = f"http://{HERE}:{state.ports['web']}"
        self.exchange = Exchange(host=HERE, port=state.ports["sip"])
        self.database: SeveredPostgres
        self.ami: SeveredTcp
        self._stack = AsyncExitStack()
        self._settings: Mapping[str, str] = {}
        self._server: Child | None = None
        self._starts = 0

    @property
    def media(self) -> Path:
        return self.folder / "media"

    @property
    def spool(self) -> Path:
        return self.folder / "spool" / "pbx1.spool"

    async def settle(self, stack: AsyncExitStack, database_url: str, material: Material) -> None:
        """Cuttable sockets in front of database and Asterisk, the transcriber, the server."""
        self._stack = stack
        self.database = await stack.enter_async_context(open_severed(database_url))
        self.ami = await stack.enter_async_context(open_severed_tcp(self.state.ports["ami"]))
        self._settings = settings_of(self.folder, self.state, self.database.url, self.host.paths) | {
            "HOTLINE_AMI__PORT": str(self.ami.port),
            "HOTLINE_FLOWS__HOTLINES": str(open_at_any_hour(self.folder / "hotlines.yaml")),
            "HOTLINE_REGISTRY__PROBES": "false",
            "HOTLINE_SPEECH__MODEL_PATH": str(material.model),
        }
        (self.folder / "transcribe").mkdir(parents=True)
        await stack.enter_async_context(open_child("transcribe", self._settings, self.folder / "transcribe"))
        await self.start_server()

    async def start_server(self) -> None:
        """Returns when the server says that it is ready."""
        self._starts += 1
        logs = self.folder / f"server-{self._starts}"
        logs.mkdir()
        self._server = await self._stack.enter_async_context(open_child("serve", self._settings, logs))
        said: list[str] = []
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                await until_ready(self.base, said.append)
        except TimeoutError:
            raise AssertionError(f"the server is not ready: {said[-1:]}, {self.last_words()}") from None

    async def away(self) -> set[str]:
        """The parts that the server says it misses."""
        async with aiohttp.ClientSession(base_url=self.base) as http, http.get("/readyz") as answer:
            return {part["part"] for part in (await answer.json())["parts"] if part["state"] == "away"}

    async def is_ready(self) -> bool:
        return not await self.away()

    def signal_server(self, number: signal.Signals) -> None:
        assert self._server is not None
        self._server.signal(number)

    async def end_server(self) -> None:
        """As a supervisor ends one that hangs, or finds one that was killed."""
        assert self._server is not None
        self.signal_server(signal.SIGKILL)
        await self._server.ended()

    def last_words(self) -> str:
        """The end of the server's log."""
        log = self.folder / f"server-{self._starts}" / "serve.log"
        return log.read_text(encoding="utf-8", errors="replace")[-6000:]

    def desk(self, username: str) -> Desk:
        return Desk(self.base, username, self.state.passwords[username])

    async def desk_shows(self, desk: Desk, **wanted: Any) -> Any:
        """The state of the desk, as soon as it is as wanted."""
        seen: dict[str, Any] = {}

        async def look() -> dict[str, Any] | None:
            seen.update(await desk.get("/api/desk"))
            return seen if all(seen[name] == value for name, value in wanted.items()) else None

        try:
            return await until(look)
        except TimeoutError:
            raise AssertionError(f"the desk is not {wanted}: {seen}") from None

    @asynccontextmanager
    async def agent_phone(
        self, clip: Clip, ring: timedelta = SECOND / 5, extension: str = "8001"
    ) -> AsyncIterator[Telephone]:
        """The telephone of hw01, or of another seat."""
        secret = self.state.sip_secret_of(extension)
        speech = coded(clip.path)
        async with open_agent(self.exchange, extension=extension, secret=secret, speech=speech, ring=ring) as phone:
            yield phone

    @asynccontextmanager
    async def caller(self, number: str, clip: Clip, hold: timedelta = 120 * SECOND) -> AsyncIterator[Telephone]:
        """A citizen who rings 12345 now."""
        speech = coded(clip.path)
        async with open_caller(self.exchange, dial="12345", caller=number, speech=speech, hold=hold) as phone:
            yield phone

    async def call_of(self, number: str, within: timedelta = PATIENCE, **wanted: Any) -> asyncpg.Record:
        """The row of the citizen's latest call, as soon as it is as wanted."""
        seen: asyncpg.Record | None = None

        async def look() -> asyncpg.Record | None:
            nonlocal seen
            seen = await self.sql.fetchrow(
                "select * from call where caller_key = $1 order by started_at desc limit 1", self.key_of(number)
            )
            return seen if seen and all(seen[name] == value for name, value in wanted.items()) else None

        try:
            return await until(look, within)
        except TimeoutError:
            facts = await self.facts_of(seen["id"]) if seen else []
            raise AssertionError(f"the call is not {wanted}: {seen}, {facts}") from None

    @property
    def vault(self) -> Vault:
        return Vault(read_keys(Path(self._settings["HOTLINE_PRIVACY__KEYS_FILE"])))

    def key_of(self, number: str) -> bytes:
        """Under which the house holds a citizen's number."""
        return self.vault.key(f"+86{number}")

    async def recording_of(self, call: UUID) -> asyncpg.Record:
        """The call's one recording, when it is out of Asterisk's hands. Raises TimeoutError."""
        return await until(lambda: self._one("recording", call, "recording"))

    async def transcript_of(self, call: UUID) -> asyncpg.Record:
        """The transcript of the call's recording, when it is finished. Raises TimeoutError."""
        return await until(lambda: self._one("transcript", call, "waiting", "running"))

    async def _one(self, table: str, call: UUID, *unfinished: str) -> asyncpg.Record | None:
        rows = await self.sql.fetch(f"select * from {table} where call_id = $1", call)
        assert len(rows) <= 1, f"a call has {len(rows)} of {table}"
        return rows[0] if rows and rows[0]["status"] not in unfinished else None

    async def facts_of(self, call: UUID) -> list[str]:
        rows = await self.sql.fetch("select kind, source from call_fact where call_id = $1 order by at", call)
        return [f"{row['kind']} {row['source']}" for row in rows]


def staffed(seats: int) -> SampleCity:
    """The sample city with `hw01` … as many seats of the main queue as asked for, at 8001 and on."""
    city = read_city()
    there = sum(Role.AGENT in user.roles for user in city.users)
    more = [
        SampleUser(
            username=f"hw{n:02}",
            name=f"话务员{n}",
            org="chengwan",
            roles=frozenset({Role.AGENT}),
            extension=str(8000 + n),
            queues=("main",),
        )
        for n in range(there + 1, seats + 1)
    ]
    return city.model_copy(update={"users": [*city.users, *more]})


@asynccontextmanager
async def open_house(folder: Path, postgres: str, install: AsteriskInstall, *, seats: int = 0) -> AsyncIterator[House]:
    """`postgres` is the URL of the session's server, with `{database}` to fill in. `seats` beyond the sample city's are
    added to it. Calls out to emergency numbers leave by a trunk of their own, at the port `rescue`."""
    name = f"house_{secrets.token_hex(8)}"
    admin = await asyncpg.connect(postgres.format(database="postgres"))
    await admin.execute(f"create database {name} template hotline_template")
    url, state, city = postgres.format(database=name), free_ports(), staffed(seats)
    try:
        await settle_city(url, city, state)
        async with AsyncExitStack() as stack:
            first, last = rtp_range()
            speech = read_speech(load_settings())
            plan = plan_of(state, city, speech)
            rescue = Trunk(name="rescue", host=HERE, port=state.ports["rescue"], groups=("emergency",))
            plan = replace(plan, rtp_first=first, rtp_last=last, trunks=(*plan.trunks, rescue))
            host = AsteriskHost(install, plan, instance=name.replace("_", "-"))
            stack.callback(host.remove)
            stack.push_async_callback(host.stop)
            await host.start()
            install_prompts(speech.prompts, cache=default_cache() / "prompts", sounds=host.paths.sounds)
            sql = await stack.enter_async_context(asyncpg.create_pool(url, min_size=1, max_size=2, init=prepare))
            house = House(folder, state, host, sql)
            await house.settle(stack, url, Material())
            yield house
            print(house.last_words())  # pytest shows it beside a failure
    finally:
        await admin.execute(f"drop database if exists {name} with (force)")
        await admin.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(
    tmp_path_factory: pytest.TempPathFactory, postgres: str, asterisk_install: AsteriskInstall
) -> AsyncIterator[House]:
    """One house for all tests of a module, which run in the module's loop; each leaves it whole."""
    async with open_house(tmp_path_factory.mktemp("house"), postgres, asterisk_install) as house:
        yield house
