"""The desk's files under `/`."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from aiohttp import web

from callcenter.core.errors import NotFound

_HASHED: Final = re.compile(r"[.-][0-9a-f]{8,}\.")


def files_of(folder: Path) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Serves `folder`; `/` is its index.html. A file whose name holds a hash of its content never changes and may be
    kept for a year; any other is asked for again each time, and answered 304 while it is the same."""
    root = folder.resolve()

    async def serve(request: web.Request) -> web.StreamResponse:
        name = request.match_info["path"] or "index.html"
        if "\x00" in name or any(part.startswith(".") for part in Path(name).parts):
            raise NotFound
        path = (root / name).resolve()
        if not path.is_relative_to(root) or not path.is_file():
            raise NotFound
        kept = "public, max-age=31536000, immutable" if _HASHED.search(path.name) else "no-cache"
        return web.FileResponse(path, headers={"Cache-Control": kept})

    return serve
