"""Operations on live calls: hold, resume, mute, merge, leave, and the door to transfers. Only the agent of the call, or
a supervisor; one operation at a time for each call; each is done when Asterisk has said so, and doing it twice changes
nothing."""

from callcenter.calls.parties import guests
from callcenter.core.clock import Clock
from callcenter.core.ids import CallId, LegId
from callcenter.people.actor import Actor
from callcenter.transfers.attempts_book import AttemptBook
from callcenter.transfers.live_errors import NobodyTalks, NobodyThere
from callcenter.transfers.live_floor import Floor
from callcenter.transfers.live_transfers import Transfers
from callcenter.transfers.live_turns import Turns
from callcenter.transfers.live_views import LiveView, live_view
from callcenter.transfers.targets_offer import Offers


class LiveCalls:
    """All raise NoLiveCall, NotOnCall, CallsElsewhere, and of the PBX LinkDown (the call is as it was), ActionRefused
    or OutcomeUnknown."""

    def __init__(
        self, floor: Floor, turns: Turns, book: AttemptBook, transfers: Transfers, offers: Offers, clock: Clock
    ) -> None:
        self._floor = floor
        self._turns = turns
        self._book = book
        self._clock = clock
        self.transfers = transfers
        self.offers = offers

    async def state(self, actor: Actor, call: CallId) -> LiveView:
        """The present state for the desk."""
        extension = await self._turns.extension(actor, call)
        return self._shown(call, extension)

    async def hold(self, actor: Actor, call: CallId) -> LiveView:
        async with self._turns.turn(call):
            extension = await self._extension(actor, call)
            await self._floor.hold(call, extension)
            return self._told(call, extension)

    async def resume(self, actor: Actor, call: CallId) -> LiveView:
        async with self._turns.turn(call):
            extension = await self._extension(actor, call)
            await self._floor.take_back(call)
            return self._told(call, extension)

    async def mute(self, actor: Actor, call: CallId, *, on: bool) -> LiveView:
        async with self._turns.turn(call):
            extension = await self._extension(actor, call)
            await self._floor.mute(call, extension, on)
            return self._told(call, extension)

    async def merge(self, actor: Actor, call: CallId) -> LiveView:
        """The caller on hold joins the agent and whoever was consulted. Raises NobodyThere."""
        async with self._turns.turn(call):
            extension = await self._extension(actor, call)
            self._require_guest(call)
            await self._floor.take_back(call)
            self._book.merged(call, self._clock.now())
            return self._told(call, extension)

    async def leave(self, actor: Actor, call: CallId) -> None:
        """The agent goes, the caller stays with whoever answered. Raises NobodyThere while nobody has."""
        async with self._turns.turn(call):
            extension = await self._extension(actor, call)
            self._require_guest(call)
            await self._floor.take_back(call)
            self._book.merged(call, self._clock.now())
            agent = self._floor.parties(call, extension).agent
            if agent is not None:
                await self._floor.release(call, agent.channel, extension)
            self._book.changed(call, (extension,), self._clock.now())

    async def open_room(self, call: CallId, extension: str = "") -> LegId:
        """For those who join a call (take-over): citizen and agent are moved into the call's room, which is named by
        the leg returned. Whoever asks has made sure that he may."""
        async with self._turns.turn(call):
            return (await self._floor.open_room(call, extension)).room

    async def _extension(self, actor: Actor, call: CallId) -> str:
        extension = await self._turns.extension(actor, call)
        if not extension:
            raise NobodyTalks
        return extension

    def _require_guest(self, call: CallId) -> None:
        if not any(leg.up for leg in guests(self._floor.state(call))):
            raise NobodyThere

    def _told(self, call: CallId, extension: str) -> LiveView:
        self._book.changed(call, (extension,), self._clock.now())
        return self._shown(call, extension)

    def _shown(self, call: CallId, extension: str) -> LiveView:
        now = self._floor.parties(call, extension)
        muted = now.agent is not None and now.agent.id in self._floor.muted.get(call, ())
        return live_view(call, self._floor.state(call), now, self._book.of(call), muted=muted)
