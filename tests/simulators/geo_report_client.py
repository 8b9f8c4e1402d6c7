"""A GeoReport v2 client of its own: reads only what the specification says, in both formats, and is strict about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from xml.etree import ElementTree as Tree

import orjson
from aiohttp import ClientSession

REQUEST = {
    "service_request_id",
    "status",
    "status_notes",
    "service_name",
    "service_code",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "address_id",
    "zipcode",
    "lat",
    "long",
    "media_url",
}
SERVICE = {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"}
TYPES = {"json": "application/json", "xml": "text/xml"}
LISTS = {"services": "service", "service_requests": "request", "errors": "error"}


class GeoError(Exception):
    def __init__(self, status: int, errors: list[dict[str, Any]]) -> None:
        self.status = status
        self.errors = errors
        super().__init__(f"{status} {errors}")


@dataclass
class GeoReportClient:
    http: ClientSession
    form: Literal["json", "xml"]
    root: str = "/open311/v2"

    async def services(self) -> list[dict[str, Any]]:
        found = await self._list("services", "GET", "services")
        assert all(set(one) == SERVICE and one["type"] == "realtime" for one in found), found
        assert {one["metadata"] for one in found} <= {True, False, "true", "false"}
        return found

    async def definition(self, code: str) -> list[str]:
        """Codes of the attributes."""
        content = await self._bytes("GET", f"services/{code}")
        if self.form == "json":
            told = orjson.loads(content)
            assert {"service_code", "attributes"} == set(told)
            return [one["code"] for one in told["attributes"]]
        tree = Tree.fromstring(content)
        assert tree.tag == "service_definition"
        assert code == tree.findtext("service_code")
        return [str(one.findtext("code")) for one in tree.findall("attributes/attribute")]

    async def post(self, **arguments: Any) -> dict[str, Any]:
        (told,) = await self._list("service_requests", "POST", "requests", data=arguments)
        assert told.get("service_request_id") or told.get("token")
        return told

    async def requests(self, **arguments: str) -> list[dict[str, Any]]:
        found = await self._list("service_requests", "GET", "requests", params=arguments)
        for one in found:
            self._check(one)
        return found

    async def request(self, number: str) -> dict[str, Any]:
        (told,) = await self._list("service_requests", "GET", f"requests/{number}")
        self._check(told)
        return told

    async def of_token(self, token: str) -> str:
        (told,) = await self._list("service_requests", "GET", f"tokens/{token}")
        assert token == told["token"]
        return str(told["service_request_id"])

    async def picture(self, media_url: str) -> bytes:
        """What stands behind a media_url, asked for without any key."""
        async with ClientSession() as stranger, stranger.get(media_url) as answer:
            content = await answer.read()
            if answer.status >= 400:
                raise GeoError(answer.status, self._items("errors", content) if self.form == "json" else [])
            assert answer.content_type.startswith("image/")
            return content

    def _check(self, one: dict[str, Any]) -> None:
        assert set(one) == REQUEST, one
        assert one["status"] in {"open", "closed"}
        for name in ("requested_datetime", "updated_datetime"):
            assert datetime.fromisoformat(one[name]).tzinfo is not None
        if one["lat"] is not None:
            assert -90 <= float(one["lat"]) <= 90
            assert -180 <= float(one["long"]) <= 180

    async def _list(self, root: str, method: str, path: str, **given: Any) -> list[dict[str, Any]]:
        content = await self._bytes(method, path, **given)
        return self._items(root, content)

    def _items(self, root: str, content: bytes) -> list[dict[str, Any]]:
        if self.form == "json":
            told = orjson.loads(content)
            assert isinstance(told, list)
            return told
        assert content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
        tree = Tree.fromstring(content)
        assert root == tree.tag
        assert all(item.tag == LISTS[root] for item in tree)
        return [{leaf.tag: leaf.text for leaf in item} for item in tree]

    async def _bytes(self, method: str, path: str, **given: Any) -> bytes:
        async with self.http.request(method, f"{self.root}/{path}.{self.form}", **given) as answer:
            content = await answer.read()
            assert TYPES[self.form] == answer.content_type
            assert answer.charset == "utf-8"
            if answer.status >= 400:
                raise GeoError(answer.status, self._items("errors", content))
            return content
