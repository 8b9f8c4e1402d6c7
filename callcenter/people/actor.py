"""Who is asking: every use case that can be refused takes an `Actor`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from callcenter.core.errors import Forbidden
from callcenter.core.ids import OrgId, UserId


class Role(StrEnum):
    """Roles of the seeds (requirements A3.3); a user may hold several."""

    AGENT = "agent"  # 话务员
    DISPATCHER = "dispatcher"  # 派单员
    REVIEWER = "reviewer"  # 审核员
    UNIT_OPERATOR = "unit_operator"  # 承办单位经办人
    UNIT_HEAD = "unit_head"  # 承办单位负责人
    SUPERVISOR = "supervisor"  # 值班长
    DEPUTY = "deputy"  # 分管领导
    LEADER = "leader"  # 主要领导
    INSPECTOR = "inspector"  # 质检员
    DISCIPLINE = "discipline"  # 纪检
    FIELD = "field"  # 外勤与工作站人员
    GUEST = "guest"  # 物业、居委会、企业等外部协办
    AUDITOR = "auditor"  # 审计员
    ADMIN = "admin"  # 系统管理员
    SERVICE = "service"  # another machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """An authenticated user or machine. `org_path` is the materialised path of the user's org, e.g. `/310000/310118/`;
    rows are visible when their org's path starts with it (XY-03)."""

    user_id: UserId
    username: str
    name: str
    roles: frozenset[Role]
    org_id: OrgId
    org_path: str

    def may(self, *roles: Role) -> bool:
        return Role.ADMIN in self.roles or not self.roles.isdisjoint(roles)

    def require(self, *roles: Role) -> None:
        """Raises Forbidden unless the actor holds one of the roles (ADMIN holds all)."""
        if not self.may(*roles):
            raise Forbidden

    def sees(self, org_path: str) -> bool:
        return org_path.startswith(self.org_path)


ANONYMOUS: Final = Actor(
    user_id=UserId(UUID(int=0)),
    username="",
    name="",
    roles=frozenset(),
    org_id=OrgId(UUID(int=0)),
    org_path="-",  # no org's path starts like this
)
"""Whoever has not logged in: holds no role, sees no row."""
