"""What a file is, by its content; names that may be told to a browser."""

import pytest

from callcenter.files.kinds import (
    DOCX,
    HEAD,
    HEIC,
    JPEG,
    MP3,
    MP4,
    PDF,
    PNG,
    TEXT,
    WAV,
    WEBP,
    XLSX,
    Kind,
    office_kind,
    recognised,
    safe_name,
)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", JPEG),
        (b"\x89PNG\r\n\x1a\n\x00\x00", PNG),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", WEBP),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", WAV),
        (b"RIFF\x00\x00\x00\x00AVI LIST", None),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", HEIC),
        (b"\x00\x00\x00\x18ftypisom\x00\x00", MP4),
        (b"\x00\x00\x00\x18ftypqt  \x00\x00", None),
        (b"%PDF-1.7\n", PDF),
        (b"ID3\x04\x00", MP3),
        (b"\xff\xfb\x90\x00", MP3),
        (b"\xff", None),
        ("现场照片说明\n第二行".encode(), TEXT),
        ("\ufeff说明".encode(), TEXT),
        ("说明".encode("gb18030"), TEXT),
        (b"MZ\x90\x00\x03", None),
        (b"\x7fELF\x02\x01", None),
        (b"PK\x03\x04", None),
        (b"#!/bin/sh\nrm -rf /", None),
        (b"  <!DOCTYPE html><p>", None),
        (b"<html>", None),
        (b"<?php echo 1;", None),
        (b"<?xml version='1.0'?><svg onload='x'/>", None),
        (b"<svg xmlns=''>", None),
        (b"plain words <script>alert(1)</script>", None),
        (b"[x](javascript:alert(1))", None),
        (b"@echo off", None),
        (b"\xff\xff\xff\xff words", None),
        (b"words\x80", None),
    ],
)
def test_recognised(head: bytes, kind: Kind | None) -> None:
    assert kind == recognised(head)


def test_a_character_cut_in_two_is_still_text() -> None:
    assert recognised(("a" + "说" * HEAD).encode()[:HEAD]) == TEXT


CONTENT = "[Content_Types].xml"


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        ({CONTENT, "word/document.xml", "word/media/image1.png"}, DOCX),
        ({CONTENT, "xl/workbook.xml"}, XLSX),
        ({CONTENT, "xl/workbook.xml", "xl/vbaProject.bin"}, None),
        ({CONTENT, "word/document.xml", "word/activeX/activeX1.xml"}, None),
        ({CONTENT, "word/document.xml", "setup.exe"}, None),
        ({CONTENT, "word/document.xml", "xl/workbook.xml"}, None),
        ({"word/document.xml"}, None),
        ({CONTENT}, None),
        ({"photo.jpg"}, None),
    ],
)
def test_office_documents_are_told_from_other_archives(members: set[str], kind: Kind | None) -> None:
    assert kind == office_kind(members)


@pytest.mark.parametrize(
    ("given", "kind", "name"),
    [
        ("现场.JPG", JPEG, "现场.jpg"),
        ("invoice.pdf.exe", PDF, "invoice.pdf.pdf"),
        ("C:\\temp\\..\\a.png", PNG, "a.png"),
        ("../../etc/passwd", TEXT, "passwd.txt"),
        ("fdp\u202egpj.exe", JPEG, "fdpgpj.jpg"),
        ('a"b\r\nSet-Cookie: x.txt', TEXT, "a_bSet-Cookie_ x.txt"),
        ("...", PNG, "附件.png"),
        ("", PNG, "附件.png"),
        ("x" * 300, PNG, "x" * 100 + ".png"),
        ("关于张三.的说明材料", DOCX, "关于张三.的说明材料.docx"),
    ],
)
def test_names(given: str, kind: Kind, name: str) -> None:
    assert name == safe_name(given, kind)
