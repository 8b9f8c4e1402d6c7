"""Orgs, users and tokens as they are asked for and shown."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from callcenter.core.ids import OrgId, TokenId, UserId
from callcenter.core.pages import Page
from callcenter.people.actor import Actor, Role

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Username = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{1,39}$")]
OrgKind = Literal["centre", "unit", "village", "discipline", "station", "team", "external"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NewOrg(_Frozen):
    """`parent_id` None makes a root. `level`: 1 city, 2 district, 3 street or town, 4 unit or village (XY-03)."""

    parent_id: OrgId | None = None
    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    level: int = Field(ge=1, le=4)
    kind: OrgKind
    name: Name
    phone: Annotated[str, StringConstraints(pattern=r"^[0-9+\- ]{3,20}$")] | None = None


class Org(_Frozen):
    """`path` is the codes from the root, e.g. `/chengwan/qilan/`."""

    id: OrgId
    parent_id: OrgId | None
    code: str
    path: str
    level: int
    kind: str
    name: str
    phone: str | None


class NewUser(_Frozen):
    """Without a password the user can only be a machine, which holds bearer tokens."""

    username: Username
    name: Name
    org_id: OrgId
    roles: frozenset[Role] = Field(min_length=1)
    extension: Annotated[str, StringConstraints(pattern=r"^[0-9]{2,8}$")] | None = None
    password: SecretStr | None = None


class User(_Frozen):
    id: UserId
    username: str
    name: str
    org_id: OrgId
    org_path: str
    roles: frozenset[Role]
    extension: str | None
    created_at: datetime
    disabled_at: datetime | None

    @property
    def actor(self) -> Actor:
        return Actor(
            user_id=self.id,
            username=self.username,
            name=self.name,
            roles=self.roles,
            org_id=self.org_id,
            org_path=self.org_path,
        )


class NewToken(_Frozen):
    """A machine's token: for a user of the role `service`, for a year at most."""

    user_id: UserId
    name: Name
    expires_at: AwareDatetime


class Token(_Frozen):
    id: TokenId
    user_id: UserId
    name: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class IssuedToken(_Frozen):
    """`secret` is shown this once; the server keeps only its hash."""

    token: Token
    secret: str = Field(repr=False)


class AuditEntry(_Frozen):
    """Who did what, with what, when (B-29)."""

    id: str
    at: datetime
    actor_id: UserId | None
    actor_name: str | None
    action: str
    subject_type: str
    subject_id: str


class OrgPage(Page[Org]):
    """Parents before children."""


class UserPage(Page[User]):
    """By user name."""


class TokenPage(Page[Token]):
    """Newest first."""


class AuditPage(Page[AuditEntry]):
    """Newest first."""
