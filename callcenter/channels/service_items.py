"""Service items of 一网通办 (GH-03): what a citizen must bring and where a case stands, looked up while talking."""

from datetime import timedelta
from typing import Any, Final

import aiohttp
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from callcenter.channels.config import ChannelsConfig
from callcenter.core.errors import Unavailable
from callcenter.core.pages import Page

MOST: Final = 20
_TIMEOUT: Final = timedelta(seconds=5)


class ServiceItem(BaseModel):
    """As the directory tells it; `guide` is its page, `progress` the words for a case when a case was asked for."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    code: str = Field(max_length=80)
    name: str = Field(max_length=200)
    office: str = Field(default="", max_length=200)
    guide: str = Field(default="", max_length=2000)
    progress: str = Field(default="", max_length=500)


class ServiceItems(Page[ServiceItem]):
    """In the directory's order, on one page."""


_ITEMS: Final = TypeAdapter(list[ServiceItem])


class DirectoryAway(Unavailable):
    code = "service-items-away"
    zh = "办事事项目录暂不可用：{remedy}"
    en = "the service-item directory is not available: {remedy}"


class Directory:
    """`ServiceItems` by HTTP: GET <url>?q=words, a JSON list. Nothing about the citizen is sent."""

    def __init__(self, config: ChannelsConfig) -> None:
        self._url = config.service_items
        self._timeout = aiohttp.ClientTimeout(total=_TIMEOUT.total_seconds())

    async def find(self, words: str) -> ServiceItems:
        """Raises DirectoryAway."""
        if not self._url:
            raise DirectoryAway(part="", remedy="set HOTLINE_CHANNELS__SERVICE_ITEMS")
        try:
            async with (
                aiohttp.ClientSession(timeout=self._timeout) as http,
                http.get(self._url, params={"q": words}) as answer,
            ):
                answer.raise_for_status()
                told: Any = await answer.json(content_type=None)
            return ServiceItems(items=tuple(_ITEMS.validate_python(told)[:MOST]))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, ValidationError) as error:
            raise DirectoryAway(part="", remedy=f"look at its server ({type(error).__name__})") from error
