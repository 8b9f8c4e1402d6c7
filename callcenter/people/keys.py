"""The file of the house's keys: made once, readable by the server alone, never shown and never logged.

Three separate keys: `sealing` (Fernet, the newest first; older ones still open what they sealed), `search` (keyed hash
of numbers) and `chain` (keyed hash of the audit trail). Losing the file loses every sealed name and number.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from cryptography.fernet import Fernet

from callcenter.core.errors import Misconfigured

BYTES: Final = 32
MAKE: Final = "make one with: callcenter keys new (and keep a copy at a safe place)"
RESTORE: Final = "restore the file from its copy; sealed names and numbers cannot be read without it"


@dataclass(frozen=True, slots=True)
class SealingKey:
    """`id` stands before what the key sealed; it tells nothing of the key."""

    id: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    sealing: tuple[SealingKey, ...]
    search: bytes = field(repr=False)
    chain: bytes = field(repr=False)

    def rotated(self) -> "Keys":
        """A new sealing key before the others."""
        return replace(self, sealing=(_sealing_key(), *self.sealing))

    def retired(self) -> "Keys":
        """Only the newest sealing key."""
        return replace(self, sealing=self.sealing[:1])


def _sealing_key() -> SealingKey:
    return SealingKey(secrets.token_hex(4), Fernet.generate_key().decode())


def fresh_keys() -> Keys:
    return Keys(sealing=(_sealing_key(),), search=secrets.token_bytes(BYTES), chain=secrets.token_bytes(BYTES))


def write_keys(file: Path, keys: Keys) -> None:
    """Whole or not at all, mode 0600 from its first byte. Raises Misconfigured."""
    written = {
        "sealing": [{"id": one.id, "key": one.key} for one in keys.sealing],
        "search": base64.b64encode(keys.search).decode(),
        "chain": base64.b64encode(keys.chain).decode(),
    }
    part = file.with_name(file.name + ".part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600, exist_ok=False)
        part.write_text(json.dumps(written, indent=1), encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise Misconfigured(
            cause=f"the keys cannot be written to {file} ({error.strerror})",
            remedy="choose a folder that can be written",
        ) from error


def new_keys(file: Path) -> Keys:
    """Raises Misconfigured where a file is already: its keys would be lost."""
    if file.exists():
        raise Misconfigured(cause=f"{file} is there already", remedy="keep it, or rotate with: callcenter keys rotate")
    keys = fresh_keys()
    write_keys(file, keys)
    return keys


def have_keys(file: Path) -> Path:
    """For a house on one machine: makes the keys at its first start. Raises Misconfigured."""
    if not file.exists():
        new_keys(file)
    return file


def read_keys(file: Path | None) -> Keys:
    """Raises Misconfigured, naming cause and remedy and nothing of the keys."""
    if file is None:
        raise Misconfigured(cause="no file of keys is set (privacy.keys_file)", remedy=MAKE)
    try:
        mode = file.stat().st_mode
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise Misconfigured(cause=f"the file of keys {file} is not there", remedy=f"{MAKE}; or {RESTORE}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(
            cause=f"the file of keys {file} cannot be read ({type(error).__name__})",
            remedy="let the server's user own it: chown and chmod 600",
        ) from error
    if mode & 0o077:
        raise Misconfigured(cause=f"the file of keys {file} may be read by others", remedy=f"chmod 600 {file}")
    try:
        return _keys_of(json.loads(text))
    except (ValueError, KeyError, TypeError):
        raise Misconfigured(cause=f"the file of keys {file} is damaged", remedy=RESTORE) from None


def _keys_of(written: Mapping[str, Any]) -> Keys:
    sealing = tuple(SealingKey(str(one["id"]), str(one["key"])) for one in written["sealing"])
    for one in sealing:
        Fernet(one.key)
    search, chain = (base64.b64decode(written[name], validate=True) for name in ("search", "chain"))
    if not sealing or len(search) != BYTES or len(chain) != BYTES:
        raise ValueError
    return Keys(sealing=sealing, search=search, chain=chain)
