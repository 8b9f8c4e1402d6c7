"""Orgs, users, machine tokens and the audit trail."""

from typing import Final

from pydantic import Field, SecretStr

from callcenter.core.ids import TokenId, UserId
from callcenter.people.actor import Role
from callcenter.people.model import (
    AuditPage,
    IssuedToken,
    NewOrg,
    NewToken,
    NewUser,
    Org,
    OrgPage,
    TokenPage,
    User,
    UserPage,
)
from callcenter.people.service import People
from callcenter.web.route import Asked, Paged, Route, Wire

TAG = "people"
_ADMIN: Final = frozenset({Role.ADMIN})
_KNOWS_STAFF: Final = frozenset({Role.SUPERVISOR, Role.DISPATCHER, Role.REVIEWER, Role.UNIT_HEAD})


class Limited(Paged):
    limit: int = Field(default=100, ge=1, le=500)


class OrgsAsked(Paged):
    limit: int = Field(default=500, ge=1, le=2000)


class AuditAsked(Limited):
    subject_type: str = Field(min_length=1, max_length=40)
    subject_id: str = Field(min_length=1, max_length=100)


class PasswordSet(Wire):
    password: SecretStr = Field(min_length=1, max_length=200)


def people_routes(people: People) -> list[Route]:
    return [*_directory_routes(people), *_token_routes(people), _audit_route(people)]


def _directory_routes(people: People) -> list[Route]:
    async def orgs(asked: Asked[None, OrgsAsked]) -> OrgPage:
        return await people.directory.orgs(asked.actor, asked.query.limit, asked.query.cursor)

    async def add_org(asked: Asked[NewOrg, None]) -> Org:
        return await people.create_org(asked.body, by=asked.actor)

    async def users(asked: Asked[None, Limited]) -> UserPage:
        return await people.directory.users(asked.actor, asked.query.limit, asked.query.cursor)

    async def add_user(asked: Asked[NewUser, None]) -> User:
        return await people.create_user(asked.body, by=asked.actor)

    async def set_password(asked: Asked[PasswordSet, None]) -> None:
        password = asked.body.password.get_secret_value()
        await people.directory.set_password(UserId(asked.uuid("id")), password, by=asked.actor)

    async def disable(asked: Asked[None, None]) -> None:
        await people.directory.disable_user(UserId(asked.uuid("id")), by=asked.actor)

    return [
        Route(
            method="GET",
            path="/api/orgs",
            summary_zh="本机构及下级机构",
            summary_en="One's own org and those below it",
            tag=TAG,
            handler=orgs,
            query=OrgsAsked,
            answers=OrgPage,
            errors=("bad-cursor",),
        ),
        Route(
            method="POST",
            path="/api/orgs",
            summary_zh="新增机构",
            summary_en="Add an org",
            tag=TAG,
            handler=add_org,
            body=NewOrg,
            answers=Org,
            status=201,
            roles=_ADMIN,
            errors=("no-such-org", "org-level-wrong", "name-taken"),
        ),
        Route(
            method="GET",
            path="/api/users",
            summary_zh="本机构及下级机构的用户",
            summary_en="Users of one's own org and those below it",
            tag=TAG,
            handler=users,
            query=Limited,
            answers=UserPage,
            errors=("bad-cursor",),
            roles=_KNOWS_STAFF,
        ),
        Route(
            method="POST",
            path="/api/users",
            summary_zh="新增用户",
            summary_en="Add a user",
            tag=TAG,
            handler=add_user,
            body=NewUser,
            answers=User,
            status=201,
            roles=_ADMIN,
            errors=("no-such-org", "agent-needs-extension", "password-too-weak", "name-taken", "login-busy"),
        ),
        Route(
            method="PUT",
            path="/api/users/{id}/password",
            summary_zh="重置用户密码（其登录随之失效）",
            summary_en="Set a user's forgotten password; their sessions end",
            tag=TAG,
            handler=set_password,
            body=PasswordSet,
            status=204,
            roles=_ADMIN,
            errors=("password-too-weak", "login-busy"),
        ),
        Route(
            method="DELETE",
            path="/api/users/{id}",
            summary_zh="停用用户（登录和令牌立即失效）",
            summary_en="Disable a user; sessions and tokens end at once",
            tag=TAG,
            handler=disable,
            status=204,
            roles=_ADMIN,
        ),
    ]


def _token_routes(people: People) -> list[Route]:
    async def tokens(asked: Asked[None, Limited]) -> TokenPage:
        return await people.tokens.listed(asked.actor, asked.query.limit, asked.query.cursor)

    async def issue(asked: Asked[NewToken, None]) -> IssuedToken:
        return await people.tokens.issue(asked.body, by=asked.actor)

    async def revoke(asked: Asked[None, None]) -> None:
        await people.tokens.revoke(TokenId(asked.uuid("id")), by=asked.actor)

    return [
        Route(
            method="GET",
            path="/api/tokens",
            summary_zh="接口令牌列表（不含密文）",
            summary_en="Machine tokens, without their secrets",
            tag=TAG,
            handler=tokens,
            query=Limited,
            answers=TokenPage,
            errors=("bad-cursor",),
            roles=_ADMIN,
        ),
        Route(
            method="POST",
            path="/api/tokens",
            summary_zh="签发接口令牌（密文只显示一次）",
            summary_en="Issue a machine token; its secret is shown once",
            tag=TAG,
            handler=issue,
            body=NewToken,
            answers=IssuedToken,
            status=201,
            roles=_ADMIN,
            errors=("not-a-machine", "expiry-past"),
        ),
        Route(
            method="DELETE",
            path="/api/tokens/{id}",
            summary_zh="吊销接口令牌",
            summary_en="Revoke a machine token",
            tag=TAG,
            handler=revoke,
            status=204,
            roles=_ADMIN,
        ),
    ]


def _audit_route(people: People) -> Route:
    async def trail(asked: Asked[None, AuditAsked]) -> AuditPage:
        wanted = asked.query
        return await people.audit.trail(
            people.pool, asked.actor, wanted.subject_type, wanted.subject_id, wanted.limit, wanted.cursor
        )

    return Route(
        method="GET",
        path="/api/audit",
        summary_zh="查看某项内容的操作记录",
        summary_en="Who viewed or changed a thing",
        tag=TAG,
        handler=trail,
        query=AuditAsked,
        answers=AuditPage,
        errors=("bad-cursor",),
        roles=frozenset({Role.SUPERVISOR, Role.AUDITOR}),
    )
