"""Our Open311 GeoReport v2 server (B-35, B-46): public services, clients' requests, what may be seen."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from callcenter.channels.config import ChannelsConfig
from callcenter.channels.geo_report import MOST, Posted, Unfit, posted, wanted
from callcenter.channels.incoming import Incoming
from callcenter.channels.kinds import Channel
from callcenter.channels.public_pictures import PublicPictures
from callcenter.channels.public_text import public_address, public_point, public_text, publishable
from callcenter.channels.taking import Taking
from callcenter.core.clock import Clock
from callcenter.core.ids import OrderId
from callcenter.core.pages import Page
from callcenter.files.showing import SHOWABLE
from callcenter.orders.phases import NAMES, phase_of
from callcenter.orders.service import Orders
from callcenter.orders.terms import RequestType, Stage
from callcenter.people.actor import Actor
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool
from callcenter.store.queries import load

SQL: Final[Any] = load("open311")
SPECIFICATION: Final = "http://wiki.open311.org/GeoReport_v2"
CHANGESET: Final = "2026-03-01T00:00:00+08:00"


class AttributeValue(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Annotated[str, Field(min_length=1, max_length=80)]
    name: Annotated[str, Field(min_length=1, max_length=120)]


class ServiceAttribute(BaseModel):
    """As GeoReport's service definition has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    variable: bool = True
    code: Annotated[str, Field(pattern=r"^[\w-]{1,40}$")]
    datatype: Annotated[str, Field(pattern=r"^(string|number|datetime|text|singlevaluelist|multivaluelist)$")]
    required: bool = False
    datatype_description: str = Field(default="", max_length=200)
    order: int = Field(default=1, ge=1, le=100)
    description: str = Field(default="", max_length=200)
    values: tuple[AttributeValue, ...] = ()


class PublicService(BaseModel):
    """A category that everybody may report and see; `code` is the category_code of its orders."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, Field(pattern=r"^[\w.-]{1,40}$")]
    name_zh: Annotated[str, Field(min_length=1, max_length=60)]
    name_en: Annotated[str, Field(min_length=1, max_length=60)]
    description: str = Field(default="", max_length=400)
    keywords: list[str] = Field(default_factory=list, max_length=20)
    group_name: str = Field(default="", max_length=60)
    request_type: RequestType = RequestType.HELP
    attributes: tuple[ServiceAttribute, ...] = ()
    active: bool = True


class PublicServices(Page[PublicService]):
    """Those taken out of public, too; on one page."""


class GeoServer:
    def __init__(
        self,
        pool: Pool,
        orders: Orders,
        taking: Taking,
        clock: Clock,
        config: ChannelsConfig,
        audit: Audit,
        pictures: PublicPictures,
    ) -> None:
        self._pool = pool
        self._orders = orders
        self._taking = taking
        self._clock = clock
        self._config = config
        self._audit = audit
        self.pictures = pictures

    def discovery(self, url: str) -> dict[str, Any]:
        return {
            "changeset": CHANGESET,
            "contact": self._config.contact,
            "key_service": self._config.contact,
            "endpoints": [
                {
                    "specification": SPECIFICATION,
                    "url": url,
                    "changeset": CHANGESET,
                    "type": "production",
                    "formats": ["application/json", "text/xml"],
                }
            ],
        }

    def check_jurisdiction(self, given: Mapping[str, str]) -> None:
        """Raises Unfit."""
        told, ours = given.get("jurisdiction_id", ""), self._config.jurisdiction_id
        if ours and told and told != ours:
            raise Unfit(404, "jurisdiction_id was not found")

    async def services(self) -> list[dict[str, Any]]:
        return [_service(row) async for row in SQL.services(self._pool)]

    async def definition(self, code: str) -> dict[str, Any]:
        """Raises Unfit."""
        row = await SQL.service_of(self._pool, code=code)
        if row is None:
            raise Unfit(404, "service_code was not found")
        return {"service_code": code, "attributes": row["attributes"]}

    async def post(self, actor: Actor, form: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
        """`actor` is the client's machine account, bound to the channel open311. The same words of one client again are
        the same request: a client that lost the answer may ask again. Raises Unfit, NotYourChannel."""
        account = await self._taking.account(actor, Channel.OPEN311)
        service = await SQL.service_of(self._pool, code=(form.get("service_code") or [""])[-1].strip())
        request = posted(form, service)
        incoming = _incoming(request, service, actor, self._taking.mark)
        taken = await self._taking.take_in(actor, Channel.OPEN311, incoming, centre=account.centre)
        if not account.deferred:
            return [{"service_request_id": taken.number, "service_notice": "", "account_id": None}]
        order = await self._taking.order_of(actor, Channel.OPEN311, incoming.external_id)
        return [{"token": await self._token(order, incoming.external_id), "service_notice": "", "account_id": None}]

    async def of_token(self, token: str) -> list[dict[str, Any]]:
        """Raises Unfit."""
        row = await SQL.order_of_token(self._pool, token=token)
        if row is None:
            raise Unfit(404, "token was not found")
        return [{"service_request_id": row["number"], "token": row["token"]}]

    async def requests(self, query: Mapping[str, str], root: str) -> list[dict[str, Any]]:
        """`root` is where clients reach us: links to pictures begin with it. Raises Unfit."""
        asked = wanted(query, self._clock.now())
        found = SQL.public_orders(
            self._pool,
            ids=list(asked.ids),
            codes=list(asked.codes),
            since=asked.start,
            until=asked.end,
            open=not asked.status or "open" in asked.status,
            closed=not asked.status or "closed" in asked.status,
            showable=sorted(SHOWABLE),
            limit=MOST,
        )
        return [self._seen(row, root) async for row in found]

    async def request(self, number: str, root: str) -> list[dict[str, Any]]:
        """Raises Unfit: what may not be seen is not there."""
        found = await self.requests({"service_request_id": number}, root)
        if not found:
            raise Unfit(404, "service_request_id was not found")
        return found

    async def catalogue(self) -> PublicServices:
        rows = [dict(row) async for row in SQL.every_service(self._pool)]
        return PublicServices(items=tuple(PublicService.model_validate(row) for row in rows))

    async def publish(self, actor: Actor, service: PublicService) -> PublicService:
        """New, or in place of the one with this code; `active` false takes it out of public."""
        written = service.model_dump(mode="json")
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.put_service(connection, **written)
            await self._audit.record(connection, actor.user_id, "public_service_put", "public_service", service.code)
        return service

    async def _token(self, order: OrderId, external: str) -> str:
        """Of a request the same whenever it is asked again, and not to be guessed."""
        token = hashlib.sha256(f"{order}/{external}".encode()).hexdigest()[:32]
        await SQL.keep_token(self._pool, token=token, order_id=order, at=self._clock.now())
        return token

    def _seen(self, row: Any, root: str) -> dict[str, Any]:
        name = self._orders.room.vault.open(row["caller_name"])
        point = public_point(row["latitude"], row["longitude"], row["location_type"])
        zone, template = self._orders.room.calendar.zone, self._orders.room.phases

        def local(at: datetime | None) -> str | None:
            return at.astimezone(zone).isoformat(timespec="seconds") if at else None

        return {
            "service_request_id": row["number"],
            "status": "closed" if row["closed_at"] else "open",
            "status_notes": NAMES[template][phase_of(template, Stage(row["stage"]))][0],
            "service_name": row["name_zh"],
            "service_code": row["category_code"],
            "description": public_text(row["content"], name) if publishable(row) else None,
            "agency_responsible": row["agency"],
            "service_notice": None,
            "requested_datetime": local(row["created_at"]),
            "updated_datetime": local(row["updated_at"]),
            "expected_datetime": local(row["upper_due_at"]),
            "address": public_address(row["address"], row["location_type"]),
            "address_id": None,
            "zipcode": None,
            "lat": point.latitude if point else None,
            "long": point.longitude if point else None,
            "media_url": f"{root}/media/{self.pictures.link(row['picture'])}.jpg" if row["picture"] else None,
        }


def _service(row: Any) -> dict[str, Any]:
    return {
        "service_code": row["code"],
        "service_name": f"{row['name_zh']} / {row['name_en']}",
        "description": row["description"],
        "metadata": bool(row["attributes"]),
        "type": "realtime",
        "keywords": ",".join(row["keywords"]),
        "group": row["group_name"],
    }


def _incoming(request: Posted, service: Any, actor: Actor, mark: Callable[[bytes], bytes]) -> Incoming:
    names = {one["code"]: one for one in service["attributes"]}
    told = [request.description or service["name_zh"]]
    for code, values in request.attributes.items():
        words = {value["key"]: value["name"] for value in names[code]["values"]}
        told.append(f"{names[code]['description']}：{'、'.join(words.get(value, value) for value in values)}")
    if request.media_url:
        told.append(f"照片 / Photo: {request.media_url}")
    said = hashlib.sha256(repr((actor.username, request)).encode()).digest()
    return Incoming(
        external_id=f"{actor.username[:30]}/{mark(said).hex()[:40]}",
        content="\n".join(told),
        request_type=RequestType(service["request_type"]),
        category=service["name_zh"],
        category_code=request.service_code,
        address=request.address or (f"坐标 {request.latitude}, {request.longitude}" if request.latitude else ""),
        caller_name=(request.last_name + request.first_name)[:60],
        caller_number=request.phone,
        latitude=request.latitude,
        longitude=request.longitude,
        grid_code=request.address_id[:40],
    )
