"""AMI bytes to events, per CPU second: this adapter beside panoramisk alone, on the same recorded stream."""

import asyncio
from collections import deque
from datetime import UTC, datetime
from statistics import median
from typing import Any

from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager

from callcenter.bench.figures import Figure, cpu_timed, interleaved, spread
from callcenter.pbx.decode import decode
from callcenter.pbx.facts import PbxFact
from callcenter.pbx.transport import AmiProtocol

CHUNK = 1 << 16
ROUNDS = 5
MEASURE = "AMI decode"
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


class _Nowhere:
    """A transport that panoramisk may close."""

    def write(self, data: bytes) -> None:
        return

    def close(self) -> None:
        return


def measure_decode(stream: bytes, repeat: int = 20, measure: str = MEASURE) -> list[Figure]:
    """`stream` is what Asterisk sent after its greeting line during real queue calls."""
    chunks = [stream[i : i + CHUNK] for i in range(0, len(stream), CHUNK)]
    events = stream.count(b"\r\n\r\n") * repeat

    def ours() -> float:
        async def replay() -> int:
            inbox: deque[PbxFact] = deque()

            def hear(name: bytes, frame: bytes, at: datetime) -> None:
                fact = decode(name, frame, pbx="bench", received_at=at)
                if fact is not None:
                    inbox.append(fact)

            protocol = AmiProtocol(hear, lambda: MOMENT)
            protocol.connection_made(_Nowhere())
            protocol.data_received(b"Asterisk Call Manager/11.0.0\r\n")
            for _ in range(repeat):
                for chunk in chunks:
                    protocol.data_received(chunk)
                inbox.clear()
            return events

        return cpu_timed(lambda: asyncio.run(replay()))

    def panoramisk() -> float:
        async def replay() -> int:
            manager = Manager(loop=asyncio.get_running_loop())
            seen: deque[Any] = deque(maxlen=1)
            manager.register_event("*", lambda _, event: seen.append(event))
            protocol = AMIProtocol()
            protocol.connection_made(_Nowhere())
            protocol.factory = manager
            protocol.encoding = "utf8"
            for _ in range(repeat):
                for chunk in chunks:
                    protocol.data_received(chunk)
            return events

        return cpu_timed(lambda: asyncio.run(replay()))

    speeds = interleaved(ROUNDS, ours=ours, panoramisk=panoramisk)
    ratio = median(a / b for a, b in zip(speeds["ours"], speeds["panoramisk"], strict=True))
    return [
        Figure(measure=measure, name="events per CPU second", value=spread(speeds["ours"], 0)),
        Figure(measure=measure, name="panoramisk alone", value=spread(speeds["panoramisk"], 0)),
        Figure(measure=measure, name="ratio", value=f"{ratio:.1f}", aim="≥ 3", met=ratio >= 3),
    ]
