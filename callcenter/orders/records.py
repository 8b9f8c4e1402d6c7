"""What may be written on an order without moving it: the vocabulary, one line each.

`Orders.record(actor, order, what, ...)` takes the word from here; every room that writes on orders adds its lines.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from callcenter.orders.standing import Side
from callcenter.orders.terms import Stage
from callcenter.people.actor import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRule:
    """Who may write it, and while the order stands where. `roles` empty: the machine only (`actor` None), which may
    always write. `side` None: the room that writes has checked it by itself."""

    zh: str
    en: str
    stages: frozenset[Stage]
    roles: frozenset[Role] = frozenset()
    side: Side | None = Side.SEEN


EVERYWHERE: Final = frozenset(Stage) - {Stage.NEW}
ENDED: Final = frozenset({Stage.CLOSED, Stage.RETURNED_UP})
OPEN: Final = EVERYWHERE - ENDED
IN_HAND: Final = frozenset({Stage.ACCEPTED, Stage.HANDLING, Stage.COLLAB, Stage.REHANDLING, Stage.LEDGER})
"""A unit works on it."""
CENTRES: Final = frozenset({Role.AGENT, Role.DISPATCHER, Role.REVIEWER, Role.SUPERVISOR})
UNITS: Final = frozenset({Role.UNIT_OPERATOR, Role.UNIT_HEAD})
EXCLUDERS: Final = CENTRES | {Role.DEPUTY, Role.LEADER}
"""XY-27: which of them is the signer, the rule set says."""
OVERSEERS: Final = frozenset({Role.SUPERVISOR, Role.DEPUTY, Role.LEADER, Role.INSPECTOR, Role.DISCIPLINE})

_ACCEPTED: Final = frozenset({Stage.ACCEPTED})
_SIGNING: Final = frozenset({Stage.SIGN_PENDING})

RECORDS: Final[Mapping[str, RecordRule]] = {
    "extension_asked": RecordRule(zh="申请延期", en="extension asked for", stages=IN_HAND, roles=UNITS, side=Side.UNIT),
    "extension_granted": RecordRule(
        zh="同意延期", en="extension granted", stages=IN_HAND, roles=frozenset(Role), side=Side.CENTRE
    ),
    "extension_refused": RecordRule(
        zh="不同意延期", en="extension refused", stages=IN_HAND, roles=frozenset(Role), side=Side.CENTRE
    ),
    "upper_due_set": RecordRule(
        zh="上级时限变更",
        en="date from above changed",
        stages=OPEN,
        roles=frozenset({Role.DISPATCHER, Role.REVIEWER, Role.SUPERVISOR}),
        side=Side.CENTRE,
    ),
    "note_added": RecordRule(
        zh="补充信息", en="something added", stages=OPEN, roles=CENTRES | UNITS | {Role.SERVICE}, side=Side.SEEN
    ),
    "effect_checked": RecordRule(
        zh="效果回查", en="effect checked", stages=frozenset({Stage.CLOSED}), roles=CENTRES, side=Side.CENTRE
    ),
    "contact_logged": RecordRule(
        zh="联系登记", en="contact logged", stages=OPEN, roles=CENTRES | UNITS | {Role.FIELD}, side=Side.SEEN
    ),
    "paper_written": RecordRule(
        zh="处置记录", en="handling recorded", stages=IN_HAND, roles=UNITS | CENTRES | {Role.FIELD}, side=Side.SEEN
    ),
    "work_finished": RecordRule(
        zh="实际完成", en="finished on the ground", stages=IN_HAND, roles=UNITS, side=Side.UNIT
    ),
    "task_added": RecordRule(zh="新增子任务", en="sub-task added", stages=IN_HAND, roles=UNITS | CENTRES),
    "task_settled": RecordRule(
        zh="子任务办结", en="sub-task settled", stages=IN_HAND, roles=UNITS | CENTRES | {Role.FIELD}
    ),
    "option_proposed": RecordRule(zh="提出方案", en="option proposed", stages=IN_HAND, roles=UNITS | CENTRES),
    "option_judged": RecordRule(zh="方案论证", en="option judged", stages=IN_HAND, roles=UNITS | CENTRES),
    "option_chosen": RecordRule(zh="选定方案", en="option chosen", stages=IN_HAND, roles=UNITS | CENTRES),
    "milestone_planned": RecordRule(
        zh="列入阶段节点", en="milestone planned", stages=IN_HAND, roles=UNITS, side=Side.UNIT
    ),
    "milestone_reached": RecordRule(
        zh="阶段节点完成", en="milestone reached", stages=IN_HAND, roles=UNITS, side=Side.UNIT
    ),
    "departure_proposed": RecordRule(
        zh="提出推定偏离", en="presumption departed from", stages=IN_HAND, roles=UNITS, side=Side.UNIT
    ),
    "departure_decided": RecordRule(
        zh="推定偏离裁定",
        en="departure decided",
        stages=OPEN,
        roles=frozenset({Role.REVIEWER, Role.SUPERVISOR, Role.DEPUTY, Role.LEADER}),
        side=Side.CENTRE,
    ),
    "handed_over": RecordRule(zh="承办人交接", en="case handed over", stages=IN_HAND, roles=UNITS, side=Side.UNIT),
    "head_named": RecordRule(zh="指定负责人", en="head named", stages=IN_HAND, roles=UNITS, side=Side.UNIT),
    "head_confirmed": RecordRule(
        zh="负责人确认", en="head confirmed", stages=IN_HAND, roles=frozenset({Role.UNIT_HEAD}), side=Side.UNIT
    ),
    "exclusion_proposed": RecordRule(
        zh="申请不纳入测评", en="exclusion proposed", stages=EVERYWHERE, roles=UNITS, side=Side.UNIT
    ),
    "exclusion_confirmed": RecordRule(
        zh="中心确认不纳入测评", en="exclusion confirmed", stages=EVERYWHERE, roles=EXCLUDERS, side=Side.CENTRE
    ),
    "exclusion_granted": RecordRule(
        zh="上级同意不纳入测评", en="exclusion granted", stages=EVERYWHERE, roles=EXCLUDERS, side=Side.CENTRE
    ),
    "exclusion_signed": RecordRule(
        zh="领导签署不纳入测评", en="exclusion signed", stages=EVERYWHERE, roles=EXCLUDERS, side=Side.CENTRE
    ),
    "exclusion_rejected": RecordRule(
        zh="不纳入测评未通过", en="exclusion rejected", stages=EVERYWHERE, roles=EXCLUDERS, side=Side.CENTRE
    ),
    "warning_escalated": RecordRule(
        zh="建议提级督办", en="escalation proposed", stages=frozenset({Stage.WARNED}), side=None
    ),
    "warning_for_leader": RecordRule(
        zh="报领导决定", en="left to a leader", stages=frozenset({Stage.WARNED}), side=None
    ),
    "care_noted": RecordRule(
        zh="登记特殊需要", en="needs of the citizen noted", stages=OPEN, roles=CENTRES | UNITS | {Role.FIELD}
    ),
    "callback_recorded": RecordRule(
        zh="回访登记", en="call-back recorded", stages=frozenset({Stage.CALLBACK}), roles=CENTRES, side=Side.CENTRE
    ),
    "callback_corrected": RecordRule(
        zh="回访更正",
        en="call-back corrected",
        stages=EVERYWHERE,
        roles=frozenset({Role.REVIEWER, Role.SUPERVISOR}),
        side=Side.CENTRE,
    ),
    "reported_named": RecordRule(zh="指明被举报单位", en="whom the report is about", stages=OPEN, roles=CENTRES),
    "left_untold": RecordRule(
        zh="未答复诉求人", en="citizen left untold", stages=EVERYWHERE, roles=CENTRES, side=Side.CENTRE
    ),
    "supplemented": RecordRule(
        zh="渠道补充", en="more told by the channel", stages=EVERYWHERE, roles=CENTRES | {Role.SERVICE}
    ),
    "sent_out": RecordRule(
        zh="发往对接平台",
        en="sent to another platform",
        stages=OPEN,
        roles=frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
    ),
    "season_named": RecordRule(zh="归入专项", en="named after its campaign", stages=OPEN),
    "urged": RecordRule(zh="市民催办", en="urged by the citizen", stages=OPEN, roles=CENTRES),
    "matter_led": RecordRule(
        zh="成为事件主单", en="leads a matter", stages=OPEN, roles=CENTRES | {Role.DEPUTY, Role.LEADER}
    ),
    "merged": RecordRule(
        zh="并入事件", en="merged into a matter", stages=OPEN, roles=CENTRES | {Role.DEPUTY, Role.LEADER}
    ),
    "unmerged": RecordRule(
        zh="从事件拆出", en="taken out of its matter", stages=EVERYWHERE, roles=CENTRES | {Role.DEPUTY, Role.LEADER}
    ),
    "repeat_noted": RecordRule(zh="认定重复来电", en="found to be a repeat", stages=EVERYWHERE, roles=CENTRES),
    "group_found": RecordRule(zh="群体性诉求", en="a group demand", stages=EVERYWHERE),
    # Oversight: who may is checked by its own use cases.
    "supervision_opened": RecordRule(zh="发起督办", en="supervision opened", stages=OPEN, roles=OVERSEERS, side=None),
    "supervision_replied": RecordRule(
        zh="督办回复", en="supervision answered", stages=EVERYWHERE, roles=CENTRES | UNITS, side=None
    ),
    "supervision_closed": RecordRule(
        zh="督办办结", en="supervision ended", stages=EVERYWHERE, roles=OVERSEERS, side=None
    ),
    "supervision_urged": RecordRule(zh="催办", en="reminded", stages=OPEN, roles=OVERSEERS | CENTRES, side=None),
    "supervision_urge_ended": RecordRule(
        zh="催办办结", en="reminder ended", stages=EVERYWHERE, roles=OVERSEERS | CENTRES, side=None
    ),
    "instructed": RecordRule(zh="领导批示", en="instructed by a leader", stages=EVERYWHERE, roles=OVERSEERS, side=None),
    "quality_reviewed": RecordRule(zh="质控复核", en="quality reviewed", stages=EVERYWHERE, roles=OVERSEERS, side=None),
    "duty_forced": RecordRule(
        zh="质控明确责任主体", en="duty fixed by quality control", stages=OPEN, roles=OVERSEERS, side=None
    ),
    "flag_proposed": RecordRule(
        zh="提出违规标记", en="flag proposed", stages=EVERYWHERE, roles=OVERSEERS | CENTRES, side=None
    ),
    "flag_decided": RecordRule(zh="认定违规标记", en="flag decided", stages=EVERYWHERE, roles=OVERSEERS, side=None),
    "key_listed": RecordRule(
        zh="列入督查重点清单", en="key list decided", stages=EVERYWHERE, roles=OVERSEERS | CENTRES, side=None
    ),
    "key_unlisted": RecordRule(
        zh="移出督查重点清单", en="off the key list", stages=EVERYWHERE, roles=OVERSEERS | CENTRES, side=None
    ),
    # dispatching
    "return_drafted": RecordRule(zh="起草退单申请", en="return drafted", stages=_ACCEPTED, roles=UNITS, side=Side.UNIT),
    "return_withdrawn": RecordRule(
        zh="撤回退单申请", en="return withdrawn", stages=_ACCEPTED, roles=UNITS, side=Side.UNIT
    ),
    "return_expired": RecordRule(
        zh="逾期申请退单未受理", en="return asked for too late", stages=_ACCEPTED, roles=UNITS, side=Side.UNIT
    ),
    "sign_proposed": RecordRule(
        zh="分管领导提出处置意见",
        en="opinion for signed dispatch",
        stages=_SIGNING,
        roles=frozenset({Role.DEPUTY}),
        side=Side.CENTRE,
    ),
    "sign_refused": RecordRule(
        zh="主要领导退回签派意见",
        en="proposal given back by the leader",
        stages=_SIGNING,
        roles=frozenset({Role.LEADER}),
        side=Side.CENTRE,
    ),
    "block_reason_set": RecordRule(zh="标明堵点原因", en="block reason set", stages=OPEN, roles=CENTRES),
    "territory_set": RecordRule(zh="标明属地与权属", en="territory and owner set", stages=OPEN, roles=CENTRES),
    "task_asked": RecordRule(
        zh="请求协办", en="others asked to help", stages=OPEN, roles=CENTRES | UNITS | {Role.DEPUTY, Role.LEADER}
    ),
    "task_done": RecordRule(zh="协办完成", en="helper's part done", stages=EVERYWHERE),
    "whistle_blown": RecordRule(
        zh="吹哨", en="whistle blown", stages=OPEN, roles=CENTRES | UNITS | {Role.DEPUTY, Role.LEADER, Role.FIELD}
    ),
    "whistle_confirmed": RecordRule(
        zh="确认报到并评价",
        en="attendance confirmed and rated",
        stages=EVERYWHERE,
        roles=CENTRES | UNITS | {Role.DEPUTY, Role.LEADER, Role.FIELD},
    ),
    "difficulty_applied": RecordRule(
        zh="申报疑难", en="put forward as difficult", stages=IN_HAND, roles=UNITS, side=Side.UNIT
    ),
    "difficulty_decided": RecordRule(
        zh="疑难申报审批",
        en="decided whether it is difficult",
        stages=OPEN,
        roles=CENTRES | {Role.DEPUTY, Role.LEADER},
        side=Side.CENTRE,
    ),
    "meeting_noted": RecordRule(
        zh="协调会纪要", en="coordination meeting", stages=OPEN, roles=CENTRES | UNITS | {Role.DEPUTY, Role.LEADER}
    ),
    "claim_offered": RecordRule(zh="主动认领", en="a unit volunteers", stages=OPEN),
    "claim_refused": RecordRule(
        zh="未采纳认领",
        en="claim not taken",
        stages=OPEN,
        roles=frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
        side=Side.HOLDER,
    ),
}
