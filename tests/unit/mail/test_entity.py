"""The tree of entities, where the library's parser would agree, and where it would not."""

import email

import pytest

from inboxd.mail.structure.entity import MAX_GROUPS, Entity, read_entity

MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
INNER = MIXED.replace(b"=b", b"=c")


def tree(entity: Entity) -> object:
    """Return the bodies of the leaves, nested as their multiparts are."""
    if entity.get_content_maintype() != "multipart" or not entity.is_multipart():
        return bytes(entity.body)
    payload = entity.get_payload()
    assert isinstance(payload, list)
    return [tree(child) for child in payload if isinstance(child, Entity)]


def defects(entity: Entity) -> list[str]:
    return [type(defect).__name__ for defect in entity.defects]


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"Subject: x\r\n\r\nhei\r\n", b"hei\r\n"),
        (b"Subject: x\r\n\r\n", b""),
        (b"Subject: x", b""),
        (b"\r\nSubject: x\n\nhei", b"hei"),
        (MIXED + b"--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\nepilogue", [b"one", b"two"]),
        (MIXED + b"preamble\r\n--b\r\n\r\none\r\n--b--", [b"one"]),
        (MIXED + b"--b\n\none\n--b\n\ntwo\n--b--", [b"one", b"two"]),
        (MIXED.replace(b"\r\n", b"\r") + b"--b\r\rone\r--b--", [b"one"]),
        (MIXED + b"--b\r\n--b\r\n\r\ntwo\r\n--b--", [b"", b"two"]),
        (MIXED + b"--b\r\nX: y\r\n--b--\r\n", [b""]),
        (MIXED + b"--b  \r\n\r\none\r\n--b--\t", [b"one"]),
        (MIXED + b"--bb\r\n--b-\r\n--b\r\n\r\n--bc\r\n --b\r\n--b--", [b"--bc\r\n --b"]),
        (MIXED + b"--b\r\nhei uten hode\r\n--b--", [b"hei uten hode"]),
        (MIXED + b"--b\r\n" + INNER + b"--c\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--", [[b"one"], b"two"]),
        (MIXED + b"--b\r\n" + MIXED + b"--b\r\n\r\none\r\n--b--\r\n--b\r\n\r\ntwo\r\n--b--", [[b"one"], b"two"]),
        (b'Content-Type: multipart/mixed; boundary="a b"\r\n\r\n--a b\r\n\r\none\r\n--a b--', [b"one"]),
        (b"Content-Type: multipart/mixed;\r\n boundary*0=a; boundary*1=b\r\n\r\n--ab\r\n\r\none\r\n--ab--", [b"one"]),
        ("Content-Type: multipart/mixed; boundary=\u00e6\r\n\r\n--\u00e6\r\n\r\none\r\n--\u00e6--".encode(), [b"one"]),
    ],
)  # fmt: skip
def test_a_mail_is_taken_apart(octets: bytes, expected: object) -> None:
    assert tree(read_entity(octets)) == expected


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (MIXED + b"--b\r\n\r\nhei", ["CloseBoundaryNotFoundDefect"]),
        (MIXED + b"hei", ["StartBoundaryNotFoundDefect"]),
        (b"Content-Type: multipart/mixed\r\n\r\nhei", ["NoBoundaryInMultipartDefect"]),
        (b"Content-Type: multipart/mixed; boundary=" + b"b" * 2_000 + b"\r\n\r\nhei", ["NoBoundaryInMultipartDefect"]),
        (b"Subject: x\r\nhei\r\n", ["MissingHeaderBodySeparatorDefect"]),
        (b"Subject: x\r\n\r\nhei", []),
    ],
)
def test_what_was_wrong_with_the_structure_is_noted(octets: bytes, expected: list[str]) -> None:
    assert defects(read_entity(octets)) == expected


def test_a_part_whose_first_line_goes_on_with_nothing_is_read() -> None:
    [part] = read_entity(MIXED + b"--b\r\n x\r\nX: y\r\n\r\none\r\n--b--").get_payload()
    assert isinstance(part, Entity)
    assert (part["X"], bytes(part.body), defects(part)) == ("y", b"one", ["FirstHeaderLineIsContinuationDefect"])


FIELDS = [
    b"Subject: hei\r\nX:y\r\nX: z\r\n\r\n",
    b"Subject: a\r\n b\r\n\tc\r\nTo: x\r\n\r\n",
    b"Subject: a\n b\nTo: x\n\nhei",
    b"From a@b Mon\r\nSubject: x\r\n\r\n",
    b"Subject:\r\n x\r\n\r\n",
    b"Subject:\r\nTo: x",
    b": nameless\r\nTo: x\r\n\r\n",
    b"Subject: \xe6 \xc3\xa6\r\n\r\n",
    b"Subject: x \r\n\r\n",
]


@pytest.mark.parametrize("octets", FIELDS)
def test_fields_are_those_of_the_library(octets: bytes) -> None:
    ours, theirs = read_entity(octets), email.message_from_bytes(octets)
    assert list(ours.raw_items()) == list(theirs.raw_items())


@pytest.mark.parametrize(
    ("octets", "subject"),
    [
        (b"Subject : hei\r\n\r\n", "hei"),
        (b">From a@b Mon\r\nSubject: hei\r\n\r\n", "hei"),
        (b"X: y\r\nno field\r\nSubject: hei\r\n\r\n", "hei"),
        (b"X: y\r\nno field\r\nneither\r\nSubject: hei\r\n\r\n", "hei"),
        (b"X: y\r\nhei\r\nmin kommentar: ja\r\n\r\n", None),
    ],
)
def test_where_the_library_ends_a_header_too_early_it_goes_on(octets: bytes, subject: str | None) -> None:
    assert read_entity(octets).get("subject") == subject


def test_an_enclosed_message_is_kept_as_it_came_and_its_header_is_read() -> None:
    entity = read_entity(b"Content-Type: message/rfc822\r\n\r\nSubject: inni\r\n\r\n--b\r\nhei")
    [enclosed] = entity.get_payload()
    assert isinstance(enclosed, Entity)
    assert (enclosed["Subject"], bytes(enclosed.body)) == ("inni", b"--b\r\nhei")
    assert bytes(entity.body) == b"Subject: inni\r\n\r\n--b\r\nhei"


def test_a_part_of_a_digest_is_a_message() -> None:
    octets = MIXED.replace(b"mixed", b"digest") + b"--b\r\n\r\nSubject: inni\r\n\r\nhei\r\n--b--"
    [part] = read_entity(octets).get_payload()
    assert isinstance(part, Entity)
    assert part.get_content_type() == "message/rfc822"


def test_a_delivery_report_is_split_in_its_groups() -> None:
    head = b"Content-Type: message/delivery-status\r\n\r\n"
    entity = read_entity(head + b"\r\nA: 1\r\n\r\n\r\nB: 2\r\nC: 3\r\n\r\nrubbish\r\n\r\nD: 4")
    assert [group.keys() for group in entity.get_payload()] == [["A"], ["B", "C"], [], ["D"]]
    assert len(read_entity(head + b"A: 1\r\n\r\n" * 3_000).get_payload()) == MAX_GROUPS


def test_a_replaced_field_is_the_one_that_is_read() -> None:
    entity = read_entity(b"Content-Type: text/plain\r\nX: y\r\n\r\n")
    assert (entity.get_content_type(), entity.get("x"), entity.get("z", "none")) == ("text/plain", "y", "none")
    entity.replace_header("Content-Type", "text/html")
    assert entity.get_content_type() == "text/html"


def test_content_is_decoded_from_where_it_lies_whole_or_its_beginning() -> None:
    entity = read_entity(b"Content-Transfer-Encoding: base64\r\n\r\n" + b"aGVpIHDDpSBkZWcu\r\n")
    assert entity.content() == "hei på deg.".encode()
    assert entity.content(3) == b"hei"


@pytest.mark.parametrize(("length", "texts"), [(200, 1), (201, 0)])
def test_a_boundary_has_a_length_that_somebody_may_write(length: int, texts: int) -> None:
    name = b"b" * length
    octets = (
        b"Content-Type: multipart/mixed; boundary="
        + name
        + b"\r\n\r\n--"
        + name
        + b"\r\n\r\nHei\r\n--"
        + name
        + b"--\r\n"
    )
    root = read_entity(octets)
    assert sum(not part.is_multipart() for part in root.walk() if part is not root) == texts


def test_the_delimiters_of_an_outer_multipart_count_again_behind_an_inner_one() -> None:
    inner = "Content-Type: multipart/mixed; boundary={0}\n\n--{0}\n\n{0}\n--{0}--\n"
    parts = "".join(f"--o\n{inner.format(name)}" for name in ("i", "j", "i"))
    root = read_entity(f"Content-Type: multipart/mixed; boundary=o\n\n{parts}--o--\n--i\n".encode())
    leaves = [bytes(part.body) for part in root.walk() if isinstance(part, Entity) and not part.is_multipart()]
    assert leaves == [b"i", b"j", b"i"]


def test_a_line_that_is_the_delimiter_of_a_content_type_ends_the_header() -> None:
    head = "a: b\nContent-Type: multipart/mixed; boundary=x\nb: c\n"
    assert read_entity(f"{head}--x\n\nHei\n--x--\n".encode()).keys() == ["a", "Content-Type", "b"]
    assert read_entity(f"{head}--q\nSubject: Hei\n\n".encode()).keys() == ["a", "Content-Type", "b", "Subject"]


def test_a_boundary_as_an_extended_parameter_is_read_whatever_its_charset() -> None:
    root = read_entity(b"Content-Type: multipart/mixed; boundary*=x-none'no'b\n\n--b\n\nHei\n--b--\n")
    assert [bytes(part.body) for part in root.walk() if isinstance(part, Entity)][1:] == [b"Hei"]
