"""CSV and XLSX files as rows of cells."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from callcenter.core.errors import Invalid

MOST_ROWS: Final = 20_000
MOST_BYTES: Final = 20 * 1024 * 1024
_MOST_UNPACKED: Final = 200 * 1024 * 1024
_MOST_COLUMNS: Final = 200
_ENCODINGS: Final = ("utf-8-sig", "gb18030")
"""Chinese table programs still save CSV in the national encoding."""
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
"""What they call "Unicode text" begins so."""
_DELIMITERS: Final = ",\t;"
_BEGINNING: Final = 2000
"""Characters that tell which of them it is: a title may stand above the headings."""


class NotATable(Invalid):
    code = "not-a-table"
    zh = "无法读取该文件：{cause_zh}；请另存为 CSV（UTF-8 或 GB18030）或 XLSX 后重试"
    en = "The file cannot be read: {cause_en}. Save it as CSV (UTF-8 or GB18030) or XLSX and try again"


class TooManyRows(Invalid):
    code = "too-many-rows"
    zh = "文件超过 {most} 行，请拆分后分次导入"
    en = "The file has more than {most} rows: split it and import the parts"


def read_table(name: str, content: bytes) -> list[Sequence[Any]]:
    """Rows without any content keep their place as empty ones. Of a workbook the first sheet that holds anything. What
    the file is, its bytes tell, not its name. Raises NotATable, TooManyRows."""
    rows = list(_xlsx(content) if content.startswith(b"PK") else _csv(name, content))
    while rows and not rows[-1]:
        rows.pop()
    if not rows:
        raise NotATable(cause_zh="文件是空的", cause_en="it is empty")
    return rows


def _csv(name: str, content: bytes) -> Iterator[Sequence[Any]]:
    for encoding in ("utf-16",) if content.startswith(_UTF16) else _ENCODINGS:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise NotATable(cause_zh="文字编码不认识", cause_en="its encoding is not known")
    if "\x00" in text or name.lower().endswith((".xls", ".xlsx")):
        raise NotATable(cause_zh="不是文本表格", cause_en="it is no table of text")
    beginning = text[:_BEGINNING]
    delimiter = max(_DELIMITERS, key=beginning.count)
    try:
        yield from _bounded(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise NotATable(cause_zh="表格格式有误", cause_en="it is broken") from error


def _xlsx(content: bytes) -> Iterator[Sequence[Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > _MOST_UNPACKED:
                raise NotATable(cause_zh="解压后过大", cause_en="it is too large when unpacked")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise NotATable(cause_zh="不是 XLSX 表格", cause_en="it is no XLSX table") from error
    try:
        for sheet in book.worksheets:
            rows = list(_bounded(sheet.iter_rows(values_only=True)))
            if any(rows):
                yield from rows
                return
    finally:
        book.close()


def _bounded(rows: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """Empty rows do not count: a table program may think that a sheet is a million rows long."""
    count = 0
    for row in rows:
        cells = row[:_MOST_COLUMNS]
        if not any(str(cell).strip() for cell in cells if cell is not None):
            yield ()
            continue
        if count > MOST_ROWS:
            raise TooManyRows(most=MOST_ROWS)
        count += 1
        yield cells
