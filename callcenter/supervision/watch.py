"""Follows the supervisors' own telephones: each fact about such a leg becomes the next state of its intrusion."""

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from callcenter.calls.parties import agent_leg, citizen_leg
from callcenter.core.bus import Bus
from callcenter.core.errors import DomainError
from callcenter.core.events import Event
from callcenter.core.ids import LegId, UserId
from callcenter.pbx.facts import BridgeEntered, ChannelEnded, DialplanMarked, LinkUp, OriginateAnswered
from callcenter.store.patience import patiently
from callcenter.supervision.config import SupervisionConfig
from callcenter.supervision.events import Intruded, IntrusionEnded
from callcenter.supervision.modes import Mode
from callcenter.supervision.ports import Calls, Telephony
from callcenter.supervision.session import Session, session_of
from callcenter.supervision.store import SessionStore

log = structlog.get_logger(__name__)

SPIED: Final = "HotlineSpy"
HEARS: Final = (DialplanMarked, BridgeEntered, ChannelEnded, OriginateAnswered, LinkUp)


class SessionWatch:
    """`open` holds the intrusions of this PBX that are not over, while `running`."""

    def __init__(
        self,
        store: SessionStore,
        telephony: Telephony,
        calls: Calls,
        config: SupervisionConfig,
        bus: Bus,
    ) -> None:
        self._store = store
        self._telephony = telephony
        self._calls = calls
        self._config = config
        self._bus = bus
        self.open: dict[UUID, Session] = {}
        self.running = False

    def of(self, supervisor: UserId) -> Session | None:
        return next((one for one in self.open.values() if one.supervisor == supervisor), None)

    def asks(self, session: Session, mode: Mode) -> None:
        """The mode is on its way, or no longer."""
        if session.id in self.open:
            self.open[session.id] = replace(self.open[session.id], asked=mode)

    async def run(self) -> None:
        """Until cancelled."""
        with self._bus.subscribe(*HEARS) as inbox:
            await patiently(self._take_up)
            self.running = True
            try:
                async for event in inbox:
                    await self._hear_safely(event)
            finally:
                self.running = False

    async def _take_up(self) -> None:
        self.open = {session.id: session for session in await self._store.open_of(self._telephony.pbx)}

    async def _hear_safely(self, event: Event) -> None:
        """One intrusion's trouble must not end the watch over the others."""
        try:
            await self._hear(event)
        except Exception as error:
            log.error("supervision_event_broken", kind=type(event).__name__, cause=type(error).__name__)  # noqa: TRY400

    async def _hear(self, event: Event) -> None:
        match event:
            case DialplanMarked(mark=mark) if mark == SPIED and (session := self._session(event.leg)):
                await self.entered(session, Mode(dict(event.fields).get("Mode", "")), event.at)
            case BridgeEntered() if session := self._session(event.leg):
                await self._in_room(session, event)
            case ChannelEnded() if session := self._session(event.leg):
                await self.ended(session, event.at)
            case OriginateAnswered(success=False) if session := self._session(LegId(event.action_id)):
                await self.ended(session, event.at)
            case LinkUp():
                await self._reconcile(event)

    def _session(self, leg: LegId) -> Session | None:
        """Facts of other PBXs' legs have other names: an id is there once."""
        found = session_of(leg)
        return self.open.get(found) if found is not None else None

    async def entered(self, session: Session, mode: Mode, at: datetime) -> None:
        now = session.entered(mode, at)
        if now is session:
            return
        self.open[session.id] = now
        await patiently(lambda: self._store.enter(now, told=mode in self._config.told))
        self._bus.publish(
            Intruded(
                at=at,
                session=now.id,
                call=now.call,
                supervisor=now.supervisor,
                agent=now.agent,
                mode=mode.value,
            )
        )

    async def ended(self, session: Session, at: datetime, *, refused: bool = False) -> None:
        if self.open.pop(session.id, None) is None:
            return
        over = session.ended(at, refused=refused)
        await patiently(lambda: self._store.close(over))
        self._bus.publish(IntrusionEnded(at=at, session=over.id, call=over.call, outcome=over.outcome or ""))

    async def _in_room(self, session: Session, entered: BridgeEntered) -> None:
        """The supervisor is in the room: now the caller comes, unless already there, and only then the agent goes."""
        if session.asked is not Mode.TAKE_OVER or session.mode is Mode.TAKE_OVER:
            return
        state = self._calls.open_call(session.call)
        citizen = citizen_leg(state) if state is not None else None
        if state is None or citizen is None:
            await self._telephony.hang_up(session.leg)
            return
        agent = agent_leg(state, session.spied)
        await self.entered(session, Mode.TAKE_OVER, entered.at)
        try:
            if citizen.bridge != entered.bridge:
                await self._telephony.bring(citizen.channel, citizen.id)
            if agent is not None:
                await self._telephony.hang_up(agent.channel)
        except DomainError as error:
            log.warning("take_over_incomplete", session=str(session.id), cause=error.code)

    async def _reconcile(self, up: LinkUp) -> None:
        """Intrusions whose leg is not there any more ended while nobody listened."""
        there = {channel.leg for channel in up.snapshot.channels}
        for session in list(self.open.values()):
            if session.leg not in there and session.asked_at < up.snapshot.taken_at:
                await self.ended(session, up.snapshot.taken_at)
