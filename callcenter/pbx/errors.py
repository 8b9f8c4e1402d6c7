"""What can go wrong between the house and a PBX. No text carries a number, a name or a secret."""

from callcenter.core.errors import Invalid, Refused, Unavailable


class ActionRefused(Refused):
    """Asterisk answered, and its answer was no; `message` is Asterisk's own word for why."""

    code = "pbx-refused"
    zh = "电话交换系统拒绝了 {action}：{message}"
    en = "Asterisk refused {action}: {message}"

    def __init__(self, action: str, message: str) -> None:
        super().__init__(action=action, message=message)
        self.message = message

    @property
    def is_ending(self) -> bool:
        """Asterisk is about to end or to restart: it refuses everything, and will be away for a moment."""
        return "shutting down" in self.message


class OutcomeUnknown(Unavailable):
    """Sent, but not answered in time or before the link fell: it may have happened. Look it up, never send it again."""

    code = "pbx-outcome-unknown"
    zh = "电话交换系统未答复 {action}，结果未知：请先查询结果，不要重复操作"
    en = "Asterisk did not answer {action}; its outcome is unknown: look it up, do not repeat it"

    def __init__(self, action: str) -> None:
        super().__init__(action=action)


class LinkDown(Unavailable):
    """Nothing was sent, so nothing has happened."""

    code = "pbx-link-down"
    zh = "与电话交换系统 {pbx} 的连接已断开，正在自动重连"
    en = "The link to PBX {pbx} is down; it reconnects by itself"

    def __init__(self, pbx: str) -> None:
        super().__init__(pbx=pbx)


class PbxAway(Unavailable):
    """Why there is no link just now."""

    code = "pbx-away"
    zh = "电话交换系统 {pbx} 无法连接（{cause}）：{remedy}"
    en = "PBX {pbx} cannot be reached ({cause}): {remedy}"

    def __init__(self, pbx: str, cause: str, remedy: str) -> None:
        super().__init__(pbx=pbx, cause=cause, remedy=remedy)


class LoginRefused(PbxAway):
    """The PBX is there, but does not let us in, or not far enough."""

    code = "pbx-login-refused"


class UnsafeField(Invalid, ValueError):
    """A name or value that would break out of its line (CR, LF, NUL) or be cut by Asterisk."""

    code = "pbx-unsafe-field"
    zh = "发往电话交换系统的字段 {field} 含有不允许的内容：{reason}"
    en = "The field {field} for Asterisk is not allowed: {reason}"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field=field, reason=reason)
