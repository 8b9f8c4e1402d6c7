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
    "timer_warned": Words(
        zh="工单{number}的{timer}时限将至（{sign}），{due}截止",
        en="order {number}: {timer_en} is due by {due} ({sign})",
    ),
    "graded_dispatch": Words(
        zh="工单{number}（{category}）已派往{unit}，按分级分类交办标准知会",
        en="order {number} ({category}) was dispatched to {unit}; the standard by category and level has you told",
    ),
    "caller_fierce": Words(
        zh="工单{number}的来电人情绪激烈，请班长关注安抚；通话未结束时可监听、接入",
        en="order {number}: the caller is in great anger; listen, and come into the call while it lasts",
    ),
    "timer_breached": Words(
        zh="工单{number}的{timer}已逾期，原定{due}截止",
        en="order {number}: {timer_en} is overdue, it was due by {due}",
    ),
    "extension_asked": Words(
        zh="工单{number}申请延期至{due}，请审批",
        en="order {number}: an extension to {due} is asked for; please decide",
    ),
    "extension_decided": Words(
        zh="工单{number}的延期申请{decision}，{timer}时限为{due}",
        en="order {number}: the extension was {decision_en}; {timer_en} is due by {due}",
    ),
    "upper_due_set": Words(
        zh="工单{number}的上级要求时限改为{due}，办理时限随之调整",
        en="order {number}: the upper platform's date is {due} now; the clocks follow it",
    ),
    "order_urged": Words(
        zh="市民再次来电催办工单{number}",
        en="the citizen rang again about order {number}",
    ),
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
    "decision_asked": Words(
        zh="预警工单{number}（{category}）请于{due}前决定：再次处置、解释说明、挂账或提级督办",
        en="warning order {number} ({category}): decide by {due}: again, explain, ledger or escalate",
        must_read=True,
    ),
    "decision_lapsed": Words(
        zh="预警工单{number}（{category}）逾期（{due}）无人决定，请立即处理",
        en="warning order {number} ({category}): nobody decided by {due}; see to it now",
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
    "urged": Words(
        zh="工单{number}{mode}（{document}），请于{due}前回复",
        en="order {number}: reminder {document}, please answer by {due}",
        must_read=True,
    ),
    "supervision_proposed": Words(
        zh="工单{number}符合督办条件，建议{mode}，请于{due}前确认",
        en="order {number}: the rules propose a supervision; please confirm or dismiss it by {due}",
    ),
    "proposal_lapsed": Words(
        zh="工单{number}的{mode}建议逾期无人确认，请督促",
        en="order {number}: nobody has decided on the proposed supervision in time",
        must_read=True,
    ),
    "supervision_lapsed": Words(
        zh="工单{number}的{document}逾期未回复",
        en="order {number}: {document} was not answered in time",
        must_read=True,
    ),
    "visit_called": Words(
        zh="工单{number}联合现场督办（{document}），请于{at}到场",
        en="order {number}: please join the visit on site ({document}) at {at}",
        must_read=True,
    ),
    "supervision_opened": Words(
        zh="工单{number}已{mode}（{document}），请于{due}前落实并回复",
        en="order {number} is under supervision {document}: act and answer by {due}",
        must_read=True,
    ),
    "supervision_replied": Words(
        zh="工单{number}的{document}已回复，请核实办结", en="order {number}: {document} was answered; please verify"
    ),
    "supervision_fulfilled": Words(
        zh="工单{number}的{document}已办结", en="order {number}: {document} has ended as fulfilled"
    ),
    "supervision_poor": Words(
        zh="工单{number}的{document}认定落实不力", en="order {number}: {document} has ended as poorly carried out"
    ),
    "quality_rectified": Words(
        zh="工单{number}的质控整改已反馈", en="order {number}: what quality control asked for has been answered"
    ),
    "quality_rectify": Words(
        zh="工单{number}质控要求整改，期限{due}", en="order {number}: quality control asks for correction by {due}"
    ),
    "return_far_fetched": Words(
        zh="工单{number}的退单理由经质控认定牵强，请据此不予退单",
        en="order {number}: quality control finds the reason of the return far-fetched; please reject it",
    ),
    "duty_forced": Words(
        zh="工单{number}的责任主体已由质控明确，请据此派单",
        en="order {number}: quality control has fixed who is responsible; dispatch accordingly",
    ),
    "ruling_drafted": Words(zh="有一项口径待贵单位认可", en="a ruling waits for your organisation's agreement"),
    "flag_proposed": Words(
        zh="工单{number}被指“{flag}”，请认定", en="order {number}: a violation is alleged; please decide"
    ),
    "case_opened": Words(
        zh="{kind}（{document}）已立案，期限{due}", en="case {document} has been opened, due {due}", must_read=True
    ),
    "case_lapsed": Words(
        zh="{kind}（{document}）逾期，请尽快办理；将列入下期通报",
        en="case {document} is overdue and will be told in the next circular",
        must_read=True,
    ),
    "case_moved": Words(zh="{document}有新进展（{state}）", en="case {document} has moved on ({state})"),
    "breach_climbed": Words(
        zh="{org}的工单{number}（{flag}）仍未办结，请督促", en="order {number} of {org} is still late: please see to it"
    ),
    "meeting_item": Words(zh="会议协调事项，办结期{due}", en="an item of a meeting is yours, due {due}"),
    "meeting_called": Words(zh="请参加{kind}，时间{at}", en="you are asked to a meeting on {at}"),
    "meeting_item_done": Words(zh="一项会议协调事项已办结", en="an item of a meeting has been finished"),
    "instruction_lapsed": Words(
        zh="领导批示逾期未反馈，期限{due}", en="a leader's instruction due {due} has no answer yet", must_read=True
    ),
    "instructed": Words(zh="领导批示，办理期限{due}", en="a leader's instruction, due {due}", must_read=True),
    "joint_topics": Words(
        zh="{week}当周集中、疑难诉求已梳理，请研究联合会审",
        en="week of {week}: matters to be discussed together are listed",
    ),
    "duty_waiting": Words(
        zh="责任清单事项{code}的新版本待贵单位确认，全部列名单位确认后生效",
        en="a new version of item {code} of the responsibility list waits for your unit's agreement",
    ),
    "order_dispatched": Words(
        zh="工单{number}（{category}）已派至贵单位，请先行接单并联系诉求人",
        en="order {number} ({category}) was dispatched to your unit: accept it and contact the citizen",
    ),
    "backlog": Words(
        zh="{org}待办工单{count}件，已达积压预警线{limit}件，请调配力量",
        en="{count} orders wait for {org}; the backlog alarm stands at {limit}: send help",
    ),
    "task_asked": Words(
        zh="工单{number}：请贵单位{kind}，时限{due}", en="order {number}: your unit is asked for {kind}, due {due}"
    ),
    "task_late": Words(
        zh="工单{number}：{org}的{kind}任务已逾期，逾期记在该单位名下",
        en="order {number}: {org} is late with its part ({kind}); the lateness is its own",
    ),
    "patrol_planned": Words(
        zh="您有新的巡查任务：{begins}至{ends}，请按时到场签到",
        en="you are on a new patrol from {begins} to {ends}: check in on the spot",
    ),
    "whistle_absent": Words(
        zh="工单{number}：{org}未按时报到，请督办",
        en="order {number}: {org} did not report to the whistle: supervise",
        must_read=True,
    ),
    "return_signed": Words(
        zh="工单{number}（{category}）退单申请已签字提交，请审核",
        en="order {number} ({category}): a signed return application waits for review",
    ),
    "return_decided": Words(zh="工单{number}退单审核结果：{result}", en="order {number}: return decided: {result}"),
    "claim_offered": Words(
        zh="工单{number}有单位主动认领，请确认", en="order {number}: a unit volunteers, please confirm"
    ),
    "sign_needed": Words(
        zh="工单{number}需签派（{cause}），请提出处置意见",
        en="order {number} needs a signed dispatch ({cause}): your opinion, please",
        must_read=True,
    ),
    "sign_proposed": Words(
        zh="工单{number}签派意见已提出，请批办",
        en="order {number}: a signed dispatch waits for your approval",
        must_read=True,
    ),
}


def said(kind: str, words: Mapping[str, str], language: str) -> str:
    """The text of a notice. Raises KeyError for an unknown kind or an empty slot: both are faults of the program."""
    of = WORDS[kind]
    return (of.zh if language == "zh" else of.en).format(**words)
