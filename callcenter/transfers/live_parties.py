"""Who is where in a live call, read from what the ledger knows of it."""

from dataclasses import dataclass

from callcenter.calls.channels import extension_of
from callcenter.calls.parties import agent_leg, citizen_leg
from callcenter.calls.state import CallState, Leg, Role, Stage
from callcenter.core.ids import LegId

GUEST = "guest"
SPY = "spy"


@dataclass(frozen=True, slots=True)
class Parties:
    """`room` is the Uniqueid of the citizen's leg, which names the call's room; `agent` the one who speaks for us."""

    room: LegId
    citizen: Leg
    agent: Leg | None
    held: bool
    on_the_way: bool

    @property
    def agent_in_room(self) -> bool:
        """With the citizen, or alone while he is on hold."""
        return self.agent is not None and self.agent.party == "agent" and self.agent.bridge is not None

    @property
    def joined(self) -> bool:
        """Citizen and agent hear each other in the room."""
        return (
            self.agent is not None
            and self.agent_in_room
            and self.citizen.party == "citizen"
            and self.citizen.bridge == self.agent.bridge
        )

    @property
    def extension(self) -> str:
        return extension_of(self.agent.channel) if self.agent else ""


def parties(state: CallState, extension: str = "") -> Parties | None:
    """None when the citizen is gone. `extension` is whose operation it is; '' for whoever has the call."""
    citizen = citizen_leg(state)
    if citizen is None:
        return None
    return Parties(
        room=citizen.id,
        citizen=citizen,
        agent=agent_of(state, extension),
        held=state.stage is Stage.ON_HOLD,
        on_the_way=state.stage is Stage.TRANSFERRING,
    )


def agent_of(state: CallState, extension: str = "") -> Leg | None:
    """The seat's leg that has answered, `extension`'s own if given. A colleague who was fetched counts when the first
    agent has left."""
    if extension:
        leg = agent_leg(state, extension)
        return leg if leg is not None and leg.up else None
    there = [leg for leg in state.legs.values() if leg.role is Role.AGENT and leg.up and leg.ended_at is None]
    there = [leg for leg in there if leg.purpose != SPY]
    return max(there, key=lambda leg: (leg.purpose != GUEST, leg.seen_at), default=None)


def home_of(state: CallState, main: str) -> str:
    """The queue that the caller came by, `main` when by none."""
    return next((wait.queue for wait in reversed(state.waits) if wait.queue), main)
