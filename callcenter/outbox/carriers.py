"""The ways outside. Each gives '' when the other side took the message, else the cause in words without any secret."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

import aiohttp
import orjson

from callcenter.outbox.config import OutboxConfig

ANY: Final = "*"
TAKEN: Final = range(200, 300)


async def post(http: aiohttp.ClientSession, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """Status and the beginning of the answer; status 0 and the kind of failure when there was none. Redirects are not
    followed: a signed message goes where it was addressed to."""
    try:
        async with http.post(url, data=body, headers=headers, allow_redirects=False) as answer:
            return answer.status, await answer.content.read(4096)
    except (TimeoutError, aiohttp.ClientError, ValueError) as error:
        return 0, type(error).__name__.encode()


class Carrier(Protocol):
    name: str

    async def carry(self, http: aiohttp.ClientSession, notice: str, text: str, row: Mapping[str, Any]) -> str: ...


class WeComRobot:
    """A WeCom group robot: the group of the org's heads (XY-12). 20 messages a minute a robot; more are refused with
    errcode 45009 and tried again."""

    name = "wecom"

    def __init__(self, config: OutboxConfig) -> None:
        self._robots = config.wecom

    async def carry(self, http: aiohttp.ClientSession, notice: str, text: str, row: Mapping[str, Any]) -> str:
        robot = self._robots.get(str(row["org_code"])) or self._robots.get(ANY)
        if robot is None:
            return "no robot for this org"
        body = orjson.dumps({"msgtype": "text", "text": {"content": text}})
        status, answer = await post(http, robot.get_secret_value(), body, {"Content-Type": "application/json"})
        if status not in TAKEN:
            return f"http {status}" if status else answer.decode()
        try:
            code = orjson.loads(answer).get("errcode")
        except (orjson.JSONDecodeError, AttributeError):
            return "not the answer of a robot"
        return "" if code == 0 else f"errcode {code}"


class SmsGateway:
    """A gateway that takes JSON. The message goes to the org's own telephone, never to a citizen's."""

    name = "sms"

    def __init__(self, config: OutboxConfig) -> None:
        self._url = config.sms_url.get_secret_value() if config.sms_url else ""
        self._token = config.sms_token.get_secret_value() if config.sms_token else ""

    async def carry(self, http: aiohttp.ClientSession, notice: str, text: str, row: Mapping[str, Any]) -> str:
        if not row["phone"]:
            return "the org has no telephone"
        body = orjson.dumps({"to": row["phone"], "text": text, "id": notice})
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        status, answer = await post(http, self._url, body, headers)
        if status in TAKEN:
            return ""
        return f"http {status}" if status else answer.decode()


def carriers_of(config: OutboxConfig) -> dict[str, Carrier]:
    """Those that are configured, by name."""
    found: list[Carrier] = []
    if config.wecom:
        found.append(WeComRobot(config))
    if config.sms_url:
        found.append(SmsGateway(config))
    return {carrier.name: carrier for carrier in found}
