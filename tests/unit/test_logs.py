"""Log lines: one JSON object each, ids as fields, nothing of a citizen and no secret."""

import io
import json
import logging
from collections.abc import Iterator
from uuid import UUID

import pytest
import structlog

from callcenter.core.ids import CallId
from callcenter.logs import HIDDEN, LogsConfig, set_up_logs

CALL = CallId(UUID(int=12345))


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    set_up_logs(LogsConfig(), stream)
    yield stream
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(False)
    structlog.reset_defaults()


def last(stream: io.StringIO) -> dict[str, object]:
    line: dict[str, object] = json.loads(stream.getvalue().splitlines()[-1])
    return line


def test_an_event_with_its_ids(lines: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(call=str(CALL), order=str(UUID(int=7))):
        structlog.get_logger("callcenter.media").info("recording_sealed", seconds=3.5)
    line = last(lines)
    assert line.pop("at")
    assert line == {
        "event": "recording_sealed",
        "logger": "callcenter.media",
        "level": "info",
        "call": str(CALL),
        "order": str(UUID(int=7)),
        "seconds": 3.5,
    }


def test_ids_end_with_their_block(lines: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(call=str(CALL)):
        pass
    structlog.get_logger("x").info("later")
    assert "call" not in last(lines)


@pytest.mark.parametrize("key", ["password", "caller_number", "address", "authorization", "transcript"])
def test_known_keys_lose_their_value(lines: io.StringIO, key: str) -> None:
    structlog.get_logger("x").info("said", **{key: "下阳镇3号"}, nested={key: ["下阳镇3号"]})
    assert "下阳镇" not in lines.getvalue()
    assert last(lines)[key] == HIDDEN


def test_passwords_in_urls_and_mobile_numbers_go_from_any_text(lines: io.StringIO) -> None:
    structlog.get_logger("x").warning("failed", reason="postgresql://hotline:s3cret@db/hotline 13912345678 away")
    assert last(lines)["reason"] == f"postgresql://hotline:***@db/hotline {HIDDEN} away"


def test_ids_are_not_taken_for_numbers(lines: io.StringIO) -> None:
    structlog.get_logger("x").info("seen", leg="1732224000.13912345678", key="0192f3e4-13912345678a")
    assert last(lines)["leg"] == "1732224000.13912345678"
    assert last(lines)["key"] == "0192f3e4-13912345678a"


def test_a_traceback_is_one_field_and_is_cleaned(lines: io.StringIO) -> None:
    def connect() -> None:
        raise ConnectionError("cannot reach postgresql://hotline:s3cret@db/hotline")

    try:
        connect()
    except ConnectionError:
        structlog.get_logger("x").exception("database_away")
    assert "ConnectionError" in str(last(lines)["exception"])
    assert "s3cret" not in lines.getvalue()
    assert len(lines.getvalue().splitlines()) == 1


def test_the_standard_library_leaves_by_the_same_door(lines: io.StringIO) -> None:
    logging.getLogger("aiohttp.server").error("Error handling %s", "13912345678", extra={"password": "s3cret"})
    line = last(lines)
    assert (line["event"], line["level"], line["password"]) == (f"Error handling {HIDDEN}", "error", HIDDEN)


def test_libraries_that_log_messages_are_quiet(lines: io.StringIO) -> None:
    logging.getLogger("panoramisk.manager").info("Event: Newchannel CallerIDNum: 13912345678")
    logging.getLogger("aiohttp.access").info("GET /orders?number=13912345678")
    assert lines.getvalue() == ""


def test_the_level_drops_lines(lines: io.StringIO) -> None:
    set_up_logs(LogsConfig(level="error"), lines)
    structlog.get_logger("x").warning("not_this")
    structlog.get_logger("x").error("this")
    assert [json.loads(line)["event"] for line in lines.getvalue().splitlines()] == ["this"]


def test_the_console_form_is_for_people(lines: io.StringIO) -> None:
    set_up_logs(LogsConfig(form="console"), lines)
    structlog.get_logger("x").info("started", password="s3cret")
    assert "started" in lines.getvalue()
    assert "s3cret" not in lines.getvalue()


def test_a_librarys_warning_names_its_cause_in_one_line(lines: io.StringIO) -> None:
    error = ConnectionRefusedError("postgresql://clerk:hunter2@db")
    logging.getLogger("asyncpg.pool").warning("retrying", exc_info=error)
    line = last(lines)
    assert (line["event"], line["cause"]) == ("retrying", "ConnectionRefusedError")
    assert "hunter2" not in str(line)
    assert "exception" not in line


@pytest.mark.parametrize(
    ("error", "level", "traced"),
    [(ConnectionResetError(), "warning", False), (ZeroDivisionError(), "error", True)],
)
def test_a_library_that_is_begun_again_warns_of_a_database_that_is_away(
    lines: io.StringIO, error: Exception, level: str, traced: bool
) -> None:
    try:
        raise error
    except type(error):
        logging.getLogger("pgqueuer").exception("Manager failed during shutdown")
    line = last(lines)
    assert line["level"] == level
    assert ("exception" in line) is traced
    assert line.get("cause", "") == ("" if traced else "ConnectionResetError")
