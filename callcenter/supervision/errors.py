"""Refusals of the supervision room."""

from callcenter.core.errors import NotFound, Refused


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
