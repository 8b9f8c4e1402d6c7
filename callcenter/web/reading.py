"""Turns the parts of a request into the types that its route declares, or refuses, naming each wrong field."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any, get_origin
from uuid import UUID

import orjson
from aiohttp import web
from multidict import MultiMapping
from pydantic import BaseModel, StringConstraints, TypeAdapter, ValidationError

from callcenter.web.errors import BadFields, BodyTooLarge, BodyTooSlow, NotJson
from callcenter.web.fields import FieldProblem, Where, explain
from callcenter.web.route import Route

PlainText = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
_NUL = FieldProblem(
    where="body", field="", reason_zh="文字中不能有空字符", reason_en="Text must not hold NUL characters"
)


def parameter_types(route: Route) -> dict[str, Any]:
    """The declared or customary type of each `{name}` in the route's path."""
    names = [part.partition("}")[0].partition(":")[0] for part in route.path.split("{")[1:]]
    return {name: route.params.get(name, UUID if name == "id" or name.endswith("_id") else PlainText) for name in names}


class Reader:
    """Reads requests of one route; the adapters are built once."""

    def __init__(self, route: Route, timeout: float) -> None:
        self._route = route
        self._timeout = timeout
        self._parameters = {name: TypeAdapter[Any](kind) for name, kind in parameter_types(route).items()}

    def path(self, found: Mapping[str, str]) -> Mapping[str, str]:
        """Raises BadFields."""
        problems: list[FieldProblem] = []
        for name, adapter in self._parameters.items():
            try:
                adapter.validate_strings(found[name])
            except ValidationError as error:
                listed = error.errors(include_input=False, include_url=False)
                problems += explain("path", [{**one, "loc": (name,)} for one in listed])
        if problems:
            raise BadFields(problems)
        return found

    def query(self, given: MultiMapping[str]) -> BaseModel | None:
        """A key given twice reaches a list field whole; for any other field the last one counts. Raises BadFields."""
        model = self._route.query
        if model is None:
            return None
        if any("\x00" in value for value in given.values()):
            raise BadFields([_NUL.model_copy(update={"where": "query"})])
        several = {name for name, field in model.model_fields.items() if get_origin(field.annotation) in _SEVERAL}
        values = {key: given.getall(key) if key in several else given.getall(key)[-1] for key in given}
        try:
            return model.model_validate(values)
        except ValidationError as error:
            raise _bad("query", error) from None

    async def body(self, request: web.Request) -> BaseModel | None:
        """Raises NotJson, BodyTooLarge, BodyTooSlow, BadFields."""
        model = self._route.body
        if model is None:
            return None
        if request.content_type != "application/json":
            raise NotJson
        raw = await self._bytes(request)
        if b"\\u0000" in raw and _holds_nul(raw):
            raise BadFields([_NUL])
        try:
            return model.model_validate_json(raw)
        except ValidationError as error:
            raise _bad("body", error) from None

    async def _bytes(self, request: web.Request) -> bytes:
        limit = self._route.body_limit
        if (request.content_length or 0) > limit:
            raise BodyTooLarge(limit=limit)
        raw = bytearray()
        try:
            async with asyncio.timeout(self._timeout):
                async for chunk in request.content.iter_any():
                    raw += chunk
                    if len(raw) > limit:
                        raise BodyTooLarge(limit=limit)
        except TimeoutError:
            raise BodyTooSlow(seconds=round(self._timeout)) from None
        return bytes(raw)


_SEVERAL = (list, tuple, set, frozenset)


def _bad(where: Where, error: ValidationError) -> BadFields:
    return BadFields(explain(where, error.errors(include_input=False, include_url=False)))


def _holds_nul(raw: bytes) -> bool:
    """PostgreSQL's text cannot hold U+0000; `\\\\u0000` (an escaped backslash) is harmless."""
    try:
        return b"\x00" in orjson.dumps(orjson.loads(raw)).replace(b"\\\\", b"").replace(b"\\u0000", b"\x00")
    except orjson.JSONDecodeError:
        return False
