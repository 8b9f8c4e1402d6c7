"""The menu's steps go to everybody who listens; one that fails does not silence the others."""

import asyncio
from collections.abc import Sequence

from callcenter.flows.runner import FlowSink
from callcenter.pbx.facts import FlowFinished, FlowStepped


class Sinks:
    """Several `FlowSink`s as one. Raises the first failure, after all have heard."""

    def __init__(self, sinks: Sequence[FlowSink]) -> None:
        self._sinks = sinks

    async def stepped(self, step: FlowStepped) -> None:
        _raise_first(await asyncio.gather(*(sink.stepped(step) for sink in self._sinks), return_exceptions=True))

    async def finished(self, end: FlowFinished) -> None:
        _raise_first(await asyncio.gather(*(sink.finished(end) for sink in self._sinks), return_exceptions=True))


def _raise_first(results: Sequence[BaseException | None]) -> None:
    for result in results:
        if result is not None:
            raise result
