"""Refusals of the hotline registry."""

from callcenter.core.errors import Forbidden, Invalid, NotFound, Refused


class NoSuchHotline(NotFound):
    code = "no-such-hotline"
    zh = "热线登记表中没有这个号码"
    en = "The number is not in the hotline registry"


class NoSuchLink(NotFound):
    code = "no-such-link"
    zh = "该号码没有联动配置"
    en = "The number has no link to another platform"


class NoSuchCase(NotFound):
    code = "no-such-link-case"
    zh = "没有这条联动警情记录"
    en = "There is no such case of another platform"


class NotMerged(Refused):
    code = "hotline-not-merged"
    zh = "{number}不是整体并入的号码，没有并入清单和销号任务"
    en = "{number} is not a merged number: it has no checklist and no closing task"


class ClosingTooEarly(Refused):
    """T-VOICE: three calendar months of notice come first."""

    code = "closing-too-early"
    zh = "{number}的语音提示期到{date}结束，此前不得销号"
    en = "the notice of {number} ends on {date}: it may not be closed before"


class ChecklistUnfinished(Refused):
    code = "merge-checklist-unfinished"
    zh = "{number}的并入清单尚未完成：{missing_zh}"
    en = "the merge checklist of {number} is not finished: {missing_en}"


class NoGoodTestCall(Refused):
    code = "no-good-test-call"
    zh = "{number}在语音提示期内还没有成功的测试呼叫，请先测试"
    en = "no test call to {number} has succeeded since its notice began: place one first"


class ClosingThere(Refused):
    code = "closing-already-open"
    zh = "{number}的销号任务已经存在"
    en = "the closing task of {number} exists already"


class NoClosing(Refused):
    code = "no-closing-task"
    zh = "{number}没有未完成的销号任务"
    en = "{number} has no open closing task"


class AlreadyClosed(Refused):
    code = "hotline-closed"
    zh = "{number}已经销号"
    en = "{number} has been closed"


class NotForwarded(Refused):
    code = "hotline-not-forwarded"
    zh = "{number}不转接到本平台，不能测试呼叫"
    en = "calls to {number} do not come here: it cannot be tested by calling it"


class NoDrillTarget(Refused):
    code = "no-drill-target"
    zh = "{number}没有设置演练号码，演练不得拨打真实号码"
    en = "{number} has no drill target; a drill never rings the real number"


class ProbeUnderWay(Refused):
    code = "probe-under-way"
    zh = "{number}的测试或演练正在进行"
    en = "a test call or drill of {number} is under way"


class NotYourLink(Forbidden):
    code = "not-your-link"
    zh = "该接口账号不能代表这个号码"
    en = "this machine does not speak for that number"


class CaseDiffers(Invalid):
    code = "link-case-differs"
    zh = "同一警情编号已登记，内容不同"
    en = "a case of this number was handed in before, with other content"


class CaseTaken(Refused):
    code = "link-case-taken"
    zh = "该警情已对应到另一通来电"
    en = "the case belongs to another call already"
