"""Hostile mail, made anew by whoever runs this: every shape at any size, and small mails that fool readers.

`python -m tests.hostile` writes tests/fixtures/hostile/: each shape at its small size, and every trick. A test
says that the folder holds exactly that; the larger sizes are made where they are read.
"""

import base64
import binascii
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

FOLDER = Path(__file__).parent / "fixtures" / "hostile"

SMALL, MIDDLE, LARGE = 5_000, 1_000_000, 34_000_000
"""Octets of a mail: in the folder, of a busy day, and the largest that is fetched."""

Shape: TypeAlias = Callable[[int], bytes]

ADDRESSED = (
    b"Return-Path: <mallory@evil.example>\r\nFrom: Mallory <mallory@evil.example>\r\n"
    b"To: kundeservice@desk.example\r\nDate: Mon, 9 Mar 2026 09:00:00 +0100\r\nMessage-ID: <1@evil.example>\r\n"
)
SUBJECT = b"Subject: Hei\r\n"
PLAIN = b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
MIXED = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n'
WORDS = b"Hei, jeg har et problem.\r\n"
FIRST = b"\r\n--b\r\nContent-Type: text/plain\r\n\r\n" + WORDS


def times(piece: bytes, size: int) -> bytes:
    """Return a piece so often that it fills the size."""
    return piece * max(size // len(piece), 1)


def numbered(piece: str, size: int) -> bytes:
    """Return a piece with a number in it, counted up, until the size is full."""
    length = len(piece.format(1_000_000))
    return "".join(piece.format(number) for number in range(size // length)).encode()


def text(body: Callable[[int], bytes], *fields: bytes) -> Shape:
    """Return the shape of a plain mail with such a body."""
    head = ADDRESSED + SUBJECT + (b"".join(f + b"\r\n" for f in fields) if fields else PLAIN) + b"\r\n" + WORDS
    return lambda size: head + body(size)


def html(body: Callable[[int], bytes]) -> Shape:
    """Return the shape of a mail in HTML alone."""
    return text(body, b"MIME-Version: 1.0", b"Content-Type: text/html; charset=utf-8")


def header(field: Callable[[int], bytes], *, subject: bytes = SUBJECT) -> Shape:
    """Return the shape of a mail with such a header field (or fields) above a short text.

    At the middle size the header block is just below its limit, at the largest far above.
    """
    return lambda size: ADDRESSED + subject + field(_below_limit(size)) + b"\r\n" + PLAIN + b"\r\n" + WORDS


def _below_limit(size: int) -> int:
    return size if size == LARGE else min(size, 90_000)


def parts(more: Callable[[int], bytes]) -> Shape:
    """Return the shape of a multipart with a text, and then this."""
    return lambda size: ADDRESSED + SUBJECT + MIXED + FIRST + more(size) + b"\r\n--b--\r\n"


def part(head: bytes, body: Callable[[int], bytes]) -> Shape:
    """Return the shape of a multipart with a text and one more part."""
    return parts(lambda size: b"\r\n--b\r\n" + head + b"\r\n\r\n" + body(size))


def around(left: bytes, piece: bytes, right: bytes = b"y") -> Callable[[int], bytes]:
    """Return a body of one piece over and over between two others."""
    return lambda size: left + times(piece, size) + right


def multiparts(size: int) -> bytes:
    """Return multiparts beside each other at the bottom of others, all with boundaries as long as one may be."""
    count = size // 500
    names = [f"{number:b>199}".encode() for number in range(min(29, count) + count)]
    outer, inner = names[: min(29, count)], names[min(29, count) :]
    kind = b"Content-Type: multipart/mixed; boundary="
    opened = b"".join(kind + name + b"\r\n\r\n--" + name + b"\r\n" for name in outer)
    between = b"\r\n--" + (outer[-1] if outer else b"b") + b"\r\n"
    return ADDRESSED + SUBJECT + opened + between.join(kind + name + b"\r\n\r\n--" + name + b"\r\n" for name in inner)


def delimiters_in_header(size: int) -> bytes:
    count = size // 10
    return b"a:\r\n" * count + b"--a\r\n" * count + ADDRESSED + SUBJECT + b"\r\n" + WORDS


def nested(size: int) -> bytes:
    levels = numbered("Content-Type: multipart/mixed; boundary=x{0}\r\n\r\n--x{0}\r\n", size)
    return ADDRESSED + SUBJECT + levels + b"\r\nhei\r\n"


def boundary(length: Callable[[int], int]) -> Shape:
    """Return the shape of a multipart whose boundary has such a length."""

    def shape(size: int) -> bytes:
        name = b"b" * length(size)
        kind = b'Content-Type: multipart/mixed; boundary="' + name + b'"\r\n\r\n'
        return ADDRESSED + SUBJECT + kind + b"--" + name + b"\r\n\r\nhei\r\n--" + name + b"--\r\n"

    return shape


def base64_lines(size: int) -> bytes:
    line = base64.b64encode(bytes(range(57))) + b"\r\n"
    return times(line, size)


def uuencode_lines(size: int) -> bytes:
    return b"begin 644 fil.bin\r\n" + times(binascii.b2a_uu(bytes(range(45))), size) + b"`\r\nend\r\n"


def report(size: int) -> bytes:
    groups = numbered("Final-Recipient: rfc822; x{}@evil.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n", size)
    head = b"Return-Path: <>\r\nFrom: mailer-daemon@evil.example\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
    kind = b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n"
    status = b"\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; evil.example\r\n\r\n"
    return head + kind + FIRST + status + groups + b"\r\n--b--\r\n"


def bounce(body: Callable[[int], bytes]) -> Shape:
    """Return the shape of a bounce in words."""
    head = b"Return-Path: <>\r\nFrom: MAILER-DAEMON@evil.example\r\nSubject: failure notice\r\n" + PLAIN + b"\r\n"
    return lambda size: head + body(size)


def rfc2231(size: int) -> bytes:
    pieces = numbered(";\r\n name*{}*=%C3%A6", size)
    return b"\r\n--b\r\nContent-Type: application/pdf" + pieces + b"\r\n\r\nJVBERi0="


def many_rfc2231(size: int) -> bytes:
    one = b"\r\n--b\r\nContent-Type: application/pdf" + numbered(";\r\n name*{}*=%C3%A6", 4_500) + b"\r\n\r\nJVBERi0="
    return times(one, size)


def zipped(size: int) -> bytes:
    body = b"PK\x03\x04" + bytes(range(256)) * (size // 350)
    return (
        b"Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(body)
    )


def tnef(size: int) -> bytes:
    """Return a winmail.dat of messages in messages: the attachment of each is as long as all that it encloses."""
    message = bytes.fromhex("0703020000000000c000000000000046")
    begins = b"\x02\x02\x90\x06\x00\x00\x00\x00\x00\x00\x00"
    property_of_one = (1).to_bytes(4, "little") + b"\x0d\x00\x01\x37" + (1).to_bytes(4, "little")
    heads, length = [], 0
    for _ in range(size // 80):
        length += len(message)
        padding = -length % 4  # of the last one: where it is cut off, its padding is cut too
        content = property_of_one + length.to_bytes(4, "little") + message
        attribute = b"\x02\x05\x90\x06\x00" + (length + padding + 16).to_bytes(4, "little")
        heads.append(b"\x78\x9f\x3e\x22\x01\x00" + begins + attribute + content)
        length += len(heads[-1]) - len(message)
    octets = b"".join(reversed(heads))
    head = b'Content-Type: application/ms-tnef; name="winmail.dat"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    return head + base64.encodebytes(octets)


MARKS = "e" + "\u0301\u0316" * 500
TRAPS = {
    "attribution": b"Den 3. mars 2026 kl. 10:12 skrev ",
    "digits": b"01019012345 ",
    "long-digits": b"0" * 900 + b" ",
    "labels": b"Fra: Til: Kopi: Emne: Sendt: \r\n",
    "label-blocks": b"Fra: a\r\nTil: b\r\n",
    "addresses": b"a@b.c@d.e@",
    "hyphens": b"----------------------------------------\r\n",
    "underscores": b"________________________________\r\n",
    "statuses": b"5.1.1 550 5.7.1 4.4.4.4 ",
    "links": b"[x](http://evil.example/",
    "dots": b".",
    "references": b"[KS-10429] KS-1042 KS 10429 ",
    "colons": b"skrev:\r\n",
    "signature-marks": b"-- \r\n",
    "sent-from": b"Sendt fra min \r\n",
    "message-ids": b"Message-ID: <a@b\r\n",
    "html-tags": b"<<<<a <b>",
    "data-uris": b"data:x;base64,",
    "blanks": b" ",
    "tabs": b"\t\r\n",
    "wrote": b"Kari <k@x.example> wrote:\r\n> hei\r\n",
    "brackets": b"<[(",
    "commas": b",",
    "hashes": b"#sak #ja #nei\r\n",
    "pgp": b"-----BEGIN PGP MESSAGE-----\r\n",
    "small-words": b"og i jeg det er ikke ",
}
"""Pieces of what our own patterns look for, over and over."""

SHAPES: dict[str, Shape] = {
    # structure
    "parts-in-parts": nested,
    "parts-in-parts-of-one-name": lambda size: ADDRESSED + SUBJECT + times(MIXED + b"\r\n--b\r\n", size),
    "messages-in-messages": lambda size: ADDRESSED + SUBJECT + times(b"Content-Type: message/rfc822\r\n\r\n", size),
    "messages-beside-messages": parts(
        lambda size: times(b"\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nhei\r\n", size)
    ),
    "many-parts": parts(lambda size: times(b"\r\n--b\r\nContent-Type: application/pdf\r\n\r\nx", size)),
    "many-small-parts": parts(lambda size: times(b"\r\n--b\r\n", size)),
    "many-texts": parts(lambda size: times(b"\r\n--b\r\n\r\nhei\r\n", size)),
    "multiparts-beside-multiparts": multiparts,
    "many-html-parts": parts(
        lambda size: times(b"\r\n--b\r\nContent-Type: text/html\r\n\r\n" + times(b"<p>a <b>b</b>", size // 40), size)
    ),
    "html-beside-text-without-letters": parts(
        lambda size: (
            b"\r\n--b\r\n\r\n"
            + times(b"-. ", min(size, 950_000))
            + times(b"\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>-.", min(size, 30_000))
        )
    ),
    "charset-names": parts(
        lambda size: numbered("\r\n--b\r\nContent-Type: text/plain; charset=x{}\r\n\r\n\u00e6", size)
    ),
    "long-boundary": boundary(lambda size: size // 3),
    "empty-boundary": boundary(lambda size: 0),
    "boundary-of-a-line": boundary(lambda size: 900),
    "lines-like-delimiters": parts(lambda size: times(b"--\r\n", size)),
    "lines-like-this-delimiter": parts(lambda size: times(b"--bb\r\n--b\x00\r\n--b--x\r\n", size)),
    "closing-delimiters": parts(lambda size: times(b"--b--\r\n", size)),
    "hyphens-without-end": parts(lambda size: b"\r\n" + times(b"-", size)),
    "bare-carriage-returns": parts(lambda size: times(b"\r--", size)),
    "long-part-header": parts(lambda size: b"\r\n--b\r\n" + times(b"X: y\r\n", size) + b"\r\nhei"),
    "headers-in-every-part": parts(lambda size: times(b"\r\n--b\r\n" + b"a:\r\n" * 3_000 + b"\r\nx", size)),
    # header
    "many-fields": header(lambda size: times(b"X: y\r\n", size)[:-2]),
    "fields-without-end": lambda size: ADDRESSED + SUBJECT + times(b"X: y\r\n", size),
    "lines-that-are-no-fields": lambda size: times(b"hei\r\n", size) + ADDRESSED + SUBJECT + b"\r\n" + WORDS,
    "delimiters-in-header": delimiters_in_header,
    "subject-of-a-returned-mail": lambda size: bounce(lambda _: WORDS)(size).replace(
        b"failure notice", b"[x]" + times(b" ", _below_limit(size)) + b"y"
    ),
    "subject-of-blanks-and-tags": lambda size: bounce(lambda _: WORDS)(size).replace(
        b"failure notice", times(b"[x] " + b" " * 120, _below_limit(size)) + b"y"
    ),
    "one-long-field": header(lambda size: b"X-Long: " + times(b"x", size)),
    "one-folded-field": header(lambda size: b"X-Folded: x" + times(b"\r\n x", size)),
    "received-a-thousand-times": header(
        lambda size: times(b"Received: from a by b; Mon, 9 Mar 2026 09:00:00 +0100\r\n", size)[:-2]
    ),
    "subject-of-words": header(lambda size: b"Subject: " + times(b"=?utf-8?q?=C3=A6?= ", size), subject=b""),
    "subject-of-broken-words": header(lambda size: b"Subject: " + times(b"=?utf-8?b?=?=?", size), subject=b""),
    "subject-of-charsets": header(lambda size: b"Subject: " + numbered("=?x{}?q?=E6?= ", size), subject=b""),
    "subject-of-marks": header(lambda size: b"Subject: " + times(MARKS.encode(), size), subject=b""),
    "subject-of-prefixes": header(lambda size: b"Subject: " + times(b"SV: [EKSTERN] ", size), subject=b""),
    "references": header(lambda size: b"References: " + numbered("<{}@evil.example>\r\n ", size)[:-3]),
    "references-that-do-not-end": header(lambda size: b"References: " + times(b"<", size)),
    "content-type-of-parameters": lambda size: (
        ADDRESSED + b"Content-Type: text/plain" + times(b';a="b', _below_limit(size)) + b"\r\n\r\n" + WORDS
    ),
    "part-of-parameters": parts(
        lambda size: b"\r\n--b\r\nContent-Type: application/pdf" + times(b';\r\n a="b', size) + b"\r\n\r\nx"
    ),
    "rfc2231-pieces": parts(rfc2231),
    "rfc2231-in-every-part": parts(many_rfc2231),
    "dates": header(lambda size: b"Date: " + times(b"Mon, ", size)),
    # addresses
    "recipients": header(lambda size: b"Cc: " + numbered("x{}@evil.example,\r\n ", size)[:-4]),
    "recipients-with-names": header(lambda size: b"Cc: " + numbered('"A, B {0}" <x{0}@evil.example>,\r\n ', size)[:-4]),
    **{
        f"address-of-{name}": (
            lambda size, p=piece: ADDRESSED + b"Cc: a@b.example" + times(p, _below_limit(size)) + b"\r\n\r\n" + WORDS
        )
        for name, piece in {
            "parentheses": b"(",
            "closed-parentheses": b"()",
            "angles": b"<",
            "quotes": b'"',
            "backslashes": b"\\",
            "at-signs": b"@",
            "dots": b".",
            "groups": b"g:a@b.example;",
            "commas": b",",
            "words": b"=?utf-8?q?a?= ",
            "brackets": b"[",
            "routes": b"<@a,@b:",
        }.items()
    },
    "from-of-parentheses": lambda size: b"From: " + times(b"(", _below_limit(size)) + b"a@evil.example\r\n\r\n" + WORDS,
    "authentication-results": header(lambda size: b"Authentication-Results: x; " + times(b"dmarc=pass (", size)),
    # text
    "blank-lines": text(lambda size: times(b"\r\n", size)),
    "lines-of-one-letter": text(lambda size: times(b"x\n", size)),
    "one-line": text(lambda size: times(b"x", size)),
    "one-line-of-words": text(lambda size: times(b"ord ", size)),
    "text-beyond-ascii": text(lambda size: times("æøå ".encode(), size)),
    "undecodable-text": text(lambda size: times(b"\xff\xfe\x80", size)),
    "combining-marks": text(lambda size: times(MARKS.encode(), size)),
    "precomposed-hangul": text(lambda size: times("\u1100\u1161\u11a8".encode(), size)),
    "control-characters": text(lambda size: times(b"\x00\x1b[2J\x07", size)),
    "zero-width": text(lambda size: times("\u200b\u202e\ufeff".encode(), size)),
    "quoted-lines": text(lambda size: times(b"> hei\r\n", size)),
    "deeply-quoted-line": text(lambda size: times(b">", size)),
    "deeper-and-deeper": text(lambda size: b"".join(b">" * n + b"\r\n" for n in range(int((2 * size) ** 0.5)))),
    "flowed": text(lambda size: times(b"> hei \r\n", size), b"Content-Type: text/plain; format=flowed; delsp=yes"),
    "flowed-marks": text(lambda size: times(b"-- \r\n> \r\n", size), b"Content-Type: text/plain; format=flowed"),
    **{f"trap-{name}": text(lambda size, p=piece: times(p, size)) for name, piece in TRAPS.items()},
    # charsets
    "utf-7": text(lambda size: times(b"+AGE-", size), b"Content-Type: text/plain; charset=utf-7"),
    "iso-2022-jp": text(lambda size: times(b"\x1b$B$\x1b(B", size), b"Content-Type: text/plain; charset=iso-2022-jp"),
    "utf-16": text(lambda size: times(b"x\x00", size), b"Content-Type: text/plain; charset=utf-16"),
    "hz": text(lambda size: times(b"~{VP~}~", size), b"Content-Type: text/plain; charset=hz"),
    "idna": text(lambda size: times(b"xn--", size), b"Content-Type: text/plain; charset=idna"),
    "charset-nul": text(lambda size: times(b"hei ", size), b"Content-Type: text/plain; charset=\x00utf-8"),
    "charset-unknown": text(lambda size: times(b"h\xe6 ", size), b"Content-Type: text/plain; charset=" + b"x" * 900),
    # transfer encodings
    "base64": part(b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64", base64_lines),
    "base64-text": text(base64_lines, b"Content-Type: text/plain", b"Content-Transfer-Encoding: base64"),
    "base64-padding": part(
        b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64", lambda size: times(b"=", size)
    ),
    "base64-pieces": part(
        b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64",
        lambda size: times(b"AAAAAAAAAAAAAAAAAA==", size),
    ),
    "base64-of-blanks": part(
        b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64",
        lambda size: times(b"A \r\n", size) + b"=",
    ),
    "quoted-printable": part(
        b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: quoted-printable",
        lambda size: times(b"=C3=A6=\r\n", size),
    ),
    "soft-breaks": text(
        lambda size: times(b"=\r\n", size), b"Content-Type: text/plain", b"Content-Transfer-Encoding: quoted-printable"
    ),
    "equals-signs": text(
        lambda size: times(b"=", size), b"Content-Type: text/plain", b"Content-Transfer-Encoding: quoted-printable"
    ),
    "uuencode": part(b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: x-uuencode", uuencode_lines),
    "uuencode-of-short-lines": part(
        b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: uuencode",
        lambda size: b"begin 644 x\r\n" + times(b"!\n", size),
    ),
    "uuencode-begins": part(
        b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: uuencode",
        lambda size: times(b"begin 644 \n", size),
    ),
    # HTML
    "html-divs": html(lambda size: times(b"<div>", size)),
    "html-tables": html(lambda size: times(b"<table><tr><td>", size)),
    "html-table": html(lambda size: b"<table>" + times(b"<tr><td>a</td><td>b</td></tr>", size) + b"</table>"),
    "html-row": html(lambda size: b"<table><tr>" + times(b"<td>a</td>", size) + b"</tr></table>"),
    "html-fonts": html(lambda size: times(b'<font face="a"><b><i>x', size)),
    "html-lists": html(lambda size: times(b"<ul><li>", size)),
    "html-quotes": html(lambda size: times(b"<blockquote>x", size)),
    "html-entities": html(lambda size: times(b"&aelig;&#230;&x;", size)),
    "html-entity-without-end": html(lambda size: b"&" + times(b"a", size)),
    "html-attributes": html(lambda size: b"<p " + times(b"a=b ", size) + b">hei"),
    "html-style": html(lambda size: b'<p style="' + times(b"a:b;", size) + b'">hei'),
    "html-links": html(lambda size: times(b'<a href="http://evil.example">x</a> ', size)),
    "html-comments": html(lambda size: times(b"<!-- x -- ><!-->", size)),
    "html-breaks": html(lambda size: times(b"<br>", size)),
    "html-paragraphs": html(lambda size: times(b"<p>", size)),
    "html-open-tags": html(lambda size: times(b"<", size)),
    "html-data-uris": html(lambda size: times(b'<img src="data:image/png;base64,AAAA">', size)),
    "html-cdata": html(lambda size: times(b"<![CDATA[", size)),
    "html-pre": html(lambda size: b"<pre>" + times(b"x\n", size)),
    "html-text": html(lambda size: times(b"ord ", size)),
    "html-unknown": html(lambda size: numbered("<x{}>", size)),
    "html-scripts-without-end": html(around(b"<script ", b"</script")),
    "html-address-of-dots": html(around(b"<a@", b".", b" x>")),
    "html-mso": html(lambda size: times(b"<!--[if mso]><p>x</p><![endif]-->", size)),
    # reports, attachments
    "report-groups": report,
    "report-of-torn-groups": lambda size: report(1_000).replace(
        b"\r\n--b--", numbered("X-{}: y\r\n\r\n", size) + b"\r\n--b--"
    ),
    "report-of-torn-groups-without-recipients": lambda size: report(0).replace(
        b"\r\n--b--", numbered("X-{}: y\r\n\r\n", size) + b"\r\n--b--"
    ),
    "report-of-blank-lines": lambda size: report(1_000).replace(b"\r\n--b--", times(b"\r\n", size) + b"\r\n--b--"),
    "bounce-in-addresses": bounce(lambda size: numbered("<x{}@evil.example>:\r\n550 5.1.1 no\r\n\r\n", size)),
    "bounce-in-one-paragraph": bounce(lambda size: numbered("550 x{}@evil.example ", size)),
    "bounce-of-lines-behind-blanks": bounce(lambda size: times(b" " * 500 + b"y\r\n", size)),
    "bounce-of-blanks": bounce(around(b"message-id:", b" ")),
    "bounce-of-blanks-in-every-line": bounce(lambda size: times(b"message-id:" + b" " * 300 + b"y\r\n", size)),
    "bounce-of-copies": bounce(lambda size: times(b"--- copy of the message\r\nMessage-ID:\r\n <a@b\r\n", size)),
    "zip": lambda size: parts(lambda _: b"\r\n--b\r\n" + zipped(size))(size),
    "winmail": lambda size: parts(lambda _: b"\r\n--b\r\n" + tnef(size))(size),
    "personal-numbers": header(lambda size: b"Subject: " + times(b"01019012345 ", size), subject=b""),
    "list-of-ids": header(lambda size: b"In-Reply-To: " + times(b"<a@b", size)),
    "received-by-everyone": header(lambda size: b"Delivered-To: " + numbered("x{}@evil.example, ", size)),
    "auto-submitted": header(lambda size: b"Auto-Submitted: " + times(b"(auto", size)),
    "return-path": header(lambda size: b"Return-Path: " + times(b"<", size)),
    "calendar": part(
        b"Content-Type: text/calendar", lambda size: b"BEGIN:VCALENDAR\r\n" + times(b"METHOD:X\r\n", size)
    ),
    "rtf": part(b"Content-Type: application/rtf; name=a.rtf", lambda size: b"{\\rtf1 " + times(b"{\\b ", size)),
    "file-name": part(b"Content-Type: application/pdf; name=" + b"../" * 900, lambda size: times(b"x", size)),
}
"""Every shape by its name; each takes about the octets that the mail is to have."""

FROM_LINES: dict[str, bytes] = {
    "name-is-an-agents-address": b"agent@desk.example <mallory@evil.example>",
    "square-bracket": b"agent@desk.example]<mallory@evil.example>",
    "encoded-word-in-the-address": b"=?utf-8?q?agent=40desk.example=3e=00?=@evil.example",
    "folded-before-the-address": b"mallory@evil.example\r\n <agent@desk.example>",
    "twice": b"agent@desk.example\r\nFrom: mallory@evil.example",
    "quoted-local-part-and-comment": b'"x"@evil.example(agent@desk.example)',
    "two-addresses": b"agent@desk.example, mallory@evil.example",
    "group": b"desk: agent@desk.example, mallory@evil.example;",
    "route": b"<@evil.example:agent@desk.example>",
    "two-angles": b"<agent@desk.example> <mallory@evil.example>",
    "nul": b"agent@desk.example\x00 <mallory@evil.example>",
    "quote-that-does-not-end": b'"agent@desk.example <mallory@evil.example>',
    "escaped-quote": b'"a\\" <agent@desk.example>," <mallory@evil.example>',
    "two-at-signs": b"agent@desk.example@evil.example",
    "look-alike-domain": "agent@d\u0435sk.example".encode(),
    "direction-of-writing": "\u202eelpmaxe.ksed@tnega\u202c <mallory@evil.example>".encode(),
    "bare-carriage-return": b"agent@desk.example\rFrom: mallory@evil.example",
    "raw-octets": b"\xffagent@desk.example\xfe <mallory@evil.example>",
    "name-that-breaks-the-line": b"=?utf-8?q?Kari=0d=0aBcc:_all=40desk.example?= <mallory@evil.example>",
    "domain-literal": b"agent@[127.0.0.1]",
}
"""From lines of which two readers make two senders (rules.md 6), and their kin."""

SUBJECTS: dict[str, bytes] = {
    "clears-the-screen": b"=?utf-8?b?G1sySgdoZWk=?=",
    "sets-the-clipboard": b"\x1b]52;c;ZWNobw==\x07",
    "right-to-left": "faktura\u202egpj.exe".encode(),
    "line-break": b"=?utf-8?q?a=0d=0aBcc:_x=40evil.example?=",
    "lone-surrogate": b"=?utf-8?b?7aCA?=",
    "template": b"{{7*7}} {% include '/etc/passwd' %} ${7*7}",
    "formula": b"=cmd|' /C calc'!A0",
    "markup": b"[bold red]hei[/] <script>alert(1)</script>",
    "nul": b"a\x00b",
    "eight-bit": b"M\xf8te p\xe5 onsdag",
}
"""Subjects that do something to whoever shows them."""


def trick(line: bytes, subject: bytes) -> bytes:
    """Return a small mail with a From line and a subject."""
    head = b"Return-Path: <mallory@evil.example>\r\nFrom: " + line + b"\r\nTo: kundeservice@desk.example\r\nSubject: "
    return head + subject + b"\r\nMessage-ID: <1@evil.example>\r\n" + PLAIN + b"\r\n" + WORDS


def files() -> dict[str, bytes]:
    """Return every hostile mail of the folder by its file's name."""
    shapes = {f"{name}.eml": shape(SMALL) for name, shape in SHAPES.items()}
    lines = {f"from-{name}.eml": trick(line, b"Hei") for name, line in FROM_LINES.items()}
    subjects = {f"subject-{name}.eml": trick(b"mallory@evil.example", text) for name, text in SUBJECTS.items()}
    return {**shapes, **lines, **subjects}


def main() -> None:
    """Write the folder anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in FOLDER.glob("*.eml"):
        path.unlink()
    for name, octets in files().items():
        (FOLDER / name).write_bytes(octets)


if __name__ == "__main__":
    main()
