"""Refusals of agents' calls out."""

from callcenter.core.errors import Forbidden, NotFound, Refused, Unavailable


class NoTelephone(Refused):
    code = "no-seat"
    zh = "您的账号没有分配坐席分机，请联系系统管理员"
    en = "No extension is assigned to your account; ask the administrator"


class SeatBusy(Refused):
    code = "seat-busy"
    zh = "您正在通话或振铃，不能外呼"
    en = "Your telephone is in a call or ringing: no call out is possible"


class OutboundUnderWay(Refused):
    code = "outbound-under-way"
    zh = "您的上一个外呼尚未结束"
    en = "Your last call out is not over yet"


class NothingToDial(Refused):
    code = "nothing-to-dial"
    zh = "没有可以回拨的号码（对方未显示号码）"
    en = "there is no number to dial: it was withheld"


class CallerHidden(Forbidden):
    code = "caller-hidden"
    zh = "该工单的来电人信息对您保密，不能外呼"
    en = "the caller of this order is hidden from you: no call out is possible"


class OutboundElsewhere(Unavailable):
    """This process does not hold the lease of the PBX."""

    code = "outbound-not-here"
    zh = "外呼服务由另一服务器负责或正在启动，请稍后重试"
    en = "Another server places the calls, or this one is still starting; try again in a moment"


class NoSuchOutbound(NotFound):
    code = "no-such-outbound"
    zh = "未找到该外呼记录"
    en = "there is no such call out"
