import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inboxd.mail.formats.tnef import MAX_FILES, BrokenTnef, unpack
from tests.unit.mail import tnef_writer as w

LONG, SHORT, SHOWN, MIME, CID, OBJECT = 0x3707, 0x3704, 0x3001, 0x370E, 0x3712, 0x3701


def test_files_keep_their_octets_and_trailing_zeros() -> None:
    [one, other] = unpack(w.tnef(w.file(b"PDF\0\0", b"a.pdf"), w.file(b"x", b"b.txt"))).files
    assert (one.filename, one.content) == ("a.pdf", b"PDF\0\0")
    assert (other.filename, other.content) == ("b.txt", b"x")


@pytest.mark.parametrize(
    ("title", "props", "name"),
    [
        (b"RSMTE~1.DOC", (w.prop(LONG, 0x1F, w.unicode("Årsmøte.doc")),), "Årsmøte.doc"),
        ("Žádost.pdf".encode("cp1250"), (), "Žádost.pdf"),
        (None, (w.prop(SHORT, 0x1E, "Žal.pdf\0".encode("cp1250")),), "Žal.pdf"),
        (None, (w.prop(SHOWN, 0x1F, w.unicode("Vist navn")),), "Vist navn"),
        (b"to\nlinjer.txt", (), "to linjer.txt"),
        (None, (), None),
    ],
)
def test_the_best_name_is_decoded(title: bytes | None, props: tuple[bytes, ...], name: str | None) -> None:
    [found] = unpack(w.tnef(w.file(b"x", title, *props), code_page=1250)).files
    assert found.filename == name


def test_the_media_type_and_content_id_are_read() -> None:
    props = (w.prop(MIME, 0x1E, b"Image/PNG\0"), w.prop(CID, 0x1F, w.unicode("<a@b>")))
    [found] = unpack(w.tnef(w.file(b"x", b"a.png", *props))).files
    assert (found.content_type, found.content_id) == ("image/png", "a@b")


def test_properties_of_every_length_are_passed_over() -> None:
    fixed = [struct.pack("<HH", kind, 0x6000 + kind) + b"\1" * width for kind, width in ((2, 4), (5, 8), (0x48, 16))]
    many = struct.pack("<HHI", 0x1003, 0x6100, 2) + b"\1" * 8
    strings = w.prop(0x6101, 0x101E, b"a\0", b"bcdef\0")
    number = struct.pack("<HH", 3, 0x8001) + b"g" * 16 + struct.pack("<II", 0, 7) + b"\1" * 4
    word = struct.pack("<HH", 3, 0x8002) + b"g" * 16 + struct.pack("<II", 1, 6) + w.unicode("ab") + b"\0\0" + b"\1" * 4
    title = w.prop(LONG, 0x1F, w.unicode("til slutt.pdf"))
    [found] = unpack(w.tnef(w.file(b"x", None, *fixed, many, strings, number, word, title))).files
    assert found.filename == "til slutt.pdf"


def test_an_embedded_object_loses_the_name_of_its_interface() -> None:
    [found] = unpack(w.tnef(w.file(b"", b"a.ole", w.prop(OBJECT, 0x0D, b"i" * 16 + b"innhold")))).files
    assert found.content == b"innhold"
    [found] = unpack(w.tnef(w.file(b"", b"a.bin", w.prop(OBJECT, 0x102, b"innhold")))).files
    assert found.content == b"innhold"


def message_in(octets: bytes, *names: bytes) -> bytes:
    return w.tnef(w.file(b"", *names, w.prop(OBJECT, 0x0D, w.MESSAGE_OBJECT + octets)) if names else b"")


def test_an_attached_message_becomes_its_text_and_its_files() -> None:
    inner = w.tnef(
        w.attribute(1, 0x8004, 1, b"Emne\0"),
        w.attribute(1, 0x800C, 2, "Hei på\0".encode("cp1252")),
        w.file(b"x", b"i.txt"),
    )
    text, file = unpack(message_in(inner, b"Gammel")).files
    assert (text.filename, text.content_type, text.content.decode()) == ("Gammel", "text/plain", "Hei på")
    assert file.filename == "i.txt"
    assert unpack(message_in(inner, b"")).files[0].filename == "Emne"
    html = w.tnef(w.attribute(1, 0x9003, 6, w.properties(w.prop(0x1013, 0x102, b"<p>Hei</p>"))))
    assert unpack(message_in(html, b"h")).files[0].content_type == "text/html"


def test_a_broken_or_too_deep_message_is_kept_as_it_is() -> None:
    read = unpack(message_in(b"rubbish", b"m"))
    assert [(f.filename, f.content, f.content_type) for f in read.files] == [("m", b"rubbish", "application/ms-tnef")]
    assert read.defects == ("tnef: a message in it cannot be read",)
    deep = w.tnef(w.file(b"x", b"innerst.txt"))
    for _ in range(6):
        deep = message_in(deep, b"lag")
    read = unpack(deep)
    assert [f.filename for f in read.files] == ["lag"] * 4
    assert read.defects == ("tnef: a message in it cannot be read",)


def test_the_text_is_plain_before_html_before_rich() -> None:
    html = w.prop(0x1013, 0x102, "<p>på</p>".encode())
    page = struct.pack("<HHI", 3, 0x3FDE, 65001)
    rich = w.prop(0x1009, 0x102, struct.pack("<II", 0, 0) + b"MELA\0\0\0\0" + rb"{\rtf1 rik}")
    plain = w.prop(0x1000, 0x1F, w.unicode("ren"))
    block = [
        w.tnef(w.attribute(1, 0x9003, 6, w.properties(*some))) for some in ((html, page, rich), (rich,), (rich, plain))
    ]
    assert [(unpack(one).text, unpack(one).is_html) for one in block] == [
        ("<p>på</p>", True),
        ("rik", False),
        ("ren", False),
    ]
    assert unpack(w.tnef()).text == ""


def test_the_subject_is_read_from_either_place() -> None:
    assert unpack(w.tnef(w.attribute(1, 0x9003, 6, w.properties(w.prop(0x37, 0x1F, w.unicode("Ny")))))).subject == "Ny"
    assert unpack(w.tnef(w.attribute(1, 0x8004, 1, b"Gml\0"))).subject == "Gml"


def test_octets_that_are_no_tnef_are_refused() -> None:
    with pytest.raises(BrokenTnef):
        unpack(b"MZ")


def test_what_breaks_off_is_kept_as_far_as_it_goes() -> None:
    whole = w.tnef(w.file(b"hel", b"a.txt"), w.file(b"y" * 50, b"b.txt"))
    read = unpack(whole[:-20])
    assert [f.content for f in read.files] == [b"hel", b"y" * 32]
    assert read.defects == ("tnef: not all of it can be read",)


@pytest.mark.parametrize(
    "block",
    [
        w.properties(struct.pack("<HH", 0x99, 0x6000) + b"\1" * 8),
        w.properties(w.prop(LONG, 0x1E, b"a.pdf\0"), count=9),
        b"\1",
    ],
)
def test_properties_that_break_are_a_defect_and_no_loss(block: bytes) -> None:
    read = unpack(w.tnef(w.file(b"x", b"a.pdf") + w.attribute(2, 0x9005, 6, block)))
    assert [(f.filename, f.content) for f in read.files] == [("a.pdf", b"x")]
    assert read.defects == ("tnef: not all of it can be read",)


def test_a_title_before_any_file_begins_one() -> None:
    read = unpack(w.tnef(w.attribute(2, 0x8010, 1, b"a.txt\0"), w.attribute(2, 0x800F, 6, b"x")))
    assert [(f.filename, f.content) for f in read.files] == [("a.txt", b"x")]


def test_only_so_many_files_are_unpacked() -> None:
    read = unpack(w.tnef(*[w.file(b"x", b"a.txt")] * (MAX_FILES + 5)))
    assert len(read.files) == MAX_FILES
    assert read.defects == (f"tnef: only {MAX_FILES} files are unpacked",)


def test_only_so_many_attributes_are_read() -> None:
    read = unpack(w.tnef(*[w.attribute(1, 0x8001, 0, b"")] * 6_000, w.file(b"x", b"a.txt")))
    assert (read.files, read.defects) == ((), ("tnef: not all of it can be read",))


@given(st.binary(max_size=300), st.integers(0, 200))
def test_no_octets_raise_anything_else(rubbish: bytes, at: int) -> None:
    whole = w.tnef(w.file(b"PDF", b"a.pdf", w.prop(LONG, 0x1F, w.unicode("å.pdf"))))
    read = unpack(whole[: 6 + at] + rubbish)
    assert sum(len(f.content) for f in read.files) <= len(whole) + len(rubbish)
