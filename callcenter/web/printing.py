"""Printed forms over HTTP."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from aiohttp import web

from callcenter.core.errors import NotFound
from callcenter.documents.model import Document
from callcenter.documents.printer import Form, Printed, Printer

FORMS: Final[dict[str, Form]] = {"docx": "docx", "pdf": "pdf"}


def form_of(word: str) -> Form:
    """The last part of a path, `docx` or `pdf`. Raises NotFound."""
    try:
        return FORMS[word]
    except KeyError:
        raise NotFound from None


async def printed(printer: Printer, document: Document, form: Form) -> web.Response:
    """As a file to keep."""
    return kept(await printer.print(document, form), form)


async def printed_all(printer: Printer, documents: Sequence[Document], form: Form) -> web.Response:
    """One PDF, or an archive of Word files."""
    return kept(await printer.print_all(documents, form), "pdf" if form == "pdf" else "zip")


def kept(made: Printed, ending: str) -> web.Response:
    """Never cached, named in Chinese (RFC 6266)."""
    headers = {
        "Content-Disposition": f"attachment; filename=\"form.{ending}\"; filename*=UTF-8''{quote(made.name)}",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(body=made.body, content_type=made.media_type, headers=headers)
