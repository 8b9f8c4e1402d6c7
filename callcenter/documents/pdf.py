"""A form as PDF, A4. The face is embedded as the subset that the form uses, so it prints the same everywhere."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout, WrapMode, XPos, YPos
from fpdf.fonts import FontFace

from callcenter.core import errors
from callcenter.documents.model import EMPTY, Block, Document, Fields, Lines, Signatures, Words, footer, signed

FACE: Final = "form"
SIMPLIFIED: Final = 2
"""The place of Simplified Chinese in Noto's collections (JP, KR, SC, TC, HK)."""
MARGIN: Final = 20.0
LABEL: Final = 3
GREY: Final = (242, 242, 242)
logging.getLogger("fontTools").setLevel(logging.ERROR)  # subsetting tells every table it drops


class FaceMissing(errors.Unavailable):
    code = "form-face-missing"
    zh = (
        "服务器缺少中文字体（{file}），暂不能生成PDF；可先下载Word版。"
        "处理办法：安装 fonts-noto-cjk 或设置 documents.face"
    )
    en = (
        "the Chinese typeface {file} is not installed, so there is no PDF; the Word file is there. Remedy: install "
        "fonts-noto-cjk, or set documents.face"
    )


class _Page(FPDF):
    def __init__(self, face: Path, foot: str) -> None:
        super().__init__(format="A4")
        self._foot = foot
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(auto=True, margin=MARGIN)
        number = SIMPLIFIED if face.suffix.lower() == ".ttc" else 0
        self.add_font(FACE, fname=face, collection_font_number=number)
        self.set_font(FACE, size=10.5)

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font(FACE, size=8)
        self.cell(0, 5, self._foot)
        self.cell(0, 5, f"{self.page_no()}", align=Align.R, new_x=XPos.LMARGIN)
        self.set_font(FACE, size=10.5)

    def say(self, text: str, *, size: float = 10.5, align: Align = Align.L, after: float = 1.0) -> None:
        self.set_font(FACE, size=size)
        high = size * 0.55
        self.multi_cell(0, high, text, align=align, wrapmode=WrapMode.CHAR, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_font(FACE, size=10.5)
        self.ln(after)

    def grid(self, widths: Sequence[int], rows: Sequence[Sequence[tuple[str, int, bool]]]) -> None:
        """Each cell is its text, how many columns it spans, and whether it is a label."""
        with self.table(
            col_widths=tuple(widths),
            borders_layout=TableBordersLayout.ALL,
            first_row_as_headings=False,
            text_align=Align.L,
            line_height=6.5,
            padding=1,
            wrapmode=WrapMode.CHAR,
        ) as table:
            for row in rows:
                line = table.row()
                for text, span, label in row:
                    line.cell(text or EMPTY, colspan=span, style=FontFace(fill_color=GREY) if label else None)


def _fields(page: _Page, block: Fields) -> None:
    rows: list[list[tuple[str, int, bool]]] = []
    for row in block.rows:
        span = 3 if len(row) == 1 else 1
        rows.append([cell for label, text in row for cell in ((label, 1, True), (text, span, False))])
    value = 17 - 2 * LABEL
    page.grid((LABEL, value // 2, LABEL, value - value // 2), rows)
    page.ln(3)


def _lines(page: _Page, block: Lines) -> None:
    page.say(block.heading)
    body = block.rows or ((EMPTY,) * len(block.columns),)
    rows = [[(name, 1, True) for name in block.columns], *([(text, 1, False) for text in row] for row in body)]
    page.grid(block.widths or (1,) * len(block.columns), rows)
    page.ln(3)


def _block(page: _Page, block: Block) -> None:
    match block:
        case Fields():
            _fields(page, block)
        case Lines():
            _lines(page, block)
        case Words(heading=heading, text=text):
            page.say(heading)
            page.say(text or EMPTY, after=3)
        case Signatures(slots=slots):
            for slot in slots:
                page.ln(3)
                page.say(f"{slot.label}：{signed(slot)}")


def render_pdf(document: Document, face: Path) -> bytes:
    """The file's bytes. Raises FaceMissing."""
    return render_pdfs((document,), face)


def render_pdfs(documents: Sequence[Document], face: Path) -> bytes:
    """One file of at least one form, each beginning a page; foot and properties are the first one's. Raises
    FaceMissing."""
    if not face.is_file():
        raise FaceMissing(file=face.name)
    first = documents[0]
    page = _Page(face, footer(first))
    page.set_title(first.title)
    page.set_author(first.issuer)
    page.set_creation_date(first.printed_at)
    for document in documents:
        page.add_page()
        page.say(document.title, size=18, align=Align.C, after=3)
        page.say(f"{document.issuer}　编号：{document.number}", size=9, align=Align.R, after=2)
        for block in document.blocks:
            _block(page, block)
    return bytes(page.output())
