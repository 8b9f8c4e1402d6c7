"""The file of the house's keys: made once, readable by the server alone, never shown and never logged.

Three separate kinds, the newest of each first: `sealing` (Fernet; older ones still open what they sealed), `search`
(keyed hash of numbers; older ones find what is not keyed anew yet) and `chain` (keyed hash of the audit trail; older
ones verify what they chained, for ever). Losing the file loses every sealed name and number.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

from cryptography.fernet import Fernet

from callcenter.core.errors import Misconfigured

BYTES: Final = 32
MAKE: Final = "make one with: callcenter keys new (and keep a copy at a safe place)"
RESTORE: Final = "restore the file from its copy; sealed names and numbers cannot be read without it"
Kind = Literal["sealing", "search", "chain"]


@dataclass(frozen=True, slots=True)
class SealingKey:
    """`id` stands before what the key sealed; it tells nothing of the key."""

    id: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HashKey:
    """`id` is '' for the key of a file from before these keys could be rotated."""

    id: str
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    sealing: tuple[SealingKey, ...]
    search: tuple[HashKey, ...]
    chain: tuple[HashKey, ...]

    def rotated(self, kind: Kind = "sealing") -> "Keys":
        """A new key before the others of its kind."""
        match kind:
            case "sealing":
                return replace(self, sealing=(_sealing_key(), *self.sealing))
            case "search":
                return replace(self, search=(_hash_key(), *self.search))
            case "chain":
                return replace(self, chain=(_hash_key(), *self.chain))

    def retired(self) -> "Keys":
        """Only the newest of those that seal and search; the chain is verified with all of its own."""
        return replace(self, sealing=self.sealing[:1], search=self.search[:1])


def _sealing_key() -> SealingKey:
    return SealingKey(secrets.token_hex(4), Fernet.generate_key().decode())


def _hash_key() -> HashKey:
    return HashKey(secrets.token_hex(4), secrets.token_bytes(BYTES))


def fresh_keys() -> Keys:
    return Keys(sealing=(_sealing_key(),), search=(_hash_key(),), chain=(_hash_key(),))


def write_keys(file: Path, keys: Keys) -> None:
    """Whole or not at all, mode 0600 from its first byte. Raises Misconfigured."""
    written = {
        "sealing": [{"id": one.id, "key": one.key} for one in keys.sealing],
        "search": _written(keys.search),
        "chain": _written(keys.chain),
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


def _written(keys: tuple[HashKey, ...]) -> list[dict[str, str]]:
    return [{"id": one.id, "key": base64.b64encode(one.key).decode()} for one in keys]


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
    search, chain = (_hash_keys(written[name]) for name in ("search", "chain"))
    if not sealing:
        raise ValueError
    return Keys(sealing=sealing, search=search, chain=chain)


def _hash_keys(written: Any) -> tuple[HashKey, ...]:
    """Files of the first version hold one key of each kind, without a name."""
    named = [{"id": "", "key": written}] if isinstance(written, str) else written
    keys = tuple(HashKey(str(one["id"]), base64.b64decode(one["key"], validate=True)) for one in named)
    if not keys or any(len(one.key) != BYTES for one in keys):
        raise ValueError
    return keys
