"""A form as a Word document (OOXML), A4, with the faces that Chinese offices have."""

from io import BytesIO
from typing import Any, Final

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from callcenter.documents.model import EMPTY, Block, Document, Fields, Lines, Signatures, Words, footer, signed

BODY: Final = "宋体"
HEAD: Final = "黑体"
WIDTH: Final = 17.0
"""Between the margins, in centimetres."""
LABEL: Final = 3.0


def _say(paragraph: Any, text: str, *, size: float = 10.5, face: str = BODY, bold: bool = False) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.name, run.bold = Pt(size), face, bold
    run._element.rPr.rFonts.set(qn("w:eastAsia"), face)  # python-docx sets the Latin face only


def _cell(cell: Any, text: str, width: float, *, head: bool = False) -> None:
    cell.width = Cm(width)
    _say(cell.paragraphs[0], text or EMPTY, face=HEAD if head else BODY)


def _fields(page: Any, block: Fields) -> None:
    table = page.add_table(rows=0, cols=4, style="Table Grid")
    table.autofit = False
    for row in block.rows:
        cells = table.add_row().cells
        if len(row) == 1:
            cells[1].merge(cells[3])
        value = (WIDTH - 2 * LABEL) / 2 if len(row) == 2 else WIDTH - LABEL
        for place, (label, text) in enumerate(row):
            _cell(cells[2 * place], label, LABEL, head=True)
            _cell(cells[2 * place + 1], text, value)


def _lines(page: Any, block: Lines) -> None:
    _heading(page, block.heading)
    shares = block.widths or (1,) * len(block.columns)
    widths = [WIDTH * share / sum(shares) for share in shares]
    table = page.add_table(rows=1, cols=len(block.columns), style="Table Grid")
    table.autofit = False
    for cell, name, width in zip(table.rows[0].cells, block.columns, widths, strict=True):
        _cell(cell, name, width, head=True)
    for row in block.rows or ((EMPTY,) * len(block.columns),):
        for cell, text, width in zip(table.add_row().cells, row, widths, strict=True):
            _cell(cell, text, width)


def _heading(page: Any, text: str) -> None:
    paragraph = page.add_paragraph()
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(8), Pt(3)
    paragraph.paragraph_format.keep_with_next = True
    _say(paragraph, text, face=HEAD)


def _words(page: Any, block: Words) -> None:
    _heading(page, block.heading)
    for line in (block.text or EMPTY).splitlines():
        _say(page.add_paragraph(), line)


def _signatures(page: Any, block: Signatures) -> None:
    for slot in block.slots:
        paragraph = page.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(10)
        _say(paragraph, f"{slot.label}：", face=HEAD)
        _say(paragraph, signed(slot))


def _block(page: Any, block: Block) -> None:
    match block:
        case Fields():
            _fields(page, block)
            page.add_paragraph().paragraph_format.space_after = Pt(0)
        case Lines():
            _lines(page, block)
        case Words():
            _words(page, block)
        case Signatures():
            _signatures(page, block)


def render_docx(document: Document) -> bytes:
    """The file's bytes."""
    page = docx.Document()
    section = page.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    page.core_properties.title, page.core_properties.author = document.title, document.issuer
    title = page.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _say(title, document.title, size=18, face=HEAD, bold=True)
    number = page.add_paragraph()
    number.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _say(number, f"{document.issuer}　编号：{document.number}", size=9)
    for block in document.blocks:
        _block(page, block)
    _say(section.footer.paragraphs[0], footer(document), size=8)
    kept = BytesIO()
    page.save(kept)
    return kept.getvalue()
