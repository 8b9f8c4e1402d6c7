"""Quality control before, during and after (SJ-22): automatic rules, checklists, sampling, three classes. Pure."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from callcenter.oversight.terms import Hook, QcClass


class Check(NamedTuple):
    """What an automatic rule found."""

    code: str
    passed: bool


class Question(NamedTuple):
    """A line of a checklist, for the inspector."""

    code: str
    zh: str
    en: str


CHECKLISTS: Final[Mapping[Hook, Sequence[Question]]] = {
    Hook.BEFORE: (
        Question("five_elements", "五要素是否齐全（时间、地点、诉求、联系方式、诉求人）", "are all elements complete"),
        Question("basis", "派单依据是否写明（责任清单条目）", "is the basis of the dispatch cited"),
        Question("level", "类别、等级是否恰当", "are category and level right"),
    ),
    Hook.DURING: (
        Question("contact", "是否先行联系且记录真实", "was the citizen contacted, truly"),
        Question("return_reason", "退单理由是否成立", "does the reason of the return hold"),
        Question("changes", "补充信息后的变化是否有据", "are the changes after new information founded"),
    ),
    Hook.AFTER: (
        Question("reply", "答复是否回应诉求、写明时间地点措施", "does the reply answer, with time, place, measure"),
        Question("evidence", "佐证材料是否真实充分", "is the evidence real and sufficient"),
        Question("callback", "回访结果与办理结果是否一致", "does the call-back agree with the reply"),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the automatic rules look at; `order` is the row of work_order, `reason` None where none is asked for."""

    order: Mapping[str, Any]
    reason: str | None = ""
    contacts: int = 0
    files: int = 0


REPLY_LEAST: Final = 15
"""A reply of fewer characters says nothing; a human judges, the rule only points."""


def _before(seen: Seen) -> Sequence[Check]:
    row = seen.order
    complete = all(row.get(name) for name in ("title", "content", "category", "address"))
    return (
        Check("complete", complete),
        Check("basis", bool(row.get("item_id")) or bool((seen.reason or "").strip())),
    )


def _during(seen: Seen) -> Sequence[Check]:
    contacted = Check("contacted", seen.contacts > 0)
    return (contacted,) if seen.reason is None else (contacted, Check("reason_given", bool(seen.reason.strip())))


def _after(seen: Seen) -> Sequence[Check]:
    row = seen.order
    heard_no = row.get("resolved") is False
    return (
        Check("reply", len((row.get("reply") or "").strip()) >= REPLY_LEAST),
        Check("evidence", seen.files > 0),
        Check("contacted", seen.contacts > 0),
        Check("consistent", not (heard_no and row.get("result_type") == "resolved")),
    )


def automatic(hook: Hook, seen: Seen) -> Sequence[Check]:
    match hook:
        case Hook.BEFORE:
            return _before(seen)
        case Hook.DURING:
            return _during(seen)
    return _after(seen)


def sampled(order: UUID, hook: Hook, share: float) -> bool:
    """Whether the order is in the sample: decided by its id, so that it is the same at every look and in every
    process, and nobody can choose."""
    digest = hashlib.sha256(order.bytes + hook.encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def hasty(order: Mapping[str, Any], contacts: int, visits: int, files: int) -> bool:
    """草草结案 (GH-20): closed without contact, visit or evidence. It proposes, a human confirms."""
    return order.get("closed_at") is not None and contacts + visits == 0 and files == 0


WATCHED: Final = ("category", "category_code", "duty_org_id", "solvability", "result_type")
"""SJ-26: a change of these after the first submission is looked at."""


def too_soon(closed: date | None, reopened: date, within: int) -> bool:
    """草草结案 (GH-20): reopened so many days or fewer after its close."""
    return closed is not None and (reopened - closed).days <= within


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Mapping[str, tuple[Any, Any]]:
    """What changed: the column with its value before and after. A value that was empty is no change."""
    return {
        name: (before[name], after[name])
        for name in WATCHED
        if before.get(name) and name in after and after[name] != before[name]
    }


def disputed(requests: Sequence[UUID], refused: Collection[UUID]) -> bool:
    """SJ-24: a return asked for after another, or two orgs that refuse. `requests` are the orgs that asked, in order;
    `refused` the distinct orgs that would not take it."""
    return len(requests) > 1 or len(set(refused)) > 1


class Contradiction(NamedTuple):
    """Q2: what speaks against the reason of a return."""

    kind: str  # item, precedent, ruling
    ref: str
    text: str


def contradictions(
    org: UUID,
    items: Sequence[Mapping[str, Any]],
    precedents: Sequence[Mapping[str, Any]],
    rulings: Sequence[Mapping[str, Any]],
) -> Sequence[Contradiction]:
    """SJ-25: the duty list names this org for the category, it handled such orders before, or a ruling settled it."""
    return [
        *(Contradiction("item", str(one["id"]), str(one["title"])) for one in items if one["org_id"] == org),
        *(Contradiction("precedent", str(one["id"]), str(one["number"])) for one in precedents if one["org_id"] == org),
        *(Contradiction("ruling", str(one["id"]), str(one["number"])) for one in rulings if one["duty_org_id"] == org),
    ]


CLASS_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    QcClass.Q1: ("派单分歧、职能认定不一", "dispatch dispute"),
    QcClass.Q2: ("退单理由牵强", "far-fetched return"),
    QcClass.Q3: ("补充信息后变化", "changed after new information"),
}
