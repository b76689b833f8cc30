"""Whatever HTML is, it is read; no word that a reader would see is lost, and nothing comes out that is not clean."""

from hypothesis import given
from hypothesis import strategies as st

from inboxd.mail.charset import decode_octets
from inboxd.mail.charset_guess import FREQUENT
from inboxd.mail.flowed import unflow
from inboxd.mail.html.reading import html_to_text
from inboxd.mail.text import clean_text

NAMES = (
    "p", "div", "span", "b", "table", "tr", "td", "th", "ul", "ol", "li", "blockquote", "pre", "a", "a href=https://x.example",
    "p style='margin:0'", "font style='font-size:9px'", "div name=quote", "dl", "dt", "dd", "h1", "center", "br", "hr",
    "span style='white-space:pre'", "tbody", "o:p", "P CLASS=MsoNormal",
)  # fmt: skip
HIDING = (
    "div hidden",
    "span style='font-size:0'",
    "td style='display:none'",
    "style",
    "script",
    "!--",
    "title",
    "a hidden",
)
TAGS = st.sampled_from([*(f"<{name}>" for name in NAMES), *(f"</{name.split()[0]}>" for name in NAMES)])
MARKS = ["<", ">", '"', "'", "&", "-->", "</style>", "<![CDATA[", "]]>", "/", "=", '<a "', " ", "\n", "\xa0", "x"]
SOUP = st.lists(TAGS | st.sampled_from([f"<{name}>" for name in HIDING] + MARKS) | st.text(max_size=5))


@given(SOUP)
def test_any_soup_of_tags_is_read_as_clean_text(pieces: list[str]) -> None:
    text, _ = html_to_text(clean_text("".join(pieces)))
    assert text == clean_text(text)
    assert text == text.strip("\n")
    assert "\n\n\n" not in text or "<span style='white-space:pre'>" in pieces or "<pre>" in pieces


@given(st.lists(TAGS | st.integers(0, 99)))
def test_no_word_is_lost_and_none_moves_whatever_tags_stand_between_them(pieces: list[str | int]) -> None:
    html = "".join(piece if isinstance(piece, str) else f" ord{piece} " for piece in pieces)
    found = [word for word in html_to_text(html)[0].split() if word.startswith("ord")]
    assert found == [f"ord{piece}" for piece in pieces if isinstance(piece, int)]


CHARSETS = st.sampled_from(
    ["", "utf-8", "us-ascii", "iso-8859-1", "utf-16", "utf-7", "x-unknown", *(row[0] for row in FREQUENT)]
)


@given(st.binary(max_size=300), CHARSETS | st.text(max_size=20))
def test_any_octets_in_any_charset_are_clean_text(octets: bytes, declared: str) -> None:
    text, _ = decode_octets(octets, declared)
    assert text == clean_text(text)


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_utf8_is_never_read_as_anything_else(text: str) -> None:
    assert decode_octets(text.encode(), "utf-8") == (clean_text(text.removeprefix("\ufeff")), None)


@given(st.lists(st.text("ab >-", max_size=10)))
def test_flowed_lines_lose_nothing_but_marks_and_blanks(lines: list[str]) -> None:
    text = unflow("\n".join(lines), delsp=False)
    assert [ch for ch in text if ch in "ab"] == [ch for line in lines for ch in line if ch in "ab"]
