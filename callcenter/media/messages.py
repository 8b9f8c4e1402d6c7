"""Voice messages: taken over from Asterisk's monitor folder, listed, heard, and marked as handled.

A message is noted and copied before its original goes; what could not be noted at once (the database was away, the
server died) lies in the monitor folder and is taken up later, with what the ledger knows of the call.
"""

import asyncio
import hashlib
import re
import wave
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_OID, UUID, uuid5

import structlog

from callcenter.core.clock import Clock
from callcenter.core.errors import Invalid, NotFound, Refused
from callcenter.core.ids import CallId, LegId
from callcenter.core.pages import place_of
from callcenter.core.phone import Number
from callcenter.flows.ports import NewMessage
from callcenter.media.config import MediaConfig
from callcenter.media.message_views import Kept, MessagePage, MessageView
from callcenter.media.reading import RecordingFileGone, RecordingRemoved
from callcenter.media.sealing import Side, inspect_side
from callcenter.media.store import TROUBLE
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.people.vault import Vault
from callcenter.store.pool import Pool
from callcenter.store.queries import load

log = structlog.get_logger(__name__)

SQL: Final = load("messages")
MAY_HEAR: Final = (Role.AGENT, Role.DISPATCHER, Role.SUPERVISOR)
FOLDER: Final = "messages"
"""Below the media folder."""
_FILE: Final = re.compile(r"message-(?P<leg>[A-Za-z0-9][A-Za-z0-9._-]*)-\d{1,3}")
_SPOKEN: Final = re.compile(r"(message|speech)-[A-Za-z0-9][A-Za-z0-9._-]*-\d{1,3}")
_LOOK: Final = timedelta(milliseconds=20)
_LOOKS: Final = 25
_ABANDONED_AFTER: Final = timedelta(minutes=10)
"""No message is longer: a file this old has neither a caller nor a server that is about to note it."""


class NoSuchMessage(NotFound):
    code = "no-such-message"
    zh = "没有这条留言"
    en = "There is no such voice message"


class HandledAlready(Refused):
    code = "message-handled"
    zh = "这条留言已由他人处理"
    en = "Somebody has handled this voice message already"


class NotAMessage(Invalid):
    code = "not-a-message"
    zh = "不是有效的留言文件"
    en = "not a file of a voice message"


class VoiceMail:
    """Messages of the PBX whose monitor folder this server sees."""

    def __init__(self, pool: Pool, config: MediaConfig, clock: Clock, audit: Audit, vault: Vault, pbx: str) -> None:
        self._pool = pool
        self._config = config
        self._clock = clock
        self._audit = audit
        self._vault = vault
        self._pbx = pbx

    async def keep(self, message: NewMessage) -> None:
        """Twice the same is one. Raises NotAMessage, or what disk and database raise: the original stays then."""
        source = self._source(message.file)
        await self._closed(source)
        name = uuid5(NAMESPACE_OID, f"{message.pbx}/{message.file}")
        path = f"{FOLDER}/{name.hex[-2:]}/{name}.wav"
        kept = await asyncio.to_thread(_copy, source, self._config.folder / path)
        await SQL.keep(
            self._pool,
            id=name,
            pbx=message.pbx,
            source=message.file,
            leg=message.leg,
            caller_number=self._vault.seal(message.caller),
            dialled=message.dialled,
            queue=message.queue,
            flow=message.flow,
            node=message.node,
            recorded_at=message.at,
            seconds=kept.seconds,
            path=path,
            bytes=kept.bytes,
            sha256=kept.sha256,
        )
        await asyncio.to_thread(source.unlink, missing_ok=True)
        log.info("voice_message_kept", message=str(name), seconds=round(kept.seconds, 1))

    async def discard(self, file: str) -> None:
        await asyncio.to_thread(self._source(file).unlink, missing_ok=True)

    async def take_up_regularly(self) -> None:
        """Until cancelled: what nobody could note."""
        while True:
            try:
                await self.take_up()
            except (*TROUBLE, OSError) as error:
                log.warning("voice_messages_postponed", cause=type(error).__name__)
            await asyncio.sleep(self._config.scan_every.total_seconds())

    async def take_up(self) -> None:
        """Abandoned files become messages, as far as the ledger knows their call; spoken choices go."""
        oldest = (self._clock.now() - _ABANDONED_AFTER).timestamp()
        for file, changed in await asyncio.to_thread(lambda: list(_left(self._config.monitor_folder))):
            if changed > oldest:
                continue
            match = _FILE.fullmatch(file.stem)
            if match is None:
                await asyncio.to_thread(file.unlink, missing_ok=True)
            elif (call := await SQL.of_leg(self._pool, pbx=self._pbx, leg=match["leg"])) is not None:
                await self._adopt(file, LegId(match["leg"]), call, changed)

    async def _adopt(self, file: Path, leg: LegId, call: Any, changed: float) -> None:
        message = NewMessage(
            pbx=self._pbx,
            leg=leg,
            file=file.stem,
            caller=self._vault.open(call["caller_number"]),
            dialled=call["dialled"],
            queue=call["queue"],
            flow="",
            node="",
            at=datetime.fromtimestamp(changed, UTC),
        )
        with suppress(NotAMessage):
            await self.keep(message)

    def _source(self, file: str) -> Path:
        if not _SPOKEN.fullmatch(file):
            raise NotAMessage
        return self._config.monitor_folder / f"{file}.wav"

    async def _closed(self, source: Path) -> None:
        """Asterisk says that a recording has ended a moment before it closes the file."""
        for _ in range(_LOOKS):
            side = await asyncio.to_thread(inspect_side, source)
            if side.shape and side.shape.closed:
                return
            await asyncio.sleep(_LOOK.total_seconds())

    async def page(self, state: str | None, cursor: str | None, limit: int) -> MessagePage:
        """Newest first, numbers masked. Raises BadCursor."""
        before_at, before_id = place_of(cursor)
        rows = SQL.page(self._pool, state=state, before_at=before_at, before_id=before_id, most=limit + 1)
        return MessagePage.cut(
            [row async for row in rows], limit, self._masked, lambda row: (row["recorded_at"], row["id"])
        )

    async def get(self, actor: Actor, message: UUID) -> MessageView:
        """With the full number, which is written down (B-29). Raises NoSuchMessage."""
        row = await SQL.one(self._pool, id=message)
        if row is None:
            raise NoSuchMessage
        view = self._view(row)
        if view.caller_number:
            await self._audit.record(self._pool, actor.user_id, "number_viewed", "voice_message", message)
        return view

    async def number_of(self, actor: Actor, call: CallId) -> str:
        """Of whoever left a message in this call: who may hear it may ring them back. Raises Forbidden,
        NoSuchMessage."""
        actor.require(*MAY_HEAR)
        message = await SQL.of_call(self._pool, call_id=call)
        if message is None:
            raise NoSuchMessage
        return (await self.get(actor, message)).caller_number

    async def hear(self, actor: Actor, message: UUID) -> Path:
        """The file; who hears it is written down. Raises NoSuchMessage, RecordingRemoved,
        RecordingFileGone."""
        row = await SQL.one(self._pool, id=message)
        if row is None:
            raise NoSuchMessage
        if row["removed_at"] is not None:
            raise RecordingRemoved
        file = self._config.folder / str(row["path"])
        if not await asyncio.to_thread(file.is_file):
            raise RecordingFileGone
        await self._audit.record(self._pool, actor.user_id, "message_heard", "voice_message", message)
        return file

    async def handle(self, actor: Actor, message: UUID, note: str) -> MessageView:
        """Raises NoSuchMessage, HandledAlready."""
        done = await SQL.handle(self._pool, id=message, user_id=actor.user_id, at=self._clock.now(), note=note)
        row = await SQL.one(self._pool, id=message)
        if row is None:
            raise NoSuchMessage
        if done is None:
            raise HandledAlready
        await self._audit.record(self._pool, actor.user_id, "message_handled", "voice_message", message)
        return self._masked(row)

    def _view(self, row: Any) -> MessageView:
        names = [name for name in MessageView.model_fields if name not in ("call_id", "handled_by")]
        opened = {**dict(row), "caller_number": self._vault.open(row["caller_number"])}
        return MessageView(call_id=row["call_id"], handled_by=row["handler"], **{name: opened[name] for name in names})

    def _masked(self, row: Any) -> MessageView:
        view = self._view(row)
        return view.model_copy(update={"caller_number": Number(view.caller_number).masked})


def _left(monitor: Path) -> "list[tuple[Path, float]]":
    files = [file for what in ("message", "speech") for file in monitor.glob(f"{what}-*.wav")]
    return [(file, file.stat().st_mtime) for file in files if file.exists()]


def _copy(source: Path, target: Path) -> Kept:
    """With a true header: Asterisk's own says nothing when it could not close the file. Raises NotAMessage."""
    side: Side = inspect_side(source)
    if side.shape is None or not side.frames:
        raise NotAMessage
    with source.open("rb") as file:
        file.seek(side.shape.offset)
        samples = file.read(side.shape.length)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_suffix(".part")
    with wave.open(str(part), "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(side.shape.rate)
        made.writeframes(samples)
    part.replace(target)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    return Kept(seconds=side.frames / side.shape.rate, bytes=target.stat().st_size, sha256=digest)
