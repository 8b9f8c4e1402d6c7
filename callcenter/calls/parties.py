"""Who is in a call: its legs by what they are to the citizen."""

from typing import Final

from callcenter.calls.channels import extension_of
from callcenter.calls.state import CallState, Leg, Role, Transfer
from callcenter.core.ids import LegId

CHAIN: Final = "hl-chain-"


def citizen_leg(state: CallState) -> Leg | None:
    """The citizen's channel, whichever side dialled; None before it is there and after it has ended."""
    leg = citizen_of(state)
    return leg if leg is not None and leg.ended_at is None else None


def agent_leg(state: CallState, extension: str) -> Leg | None:
    """The seat's newest live channel in the call; a listening supervisor's is none."""
    own = (leg for leg in _live(state) if leg.role is Role.AGENT and extension_of(leg.channel) == extension)
    return max(own, key=lambda leg: leg.seen_at, default=None)


def guests(state: CallState) -> tuple[Leg, ...]:
    """Live channels of those who were fetched for the citizen or for the agent, already there or still ringing: other
    hotlines, and colleagues who are consulted. A Local channel's halves are none."""
    return tuple(leg for leg in _live(state) if leg.role is Role.OTHER or is_consulted(leg))


def transfers_under_way(state: CallState) -> tuple[Transfer, ...]:
    return tuple(transfer for transfer in state.transfers if transfer.under_way)


def is_consulted(leg: Leg) -> bool:
    """A colleague's, fetched as a guest."""
    return leg.role is Role.AGENT and leg.purpose == "guest"


def citizen_of(state: CallState) -> Leg | None:
    """The citizen's channel, ended or not; of several, which a redialled number gives, the newest."""
    if state.direction != "outbound":
        return state.legs.get(state.linked)
    citizens = [leg for leg in state.legs.values() if leg.role is Role.CITIZEN]
    return citizens[-1] if citizens else None


def transfer_named(leg: Leg) -> str:
    """The id of the transfer that a Local channel dials for, '' for other legs: `Local/<id>@hl-reach-...` fetches
    somebody into a room, `Local/<id>@hl-chain-...` for the citizen's own leg."""
    name, _, context = leg.channel.removeprefix("Local/").partition("@")
    return name if leg.role is Role.LOCAL and context.startswith(("hl-reach-", CHAIN)) else ""


def is_of_citizen(state: CallState, leg: Leg) -> bool:
    """The citizen's own channel, or the Local one that dials for it."""
    citizen = citizen_of(state)
    return (citizen is not None and citizen.id == leg.id) or f"@{CHAIN}" in leg.channel


def company(state: CallState, of: Leg) -> list[Leg]:
    """All who hear the leg now: in its bridge, and in the bridges that Local channels tie to it."""
    if of.bridge is None:
        return []
    bridges, found = {of.bridge}, [leg for leg in state.legs.values() if leg.bridge == of.bridge]
    while tied := _tied_bridges(state, found) - bridges:
        bridges |= tied
        found = [leg for leg in state.legs.values() if leg.bridge in bridges]
    return [leg for leg in found if leg.id != of.id]


def other_half(state: CallState, leg: Leg) -> LegId | None:
    """The second leg of a Local channel: their names differ in the last character only (`Local/...;1`, `;2`)."""
    name = leg.channel[:-1]
    return next((o.id for o in state.legs.values() if o.id != leg.id and name and o.channel[:-1] == name), None)


def _tied_bridges(state: CallState, inside: list[Leg]) -> set[str]:
    halves = (other_half(state, leg) for leg in inside if leg.role is Role.LOCAL)
    bridges = (state.legs[half].bridge for half in halves if half is not None)
    return {bridge for bridge in bridges if bridge is not None}


def _live(state: CallState) -> list[Leg]:
    return [leg for leg in state.legs.values() if leg.ended_at is None]
