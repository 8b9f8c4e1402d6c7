"""What the events of a call have told so far: enough for a card when the database is slow or away."""

from dataclasses import dataclass, field
from datetime import datetime

from callcenter.calls.events import CallArrived, CallEnded, CallEvent, CallQueued, MenuStepped
from callcenter.core.ids import CallId
from callcenter.seats.card import MenuStep


@dataclass(slots=True)
class KnownCall:
    caller: str | None = None
    dialled: str = ""
    queue: str = ""
    queued_at: datetime | None = None
    menu_path: list[MenuStep] = field(default_factory=list)
    last_at: datetime | None = None

    def step(self, event: MenuStepped) -> None:
        """A node lasted from the end of the one before it, or from the call's arrival."""
        lasted = (event.at - self.last_at).total_seconds() if self.last_at else 0.0
        self.last_at = event.at
        self.menu_path.append(
            MenuStep(flow=event.flow, node=event.node, key=event.key, seconds=round(max(lasted, 0.0), 1))
        )


class KnownCalls:
    """Open calls only; a call that began before this process did is not here."""

    def __init__(self) -> None:
        self._calls: dict[CallId, KnownCall] = {}

    def hear(self, event: CallEvent) -> None:
        if isinstance(event, CallEnded):
            self._calls.pop(event.call, None)
            return
        if isinstance(event, CallArrived):
            self._calls[event.call] = KnownCall(caller=event.caller, dialled=event.dialled, last_at=event.at)
            return
        if isinstance(event, MenuStepped):
            known = self._calls.setdefault(event.call, KnownCall())
            known.step(event)
        elif isinstance(event, CallQueued):
            known = self._calls.setdefault(event.call, KnownCall())
            known.queue, known.queued_at = event.queue, event.at

    def get(self, call: CallId) -> KnownCall:
        return self._calls.get(call) or KnownCall()

    def __len__(self) -> int:
        return len(self._calls)
