"""Our own reader of entities beside the standard library's: the same of sound mail, another where one says so.

On purpose: an enclosed message is not taken apart (its text must not leak into the case's), and what is broken is
mended or cut at a limit; then one of the two trees has a defect, a limit was met, or octets before the first field
went. Media types are mended in silence.
"""

import base64
import email
import itertools
import quopri
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import mailparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inboxd.mail.mime import attachments, walk
from inboxd.mail.structure.entity import Entity, read_entity
from inboxd.mail.structure.prelude import without_prelude

MAILS = sorted((Path(__file__).parents[1] / "fixtures" / "mail").rglob("*.eml"))
LINE_ENDS = st.sampled_from([b"\r\n", b"\n", b"\r"])
WORDS = st.text(st.sampled_from("abcæøå =.:;-_<>\t"), max_size=30).map(str.strip)
FIELDS = st.lists(
    st.tuples(st.sampled_from(["Subject", "X-Mailer", "Received", "subject"]), WORDS.filter(str.isascii)), max_size=3
)
TEXTS = st.lists(WORDS.map(lambda line: line.removeprefix("--")), max_size=4)
TYPES = st.sampled_from(["text/plain; charset=utf-8", "TEXT/html", "application/pdf; name=a.pdf", "image/png"])


def fields(drawn: list[tuple[str, str]], *more: str) -> list[bytes]:
    """Return a header block's lines, folded at their first blank."""
    lines = [f"{name}: {value}".rstrip().replace(" ", "\n ", 2).replace("\n ", " ", 1) for name, value in drawn]
    return [line.encode() for line in ("\n".join([*lines, *more]) + "\n").split("\n")]


@st.composite
def leaves_written(draw: st.DrawFn) -> list[bytes]:
    kind = draw(TYPES)
    encoding = draw(st.sampled_from(["", "8bit", "BASE64", "quoted-printable"]))
    content = "\n".join(draw(TEXTS)).encode()
    if encoding == "BASE64":
        content = base64.encodebytes(draw(st.binary(max_size=100)))
    elif encoding == "quoted-printable":
        content = quopri.encodestring(content)
    declared = [f"Content-Type: {kind}", *([f"Content-Transfer-Encoding: {encoding}"] if encoding else [])]
    return [*fields(draw(FIELDS), *declared), *content.split(b"\n")]


def boundary_around(parts: list[list[bytes]]) -> bytes:
    """Return a boundary longer than those inside, which it begins with."""
    inside = [line.count(b"b") for part in parts for line in part if line.startswith(b"--=_b")]
    return b"=_" + b"b" * (1 + max(inside, default=0))


@st.composite
def multiparts(draw: st.DrawFn, inner: st.SearchStrategy[list[bytes]]) -> list[bytes]:
    parts = draw(st.lists(inner, min_size=1, max_size=3))
    kind = draw(st.sampled_from(["mixed", "alternative", "related", "x-own"]))
    boundary = boundary_around(parts)
    declared = f'Content-Type: multipart/{kind};\n boundary="{boundary.decode()}"'
    lines = [*fields(draw(FIELDS), declared), *draw(PREFACES)]
    for part in parts:
        lines += [b"--" + boundary + draw(st.sampled_from([b"", b" \t"])), *part]
    return [*lines, b"--" + boundary + b"--", *draw(PREFACES)]


PREFACES = st.sampled_from([[], [b"This is a multi-part message."], [b"", b"-- ", b"--x"]])
ENCLOSED = leaves_written().map(lambda lines: [b"Content-Type: message/rfc822", b"", *lines])
TREES = st.recursive(leaves_written() | ENCLOSED, multiparts, max_leaves=8)
SOUND = st.tuples(TREES, LINE_ENDS).map(lambda drawn: drawn[1].join([b"From: a@x.example", *drawn[0]]))

Leaf = tuple[str, bytes, list[tuple[str, str]]]


def named(message: "Message[str, str]") -> list[tuple[str, str]]:
    return [(name.lower(), " ".join(str(value).split())) for name, value in message.raw_items()]


def of_the_library(message: "Message[str, str]") -> Iterator[Leaf]:
    """Yield the leaves of a tree; of an enclosed message its own fields, which are all that both of them read."""
    payload: object = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(payload, list):
        for child in payload:
            yield from of_the_library(child)
    elif isinstance(payload, list):
        yield (
            message.get_content_type(),
            b"",
            [*named(message), *(field for child in payload for field in named(child))],
        )
    else:
        octets = message.get_payload(decode=True)
        yield message.get_content_type(), octets if isinstance(octets, bytes) else b"", named(message)


def of_ours(entity: Entity) -> Iterator[Leaf]:
    payload: object = entity.get_payload() if entity.is_multipart() else []
    inside = [child for child in payload if isinstance(child, Entity)] if isinstance(payload, list) else []
    if inside and entity.get_content_maintype() == "multipart":
        yield from itertools.chain.from_iterable(map(of_ours, inside))
    elif inside:
        yield entity.get_content_type(), b"", [*named(entity), *(field for child in inside for field in named(child))]
    else:
        yield entity.get_content_type(), entity.content(), named(entity)


@given(SOUND)
def test_a_sound_mail_has_the_leaves_that_the_standard_library_finds(octets: bytes) -> None:
    assert list(of_ours(read_entity(octets))) == list(of_the_library(email.message_from_bytes(octets)))


FILES = st.lists(st.tuples(st.sampled_from(["a.pdf", "b c.txt", "d.png"]), st.binary(max_size=50)), max_size=4)


def part_of(name: str, content: bytes) -> bytes:
    head = f'Content-Type: application/x-own; name="{name}"\r\nContent-Disposition: attachment; filename="{name}"\r\n'
    return head.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(content)


@given(FILES)
def test_mail_parser_finds_the_same_files(files: list[tuple[str, bytes]]) -> None:
    body = b"".join(b"\r\n--b\r\n" + part for part in [b"\r\nhei", *(part_of(*file) for file in files)])
    octets = b"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n" + body + b"\r\n--b--\r\n"
    theirs = mailparser.parse_from_bytes(octets).attachments
    assert [(file["filename"], base64.b64decode(file["payload"])) for file in theirs] == files
    ours = attachments(walk(read_entity(octets)))
    assert [(file.filename, file.size) for file in ours] == [(name, len(content)) for name, content in files]


def outline(leaves: Iterator[Leaf]) -> list[tuple[str, int]]:
    return [(media_type, len(fields)) for media_type, _, fields in leaves]


MEDIA_TYPES_MENDED = frozenset({"name-without-semicolon", "type-without-a-slash", "type-with-more-behind-it"})


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_a_mail_is_read_in_another_way_only_where_one_of_them_says_so(path: Path) -> None:
    octets = path.read_bytes()
    ours, theirs = read_entity(octets), email.message_from_bytes(octets)
    told = [defect for tree in (ours, theirs) for part in tree.walk() for defect in part.defects] + ours.met
    if not told and without_prelude(octets)[0] == octets and path.stem not in MEDIA_TYPES_MENDED:
        assert outline(of_ours(ours)) == outline(of_the_library(theirs))
