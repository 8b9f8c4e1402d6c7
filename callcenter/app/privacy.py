"""The keys of the house at its start and at the command line."""

import asyncio
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson
from rich.console import Console

from callcenter.core.clock import Clock, SystemClock
from callcenter.core.errors import Misconfigured, Refused
from callcenter.orders.progress import Progress
from callcenter.orders.rating import Ratings
from callcenter.orders.reveal import Reveals
from callcenter.orders.service import Orders
from callcenter.people import keys
from callcenter.people.chain import Chain, Verified
from callcenter.people.sealing import all_sealed, open_vault, seal_regularly, seal_stored
from callcenter.people.service import People
from callcenter.people.vault import Vault
from callcenter.settings import Settings
from callcenter.store.migrate import migrate_once
from callcenter.store.patience import patiently
from callcenter.store.pool import open_pool
from callcenter.web.privacy import privacy_routes
from callcenter.web.public import public_routes
from callcenter.web.route import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyRoom:
    """Reveals, rating links, the citizen's pages, slots; and the duty that chains the audit trail."""

    settings: Settings
    people: People
    orders: Orders
    ratings: Ratings
    chain: Chain

    def routes(self) -> list[Route]:
        config, web, room = self.settings.privacy, self.settings.web, self.orders.room
        reveals = Reveals(room, config.reveals_an_hour)
        return [
            *privacy_routes(self.people, reveals, self.ratings, web, config.slot_labels),
            *public_routes(
                room, Progress(room), self.ratings, web, an_hour=config.asks_an_hour, zone=self.settings.city
            ),
        ]

    async def run(self) -> None:
        """Until cancelled: chains, beside it seals what is stored and tells the ratings that nobody was told."""
        room = self.orders.room
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.chain.run())
            tasks.create_task(seal_regularly(room.store.pool, room.vault))
            await patiently(self.ratings.tell_rest)


def furnish_privacy(settings: Settings, clock: Clock, people: People, orders: Orders) -> PrivacyRoom:
    config, room = settings.privacy, orders.room
    return PrivacyRoom(
        settings=settings,
        people=people,
        orders=orders,
        ratings=Ratings(room, config, orders),
        chain=Chain(room.store.pool, room.vault, clock, config.chain_every),
    )


class StillNeeded(Refused):
    code = "older-keys-still-needed"
    zh = "仍有内容由旧密钥加密：请先运行 callcenter migrate"
    en = "older keys still seal something: run callcenter migrate first"


def make_keys(settings: Settings, file: Path | None) -> Path:
    """Where they are. Raises Misconfigured."""
    at = _file(settings, file)
    keys.new_keys(at)
    return at


def rotate_keys(settings: Settings, file: Path | None, *, search: bool = False, chain: bool = False) -> Path:
    """The sealing key unless others are named. Raises Misconfigured."""
    at = _file(settings, file)
    known = keys.read_keys(at)
    if search:
        known = known.rotated("search")
    if chain:
        known = known.rotated("chain")
    keys.write_keys(at, known if search or chain else known.rotated())
    return at


async def retire_keys(settings: Settings, file: Path | None) -> Path:
    """Raises Misconfigured, StillNeeded."""
    at = _file(settings, file)
    known = keys.read_keys(at)
    async with open_pool(settings.store) as pool:
        if not await all_sealed(pool, Vault(known)):
            raise StillNeeded
    keys.write_keys(at, known.retired())
    return at


async def migrate(settings: Settings, console: Console) -> None:
    """The schema, then what is stored in the clear or under an older key."""
    await migrate_once(settings.store)
    if settings.privacy.keys_file is None:
        console.print("未设置密钥文件，未加密 · no file of keys is set: nothing was sealed", highlight=False)
        return
    async with open_pool(settings.store) as pool:
        vault = await open_vault(pool, settings.privacy, SystemClock())
        rows = await seal_stored(pool, vault)
    console.print(f"已加密 {rows} 行 · rows sealed: {rows}", highlight=False)


async def verify_audit(settings: Settings, console: Console, expected: str | None, *, as_json: bool) -> bool:
    """Whether the whole trail fits; what does not is named. Raises Misconfigured, Unavailable."""
    async with open_pool(settings.store) as pool:
        vault = await open_vault(pool, settings.privacy, SystemClock())
        found = await Chain(pool, vault, SystemClock(), settings.privacy.chain_every).verify(expected)
    if as_json:
        console.print(orjson.dumps(asdict(found)).decode(), highlight=False, soft_wrap=True)
    else:
        _show(found, console)
    return found.broken is None


def _show(found: Verified, console: Console) -> None:
    console.print(
        f"已核验 {found.checked} 条，未封存 {found.unsealed} 条 · rows that fit: {found.checked}", highlight=False
    )
    console.print(f"链尾 head（请另处保存 keep it elsewhere）: {found.head}", highlight=False, soft_wrap=True)
    if found.broken is not None:
        one = found.broken
        place = f"{one.source} {one.row}" if one.row else ""
        console.print(f"[red]✗ {one.fault}: {place} seq {one.seq}[/red]", highlight=False, soft_wrap=True)


def _file(settings: Settings, file: Path | None) -> Path:
    at = file or settings.privacy.keys_file
    if at is None:
        raise Misconfigured(
            cause="no file of keys is named",
            remedy="name one, or set HOTLINE_PRIVACY__KEYS_FILE",
        )
    return at
