"""Ports that are free on the loopback interface at this moment."""

import secrets
import socket


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_udp() -> int:
    return free_port(socket.SOCK_DGRAM)


def rtp_range(size: int = 400) -> tuple[int, int]:
    """First and last port of a range below the ephemeral ports; Asterisk itself steps over single taken ones."""
    first = 11_000 + 2 * secrets.randbelow(9_500)
    return first, first + size
