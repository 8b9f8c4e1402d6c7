"""Pictures of public orders for everybody (Open311 media_url, B-46): by a link that cannot be guessed and that ends.

What may be seen is asked again whenever a link is followed: withdrawn, made confidential or found infected, it is gone.
Drawn anew for the public (`files.showing`); the original, with its hash, stays evidence.
"""

import asyncio
import base64
import binascii
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from callcenter.channels.geo_report import Unfit
from callcenter.core.clock import Clock
from callcenter.files.config import FilesConfig
from callcenter.files.shelf import Shelf
from callcenter.files.showing import SHOWABLE, NotDrawable, drawn_anew
from callcenter.people.vault import Vault
from callcenter.store.pool import Pool
from callcenter.store.queries import load

SQL: Final[Any] = load("open311")
LASTS: Final = timedelta(days=7)
"""A link lives until the end of the seventh day (UTC): the same for everybody who asks on one day, so that it is kept
by caches."""
_DAY: Final = timedelta(days=1)
_BEGAN: Final = datetime(2020, 1, 1, tzinfo=UTC)
_MAC: Final = 16
_AT_ONCE: Final = 2
"""Pictures drawn at the same time by this process: each may hold some hundred megabytes of pixels."""
GONE: Final = "the picture is not public (any more), or the link has ended: ask for the request again"


class PublicPictures:
    def __init__(self, pool: Pool, clock: Clock, vault: Vault, config: FilesConfig) -> None:
        self._pool = pool
        self._clock = clock
        self._vault = vault
        self._side = config.public_side
        self._shelf = Shelf(config.folder)
        self._drawing = asyncio.Semaphore(_AT_ONCE)

    def link(self, picture: UUID) -> str:
        """The last part of its address."""
        ends = ((self._clock.now() + LASTS - _BEGAN) // _DAY + 1).to_bytes(4, "big")
        token = picture.bytes + ends + self._signed(picture.bytes + ends)
        return base64.urlsafe_b64encode(token).decode().rstrip("=")

    async def shown(self, link: str) -> bytes:
        """JPEG. Raises Unfit."""
        row = await SQL.public_picture(self._pool, id=self._named(link), showable=sorted(SHOWABLE))
        if row is None:
            raise Unfit(404, GONE)
        try:
            async with self._drawing:
                return await asyncio.to_thread(drawn_anew, self._shelf.place(row["sha256"]), self._side)
        except (NotDrawable, FileNotFoundError):
            raise Unfit(404, GONE) from None

    def _named(self, link: str) -> UUID:
        """Raises Unfit."""
        try:
            token = base64.b64decode(link + "=" * (-len(link) % 4), altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            raise Unfit(404, GONE) from None
        named, mac = token[:-_MAC], token[-_MAC:]
        if len(named) != 20 or not hmac.compare_digest(mac, self._signed(named)):
            raise Unfit(404, GONE)
        if self._clock.now() >= _BEGAN + int.from_bytes(named[16:], "big") * _DAY:
            raise Unfit(404, GONE)
        return UUID(bytes=named[:16])

    def _signed(self, named: bytes) -> bytes:
        return self._vault.key(f"public-picture:{named.hex()}")[:_MAC]
