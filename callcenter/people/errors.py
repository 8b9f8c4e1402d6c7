"""Refusals of the people room."""

from callcenter.core.errors import Invalid, NotFound, Refused, Unauthenticated, Unavailable


class LoginFailed(Unauthenticated):
    """Wrong name or password; which of the two is never told."""

    code = "login-failed"
    zh = "用户名或密码不正确"
    en = "Wrong user name or password"


class LoginLocked(Refused):
    """`retry_after` is in whole seconds."""

    code = "login-locked"
    zh = "登录失败次数过多，请 {retry_after} 秒后再试"
    en = "Too many failed log-ins: try again in {retry_after} seconds"


class LoginBusy(Unavailable):
    code = "login-busy"
    zh = "登录人数过多，请稍候再试"
    en = "Too many log-ins at once: try again shortly"


class WeakPassword(Invalid):
    code = "password-too-weak"
    zh = "密码不符合要求：{reason_zh}"
    en = "The password does not meet the policy: {reason_en}"


class WrongPassword(Invalid):
    code = "password-wrong"
    zh = "原密码不正确"
    en = "The present password is wrong"


class NameTaken(Refused):
    code = "name-taken"
    zh = "{what_zh}已被使用"
    en = "This {what_en} is already in use"


class NoSuchOrg(Invalid):
    code = "no-such-org"
    zh = "没有这个机构，或不在您的管辖范围内"
    en = "There is no such org within your reach"


class WrongLevel(Invalid):
    code = "org-level-wrong"
    zh = "下级机构的级别须低于上级机构"
    en = "An org's level must lie below its parent's"


class AgentNeedsExtension(Invalid):
    code = "agent-needs-extension"
    zh = "坐席须有分机号"
    en = "An agent needs an extension"


class ExpiryPast(Invalid):
    code = "expiry-past"
    zh = "有效期须在一年以内，且晚于当前时间"
    en = "The expiry must lie ahead, within one year"


class NotMachine(Invalid):
    code = "not-a-machine"
    zh = "令牌只能发给具有 service 角色的用户"
    en = "Tokens are only for users of the role service"


class NoSuchUser(NotFound):
    """`username` was given by the operator at the command line."""

    code = "no-such-user"
    zh = "没有用户 {username}"
    en = "There is no user {username}"
