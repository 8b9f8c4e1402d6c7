"""In-process publish/subscribe of domain events. Publishing never blocks and never runs a subscriber's code."""

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self

from callcenter.core.events import Event


class Subscription:
    """One subscriber's ordered inbox; iterate it, leave the `with` block to unsubscribe."""

    def __init__(self, bus: "Bus", kinds: tuple[type[Event], ...]) -> None:
        self._bus = bus
        self._inbox: asyncio.Queue[Event] = asyncio.Queue()
        self.kinds = kinds

    def put(self, event: Event) -> None:
        self._inbox.put_nowait(event)

    @property
    def waiting(self) -> int:
        """Events not taken yet."""
        return self._inbox.qsize()

    async def __aiter__(self) -> AsyncIterator[Event]:
        while True:
            yield await self._inbox.get()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bus.drop(self)


class Bus:
    """Delivers each published event, in order, to every subscription of its type."""

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []

    def subscribe(self, *kinds: type[Event]) -> Subscription:
        """Hear the given types and their subtypes from now on."""
        subscription = Subscription(self, kinds)
        self._subscriptions.append(subscription)
        return subscription

    def publish(self, event: Event) -> None:
        for subscription in self._subscriptions:
            if isinstance(event, subscription.kinds):
                subscription.put(event)

    def drop(self, subscription: Subscription) -> None:
        self._subscriptions.remove(subscription)
