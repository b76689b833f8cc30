"""Reading one mail: ours beside mail-parser alone and the standard library alone, at 1 kB, 50 kB and 10 MB.

`python -m benchmarks.parse [ROUNDS]`. Within a round the three take turns on the same octets, so that a busy machine
slows all of them; a figure is the median of the rounds. Ours returns a whole ParsedMessage: text, reply, kind of
report, attachments with their checksums, language, identity, and the signs of a machine. mail-parser returns what its
properties say. It judges nothing, so the ratio is that of "reading": ours without the rules about machines.
"""

import email
import email.policy
import sys
import time
from collections.abc import Callable
from email.message import EmailMessage
from typing import TypeAlias

import mailparser

from benchmarks.corpus import WORDS
from benchmarks.measure import median, verdict
from inboxd.mail.parse import _Guard, _read, parse

Reader: TypeAlias = Callable[[bytes], object]

TEXT_TARGET, HTML_TARGET = 1.3, 3.0
SIZES = {"1 kB": 1_000, "50 kB": 50_000, "10 MB": 10_000_000}
REPEATS = {"1 kB": 200, "50 kB": 20, "10 MB": 1}
"""How often a mail is read in a round: the clock is coarse."""


def with_mail_parser(octets: bytes) -> object:
    mail = mailparser.parse_from_bytes(octets)
    return (
        mail.subject,
        mail.from_,
        mail.to,
        mail.date,
        mail.message_id,
        mail.text_plain,
        mail.text_html,
        mail.attachments,
    )


def with_library(octets: bytes) -> object:
    message = email.message_from_bytes(octets, policy=email.policy.compat32)
    contents = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
    return message["Subject"], message["From"], message["To"], message["Date"], message["Message-ID"], contents


def without_judging(octets: bytes) -> object:
    return _read(octets, _Guard(), headers_only=False)


READERS: dict[str, Reader] = {
    "ours": parse,
    "reading": without_judging,
    "mail-parser": with_mail_parser,
    "library": with_library,
}


def prose(size: int) -> str:
    """Return lines of words of about so many octets."""
    line = " ".join(WORDS[:14])
    return "\n".join([line] * max(size // (len(line.encode()) + 1), 1))


def head() -> EmailMessage:
    message = EmailMessage(policy=email.policy.SMTP)
    message["Return-Path"] = "<ola@kommune.example>"
    message["Received"] = "from a.kommune.example by mx.desk.example; Mon, 9 Mar 2026 09:00:01 +0100"
    message["From"] = "Ola Nordmann <ola@kommune.example>"
    message["To"] = "Kundeservice <kundeservice@desk.example>"
    message["Subject"] = "Skriveren på møterommet virker ikke"
    message["Date"] = "Mon, 09 Mar 2026 09:00:00 +0100"
    message["Message-ID"] = "<1@kommune.example>"
    return message


def text_mail(size: int) -> bytes:
    message = head()
    message.set_content(prose(size - 500), cte="8bit")
    return message.as_bytes()


OUTLOOK = (
    "<p class=MsoNormal style='margin:0cm;font-size:11.0pt;font-family:\"Calibri\",sans-serif'>"
    "<span lang=NO style='mso-fareast-language:EN-US'>{}<o:p></o:p></span></p>\n"
)


ROW = (
    "<tr height=20 style='height:15.0pt'>\n<td height=20 class=xl65 width=87 style='height:15.0pt;width:65pt'>{}</td>\n"
    "<td class=xl66 width=120 style='border-left:none;width:90pt'>{}</td>\n"
    "<td class=xl66 align=right style='border-left:none'>1 200,00</td>\n</tr>\n"
)
LINK = '<p>{} <a href="https://www.kommune.example/tjenester/sak/{{}}?kilde=nyhetsbrev">{}</a> {}.</p>\n'


def html_mail(size: int) -> bytes:
    """Return a mail of HTML alone, its paragraphs as Outlook writes them."""
    return html_of(OUTLOOK.format(" ".join(WORDS[:28])), size)


def table_mail(size: int) -> bytes:
    """Return a mail of one table, its rows as Excel writes them."""
    return html_of(ROW.format(WORDS[0], " ".join(WORDS[:4])), size)


def links_mail(size: int) -> bytes:
    """Return a mail of short paragraphs, each with another link."""
    return html_of(LINK.format(WORDS[0], WORDS[1], " ".join(WORDS[2:5])), size)


def html_of(paragraph: str, size: int) -> bytes:
    message = head()
    style = "<style>p.MsoNormal {margin:0cm;} a:link {color:#0563C1;}</style>"
    paragraphs = "".join(paragraph.format(n) for n in range(max((size - 700) // len(paragraph), 1)))
    page = f"<html><head>{style}</head><body lang=NO><div class=WordSection1>{paragraphs}</div></body></html>"
    message.set_content(page, subtype="html", cte="8bit")
    return message.as_bytes()


def both_mail(size: int) -> bytes:
    message = head()
    message.set_content(prose(size // 3), cte="8bit")
    message.add_alternative(f"<html><body><p>{prose(size // 2)}</p></body></html>", subtype="html", cte="8bit")
    return message.as_bytes()


def file_mail(size: int) -> bytes:
    message = head()
    message.set_content(prose(300), cte="8bit")
    octets = bytes(range(256)) * max((size - 1_000) * 3 // 4 // 256, 1)
    message.add_attachment(octets, maintype="application", subtype="pdf", filename="vedlegg.pdf")
    return message.as_bytes()


KINDS: dict[str, tuple[Callable[[int], bytes], float]] = {
    "text": (text_mail, TEXT_TARGET),
    "text and HTML": (both_mail, TEXT_TARGET),
    "attachment": (file_mail, TEXT_TARGET),
    "HTML alone": (html_mail, HTML_TARGET),
    "HTML, table": (table_mail, HTML_TARGET),
    "HTML, links": (links_mail, HTML_TARGET),
}


def variants(octets: bytes, count: int) -> list[bytes]:
    """Return a mail as so many people would send it: nothing that was read of one is of use for another."""
    head, blank, body = octets.partition(b"\r\n\r\n")
    numbers = (str(number).encode() for number in range(count))
    return [
        head.replace(b"@", n + b"@")
        .replace(b"Ola", b"Ola" + n)
        .replace(b"Subject: ", b"Subject: " + n)
        .replace(b"09:00", b"%d:%d" % (int(n) % 24, int(n) % 60))
        + blank
        + body
        for n in numbers
    ]


def timed(reader: Reader, mails: list[bytes]) -> float:
    """Return the microseconds of processor time that reading one of the mails takes."""
    began = time.process_time()
    for octets in mails:
        reader(octets)
    return (time.process_time() - began) / len(mails) * 1e6


def measure(mails: list[bytes], rounds: int) -> dict[str, list[float]]:
    """Read the mails with each reader in turn; return the microseconds of every round."""
    for reader in READERS.values():
        reader(mails[0])
    taken: dict[str, list[float]] = {name: [] for name in READERS}
    for _ in range(rounds):
        for name, reader in READERS.items():
            taken[name].append(timed(reader, mails))
    return taken


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    held = []
    lines = []
    print(
        f"{'mail':24} {'ours':>10} {'reading':>10} {'mail-parser':>12} {'library':>10}   microseconds a mail, "
        f"median of {rounds} rounds"
    )
    for kind, (make, target) in KINDS.items():
        for size, octets in SIZES.items():
            taken = measure(variants(make(octets), REPEATS[size]), rounds)
            middle = {name: median(values) for name, values in taken.items()}
            ratios = [own / other for own, other in zip(taken["reading"], taken["mail-parser"], strict=True)]
            ratio = median(ratios)
            figures = (f"{middle[name]:{width}.0f}" for name, width in zip(READERS, (10, 10, 12, 10), strict=True))
            print(f"{kind + ', ' + size:24} {' '.join(figures)}")
            held.append(ratio <= target)
            lines.append(verdict(f"{kind}, {size}, times mail-parser", ratio, f"<= {target}", held=held[-1]))
    print("\n".join(lines))
    return 0 if all(held) else 1


if __name__ == "__main__":
    raise SystemExit(main())
