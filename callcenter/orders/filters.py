"""What a list of orders may be cut by (JC-32, SJ-07), and the lists that everybody finds ready. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from callcenter.core.ids import OrgId, UserId
from callcenter.orders.terms import Kind, Level, RequestType, Stage, Urgency
from callcenter.people.actor import Actor, Role


class View(StrEnum):
    """Whose orders, and which."""

    VISIBLE = "visible"  # every order that the reader may see
    MINE = "mine"  # entered by the reader
    UNIT = "unit"  # held by the reader's org
    CENTRE = "centre"  # answered for by the reader's centre
    HELPING = "helping"  # my org was asked for a part of it (SG-25, XY-34); the view is the right to see it
    OWNED = "owned"  # the reader is the case owner (SJ-13)
    WAITING = "waiting"  # somebody of the reader's roles has to act
    WARNED = "warned"  # 预警工单 (XY-11, XY-33)
    SUPERVISED = "supervised"  # under open 督办
    LEDGER = "ledger"  # 挂账
    FOLLOWUP = "followup"  # 实时跟进台账 (JC-32): open, the most urgent first
    KEY = "key"  # 重点清单 (SG-12)
    PROBLEMS = "problems"  # 问题清单 (SJ-07): open, or closed without being resolved
    SATISFIED = "satisfied"  # 满意清单 (SJ-07): closed, resolved and satisfied


class Colour(StrEnum):
    """By the remaining time of the order's next clock (JC-32)."""

    RED = "red"  # late
    YELLOW = "yellow"  # due within one working day
    GREEN = "green"


class Flag(StrEnum):
    FLAGGED = "flagged"
    SUPERVISED = "supervised"
    KEY_LISTED = "key_listed"
    DIFFICULT = "difficult"
    CONFIDENTIAL = "confidential"
    MASTER = "master"
    LOCKED = "locked"
    EXHAUSTED = "callback_exhausted"
    EXCLUDED = "excluded"
    REOPENED = "reopened"
    VIOLATED = "violated"


class Sort(StrEnum):
    CREATED = "created"
    DUE = "due"


FLAGS: Final[Mapping[Flag, str]] = {
    Flag.FLAGGED: "w.flagged",
    Flag.SUPERVISED: "w.supervisions > 0",
    Flag.KEY_LISTED: "w.key_listed",
    Flag.DIFFICULT: "w.difficult",
    Flag.CONFIDENTIAL: "w.confidential",
    Flag.MASTER: "w.master",
    Flag.LOCKED: "w.locked",
    Flag.EXHAUSTED: "w.callback_exhausted",
    Flag.EXCLUDED: "w.exclusion = 'approved'",
    Flag.REOPENED: "w.reopened > 0",
    Flag.VIOLATED: "w.violations <> '{}'",
}


class OrderFilter(BaseModel):
    """Every part that is given must hold; several values of one part are alternatives, several flags and tags all
    count. `text` are words of number, title, content, address or reply (docs/search.md)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    view: View = Field(default=View.VISIBLE, description="清单 / Which list")
    sort: Sort = Field(default=Sort.CREATED, description="排序：登记时间或到期时间 / By intake, or by next due time")
    stages: tuple[Stage, ...] = Field(default=(), max_length=30, description="环节 / Stages")
    kinds: tuple[Kind, ...] = Field(default=(), max_length=10, description="工单种类 / Kinds of order")
    request_types: tuple[RequestType, ...] = Field(default=(), max_length=10, description="诉求类型 / Types of request")
    urgencies: tuple[Urgency, ...] = Field(default=(), max_length=10, description="紧急程度 / Urgency")
    levels: tuple[Level, ...] = Field(default=(), max_length=10, description="级别 / Level (GH-14)")
    channels: tuple[str, ...] = Field(default=(), max_length=30, description="来源渠道 / Channels")
    category: str = Field(default="", max_length=40, description="分类代码前缀 / Beginning of the category code")
    unit: OrgId | None = Field(default=None, description="承办单位 / The org that holds it")
    owner: UserId | None = Field(default=None, description="首问责任人 / Case owner")
    created_from: AwareDatetime | None = Field(default=None, description="登记不早于 / Taken at or after")
    created_to: AwareDatetime | None = Field(default=None, description="登记早于 / Taken before")
    due_before: AwareDatetime | None = Field(default=None, description="到期早于 / Next due before")
    colour: Colour | None = Field(default=None, description="时限颜色 / Colour of the remaining time (JC-32)")
    open: bool | None = Field(default=None, description="未结案 / Not closed yet")
    flags: tuple[Flag, ...] = Field(default=(), max_length=20, description="标记 / Marks")
    tags: tuple[str, ...] = Field(default=(), max_length=10, description="标签 / Tags")
    matter: str | None = Field(default=None, max_length=36, pattern=r"^[0-9a-f-]{36}$", description="事件 / The event")
    text: str = Field(default="", max_length=100, pattern=r"^[^\x00]*$", description="检索词 / Words to search for")

    @property
    def by_due(self) -> bool:
        """What asks for a due time is listed by it: an order without a running clock has none."""
        return self.sort is Sort.DUE or self.colour is not None or self.due_before is not None


class Place(StrEnum):
    """At which org somebody waits: the one that holds the order, or the centre that answers for it."""

    HOLDER = "owner_org_id"
    CENTRE = "centre_org_id"


WAITING: Final[Mapping[Role, tuple[Place, frozenset[Stage]]]] = {
    Role.AGENT: (Place.HOLDER, frozenset({Stage.NEW})),
    Role.DISPATCHER: (
        Place.CENTRE,
        frozenset({Stage.TRIAGE, Stage.PENDING_DISPATCH, Stage.RETURN_REQUESTED, Stage.REDISPATCH}),
    ),
    Role.REVIEWER: (Place.CENTRE, frozenset({Stage.SUBMITTED, Stage.NOT_ACCEPTED, Stage.CLOSE_PENDING})),
    Role.SUPERVISOR: (Place.CENTRE, frozenset({Stage.TRIAGE, Stage.PENDING_DISPATCH, Stage.REDISPATCH})),
    Role.UNIT_OPERATOR: (
        Place.HOLDER,
        frozenset({Stage.DISPATCHED, Stage.ACCEPTED, Stage.HANDLING, Stage.COLLAB, Stage.REHANDLING}),
    ),
    Role.UNIT_HEAD: (Place.HOLDER, frozenset({Stage.WARNED, Stage.REHANDLING, Stage.RETURN_REQUESTED})),
    Role.DEPUTY: (Place.CENTRE, frozenset({Stage.SIGN_PENDING, Stage.WARNED})),
    Role.LEADER: (Place.CENTRE, frozenset({Stage.SIGN_PENDING, Stage.WARNED})),
}
"""Stages in which nothing goes on until somebody of the role acts (A3.2)."""

OPEN_VIEWS: Final = frozenset({View.WAITING, View.WARNED, View.LEDGER, View.FOLLOWUP, View.OWNED})


@dataclass(slots=True)
class Values:
    """Parameters of one statement in their order."""

    given: list[Any] = field(default_factory=list)

    def put(self, value: Any) -> str:
        self.given.append(value)
        return f"${len(self.given)}"


def only_open(asked: OrderFilter) -> bool:
    """Whether a closed order can never be in the list."""
    open_stages = bool(asked.stages) and Stage.CLOSED not in asked.stages and Stage.ANSWERED not in asked.stages
    return asked.open is True or asked.view in OPEN_VIEWS or asked.by_due or open_stages


def conditions(asked: OrderFilter, actor: Actor, values: Values) -> list[str]:
    """SQL over `work_order w`, all of which must hold, but row access, text and due time."""
    found = [sql for part in (_of_view(asked.view, actor, values), _of_lists(asked, values)) for sql in part]
    found += [FLAGS[flag] for flag in asked.flags]
    if asked.tags:
        found.append(f"w.tags @> {values.put(list(asked.tags))}::text[]")
    if asked.category:
        found.append(f"starts_with(w.category_code, {values.put(asked.category)})")
    if asked.open is False:
        found.append("w.closed_at is not null")
    for column, value in (("owner_org_id", asked.unit), ("case_owner", asked.owner), ("matter_id", asked.matter)):
        if value is not None:
            found.append(f"w.{column} = {values.put(str(value))}::text::uuid")
    if only_open(asked):
        found.append("w.closed_at is null")
    return found


def _of_lists(asked: OrderFilter, values: Values) -> list[str]:
    listed = {
        "stage": asked.stages,
        "kind": asked.kinds,
        "request_type": asked.request_types,
        "urgency": asked.urgencies,
        "level": asked.levels,
        "channel": asked.channels,
    }
    return [f"w.{name} = any({values.put(list(some))}::text[])" for name, some in listed.items() if some]


def _of_view(view: View, actor: Actor, values: Values) -> list[str]:
    match view:
        case View.MINE:
            return [f"w.created_by = {values.put(actor.user_id)}"]
        case View.UNIT:
            return [f"w.owner_org_id = {values.put(actor.org_id)}"]
        case View.CENTRE:
            return [f"w.centre_org_id = {values.put(actor.org_id)}"]
        case View.HELPING:
            return ["not w.confidential and w.request_type <> 'report'"]
        case View.OWNED:
            return [f"w.case_owner = {values.put(actor.user_id)}"]
        case View.WAITING:
            return [_waiting(actor, values)]
    return list(_FIXED.get(view, ()))


_FIXED: Final[Mapping[View, tuple[str, ...]]] = {
    View.WARNED: ("(w.stage = 'warned' or w.flagged)",),
    View.SUPERVISED: ("w.supervisions > 0",),
    View.LEDGER: ("w.stage = 'ledger'",),
    View.KEY: ("w.key_listed",),
    View.PROBLEMS: ("(w.closed_at is null or w.resolved is false)",),
    View.SATISFIED: ("w.closed_at is not null and w.resolved and w.satisfied",),
}


def helped(actor: Actor, values: Values) -> str:
    """Orders on which the reader's org was asked for something, as a condition over `w`; the array is read first."""
    asked = "select t.order_id from co_task t where t.cancelled_at is null and t.org_id ="
    return f"w.id = any(array({asked} {values.put(actor.org_id)}))"


def _waiting(actor: Actor, values: Values) -> str:
    """False for whoever nobody waits for."""
    ways = []
    for role, (place, stages) in WAITING.items():
        if role in actor.roles:
            org = values.put(actor.org_id)
            ways.append(f"w.{place.value} = {org} and w.stage = any({values.put(sorted(stages))}::text[])")
    return f"({' or '.join(ways)})" if ways else "false"
