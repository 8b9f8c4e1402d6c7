"""Our own ids, worked out from Asterisk's: whoever reads the same fact, however often, gets the same id. That makes
every writer of the ledger (link, file, spool, another instance) idempotent without asking the database."""

from functools import lru_cache
from hashlib import blake2b
from typing import Final
from uuid import UUID

import orjson

from callcenter.calls.wire import body_of
from callcenter.core.ids import CallId, LegId
from callcenter.pbx.facts import PbxFact

OURS: Final = "hl-"
"""How the Uniqueids begin that the house gives to what it dials."""


@lru_cache(maxsize=1024)
def call_id_of(pbx: str, linked: LegId) -> CallId:
    """RFC 9562 version 8: the call's first millisecond, then a hash, so that index inserts stay local."""
    digest = blake2b(f"{pbx}\0{linked}".encode(), digest_size=10).digest()
    whole = (_milliseconds(linked) << 80) | int.from_bytes(digest)
    whole = (whole & ~(0xF << 76)) | (8 << 76)
    whole = (whole & ~(0b11 << 62)) | (0b10 << 62)
    return CallId(UUID(int=whole))


def _milliseconds(linked: LegId) -> int:
    """Uniqueids are `[name-]epoch.number`; the ones we give to Originate are `hl-<UUIDv7>`."""
    epoch = linked.rpartition("-")[2].partition(".")[0]
    if linked.startswith(OURS):
        hexadecimal = linked[len(OURS) :].replace("-", "")[:12]
        return int(hexadecimal, 16) if _is_hex(hexadecimal) else 0
    return int(epoch) * 1000 & (2**48 - 1) if epoch.isascii() and epoch.isdigit() else 0


def _is_hex(text: str) -> bool:
    return bool(text) and all(c in "0123456789abcdefABCDEF" for c in text)


def fingerprint(fact: PbxFact) -> UUID:
    """Equal for equal facts: a fact heard twice is one fact."""
    whole = orjson.dumps([type(fact).__name__, fact.pbx, fact.at, body_of(fact)])
    return UUID(bytes=blake2b(whole, digest_size=16).digest())
