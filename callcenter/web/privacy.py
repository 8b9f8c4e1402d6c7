"""Callers revealed for a purpose, who saw them, rating links, slots of orgs, leaders of domains."""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from callcenter.core.ids import OrderId, OrgId, UserId
from callcenter.orders.privacy import Purpose, suggest_confidential
from callcenter.orders.rating import Ratings
from callcenter.orders.reveal import READERS, CallerView, RevealRights, Reveals, SightPage
from callcenter.orders.terms import RequestType
from callcenter.people.actor import Role
from callcenter.people.service import People
from callcenter.people.slots import LABELS, OrgSlotsPage, Slot
from callcenter.web.config import WebConfig
from callcenter.web.route import Asked, Paged, Route, Wire

TAG: Final = "privacy"
_CENTRE: Final = frozenset({Role.AGENT, Role.DISPATCHER, Role.REVIEWER, Role.SUPERVISOR})
_REVEALING: Final = _CENTRE | {Role.DISCIPLINE}
_KNOWS_STAFF: Final = frozenset(
    {Role.SUPERVISOR, Role.DISPATCHER, Role.REVIEWER, Role.UNIT_HEAD, Role.DEPUTY, Role.LEADER, Role.INSPECTOR}
    | {Role.DISCIPLINE, Role.AUDITOR}
)
_ADMIN: Final = frozenset({Role.ADMIN})
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=300)]


class RevealAsked(Wire):
    """Both are written to the audit trail, where the order's readers see them."""

    purpose: Purpose = Field(description="用途 / What for")
    reason: Words = Field(description="具体原因 / Why, in words")


class DemandEntered(Wire):
    request_type: RequestType
    category: str = Field(default="", max_length=120)
    content: str = Field(default="", max_length=8000)


class SuggestionView(BaseModel):
    model_config = ConfigDict(frozen=True)

    confidential: bool
    reason_zh: str
    reason_en: str


class RatingLink(BaseModel):
    """`url` is shown this once, for the message to the citizen."""

    model_config = ConfigDict(frozen=True)

    url: str = Field(repr=False)


class SlotFilled(Wire):
    user_id: UserId | None = Field(description="担任人，空则空缺 / Who holds it; null leaves it empty")


class LeaderNamed(Wire):
    domain: str = Field(min_length=1, max_length=60, description="领域 / The domain")
    user_id: UserId | None


class SlotLabel(BaseModel):
    model_config = ConfigDict(frozen=True)

    zh: str
    en: str


class SlotLabels(BaseModel):
    """What this city calls them (JC-04, A-13)."""

    model_config = ConfigDict(frozen=True)

    labels: Mapping[Slot, SlotLabel]


class ChainStep(BaseModel):
    model_config = ConfigDict(frozen=True)

    slot: Slot
    user_id: UserId


class Chain(BaseModel):
    """Whom an escalation reaches, in order (JC-05)."""

    model_config = ConfigDict(frozen=True)

    items: tuple[ChainStep, ...]


class DomainLeader(BaseModel):
    model_config = ConfigDict(frozen=True)

    domain: str
    user_id: UserId


class DomainLeaderList(BaseModel):
    """Of one centre, by domain (XY-03)."""

    model_config = ConfigDict(frozen=True)

    items: tuple[DomainLeader, ...]


def privacy_routes(
    people: People, reveals: Reveals, ratings: Ratings, config: WebConfig, labels: Mapping[str, str]
) -> list[Route]:
    return [*_caller_routes(reveals, ratings, config), *_slot_routes(people, labels), *_leader_routes(people)]


def _caller_routes(reveals: Reveals, ratings: Ratings, config: WebConfig) -> list[Route]:
    async def reveal(asked: Asked[RevealAsked, None]) -> CallerView:
        order = OrderId(asked.uuid("id"))
        return await reveals.reveal(asked.actor, order, asked.body.purpose, asked.body.reason)

    async def rights(asked: Asked[None, None]) -> RevealRights:
        return await reveals.rights(asked.actor, OrderId(asked.uuid("id")))

    async def views(asked: Asked[None, Paged]) -> SightPage:
        return await reveals.views(asked.actor, OrderId(asked.uuid("id")), asked.query.limit, asked.query.cursor)

    async def rating_link(asked: Asked[None, None]) -> RatingLink:
        link = await ratings.link(asked.actor, OrderId(asked.uuid("id")))
        return RatingLink(url=config.public_url + link.path)

    async def suggest(asked: Asked[DemandEntered, None]) -> SuggestionView:
        given = asked.body
        found = suggest_confidential(given.request_type, given.category, given.content)
        return SuggestionView(confidential=found.confidential, reason_zh=found.zh, reason_en=found.en)

    return [
        Route(
            method="POST",
            path="/api/orders/{id}/caller",
            summary_zh="按用途查看诉求人身份（留痕、限次）",
            summary_en="Reveal the caller for a purpose: written down and bounded",
            tag=TAG,
            handler=reveal,
            body=RevealAsked,
            answers=CallerView,
            roles=_REVEALING,
            errors=("no-such-order", "reveal-needs-role", "too-many-reveals"),
        ),
        Route(
            method="GET",
            path="/api/orders/{id}/caller",
            summary_zh="本人能否、以何用途查看诉求人身份",
            summary_en="Whether, and for which purposes, the reader may reveal the caller",
            tag=TAG,
            handler=rights,
            answers=RevealRights,
            errors=("no-such-order",),
        ),
        Route(
            method="GET",
            path="/api/orders/{id}/views",
            summary_zh="谁在何时因何查看过诉求人身份",
            summary_en="Who saw the caller, when, and why",
            tag=TAG,
            handler=views,
            query=Paged,
            answers=SightPage,
            roles=READERS,
            errors=("no-such-order", "bad-cursor"),
        ),
        Route(
            method="POST",
            path="/api/orders/{id}/rating-link",
            summary_zh="生成一键评价链接（一次有效）",
            summary_en="Make a rating link for the citizen; works once",
            tag=TAG,
            handler=rating_link,
            answers=RatingLink,
            roles=_CENTRE,
            errors=("no-such-order", "order-not-rateable"),
        ),
        Route(
            method="POST",
            path="/api/confidential-suggestion",
            summary_zh="是否建议保密（邻里矛盾、举报）",
            summary_en="Whether confidentiality is suggested: neighbours, reports",
            tag=TAG,
            handler=suggest,
            body=DemandEntered,
            answers=SuggestionView,
            roles=_CENTRE,
        ),
    ]


def _slot_routes(people: People, labels: Mapping[str, str]) -> list[Route]:
    shown = {slot: SlotLabel(zh=labels.get(slot.value, zh), en=en) for slot, (zh, en) in LABELS.items()}

    async def slots(asked: Asked[None, Paged]) -> OrgSlotsPage:
        return await people.slots.under(asked.actor, asked.query.limit, asked.query.cursor)

    async def names(_: Asked[None, None]) -> SlotLabels:
        return SlotLabels(labels=shown)

    async def chain(asked: Asked[None, None]) -> Chain:
        org = await people.directory.org(OrgId(asked.uuid("id")), asked.actor)
        found = await people.slots.chain(org.id)
        return Chain(items=tuple(ChainStep(slot=slot, user_id=user) for slot, user in found))

    async def fill(asked: Asked[SlotFilled, None]) -> None:
        org = await people.directory.org(OrgId(asked.uuid("id")), asked.actor)
        await people.slots.fill(org.id, Slot(asked.path["slot"]), asked.body.user_id, by=asked.actor)

    return [
        Route(
            method="GET",
            path="/api/slots",
            summary_zh="各单位主要负责人、分管负责人、承办科室",
            summary_en="Who stands for each org of one's subtree",
            tag=TAG,
            handler=slots,
            query=Paged,
            answers=OrgSlotsPage,
            roles=_KNOWS_STAFF,
            errors=("bad-cursor",),
        ),
        Route(
            method="GET",
            path="/api/slots/labels",
            summary_zh="本地对各岗位的称谓",
            summary_en="What this city calls the slots",
            tag=TAG,
            handler=names,
            answers=SlotLabels,
        ),
        Route(
            method="GET",
            path="/api/orgs/{id}/chain",
            summary_zh="逐级上报顺序",
            summary_en="Whom an escalation reaches, in order",
            tag=TAG,
            handler=chain,
            answers=Chain,
            roles=_KNOWS_STAFF,
        ),
        Route(
            method="PUT",
            path="/api/orgs/{id}/slots/{slot}",
            summary_zh="设置岗位担任人（保留历史）",
            summary_en="Fill or empty a slot; its history is kept",
            tag=TAG,
            handler=fill,
            body=SlotFilled,
            status=204,
            roles=_ADMIN,
            params={"slot": Slot},
            errors=("user-not-of-this-org",),
        ),
    ]


def _leader_routes(people: People) -> list[Route]:
    async def listed(asked: Asked[None, None]) -> DomainLeaderList:
        org = await people.directory.org(OrgId(asked.uuid("id")), asked.actor)
        found = await people.leaders.of(org.id)
        return DomainLeaderList(
            items=tuple(DomainLeader(domain=domain, user_id=user) for domain, user in found.items())
        )

    async def name(asked: Asked[LeaderNamed, None]) -> None:
        org = await people.directory.org(OrgId(asked.uuid("id")), asked.actor)
        await people.leaders.name(org.id, asked.body.domain, asked.body.user_id, by=asked.actor)

    return [
        Route(
            method="GET",
            path="/api/orgs/{id}/leaders",
            summary_zh="各领域分管领导",
            summary_en="Which leader answers for which domain",
            tag=TAG,
            handler=listed,
            answers=DomainLeaderList,
            roles=_KNOWS_STAFF,
        ),
        Route(
            method="PUT",
            path="/api/orgs/{id}/leaders",
            summary_zh="设置领域分管领导",
            summary_en="Name a domain's leader",
            tag=TAG,
            handler=name,
            body=LeaderNamed,
            status=204,
            roles=_ADMIN,
            errors=("user-not-of-this-org",),
        ),
    ]
