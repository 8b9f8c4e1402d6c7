"""What aiohttp says about bytes that are not HTTP, without repeating them: they may hold a citizen's data."""

import logging
from typing import Any

import structlog

log = structlog.get_logger(__name__)


class WireLog(logging.Logger):
    """For aiohttp's server in place of its own logger, which writes the bytes out."""

    def __init__(self) -> None:
        super().__init__(__name__, logging.WARNING)

    def exception(self, msg: object, *args: object, exc_info: Any = None, **more: Any) -> None:
        kind = type(exc_info).__name__ if isinstance(exc_info, BaseException) else None
        log.warning("http_not_understood", error=kind)
