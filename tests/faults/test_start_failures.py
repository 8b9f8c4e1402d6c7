"""Every bad start that item 13 of the plan names: the real program tells cause and remedy, and stops or waits."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import asyncpg
import pytest

from callcenter.pbx.host import AsteriskHost
from callcenter.resources import IVR
from tests.faults.program import SECRET, Ended, run, running, serving, settings_in
from tests.simulators.ami_server import AmiServer
from tests.simulators.severed_postgres import SeveredPostgres, open_severed
from tests.simulators.severed_tcp import open_severed_tcp


@pytest.fixture
async def gate(database_url: str) -> AsyncIterator[SeveredPostgres]:
    async with open_severed(database_url) as severed:
        yield severed


@pytest.fixture
def settings(tmp_path: Path, gate: SeveredPostgres) -> dict[str, str]:
    return settings_in(tmp_path, gate.url)


LEFT: Final = (700, 9_000, 14_000, 16_000, 17_500, 21_000, 30_000, 45_000)


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield int(holder.getsockname()[1])


@pytest.mark.parametrize("room", ["WEB", "AGI"])
async def test_a_port_that_is_taken(settings: dict[str, str], room: str) -> None:
    with taken_port() as port:
        ended = await run("serve", settings=settings | {f"HOTLINE_{room}__PORT": str(port)})
    ended.refused(str(port), f"HOTLINE_{room}__PORT")


@pytest.mark.parametrize(
    "name",
    [
        "HOTLINE_CALLS__SPOOL",
        "HOTLINE_MEDIA__FOLDER",
        "HOTLINE_FILES__FOLDER",
        "HOTLINE_FLOWS__SOUNDS",
        "HOTLINE_FLOWS__PROMPT_CACHE",
    ],
)
@pytest.mark.parametrize("how", ["read-only", "below a file"])
async def test_a_folder_that_cannot_be_written(settings: dict[str, str], tmp_path: Path, name: str, how: str) -> None:
    if how == "read-only":
        parent = tmp_path / "sealed"
        parent.mkdir(mode=0o500)
    else:
        parent = tmp_path / "a-file"
        parent.touch()
    spoilt = settings | {name: str(parent / "here")}
    (await run("serve", settings=spoilt, like_anyone=True)).refused(str(parent), name)


async def test_a_folder_whose_parent_is_missing_is_made(settings: dict[str, str], tmp_path: Path) -> None:
    deep = {"HOTLINE_CALLS__SPOOL": str(tmp_path / "a/b/spool"), "HOTLINE_MEDIA__FOLDER": str(tmp_path / "c/d/media")}
    async with serving(settings | deep) as server:
        await server.until("/healthz", 200)
        assert (tmp_path / "a/b/spool").is_dir()
        assert (tmp_path / "c/d/media").is_dir()


async def test_a_disk_that_takes_nothing(settings: dict[str, str]) -> None:
    """The kernel itself refuses each byte (RLIMIT_FSIZE), as it does on a full disk."""
    ended = await run("serve", settings=settings, full_disk=True)
    ended.refused("HOTLINE_", "disk")


@pytest.fixture
async def password_database(postgres: str, database_url: str) -> AsyncIterator[str]:
    """The URL of a clerk whose password it gets wrong; only the clerk is asked for one."""
    clerk = f"clerk_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(postgres.format(database="postgres"))
    await admin.execute(f"create role {clerk} login password 'the-right-one'")
    rules = Path(await admin.fetchval("show hba_file"))
    kept = await asyncio.to_thread(rules.read_text, encoding="utf-8")
    await asyncio.to_thread(rules.write_text, f"local all {clerk} scram-sha-256\n{kept}", encoding="utf-8")
    await admin.execute("select pg_reload_conf()")
    try:
        async with open_severed(database_url) as gate:
            place = urlsplit(gate.url)
            yield f"postgresql://{clerk}:{SECRET}@{place.hostname}:{place.port}{place.path}"
    finally:
        await asyncio.to_thread(rules.write_text, kept, encoding="utf-8")
        await admin.execute("select pg_reload_conf()")
        await admin.execute(f"drop role {clerk}")
        await admin.close()


@pytest.mark.parametrize("command", ["serve", "migrate", "transcribe"])
async def test_a_wrong_password(settings: dict[str, str], command: str, password_database: str) -> None:
    ended = await run(command, settings=settings | {"HOTLINE_STORE__URL": password_database})
    ended.refused("PostgreSQL", "password", "DATABASE_URL")


@pytest.mark.parametrize("command", ["serve", "migrate", "transcribe"])
async def test_a_database_that_is_away(settings: dict[str, str], command: str) -> None:
    url = f"postgresql://hotline:{SECRET}@127.0.0.1:1/hotline"
    (await run(command, settings=settings | {"HOTLINE_STORE__URL": url})).refused("PostgreSQL", "DATABASE_URL")


@pytest.mark.parametrize("command", ["serve", "migrate", "transcribe"])
async def test_a_database_that_is_not_there(settings: dict[str, str], command: str) -> None:
    url = settings["HOTLINE_STORE__URL"].replace("/t_", "/gone_")
    (await run(command, settings=settings | {"HOTLINE_STORE__URL": url})).refused("PostgreSQL", "createdb")


@pytest.mark.parametrize("command", ["serve", "migrate", "transcribe"])
async def test_a_url_that_is_none(settings: dict[str, str], command: str) -> None:
    ended = await run(command, settings=settings | {"HOTLINE_STORE__URL": f"mysql//hotline:{SECRET}@db"})
    ended.refused("DATABASE_URL")


@pytest.mark.parametrize("left", LEFT)
async def test_a_database_that_goes_while_the_server_begins(
    settings: dict[str, str], gate: SeveredPostgres, ami: AmiServer, left: int
) -> None:
    """Cut after so many bytes of its answers: the server stops in good order, or it serves and takes the database up
    again when it is back; from what is sent at the start (17,000 bytes until it serves, 51,000 until it owns the PBX)
    nothing is half done."""
    gate.left = left
    known = {"HOTLINE_AMI__PORT": str(ami.port), "HOTLINE_AMI__SECRET": ami.secret, "HOTLINE_REGISTRY__PROBES": "false"}
    async with serving(settings | known) as server:
        await gate.severed.wait()
        served = await server.ends_or_answers("/readyz", 503)
        await gate.mend()
        if served:
            await server.until("/readyz", 200, "ami:pbx1")
            assert await server.stop() == 0
    assert "Traceback" not in server.said
    if not served:
        Ended(await server.stop(), server.said).refused("PostgreSQL")


async def test_an_empty_database(settings: dict[str, str], postgres: str, database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("drop table alembic_version")
    await connection.close()
    (await run("serve", settings=settings)).refused("callcenter migrate")


@pytest.mark.parametrize("command", ["serve", "migrate"])
async def test_a_database_newer_than_the_program(settings: dict[str, str], database_url: str, command: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("update alembic_version set version_num = '9999_later'")
    await connection.close()
    (await run(command, settings=settings)).refused("9999_later")


BROKEN = "steps: [unclosed\n  - : {"


def copy_with(folder: Path, source: Path, name: str, text: str) -> Path:
    """A copy of a shipped folder with one file spoilt."""
    folder.mkdir()
    for file in source.glob("*.yaml"):
        (folder / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "source", "file"),
    [
        ("HOTLINE_FLOWS__FOLDER", IVR / "flows", "main.yaml"),
        ("HOTLINE_FLOWS__PROMPTS", IVR / "prompts", "prompts.yaml"),
        ("HOTLINE_FLOWS__HOTLINES", IVR, "hotlines.yaml"),
        ("HOTLINE_ORDERS__RULES", None, "town.yaml"),
        ("HOTLINE_ORDERS__CALENDAR_FILE", None, "calendar.yaml"),
    ],
)
@pytest.mark.parametrize(
    ("command", "text"),
    [("serve", BROKEN), ("check", "- 1\n- 2\n"), ("check", "\x00\x01")],
    ids=["serve", "list", "nul"],
)
async def test_yaml_that_is_wrong(
    settings: dict[str, str], tmp_path: Path, command: str, name: str, source: Path | None, file: str, text: str
) -> None:
    folder = tmp_path / "yaml"
    if source is not None:
        assert (source / file).is_file()
        copy_with(folder, source, file, text)
    else:
        folder.mkdir()
        (folder / file).write_text(text, encoding="utf-8")
    whole_folder = name in {"HOTLINE_FLOWS__FOLDER", "HOTLINE_ORDERS__RULES"}
    given = folder if whole_folder else folder / file
    (await run(command, settings=settings | {name: str(given)})).refused(file)


@pytest.mark.parametrize("command", ["serve", "migrate", "up"])
async def test_toml_that_is_wrong(settings: dict[str, str], tmp_path: Path, command: str) -> None:
    file = tmp_path / "hotline.toml"
    file.write_text(f'[ami]\nsecret = "{SECRET}\n', encoding="utf-8")
    ended = await run(command, settings=settings | {"HOTLINE_CONFIG": str(file), "HOTLINE_STATE": str(tmp_path / "up")})
    ended.refused("hotline.toml")
    (await run(command, settings={"HOTLINE_CONFIG": str(tmp_path / "none.toml")})).refused("HOTLINE_CONFIG")


@pytest.mark.parametrize(
    ("name", "toml"),
    [
        ("HOTLINE_WEB__PROT", '[web]\nprot = "{}"'),
        ("HOTLINE_WBE__PORT", '[wbe]\nport = "{}"'),
        ("HOTLINE_CTIY", 'ctiy = "{}"'),
    ],
)
async def test_a_setting_that_nobody_knows(settings: dict[str, str], tmp_path: Path, name: str, toml: str) -> None:
    unknown = name.removeprefix("HOTLINE_").lower().replace("__", ".")
    (await run("serve", settings=settings | {name: SECRET})).refused(unknown, "docs/settings.md")
    file = tmp_path / "hotline.toml"
    file.write_text(toml.format(SECRET), encoding="utf-8")
    (await run("up", settings=settings | {"HOTLINE_CONFIG": str(file)})).refused(unknown, "docs/settings.md")


async def test_a_value_that_does_not_fit(settings: dict[str, str]) -> None:
    (await run("serve", settings=settings | {"HOTLINE_WEB__PORT": SECRET})).refused("web.port")
    (await run("check", settings=settings | {"HOTLINE_CITY": "Asia/Shangri-La"})).refused("city")
    (await run("serve", settings=settings | {"HOTLINE_CITY": "Asia/Shangri-La"})).refused("city")


async def test_no_voice_for_a_new_prompt(settings: dict[str, str], tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("setpriv", "sh"):
        (tools / name).symlink_to(f"/usr/bin/{name}")
    bare = {"PATH": str(tools), "HOTLINE_FLOWS__PROMPT_CACHE": str(tmp_path / "empty-cache")}
    (await run("serve", settings=settings | bare)).refused("espeak-ng", "apt-get install espeak-ng")
    (await run("prompts", str(tmp_path / "sounds"), settings=settings | bare)).refused("espeak-ng")


@pytest.mark.parametrize("there", [True, False])
async def test_a_model_that_is_broken(settings: dict[str, str], tmp_path: Path, there: bool) -> None:
    """The transcriber says what is wrong and waits: a model may be installed while it runs."""
    model = tmp_path / "the-model"
    if there:
        (model / "am").mkdir(parents=True)
        (model / "am" / "final.mdl").write_bytes(b"\x00" * 100)
    async with running("transcribe", settings | {"HOTLINE_SPEECH__MODEL_PATH": str(model)}) as worker:
        await worker.says("speech_model_awaited", "the-model")
        assert await worker.stop() == 0
    assert "Traceback" not in worker.said


async def test_a_wrong_secret_for_asterisk(settings: dict[str, str], asterisk: AsteriskHost) -> None:
    """The web goes on, /readyz names the remedy, and Asterisk is not asked again and again."""
    async with open_severed_tcp(asterisk.plan.ami_port) as gate:
        async with serving(settings | {"HOTLINE_AMI__PORT": str(gate.port)}) as server:
            body = await server.until("/readyz", 503, "ami:pbx1", "manager.conf")
            assert SECRET not in body
            assert (await server.get("/healthz"))[0] == 200
            assert (await server.get("/api/openapi.json"))[0] == 200
            await asyncio.sleep(3)  # time in which it could try again
            assert gate.accepted == 1
            assert await server.stop() == 0
        assert "pbx-login-refused" in server.said
        assert SECRET not in server.said
        assert "Traceback" not in server.said


async def test_no_asterisk(settings: dict[str, str]) -> None:
    async with serving(settings) as server:
        body = await server.until("/readyz", 503, "start Asterisk")
        assert "database" in body
        assert (await server.get("/healthz"))[0] == 200
        assert await server.stop() == 0
    assert server.said.count("ami_link_down") == 1  # each new problem once, not each try
    assert "Traceback" not in server.said
