"""Every limit that `about` states holds at its value, and is met one above: none is stated wrong, none is hidden."""

import datetime as dt
import email
import email.policy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inboxd.desk.backoff import GIVE_UP_TRIES, next_state
from inboxd.desk.decision import Draft
from inboxd.desk.order import Reply
from inboxd.mail.address import Address
from inboxd.mail.envelope import OutgoingLetter
from inboxd.mail.message import ParsedMessage
from inboxd.mail.parse import parse
from inboxd.mail.smtp_reply import Attempt, Outcome, RecipientOutcome, SmtpReply
from inboxd.mail.subject import receipt_subject
from inboxd.office.about import about
from inboxd.office.act import act
from inboxd.office.explain import Explainer
from inboxd.office.files import safe_name
from inboxd.office.finding import find
from inboxd.office.health import health
from inboxd.office.letters.freezing import context, freeze
from inboxd.parsing.failure import ParseFailed
from inboxd.store import folders, outbox
from tests.integration.paper_desk import NOW, OLA, PaperDesk, mail, plain_parser, write_config

CAPS = '\n[receipts]\nper_address = "5/1h"\nunknown_senders = "7/1m"\ndesk = "9/1h"\n'
HEAD = "From: ola@kommune.example\r\nTo: kundeservice@desk.example\r\nSubject: hei\r\nMessage-ID: <1@x.example>\r\n"
TEXT = "Content-Type: text/plain; charset=utf-8\r\n\r\nhei\r\n"


@pytest.fixture
def desk(tmp_path: Path, empty_database: Path) -> Any:
    shutil.copy(empty_database, tmp_path / "inboxd.db")
    config = write_config(tmp_path, more=CAPS)
    config.write_text(config.read_text().replace("[desk]\n", '[desk]\nmax_message_size = "64KB"\n'))
    desk = PaperDesk(tmp_path, config=config)
    yield desk
    desk.close()


def cut(octets: bytes, word: str) -> bool:
    """Say whether a mail met a limit of which its defects tell in that word."""
    return any(word in defect for defect in parse(octets).defects)


def multipart(*parts: str, head: str = HEAD) -> bytes:
    body = "".join(f"--b\r\n{part}\r\n" for part in parts)
    return f'{head}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n{body}--b--\r\n'.encode()


def message(octets: int, desk: PaperDesk) -> bool:
    large = mail().ljust(octets, b"x")
    explainer = Explainer(desk=desk.office.desk, office=desk.office, parser=plain_parser, clock=desk.clock)
    return bool(explainer.explain("a.eml", large)["kind"] == "malformed")


def header_block(octets: int, _: PaperDesk) -> bool:
    filler, line = octets - len(HEAD), "X: " + "y" * 995 + "\r\n"
    whole, rest = divmod(filler - 10, len(line))
    head = HEAD + line * whole + "X: " + "y" * (filler - whole * len(line) - 5) + "\r\n"
    assert (len(head), rest >= 0) == (octets, True)
    return cut((head + "\r\nhei\r\n").encode(), "header block")


def header_fields(number: int, _: PaperDesk) -> bool:
    return cut((HEAD + "X: y\r\n" * (number - HEAD.count("\r\n")) + "\r\nhei\r\n").encode(), "header fields")


def mime_depth(depth: int, _: PaperDesk) -> bool:
    levels = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(depth))
    return cut(f"{HEAD}MIME-Version: 1.0\r\n{levels}\r\nhei\r\n".encode(), "deep")


def mime_parts(number: int, _: PaperDesk) -> bool:
    return cut(multipart(*[TEXT] * number), "parts")


def part_header(octets: int, _: PaperDesk) -> bool:
    head = "Content-Type: text/plain\r\n"
    long = head + ("X: " + "y" * 495 + "\r\n") * ((octets - len(head) - 20) // 500)
    long += "Z: " + "z" * (octets - len(long) - 5) + "\r\n"
    assert len(long) == octets
    return cut(multipart(long + "\r\nhei"), "part's header")


def text_characters(number: int, _: PaperDesk) -> bool:
    return cut((HEAD + "\r\n").encode() + b"x" * number, "text: only the first")


def html_characters(number: int, _: PaperDesk) -> bool:
    head = f"{HEAD}MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>"
    return cut(head.encode() + b"x" * (number - 3), "only the first")


def field_addresses(number: int, _: PaperDesk) -> bool:
    people = ",\r\n ".join(f"a{n}@x.example" for n in range(number))
    return cut(HEAD.replace("kundeservice@desk.example", people).encode() + b"\r\nhei\r\n", "addresses in to")


def references(number: int, _: PaperDesk) -> bool:
    ids = "\r\n ".join(f"<{n}@x.example>" for n in range(number))
    return cut(f"{HEAD}References: {ids}\r\n\r\nhei\r\n".encode(), "references")


def servers_passed(number: int, desk: PaperDesk) -> bool:
    received = "Received: from a by b; Mon, 09 Mar 2026 09:00:00 +0100\r\n" * number
    desk.arrive(received.encode() + mail())
    return not any(letter.kind == "receipt" for letter in desk.letters())


def reading_attempts(number: int, desk: PaperDesk) -> bool:
    """A mail that can only be read at so many attempts."""
    tried = 0

    def dies(octets: bytes, *, headers_only: bool = False) -> ParsedMessage:
        nonlocal tried
        tried += 1
        if tried < number:
            raise ParseFailed("The reader of mail died.")
        return plain_parser(octets)

    desk.parser = dies
    desk.arrive(mail())
    return tried < number


def held(desk: PaperDesk, senders: list[str]) -> bool:
    desk.arrive(*(mail(f"Sak {n}", number=n, sender=sender, text=f"Hei {n}") for n, sender in enumerate(senders)))
    receipts = [letter for letter in desk.letters() if letter.kind == "receipt"]
    assert len(receipts) == len(senders)
    return any(letter.state == "hold" for letter in receipts)


def known(desk: PaperDesk, number: int) -> list[str]:
    """Return senders who had a case before, an hour and more ago."""
    senders = [f"kjent{n}@kommune.example" for n in range(number)]
    for batch in range(0, number, 5):
        mails = [
            mail(f"Før {n}", number=100 + n, sender=senders[n], text=f"Før {n}")
            for n in range(batch, min(batch + 5, number))
        ]
        desk.arrive(*mails)
        desk.clock.forward(hours=2)
    return senders


def receipts_per_address(number: int, desk: PaperDesk) -> bool:
    return held(desk, [OLA] * number)


def receipts_unknown_senders(number: int, desk: PaperDesk) -> bool:
    return held(desk, [f"ny{n}@kommune.example" for n in range(number)])


def receipts_desk(number: int, desk: PaperDesk) -> bool:
    before = known(desk, number)
    sent = [letter.id for letter in desk.letters() if letter.kind == "receipt"]
    desk.arrive(*(mail(f"Ny {n}", number=n, sender=sender, text=f"Ny {n}") for n, sender in enumerate(before)))
    return any(
        letter.state == "hold" for letter in desk.letters() if letter.kind == "receipt" and letter.id not in sent
    )


def receipt_subject_characters(number: int, _: PaperDesk) -> bool:
    return receipt_subject("ø" * number) != "ø" * number


def letter_subject_characters(number: int, desk: PaperDesk) -> bool:
    before = "[inboxd] Kundeservice: "
    about_what = "x" * (number - len(before))
    draft = Draft(
        kind="alert", case_id=None, mailbox="kundeservice", template="alert", language="nb",
        to=(Address(name="", address=OLA),), about=about_what, text="Hei.",
    )  # fmt: skip
    return freeze(draft, 1, None, desk.office).subject != before + about_what


def quoted_characters(number: int, desk: PaperDesk) -> bool:
    draft = Draft(
        kind="agent", case_id=None, mailbox="kundeservice", template="agent_answer", language="nb",
        to=(Address(name="", address=OLA),), about="x" * number,
    )  # fmt: skip
    return context(draft, None, desk.office.desk, desk.office.desk.mailboxes[0]).about != "x" * number


def attached_octets(number: int, desk: PaperDesk) -> bool:
    desk.arrive(mail(files={"logg.txt": b"x" * number}))
    return attached(desk) != ["logg.txt"]


def attached_together_octets(number: int, desk: PaperDesk) -> bool:
    desk.arrive(mail(files={"a.txt": b"x" * (number // 2), "b.txt": b"x" * (number - number // 2)}))
    return attached(desk) != ["a.txt", "b.txt"]


def attached(desk: PaperDesk) -> list[str | None]:
    """Return what the letter to the first agent has with it."""
    letter = next(letter for letter in desk.letters() if letter.kind == "agent")
    written = email.message_from_bytes(desk.octets(letter), policy=email.policy.default)
    return [part.get_filename() for part in written.walk() if part.get_content_disposition() == "attachment"]


def undo_seconds(number: int, desk: PaperDesk) -> bool:
    """The last second before: the answer still lies there; one later it leaves."""
    desk.arrive(mail())
    office = desk.office
    act(Reply(actor="kari", text="Hei.", delay=office.desk.send_delay), 1000, office)
    desk.clock.forward(seconds=number - 1)
    with office.store.begin() as db:
        claimed = outbox.claim(db, owner="x", lease=dt.timedelta(seconds=30), now=desk.clock.now(), limit=99)
        kinds = [letter.kind for letter in claimed]
        outbox.unclaim(db, [letter.id for letter in claimed], "x")
    return "answer" in kinds


def delivery_days(number: int, _: PaperDesk) -> bool:
    """A letter that is tried for the last time within so many days."""
    letter = OutgoingLetter(
        id=7, mailbox="ks", kind="answer", message_id="<7@desk.example>", mail_from="", fallback_from="ks@desk.example",
        rcpt_tos=(OLA,), octets=b"", attempts=GIVE_UP_TRIES, resent=False,
        created_at=NOW - dt.timedelta(days=number) + dt.timedelta(seconds=1),
    )  # fmt: skip
    later = RecipientOutcome(
        address=OLA, outcome=Outcome.TRANSIENT, reply=SmtpReply(code=450, enhanced_status="", text="")
    )
    return next_state(Attempt(recipients=(later,)), letter, now=NOW, jitter=0.5).state == "failed"


def mailbox_late_seconds(number: int, desk: PaperDesk) -> bool:
    desk.arrive(mail())
    with desk.office.store.begin() as db:
        inbox = folders.get_folder(db, "kundeservice", "INBOX")
        assert inbox is not None
        folders.looked(db, inbox.id, desk.clock.now())
    desk.clock.forward(seconds=number)
    return any(problem["code"] == "mailbox_late" for problem in health(desk.office)["problems"])


def saved_name_octets(number: int, _: PaperDesk) -> bool:
    return safe_name("x" * (number - 4) + ".pdf", fallback="fil") != "x" * (number - 4) + ".pdf"


def search_words(number: int, desk: PaperDesk) -> bool:
    """The last of so many words stands nowhere: where it is not looked for, the case is found all the same."""
    words = [f"ord{n}x" for n in range(number - 1)]
    desk.arrive(mail(text=" ".join(words)))
    return find(desk.office, " ".join([*words, "mangler"]), limit=9) != ()


PROBES: dict[str, Callable[[int, PaperDesk], bool]] = {
    "message_octets": message,
    "header_block_octets": header_block,
    "header_fields": header_fields,
    "mime_depth": mime_depth,
    "mime_parts": mime_parts,
    "part_header_octets": part_header,
    "text_characters": text_characters,
    "html_characters": html_characters,
    "field_addresses": field_addresses,
    "references": references,
    "servers_passed": servers_passed,
    "reading_attempts": reading_attempts,
    "receipts_per_address": receipts_per_address,
    "receipts_unknown_senders": receipts_unknown_senders,
    "receipts_desk": receipts_desk,
    "receipt_subject_characters": receipt_subject_characters,
    "letter_subject_characters": letter_subject_characters,
    "quoted_characters": quoted_characters,
    "attached_octets": attached_octets,
    "attached_together_octets": attached_together_octets,
    "undo_seconds": undo_seconds,
    "delivery_days": delivery_days,
    "mailbox_late_seconds": mailbox_late_seconds,
    "saved_name_octets": saved_name_octets,
    "search_words": search_words,
}
"""For every limit by its name: whether so much meets it."""


def stated(desk: PaperDesk) -> dict[str, int]:
    limits = about(desk.office.settings, "kari", NOW)["limits"]
    return {name: int(str(value).partition("/")[0]) for name, value in limits.items()}


def test_every_limit_that_is_stated_has_its_probe(desk: PaperDesk) -> None:
    assert stated(desk).keys() == PROBES.keys()


@pytest.mark.parametrize("name", PROBES)
def test_at_its_value_a_limit_is_not_met(name: str, desk: PaperDesk) -> None:
    assert PROBES[name](stated(desk)[name], desk) is False


@pytest.mark.parametrize("name", PROBES)
def test_one_above_its_value_a_limit_is_met(name: str, desk: PaperDesk) -> None:
    assert PROBES[name](stated(desk)[name] + 1, desk) is True
