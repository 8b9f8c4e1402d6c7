"""Ports that are free on the loopback interface at this moment.

They lie below those that the kernel gives to outgoing connections, each worker of a parallel run has a share of its
own, and none is given out twice: what a test has not yet bound, nobody else takes.
"""

import itertools
import os
import secrets
import socket
from typing import Final

PORTS: Final = range(30_500, 32_768)
WORKERS: Final = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
WORKER: Final = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
SHARE: Final = PORTS[WORKER::WORKERS]

_turns: Final = itertools.count(secrets.randbelow(len(SHARE)))


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    for turn in itertools.islice(_turns, len(SHARE)):
        port = SHARE[turn % len(SHARE)]
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"none of the ports {SHARE} is free")


def free_udp() -> int:
    return free_port(socket.SOCK_DGRAM)


def rtp_range(size: int = 400) -> tuple[int, int]:
    """First and last port of a range below all of the above; Asterisk itself steps over single taken ones."""
    first = 11_000 + 2 * secrets.randbelow(9_500)
    return first, first + size
