"""The rules of returns and signed dispatch: what a form holds, what a granted return leads to. Pure."""

import hashlib
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, Final

import orjson

from callcenter.core.ids import OrgId
from callcenter.dispatching.refusals import ReasonShort, SuggestsSelf
from callcenter.orders.policy import ReturnPolicy

SIGNED: Final = (
    "id",
    "order_id",
    "org_id",
    "reason_code",
    "reason_text",
    "basis",
    "suggested_org_id",
    "drafted_by",
    "drafted_at",
    "dispatched_at",
    "window_due_at",
)
"""What the head's signature on Form 1 covers."""
APPROVED: Final = (
    "id",
    "order_id",
    "cause",
    "cause_text",
    "opinion",
    "lead_org_id",
    "co_org_ids",
    "due_at",
    "proposed_by",
)
"""What the leader's approval of a signed dispatch covers."""


class Onward(StrEnum):
    """Where a granted return leads (A-06)."""

    REDISPATCH = "redispatch"
    SIGN = "sign"


def digest_of(form: Mapping[str, Any], names: Collection[str]) -> str:
    """SHA-256, in hexadecimal, of the named fields in canonical JSON: who holds the form can prove what was signed."""
    content = {name: form[name] for name in names}
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)).hexdigest()


def check_form(reason: str, suggested: OrgId, own: OrgId, policy: ReturnPolicy) -> None:
    """XY-18. Raises ReasonShort, SuggestsSelf."""
    if len(reason.strip()) < policy.reason_min:
        raise ReasonShort(least=policy.reason_min)
    if suggested == own:
        raise SuggestsSelf


def onward(granted: Collection[OrgId], redispatches: int, policy: ReturnPolicy) -> Onward:
    """`granted` are the distinct orgs whose return was granted, this one among them; rejected ones do not count. 以上
    includes the number itself."""
    if len(set(granted)) >= policy.sign_at_distinct_returns or redispatches >= policy.max_ordinary_redispatch:
        return Onward.SIGN
    return Onward.REDISPATCH


def dispute_of(applied: Collection[OrgId], suggested: Mapping[OrgId, OrgId]) -> str | None:
    """SJ-24: why the departments' answers are a dispute; None while one org alone has applied. `suggested` is the unit
    that each applicant named."""
    orgs = set(applied)
    if len(orgs) < 2:
        return None
    crossed = any(suggested.get(suggested[org]) == org for org in orgs if org in suggested)
    return "counter_return" if crossed else "units_refuse"
