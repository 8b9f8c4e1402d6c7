"""A printed form as a value: rooms build it, `docx` and `pdf` lay it out on A4."""

from dataclasses import dataclass, replace
from datetime import datetime

from callcenter.core.covering import without_numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """A bordered table of label and value. A row of two pairs shares one line, a row of one spans it."""

    rows: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A table with a heading, one line a record. `widths` are shares of the page's width, one a column."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A paragraph under its heading."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """`name` is empty while nobody has signed: the form is printed with a line to sign on. `digest` is the SHA-256
    (hex) of what was signed electronically, '' on paper."""

    label: str
    name: str = ""
    at: datetime | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatures:
    slots: tuple[Signature, ...]


Block = Fields | Lines | Words | Signatures


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """`number` is the form's own, `issuer` the body that issues it, `printed_at` in the city's zone."""

    title: str
    number: str
    issuer: str
    blocks: tuple[Block, ...]
    printed_at: datetime
    printed_by: str = ""

    def covered(self) -> "Document":
        """Without numbers that citizens' words may hold: nobody knows who will read the paper (B-29)."""
        return replace(self, blocks=tuple(map(_covered, self.blocks)))


def _covered(block: Block) -> Block:
    match block:
        case Fields():
            rows = tuple(tuple((label, without_numbers(told)) for label, told in row) for row in block.rows)
            return replace(block, rows=rows)
        case Lines():
            return replace(block, rows=tuple(tuple(map(without_numbers, row)) for row in block.rows))
        case Words():
            return replace(block, text=without_numbers(block.text))
        case Signatures():
            return block


EMPTY = "—"


def signed(slot: Signature) -> str:
    """What stands beside the label of a signature: who and when, with the beginning of the digest."""
    if not slot.name:
        return "（签字）　　　　　　　年　　月　　日"
    at = f"　{slot.at:%Y-%m-%d %H:%M}" if slot.at else ""
    seal = f"　电子签名 {slot.digest[:16]}" if slot.digest else ""
    return f"{slot.name}{at}{seal}"


def footer(document: Document) -> str:
    by = f"　打印人：{document.printed_by}" if document.printed_by else ""
    return f"打印时间：{document.printed_at:%Y-%m-%d %H:%M}{by}"
