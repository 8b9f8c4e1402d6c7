"""Errors as RFC 9457 problem+json. The only place where a family of errors meets an HTTP status."""

from collections.abc import Mapping
from typing import Final

import asyncpg
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from pydantic import BaseModel

from callcenter.core import errors
from callcenter.core.errors import DomainError, Language
from callcenter.core.folders import DISK_FULL
from callcenter.people.errors import LoginBusy, LoginFailed, LoginLocked
from callcenter.store.pool import is_away
from callcenter.web.errors import (
    BadFields,
    BodyBroken,
    BodyTooLarge,
    BodyTooSlow,
    DatabaseAway,
    DiskFull,
    NoSuchMethod,
    NotJson,
    NotStorable,
    Unexpected,
)
from callcenter.web.fields import FieldProblem

PROBLEM_JSON: Final = "application/problem+json"


STATUS: Final[Mapping[type[DomainError], int]] = {
    errors.Invalid: 422,
    NotJson: 415,
    BodyTooLarge: 413,
    BodyTooSlow: 408,
    errors.Unauthenticated: 401,
    LoginFailed: 401,
    LoginLocked: 429,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Refused: 409,
    NoSuchMethod: 405,
    errors.Unavailable: 503,
    LoginBusy: 503,
    errors.Misconfigured: 503,
    DomainError: 500,
}
TITLES: Final[Mapping[int, tuple[str, str]]] = {
    401: ("需要登录", "Not logged in"),
    403: ("无权操作", "Not allowed"),
    404: ("未找到", "Not found"),
    405: ("方法不支持", "Method not allowed"),
    408: ("请求超时", "Request timeout"),
    409: ("当前状态不允许", "Not possible now"),
    413: ("内容过大", "Too large"),
    415: ("内容类型不支持", "Unsupported media type"),
    422: ("请求有误", "Request not valid"),
    429: ("尝试过于频繁", "Too many attempts"),
    500: ("系统内部错误", "Internal error"),
    503: ("暂不可用", "Not available"),
}

_NOT_STORABLE: Final = (
    asyncpg.NumericValueOutOfRangeError,
    asyncpg.CharacterNotInRepertoireError,
    asyncpg.UntranslatableCharacterError,
    asyncpg.InvalidTextRepresentationError,
    asyncpg.DatetimeFieldOverflowError,
    asyncpg.StringDataRightTruncationError,
)


class Problem(BaseModel):
    """The body of every refusal. `detail` is in the language asked for; `code` is stable; `errors` names the fields;
    `request_id` finds the log lines."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    message_zh: str
    message_en: str
    request_id: str
    errors: list[FieldProblem] | None = None


def status_of(kind: type[DomainError]) -> int:
    """The status of the nearest family."""
    return next(STATUS[family] for family in kind.__mro__ if family in STATUS)


def as_domain(error: Exception, request_id: str) -> DomainError:
    """What the client may know of any error that a handler raised."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, asyncpg.DiskFullError) or (isinstance(error, OSError) and error.errno in DISK_FULL):
        return DiskFull()
    if isinstance(error, _NOT_STORABLE) or type(error) is asyncpg.DataError:
        return NotStorable()
    if is_away(error):
        return DatabaseAway()
    if isinstance(error, web.HTTPException):
        return _of_http(error)
    if isinstance(error, web.RequestPayloadError | HttpProcessingError):
        return BodyBroken()
    return Unexpected(request_id=request_id)


def _of_http(error: web.HTTPException) -> DomainError:
    if error.status == 405:
        return NoSuchMethod()
    if error.status == 413:
        return BodyTooLarge(limit="-")
    return errors.NotFound() if error.status == 404 else errors.Invalid(reason=error.reason)


def render(error: DomainError, language: Language, request_id: str) -> web.Response:
    """The problem+json response. Refusals that pass by themselves say when (`Retry-After`, seconds)."""
    status = status_of(type(error))
    title = TITLES[status][0 if language == "zh" else 1]
    problem = Problem(
        type=f"/api/docs#problem-{error.code}",
        title=title,
        status=status,
        detail=error.text(language),
        code=error.code,
        message_zh=error.text("zh"),
        message_en=error.text("en"),
        request_id=request_id,
        errors=error.problems if isinstance(error, BadFields) else None,
    )
    response = web.Response(
        status=status,
        body=problem.model_dump_json(exclude_none=True).encode(),
        content_type=PROBLEM_JSON,
        headers={"Content-Language": "zh-CN" if language == "zh" else "en"},
    )
    if status in {429, 503}:
        response.headers["Retry-After"] = str(error.fields.get("retry_after", 5))
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
