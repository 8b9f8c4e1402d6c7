"""FastAGI's words: the environment that opens a session, commands and replies. Pure (docs.asterisk.org, AGI)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from callcenter.core.errors import Invalid

LONGEST_COMMAND: Final = 2000
"""Asterisk cuts a command at its 2 KB buffer without a word (asterisk/asterisk 1317)."""
_REPLY: Final = re.compile(r"(\d{3})(?: result=(\S*))?(?: ?\((.*)\))?(?: endpos=(\d+))?(.*)")
_BARE: Final = re.compile(r"[A-Za-z0-9_./#*-]+")


class AgiRefused(Invalid):
    code = "agi-refused"
    zh = "语音平台拒绝了命令：{reason}"
    en = "Asterisk refused a dialogue command: {reason}"


@dataclass(frozen=True, slots=True)
class AgiReply:
    """`result` is -1 when the channel is gone or the command failed; `data` is what stood in brackets."""

    status: int
    result: str
    data: str
    endpos: int | None


@dataclass(frozen=True, slots=True)
class AgiRequest:
    """What Asterisk said about the channel; `args` are the query part of `agi://host/script?name=value`."""

    script: str
    args: Mapping[str, str]
    channel: str
    uniqueid: str
    caller: str
    language: str


def read_request(variables: Mapping[str, str]) -> AgiRequest:
    """Raises Invalid when the opening does not name a channel and a script."""
    target = variables.get("agi_network_script") or urlsplit(variables.get("agi_request", "")).path.lstrip("/")
    channel, uniqueid = variables.get("agi_channel", ""), variables.get("agi_uniqueid", "")
    if not (target and channel and uniqueid):
        raise Invalid(reason="the AGI opening names no channel")
    parts = urlsplit(target)
    caller = variables.get("agi_callerid", "")
    return AgiRequest(
        script=parts.path.strip("/"),
        args=dict(parse_qsl(parts.query, keep_blank_values=True)),
        channel=channel,
        uniqueid=uniqueid,
        caller="" if caller == "unknown" else caller,
        language=variables.get("agi_language", ""),
    )


def command(*words: str) -> bytes:
    """One command line; every word that is not plain is quoted. Raises Invalid for line breaks and over-long lines."""
    if any(bad in word for word in words for bad in "\r\n\0"):
        raise Invalid(reason="a line break inside an AGI command")
    line = " ".join(word if _BARE.fullmatch(word) else quoted(word) for word in words).encode() + b"\n"
    if len(line) > LONGEST_COMMAND:
        raise Invalid(reason=f"an AGI command longer than {LONGEST_COMMAND} bytes")
    return line


def quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def read_reply(line: str) -> AgiReply:
    """Raises Invalid when it is no reply. `200 result=1 (speech) endpos=1234` is the fullest form."""
    match = _REPLY.fullmatch(line)
    if match is None:
        raise Invalid(reason="not an AGI reply")
    endpos = int(match[4]) if match[4] else None
    return AgiReply(status=int(match[1]), result=match[2] or "", data=match[3] or match[5].strip(), endpos=endpos)
