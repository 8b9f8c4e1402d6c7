"""Printed forms: what is in them, on paper size, in both files."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import docx
import pypdfium2
import pytest

from callcenter.documents.config import DocumentsConfig
from callcenter.documents.model import Document, Fields, Lines, Signature, Signatures, Words, signed
from callcenter.documents.pdf import FaceMissing
from callcenter.documents.printer import Printer

FACE = DocumentsConfig().face
AT = datetime(2026, 2, 13, 10, 0, tzinfo=UTC)
A4 = (595, 842)


def form(*, lines: int = 1) -> Document:
    return Document(
        title="退单申请表",
        number="TD-0001",
        issuer="云堰街道城运中心",
        printed_at=AT,
        printed_by="值班员",
        blocks=(
            Fields(rows=((("工单编号", "20260213-000001"), ("申请部门", "水务所")), (("诉求摘要", ""),))),
            Lines(
                heading="联系记录",
                columns=("时间", "方式", "内容"),
                rows=tuple((f"第{n}次", "电话", "约定上门核实") for n in range(lines)),
                widths=(2, 1, 5),
            ),
            Words(heading="退单理由", text="不属于本部门职责。\n依据责任清单。"),
            Signatures(
                slots=(
                    Signature(label="承办部门负责人", name="王五", at=AT, digest="ab" * 32),
                    Signature(label="城运中心审核"),
                )
            ),
        ),
    )


def pdf_text(body: bytes) -> str:
    pages = pypdfium2.PdfDocument(body)
    text = "\n".join(page.get_textpage().get_text_range() for page in pages)
    pages.close()
    return text


async def test_a_pdf_is_a4_in_chinese_and_holds_everything() -> None:
    made = await Printer(FACE, "热线").print(form(), "pdf")
    assert (made.name, made.media_type) == ("退单申请表-TD-0001.pdf", "application/pdf")
    pages = pypdfium2.PdfDocument(made.body)
    assert [round(side) for side in pages[0].get_size()] == list(A4)
    drawn = pages[0].render(scale=0.5).to_pil().convert("L").getextrema()
    pages.close()
    assert drawn[0] < 100  # there is ink on it
    text = pdf_text(made.body)
    for word in (
        "退单申请表",
        "TD-0001",
        "水务所",
        "—",
        "约定上门核实",
        "依据责任清单",
        "王五",
        "abababababababab",
        "打印人",
    ):
        assert word in text


async def test_a_long_table_goes_on_over_numbered_pages() -> None:
    body = (await Printer(FACE, "热线").print(form(lines=90), "pdf")).body
    pages = pypdfium2.PdfDocument(body)
    assert len(pages) > 2
    pages.close()
    assert "第89次" in pdf_text(body)


async def test_a_word_file_holds_everything() -> None:
    made = await Printer(Path("/nowhere"), "热线").print(form(), "docx")
    page = docx.Document(BytesIO(made.body))
    cells = [cell.text for table in page.tables for row in table.rows for cell in row.cells]
    assert {"20260213-000001", "水务所", "—", "约定上门核实"} <= set(cells)
    said = [paragraph.text for paragraph in page.paragraphs]
    assert "退单申请表" in said
    assert "依据责任清单。" in said
    assert any(line.startswith("承办部门负责人：王五") for line in said)
    assert page.core_properties.author == "云堰街道城运中心"


async def test_without_the_typeface_the_remedy_is_told() -> None:
    with pytest.raises(FaceMissing, match="fonts-noto-cjk"):
        await Printer(Path("/nowhere/face.ttc"), "热线").print(form(), "pdf")


def test_who_has_not_signed_gets_a_line_to_sign_on() -> None:
    assert signed(Signature(label="审核")).startswith("（签字）")
    assert signed(Signature(label="审核", name="李四")) == "李四"
