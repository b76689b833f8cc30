import pytest

from inboxd.mail.body import MAX_TEXT, body_text, unflow
from inboxd.mail.charset import decode_octets
from inboxd.mail.html import MAX_HTML, html_to_text
from inboxd.mail.mime import parse_octets, walk


def text_of(content_type: str, body: bytes | str, *fields: str) -> tuple[str, tuple[str, ...]]:
    head = "\r\n".join([f"Content-Type: {content_type}", *fields]).encode()
    return body_text(walk(parse_octets(head + b"\r\n\r\n" + (body.encode() if isinstance(body, str) else body))))


def parts(*each: str) -> str:
    return "".join(f"--b\r\n{part}\r\n" for part in each) + "--b--\r\n"


PLAIN = "Content-Type: text/plain; charset=utf-8\r\n\r\n"
HTML = "Content-Type: text/html; charset=utf-8\r\n\r\n"


@pytest.mark.parametrize(
    ("octets", "declared", "text", "defect"),
    [
        ("høy".encode(), "utf-8", "høy", None),
        ("høy".encode(), '"UTF-8"', "høy", None),
        ("høy".encode(), "", "høy", None),
        ("høy".encode("cp1252"), "iso-8859-1", "høy", None),
        (b"\x93h\xf8y\x94", "iso-8859-1", "“høy”", None),
        ("høy".encode("utf-16"), "utf-16", "høy", None),
        ("\ufeffhøy".encode(), "utf-8", "høy", None),
        ("høy".encode("cp1252"), "us-ascii", "høy", "charset: declared us-ascii, read as cp1252"),
        ("høy".encode("cp1252"), "", "høy", "charset: declared none, read as cp1252"),
        ("høy".encode(), "iso-8859-1", "høy", "charset: declared iso-8859-1, read as utf-8"),
        ("høy".encode(), "nonsense", "høy", "charset: declared nonsense, read as utf-8"),
        ("høy".encode(), "nonsense\x00", "høy", "charset: declared nonsense, read as utf-8"),
        ("høy".encode(), "æ", "høy", "charset: declared æ, read as utf-8"),
        (b"h\x81y", "utf-8", "h\ufffdy", "charset: declared utf-8, some characters are lost"),
        (b"aGVp", "base64", "aGVp", "charset: declared base64, read as utf-8"),
        (b"abc-", "punycode", "abc-", "charset: declared punycode, read as utf-8"),
        (b"a\x00b\r\nc", "utf-8", "ab\nc", None),
    ],
)
def test_octets_are_read_in_the_best_charset(octets: bytes, declared: str, text: str, defect: str | None) -> None:
    assert decode_octets(octets, declared) == (text, defect)


def test_html_alone_is_turned_into_text() -> None:
    text, defects = text_of("text/html; charset=utf-8", "<p>Hei &aring;</p><p>En<br>to</p><style>p {x:y}</style>")
    assert text == "Hei å\n\nEn\nto"
    assert defects == ()


def test_the_charset_of_html_may_stand_inside_it() -> None:
    body = b'<meta charset="iso-8859-1"><p>h\xf8y</p>'
    assert text_of("text/html", body) == ("høy", ())
    assert text_of("text/html", b"<p>hei</p>") == ("hei", ())


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<a href="https://x.example/a">her</a>', "her <https://x.example/a>"),
        ('<a href="https://x.example/">x.example</a>', "x.example"),
        ('<a href="mailto:a@x.example">a@x.example</a>', "a@x.example"),
        ('<a href="mailto:a@x.example">Kari</a>', "Kari <a@x.example>"),
        ('<a href="https://evil.example">https://bank.example</a>', "https://bank.example <https://evil.example>"),
        ('<a href="#del2">her</a>', "her"),
        ('<a href="https://x.example"><img src="y"></a>', ""),
        ("<p>a</p><p></p><p></p><p></p><p>b</p>", "a\n\nb"),
        ('a<img src="data:image/png;base64,AAAA">b', "ab"),
        ('<?xml version="1.0" encoding="utf-8"?><p>hei</p>', "hei"),
        ("", ""),
    ],
)
def test_html_is_shown_as_people_write(html: str, text: str) -> None:
    assert html_to_text(html) == (text, None)


def test_html_that_no_layout_can_be_made_of_is_read_all_the_same() -> None:
    text, defect = html_to_text("<blockquote>" * 3_000 + "dypt")
    assert text.strip() == "dypt"
    assert defect == "html: read without its layout"


def test_html_with_two_xml_declarations_is_read_without_its_layout() -> None:
    text, defect = html_to_text('<?xml version="1.0" encoding="utf-8"?>' * 2 + "<p>hei</p>")
    assert (text.strip(), defect) == ("hei", "html: read without its layout")


def test_only_so_much_html_and_text_is_read() -> None:
    text, defect = html_to_text("<p>" + "x " * MAX_HTML)
    assert len(text) <= MAX_HTML
    assert defect == f"html: only the first {MAX_HTML} characters are read"
    text, defects = text_of("text/plain", "x" * (MAX_TEXT + 1))
    assert len(text) == MAX_TEXT
    assert defects == (f"text: only the first {MAX_TEXT} characters are read",)


def test_the_first_useful_plain_alternative_is_taken() -> None:
    kind = "multipart/alternative; boundary=b"
    assert text_of(kind, parts(f"{PLAIN}Hei", f"{HTML}<p>HTML</p>"))[0] == "Hei"
    assert text_of(kind, parts(f"{PLAIN} \r\n", f"{HTML}<p>HTML</p>"))[0] == "HTML"
    stub = f"{PLAIN}This is an HTML message. Please use a client that shows HTML."
    assert text_of(kind, parts(stub, f"{HTML}<p>Hei</p>"))[0] == "Hei"
    assert text_of(kind, parts(stub, f"{HTML}<p></p>"))[0].startswith("This is")
    assert text_of(kind, parts(f"{HTML}<p></p>"))[0] == ""


def test_a_rich_alternative_may_be_a_container() -> None:
    related = (
        f"Content-Type: multipart/related; boundary=c\r\n\r\n--c\r\n{HTML}<p>Rik</p>\r\n--c\r\n{PLAIN}ikke meg\r\n--c--"
    )
    assert text_of("multipart/alternative; boundary=b", parts(f"{PLAIN}", related))[0] == "Rik"


def test_texts_that_follow_each_other_are_all_read() -> None:
    image = "Content-Type: image/png\r\n\r\nx"
    assert text_of("multipart/mixed; boundary=b", parts(f"{PLAIN}En", image, f"{PLAIN}To", f"{PLAIN}"))[0] == "En\n\nTo"


def test_a_container_that_is_attached_is_no_body() -> None:
    head = "Content-Type: multipart/mixed; boundary=c\r\nContent-Disposition: attachment"
    attached = f"{head}\r\n\r\n--c\r\n{PLAIN}nei\r\n--c--"
    assert text_of("multipart/mixed; boundary=b", parts(f"{PLAIN}Ja", attached))[0] == "Ja"


def test_a_multipart_that_cannot_be_taken_apart_is_read_as_it_stands() -> None:
    assert text_of("multipart/mixed", "Hei\r\n")[0] == "Hei"


@pytest.mark.parametrize(
    "parameter", ["charset*=nonsense'x'%00", "charset*0*=utf; charset*=''x", 'charset="', "charset"]
)
def test_a_broken_parameter_does_no_harm(parameter: str) -> None:
    assert text_of(f"text/plain; {parameter}", "Hei")[0] == "Hei"


@pytest.mark.parametrize(
    ("flowed", "delsp", "text"),
    [
        ("En linje \nsom fortsetter.\nNy.", False, "En linje som fortsetter.\nNy."),
        ("For\u00adbun\u00addet \nord", True, "For\u00adbun\u00addetord"),
        ("> sitat \n> går på \nSvar", False, "> sitat går på \nSvar"),
        (" > ikke sitat", False, "> ikke sitat"),
        ("Hei \n-- \nOla", False, "Hei \n-- \nOla"),
        (">> a \n> b", False, ">> a \n> b"),
    ],
)
def test_flowed_lines_are_joined(flowed: str, delsp: bool, text: str) -> None:
    assert unflow(flowed, delsp=delsp) == text


def test_flowed_text_is_told_by_its_parameter() -> None:
    assert text_of("text/plain; format=Flowed; delsp=yes", "En \r\nto")[0] == "Ento"
    assert text_of("text/plain; format=flowed", "En \r\nto")[0] == "En to"
    assert text_of("text/plain", "En \r\nto")[0] == "En \nto"
