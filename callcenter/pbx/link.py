"""The house's one link to a PBX: supervised, with deadlines, and one ordered inbox of facts (D4)."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import structlog

from callcenter.core.clock import Clock
from callcenter.core.errors import DomainError
from callcenter.pbx.backoff import wait_before
from callcenter.pbx.config import AmiConfig
from callcenter.pbx.decode import decode
from callcenter.pbx.errors import ActionRefused, LinkDown, LoginRefused, OutcomeUnknown, PbxAway
from callcenter.pbx.facts import LinkLost, LinkUp, PbxFact
from callcenter.pbx.inbox import Inbox
from callcenter.pbx.snapshot import take_snapshot
from callcenter.pbx.transport import AmiProtocol, Asked, Reply, Values
from callcenter.pbx.words import Fields

log = structlog.get_logger(__name__)

_NOTHING: Final[Values] = {}


class LinkState(StrEnum):
    CONNECTING = "connecting"
    SYNCING = "syncing"  # logged in; the snapshot is being taken
    UP = "up"
    WAITING = "waiting"  # for the next try
    REFUSED = "refused"  # the log-in was refused: a person must act
    CLOSED = "closed"


class AmiLink:
    """Made by `open_link`. `problem` says why there is no link, with the remedy; None while all is well."""

    def __init__(self, config: AmiConfig, clock: Clock) -> None:
        self.pbx = config.name
        self.state = LinkState.CONNECTING
        self._moved = asyncio.Event()
        self.problem: DomainError | None = None
        self._config = config
        self._clock = clock
        self._inbox = Inbox(config.inbox_size)
        self._protocol: AmiProtocol | None = None
        self._booted = asyncio.Event()
        self._consumed = False

    @property
    def connected(self) -> bool:
        """Logged in, and Asterisk fully booted: actions can be sent."""
        return self._protocol is not None

    @property
    def waiting(self) -> int:
        """Facts in the inbox."""
        return len(self._inbox)

    @property
    def dropped(self) -> int:
        """Facts that fell into a gap because the inbox was full or the snapshot not yet taken."""
        return self._inbox.dropped

    async def reaches(self, *states: LinkState) -> None:
        """Until the link is in one of the states."""
        while self.state not in states:
            await self._moved.wait()

    def _enter(self, state: LinkState) -> None:
        self.state = state
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def send(self, action: str, fields: Values = _NOTHING, *, deadline: timedelta | None = None) -> Reply:
        """One action, sent once. `deadline` defaults to the configured one.

        Raises UnsafeField, LinkDown (nothing was sent), ActionRefused, OutcomeUnknown (it may have happened)."""
        if self._protocol is None or self._protocol.lost.done():
            raise LinkDown(self.pbx)
        return await _ask(self._protocol, action, fields, deadline or self._config.action_deadline)

    async def facts(self) -> AsyncIterator[PbxFact]:
        """The inbox, for exactly one consumer. A second one is a mistake of the program: RuntimeError."""
        if self._consumed:
            raise RuntimeError("the inbox of a link has one consumer")
        self._consumed = True
        try:
            while True:
                yield await self._inbox.get()
        finally:
            self._consumed = False

    async def supervise(self) -> None:
        """Keeps the link up until cancelled. Run by `open_link`."""
        loop = asyncio.get_running_loop()
        failures = 0
        try:
            while True:
                began = loop.time()
                wait = await self._try_once()
                if loop.time() - began > self._config.backoff_most.total_seconds():
                    failures = 0
                wait = wait or wait_before(
                    failures,
                    first=self._config.backoff_first,
                    most=self._config.backoff_most,
                    chance=random.random(),  # noqa: S311 - spreads reconnects, protects nothing
                )
                failures += 1
                await asyncio.sleep(wait.total_seconds())
        finally:
            self._enter(LinkState.CLOSED)

    async def _try_once(self) -> timedelta | None:
        """One connection from its start to its end. The time to wait where it must be longer than the back-off."""
        self._enter(LinkState.CONNECTING)
        try:
            reason = await self._connect_and_stay()
        except LoginRefused as error:
            self._explain(error)
            self._enter(LinkState.REFUSED)
            return self._config.refused_wait
        except PbxAway as error:
            self._explain(error)
        except Exception:
            log.exception("ami_supervision_failed", pbx=self.pbx)
        else:
            self._explain(PbxAway(self.pbx, reason, "it reconnects by itself; see Asterisk's log if it stays away"))
        self._enter(LinkState.WAITING)
        return None

    def _explain(self, problem: DomainError) -> None:
        """Logs each new problem once, not each try."""
        if self.problem is None or str(self.problem) != str(problem):
            log.warning("ami_link_down", pbx=self.pbx, code=problem.code, why=str(problem))
        self.problem = problem

    async def _connect_and_stay(self) -> str:
        """The reason why the connection ended. Raises PbxAway."""
        protocol = await self._connect()
        try:
            await self._log_in(protocol)
            self._protocol = protocol
            return await self._stay(protocol)
        finally:
            self._protocol = None
            protocol.close()
            reason = protocol.lost.result()
            self._inbox.lose(LinkLost(pbx=self.pbx, at=self._clock.now(), reason=reason), protocol.heard_at)

    async def _connect(self) -> AmiProtocol:
        where = f"{self._config.host}:{self._config.port}"
        self._booted.clear()
        try:
            async with asyncio.timeout(self._config.connect_deadline.total_seconds()):
                _, protocol = await asyncio.get_running_loop().create_connection(
                    lambda: AmiProtocol(self._hear, self._clock.now), self._config.host, self._config.port
                )
        except (OSError, TimeoutError) as error:
            cause = f"no connection to {where}, {type(error).__name__}"
            raise PbxAway(self.pbx, cause, "start Asterisk, or correct ami.host and ami.port") from error
        return protocol

    async def _log_in(self, protocol: AmiProtocol) -> None:
        config = self._config
        fields = {"Username": config.username, "Secret": config.secret.get_secret_value(), "Events": "on"}
        try:
            await _ask(protocol, "Login", fields, config.connect_deadline)
        except ActionRefused as error:
            if error.is_ending:
                raise PbxAway(self.pbx, error.message, "it reconnects by itself after the restart") from error
            remedy = "make ami.username and ami.secret agree with manager.conf, and permit this host there"
            raise LoginRefused(self.pbx, f"log-in refused, {error.message}", remedy) from error
        except OutcomeUnknown as error:
            ended = protocol.lost.result() if protocol.lost.done() else "no answer to the log-in"
            remedy = "check that ami.port is the manager interface of a healthy Asterisk"
            raise PbxAway(self.pbx, ended, remedy) from error
        await self._until_booted(protocol)

    async def _until_booted(self, protocol: AmiProtocol) -> None:
        booted = asyncio.ensure_future(self._booted.wait())
        try:
            seconds = self._config.boot_deadline.total_seconds()
            await asyncio.wait((booted, protocol.lost), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if not booted.done():
                remedy = "wait for Asterisk to start; manager.conf must grant read=system and let FullyBooted through"
                raise PbxAway(self.pbx, "Asterisk has not reported FullyBooted", remedy)
        finally:
            booted.cancel()

    async def _stay(self, protocol: AmiProtocol) -> str:
        """Until the connection ends, by itself or because it is found to be dead."""
        duties = (asyncio.create_task(self._watch(protocol)), asyncio.create_task(self._synchronise(protocol)))
        try:
            await asyncio.wait((protocol.lost, *duties), return_when=asyncio.FIRST_COMPLETED)
            for duty in duties:
                if duty.done():
                    duty.result()
        finally:
            for duty in duties:
                duty.cancel()
            await asyncio.gather(*duties, return_exceptions=True)
        return protocol.lost.result()

    async def _watch(self, protocol: AmiProtocol) -> None:
        """A link that is half open answers no ping."""
        while not protocol.lost.done():
            await asyncio.sleep(self._config.ping_every.total_seconds())
            try:
                await _ask(protocol, "Ping", {}, self._config.ping_deadline)
            except OutcomeUnknown:
                protocol.drop("ping unanswered")
            except ActionRefused as error:
                protocol.drop(f"ping refused, {error.message}")

    async def _synchronise(self, protocol: AmiProtocol) -> None:
        """After each log-in, and after each overflow of the inbox: snapshot first, then what came meanwhile."""

        async def ask(action: str) -> Sequence[Fields]:
            return (await _ask(protocol, action, {}, self._config.snapshot_deadline)).events

        while not protocol.lost.done():
            self._enter(LinkState.SYNCING)
            await self._inbox.room()
            self._inbox.hold()
            try:
                snapshot = await take_snapshot(ask, self._clock.now)
            except ActionRefused as error:
                if error.is_ending:
                    protocol.drop(error.message)
                    return
                remedy = "manager.conf must grant read and write of system, call, reporting; app_queue must be loaded"
                raise LoginRefused(self.pbx, str(error), remedy) from error
            except OutcomeUnknown:
                protocol.drop("snapshot unanswered")
                return
            up = LinkUp(pbx=self.pbx, at=snapshot.taken_at, lost_at=self._inbox.lost_at, snapshot=snapshot)
            if not self._inbox.release(up):
                continue
            self.problem = None
            self._enter(LinkState.UP)
            log.info("ami_link_up", pbx=self.pbx, channels=len(snapshot.channels))
            await self._inbox.overflowed.wait()
            log.warning("ami_inbox_full", pbx=self.pbx, waiting=len(self._inbox))

    def _hear(self, name: bytes, frame: bytes, at: datetime) -> None:
        """Runs while reading, so it never raises: one odd event must not cost the link."""
        if name == b"FullyBooted":
            self._booted.set()
        try:
            fact = decode(name, frame, pbx=self.pbx, received_at=at)
        except Exception:
            log.exception("ami_event_undecodable", pbx=self.pbx, event_name=name.decode("ascii", "replace"))
            return
        if fact is not None:
            self._inbox.put(fact)


async def _ask(protocol: AmiProtocol, action: str, fields: Values, deadline: timedelta) -> Reply:
    asked = Asked(action, fields)
    if protocol.lost.done():
        raise OutcomeUnknown(action)
    future = protocol.send(asked)
    try:
        async with asyncio.timeout(deadline.total_seconds()):
            return await future
    except TimeoutError:
        raise OutcomeUnknown(action) from None
    finally:
        protocol.forget(asked)


@asynccontextmanager
async def open_link(config: AmiConfig, clock: Clock) -> AsyncIterator[AmiLink]:
    """Starts supervising at once and does not wait for Asterisk; leaving the block ends it, in back-off too."""
    link = AmiLink(config, clock)
    supervisor = asyncio.create_task(link.supervise(), name=f"ami-{config.name}")
    try:
        yield link
    finally:
        supervisor.cancel()
        await asyncio.wait((supervisor,))
        if not supervisor.cancelled():
            supervisor.result()
