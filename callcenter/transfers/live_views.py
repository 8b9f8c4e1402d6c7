"""A live call and its transfers as desks show them. No number of the citizen."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from callcenter.calls.channels import extension_of
from callcenter.calls.parties import guests
from callcenter.calls.state import CallState, Leg, Stage
from callcenter.core.ids import CallId
from callcenter.transfers.attempts import Attempt, Place
from callcenter.transfers.hotline import Hotline
from callcenter.transfers.live_parties import Parties, agent_of
from callcenter.transfers.matrix import Matter, Means
from callcenter.transfers.matrix_choice import Proposal


class View(BaseModel):
    model_config = ConfigDict(frozen=True)


class Named(View):
    zh: str
    en: str


class AttemptView(View):
    """`state` is asked, ringing, answered or over; `outcome` null while under way. Times are Asterisk's own."""

    id: UUID
    call_id: UUID
    actor_id: UUID
    place: Place
    target: str
    mode: Means
    matter: str
    matter_version: int
    doubtful: bool
    emergency: bool
    drill: bool
    keeper: str
    consult: bool
    state: Literal["asked", "ringing", "answered", "over"]
    step: str
    failure: str
    used_fallback: bool
    back_to_agent: bool
    outcome: str | None
    order_id: UUID | None
    remote_case_no: str
    asked_at: datetime
    ringing_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    seconds_to_answer: float | None


class PartyView(View):
    """`party` is citizen, agent or guest; `extension` of a seat, '' of all others; `there` false while it rings."""

    party: Literal["citizen", "agent", "guest"]
    extension: str = ""
    there: bool
    held: bool = False
    muted: bool = False


class LiveView(View):
    """`can` names the operations that make sense now."""

    call_id: UUID
    stage: Stage
    held: bool
    muted: bool
    parties: tuple[PartyView, ...]
    attempts: tuple[AttemptView, ...]
    can: tuple[str, ...]


class TargetView(View):
    """One press. `found` are the words that speak for it; `modes` in the order of preference; `open` false out of the
    line's hours."""

    target: str
    title: Named
    emergency: bool
    matter: str
    matter_title: Named | None
    criteria: Named | None
    modes: tuple[Means, ...]
    found: tuple[str, ...]
    doubtful: bool
    open: bool


class SeatTarget(View):
    target: str
    name: str
    queues: tuple[str, ...]


class ExpertTarget(View):
    """Whom one may consult now (JC-12): `target` is `seat/<extension>`, or digits to be given as a number."""

    target: str
    name: str
    org: str
    skill: str


class ReceivedMatter(View):
    """What a line that handed the call over to us may have handed over."""

    matter: str
    title: Named
    criteria: Named
    modes: tuple[Means, ...]
    found: tuple[str, ...]


class TargetList(View):
    """`emergency` always; `proposed` from what was said and dialled; `seats` that are free; `experts` whose slot it is,
    and whose seat is free. `came_from` is the line that handed the call over, '' for a citizen's own call, `received`
    its matters that the words speak of."""

    matter_version: int
    came_from: str
    received: tuple[ReceivedMatter, ...]
    emergency: tuple[TargetView, ...]
    proposed: tuple[TargetView, ...]
    seats: tuple[SeatTarget, ...]
    experts: tuple[ExpertTarget, ...]


def attempt_view(attempt: Attempt) -> AttemptView:
    return AttemptView(
        id=attempt.id,
        call_id=attempt.call,
        actor_id=attempt.actor,
        place=attempt.place,
        target=attempt.target,
        mode=attempt.mode,
        matter=attempt.matter,
        matter_version=attempt.version,
        doubtful=attempt.doubtful,
        emergency=attempt.emergency,
        drill=attempt.drill,
        keeper=attempt.keeper,
        consult=attempt.consult,
        state=_state(attempt),
        step=attempt.step,
        failure=attempt.failure,
        used_fallback=attempt.used_fallback,
        back_to_agent=attempt.outcome == "back_to_agent",
        outcome=attempt.outcome,
        order_id=attempt.order,
        remote_case_no=attempt.remote_case_no,
        asked_at=attempt.asked_at,
        ringing_at=attempt.ringing_at,
        answered_at=attempt.answered_at,
        ended_at=attempt.ended_at,
        seconds_to_answer=attempt.time_to_answer.total_seconds() if attempt.time_to_answer is not None else None,
    )


def _state(attempt: Attempt) -> Literal["asked", "ringing", "answered", "over"]:
    if attempt.ended_at is not None:
        return "over"
    if attempt.answered_at is not None:
        return "answered"
    return "ringing" if attempt.ringing_at is not None else "asked"


def live_view(call: CallId, state: CallState, now: Parties, attempts: list[Attempt], *, muted: bool) -> LiveView:
    agent = agent_of(state, now.extension)
    party = [PartyView(party="citizen", there=True, held=now.held)]
    if agent is not None:
        party.append(PartyView(party="agent", extension=extension_of(agent.channel), there=agent.up, muted=muted))
    party += [_guest(leg) for leg in guests(state) if agent is None or leg.id != agent.id]
    return LiveView(
        call_id=call,
        stage=state.stage,
        held=now.held,
        muted=muted,
        parties=tuple(party),
        attempts=tuple(attempt_view(attempt) for attempt in attempts),
        can=_can(now, attempts, muted=muted, joined=any(leg.up for leg in guests(state))),
    )


def _guest(leg: Leg) -> PartyView:
    return PartyView(party="guest", extension=extension_of(leg.channel), there=leg.up)


def _can(now: Parties, attempts: list[Attempt], *, muted: bool, joined: bool) -> tuple[str, ...]:
    busy = any(attempt.under_way for attempt in attempts)
    brought = any(attempt.there and attempt.joins for attempt in attempts)
    offers = {
        "hold": now.agent is not None and not now.held,
        "resume": now.agent is not None and now.held,
        "mute": now.agent is not None and not muted,
        "unmute": now.agent is not None and muted,
        "consult": now.agent is not None and not busy,
        "transfer": now.agent is not None and not busy,
        "merge": now.agent is not None and now.held and joined,
        "leave": now.agent is not None and joined,
        "cancel": busy or brought,
    }
    return tuple(name for name, sensible in offers.items() if sensible)


def named(title: "Named | object") -> Named:
    return Named.model_validate(title, from_attributes=True)


def target_view(proposal: Proposal, *, is_open: bool) -> TargetView:
    matter: Matter | None = proposal.matter
    return TargetView(
        target=proposal.line.number,
        title=named(proposal.line.title),
        emergency=proposal.emergency,
        matter=matter.code if matter else "",
        matter_title=named(matter.title) if matter else None,
        criteria=named(matter.criteria) if matter else None,
        modes=proposal.modes,
        found=proposal.found,
        doubtful=proposal.doubtful,
        open=is_open,
    )


def received_view(matter: Matter, found: tuple[str, ...]) -> ReceivedMatter:
    return ReceivedMatter(
        matter=matter.code,
        title=named(matter.title),
        criteria=named(matter.criteria),
        modes=matter.modes,
        found=found,
    )


def line_view(line: Hotline, modes: tuple[Means, ...], *, is_open: bool) -> TargetView:
    """A line that was searched for."""
    return target_view(Proposal(line=line, matter=None, modes=modes, found=(), doubtful=False), is_open=is_open)
