"""R11: whatever the subject, the name and the text, the octets are sound and say the same when read back."""

import email
import re
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default

from hypothesis import given
from hypothesis import strategies as st

from inboxd.mail.address import Address
from inboxd.mail.compose import compose, one_line
from inboxd.mail.headers import decode_header
from inboxd.mail.text import clean_text
from tests.unit.mail.test_compose import LETTER, check_wire, display_name

HARD = [
    "æøå",
    "🙂👩‍👧",
    "שלום",
    "مرحبا",
    "\u202eRLO",
    "[KS-10429]",
    "=?utf-8?q?x?=",
    "a" * 120,
    "ü\u0308",
    "\x00\r\n",
    "",
]
WORDS = st.lists(st.sampled_from(HARD) | st.text(max_size=30), max_size=12)
TEXT = WORDS.map(" ".join)


def unfolded(octets: bytes, name: str) -> str:
    head = octets.partition(b"\r\n\r\n")[0].decode("ascii").replace("\r\n ", " ")
    return next(line.partition(":")[2].strip() for line in head.split("\r\n") if line.startswith(f"{name}:"))


@given(subject=TEXT, name=TEXT)
def test_header_lines_are_short_and_say_the_same_when_read_back(subject: str, name: str) -> None:
    sender = Address(name=name, address="kundeservice@desk.example")
    octets = compose(replace(LETTER, subject=f"[KS-10429] {subject}", from_=sender))
    check_wire(octets)
    for line in octets.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n"):
        assert len(line) <= 998
        assert "=?" not in line or len(line) <= 76
        assert all(len(word) <= 75 for word in re.findall(r"=\?\S*\?=", line))
        assert line.strip()
    expected = one_line(f"[KS-10429] {subject}")
    assert decode_header(unfolded(octets, "Subject")) == expected
    parsed = email.message_from_bytes(octets, policy=default)
    assert isinstance(parsed, EmailMessage)
    assert parsed["Subject"] == expected
    assert [address.addr_spec for address in parsed["From"].addresses] == ["kundeservice@desk.example"]
    assert display_name(octets, "From") == one_line(name)


@given(text=st.text(max_size=3000) | TEXT)
def test_any_text_survives_the_wire(text: str) -> None:
    octets = compose(replace(LETTER, text=text))
    check_wire(octets)
    parsed = email.message_from_bytes(octets, policy=default)
    assert isinstance(parsed, EmailMessage)
    assert parsed.get_content().replace("\r\n", "\n").rstrip("\n") == clean_text(text).rstrip("\n")
