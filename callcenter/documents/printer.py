"""Lays a form out beside the event loop."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from callcenter.documents.docx import render_docx
from callcenter.documents.model import Document
from callcenter.documents.pdf import render_pdf

Form = Literal["docx", "pdf"]
MEDIA: Final = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    name: str
    media_type: str
    body: bytes


class Printer:
    """`face` is the typeface of PDF files; `issuer` stands at the head of forms that name no other."""

    def __init__(self, face: Path, issuer: str) -> None:
        self._face = face
        self.issuer = issuer

    async def print(self, document: Document, form: Form) -> Printed:
        """Raises FaceMissing for a PDF without its typeface."""
        body = await asyncio.to_thread(self._render, document, form)
        return Printed(name=f"{document.title}-{document.number}.{form}", media_type=MEDIA[form], body=body)

    def _render(self, document: Document, form: Form) -> bytes:
        return render_pdf(document, self._face) if form == "pdf" else render_docx(document)
