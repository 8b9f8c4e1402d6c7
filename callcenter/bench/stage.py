"""A throw-away hotline to measure: its own PostgreSQL, Asterisk, server and seats, on free ports, in one folder."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import aiohttp
import yaml
from pydantic import SecretStr

from callcenter.bench.telephones import open_seats
from callcenter.core.clock import SystemClock
from callcenter.pbx.config import AmiConfig
from callcenter.pbx.host import AsteriskHost, AsteriskInstall, default_cache
from callcenter.pbx.plan import PbxPlan, SeatLine, Trunk
from callcenter.people.actor import Role
from callcenter.people.config import PeopleConfig
from callcenter.people.keys import have_keys, read_keys
from callcenter.people.model import NewOrg, NewUser
from callcenter.people.service import open_people
from callcenter.people.vault import Vault
from callcenter.resources import IVR
from callcenter.sample.children import Child, open_child
from callcenter.sample.sipp import Exchange
from callcenter.seats.store import SeatStore
from callcenter.store.config import StoreConfig
from callcenter.store.embedded import EmbeddedServer, open_embedded
from callcenter.store.migrate import migrate
from callcenter.store.pool import Pool, open_pool
from callcenter.transfers.registry import Registry, read_registry

HERE: Final = "127.0.0.1"
HOTLINE: Final = "12345"
RTP_PORTS: Final = 4000
READY_WITHIN: Final = 60.0
LOOK_EVERY: Final = 0.1
SHORT_GREETING: Final = {"zh": "您好。", "en": "Hello."}
"""The shipped greeting lasts some five seconds: it would only hold lines open."""
CHEAP_HASH: Final = {"HOTLINE_PEOPLE__ARGON2_TIME": "1", "HOTLINE_PEOPLE__ARGON2_MEMORY": "64"}

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What every measure gets. `quick` asks for a try-out of seconds, whose figures prove nothing; `hours` for a long
    steady run, `orders` for so many loaded orders."""

    install: AsteriskInstall
    folder: Path
    quick: bool
    say: Say
    hours: float | None = None
    orders: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The running hotline. Every seat `seats` has the same `password`; usernames are `agent` + extension."""

    host: AsteriskHost
    server: Child
    database: EmbeddedServer
    pool: Pool
    vault: Vault
    base: str
    password: str
    seats: tuple[str, ...]

    @property
    def exchange(self) -> Exchange:
        return exchange_of(self.host)

    def pids(self) -> dict[str, int]:
        """Of the parts that work for a call."""
        return {"asterisk": pid_of(self.host), "serve": self.server.pid, "postgres": self.database.pid}


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((HERE, 0))
        return int(probe.getsockname()[1])


def exchange_of(host: AsteriskHost) -> Exchange:
    return Exchange(host=HERE, port=host.plan.sip_port)


def pid_of(host: AsteriskHost) -> int:
    if host.pid is None:
        raise RuntimeError("Asterisk has ended")
    return host.pid


def ami_of(host: AsteriskHost) -> AmiConfig:
    plan = host.plan
    return AmiConfig(port=plan.ami_port, username=plan.ami_user, secret=SecretStr(plan.ami_secret))


def plan_of(registry: Registry, seats: int) -> PbxPlan:
    """The shipped hotlines and queues, with `seats` telephones."""
    first = 11_000 + 2 * secrets.randbelow(8_000)
    return PbxPlan(
        name="pbx1",
        sip_port=free_port(socket.SOCK_DGRAM),
        ami_port=free_port(),
        ami_secret=secrets.token_hex(16),
        agi_port=free_port(),
        rtp_first=first,
        rtp_last=first + RTP_PORTS,
        trunks=(Trunk(name="carrier", host=HERE, port=free_port(socket.SOCK_DGRAM)),),
        seats=tuple(SeatLine(extension=str(20_000 + n), secret=secrets.token_hex(12)) for n in range(seats)),
        queues=registry.queue_plans(),
        hotlines=registry.lines(),
        emergency_keys=registry.emergency_keys(),
    )


@asynccontextmanager
async def open_asterisk(bench: Bench, seats: int, *, echo: bool = False) -> AsyncIterator[AsteriskHost]:
    """One Asterisk with registered telephones that answer at once and, with `echo`, say back what they hear. Its tree
    is deleted afterwards."""
    bench.say("Asterisk")
    plan = plan_of(read_registry(IVR / "hotlines.yaml"), seats)
    host = AsteriskHost(bench.install, plan, instance=f"bench-{secrets.token_hex(5)}")
    try:
        await host.start()
        async with open_seats(exchange_of(host), {seat.extension: seat.secret for seat in plan.seats}, echo=echo):
            yield host
    finally:
        await host.stop()
        host.remove()


@asynccontextmanager
async def open_house(
    bench: Bench, seats: int, *, on_duty: bool, echo: bool = False, more: Mapping[str, str] = MappingProxyType({})
) -> AsyncIterator[House]:
    """With `on_duty` all seats are ready when the block begins, else all are offline. `more` are settings."""
    folder = bench.folder / secrets.token_hex(4)
    for part in ("logs", "spool", "media"):
        (folder / part).mkdir(parents=True)
    bench.say("PostgreSQL")
    async with open_embedded(folder / "postgres") as database, open_asterisk(bench, seats, echo=echo) as host:
        await migrate(database.url)
        async with open_pool(StoreConfig(url=SecretStr(database.url), pool_max=4)) as pool:
            password = secrets.token_urlsafe(12)
            bench.say("坐席 seats")
            await _staff(pool, host.plan, password, on_duty=on_duty)
            port = free_port()
            bench.say("服务器 server")
            settings = _settings(folder, database.url, host, port) | dict(more)
            async with open_child("serve", settings, folder / "logs") as server:
                house = House(
                    host=host,
                    server=server,
                    database=database,
                    pool=pool,
                    vault=Vault(read_keys(folder / "keys.json")),
                    base=f"http://{HERE}:{port}",
                    password=password,
                    seats=tuple(seat.extension for seat in host.plan.seats),
                )
                await _ready(house)
                if on_duty:
                    await members(host, "main", seats)
                yield house


async def members(host: AsteriskHost, queue: str, wanted: int) -> None:
    """Until so many members of the queue can be rung. Raises TimeoutError."""

    async def there() -> bool:
        shown = await host.command(f"queue show {queue}")
        return shown.count("(Not in use)") >= wanted

    await until(there, READY_WITHIN)


async def add_number(host: AsteriskHost, number: str, *steps: str) -> None:
    """Callers of the trunk can dial `number`; `steps` are applications, without spaces."""
    for place, step in enumerate(steps, 1):
        await host.command(f"dialplan add extension {number},{place},{step} into from-trunk")


async def until(done: Callable[[], Awaitable[bool]], within: float) -> None:
    """Asks again and again, for parts that tell nobody. Raises TimeoutError after `within` seconds."""
    async with asyncio.timeout(within):
        while True:
            if await done():
                return
            await asyncio.sleep(LOOK_EVERY)


def open_at_any_hour(file: Path) -> Path:
    """The shipped registry in `file`, whose other platforms keep no hours: measures and tests run at night, too."""
    registry = yaml.safe_load((IVR / "hotlines.yaml").read_text(encoding="utf-8"))
    for line in registry["hotlines"]:
        line.get("link", {}).pop("hours", None)
    file.write_text(yaml.safe_dump(registry, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


async def _staff(pool: Pool, plan: PbxPlan, password: str, *, on_duty: bool) -> None:
    clock = SystemClock()
    cheap = PeopleConfig(argon2_time=1, argon2_memory=64)
    async with open_people(pool, clock, cheap) as people:
        org = await people.create_org(NewOrg(code="bench", level=1, kind="centre", name="bench"), by=None)
        store = SeatStore(pool)
        for seat in plan.seats:
            user = await people.create_user(
                NewUser(
                    username=f"agent{seat.extension}",
                    name=f"坐席{seat.extension}",
                    org_id=org.id,
                    roles=frozenset({Role.AGENT}),
                    extension=seat.extension,
                    password=SecretStr(password),
                ),
                by=None,
            )
            await store.assign(user.id, seat.extension, seat.secret, ("main",), clock.now())
    if on_duty:
        await pool.execute("update agent_seat set presence = 'ready'")


def _settings(folder: Path, database: str, host: AsteriskHost, port: int) -> dict[str, str]:
    prompts = yaml.safe_load((IVR / "prompts" / "prompts.yaml").read_text("utf-8")) | {"greeting": SHORT_GREETING}
    texts = folder / "prompts.yaml"
    texts.write_text(yaml.safe_dump(prompts, allow_unicode=True), encoding="utf-8")
    return CHEAP_HASH | {
        "HOTLINE_STORE__URL": database,
        "HOTLINE_WEB__PORT": str(port),
        "HOTLINE_AMI__PORT": str(host.plan.ami_port),
        "HOTLINE_AMI__SECRET": host.plan.ami_secret,
        "HOTLINE_AGI__PORT": str(host.plan.agi_port),
        "HOTLINE_FLOWS__PROMPTS": str(texts),
        "HOTLINE_FLOWS__SOUNDS": str(host.paths.sounds),
        "HOTLINE_FLOWS__PROMPT_CACHE": str(default_cache() / "prompts"),
        "HOTLINE_CALLS__SPOOL": str(folder / "spool"),
        "HOTLINE_CALLS__CEL": str(host.paths.cel),
        "HOTLINE_PRIVACY__KEYS_FILE": str(have_keys(folder / "keys.json")),
        "HOTLINE_MEDIA__FOLDER": str(folder / "media"),
        "HOTLINE_FILES__FOLDER": str(folder / "files"),
        "HOTLINE_MEDIA__MONITOR_FOLDER": str(host.paths.monitor),
        "HOTLINE_SEATS__AFTER_CALL": "false",
        "HOTLINE_REGISTRY__PROBES": "false",
    }


async def _ready(house: House) -> None:
    """Raises what ended the server, should it end."""
    async with aiohttp.ClientSession() as http:

        async def ready() -> bool:
            try:
                async with http.get(house.base + "/readyz") as answer:
                    return answer.status == 200
            except aiohttp.ClientError:
                return False

        ended = asyncio.create_task(house.server.ended())
        waiting = asyncio.create_task(until(ready, READY_WITHIN))
        try:
            await asyncio.wait({ended, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                raise ended.result()
            await waiting
        finally:
            for task in (ended, waiting):
                task.cancel()
            await asyncio.gather(ended, waiting, return_exceptions=True)
