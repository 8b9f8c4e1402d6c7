"""What a move does, as a value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from callcenter.core.ids import UserId, new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """`changes` are columns of work_order, null included; a column that is not named stays as it is."""

    changes: Mapping[str, Any]
    body: Mapping[str, Any]
    contacts: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The order's row before the move, who moves it (None: the machine), and when. `centre_contacts`: the first contact
    is the centre's, so that it stands when the unit changes (A-11)."""

    row: Mapping[str, Any]
    by: UserId | None
    at: datetime
    centre_contacts: bool = False


def contact_row(moment: Moment, kind: str, outcome: str, note: str, call: object) -> list[Mapping[str, Any]]:
    of = {"id": new_id(), "kind": kind, "outcome": outcome, "note": note, "actor_id": moment.by, "call_id": call}
    return [of]
