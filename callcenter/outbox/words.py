"""What each kind of notice says, in both languages. A slot is a number, a name of an org, a date or a word of the
house: never a citizen's name, number, address or words (XY-12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """`must_read`: whoever leaves it unread too long is telephoned (XY-12)."""

    zh: str
    en: str
    must_read: bool = False


WORDS: Final[Mapping[str, Words]] = {
    "notice_unread": Words(
        zh="通知“{kind}”已逾{hours}小时未读，请电话提醒{org}",
        en="the notice “{kind}” has been unread for {hours} hours: please telephone {org}",
    ),
    "order_warned": Words(
        zh="预警工单{number}（{category}）：群众回访不满意，第{round}轮处置须于{due}前提交，请负责人全程参与",
        en="warning order {number} ({category}): not satisfied; round {round} is due by {due}, with the head",
        must_read=True,
    ),
    "warning_escalated": Words(
        zh="工单{number}（{category}）经{round}轮处置仍不满意，建议提级督办，请领导决定再次处置、解释说明或挂账",
        en="order {number} ({category}) is unsatisfied after {round} rounds: escalate; a leader decides what follows",
        must_read=True,
    ),
    "warning_for_leader": Words(
        zh="工单{number}（{category}）的诉求经两人认定为不合理，请领导决定解释说明或挂账",
        en="order {number} ({category}): the demand was found unreasonable by two persons; a leader decides",
        must_read=True,
    ),
    "interim_due": Words(
        zh="挂账工单{number}（{category}）应与诉求人联系说明进展",
        en="ledger order {number} ({category}): the citizen is due to hear how it stands",
    ),
    "milestone_late": Words(
        zh="挂账工单{number}（{category}）的阶段节点（{due}）已逾期",
        en="ledger order {number} ({category}): a milestone of {due} is overdue",
        must_read=True,
    ),
}


def said(kind: str, words: Mapping[str, str], language: str) -> str:
    """The text of a notice. Raises KeyError for an unknown kind or an empty slot: both are faults of the program."""
    of = WORDS[kind]
    return (of.zh if language == "zh" else of.en).format(**words)
