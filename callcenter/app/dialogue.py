"""The menu's steps go to everybody who listens; one that fails does not silence the others."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from callcenter.core.ids import LegId
from callcenter.flows.runner import FlowSink


class Sinks:
    """Several `FlowSink`s as one. Raises the first failure, after all have heard."""

    def __init__(self, sinks: Sequence[FlowSink]) -> None:
        self._sinks = sinks

    async def stepped(
        self,
        *,
        pbx: str,
        leg: LegId,
        flow: str,
        node: str,
        key: str,
        began_at: datetime,
        at: datetime,
        args: Mapping[str, str],
    ) -> None:
        told = [
            sink.stepped(pbx=pbx, leg=leg, flow=flow, node=node, key=key, began_at=began_at, at=at, args=args)
            for sink in self._sinks
        ]
        _raise_first(await asyncio.gather(*told, return_exceptions=True))

    async def finished(
        self, *, pbx: str, leg: LegId, flow: str, args: Mapping[str, str], answers: Mapping[str, str], at: datetime
    ) -> None:
        told = [sink.finished(pbx=pbx, leg=leg, flow=flow, args=args, answers=answers, at=at) for sink in self._sinks]
        _raise_first(await asyncio.gather(*told, return_exceptions=True))


def _raise_first(results: Sequence[BaseException | None]) -> None:
    for result in results:
        if result is not None:
            raise result


def _proof(sinks: Sequence[FlowSink]) -> FlowSink:
    return Sinks(sinks)
