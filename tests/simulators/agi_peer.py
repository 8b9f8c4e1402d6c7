"""A scripted Asterisk side of FastAGI, over a real socket."""

import asyncio

OPENING = (
    b"agi_network: yes\nagi_network_script: flow?name=main&dnis=12345\nagi_request: agi://127.0.0.1/flow\n"
    b"agi_channel: PJSIP/carrier-1\nagi_language: zh\nagi_uniqueid: pbx-1.0\nagi_callerid: 13800000000\n\n"
)


class AgiPeer:
    """Connects as Asterisk does; `reply` answers the next command."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def connect(cls, port: int, opening: bytes = OPENING) -> "AgiPeer":
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(opening)
        return cls(reader, writer)

    async def command(self) -> str:
        async with asyncio.timeout(5):
            return (await self.reader.readline()).decode().rstrip("\n")

    async def reply(self, text: str = "200 result=0") -> str:
        asked = await self.command()
        self.writer.write(text.encode() + b"\n")
        return asked

    async def closed(self, within: float = 5) -> bool:
        """True when the server has closed the connection."""
        try:
            async with asyncio.timeout(within):
                while await self.reader.read(4096):
                    pass
        except TimeoutError:
            return False
        except ConnectionError:
            return True
        finally:
            self.writer.close()
        return True
