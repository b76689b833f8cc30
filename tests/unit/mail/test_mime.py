import pytest

from inboxd.mail.message import Attachment
from inboxd.mail.parse import attachment_content, parse


def multi(kind: str, *parts: str, boundary: str = "b", fields: str = "") -> str:
    body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f"Content-Type: multipart/{kind}; boundary={boundary}\r\n{fields}\r\n{body}--{boundary}--\r\n"


def read(content: str) -> tuple[str, tuple[Attachment, ...]]:
    message = parse(f"From: a@b.example\r\n{content}".encode())
    return message.text, message.attachments


PLAIN = "Content-Type: text/plain\r\n\r\nHei"
HTML = "Content-Type: text/html\r\n\r\n<p>Rik</p>"
IMAGE = "Content-Type: image/png\r\nContent-ID: <bilde>\r\n\r\nx"


def types(content: str) -> list[str]:
    return [attachment.content_type for attachment in read(content)[1]]


def test_texts_inside_something_attached_are_files() -> None:
    inner = multi("mixed", PLAIN, boundary="c", fields="Content-Disposition: attachment\r\n")
    text, files = read(multi("mixed", PLAIN.replace("Hei", "Ute"), inner))
    assert (text, [file.content_type for file in files]) == ("Ute", ["text/plain"])
    deeper = multi(
        "mixed", multi("alternative", PLAIN, boundary="d"), boundary="c", fields="Content-Disposition: attachment\r\n"
    )
    assert types(multi("mixed", deeper)) == ["text/plain"]


def test_a_mail_that_calls_itself_an_attachment_still_has_its_text() -> None:
    assert read(multi("mixed", PLAIN, fields="Content-Disposition: attachment\r\n"))[0] == "Hei"


@pytest.mark.parametrize(
    ("params", "parts", "text", "files"),
    [
        ("related", (HTML, IMAGE), "Rik", ["image/png"]),
        ("related", (IMAGE, HTML), "Rik", ["image/png"]),
        ("related", (HTML, PLAIN), "Rik", ["text/plain"]),
        ("related", (IMAGE,), "", ["image/png"]),
        ('related; start="<to>"', (PLAIN, HTML.replace("\r\n", "\r\nContent-ID: <to>\r\n", 1)), "Rik", ["text/plain"]),
        ('related; start="<nei>"', (PLAIN, IMAGE), "Hei", ["image/png"]),
        ("appledouble", (IMAGE, PLAIN), "", ["image/png", "text/plain"]),
        ("alternative", (PLAIN, "Content-Type: text/x-amp-html\r\n\r\n<html>"), "Hei", []),
        ("alternative", (PLAIN, "Content-Type: text/calendar\r\n\r\nx"), "Hei", ["text/calendar"]),
        ("mixed", (PLAIN, "Content-Type: text/x-amp-html\r\n\r\n<html>"), "Hei", ["text/x-amp-html"]),
    ],
)
def test_a_part_is_a_body_or_a_file_by_where_it_stands(
    params: str, parts: tuple[str, ...], text: str, files: list[str]
) -> None:
    content = multi(params, *parts)
    assert (read(content)[0], types(content)) == (text, files)


def test_a_missing_semicolon_behind_the_media_type_does_no_harm() -> None:
    part = 'Content-Type: application/pdf name="a/b.pdf"\r\n\r\nx'
    [file] = read(multi("mixed", part))[1]
    assert (file.content_type, file.filename) == ("application/pdf", "a/b.pdf")


def test_an_enclosed_mail_is_kept_to_the_octet() -> None:
    enclosed = "Subject:  to  blanke\r\nX-Rar:\tja\r\n\r\nHei \r\n\r\n--x\r\n"
    content = multi("mixed", f"Content-Type: message/rfc822\r\n\r\n{enclosed}")
    octets = f"From: a@b.example\r\n{content}".encode()
    [file] = parse(octets).attachments
    assert attachment_content(octets, file.part) == enclosed.encode()
