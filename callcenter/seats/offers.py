"""Offers and their cards in PostgreSQL. A card holds what an agent sees of a citizen: it is stored sealed, but for the
name of its queue, which waiting times are reckoned by."""

from datetime import datetime
from typing import Any, Final

import orjson

from callcenter.core.ids import OfferId, UserId
from callcenter.core.pages import Place
from callcenter.people.vault import Vault
from callcenter.seats.card import Card, OfferView
from callcenter.seats.store import payload
from callcenter.store.pool import Pool
from callcenter.store.queries import load

_QUERIES: Final = load("seats")


class OfferStore:
    """Raises what asyncpg raises; `callcenter.store.pool.AWAY` are the passing errors."""

    def __init__(self, pool: Pool, vault: Vault) -> None:
        self._pool = pool
        self._vault = vault

    async def write(self, user: UserId, offer: OfferView, version: int) -> None:
        """Stores the card, or its completed form."""
        await _QUERIES.write_offer(
            self._pool,
            id=offer.id,
            call_id=offer.call_id,
            user_id=user,
            card=self._sealed(offer.card),
            offered_at=offer.offered_at,
            payload=payload(user, "offer", offer.id, version),
        )

    async def answer(self, offer: OfferId, at: datetime) -> None:
        await _QUERIES.answer_offer(self._pool, id=offer, at=at)

    async def end(self, offer: OfferId, outcome: str, at: datetime) -> None:
        await _QUERIES.end_offer(self._pool, id=offer, outcome=outcome, at=at)

    async def end_others(self, user: UserId, keep: OfferId | None, at: datetime) -> None:
        await _QUERIES.end_other_offers(self._pool, user_id=user, keep=keep, at=at)

    async def get(self, offer: OfferId) -> OfferView | None:
        row = await _QUERIES.offer(self._pool, id=offer)
        return self._view(row) if row else None

    async def of_user(self, user: UserId, limit: int, before: Place) -> list[OfferView]:
        """Newest first."""
        before_at, before_id = before
        rows = _QUERIES.offers_of(self._pool, user_id=user, limit=limit, before_at=before_at, before_id=before_id)
        return [self._view(row) async for row in rows]

    def _sealed(self, card: Card) -> dict[str, str]:
        return {"queue": card.queue, "sealed": self._vault.seal(card.model_dump_json())}

    def _view(self, row: Any) -> OfferView:
        """A card from before cards were sealed is read as it is."""
        card = row["card"]
        opened = orjson.loads(self._vault.open(card["sealed"])) if "sealed" in card else card
        return OfferView.model_validate(dict(row) | {"card": opened})
