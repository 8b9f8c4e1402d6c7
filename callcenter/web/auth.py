"""Log-in, log-out and the present session."""

from datetime import datetime

from aiohttp import web
from pydantic import BaseModel, Field, SecretStr

from callcenter.core.ids import OrgId, UserId
from callcenter.people.actor import Actor, Role
from callcenter.people.service import People
from callcenter.people.session import Session
from callcenter.web.config import WebConfig
from callcenter.web.guard import cookie_name
from callcenter.web.route import Asked, Route, Wire, as_json

TAG = "session"


class LogIn(Wire):
    username: str = Field(min_length=1, max_length=100)
    password: SecretStr = Field(min_length=1, max_length=200)


class NewPassword(Wire):
    old: SecretStr = Field(min_length=1, max_length=200)
    new: SecretStr = Field(min_length=1, max_length=200)


class Me(BaseModel):
    """Who is logged in."""

    user_id: UserId
    username: str
    name: str
    roles: list[Role]
    org_id: OrgId
    org_path: str


class SessionView(BaseModel):
    """`csrf` goes into the X-CSRF-Token header of every change; null for a bearer token, which needs none."""

    me: Me
    csrf: str | None
    expires_at: datetime | None


def session_routes(people: People, config: WebConfig) -> list[Route]:
    desk = _Desk(people, config)
    return [
        Route(
            method="POST",
            path="/api/session",
            summary_zh="登录",
            summary_en="Log in; sets the session cookie",
            tag=TAG,
            handler=desk.log_in,
            body=LogIn,
            answers=SessionView,
            public=True,
            body_limit=2048,
            errors=("login-failed", "login-locked", "login-busy"),
        ),
        Route(
            method="GET",
            path="/api/session",
            summary_zh="当前登录用户",
            summary_en="Who is logged in, and the CSRF token",
            tag=TAG,
            handler=desk.show,
            answers=SessionView,
        ),
        Route(
            method="DELETE",
            path="/api/session",
            summary_zh="退出登录",
            summary_en="Log out",
            tag=TAG,
            handler=desk.log_out,
            status=204,
        ),
        Route(
            method="DELETE",
            path="/api/sessions",
            summary_zh="在所有设备上退出登录",
            summary_en="Log out everywhere",
            tag=TAG,
            handler=desk.log_out_everywhere,
            status=204,
        ),
        Route(
            method="PUT",
            path="/api/password",
            summary_zh="修改密码（其他设备上的登录随之失效）",
            summary_en="Change one's password; one's other sessions end",
            tag=TAG,
            handler=desk.change_password,
            body=NewPassword,
            status=204,
            body_limit=2048,
            errors=("password-wrong", "password-too-weak", "login-locked", "login-busy"),
        ),
    ]


class _Desk:
    def __init__(self, people: People, config: WebConfig) -> None:
        self._people = people
        self._secure = config.tls
        self._cookie = cookie_name(config)

    async def log_in(self, asked: Asked[LogIn, None]) -> web.Response:
        done = await self._people.authenticate(asked.body.username, asked.body.password.get_secret_value())
        response = as_json(_shown(done.session))
        response.set_cookie(self._cookie, done.token, path="/", httponly=True, secure=self._secure, samesite="Strict")
        return response

    async def show(self, asked: Asked[None, None]) -> SessionView:
        token = asked.raw.cookies.get(self._cookie)
        if token is None or "Authorization" in asked.raw.headers:
            return SessionView(me=_me(asked.actor), csrf=None, expires_at=None)
        return _shown(await self._people.session(token))

    async def log_out(self, asked: Asked[None, None]) -> web.Response:
        await self._people.logins.log_out(asked.raw.cookies.get(self._cookie, ""))
        return self._without_cookie()

    async def log_out_everywhere(self, asked: Asked[None, None]) -> web.Response:
        await self._people.logins.log_out_everywhere(asked.actor.user_id)
        return self._without_cookie()

    async def change_password(self, asked: Asked[NewPassword, None]) -> None:
        old, new = asked.body.old.get_secret_value(), asked.body.new.get_secret_value()
        keep = asked.raw.cookies.get(self._cookie)
        await self._people.logins.change_password(asked.actor, old, new, keep=keep)

    def _without_cookie(self) -> web.Response:
        response = web.Response(status=204)
        response.del_cookie(self._cookie, path="/", httponly=True, secure=self._secure, samesite="Strict")
        return response


def _shown(session: Session) -> SessionView:
    return SessionView(me=_me(session.actor), csrf=session.csrf, expires_at=session.expires_at)


def _me(actor: Actor) -> Me:
    return Me(
        user_id=actor.user_id,
        username=actor.username,
        name=actor.name,
        roles=sorted(actor.roles),
        org_id=actor.org_id,
        org_path=actor.org_path,
    )
