"""The text that Prometheus reads."""

from prometheus_client.exposition import choose_encoder

from callcenter.metrics.instruments import Instruments
from callcenter.metrics.standing import Standing


class Exposition:
    """`standing` is None in a process that has no database."""

    def __init__(self, instruments: Instruments, standing: Standing | None) -> None:
        self._instruments, self._standing = instruments, standing

    async def render(self, accept: str) -> tuple[bytes, str]:
        """Body and content type (OpenMetrics when `accept` asks for it)."""
        if self._standing is not None:
            await self._standing.refresh()
        encode, content_type = choose_encoder(accept)
        return encode(self._instruments.registry), content_type
