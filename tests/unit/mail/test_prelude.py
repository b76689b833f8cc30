"""What is taken away before a mail's first field."""

import pytest

from inboxd.mail.structure.prelude import without_prelude

MAIL = b"From: a@x.example\r\nSubject: x\r\n\r\nHei\r\n"
TRACE = b"Received: from a\r\n by b\r\n"


@pytest.mark.parametrize(
    "octets",
    [MAIL, b"\r\n\r\n" + MAIL, b" \r\n\t" + MAIL, b"\xef\xbb\xbf" + MAIL, b"\0\r\n" + MAIL,
     MAIL.replace(b"\r\n", b"\r\r\n"), MAIL.replace(b"Sub", b"S\0ub\0"), b"From a@x.example Mon Nov 16\n" + MAIL,
     b">From a Mon\r\nFrom b Tue\r\n\r\n\xef\xbb\xbf" + MAIL,
     b"From a Mon\n" + MAIL.replace(b"\r\n", b"\r\r\n")],
)  # fmt: skip
def test_a_mail_begins_with_its_first_field(octets: bytes) -> None:
    assert without_prelude(octets)[0] == MAIL


def test_a_blank_line_behind_trace_fields_goes() -> None:
    assert without_prelude(TRACE + b"\r\n" + MAIL) == (TRACE + MAIL, True)
    assert without_prelude((TRACE + b"\r\n" + MAIL).replace(b"\r\n", b"\n"))[0] == (
        TRACE.replace(b"\r\n", b"\n").removesuffix(b"\n") + b"\r\n" + MAIL.replace(b"\r\n", b"\n")
    )


@pytest.mark.parametrize(
    "octets",
    [b"", b"Hei", TRACE, TRACE + b"\r\nHei, hvor?\r\n\r\nFrom: a", TRACE + b"\r\nHei: a\r\nMvh: b\r\n\r\n",
     TRACE + b"\r\nFrom: a",
     b"Content-Type: message/rfc822\r\n\r\n" + MAIL, MAIL + b"\0", b"From: a\r\n\r\nFrom: b\r\n\r\n"],
)  # fmt: skip
def test_what_is_sound_stays(octets: bytes) -> None:
    assert without_prelude(octets) == (octets, False)
