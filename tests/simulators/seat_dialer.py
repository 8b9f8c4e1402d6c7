"""A seat's telephone on which somebody dials by hand: one INVITE with digest authentication (RFC 3261, RFC 7616)."""

import asyncio
import hashlib
import re
import secrets
import socket

from callcenter.sample.sipp import Exchange


async def dial_from_seat(exchange: Exchange, extension: str, secret: str, number: str) -> int:
    """The final status of the exchange's answer. Raises TimeoutError."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        line.setblocking(False)
        port = line.getsockname()[1]
        call, uri = secrets.token_hex(8), f"sip:{number}@{exchange.host}:{exchange.port}"

        async def ask(sequence: int, *more: str) -> str:
            head = (
                f"INVITE {uri} SIP/2.0",
                f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{call}{sequence}",
                f"From: <sip:{extension}@{exchange.host}>;tag=seat",
                f"To: <{uri}>",
                f"Call-ID: {call}",
                f"CSeq: {sequence} INVITE",
                f"Contact: <sip:{extension}@127.0.0.1:{port}>",
                "Max-Forwards: 70",
                *more,
                "Content-Length: 0",
            )
            line.sendto("\r\n".join((*head, "", "")).encode(), (exchange.host, exchange.port))
            while True:
                answer = (await loop.sock_recv(line, 4096)).decode()
                if f"CSeq: {sequence} " in answer and not answer.startswith("SIP/2.0 1"):
                    return answer

        async with asyncio.timeout(5):
            challenge = await ask(1)
            realm, nonce = (_part(challenge, name) for name in ("realm", "nonce"))
            ours = _md5(f"{extension}:{realm}:{secret}")
            proof = _md5(f"{ours}:{nonce}:00000001:seat:auth:{_md5(f'INVITE:{uri}')}")
            final = await ask(
                2,
                f'Authorization: Digest username="{extension}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
                f'response="{proof}", algorithm=MD5, qop=auth, nc=00000001, cnonce="seat"',
            )
    return int(final.split(" ", 2)[1])


def _part(challenge: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', challenge)
    assert found, challenge.splitlines()[0]
    return found[1]


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
