"""Refusals of the seats."""

from callcenter.core.errors import Invalid, NotFound, Refused, Unavailable


class NoSeat(Refused):
    code = "no-seat"
    zh = "您的账号没有分配坐席分机，请联系系统管理员"
    en = "No extension is assigned to your account; ask the administrator"


class UnknownPauseReason(Invalid):
    code = "unknown-pause-reason"
    zh = "未知的小休原因：{reason}"
    en = "Unknown pause reason: {reason}"


class UnknownQueue(Invalid):
    code = "unknown-queue"
    zh = "没有名为 {queue} 的队列"
    en = "There is no queue named {queue}"


class NotForcible(Invalid):
    code = "presence-not-forcible"
    zh = "不能强制切换到“{presence}”状态：只能强制就绪、小休或离线"
    en = "Nobody can be forced into {presence}: only into ready, paused or offline"


class NotAskable(Invalid):
    code = "presence-not-askable"
    zh = "不能手动切换到“{presence}”状态"
    en = "Presence {presence} cannot be asked for"


class CallNotYours(NotFound):
    code = "call-not-yours"
    zh = "您当前没有这个通话"
    en = "You have no such call now"


class SeatsElsewhere(Unavailable):
    """This process does not hold the lease of the PBX, or is still taking up its seats."""

    code = "seats-not-here"
    zh = "坐席服务正在启动或由另一服务器负责，请稍后重试"
    en = "The seats are being taken up, or another server serves them; try again in a moment"
