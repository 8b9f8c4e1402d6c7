"""Refusals of the supervision room."""

from callcenter.core.errors import NotFound, Refused, Unavailable


class SwitchRefused(Refused):
    code = "supervision-switch-refused"
    zh = "当前为“{mode_zh}”，不能切换为“{wanted_zh}”"
    en = "Cannot switch from {mode} to {wanted}"


class NoTelephone(Refused):
    code = "supervisor-no-telephone"
    zh = "您的账号没有分机，无法监听或接管通话；请联系系统管理员分配分机"
    en = "Your account has no extension to listen with; ask the administrator for one"


class AlreadyIn(Refused):
    code = "supervisor-busy"
    zh = "您正在介入另一通电话，请先结束"
    en = "You are in another call already; leave it first"


class OwnCall(Refused):
    code = "supervision-own-call"
    zh = "不能监听或接管自己的通话"
    en = "You cannot listen to or take over a call of your own"


class NobodyTalks(Refused):
    code = "supervision-nobody-talks"
    zh = "该通话目前没有话务员在通话"
    en = "No agent is talking in this call now"


class NotAnswered(Refused):
    code = "supervision-not-answered"
    zh = "您的话机尚未接听，请先接听"
    en = "Your own telephone has not been answered yet"


class NotWaiting(Refused):
    code = "call-not-waiting"
    zh = "该来电已不在排队"
    en = "This call is not waiting in a queue any more"


class NoSuchSession(NotFound):
    code = "no-such-supervision"
    zh = "没有这次介入，或已经结束"
    en = "There is no such intrusion, or it is over"


class CallsElsewhere(Unavailable):
    """This process does not hold the lease of the PBX."""

    code = "calls-not-here"
    zh = "通话由另一服务器负责，请稍后重试"
    en = "Another server serves the calls; try again in a moment"
