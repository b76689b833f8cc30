import pytest
from hypothesis import given
from hypothesis import strategies as st

from inboxd.mail.formats.cms import MAX_ELEMENTS, MAX_INFLATED, cms_content, cms_kind
from tests.unit.mail import der


def read(octets: bytes) -> tuple[str | None, bytes | None]:
    return cms_kind(octets), cms_content(octets)


@pytest.mark.parametrize("size", [3, 127, 128, 70_000])
def test_signed_content_is_read(size: int) -> None:
    assert read(der.signed(b"x" * size)) == ("signed", b"x" * size)


@pytest.mark.parametrize("chunk", [1, 100, 5_000])
def test_signed_content_in_pieces_is_joined(chunk: int) -> None:
    assert read(der.streamed(b"hei " * 500, chunk)) == ("signed", b"hei " * 500)


def test_pieces_of_a_known_length_are_joined() -> None:
    string = der.tlv(0x24, der.tlv(4, b"hei ") + der.tlv(4, b"du"))
    assert read(der.content_info(der.SIGNED, der.encapsulating(string))) == ("signed", b"hei du")


def test_compressed_content_is_inflated_up_to_a_limit() -> None:
    assert read(der.compressed(b"hei")) == ("compressed", b"hei")
    assert read(der.compressed(bytes(MAX_INFLATED + 1))) == ("compressed", None)
    rubbish = der.content_info(der.COMPRESSED, der.encapsulating(der.tlv(4, b"rubbish")))
    assert read(rubbish) == ("compressed", None)


@pytest.mark.parametrize("kind", [der.ENVELOPED, der.AUTH_ENVELOPED])
def test_enveloped_content_needs_a_key(kind: str) -> None:
    assert read(der.enveloped(kind)) == ("enveloped", None)


def test_a_signature_apart_has_no_content() -> None:
    assert read(der.signed(None)) == ("signed", None)
    other = der.content_info(der.SIGNED, der.encapsulating(der.tlv(2, b"\1")))
    assert read(other) == ("signed", None)


def test_content_that_is_cut_off_goes_as_far_as_it_goes() -> None:
    whole = b"hei " * 500
    for octets in (der.signed(whole), der.streamed(whole, 100)):
        kind, cut = read(octets[:1000])
        assert kind == "signed"
        assert cut
        assert whole.startswith(cut)
    assert read(der.signed(whole)[:50]) == ("signed", None)


@pytest.mark.parametrize(
    "octets",
    [b"", b"\x30", b"hei", b"\x30\x89" + bytes(20), b"\x30\x84\x00", b"\x3f\x03\x02\x01\x00", b"\x30\x80\x02\x01\x00",
     der.content_info(der.DATA, b""), b"\x30\x03" + der.tlv(6, b"\x2a")],
)  # fmt: skip
def test_what_is_no_cms_is_none(octets: bytes) -> None:
    assert read(octets) == (None, None)


def test_only_so_many_elements_are_looked_at() -> None:
    nested = b"\x30\x80" + der.oid(der.SIGNED) + b"\xa0\x80\x30\x80" + b"\x31\x80" * (MAX_ELEMENTS + 1)
    assert read(nested) == ("signed", None)


@given(st.binary(max_size=60), st.integers(0, 90))
def test_no_octets_raise(rubbish: bytes, at: int) -> None:
    for whole in (der.signed(b"hei"), der.streamed(b"hei du", 2), der.compressed(b"hei")):
        kind, content = read(whole[:at] + rubbish)
        assert content is None or kind in {"signed", "compressed"}
