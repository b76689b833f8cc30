"""A case's tag in a subject is found again through every client's prefix, encoding and folding."""

import re
from base64 import b64encode
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from inboxd.desk.reference import find_references
from inboxd.desk.thread import references_in
from inboxd.mail.address import Address
from inboxd.mail.compose import compose, one_line
from inboxd.mail.encoded_words import decode_words
from inboxd.mail.parse import parse
from tests.unit.mail.test_compose import LETTER

TAG = "[KS-10429]"
FROM = b"From: Ola <ola@x.example>\r\n"
PREFIXES = st.lists(
    st.sampled_from(["SV: ", "Sv:", "Re: ", "RE: ", "Re[2]: ", "VS: ", "Fwd: ", "AW: ", "Antw: ", "SV：", "Vedr: ",
                     "R: ", "[EKSTERN] ", "***SPAM*** ", "ADVARSEL: "]),
    max_size=4,
).map("".join)  # fmt: skip
WORDS = st.lists(
    st.sampled_from(["Skriveren", "på", "høyden", "🙂", "(3. etg)", "שלום", "?", "=", "_", "a" * 90, "møte/rom", '"x"'])
    | st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=12),
    max_size=6,
).map(" ".join)
SUBJECTS = st.tuples(PREFIXES, WORDS, WORDS).map(lambda drawn: f"{drawn[0]}{drawn[1]} {TAG} {drawn[2]}".strip())


def q_word(octets: bytes, charset: str) -> str:
    return f"=?{charset}?Q?{''.join(f'={octet:02X}' for octet in octets)}?="


def is_utf8(octets: bytes) -> bool:
    try:
        return not octets.isascii() and bool(octets.decode())
    except UnicodeDecodeError:
        return False


def b_word(octets: bytes, charset: str) -> str:
    return f"=?{charset}?b?{b64encode(octets).decode()}?="


@st.composite
def encoded(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a subject, and it as words cut anywhere, also inside a letter, of either encoding, folded or not."""
    subject = draw(SUBJECTS)
    charset = draw(st.sampled_from(["utf-8", "UTF-8*nb", "iso-8859-1", "windows-1252", "gb18030"]))
    octets = subject.encode(charset.partition("*")[0], "replace")
    assume(charset.startswith(("utf", "UTF")) or not is_utf8(octets))  # octets that are UTF-8 are read as that
    cuts = sorted(draw(st.lists(st.integers(0, len(octets)), max_size=5)))
    pieces = [octets[a:b] for a, b in zip([0, *cuts], [*cuts, len(octets)], strict=True)]
    gap = draw(st.sampled_from([" ", "\r\n ", "\r\n\t", " \r\n \r\n  "]))
    written = (draw(st.sampled_from([q_word, b_word]))(piece, charset) for piece in pieces)
    return octets.decode(charset.partition("*")[0]), gap.join(written)


def read_subject(field: bytes) -> str:
    return parse(b"Subject: " + field + b"\r\n" + FROM + b"\r\nHei\r\n").subject


@given(encoded())
def test_the_tag_is_found_through_every_prefix_and_encoding(drawn: tuple[str, str]) -> None:
    subject, field = drawn
    octets = b"Subject: " + field.encode() + b"\r\n" + FROM + b"\r\nHei\r\n"
    read = parse(octets)
    assert read.subject.split() == one_line(subject).split()
    assert [found.reference for found in references_in(read, ("KS",))] == ["KS-10429"]


@given(
    SUBJECTS, st.sampled_from(["utf-8", "cp1252"]), st.sampled_from(["\r\n ", "\r\n\t", "\r\n        ", "\n ", "\r "])
)
def test_the_tag_is_found_in_raw_octets_folded_at_every_blank(subject: str, charset: str, fold: str) -> None:
    field = fold.join(subject.split()).encode(charset, "replace")
    assert [found.reference for found in find_references(read_subject(field), ("KS",))] == ["KS-10429"]


@given(SUBJECTS, st.text(max_size=40))
def test_what_we_compose_is_what_we_read_back(subject: str, name: str) -> None:
    writer = Address(name=name, address="kundeservice@desk.example")
    read = parse(compose(replace(LETTER, subject=subject, from_=writer)))
    assert read.subject == one_line(subject)
    assert [a.address for a in read.from_] == [writer.address]
    assert read.message_id == LETTER.message_id


@given(
    st.lists(st.sampled_from(["=?utf-8?q?", "=?utf-8?B?", "?=", "=", "?", "a", " ", "=C3", "SMO4", "æ"])).map("".join)
)
def test_what_is_no_word_stays_as_it_is(value: str) -> None:
    decoded = decode_words(value)
    assert isinstance(decoded, str)
    assert re.search(r"=\?", value) or decoded == value
