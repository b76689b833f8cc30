import pytest

from inboxd.mail.html.reading import MAX_HTML, html_to_text


def read(html: str) -> str:
    text, defect = html_to_text(html)
    assert defect is None
    return text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("Hei\n\nder&nbsp;&aring;", "Hei\n\nder å"),
        ("<p>a</p><p></p><p></p><p></p><p>b</p>", "a\n\nb"),
        ("<div>a</div>\n<div>b</div>", "a\nb"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("<div>a<br></div><div>b</div>", "a\nb"),
        ("a<br><br><br><br>b", "a\n\nb"),
        ("<p>a<p>&nbsp;<p>&nbsp;<p>b", "a\n\nb"),
        ("a <b> </b>b", "a b"),
        ("<pre>a<b>b</b>\n\n<i>c</i></pre>", "ab\n\nc"),
        ("<table><tr><td>a<td><br>b</table>", "a  b"),
        ("<style>div > p{margin:0}p{color:red}</style><p>a<p>b", "a\n\nb"),
        ("<p style='margin:0'>a</p><p style='margin:0'>b</p>", "a\nb"),
        ("<p style='margin:0 0 10px 0'>a</p><p style='margin-top:0'>b</p>", "a\n\nb"),
        ("<p style='margin:'>a</p><p style='margin:0px'>b</p>", "a\n\nb"),
        ("<p style='MARGIN: 0.5em'>a</p><p>b</p>", "a\n\nb"),
        ("<p class=MsoNormal>a<p class=MsoNormal style='margin-bottom:12.0pt'>b<p class=MsoNormal>c", "a\nb\n\nc"),
        ("<style>.x{margin:0}</style><p class=x>a<p class=x>b", "a\nb"),
        ("<style>p.x, #y {margin:0} /* p { */</style><p class=x>a<p class=x>b<p id=y>c", "a\nb\nc"),
        ("<b>a</b> <i>b</i>\t<u> c</u>", "a b c"),
        ("<pre>a\n  b\n\n\nc</pre>d", "a\n  b\n\nc\nd"),
        ("<p style='white-space:pre-wrap'>a  b<span style='white-space:normal'>c  d</span></p>", "a  bc d"),
        ("<table><tr><td><pre>a\nb</pre></td><td>c</td></tr></table>", "a\nb\nc"),
        ("a<hr>b", "a\n--------------------\nb"),
        ("<textarea>a\nb</textarea>", "a\nb"),
        ("<dl><dt>a<dd>b<dt>c<dd>d<dd>e</dl>", "a\n  b\nc\n  d\n  e"),
        ("<p>a</i></div></td></tr></table></ul></p>b</p>c", "a\n\nb\n\nc"),
        ("</br>a</p>", "a"),
        ("<![if x]>a<![endif]>b</>c", "abc"),
    ],
)
def test_html_has_the_lines_that_a_reader_sees(html: str, text: str) -> None:
    assert read(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<ul><li>a<li>b</ul>c", "- a\n- b\nc"),
        ("<ul><li><p>a</p></li><li></li><li><div>b</div><div>c</div></li></ul>", "- a\n- b\n  c"),
        ("<ol><li>a<ul><li>b</ul><li>c</ol>", "1. a\n   - b\n2. c"),
        ("<ol start=9><li>a<li>b<br>c<li value=3>d</ol>", "9. a\n10. b\n    c\n3. d"),
        ("<ol start=x><li value=y>a</ol>", "1. a"),
        ("<li>a", "- a"),
        ("<ul hidden><li>x</ul><ol><li>a</ol>", "1. a"),
        ("<ul><li>a</li></ul></ul><ol><li>b</ol>", "- a\n1. b"),
        ("<p><span style='mso-list:Ignore'>o<span>&nbsp; </span></span>a", "- a"),
        ("<p><span style='mso-list:Ignore'>12)&nbsp;</span>a<p><span style='mso-list:Ignore'> </span>b", "12) a\n\nb"),
        ("<p hidden><span style='mso-list:Ignore'>o</span>x</p><p><span style='mso-list:Ignore'>a", "a"),
    ],
)
def test_lists_have_bullets_and_numbers(html: str, text: str) -> None:
    assert read(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<table><tr><td>a<td>b<tr><td>c<td>&nbsp;<td>d</table>e", "a  b\nc  d\ne"),
        ("<table><tr><td><p>a</p></td><td><p>b</p></td></tr></table>", "a  b"),
        ("<table><tr><td>a<br>b</td><td>c</td></tr></table>", "a\nb\nc"),
        ("<table><tr><td><table><tr><td>a</td><td>b</td></tr></table></td><td>c</td></tr></table>", "a  b  c"),
        ("<table><tr><td>a</td><td><table><tr><td>b</td><td>c</td></tr></table></td></tr></table>", "a  b  c"),
        ("<table><tr><td>a </td><td style='display:none'>x</td><td>b</td></tr></table>", "a  b"),
        ("<table><tr hidden><td>x</td></tr><tr><td>a</td></tr></table>", "a"),
        ("<table hidden><tr><td>x</td></tr></table>a", "a"),
        ("<td>a</td><td>b</td></tr>c", "a\nb\nc"),
        ("<td>a</table><table><tr><td>b</table></table>c", "a\nb\nc"),
        ("<div><table><tr><td>a</div></td><td>b</td></tr></table></div>", "a  b"),
        ("<table><tr><td><ul><li>a</ul></td><td>b</td></tr></table>", "- a  b"),
    ],
)
def test_a_row_of_a_table_is_a_line(html: str, text: str) -> None:
    assert read(html) == text


@pytest.mark.parametrize("cells", [[], ["a"], ["a", "", "b &nbsp;", "c"], ["", "&nbsp;", ""], [" a ", "b<>c", "d\ne"]])
@pytest.mark.parametrize(
    "around", ["{}", "a{}", "<a href='https://x.example/'>{}</a>", "<ul><li>{}</ul>", "<p hidden>{}"]
)
def test_a_row_of_words_alone_reads_like_one_with_other_tags_in_it(cells: list[str], around: str) -> None:
    plain = "".join(f"\n<td>{cell}</td>" for cell in cells)
    tagged = "".join(f"\n<td><b></b>{cell}</td>" for cell in cells)
    assert read(around.format(f"<table><tr>{plain}</tr></table>b")) == read(
        around.format(f"<table><tr>{tagged}</tr></table>b")
    )


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<a href="https://x.example/a">her</a>', "her <https://x.example/a>"),
        ('<a href="https://x.example/a">her </a>.', "her <https://x.example/a>."),
        ('<a href="https://x.example/">x.example</a>', "x.example"),
        ('<a href="http://www.x.example">X.example</a>', "X.example"),
        ('&lt;<a href="mailto:a@x.example">a@x.example</a>&gt;', "<a@x.example>"),
        ('<a href="mailto:a@x.example">Kari</a>', "Kari <a@x.example>"),
        ('<a href="mailto:a%0ab">Kari</a>', "Kari"),
        ('<a href="https://evil.example">https://bank.example</a>', "https://bank.example <https://evil.example>"),
        ('<a href="#del2">her</a><a name=x></a><a href="javascript:x()">nå</a>', "hernå"),
        ('<a href="https://x.example"><img src="y"></a>', ""),
        ('<a href="https://x.example/a"><div>a</div></a><div>b</div>', "a <https://x.example/a>\nb"),
        (
            '<a href="https://x.example/a">a<a href="https://x.example/b">b',
            "a <https://x.example/a>b <https://x.example/b>",
        ),
        ('<a hidden href="https://x.example/a">x</a>a</a>', "a"),
        ('<a hidden>x</a><a href="https://x.example/a">a</a> b', "a <https://x.example/a> b"),
        ('<p hidden><a href="https://x.example/a">x</a></p>a', "a"),
        (
            '<base href="https://x.example/d/"><base href="https://y.example/"><a href="a">b</a>',
            "b <https://x.example/d/a>",
        ),
        ('<base href="https://x.example/"><a href="#a">b</a><a href="//[">c</a>', "bc"),
        ("<pre><a href='https://x.example/a'>a  b</a></pre>", "a  b <https://x.example/a>"),
    ],
)
def test_a_link_says_where_it_leads_unless_its_words_do(html: str, text: str) -> None:
    assert read(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<img src=https://x.example/a alt='Rød lampe'>", "Rød lampe"),
        ("<img src=https://x.example/a alt=😀>", "😀"),
        ("<img src=cid:a alt=😀>", "😀"),
        ("<img src=cid:a alt='Rød lampe'>", ""),
        ("<img src=https://x.example/a alt='Firma AS logo'>", ""),
        ("<img src=https://x.example/a alt=image001.png>", ""),
        ("<img src=https://x.example/a alt='Et bilde som inneholder tekst'>", ""),
        (f"<img src=https://x.example/a alt='{'a b ' * 100}'>", ""),
        ('a<img src="data:image/png;base64,AAAA">b', "ab"),
    ],
)
def test_a_picture_is_described_where_its_words_say_something(html: str, text: str) -> None:
    assert read(html) == text


@pytest.mark.parametrize(
    "hidden",
    [
        "<div style='display:none'>x</div>",
        "<div style='DISPLAY : NONE !important;'>x<div>y</div></div>",
        "<span style='visibility:hidden'>x<b>y</b></span>",
        "<span style='font-size:0'>x</span>",
        "<span style='mso-hide:all'>x</span>",
        "<p style='opacity:0'>x</p>",
        "<p style='max-height:0px;overflow:hidden'>x</p>",
        "<p hidden>x",
        "<title>x</title>",
        "<style>p{}</style>",
        "<script>x</script>",
        "<STYLE>x</STYLE><TEMPLATE>x</TEMPLATE>",
        "<!-- x -->",
        "<!--[if mso]><p>x</p><![endif]-->",
        "<?xml version='1.0'?><!DOCTYPE html>",
        "<style>.x{display:none}@media a{p{display:none}}}</style><b class=x>x</b>",
        "<input type=hidden value=x>",
        "<span style='display:none'/>",
        "&#8203;&shy;&#xFEFF;",
        "<style>x",
        "<div style='display:none'>x<br><img src=https://x.example alt=Ord>y<hr></div>",
    ],
)
def test_what_is_hidden_is_not_read(hidden: str) -> None:
    assert read(f"<div>{hidden}<p>a") == "a"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a<!-- x", "a"),
        ("<p>a<!-- x <p>b", "a\n\nb"),
        ("a<style>x", "a"),
        ("a <! b", "a  b"),
        ("<p>a<![CDATA[b & c]]>d", "ab & cd"),
        ("<td style='font-size:0'>x<p style='font-size:12px'>a</p>y", "a"),
        ("<div style='opacity:0.5'>a</div>", "a"),
        ("<font color=red>a", "a"),
        ("<a title='1 > 2' href='https://x.example/a'>b</a>", "b <https://x.example/a>"),
        ('<a title="<b>" href="https://x.example/a">b</a>', "b <https://x.example/a>"),
        ("<a href='https://x.example/a>b</a> c", "b <https://x.example/a> c"),
        ("<p class='x' CLASS='y' =z>a", "a"),
        ("<span hidden><div hidden>x</span>y</div></span>b", "b"),
        ("1 < 2 > 0 <kari@x.example> <https://x.example/a>", "1 < 2 > 0 <kari@x.example> <https://x.example/a>"),
        ("&#99999999999999999999;&#xFFFFFFFFFF;&#0;", "\ufffd" * 3),
        ("<p " + "a=b " * 200 + "hidden>a", "a"),
        ("a <b", "a"),
    ],
)
def test_what_is_not_hidden_is_read_however_broken_it_is(html: str, text: str) -> None:
    assert read(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<blockquote>a<br><br>b</blockquote>c", "> a\n>\n> b\n\nc"),
        ("<blockquote type=cite style='margin:0 0 0 40px'>a", "> a"),
        ("<blockquote style='margin:0 0 0 40px;border:none;padding:0'>a</blockquote>", "a"),
        ("<blockquote style='margin:0px'>a</blockquote>", "> a"),
        ("<blockquote style='margin-left:5px;border-left:2px solid'>a</blockquote>", "> a"),
        ("<blockquote dir=ltr style='MARGIN-RIGHT: 0px'>a</blockquote>", "a"),
        ("<blockquote class=webkit-indent-blockquote>a</blockquote>", "a"),
        ("<blockquote cite=mid:x style='margin:1em'>a", "> a"),
        ("<blockquote id=blockquote_zmail style='margin:0 0 0 1em'>a", "> a"),
        ("<blockquote>a<blockquote>b</blockquote>c</blockquote>", "> a\n> > b\n>\n> c"),
        ("<blockquote><ul><li>a<br>b</ul></blockquote>", "> - a\n>   b"),
        ("<div name=quote>a</div>b", "> a\n\nb"),
        ("<div style='border:none;border-left:solid blue 1.5pt'>a</div>", "> a"),
        ("a<hr tabindex=-1>b", "a\n" + "_" * 32 + "\nb"),
        (
            "a<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm'>b</div>",
            "a\n" + "_" * 32 + "\nb",
        ),
        ("<b><blockquote>a</b>b</blockquote>c", "> ab\n\nc"),
    ],
)
def test_quoted_mail_is_told_from_what_is_only_indented(html: str, text: str) -> None:
    assert read(html) == text


@pytest.mark.parametrize("name", ["div", "table><tr><td", "blockquote", "font style='font-size:1px'", "ul><li", "span"])
def test_text_behind_deep_nesting_is_not_lost(name: str) -> None:
    closing = "".join(f"</{part.split()[0]}>" for part in reversed(name.split("><")))
    html = f"<{name}>" * 10_000 + "dypt" + closing * 10_000 + "<p>etter"
    assert len(html) < MAX_HTML
    assert read(html).split()[-2:] == ["dypt", "etter"]


def test_only_so_much_html_is_read() -> None:
    text, defect = html_to_text("<p>" + "x " * MAX_HTML)
    assert len(text) <= MAX_HTML
    assert defect == f"html: only the first {MAX_HTML} characters are read"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<script >x</script bad><p>a", "a"),
        ("<script " + "</script" * 3 + ">a", "a"),
        ("<style>x</style\n>a", "a"),
    ],
)
def test_an_end_tag_ends_where_the_next_tag_begins(html: str, text: str) -> None:
    assert read(html) == text


@pytest.mark.parametrize("address", ["kari@a.example", "kari@a..example", "kari@.a.example", "a.b@c.d.e.example"])
def test_an_address_in_angle_brackets_is_words(address: str) -> None:
    assert read(f"a <{address}>") == f"a <{address}>"


@pytest.mark.parametrize("inside", ["a@" + "." * 50_000 + " x", "a@b", "a@.b", "a@b."])
def test_what_only_begins_like_an_address_is_a_tag(inside: str) -> None:
    assert read(f"a <{inside}>b") == "a b"
