"""The real server with every route that it has, two streets of one city, and a person of each role in each org."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import EnumType
from pathlib import Path
from typing import Any, Final, Literal, get_args
from uuid import UUID, uuid4

from aiohttp import ClientSession

from callcenter.app.rooms import Rooms, open_rooms
from callcenter.app.serving import _House
from callcenter.core.errors import Unauthenticated
from callcenter.core.ids import OrderId, OrgId, UserId
from callcenter.orders.views import NewOrder
from callcenter.pbx.host import default_cache
from callcenter.people.actor import Actor, Role
from callcenter.people.keys import have_keys
from callcenter.people.session import Session
from callcenter.settings import load_settings
from callcenter.web.route import Route
from callcenter.web.server import build_app, open_site
from tests.rooms.town_of_orders import StandingClock
from tests.rooms.web_of_town import CONFIG

ORGS: Final = {
    "city": (None, 1, "centre", "/city/"),
    "west": ("city", 3, "centre", "/city/west/"),
    "west-water": ("west", 4, "unit", "/city/west/west-water/"),
    "west-estate": ("west", 4, "external", "/city/west/west-estate/"),
    "east": ("city", 3, "centre", "/city/east/"),
    "east-water": ("east", 4, "unit", "/city/east/east-water/"),
}
Who = Role | Literal["everything"]
PERSONS: Final[Mapping[Who, frozenset[Role]]] = {
    **{role: frozenset({role}) for role in Role},
    "everything": frozenset(Role) - {Role.GUEST, Role.ADMIN},
}
"""One of each role; and one who holds all that staff may hold, who sees at least what each of them sees."""
NAME: Final = "柏舟某"
NUMBER: Final = "13912345678"
WORDS: Final = "紫藤巷口井盖缺失"
"""In the content, title and address of every order of the west street, and nowhere else."""


class Doorkeeper:
    """A machine's token is the person's id: nobody logs in."""

    def __init__(self, people: Iterable[Actor]) -> None:
        self._people = {str(actor.user_id): actor for actor in people}

    async def session(self, token: str) -> Session:
        raise Unauthenticated

    async def actor_of_token(self, bearer: str) -> Actor:
        return self._people[bearer]


@dataclass(frozen=True, slots=True)
class WholeHouse:
    """`orders` of the west street: plain and confidential and 举报, all held by its unit."""

    rooms: Rooms
    routes: list[Route]
    port: int
    orgs: dict[str, OrgId]
    people: dict[tuple[str, Who], Actor]
    orders: dict[str, OrderId]

    @asynccontextmanager
    async def http(self) -> AsyncIterator[ClientSession]:
        async with ClientSession(f"http://127.0.0.1:{self.port}") as http:
            yield http

    def bearer(self, org: str, who: Who) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.people[org, who].user_id}"}

    def path_of(self, route: Route, order: OrderId) -> str:
        """With an id of the west street for each parameter."""
        kinds: dict[str, UUID | str] = {
            "/api/users": self.people["west", Role.AGENT].user_id,
            "/api/orgs": self.orgs["west"],
            "/api/seats": self.people["west", Role.AGENT].user_id,
        }
        own = next((value for prefix, value in kinds.items() if route.path.startswith(prefix)), order)
        path = route.path
        for part in route.path.split("{")[1:]:
            name = part.partition("}")[0].partition(":")[0]
            given = own if name == "id" else order if name.endswith("_id") else _word(route, name)
            path = path.replace("{" + part.partition("}")[0] + "}", str(given))
        return path


def _word(route: Route, name: str) -> str:
    kind = route.params.get(name)
    members: list[Any] = [each.value for each in kind] if isinstance(kind, EnumType) else list(get_args(kind))  # type: ignore[var-annotated]
    return str(members[0]) if members else "x"


@asynccontextmanager
async def open_whole_house(url: str, folder: Path) -> AsyncIterator[WholeHouse]:
    given: dict[str, Any] = {
        "store": {"url": url},
        "ami": {"secret": "unused", "port": 1},
        "privacy": {"keys_file": have_keys(folder / "keys.json"), "asks_an_hour": 100000},
        "media": {"folder": folder / "media", "monitor_folder": folder / "monitor"},
        "files": {"folder": folder / "files"},
        "calls": {"spool": folder / "spool"},
        "flows": {"sounds": folder / "sounds", "prompt_cache": default_cache() / "prompts"},
    }
    async with open_rooms(load_settings(**given), StandingClock()) as rooms:
        orgs, people = await _people(rooms)
        orders = {name: await _order(rooms, people, orgs, name) for name in ("plain", "confidential", "report")}
        routes = _House(rooms).routes()
        app = build_app(routes, Doorkeeper(people.values()), CONFIG, static=None)
        async with open_site(app, CONFIG) as port:
            yield WholeHouse(rooms, routes, port, orgs, people, orders)


async def _people(rooms: Rooms) -> tuple[dict[str, OrgId], dict[tuple[str, Who], Actor]]:
    orgs: dict[str, OrgId] = {}
    people: dict[tuple[str, Who], Actor] = {}
    for code, (parent, level, kind, path) in ORGS.items():
        orgs[code] = OrgId(uuid4())
        await rooms.pool.execute(
            "insert into org (id, parent_id, code, path, level, kind, name) values ($1, $2, $3, $4, $5, $6, $3)",
            orgs[code], orgs[parent] if parent else None, code, path, level, kind,
        )  # fmt: skip
        for who, roles in PERSONS.items():
            user, name = UserId(uuid4()), f"{code}.{who}"
            await rooms.pool.execute(
                "insert into app_user (id, username, name, org_id, roles, password_hash, created_at) "
                "values ($1, $2, $2, $3, $4, '', now())",
                user, name, orgs[code], sorted(roles),
            )  # fmt: skip
            people[code, who] = Actor(
                user_id=user, username=name, name=name, roles=roles, org_id=orgs[code], org_path=path
            )
    return orgs, people


async def _order(rooms: Rooms, people: dict[tuple[str, Who], Actor], orgs: dict[str, OrgId], name: str) -> OrderId:
    demand = NewOrder(
        title=WORDS,
        content=WORDS,
        request_type="report" if name == "report" else "complaint",
        confidential=name == "confidential",
        category="市政",
        address=WORDS,
        caller_name=NAME,
        caller_number=f"+86{NUMBER}",
    )
    order = (await rooms.orders.create(people["west", Role.AGENT], demand)).id
    await rooms.orders.dispatch(people["west", Role.DISPATCHER], order, orgs["west-water"], "责任清单第3项")
    await rooms.orders.accept(people["west-water", Role.UNIT_OPERATOR], order)
    return order
