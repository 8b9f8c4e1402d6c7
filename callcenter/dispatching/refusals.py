"""What dispatch refuses, and the remedy."""

from callcenter.core import errors


class ListBroken(errors.Invalid):
    code = "duty-list-broken"
    zh = "责任清单第{line}行有误：{reason}；请改正后重新导入，本次未导入任何事项"
    en = "line {line} of the responsibility list is not valid: {reason}. Correct it and import again: nothing was taken"


class NoSuchDuty(errors.NotFound):
    code = "no-such-duty"
    zh = "未找到该责任清单事项"
    en = "there is no such item of the responsibility list"


class DutyDecided(errors.Refused):
    code = "duty-decided"
    zh = "该版本已生效、被否决或已停用；如需变更，请提出新版本"
    en = "this version is in force, was refused or is retired: propose a new version"


class NotNamed(errors.Forbidden):
    code = "duty-not-named"
    zh = "只有该事项列名单位的负责人可以确认（SG-06）"
    en = "only a head of a unit that the item names may agree to it (SG-06)"


class ItemDoesNotCount(errors.Refused):
    code = "duty-not-in-force"
    zh = "所引用的责任清单事项未生效或不适用于本中心；请另选事项，或选择“清单外”并说明原因"
    en = "the cited item is not in force here: choose another, or dispatch outside the list with a reason"


class OutsideReasonMissing(errors.Invalid):
    code = "outside-reason-missing"
    zh = "派单须引用责任清单事项；清单外派单须说明原因（SG-06）"
    en = "a dispatch cites an item of the responsibility list; outside the list it needs a reason (SG-06)"


class IntakeThin(errors.Refused):
    """SG-30."""

    code = "intake-incomplete"
    zh = "受理要素不足（{score} 分，派单前至少 {least} 分），缺少：{missing_zh}；请补录后再派单"
    en = "the intake is too thin ({score} points, {least} needed before dispatch); missing: {missing_en}"


class NotToGrassroots(errors.Refused):
    """B-06, 国办函〔2025〕66号."""

    code = "not-to-grassroots"
    zh = "该事项属职能部门职责，不得随意转交村居；确需派至村居的，请填写理由"
    en = "a functional department's matter must not be pushed to a village; give a reason if it must go there"


class CoIsLead(errors.Invalid):
    code = "co-is-lead"
    zh = "主办单位只能有一个，且不得同时列为协办单位（SG-25）"
    en = "there is exactly one lead, and it cannot be a co-handler too (SG-25)"


class NoSuchBody(errors.Invalid):
    code = "no-such-body"
    zh = "所选单位不存在，或不在本中心辖区内"
    en = "the chosen body does not exist or lies outside your centre's area"


class NoSuchTask(errors.NotFound):
    code = "no-such-task"
    zh = "未找到该协办任务"
    en = "there is no such task"


class TaskOver(errors.Refused):
    code = "task-over"
    zh = "该任务已完成或已取消"
    en = "the task is done or cancelled"


class TaskDueWrong(errors.Invalid):
    code = "task-due-wrong"
    zh = "任务时限须晚于现在"
    en = "the task must be due after now"


class NotInitiator(errors.Forbidden):
    code = "whistle-initiator"
    zh = "本规则下只有以下类型的单位可以吹哨：{kinds}；由吹哨单位确认报到（A-17）"
    en = "under this rule set only these kinds of org may whistle: {kinds}; the initiator confirms (A-17)"


class NoSuchWhistle(errors.NotFound):
    code = "no-such-whistle"
    zh = "未找到该吹哨记录"
    en = "there is no such whistle"


class WhistleOver(errors.Refused):
    code = "whistle-confirmed"
    zh = "该吹哨已确认"
    en = "this whistle was confirmed"


class NotClaimable(errors.Refused):
    code = "not-claimable"
    zh = "只有待派单、重新派单或待签派的工单可以认领（XY-55）"
    en = "only orders waiting for dispatch, re-dispatch or signing can be claimed (XY-55)"


class NoSuchClaim(errors.NotFound):
    code = "no-such-claim"
    zh = "未找到待确认的认领"
    en = "there is no such open claim"


class ClaimedAlready(errors.Refused):
    code = "already-claimed"
    zh = "本单位已提出认领，等待派单员确认"
    en = "this unit has claimed it: the dispatcher has to confirm"


class DifficultyOpen(errors.Refused):
    code = "difficulty-open"
    zh = "已有待审批的疑难申报"
    en = "an application as a difficult order is waiting already"


class NoDifficulty(errors.NotFound):
    code = "no-difficulty"
    zh = "没有待审批的疑难申报"
    en = "no application as a difficult order is waiting"


class ReturnWindowExpired(errors.Refused):
    """XY-20. The code is the one that the requirement names."""

    code = "RETURN_WINDOW_EXPIRED"
    zh = "退单时限已过（截至 {due}），逾期不予退单，本单位为责任单位；只有签派可以变更承办单位（XY-20）"
    en = "the return window closed at {due}: the unit stays responsible, only a signed dispatch moves the order (XY-20)"


class ReasonShort(errors.Invalid):
    code = "return-reason-short"
    zh = "退单理由至少 {least} 个字（XY-18）"
    en = "the reason needs at least {least} characters (XY-18)"


class SuggestsSelf(errors.Invalid):
    code = "return-suggests-self"
    zh = "建议派单方向须为本单位以外的单位（XY-18）"
    en = "the suggested unit must be another one (XY-18)"


class ReturnOpen(errors.Refused):
    code = "return-open"
    zh = "已有未办结的退单申请"
    en = "a return application is open already"


class NoReturn(errors.NotFound):
    code = "no-return"
    zh = "没有处于该步骤的退单申请"
    en = "no return application is at this step"


class NotTheHead(errors.Forbidden):
    code = "head-signature-needed"
    zh = "退单申请须由本单位负责人签字；代签须有有效的委托记录（XY-19）"
    en = "the unit's head signs; whoever signs in place needs a delegation in force (XY-19)"


class NoSuchDeputy(errors.Invalid):
    code = "no-such-deputy"
    zh = "受托人须为本单位在职的经办人或负责人，且不得为委托人本人（XY-19）"
    en = "the deputy must be another operator or head of the same unit (XY-19)"


class NoSuchDelegation(errors.NotFound):
    code = "no-such-delegation"
    zh = "未找到该签字委托，或您无权终止"
    en = "there is no such delegation, or it is not yours to end"


class DelegationOver(errors.Refused):
    code = "delegation-over"
    zh = "该签字委托已到期或已终止"
    en = "the delegation has ended already"


class FormChanged(errors.Refused):
    code = "form-changed"
    zh = "表单内容在您查看后已被修改，请重新核对后签字"
    en = "the form was changed after you read it: check it again before signing"


class NoSignForm(errors.NotFound):
    code = "no-sign-form"
    zh = "没有处于该步骤的签派"
    en = "no signed dispatch is at this step"


class RedispatchToSame(errors.Refused):
    code = "redispatch-same-unit"
    zh = "重新派单须派给其他单位（XY-21）"
    en = "a re-dispatch goes to another unit (XY-21)"
