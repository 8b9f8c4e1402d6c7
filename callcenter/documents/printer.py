"""Lays a form out beside the event loop."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final, Literal
from zipfile import ZIP_DEFLATED, ZipFile

from callcenter.documents.docx import render_docx
from callcenter.documents.model import Document
from callcenter.documents.pdf import render_pdf, render_pdfs

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
        body = await asyncio.to_thread(self._render, document.covered(), form)
        return Printed(name=f"{document.title}-{document.number}.{form}", media_type=MEDIA[form], body=body)

    async def print_all(self, documents: Sequence[Document], form: Form) -> Printed:
        """Many of one kind, at least one: one PDF, or an archive of Word files. Raises FaceMissing."""
        first, documents = documents[0], [document.covered() for document in documents]
        name = f"{first.title}-{first.printed_at:%Y%m%d%H%M}"
        if form == "pdf":
            body = await asyncio.to_thread(render_pdfs, documents, self._face)
            return Printed(name=f"{name}.pdf", media_type=MEDIA["pdf"], body=body)
        body = await asyncio.to_thread(_archive, documents)
        return Printed(name=f"{name}.zip", media_type="application/zip", body=body)

    def _render(self, document: Document, form: Form) -> bytes:
        return render_pdf(document, self._face) if form == "pdf" else render_docx(document)


def _archive(documents: Sequence[Document]) -> bytes:
    kept = BytesIO()
    with ZipFile(kept, "w", ZIP_DEFLATED) as archive:
        for document in documents:
            archive.writestr(f"{document.title}-{document.number}.docx", render_docx(document))
    return kept.getvalue()
