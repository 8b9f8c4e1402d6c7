"""panoramisk's AMI session with its faults removed (D4): bytes are framed before they are decoded, nothing is sent
again, no foreign code runs while reading, every answer is matched by rules that hold for Asterisk 22."""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.message import Message

from callcenter.pbx.decode import event_name
from callcenter.pbx.errors import ActionRefused, OutcomeUnknown, UnsafeField
from callcenter.pbx.frames import FrameBuffer, NotAmi
from callcenter.pbx.words import Fields, fields_of

log = structlog.get_logger(__name__)

LONGEST_LINE: Final = 1023
"""Asterisk reads a manager line into 1025 bytes and discards what is longer (main/manager.c)."""
MOST_LINES: Final = 120
"""Asterisk keeps 128 headers of an action."""
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_ACTION_ID: Final = b"\r\nActionID: "

Values = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Reply:
    """`fields` of the response; `events` of a list, without the closing one; `output` of a CLI command."""

    fields: Fields
    events: tuple[Fields, ...]
    output: tuple[str, ...]


class Asked(Action):  # type: ignore[misc]  # panoramisk ships no types
    """One action on its way. It is over with its response, or with the end of the list the response announces."""

    def __init__(self, name: str, fields: Values) -> None:
        for key, value in (("Action", name), *fields.items()):
            for line in (value,) if isinstance(value, str) else value:
                refuse_unsafe(key, line)
        if sum(1 if isinstance(v, str) else len(v) for v in fields.values()) > MOST_LINES:
            raise UnsafeField(name, f"more than {MOST_LINES} lines")
        super().__init__({"Action": name, **{k: v if isinstance(v, str) else list(v) for k, v in fields.items()}})
        self.name = name
        self.response: Message | None = None
        self.events: list[Fields] = []

    @property
    def listing(self) -> bool:
        return self.response is not None

    def answer(self, response: Message) -> bool:
        """True when nothing more is to come."""
        if not response.success:
            self._end(ActionRefused(self.name, str(response.get("Message", ""))))
            return True
        self.response = response
        if str(response.get("EventList", "")).lower() == "start":
            return False
        self._end()
        return True

    def add(self, event: Fields) -> bool:
        """True when the list is complete."""
        if event.get("EventList", "").lower() not in {"complete", "cancelled"}:
            self.events.append(event)
            return False
        self._end()
        return True

    def lose(self) -> None:
        self._end(OutcomeUnknown(self.name))

    def _end(self, error: Exception | None = None) -> None:
        if self.future.done():
            return
        if error is not None:
            self.future.set_exception(error)
            return
        headers = dict(self.response.items()) if self.response is not None else {}
        output = headers.pop("Output", [])
        lines = tuple(output) if isinstance(output, list) else (output,)
        fields = {k: v if isinstance(v, str) else v[-1] for k, v in headers.items()}
        self.future.set_result(Reply(fields, tuple(self.events), lines))


def refuse_unsafe(name: str, value: str) -> None:
    """Raises UnsafeField: a line end in a value would be a second action, and AMI has no quoting."""
    if not _NAME.fullmatch(name):
        raise UnsafeField("name", "not a header name")
    if any(c in value for c in "\r\n\0"):
        raise UnsafeField(name, "a line end or NUL")
    if len(f"{name}: {value}".encode()) > LONGEST_LINE:
        raise UnsafeField(name, f"longer than {LONGEST_LINE} bytes")


class AmiProtocol(AMIProtocol):  # type: ignore[misc]  # panoramisk ships no types
    """One connection. `hear(name, frame, at)` must only store: it gets every event that is not part of a list asked
    for. `lost` ends with the reason; `heard_at` is when the last bytes came."""

    transport: asyncio.Transport
    responses: dict[str, Asked]

    def __init__(self, hear: Callable[[bytes, bytes, datetime], None], now: Callable[[], datetime]) -> None:
        self._hear = hear
        self._now = now
        self._frames = FrameBuffer()
        self.lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.heard_at = now()

    def send(self, data: Asked, as_list: object = None) -> "asyncio.Future[Reply]":
        """Writes the action once; its future ends with a Reply, ActionRefused or OutcomeUnknown."""
        self.responses[data.id] = data
        self.transport.write(str(data).encode())
        future: asyncio.Future[Reply] = data.future
        return future

    def forget(self, asked: Asked) -> None:
        """Nobody waits any longer: a late answer is of no interest, its events go to the inbox."""
        self.responses.pop(asked.id, None)

    def data_received(self, data: bytes) -> None:
        self.heard_at = self._now()
        try:
            frames = self._frames.feed(data)
        except NotAmi as error:
            self.drop(f"not a manager interface: {error}")
            return
        for frame in frames:
            self._take(frame)

    def _take(self, frame: bytes) -> None:
        name = event_name(frame)
        if name is None:
            self._answer(frame)
            return
        asked = self._asked_by(frame) if self.responses else None
        if asked is None or not asked.listing:
            self._hear(name, frame, self.heard_at)
        elif asked.add(fields_of(frame.decode("utf-8", "replace"))):
            self.forget(asked)

    def _answer(self, frame: bytes) -> None:
        message = Message.from_line(frame.decode("utf-8", "replace"))
        asked = self.responses.get(message.action_id) if message is not None else None
        if asked is None:
            log.debug("ami_answer_unasked")
        elif asked.answer(message):
            self.forget(asked)

    def _asked_by(self, frame: bytes) -> Asked | None:
        begin = frame.find(_ACTION_ID)
        if begin < 0:
            return None
        begin += len(_ACTION_ID)
        end = frame.find(b"\r\n", begin)
        found: Asked | None = self.responses.get(frame[begin : end if end > 0 else None].decode("utf-8", "replace"))
        return found

    def connection_lost(self, exc: Any) -> None:
        """Nothing is kept to be sent again: whoever waits learns that the outcome is unknown."""
        self._end("connection closed" if exc is None else f"connection broken: {type(exc).__name__}")

    def drop(self, reason: str) -> None:
        """At once: a half-open connection would never drain."""
        self._end(reason)
        self.transport.abort()

    def close(self) -> None:
        self.drop("closed")

    def _end(self, reason: str) -> None:
        if not self.lost.done():
            self.lost.set_result(reason)
        pending, self.responses = self.responses, {}
        for asked in pending.values():
            asked.lose()
