"""Items of the responsibility list (责任清单, SG-06): what they cover, who must agree, when they count. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from callcenter.core.ids import OrgId

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30)]
Level = Literal["normal", "semi_urgent", "urgent"]


class DutyDraft(BaseModel):
    """One matter as it is written in a file or on the page; orgs by their code. `areas` are words of an address or grid
    codes, none for the whole area; `valid_to` is the last day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    category: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = ""
    keywords: tuple[Word, ...] = Field(min_length=1, max_length=60)
    areas: tuple[Word, ...] = Field(default=(), max_length=200)
    lead: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    co: tuple[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)], ...] = ()
    basis: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    exceptions: Annotated[str, StringConstraints(max_length=500)] = ""
    level: Level = "normal"
    functional: bool = True
    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.lead in self.co or len(set(self.co)) != len(self.co):
            raise ValueError("the lead or a co-handler stands twice")
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("it ends before it begins")
        return self


class DutyItem(BaseModel):
    """One version of an item, as it is read for a suggestion."""

    model_config = ConfigDict(frozen=True)

    id: str
    code: str
    version: int
    title: str
    category: str
    keywords: tuple[str, ...]
    areas: tuple[str, ...]
    lead_org_id: OrgId
    co_org_ids: tuple[OrgId, ...]
    basis: str
    exceptions: str
    level: Level
    functional: bool

    @property
    def ref(self) -> str:
        """How people cite it: `GS-01/2`."""
        return f"{self.code}/{self.version}"


def named(lead: OrgId, co: Iterable[OrgId]) -> frozenset[OrgId]:
    """Every org that must agree before a version counts."""
    return frozenset({lead, *co})


def standing(orgs: frozenset[OrgId], said: Mapping[OrgId, bool]) -> Literal["agreed", "refused", "waiting"]:
    """`said` is each org's answer. One no ends a version: the change is written anew."""
    if any(not said[org] for org in orgs & said.keys()):
        return "refused"
    return "agreed" if orgs <= said.keys() else "waiting"


def in_force(today: date, *, valid_from: date, valid_to: date | None) -> bool:
    return valid_from <= today and (valid_to is None or today <= valid_to)


def pushed_down(*, functional: bool, org_kind: str) -> bool:
    """B-06: a functional department's matter would go to a village or residents' committee."""
    return functional and org_kind == "village"
