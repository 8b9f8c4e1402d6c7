"""The pieces that a house on one machine is put together from: its PBX, its city, its children's settings."""

import asyncio
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import aiohttp
from pydantic import SecretStr

from callcenter.app.rooms import Speech
from callcenter.app.switch import plan_pbx
from callcenter.core.clock import SystemClock
from callcenter.core.ids import UserId
from callcenter.knowledge.model import NewArticle
from callcenter.knowledge.service import Knowledge
from callcenter.pbx.agi import AgiConfig
from callcenter.pbx.config import AmiConfig, PbxConfig, TrunkConfig
from callcenter.pbx.host import default_cache
from callcenter.pbx.plan import PbxPlan
from callcenter.pbx.tree import HostPaths
from callcenter.people.config import PeopleConfig
from callcenter.people.keys import have_keys
from callcenter.people.service import open_people
from callcenter.sample.city import CALENDAR, SampleCity, load_city
from callcenter.sample.state import RTP_FIRST, RTP_PORTS, LocalState
from callcenter.seats.store import SeatStore
from callcenter.store.config import StoreConfig
from callcenter.store.pool import open_pool

HERE: Final = "127.0.0.1"


def instance_of(folder: Path) -> str:
    """Name of the Asterisk instance that belongs to the house in `folder`."""
    return "up-" + hashlib.sha256(os.fsencode(folder)).hexdigest()[:10]


def plan_of(state: LocalState, city: SampleCity, speech: Speech) -> PbxPlan:
    """The sample city's PBX: one carrier, which is the simulated citizens' telephones."""
    ports = state.ports
    return plan_pbx(
        PbxConfig(
            sip_port=ports["sip"],
            rtp_first=RTP_FIRST,
            rtp_last=RTP_FIRST + RTP_PORTS,
            trunks=(TrunkConfig(name="carrier", host=HERE, port=ports["citizens"]),),
        ),
        AmiConfig(port=ports["ami"], secret=SecretStr(state.ami_secret)),
        AgiConfig(port=ports["agi"]),
        speech.registry,
        speech.queues,
        [(one, state.sip_secret_of(one)) for one in city.extensions],
    )


async def settle_city(url: str, city: SampleCity, state: LocalState) -> None:
    """Loads the city into a migrated database; what is there stays."""
    clock = SystemClock()
    async with (
        open_pool(StoreConfig.model_validate({"url": url, "pool_max": 4})) as pool,
        open_people(pool, clock, PeopleConfig()) as people,
    ):
        seats, knowledge = SeatStore(pool), Knowledge(pool, clock, people.audit)

        async def assign(user: UserId, extension: str, secret: str, queues: tuple[str, ...]) -> None:
            await seats.assign(user, extension, secret, queues, clock.now())

        async def publish(title: str, body: str, keywords: list[str]) -> None:
            await knowledge.write(NewArticle(title=title, body=body, keywords=keywords), by=None)

        await load_city(city, people, state, assign, publish)


def settings_of(folder: Path, state: LocalState, database: str, pbx: HostPaths) -> dict[str, str]:
    """The environment of the children. The sample city rings back at any hour, so that its call can be watched at
    any hour."""
    ports = {name.upper(): str(port) for name, port in state.ports.items()}
    return {
        "HOTLINE_STORE__URL": database,
        "HOTLINE_WEB__PORT": ports["WEB"],
        "HOTLINE_AMI__PORT": ports["AMI"],
        "HOTLINE_AMI__SECRET": state.ami_secret,
        "HOTLINE_AGI__PORT": ports["AGI"],
        "HOTLINE_FLOWS__SOUNDS": str(pbx.sounds),
        "HOTLINE_FLOWS__PROMPT_CACHE": str(default_cache() / "prompts"),
        "HOTLINE_CALLS__SPOOL": str(folder / "spool"),
        "HOTLINE_CALLS__CEL": str(pbx.cel),
        "HOTLINE_REGISTRY__PROBES": "false",  # started at any hour, it would make up for the night's test calls at once
        "HOTLINE_PRIVACY__KEYS_FILE": str(have_keys(folder / "keys.json")),
        "HOTLINE_MEDIA__FOLDER": str(folder / "media"),
        "HOTLINE_FILES__FOLDER": str(folder / "files"),
        "HOTLINE_MEDIA__MONITOR_FOLDER": str(pbx.monitor),
        "HOTLINE_ORDERS__CALENDAR_FILE": str(CALENDAR),
        "HOTLINE_CALLBACKS__BEGIN": "00:00",
        "HOTLINE_CALLBACKS__END": "23:59:59",
    }


async def until_ready(base: str, say: Callable[[str], None]) -> None:
    """Until the server at `base` is ready and owns the PBX; what it still waits for is said."""
    async with aiohttp.ClientSession(base_url=base) as http:
        while True:
            try:
                async with http.get("/readyz") as answer:
                    away = [part["part"] for part in (await answer.json())["parts"] if part["state"] != "ok"]
                    if not away:
                        return
                    say("、".join(away))
            except aiohttp.ClientError as error:
                say(type(error).__name__)
            await asyncio.sleep(0.1)
