"""The frame around every route: authentication, CSRF, roles, bodies, headers and problems, over a real socket."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiohttp import ClientPayloadError
from aiohttp.web import StreamResponse

from callcenter.core.errors import Misconfigured
from callcenter.people.actor import Role
from callcenter.people.model import NewToken
from callcenter.store.pool import Pool
from callcenter.web.config import WebConfig
from callcenter.web.route import Asked, Route, Wire
from callcenter.web.server import build_app, open_site
from tests.rooms.people_of_town import PASSWORD, QUICK
from tests.rooms.web_of_town import Web, open_web

PROBLEM_FIELDS = {"type", "title", "status", "detail", "code", "message_zh", "message_en", "request_id"}


class Sum(Wire):
    left: int
    right: int


def route(method: Any, path: str, handler: Any, **more: Any) -> Route:
    return Route(method=method, path=path, summary_zh="试", summary_en="Try", tag="try", handler=handler, **more)


async def echo(asked: Asked[Sum, None]) -> Sum:
    return asked.body


async def fail(asked: Asked[None, None]) -> None:
    raise RuntimeError("citizen 13812345678")


async def fail_late(asked: Asked[None, None]) -> StreamResponse:
    response = StreamResponse()
    response.content_length = 1000
    await response.prepare(asked.raw)
    await response.write(b"half")
    raise RuntimeError("citizen 13812345678")


async def only_leaders(asked: Asked[None, None]) -> None:
    return None


EXTRA = [
    route("POST", "/api/try/sums", echo, body=Sum, answers=Sum, body_limit=1000),
    route("GET", "/api/try/fault", fail, public=True),
    route("GET", "/api/try/late", fail_late, public=True, media="audio/wav"),
    route("GET", "/api/try/leaders", only_leaders, roles=frozenset({Role.LEADER}), status=204),
]


@pytest.fixture
async def web(pool: Pool) -> AsyncIterator[Web]:
    async with open_web(pool, EXTRA) as web:
        yield web


def assert_problem(body: Mapping[str, Any], code: str) -> None:
    assert set(body) >= PROBLEM_FIELDS
    assert body["code"] == code
    assert body["type"] == f"/api/docs#problem-{code}"


async def test_log_in_sets_a_strict_http_only_cookie(web: Web) -> None:
    async with web.client() as client:
        response = await client.http.post("/api/session", json={"username": "hw01", "password": PASSWORD})
        cookie = response.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert "Secure" not in cookie
        assert "Strict-Transport-Security" not in response.headers
        status, body = await client.ask("GET", "/api/session")
        assert (status, body["me"]["username"], body["me"]["roles"]) == (200, "hw01", ["agent"])
        assert body["csrf"] == (await response.json())["csrf"]


async def test_behind_tls_the_cookie_is_secure_and_hsts_is_sent(pool: Pool) -> None:
    config = WebConfig(port=0, public_url="https://desk.example.test")
    async with open_web(pool, config=config) as web, web.client() as client:
        response = await client.http.post(
            "/api/session",
            json={"username": "hw01", "password": PASSWORD},
            headers={"Origin": "https://desk.example.test"},
        )
        assert response.headers["Set-Cookie"].startswith("__Host-hotline=")
        assert "Secure" in response.headers["Set-Cookie"]
        assert response.headers["Strict-Transport-Security"].startswith("max-age=")


async def test_without_log_in_nothing_is_given(web: Web) -> None:
    async with web.client() as client:
        for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Cookie": "hotline=nonsense"}):
            status, body = await client.ask("GET", "/api/orgs", headers=headers)
            assert status == 401
            assert_problem(body, "unauthenticated")


async def test_wrong_password_then_lock_out_with_retry_after(web: Web) -> None:
    async with web.client() as client:
        wrong = {"username": "hw01", "password": "nope"}
        for _ in range(QUICK.failures_allowed):
            status, body = await client.ask("POST", "/api/session", json=wrong)
            assert status == 401
            assert_problem(body, "login-failed")
        response = await client.http.post("/api/session", json=wrong)
        assert (response.status, response.headers["Retry-After"]) == (429, "30")
        web.clock.forward(timedelta(seconds=30))
        await client.log_in("hw01")


async def test_changes_need_the_csrf_token(web: Web) -> None:
    async with web.client("hw01") as client:
        good = client.csrf
        for wrong in ("", "x", good[:-1], good + "x", "é"):
            client.csrf = wrong
            status, body = await client.ask("POST", "/api/try/sums", json={"left": 1, "right": 2})
            assert status == 403
            assert_problem(body, "csrf-token-wrong")
        client.csrf = good
        assert await client.ask("POST", "/api/try/sums", json={"left": 1, "right": 2}) == (200, {"left": 1, "right": 2})


async def test_another_site_is_refused(web: Web) -> None:
    async with web.client("hw01") as client:
        for origin in ("https://evil.example", "null", f"http://127.0.0.1:{web.port + 1}"):
            status, body = await client.ask(
                "POST", "/api/try/sums", json={"left": 1, "right": 2}, headers={"Origin": origin}
            )
            assert status == 403
            assert_problem(body, "origin-refused")
        own = {"Origin": f"http://127.0.0.1:{web.port}"}
        assert (await client.ask("POST", "/api/try/sums", json={"left": 1, "right": 2}, headers=own))[0] == 200
        upgrade = {"Origin": "https://evil.example", "Connection": "Upgrade", "Upgrade": "websocket"}
        assert (await client.ask("GET", "/api/session", headers=upgrade))[0] == 403


async def test_sessions_expire_and_end_at_log_out(web: Web) -> None:
    async with web.client("hw01") as client:
        cookies = {"hotline": next(iter(client.http.cookie_jar)).value}
        assert await client.ask("DELETE", "/api/session") == (204, None)
        assert (await client.ask("GET", "/api/session"))[0] == 401
        assert (await client.ask("GET", "/api/session", cookies=cookies))[0] == 401  # not only the cookie is gone
        await client.log_in("hw01")
        web.clock.forward(QUICK.session_idle)
        assert (await client.ask("GET", "/api/session"))[0] == 401


async def test_bearer_tokens_need_no_csrf_and_die_when_revoked(web: Web) -> None:
    machine, root = web.town.users["machine"], web.town.users["root"].actor
    new = NewToken(user_id=machine.id, name="x", expires_at=web.clock.now() + timedelta(days=1))
    issued = await web.people.tokens.issue(new, by=root)
    headers = {"Authorization": f"Bearer {issued.secret}"}
    async with web.client() as client:
        status, _ = await client.ask("POST", "/api/try/sums", json={"left": 1, "right": 2}, headers=headers)
        assert status == 200
        status, body = await client.ask("GET", "/api/session", headers=headers)
        assert (body["me"]["username"], body["csrf"]) == ("machine", None)
        await web.people.tokens.revoke(issued.token.id, by=root)
        assert (await client.ask("GET", "/api/session", headers=headers))[0] == 401


async def test_roles(web: Web) -> None:
    async with web.client("hw01") as client:
        status, body = await client.ask("GET", "/api/try/leaders")
        assert status == 403
        assert_problem(body, "forbidden")
    async with web.client("root") as client:
        assert await client.ask("GET", "/api/try/leaders") == (204, None)


async def test_each_wrong_field_is_named_in_both_languages_and_no_value_is_repeated(web: Web) -> None:
    async with web.client("hw01") as client:
        status, body = await client.ask("POST", "/api/try/sums", json={"left": "secret-value", "middle": 1})
        assert status == 422
        assert_problem(body, "invalid-fields")
        named = {one["field"]: (one["where"], one["reason_zh"]) for one in body["errors"]}
        assert named == {
            "left": ("body", "应为整数"),
            "right": ("body", "缺少必填字段"),
            "middle": ("body", "没有这个字段"),
        }
        assert "secret-value" not in str(body)
        assert body["detail"] == body["message_zh"]
        _, english = await client.ask("POST", "/api/try/sums", json={}, headers={"Accept-Language": "en-GB,zh;q=0.5"})
        assert english["detail"] == english["message_en"] == "left: Field required; right: Field required"


async def test_garbage_bodies(web: Web) -> None:
    bodies = [
        (b"", "application/json", 422),
        (b"{", "application/json", 422),
        (b"\xff\xfe", "application/json", 422),
        (b'{"left": 1, "right": "\\u0000"}', "application/json", 422),
        (b"[" * 900, "application/json", 422),
        (b"null", "application/json", 422),
        (b'{"left":1,"right":2}', "text/plain", 415),
        (b"left=1", "application/x-www-form-urlencoded", 415),
        (b" " * 1001, "application/json", 413),
    ]
    async with web.client("hw01") as client:
        for raw, kind, status in bodies:
            got, body = await client.ask("POST", "/api/try/sums", data=raw, headers={"Content-Type": kind})
            assert got == status, raw
            assert set(body) >= PROBLEM_FIELDS


async def test_a_body_without_a_length_is_cut_off_at_the_limit(web: Web) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 100

    async with web.client("hw01") as client:
        headers = {"Content-Type": "application/json"}
        status, body = await client.ask("POST", "/api/try/sums", data=endless(), headers=headers)
        assert status == 413
        assert_problem(body, "body-too-large")


async def test_a_body_that_never_ends_is_given_up(web: Web) -> None:
    async with web.client("hw01") as client:
        cookie = next(iter(client.http.cookie_jar))
        reader, writer = await asyncio.open_connection("127.0.0.1", web.port)
        writer.write(
            f"POST /api/try/sums HTTP/1.1\r\nHost: x\r\nCookie: hotline={cookie.value}\r\n"
            f"X-CSRF-Token: {client.csrf}\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{{".encode()
        )
        async with asyncio.timeout(10):
            head = await reader.readuntil(b"\r\n")
        writer.close()
        await writer.wait_closed()
    assert b" 408 " in head


async def test_faults_show_an_id_and_nothing_inside(web: Web) -> None:
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        async with web.client() as client:
            status, body = await client.ask("GET", "/api/try/fault?number=13812345678")
    assert status == 500
    assert_problem(body, "internal")
    assert body["request_id"] in body["detail"]
    assert "RuntimeError" not in str(body)
    assert "13812345678" not in str(body) + str(logs)
    failed = next(entry for entry in logs if entry["event"] == "request_failed")
    assert (failed["request_id"], failed["error"]) == (body["request_id"], "RuntimeError")
    assert any("fail" in place for place in failed["at"])


async def test_a_fault_in_mid_answer_cuts_it_short_and_adds_nothing(web: Web) -> None:
    with structlog.testing.capture_logs() as logs:
        async with web.client() as client:
            response = await client.http.get("/api/try/late")
            assert response.status == 200
            with pytest.raises(ClientPayloadError):
                await response.read()
            assert (await client.ask("GET", "/api/docs"))[0] == 200
    assert [entry["error"] for entry in logs if entry["event"] == "answer_broken_off"] == ["RuntimeError"]
    assert "13812345678" not in str(logs)


async def raw_answer(web: Web, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", web.port)
    writer.write(request)
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def test_a_damaged_body_is_a_problem(web: Web) -> None:
    async with web.client("hw01") as client:
        cookie = next(iter(client.http.cookie_jar)).value
        head = (
            f"POST /api/try/sums HTTP/1.1\r\nHost: x\r\nCookie: hotline={cookie}\r\n"
            f"X-CSRF-Token: {client.csrf}\r\nContent-Type: application/json\r\nConnection: close\r\n"
            "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n"
        )
        answer = await raw_answer(web, head.encode() + b"oops")
    assert b" 422 " in answer.partition(b"\r\n")[0]
    assert b"body-broken" in answer


async def test_what_is_not_http_is_refused_and_never_logged(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    with structlog.testing.capture_logs() as logs:
        for garbage in (b"GET /?n=13812345678 HTTP/9.x\r\n\r\n", b"13812345678\r\n\r\n", b"\x16\x03\x01" * 50):
            assert b" 400 " in await raw_answer(web, garbage)
    assert {entry["event"] for entry in logs} == {"http_not_understood"}
    assert "13812345678" not in str(logs) + caplog.text


async def test_the_access_log_names_the_route_and_ids_only(web: Web) -> None:
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        async with web.client("root") as client:
            await client.ask("DELETE", f"/api/users/{web.town.users['hw01'].id}?q=13812345678")
            await client.ask("GET", "/api/articles/13812345678", headers={"X-Request-ID": "given-by-proxy"})
    entries = [entry for entry in logs if entry["event"] == "request"]
    assert entries[1]["route"] == "/api/users/{id}"
    assert entries[1]["ids"] == {"id": str(web.town.users["hw01"].id)}
    assert entries[2]["request_id"] == "given-by-proxy"
    assert "13812345678" not in str(entries)


async def test_unknown_addresses_and_methods_are_problems_too(web: Web) -> None:
    async with web.client("hw01") as client:
        status, body = await client.ask("GET", "/api/nothing")
        assert status == 404
        assert_problem(body, "not-found")
        response = await client.http.put("/api/session")
        assert response.status == 405
        assert "POST" in response.headers["Allow"]
        assert_problem(await response.json(content_type=None), "method-not-allowed")


async def test_security_headers_on_every_answer(web: Web) -> None:
    async with web.client() as client:
        for path in ("/api/docs", "/api/session", "/api/nothing"):
            headers = (await client.http.get(path)).headers
            policy = headers["Content-Security-Policy"]
            assert "unsafe-inline" not in policy
            assert "frame-ancestors 'none'" in policy
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert headers["X-Request-ID"]
        assert (await client.http.get("/api/session")).headers["Cache-Control"] == "no-store"


async def test_files_of_the_desk(pool: Pool, tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    desk.mkdir()
    (desk / "index.html").write_text("<p>坐席</p>", encoding="utf-8")
    (desk / "desk.0123abcd.js").write_text("1", encoding="utf-8")
    (desk / ".hidden").write_text("no", encoding="utf-8")
    (tmp_path / "outside").write_text("no", encoding="utf-8")
    async with open_web(pool, static=desk) as web, web.client() as client:
        response = await client.http.get("/")
        assert (response.status, response.headers["Cache-Control"]) == (200, "no-cache")
        same = await client.http.get("/", headers={"If-None-Match": response.headers["ETag"]})
        assert same.status == 304
        hashed = await client.http.get("/desk.0123abcd.js")
        assert "immutable" in hashed.headers["Cache-Control"]
        for path in ("/.hidden", "/%2e%2e/outside", "/..%2foutside", "/nothing.js", "/%00", "/%2fetc/passwd"):
            assert (await client.ask("GET", path))[0] == 404


async def test_a_taken_port_is_told_with_the_remedy(web: Web) -> None:
    config = WebConfig(port=web.port)
    with pytest.raises(Misconfigured, match="HOTLINE_WEB__PORT"):
        async with open_site(build_app([], web.people, config, static=None), config):
            pass


async def test_a_bad_certificate_is_told_with_the_remedy(web: Web, tmp_path: Path) -> None:
    config = WebConfig(port=0, tls_certificate=tmp_path / "none.pem")
    with pytest.raises(Misconfigured, match="TLS_CERTIFICATE"):
        async with open_site(build_app([], web.people, config, static=None), config):
            pass
