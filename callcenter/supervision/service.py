"""What supervisors may do with calls of their org and those below it. Nothing is done before it is written
down: an intrusion that cannot be recorded is refused."""

from uuid import UUID

import asyncpg

from callcenter.calls.channels import extension_of
from callcenter.calls.parties import agent_leg, citizen_leg
from callcenter.calls.state import CallState, Leg
from callcenter.calls.views import NoSuchCall
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.errors import DomainError, Forbidden
from callcenter.core.ids import CallId, new_id
from callcenter.core.pages import place_of
from callcenter.pbx.errors import OutcomeUnknown
from callcenter.people.actor import Actor, Role
from callcenter.people.directory import Directory
from callcenter.people.model import User
from callcenter.supervision.config import SupervisionConfig
from callcenter.supervision.errors import (
    AlreadyIn,
    NoSuchSession,
    NotAnswered,
    NoTelephone,
    NotWaiting,
    OwnCall,
)
from callcenter.supervision.events import CallerPutFirst
from callcenter.supervision.modes import SPYING, Mode, switch
from callcenter.supervision.ports import Calls, Telephony
from callcenter.supervision.session import Session
from callcenter.supervision.store import SessionStore
from callcenter.supervision.views import PastSession, SessionPage, SessionView, ToldList, view_of
from callcenter.supervision.watch import SessionWatch
from callcenter.transfers.live_errors import CallsElsewhere, NobodyTalks


class Supervision:
    """One per process. Commands need `run` to be running, which is where the lease of the PBX is (D5)."""

    def __init__(
        self,
        store: SessionStore,
        telephony: Telephony,
        calls: Calls,
        directory: Directory,
        config: SupervisionConfig,
        clock: Clock,
        bus: Bus,
    ) -> None:
        self._store = store
        self._telephony = telephony
        self._calls = calls
        self._directory = directory
        self._config = config
        self._clock = clock
        self._bus = bus
        self._watch = SessionWatch(store, telephony, calls, config, bus)

    @property
    def running(self) -> bool:
        """Whether this process hears the calls and takes commands."""
        return self._watch.running

    async def run(self) -> None:
        """Until cancelled: hears what becomes of the supervisors' legs."""
        await self._watch.run()

    async def begin(self, actor: Actor, call: CallId, mode: Mode, reason: str) -> SessionView:
        """Rings the supervisor's telephone. Raises NoTelephone, AlreadyIn, OwnCall, NobodyTalks, CallsElsewhere,
        Forbidden for an agent outside the subtree, and what the PBX answers."""
        state = self._open_call(call)
        own = (await self._directory.user(actor.user_id, actor)).extension
        if own is None:
            raise NoTelephone
        if any(extension_of(leg.channel) == own for leg in state.legs.values() if leg.ended_at is None):
            raise OwnCall
        agent, spied = await self._talking(actor, state)
        session = Session(
            id=new_id(),
            supervisor=actor.user_id,
            agent=agent.id,
            spied=agent.extension or "",
            call=call,
            pbx=self._telephony.pbx,
            extension=own,
            reason=reason,
            asked=mode,
            asked_at=self._clock.now(),
        )
        try:
            await self._store.open(session)
        except asyncpg.UniqueViolationError:
            raise AlreadyIn from None
        self._watch.open[session.id] = session
        try:
            await self._ring(session, state, spied)
        except OutcomeUnknown:
            raise  # it may ring all the same: the intrusion stays open until its leg, or the supervisor, ends it
        except DomainError:
            await self._watch.ended(session, self._clock.now(), refused=True)
            raise
        return view_of(session)

    async def switch(self, actor: Actor, session_id: UUID, mode: Mode) -> SessionView:
        """Another mode, without hanging up. Raises NoSuchSession, NotAnswered, SwitchRefused, NoSuchCall, and what the
        PBX answers."""
        session = self._own(actor, session_id)
        if session.mode is None:
            raise NotAnswered
        if switch(session.mode, mode) is session.mode:
            return view_of(session)
        state = self._open_call(session.call)
        await self._store.audit(session, mode)
        self._watch.asks(session, mode)
        try:
            if mode in SPYING:
                await self._telephony.switch(session.leg, mode.value)
            else:
                await self._expect(session, "takeover")
                await self._telephony.move_in(session.leg, state.linked)
        except DomainError:
            self._watch.asks(session, session.mode)
            raise
        return view_of(self._watch.open.get(session.id, session))

    async def leave(self, actor: Actor, session_id: UUID) -> None:
        """Hangs up the supervisor's own leg; after a take-over that ends the talk. Raises NoSuchSession."""
        session = self._own(actor, session_id)
        if not await self._telephony.hang_up(session.leg):
            await self._watch.ended(session, self._clock.now())

    async def put_first(self, actor: Actor, call: CallId, reason: str) -> None:
        """The caller is the next of their queue, after emergencies. Raises NotWaiting, CallsElsewhere, Forbidden for a
        queue that no agent of the subtree serves, and what the PBX answers."""
        state = self._open_call(call)
        citizen = citizen_leg(state)
        queue = next((wait.queue for wait in reversed(state.waits) if wait.left_at is None), None)
        if citizen is None or queue is None:
            raise NotWaiting
        if not await self._store.serves(actor.org_path, queue):
            raise Forbidden
        await self._store.record(actor.user_id, "call_put_first", "call", call, {"queue": queue, "reason": reason})
        await self._telephony.put_first(queue, citizen.channel, self._config.front_priority)
        self._bus.publish(CallerPutFirst(at=self._clock.now(), call=call, queue=queue))

    async def sessions(self, actor: Actor, limit: int, cursor: str | None = None) -> SessionPage:
        """Intrusions into calls of agents of the subtree, newest first. Raises BadCursor."""
        actor.require(Role.SUPERVISOR, Role.LEADER)
        found = await self._store.under(actor.org_path, limit + 1, place_of(cursor))
        return SessionPage.cut(found, limit, PastSession.model_validate, lambda row: (row["asked_at"], row["id"]))

    async def told(self, actor: Actor) -> ToldList:
        """Who is in the agent's own call, as far as the agent is told."""
        return ToldList(items=tuple(await self._store.told_of(actor.user_id)))

    def _open_call(self, call: CallId) -> CallState:
        if not self._watch.running:
            raise CallsElsewhere
        if (state := self._calls.open_call(call)) is None:
            raise NoSuchCall
        return state

    def _own(self, actor: Actor, session_id: UUID) -> Session:
        if not self._watch.running:
            raise CallsElsewhere
        session = self._watch.open.get(session_id)
        if session is None or session.supervisor != actor.user_id:
            raise NoSuchSession
        return session

    async def _talking(self, actor: Actor, state: CallState) -> tuple[User, Leg]:
        """The agent who talks, the last to have come in first, and their leg."""
        outside = False
        for talk in reversed(state.talks):
            leg = agent_leg(state, talk.extension) if talk.extension and talk.ended_at is None else None
            user = await self._directory.user_of_extension(talk.extension) if leg is not None else None
            if leg is None or user is None:
                continue
            if actor.sees(user.org_path):
                return user, leg
            outside = True
        raise Forbidden if outside else NobodyTalks

    async def _ring(self, session: Session, state: CallState, spied: Leg) -> None:
        if session.asked in SPYING:
            await self._expect(session, "spy")
            ring, mode = self._config.ring, session.asked.value
            await self._telephony.listen(session.leg, session.extension, spied.channel, mode, ring)
        else:
            await self._expect(session, "takeover")
            await self._telephony.enter(session.leg, session.extension, state.linked, self._config.ring)

    async def _expect(self, session: Session, purpose: str) -> None:
        """The ledger knows the leg before Asterisk does. Raises NoSuchCall when the call has just ended."""
        await self._calls.expect_leg(
            pbx=session.pbx, call=session.call, leg=session.leg, purpose=purpose, at=self._clock.now()
        )
