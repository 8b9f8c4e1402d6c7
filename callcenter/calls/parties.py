"""Who is in a call: its legs by what they are to the citizen."""

from callcenter.calls.channels import extension_of
from callcenter.calls.state import CallState, Leg, Role, Transfer


def citizen_leg(state: CallState) -> Leg | None:
    """The citizen's channel, whichever side dialled; None before it is there and after it has ended."""
    if state.direction != "outbound":
        first = state.legs.get(state.linked)
        return first if first is not None and first.ended_at is None else None
    return next((leg for leg in _live(state) if leg.role is Role.CITIZEN), None)


def agent_leg(state: CallState, extension: str) -> Leg | None:
    """The seat's newest live channel in the call; a listening supervisor's is none."""
    own = (leg for leg in _live(state) if leg.role is Role.AGENT and extension_of(leg.channel) == extension)
    return max(own, key=lambda leg: leg.seen_at, default=None)


def guests(state: CallState) -> tuple[Leg, ...]:
    """Live channels of those who were fetched for the citizen or for the agent, already there or still ringing: other
    hotlines, and colleagues who are consulted. A Local channel's halves are none."""
    return tuple(leg for leg in _live(state) if leg.role is Role.OTHER or _is_consulted(leg))


def transfers_under_way(state: CallState) -> tuple[Transfer, ...]:
    return tuple(transfer for transfer in state.transfers if transfer.under_way)


def _is_consulted(leg: Leg) -> bool:
    return leg.role is Role.AGENT and leg.purpose == "guest"


def _live(state: CallState) -> list[Leg]:
    """Newest last."""
    return [leg for leg in state.legs.values() if leg.ended_at is None]
