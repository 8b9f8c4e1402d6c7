"""What a file is, told by its content and never by its name; scripts, pages and disguised archives are nothing here."""

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

HEAD: Final = 4096
"""So many first bytes are enough for every type but the office formats, whose members are asked as well."""


@dataclass(frozen=True, slots=True)
class Kind:
    media_type: str
    suffix: str


_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
JPEG: Final = Kind("image/jpeg", ".jpg")
PNG: Final = Kind("image/png", ".png")
WEBP: Final = Kind("image/webp", ".webp")
HEIC: Final = Kind("image/heic", ".heic")
PDF: Final = Kind("application/pdf", ".pdf")
MP3: Final = Kind("audio/mpeg", ".mp3")
WAV: Final = Kind("audio/wav", ".wav")
MP4: Final = Kind("video/mp4", ".mp4")
TEXT: Final = Kind("text/plain", ".txt")
DOCX: Final = Kind(f"{_OFFICE}wordprocessingml.document", ".docx")
XLSX: Final = Kind(f"{_OFFICE}spreadsheetml.sheet", ".xlsx")

_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_MP4_BRANDS: Final = frozenset(
    {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV"}
)
_FRAMES: Final = frozenset({b"\xff\xfa", b"\xff\xfb", b"\xff\xf2", b"\xff\xf3"})
"""First bytes of an MPEG 1 or 2 layer III frame, with or without checksum."""

_SIGNATURES: Final[tuple[tuple[Callable[[bytes], bool], Kind], ...]] = (
    (lambda head: head.startswith(b"\xff\xd8\xff"), JPEG),
    (lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"), PNG),
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP", WEBP),
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"WAVE", WAV),
    (lambda head: head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS, HEIC),
    (lambda head: head[4:8] == b"ftyp" and head[8:12] in _MP4_BRANDS, MP4),
    (lambda head: head.startswith(b"%PDF-"), PDF),
    (lambda head: head.startswith(b"ID3") or head[:2] in _FRAMES, MP3),
)
ARCHIVE: Final = b"PK\x03\x04"
"""Office documents are ZIP archives: see `office_kind`."""

_ACTIVE: Final = re.compile(
    r"^\s*(#!|<\?(php|xml)|<!doctype|<!--|<(html|head|body|script|svg|iframe|style|meta)\b|@echo\b|param\s*\()"
    r"|<script\b|javascript:",
    re.IGNORECASE,
)
_CONTROL: Final = frozenset(range(32)) - {9, 10, 12, 13}


def recognised(head: bytes) -> Kind | None:
    """By the first HEAD bytes; None for what is unknown and for archives."""
    for matches, kind in _SIGNATURES:
        if matches(head):
            return kind
    return TEXT if _is_prose(head) else None


def _is_prose(head: bytes) -> bool:
    """Text that no browser and no shell takes for a programme. UTF-8, or GB 18030 as Windows writes it."""
    if head.startswith(ARCHIVE) or not _CONTROL.isdisjoint(head):
        return False
    text = _decoded(head)
    return text is not None and not _ACTIVE.search(text)


def _decoded(head: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        for cut in range(4 if len(head) == HEAD else 1):  # the last character may be cut in two
            try:
                return head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
    return None


_MAIN_PARTS: Final = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
_ACTIVE_PARTS: Final = re.compile(
    r"vbaproject|activex|\.(exe|dll|js|vbs|bat|cmd|ps1|sh|html?|jar|lnk|scr)$", re.IGNORECASE
)


def office_kind(members: Collection[str]) -> Kind | None:
    """From the names inside an archive: a document with neither macros nor programmes, else None."""
    if "[Content_Types].xml" not in members or any(_ACTIVE_PARTS.search(name) for name in members):
        return None
    kinds = [kind for part, kind in _MAIN_PARTS.items() if part in members]
    return kinds[0] if len(kinds) == 1 else None


NAME_LIMIT: Final = 100
_SUFFIX: Final = re.compile(r"[A-Za-z0-9]{1,5}")
_UNSAFE: Final = re.compile(r'[<>:"|?*\\/;%]')


def safe_name(given: str, kind: Kind) -> str:
    """What a browser may be told: no path, no control or direction characters, and the suffix of what it really is."""
    last = re.split(r"[\\/]", given)[-1]
    plain = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C")
    stem, dot, suffix = plain.rpartition(".")
    stem = stem if dot and _SUFFIX.fullmatch(suffix) else plain
    return (_UNSAFE.sub("_", stem).strip(" ._")[:NAME_LIMIT] or "附件") + kind.suffix
