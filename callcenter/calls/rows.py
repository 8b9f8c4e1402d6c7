"""A call's state as the rows that show it. Values are ready for JSON; intervals are texts of PostgreSQL."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from callcenter.calls.channels import NOBODY
from callcenter.calls.holes import check
from callcenter.calls.identity import call_id_of, fingerprint
from callcenter.calls.state import CallState, Transfer
from callcenter.calls.wire import KINDS, body_of
from callcenter.core.ids import CallId
from callcenter.core.phone import parse_number, region_of
from callcenter.pbx.facts import PbxFact

Row = dict[str, Any]
Hotlines = Callable[[str], str]
"""The hotline's name of a dialled number, '' when it has none."""


def storable(fact: PbxFact) -> bool:
    return type(fact).__name__ in KINDS and getattr(fact, "channel", "") != NOBODY


def fact_row(fact: PbxFact, call: CallId | None, source: str, received_at: datetime) -> Row:
    return {
        "at": fact.at,
        "received_at": received_at,
        "pbx": fact.pbx,
        "call_id": call,
        "leg": getattr(fact, "leg", None),
        "kind": type(fact).__name__,
        "source": source,
        "fingerprint": fingerprint(fact),
        "body": body_of(fact),
    }


def call_row(state: CallState, hotline_of: Hotlines) -> Row:
    number, region = _number(state.number)
    return {
        "id": call_id_of(state.pbx, state.linked),
        "pbx": state.pbx,
        "linked": state.linked,
        "direction": state.direction,
        "purpose": state.purpose,
        "caller_number": number,
        "caller_region": region,
        "dialled": state.dialled,
        "hotline": hotline_of(state.dialled) if state.direction == "inbound" else "",
        "stage": state.stage.value,
        "outcome": state.outcome.value if state.outcome else None,
        "queue": state.waits[-1].queue if state.waits else None,
        "extension": state.extension,
        "menu_path": [
            {"flow": m.flow, "node": m.node, "key": m.key, "seconds": round(m.took.total_seconds(), 3)}
            for m in state.menu
        ],
        "transfers": [_transfer(transfer) for transfer in state.transfers],
        "started_at": state.started_at,
        "queued_at": state.queued_at,
        "answered_at": state.answered_at,
        "ended_at": state.ended_at,
        "waited": _interval(state.waited, state.ended_at),
        "talked": _interval(state.talked, state.ended_at),
        "has_gap": bool(check(state)),
        "related_call_id": _related(state),
    }


def _transfer(transfer: Transfer) -> Row:
    steps = [
        {"step": s.step, "status": s.status, "began_at": s.began_at, "ended_at": s.ended_at} for s in transfer.steps
    ]
    return {"id": transfer.id, "steps": steps}


def leg_rows(state: CallState) -> list[Row]:
    call = call_id_of(state.pbx, state.linked)
    return [
        {
            "pbx": state.pbx,
            "leg": leg.id,
            "call_id": call,
            "channel": leg.channel,
            "role": leg.role.value,
            "started_at": leg.started_at or leg.seen_at,
            "ended_at": leg.ended_at,
        }
        for leg in state.legs.values()
    ]


@lru_cache(maxsize=2048)
def _number(presented: str) -> tuple[str, str]:
    """Key and region: worked out once for the many facts of one call."""
    number = parse_number(presented)
    return number.key, region_of(number)


def _related(state: CallState) -> UUID | None:
    """What the call was made for, else the earliest call it was linked with."""
    if state.related is not None:
        return state.related
    return call_id_of(state.pbx, min(state.joined)) if state.joined else None


def _interval(measure: Callable[[datetime], timedelta], ended_at: datetime | None) -> str | None:
    return f"{measure(ended_at).total_seconds():.6f} seconds" if ended_at else None
