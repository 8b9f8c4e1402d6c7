"""Refusals that only the web room makes, and the web's words for parts that are away."""

from collections.abc import Sequence

from callcenter.core import errors
from callcenter.core.errors import DomainError, Language
from callcenter.web.fields import FieldProblem


class BadFields(errors.Invalid):
    """Fields that did not fit their types."""

    code = "invalid-fields"

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        self.problems = list(problems)
        super().__init__()

    def text(self, language: Language) -> str:
        reasons = (p.reason_zh if language == "zh" else p.reason_en for p in self.problems)
        named = (f"{p.field or p.where}: {reason}" for p, reason in zip(self.problems, reasons, strict=True))
        return ("；" if language == "zh" else "; ").join(named)


class BodyBroken(errors.Invalid):
    code = "body-broken"
    zh = "请求内容在传输中损坏或中断"
    en = "The request body was broken off or damaged on its way"


class BodyTooLarge(errors.Invalid):
    code = "body-too-large"
    zh = "请求内容过大，上限 {limit} 字节"
    en = "The request body is too large; the limit is {limit} bytes"


class BodyTooSlow(errors.Invalid):
    code = "body-too-slow"
    zh = "请求内容在 {seconds} 秒内未传完"
    en = "The request body did not arrive within {seconds} seconds"


class NotJson(errors.Invalid):
    code = "not-json"
    zh = "请求内容须为 JSON（Content-Type: application/json）"
    en = "The request body must be JSON (Content-Type: application/json)"


class NotStorable(errors.Invalid):
    code = "value-not-storable"
    zh = "某个取值超出可保存的范围"
    en = "A value is outside the range that can be stored"


class WrongCsrf(errors.Forbidden):
    code = "csrf-token-wrong"
    zh = "页面校验码缺失或有误，请刷新页面后重试"
    en = "The X-CSRF-Token header is missing or wrong: reload the page and try again"


class WrongOrigin(errors.Forbidden):
    code = "origin-refused"
    zh = "请求来自其他网站，已拒绝"
    en = "The request comes from another site and was refused"


class NoSuchMethod(errors.Refused):
    code = "method-not-allowed"
    zh = "此地址不支持该操作方法"
    en = "This address does not support the method"


class DatabaseAway(errors.Unavailable):
    code = "database-away"
    zh = "数据库暂时无法连接，请稍候重试；请运维人员检查 PostgreSQL 是否运行"
    en = "The database cannot be reached just now: try again shortly; operators: check that PostgreSQL runs"


class DiskFull(errors.Unavailable):
    code = "disk-full"
    zh = "服务器磁盘已满，请运维人员清理后重试"
    en = "The server's disk is full: operators must free space, then try again"


class Unexpected(DomainError):
    """A fault of ours; the log line with this request id tells which."""

    code = "internal"
    zh = "系统内部错误，请将编号 {request_id} 告知运维人员"
    en = "Internal error: tell the operators this id: {request_id}"
