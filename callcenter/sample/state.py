"""What a local installation remembers between two starts: ports that were free, and secrets made once."""

import json
import secrets
import socket
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from callcenter.core.errors import Misconfigured

DEFAULT_PORTS: Final = {"web": 8080, "sip": 5060, "ami": 5038, "agi": 4573, "citizens": 5090, "agents": 5080}
RTP_FIRST: Final = 20000
RTP_PORTS: Final = 400


@dataclass(slots=True)
class LocalState:
    """`ports` by part; `passwords` by sample user; the two secrets are never shown."""

    ports: dict[str, int]
    ami_secret: str = field(repr=False)
    sip_secrets: dict[str, str] = field(repr=False, default_factory=dict)
    passwords: dict[str, str] = field(repr=False, default_factory=dict)

    def password_of(self, username: str) -> str:
        """Made on first asking; sixteen characters, which the password policy accepts."""
        return self.passwords.setdefault(username, secrets.token_urlsafe(12))

    def sip_secret_of(self, extension: str) -> str:
        return self.sip_secrets.setdefault(extension, secrets.token_urlsafe(18))


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def _any_free() -> int:
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if _is_free(port):
            return port


def open_state(folder: Path, *, web_port: int | None = None) -> LocalState:
    """Reads or makes `state.json` in `folder` (mode 0600). Inner ports that are taken give way to free ones; the
    web port is a promise to people, so a taken one is Misconfigured."""
    file = folder / "state.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    except (OSError, ValueError) as error:
        raise Misconfigured(
            cause=f"{file} cannot be read ({error})", remedy="delete it, or name another folder with --state"
        ) from error
    wanted = DEFAULT_PORTS | known.get("ports", {})
    if web_port is not None:
        wanted["web"] = web_port
    if not _is_free(wanted["web"]):
        raise Misconfigured(
            cause=f"port {wanted['web']} is taken by another program", remedy="free it, or choose one with --port"
        )
    ports = {"web": wanted.pop("web")}
    for part, port in wanted.items():
        ports[part] = port if _is_free(port) and port not in ports.values() else _any_free()
    return LocalState(
        ports=ports,
        ami_secret=known.get("ami_secret") or secrets.token_urlsafe(24),
        sip_secrets=known.get("sip_secrets", {}),
        passwords=known.get("passwords", {}),
    )


def save_state(folder: Path, state: LocalState) -> None:
    file = folder / "state.json"
    fresh = file.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(asdict(state), indent=1), encoding="utf-8")
    fresh.rename(file)
