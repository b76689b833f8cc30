import base64

from inboxd.mail.message import ParsedMessage
from inboxd.mail.parse import attachment_content, parse
from tests.unit.mail import der
from tests.unit.mail import tnef_writer as w

INNER = b"Content-Type: text/plain; charset=utf-8\r\n\r\nDet er p\xc3\xa5 innsiden.\r\n"
P7M = 'application/pkcs7-mime; name="smime.p7m"'


def leaf(media_type: str, content: bytes, *fields: str) -> bytes:
    head = [f"Content-Type: {media_type}", "Content-Transfer-Encoding: base64", *fields]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + base64.encodebytes(content)


def mixed(*parts: bytes) -> bytes:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"
    return b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + body


def names(read: ParsedMessage) -> list[str | None]:
    return [attachment.filename for attachment in read.attachments]


WIN = 'application/ms-tnef; name="winmail.dat"'
TEXT = b"Content-Type: text/plain\r\n\r\nHei"


def test_each_file_of_a_winmail_can_be_had_by_its_part() -> None:
    octets = mixed(TEXT, leaf(WIN, w.tnef(w.file(b"en", b"1.txt"), w.file(b"to\0", b"2.bin"))), leaf("image/png", b"x"))
    read = parse(octets)
    assert names(read) == ["winmail.dat", "1.txt", "2.bin", None]
    assert len({attachment.part for attachment in read.attachments}) == 4
    contents = [attachment_content(octets, attachment.part) for attachment in read.attachments]
    assert contents[1:] == [b"en", b"to\0", b"x"]
    assert contents[0].startswith(b"\x78\x9f\x3e\x22")
    assert [attachment.size for attachment in read.attachments] == [len(content) for content in contents]


def test_the_files_of_a_winmail_have_fitting_types() -> None:
    mime = w.prop(0x370E, 0x1E, b"text/plain\0")
    odd = w.prop(0x370E, 0x1E, b"message/rfc822\0")
    cid = w.prop(0x3712, 0x1E, b"bilde@x\0")
    files = (w.file(b"a", b"a.txt", mime), w.file(b"%PDF-1", b"b", odd), w.file(b"c"), w.file(b"GIF89a", b"d", cid))
    read = parse(mixed(TEXT, leaf(WIN, w.tnef(*files))))
    found = [(a.content_type, a.inline, a.content_id) for a in read.attachments[1:]]
    assert found == [
        ("text/plain", False, None), ("application/pdf", False, None), ("application/octet-stream", False, None),
        ("image/gif", True, "bilde@x"),
    ]  # fmt: skip
    assert read.text == "Hei"


def test_the_text_of_a_winmail_is_read_only_where_there_is_no_other() -> None:
    content = w.tnef(w.attribute(1, 0x800C, 2, b"Inni\0"))
    assert parse(mixed(TEXT, leaf(WIN, content))).text == "Hei"
    assert parse(mixed(leaf(WIN, content, "Content-Disposition: attachment"))).text == "Inni"
    assert parse(mixed(b"Content-Type: text/plain\r\n\r\n \r\n", leaf(WIN, content))).text.strip() == "Inni"
    assert parse(mixed(leaf(WIN, w.tnef()))).text == ""


def test_a_mail_that_is_a_winmail_alone_is_read() -> None:
    content = w.tnef(w.attribute(1, 0x800C, 2, b"Inni\0"), w.file(b"x", b"a.txt"))
    read = parse(b"From: a@b.example\r\n" + leaf(WIN, content))
    assert (read.text, names(read)) == ("Inni", ["winmail.dat", "a.txt"])


def test_winmail_that_cannot_be_read_is_a_defect() -> None:
    read = parse(mixed(TEXT, leaf(WIN, b"rubbish")))
    assert names(read) == ["winmail.dat"]
    assert "tnef: it cannot be read" in read.defects


def test_a_mail_inside_a_signature_is_read_with_its_files() -> None:
    inner = mixed(INNER, leaf('application/pdf; name="a.pdf"', b"%PDF-1"), leaf(WIN, w.tnef(w.file(b"x", b"b.txt"))))
    octets = b"From: a@b.example\r\n" + leaf(P7M, der.signed(inner))
    read = parse(octets)
    assert read.text == "Det er på innsiden."
    assert names(read) == ["smime.p7m", "a.pdf", "winmail.dat", "b.txt"]
    assert [attachment_content(octets, a.part) for a in read.attachments][1::2] == [b"%PDF-1", b"x"]


def test_only_so_many_layers_are_opened() -> None:
    content = INNER
    for _ in range(5):
        content = leaf(P7M, der.signed(content))
    read = parse(b"From: a@b.example\r\n" + content)
    assert read.text == ""
    assert names(read) == ["smime.p7m"] * 4


def test_limits_hold_inside_too() -> None:
    many = mixed(*[b"Content-Type: image/png\r\n\r\nx"] * 600)
    read = parse(b"From: a@b.example\r\n" + leaf(P7M, der.signed(many)))
    assert len(read.attachments) <= 502
    assert any(defect.startswith("limit: ") for defect in read.defects)


def test_two_signed_parts_have_numbers_of_their_own() -> None:
    octets = mixed(leaf(P7M, der.signed(INNER)), leaf(P7M, der.signed(leaf("image/png", b"x"))))
    read = parse(octets)
    assert read.text == "Det er på innsiden."
    assert attachment_content(octets, read.attachments[-1].part) == b"x"


def test_only_so_many_parts_are_opened() -> None:
    read = parse(mixed(*[leaf(P7M, der.signed(INNER))] * 12))
    assert read.text.count("Det er på innsiden.") == 10
    assert "attachments: no more than 10 parts are opened" in read.defects
