"""Open311 GeoReport v2 as values and as text, JSON and XML (B-35, B-46); pure.

https://wiki.open311.org/GeoReport_v2/: lists are JSON arrays, and XML elements named in the plural with one element
each; what is not known is null, or an empty element.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from xml.etree import ElementTree as Tree

import orjson

Format = Literal["json", "xml"]
TYPES: Final[Mapping[Format, str]] = {"json": "application/json", "xml": "text/xml"}
LONGEST: Final = timedelta(days=90)
MOST: Final = 1000
_ATTRIBUTE: Final = re.compile(r"attribute\[([^\]]{1,80})\](\[\])?")
_DOCTYPE: Final = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML 1.0 cannot hold."""

ITEM: Final[Mapping[str, str]] = {
    "services": "service",
    "service_requests": "request",
    "errors": "error",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
}
"""What one element of each list is called in XML."""


class NotGeoReport(ValueError):
    """The other side did not speak GeoReport."""


class Unfit(Exception):
    """A request that the specification answers with 400, 403 or 404."""

    def __init__(self, code: int, description: str) -> None:
        self.code = code
        self.description = description
        super().__init__(description)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """The arguments of POST requests. `attributes`: code → values, several for a list of several."""

    service_code: str
    description: str = ""
    latitude: float | None = None
    longitude: float | None = None
    address: str = ""
    address_id: str = ""
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    media_url: str = ""
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The arguments of GET requests: `ids` override all others; else an interval of at most 90 days."""

    ids: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    start: datetime
    end: datetime
    status: tuple[str, ...] = ()


def posted(form: Mapping[str, Sequence[str]], service: Mapping[str, Any] | None) -> Posted:
    """`service` is the public service of the form's service_code, None when there is none. Raises Unfit."""
    one = {name: values[-1].strip() for name, values in form.items() if values}
    if not one.get("service_code"):
        raise Unfit(400, "service_code was not provided")
    if service is None:
        raise Unfit(404, "service_code was not found")
    latitude, longitude = _degrees(one, "lat", 90), _degrees(one, "long", 180)
    address = one.get("address_string", "")
    if (latitude is None or longitude is None) and not (address or one.get("address_id")):
        raise Unfit(400, "lat and long, address_string or address_id must be provided")
    for name, most in (("description", 4000), ("address_string", 300), ("media_url", 2000)):
        if len(one.get(name, "")) > most:
            raise Unfit(400, f"{name} is longer than {most} characters")
    return Posted(
        service_code=one["service_code"],
        description=one.get("description", ""),
        latitude=latitude,
        longitude=longitude,
        address=address,
        address_id=one.get("address_id", "")[:80],
        first_name=one.get("first_name", "")[:30],
        last_name=one.get("last_name", "")[:30],
        phone=one.get("phone", "")[:32],
        media_url=one.get("media_url", ""),
        attributes=_attributes(form, service["attributes"]),
    )


def wanted(query: Mapping[str, str], now: datetime) -> Wanted:
    """Without dates the last 90 days; with one of them 90 days from it or up to it. Raises Unfit."""
    ids = _several(query.get("service_request_id", ""))
    if len(ids) > MOST:
        raise Unfit(400, f"more than {MOST} values of service_request_id")
    start, end = _date(query, "start_date"), _date(query, "end_date")
    if start is None:
        start = (end or now) - LONGEST
    if end is None:
        end = min(start + LONGEST, now) if start <= now else start
    if end < start:
        raise Unfit(400, "end_date is before start_date")
    if end - start > LONGEST:
        raise Unfit(400, "start_date and end_date span more than 90 days")
    status = _several(query.get("status", ""))
    if not set(status) <= {"open", "closed"}:
        raise Unfit(400, "status must be open or closed")
    return Wanted(ids=ids, codes=_several(query.get("service_code", "")), start=start, end=end, status=status)


def write(name: str, value: Any, form: Format) -> bytes:
    """`name` is the root element: a plural of `ITEM`, service_definition or discovery."""
    if form == "json":
        return orjson.dumps(value)
    root = Tree.Element(name)
    _fill(root, name, value)
    body: bytes = Tree.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body


def read(content: bytes, form: Format) -> list[dict[str, Any]]:
    """The items of a list that another server answers. Raises NotGeoReport."""
    try:
        if form == "json":
            items = orjson.loads(content)
        elif _DOCTYPE.search(content):
            raise NotGeoReport("a document type is not expected")
        else:
            items = [{leaf.tag: leaf.text for leaf in item} for item in Tree.fromstring(content)]  # noqa: S314
    except (orjson.JSONDecodeError, Tree.ParseError) as error:
        raise NotGeoReport(f"not {form}") from error
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise NotGeoReport("not a list of items")
    return items


def errors(*found: Unfit) -> list[dict[str, Any]]:
    return [{"code": one.code, "description": one.description} for one in found]


def _fill(element: Tree.Element, name: str, value: Any) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _fill(Tree.SubElement(element, key), key, inner)
    elif isinstance(value, list | tuple):
        for item in value:
            _fill(Tree.SubElement(element, ITEM[name]), "", item)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = _CONTROL.sub("", str(value))


def _degrees(one: Mapping[str, str], name: str, most: int) -> float | None:
    told = one.get(name)
    if not told:
        return None
    try:
        degrees = float(told)
    except ValueError:
        raise Unfit(400, f"{name} is not a number") from None
    if not -most <= degrees <= most:
        raise Unfit(400, f"{name} is outside of {-most} to {most}")
    return degrees


def _attributes(form: Mapping[str, Sequence[str]], known: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    given: dict[str, tuple[str, ...]] = {}
    for name, values in form.items():
        if found := _ATTRIBUTE.fullmatch(name):
            told = tuple(value.strip()[:500] for value in values if value.strip())
            given[found[1]] = given.get(found[1], ()) + told
    for attribute in known:
        code = attribute["code"]
        keys = {str(value["key"]) for value in attribute["values"]}
        if attribute["required"] and not given.get(code):
            raise Unfit(400, f"attribute[{code}] was not provided")
        if keys and not set(given.get(code, ())) <= keys:
            raise Unfit(400, f"attribute[{code}] is not one of its values")
    codes = {attribute["code"] for attribute in known}
    return {code: values for code, values in given.items() if code in codes and values}


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _date(query: Mapping[str, str], name: str) -> datetime | None:
    told = query.get(name, "").replace(" ", "+")  # a plus sign that was not escaped in the URL
    if not told:
        return None
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        raise Unfit(400, f"{name} is not a date and time of ISO 8601") from None
    if at.tzinfo is None:
        raise Unfit(400, f"{name} has no time zone")
    return at
