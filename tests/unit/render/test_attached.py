import pytest

from inboxd.render.attached import attachment_warning
from inboxd.render.screen import Document
from inboxd.render.timeline import case_timeline

PROGRAM = "application/vnd.microsoft.portable-executable"


def listed(filename: str | None, content_type: str, sniffed_type: str | None) -> Document:
    return {"filename": filename, "content_type": content_type, "sniffed_type": sniffed_type, "size": 3}


@pytest.mark.parametrize(
    ("filename", "content_type", "sniffed_type", "said"),
    [
        ("rapport.pdf", "application/pdf", PROGRAM, "is a Windows program"),
        ("a.htm", "text/html", "text/html", "is a web page"),
        ("logo.svg", "image/svg+xml", "image/svg+xml", "is a picture that can hold a script"),
        ("faktura\u202efdp.bin", "application/octet-stream", None, "has a name that is written to be misread"),
        ("faktura.pdf.js", "text/plain", None, "ends in .js, which Windows or a Mac runs or opens as a disk"),
        ("kart.pdf", "application/pdf", "application/zip", "says that it is a PDF, but is application/zip"),
        ("kart.pdf", "application/pdf", "application/pdf", None),
        ("kart.jpg", "image/jpeg", "image/png", None),
        ("a.docx", "application/msword", "application/zip", None),
        ("a.bin", "application/octet-stream", "application/pdf", None),
        ("notat.com.pdf", "application/pdf", None, None),
        (None, "application/pdf", None, None),
    ],
)
def test_what_is_no_harmless_file_is_said_in_words(
    filename: str | None, content_type: str, sniffed_type: str | None, said: str | None
) -> None:
    assert attachment_warning(listed(filename, content_type, sniffed_type)) == said


def test_an_attachment_listed_before_types_were_sniffed_is_no_worse() -> None:
    assert attachment_warning({"filename": "a.pdf", "content_type": "application/pdf", "size": 3}) is None


def test_the_warning_stands_below_the_attachment() -> None:
    entry: Document = {
        "id": 1, "at": "2026-11-23T08:00:00+01:00", "kind": "mail_in", "actor": "", "text": "Hei",
        "attachments": [listed("rapport.pdf", "application/pdf", PROGRAM)],
    }  # fmt: skip
    case: Document = {
        "reference": "KS-1", "subject": "x", "status": "new", "priority": "normal", "category": "it",
        "journal": [entry],
    }  # fmt: skip
    shown = case_timeline(case, width=100, colour=False, full=False, events=False)
    assert "    Attached: rapport.pdf (application/pdf, 3 B)\n    ! rapport.pdf: is a Windows program" in shown
