"""What the OpenAPI document says of bodies is true of every route of the real server."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import CellType
from typing import Any, Final

from callcenter.web.openapi import openapi
from tests.rooms.web_of_town import CONFIG
from tests.rooms.whole_house import open_whole_house

READING: Final = frozenset({"multipart", "iter_any", "iter_chunked", "post", "readexactly"})
"""How aiohttp gives a body to who reads it by itself."""


def reads_by_itself(handler: Callable[..., Any], seen: frozenset[object] = frozenset()) -> bool:
    """Whether the body is read in the handler or in a function of the web room that it names."""
    code = getattr(handler, "__code__", None)
    if code is None or code in seen or "callcenter/web/" not in code.co_filename:
        return False
    if not READING.isdisjoint(code.co_names):
        return True
    closure: tuple[CellType, ...] = getattr(handler, "__closure__", None) or ()
    known: Mapping[str, Any] = getattr(handler, "__globals__", {})
    named = [*(cell.cell_contents for cell in closure), *(known.get(name) for name in code.co_names)]
    return any(callable(one) and reads_by_itself(one, seen | {code}) for one in named)


async def test_every_route_that_reads_a_body_says_which(database_url: str, tmp_path: Path) -> None:
    """A handler that reads the request by itself has its form in the document; the others have a model, or read
    nothing."""
    async with open_whole_house(database_url, tmp_path) as house:
        paths = openapi(house.routes, CONFIG)["paths"]
        silent, media, own = [], set[str](), set[str]()
        for route in house.routes:
            content = paths[route.path][route.method.lower()].get("requestBody", {}).get("content", {})
            media |= set(content)
            if reads_by_itself(route.handler):
                own.add(route.path)
                if route.body is not None or not content:
                    silent.append(f"{route.method} {route.path}")
            assert route.body is None or route.form is None, route.path
    assert silent == []
    assert media == {"application/json", "multipart/form-data", "application/x-www-form-urlencoded"}
    assert {"/api/orders/{id}/files", "/api/imports", "/api/activities/{id}/pictures", "/p"} <= own
