"""What a citizen is called and under which number is kept sealed; numbers are found again by a keyed hash.

Sealing is Fernet (AES-CBC with HMAC-SHA256) under the newest of several keys, searching is HMAC-SHA256 under keys of
its own, both from `cryptography`. A sealed text begins with `~<key id>~`, so that SQL finds what an older key sealed,
or none. Equal texts are sealed to different ones: only the keyed hash can be compared. While numbers are keyed anew
(`people.sealing`), a row stands under the newest key or the one before: look-ups ask for both, writers use the newest.
"""

from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from callcenter.core.errors import Misconfigured
from callcenter.people.keys import RESTORE, Keys

_SIGN: Final = "~"
SEALED_LIKE: Final = "~%~gAAAA%"
"""SQL LIKE pattern of everything sealed: Fernet tokens begin with the version byte 0x80."""


class Vault:
    """Small and without state: one for the whole house."""

    def __init__(self, keys: Keys) -> None:
        self._fernet = MultiFernet([Fernet(one.key) for one in keys.sealing])
        self._search = tuple(one.key for one in keys.search)
        self._chain = {one.id: one.key for one in keys.chain}
        self.search_id: Final = keys.search[0].id
        self.chain_ids: Final = tuple(self._chain)
        """The newest first."""
        self.mark: Final = f"{_SIGN}{keys.sealing[0].id}{_SIGN}"
        """How everything begins that the newest key sealed."""

    def seal(self, text: str) -> str:
        """'' stays '': that there is no name or number is no secret."""
        return f"{self.mark}{self._fernet.encrypt(text.encode()).decode()}" if text else ""

    def open(self, sealed: str) -> str:
        """A text that was stored before there were keys comes back as it is, until its batch has sealed it
        (`people.sealing`). Raises Misconfigured when none of the keys fits."""
        token = _token(sealed)
        if token is None:
            return sealed
        try:
            return self._fernet.decrypt(token).decode()
        except InvalidToken:
            raise Misconfigured(cause="a sealed text was sealed with a key that is missing", remedy=RESTORE) from None

    def current(self, stored: str) -> bool:
        """Whether nothing is left to do about a stored text."""
        return not stored or stored.startswith(self.mark)

    def key(self, text: str) -> bytes:
        """32 bytes, the same for equal texts; b'' for ''. Numbers go in as `Number.key`."""
        return _mac(self._search[0], text.encode()) if text else b""

    def keys(self, text: str) -> list[bytes]:
        """Everything that `text` may stand under, the newest first: for `= any(...)` in look-ups. Empty for ''."""
        return [_mac(key, text.encode()) for key in self._search] if text else []

    def key_text(self, text: str) -> str:
        """`key` as PostgreSQL reads it from JSON or text into a bytea column."""
        return f"\\x{self.key(text).hex()}"

    def link(self, before: bytes, row: bytes, key_id: str | None = None) -> bytes:
        """The next digest of the audit chain: of the digest before it and the row's canonical form, under the newest
        key unless told otherwise. Raises KeyError for a key that is not known."""
        return _mac(self._chain[self.chain_ids[0] if key_id is None else key_id], before + row)


def _token(sealed: str) -> str | None:
    if not sealed.startswith(_SIGN):
        return None
    _, _, token = sealed[1:].partition(_SIGN)
    return token if token.startswith("gAAAA") else None


def _mac(key: bytes, text: bytes) -> bytes:
    mac = HMAC(key, SHA256())
    mac.update(text)
    return mac.finalize()
