"""What follows a warning (XY-13, JC-27, A-10): another round, another round under a leader's eyes, or a leader's word.
Pure."""

from enum import StrEnum
from typing import Final

from callcenter.orders.policy import RehandlePolicy


class Follows(StrEnum):
    REHANDLED = "rehandled"
    ESCALATED = "escalated"
    """As many rounds as the policy allows have failed: 提级督办 is proposed, and a leader decides (no silent loop)."""
    DECIDED_BY_LEADER = "decided_by_leader"
    """The demand was found unreasonable by two persons: 解释说明 or 挂账, by a leader."""


def why(*, resolved: bool | None, satisfied: bool | None) -> str:
    """The reason of a further round as its order tells it: what the citizen said at the call-back."""
    said = [zh for answer, zh in ((resolved, "未解决"), (satisfied, "不满意")) if answer is False]
    return f"群众回访{'、'.join(said) or '有不满倾向'}"


NOT_LOOPED: Final = frozenset({"unreasonable", "litigation"})


def follows(policy: RehandlePolicy, *, round_no: int, reasonableness: str | None, confirmed: bool) -> Follows:
    """After a warning in round `round_no`."""
    if policy.only_if_reasonable and confirmed and reasonableness in NOT_LOOPED:
        return Follows.DECIDED_BY_LEADER
    if round_no >= max(1, policy.rounds_before_escalation):
        return Follows.ESCALATED
    return Follows.REHANDLED
