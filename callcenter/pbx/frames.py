"""Bytes in, whole AMI frames out. Decoding waits for the whole frame, so no character is ever cut (D4)."""

from typing import Final

BANNER: Final = b"Asterisk Call Manager/"
END: Final = b"\r\n\r\n"


class NotAmi(Exception):
    """What answers is no manager interface, or no longer speaks like one."""


class FrameBuffer:
    """Keeps the unfinished rest between two reads; `longest` bounds it (bytes)."""

    def __init__(self, longest: int = 1 << 20) -> None:
        self._rest = bytearray()
        self._longest = longest
        self.version: str | None = None

    def feed(self, chunk: bytes) -> list[bytes]:
        """The frames that are complete now, without their final line end. Raises NotAmi."""
        seen = len(self._rest)
        self._rest += chunk
        if self.version is None and not self._take_banner():
            return []
        end = self._rest.rfind(END, max(0, seen - len(END) + 1) if seen < len(self._rest) else 0)
        if end < 0:
            if len(self._rest) > self._longest:
                raise NotAmi(f"a frame of more than {self._longest} bytes")
            return []
        whole = bytes(self._rest[:end])
        del self._rest[: end + len(END)]
        return [frame.lstrip(b"\r\n") for frame in whole.split(END)]

    def _take_banner(self) -> bool:
        line, found, rest = bytes(self._rest).partition(b"\r\n")
        if not line.startswith(BANNER[: len(line)]) or (found and len(line) <= len(BANNER)):
            raise NotAmi("no greeting of a manager interface")
        if not found:
            if len(line) > 200:
                raise NotAmi("no greeting of a manager interface")
            return False
        self.version = line[len(BANNER) :].decode("ascii", "replace")
        self._rest = bytearray(rest)
        return True
