import base64

import pytest

from inboxd.mail.body import MAX_READ, body_text
from inboxd.mail.flowed import unflow
from inboxd.mail.leaf_text import CUT, MAX_OCTETS, MAX_TEXT
from inboxd.mail.mime import walk
from inboxd.mail.structure.boundary import guess_boundary
from inboxd.mail.structure.entity import read_entity


def text_of(content_type: str, body: bytes | str, *fields: str) -> tuple[str, tuple[str, ...]]:
    head = "\r\n".join([f"Content-Type: {content_type}", *fields]).encode()
    return body_text(walk(read_entity(head + b"\r\n\r\n" + (body.encode() if isinstance(body, str) else body))))


def parts(*each: str) -> str:
    return "".join(f"--b\r\n{part}\r\n" for part in each) + "--b--\r\n"


PLAIN = "Content-Type: text/plain; charset=utf-8\r\n\r\n"
HTML = "Content-Type: text/html; charset=utf-8\r\n\r\n"


def test_html_alone_is_turned_into_text() -> None:
    text, defects = text_of("text/html; charset=utf-8", "<p>Hei &aring;</p><p>En<br>to</p><style>p {x:y}</style>")
    assert text == "Hei å\n\nEn\nto"
    assert defects == ()


def test_the_charset_of_html_may_stand_inside_it() -> None:
    body = b'<meta charset="iso-8859-1"><p>h\xf8y</p>'
    assert text_of("text/html", body) == ("høy", ())
    assert text_of("text/html", b"<p>hei</p>") == ("hei", ())


def test_only_so_much_text_is_read() -> None:
    text, defects = text_of("text/plain", "x" * (MAX_TEXT + 1))
    assert len(text) == MAX_TEXT
    assert defects == (f"text: only the first {MAX_TEXT} characters are read",)


@pytest.mark.parametrize("line", ["å" * 70 + "\n", "å" * 1_000_000, "aå" * 700_000])
def test_text_is_cut_between_lines_or_at_least_between_characters(line: str) -> None:
    text, defects = text_of("text/plain; charset=utf-8", line * (2 * MAX_OCTETS // len(line.encode())))
    assert set(text) <= {"a", "å", "\n"}
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


STUBS = [
    "This is an HTML message. Please use a client that shows HTML.",
    "Your email client does not support HTML mail.",
    "To view this message, please use an HTML compatible email viewer.",
    "Denne e-posten krever et program som støtter HTML.",
    "Se denne e-posten i nettleseren: https://x.example/v",
    "Det här meddelandet är i HTML-format.",
    "Diese E-Mail ist im HTML-Format.",
    "<div><p>Hei</p></div>",
]


@pytest.mark.parametrize("stub", STUBS)
def test_plain_text_that_only_stands_in_for_html_is_passed_over(stub: str) -> None:
    kind = "multipart/alternative; boundary=b"
    assert text_of(kind, parts(PLAIN + stub, f"{HTML}<p>Jeg trenger hjelp</p>"))[0] == "Jeg trenger hjelp"
    assert text_of(kind, parts(PLAIN + stub, f"{HTML}<p></p>"))[0] != ""


def test_words_about_html_in_a_longer_text_are_the_writers_own() -> None:
    plain = "Hei, jeg kan ikke lese HTML i programmet mitt. " * 20
    assert text_of("multipart/alternative; boundary=b", parts(PLAIN + plain, f"{HTML}<p>x</p>"))[0] == plain.strip()


def test_html_that_says_what_the_text_before_it_said_is_read_once() -> None:
    kind = "multipart/mixed; boundary=b"
    same = '<p>Hei!</p><a href="https://x.example/a">Se her</a>'
    assert text_of(kind, parts(f"{PLAIN}Hei!\r\n\r\nSe her", HTML + same))[0] == "Hei!\n\nSe her"
    assert text_of(kind, parts(f"{PLAIN}Hei!", f"{HTML}<p>Se her</p>"))[0] == "Hei!\n\nSe her"
    assert text_of(kind, parts(f"{HTML}<p>Hei!</p>", f"{PLAIN}Hei!"))[0] == "Hei!\n\nHei!"


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text/enriched", "<bold>Hei</bold>\r\nalle\r\n\r\n<color><param>red</param>a << b</color>", "Hei alle\na < b"),
        ("text/x-amp-html", "<p>Hei</p>", "Hei"),
        ("text/markdown", "# Hei", "# Hei"),
        ("plain/text", "Hei", "Hei"),
        ("text/plain; name=hei.txt", "Hei", "Hei"),
        ("text/calendar", "BEGIN:VCALENDAR", ""),
        ("application/pdf", "%PDF", ""),
    ],
)
def test_a_mail_without_other_text_is_read_from_what_text_it_has(kind: str, body: str, text: str) -> None:
    assert text_of(kind, body)[0] == text


def test_an_attached_text_is_not_taken_for_the_body() -> None:
    named = "Content-Type: text/plain; name=a.txt"
    inline = f"{named}\r\nContent-Disposition: inline\r\n\r\nlest"
    attached = f"{named}\r\nContent-Disposition: attachment\r\n\r\nulest"
    empty = f"{named}\r\nContent-Disposition: inline\r\n\r\n \r\n"
    assert text_of("multipart/mixed; boundary=b", parts(attached, empty, inline))[0] == "lest"
    assert text_of("multipart/mixed; boundary=b", parts(attached))[0] == ""


BASE64 = "Content-Transfer-Encoding: base64"
LONG = "Kan dere bytte filter i ventilasjonen på møterommet? Det lukter støv der inne hver eneste morgen."


def encoded(text: str | bytes) -> str:
    return base64.encodebytes(text if isinstance(text, bytes) else text.encode()).decode()


@pytest.mark.parametrize(
    ("body", "text", "defects"),
    [
        (encoded("Hei på deg"), "Hei på deg", ()),
        (encoded("Hei"), "Hei", ()),
        ("", "", ()),
        ("Hei", "Hei", ("transfer encoding: declared base64, read as it stands",)),
        (
            "Hei på deg\r\nHilsen Kari",
            "Hei på deg\nHilsen Kari",
            ("transfer encoding: declared base64, read as it stands",),
        ),
        (encoded(LONG) + "--\r\nSendt til listen drift", LONG + "\n--\nSendt til listen drift", ()),
        (encoded(LONG) + "---\r\n", LONG, ()),
    ],
)
def test_base64_is_decoded_only_where_it_is_that(body: str, text: str, defects: tuple[str, ...]) -> None:
    assert text_of("text/plain; charset=utf-8", body, BASE64) == (text, defects)


UNDECLARED_QP = "transfer encoding: quoted-printable that was not declared"
UNDECLARED_BASE64 = "transfer encoding: base64 that was not declared"


@pytest.mark.parametrize(
    ("body", "text", "defects"),
    [
        ("bl=C3=A5b=C3=A6r", "blåbær", (UNDECLARED_QP,)),
        ("lang linje =\r\nsom er brutt=20\r\nto", "lang linje som er brutt \nto", (UNDECLARED_QP,)),
        ("a=C3=A5 " * 4_000, ("aå " * 4_000).rstrip(), (UNDECLARED_QP,)),
        ("a=b og c=d", "a=b og c=d", ()),
        ("=20 =20", "=20 =20", ()),
        ("x=C3=A5 og y=å", "x=C3=A5 og y=å", ()),
        (encoded(LONG), LONG, (UNDECLARED_BASE64,)),
        (encoded(b"\x00" * 100), encoded(b"\x00" * 100).strip(), ()),
        (encoded(b"\xff" * 100), encoded(b"\xff" * 100).strip(), ()),
        ("A" * 77, "A" * 77, ()),
        ("A" * 65, "A" * 65, ()),
    ],
)
def test_an_encoding_that_was_not_declared_is_undone_where_nothing_else_is_possible(
    body: str, text: str, defects: tuple[str, ...]
) -> None:
    assert text_of("text/plain; charset=utf-8", body) == (text, defects)


def test_html_in_what_is_called_plain_text_is_read_as_html() -> None:
    assert text_of("text/plain", "<!DOCTYPE html><html><p>Hei</p>")[0] == "Hei"
    assert text_of("text/plain", "Slik: <html><p>Hei</p>")[0] == "Slik: <html><p>Hei</p>"


@pytest.mark.parametrize("declared", ["", "; boundary=annen", '; boundary=""', '; boundary="b'])
def test_a_multipart_is_taken_apart_at_the_boundary_that_it_has(declared: str) -> None:
    assert text_of(f"multipart/mixed{declared}", parts(f"{PLAIN}En", f"{PLAIN}To"))[0] == "En\n\nTo"


def test_a_boundary_is_a_line_with_fields_behind_it() -> None:
    assert guess_boundary(b"x\r\n--abc \r\nContent-Type: text/plain\r\n\r\n", 0) == b"abc"
    assert guess_boundary(b"--\r\nKari\r\n--abc\r\nHei", 0) == b""


def test_html_is_compared_with_the_text_above_it_however_many_follow() -> None:
    html = "Content-Type: text/html\n\n<p>{}</p>"
    text, _ = text_of("multipart/mixed", parts("Content-Type: text/plain\n\na", *(html.format(x) for x in "aabba")))
    assert text.split() == ["a", "b", "a"]


def test_once_enough_text_is_read_no_further_part_is() -> None:
    html = "Content-Type: text/html\n\n"
    text, defects = text_of("multipart/mixed", parts(html + "a" * MAX_TEXT, html + "b"))
    assert text == "a" * MAX_TEXT
    assert defects == (CUT,)


def test_once_enough_octets_are_read_no_further_part_is() -> None:
    html = "Content-Type: text/html\n\n"
    empty = html + "<br>" * (MAX_READ // 8)
    text, defects = text_of("multipart/mixed", parts(empty, html + "a", empty, html + "b"))
    assert text == "a"
    assert CUT in defects
