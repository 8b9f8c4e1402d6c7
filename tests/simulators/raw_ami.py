"""The plainest AMI client, to see what Asterisk itself says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from callcenter.pbx.plan import PbxPlan


class RawAmi:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._changed = asyncio.Condition()
        self.events: list[dict[str, str]] = []

    def send(self, action: str, *fields: tuple[str, str]) -> None:
        lines = [f"Action: {action}", *(f"{name}: {value}" for name, value in fields)]
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    async def read(self) -> None:
        await self._reader.readline()
        while True:
            frame = (await self._reader.readuntil(b"\r\n\r\n")).decode()
            async with self._changed:
                self.events.append(dict(line.split(": ", 1) for line in frame.split("\r\n") if ": " in line))
                self._changed.notify_all()

    def found(self, **wanted: str) -> list[dict[str, str]]:
        return [event for event in self.events if all(event.get(k) == v for k, v in wanted.items())]

    async def until(self, within: timedelta = timedelta(seconds=15), **wanted: str) -> dict[str, str]:
        """The first event with all these values. Raises TimeoutError."""
        async with asyncio.timeout(within.total_seconds()), self._changed:
            await self._changed.wait_for(lambda: bool(self.found(**wanted)))
        return self.found(**wanted)[0]


@asynccontextmanager
async def open_raw_ami(plan: PbxPlan) -> AsyncIterator[RawAmi]:
    reader, writer = await asyncio.open_connection(plan.address, plan.ami_port)
    ami = RawAmi(reader, writer)
    reading = asyncio.create_task(ami.read())
    try:
        ami.send("Login", ("Username", plan.ami_user), ("Secret", plan.ami_secret))
        await ami.until(Response="Success")
        yield ami
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        writer.close()
