"""Rows that the recording tests stand on: a town's agent, a call he took, its leg; and the monitor folder's files."""

from datetime import UTC, datetime
from pathlib import Path

from callcenter.core.ids import CallId, LegId, OrgId, UserId, new_id
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Pool
from tests.speech_material import Samples, write_wav

PBX = "pbx1"
BEGAN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


async def make_user(pool: Pool, role: Role, extension: str | None = None) -> Actor:
    org, user = new_id(), new_id()
    await pool.execute(
        "insert into org (id, code, path, level, kind, name) values ($1, $2, $3, 1, 'centre', '中心')",
        org, f"c{org.hex}", f"/c{org.hex}/",
    )  # fmt: skip
    await pool.execute(
        "insert into app_user (id, username, name, org_id, roles, password_hash, extension, created_at)"
        " values ($1, $2, '某人', $3, $4, '-', $5, $6)",
        user, f"u{user.hex}", org, [role.value], extension, BEGAN,
    )  # fmt: skip
    return Actor(
        user_id=UserId(user),
        username=f"u{user.hex}",
        name="某人",
        roles=frozenset({role}),
        org_id=OrgId(org),
        org_path=f"/c{org.hex}/",
    )


async def make_call(pool: Pool, leg: str, extension: str | None = None) -> CallId:
    call = CallId(new_id())
    await pool.execute(
        "insert into call (id, pbx, linked, direction, stage, extension, started_at)"
        " values ($1, $2, $3, 'inbound', 'talking', $4, $5)",
        call, PBX, leg, extension, BEGAN,
    )  # fmt: skip
    await pool.execute(
        "insert into call_leg (pbx, leg, call_id, channel, role, started_at) values ($1, $2, $3, $4, 'caller', $5)",
        PBX, leg, call, f"PJSIP/carrier-{leg}", BEGAN,
    )  # fmt: skip
    return call


async def end_call(pool: Pool, call: CallId) -> None:
    await pool.execute("update call set ended_at = $2 where id = $1", call, BEGAN)
    await pool.execute("update call_leg set ended_at = $2 where call_id = $1", call, BEGAN)


def source_of(leg: str) -> str:
    return f"20260302/{leg}"


def record(monitor: Path, leg: str, caller: Samples, agent: Samples) -> tuple[Path, Path]:
    """What Asterisk leaves behind when it has closed both files."""
    return (
        write_wav(monitor / f"{source_of(leg)}-rx.wav", 8000, caller),
        write_wav(monitor / f"{source_of(leg)}-tx.wav", 8000, agent),
    )


def leg_named(number: int) -> LegId:
    return LegId(f"{PBX}-1772413200.{number}")
