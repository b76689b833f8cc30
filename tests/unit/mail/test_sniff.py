import io
import zipfile

import pytest

from inboxd.mail.formats.sniff import sniff


def zipped(*names: str, content: str = "x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, content)
    return out.getvalue()


OLE = bytes.fromhex("d0cf11e0a1b11ae1")
OFFICE = "application/vnd.openxmlformats-officedocument."


@pytest.mark.parametrize(
    ("octets", "media_type"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\r\n\r\n%PDF-1.4", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe1", "image/jpeg"),
        (b"BM\x00\x01\x00\x00\x00\x00\x00\x00", "image/bmp"),
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"\0\0\0\x18ftypmp42", "video/mp4"),
        (b"RIFF\x10\0\0\0WEBP", "image/webp"),
        (b"RIFF\x10\0\0\0ukjn", None),
        (zipped("a.txt"), "application/zip"),
        (zipped("[Content_Types].xml", "word/document.xml"), OFFICE + "wordprocessingml.document"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), OFFICE + "spreadsheetml.sheet"),
        (
            zipped("mimetype", content="application/vnd.oasis.opendocument.text"),
            "application/vnd.oasis.opendocument.text",
        ),
        (OLE + b"\0" * 500 + "WordDocument".encode("utf-16-le"), "application/msword"),
        (OLE + b"\0" * 500, "application/x-ole-storage"),
        (b"MZ" + b"\0" * 58 + b"\x40\0\0\0PE\0\0", "application/vnd.microsoft.portable-executable"),
        (b"MZ" + b"\0" * 58 + b"\xff\xff\0\0", "application/vnd.microsoft.portable-executable"),
        (b"MZ er et kjennemerke paa gamle motorsykler, og dette er en tekst som er lang nok", None),
        (b"MZ", None),
        (b"\0" * 257 + b"ustar", "application/x-tar"),
        (b"<!DOCTYPE html><html>", "text/html"),
        (b"\xef\xbb\xbf  <html>", "text/html"),
        ("\ufeff<html>".encode("utf-16-le"), "text/html"),
        (b"<!-- lagret --><script>", "text/html"),
        (b"<?xml version='1.0'?>\n<svg xmlns='x'/>", "image/svg+xml"),
        (b"<?xml version='1.0'?>\n<faktura/>", None),
        (b"#!/bin/sh\n", "text/x-script"),
        (b"@echo off\r\n", "text/x-script"),
        (b'Set sh = CreateObject("WScript.Shell")', "text/x-script"),
        (b"BEGIN:VCALENDAR\r\n", "text/calendar"),
        (b"Hei, dette er tekst.", None),
        (b"", None),
    ],
)
def test_files_are_known_by_how_they_begin(octets: bytes, media_type: str | None) -> None:
    assert sniff(octets) == media_type


def test_only_the_beginning_is_looked_at() -> None:
    assert sniff(b"x" * 10_000 + b"%PDF-") is None
