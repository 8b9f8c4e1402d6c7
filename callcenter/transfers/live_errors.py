"""Refusals of operations on a live call and of transfers."""

from callcenter.core.errors import Forbidden, Invalid, NotFound, Refused, Unavailable


class NoLiveCall(NotFound):
    code = "no-live-call"
    zh = "该通话不存在或已经结束"
    en = "There is no such call now, or it has ended"


class NotOnCall(Forbidden):
    code = "not-on-call"
    zh = "只有该通话的话务员或值班长可以操作"
    en = "Only the agent of this call, or a supervisor, may do this"


class NobodyTalks(Refused):
    code = "nobody-talks"
    zh = "该通话目前没有话务员在线，不能执行此操作"
    en = "No agent is in this call just now"


class CallsElsewhere(Unavailable):
    """This process does not hold the lease of the PBX, or is still taking up its calls."""

    code = "calls-not-here"
    zh = "通话控制正在启动或由另一服务器负责，请稍后重试"
    en = "Live calls are being taken up, or another server serves them; try again in a moment"


class TransferUnderWay(Refused):
    code = "transfer-under-way"
    zh = "该通话正在转接，请等待结果或先取消"
    en = "A transfer of this call is under way: wait for it, or cancel it"


class NothingToCancel(Refused):
    code = "no-transfer-under-way"
    zh = "该通话没有正在进行的转接"
    en = "No transfer of this call is under way"


class NobodyThere(Refused):
    code = "nobody-there"
    zh = "对方尚未接听，不能合并或退出：来电人不能无人接待"
    en = "Nobody has answered yet: the caller must not be left alone"


class NoSuchTransfer(NotFound):
    code = "no-such-transfer"
    zh = "没有这次转接"
    en = "There is no such transfer"


class NoSuchMatter(Invalid):
    code = "no-such-matter"
    zh = "分流转办清单中没有该事项"
    en = "The list of matters has no such matter"


class NoSuchTarget(Invalid):
    code = "no-such-target"
    zh = "不能转往该目标：不在热线号码登记表、坐席或队列中，或与事项不符"
    en = "That target is not in the registry, no seat or queue, or not the matter's"


class ModeNotAllowed(Invalid):
    code = "mode-not-allowed"
    zh = "该事项和目标只能使用以下方式：{allowed}"
    en = "For this matter and target only these modes are allowed: {allowed}"


class LineClosed(Refused):
    code = "line-closed"
    zh = "{number} 现在不在服务时间内，请改用工单流转或话务引导"
    en = "{number} is out of hours: send the order, or give the number"


class NoDrill(Refused):
    code = "no-drill-target"
    zh = "{number} 没有配置演练目标"
    en = "{number} has no drill target"


class SeatBusy(Refused):
    code = "seat-not-free"
    zh = "分机 {extension} 当前不空闲"
    en = "Extension {extension} is not free"


class OrderNeeded(Invalid):
    code = "order-needed"
    zh = "工单流转须先登记工单"
    en = "Register the order first: it is what is sent"


class OtherTransfer(Refused):
    code = "transfer-id-used"
    zh = "该转接编号已用于另一次转接"
    en = "This transfer id was used for another transfer"
