"""Errors that people see: a stable `code`, a Chinese and an English text, and the fields in them.

The family says whose fault it is; only `web` knows which HTTP status that is. A text never carries a citizen's
data or a secret: fields are identifiers, states, limits and file names.
"""

from typing import ClassVar, Literal

Language = Literal["zh", "en"]


class DomainError(Exception):
    """Base of all typed refusals and failures. `zh` and `en` are `str.format` templates over the fields."""

    code: ClassVar[str] = "internal"
    zh: ClassVar[str] = "系统内部错误"
    en: ClassVar[str] = "Internal error"

    def __init__(self, **fields: object) -> None:
        self.fields = fields
        super().__init__(self.text("en"))

    def text(self, language: Language) -> str:
        return (self.zh if language == "zh" else self.en).format(**self.fields)


class Invalid(DomainError):
    """The request itself is wrong."""

    code = "invalid"
    zh = "请求内容有误：{reason}"
    en = "The request is not valid: {reason}"


class Unauthenticated(DomainError):
    """Nobody is logged in."""

    code = "unauthenticated"
    zh = "请先登录"
    en = "Please log in first"


class Forbidden(DomainError):
    """Known, but not allowed."""

    code = "forbidden"
    zh = "您没有执行此操作的权限"
    en = "You are not allowed to do this"


class NotFound(DomainError):
    """Not there, or not visible to this user."""

    code = "not-found"
    zh = "未找到所请求的内容"
    en = "Not found"


class Refused(DomainError):
    """Understood and allowed in general, but not in the present state."""

    code = "refused"
    zh = "当前状态下不能执行此操作"
    en = "Not possible in the present state"


class Unavailable(DomainError):
    """A part that is needed is away; the text names the part and the remedy."""

    code = "unavailable"
    zh = "{part}暂不可用：{remedy}"
    en = "{part} is not available: {remedy}"


class Misconfigured(DomainError):
    """Start-up cannot go on; the text names the cause and the remedy."""

    code = "misconfigured"
    zh = "{cause}；处理办法：{remedy}"
    en = "{cause}. Remedy: {remedy}"
