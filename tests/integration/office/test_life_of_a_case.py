"""The life of a case over weeks, with a clock that a test moves: solved and closed, told of, explained, left alone."""

import datetime as dt
import email
import email.policy
from pathlib import Path
from typing import Any

import pytest

from inboxd.desk.case import Case, Status
from inboxd.desk.order import Note, Order, Reply, SetFields
from inboxd.office import documents
from inboxd.office.act import act
from inboxd.office.taking.take import take_config
from inboxd.office.tick import tick
from inboxd.store import cases
from inboxd.store.clockwork import timers_of
from inboxd.store.rows import LetterRow
from tests.integration.paper_desk import NOW, OLA, PaperDesk, mail, write_config

NUMBER = 1000

LIFE = """
[[category]]
name = "sen"
status_letter_days = 14
preliminary_days = 5
preliminary_reason = { nb = "Vi har fått svært mange henvendelser.", nn = "Vi har fått svært mange førespurnader." }

[[rule]]
name = "all"
mailbox = "kundeservice"
set = { category = "sen" }
"""


@pytest.fixture
def desk(tmp_path: Path) -> Any:
    desk = PaperDesk(tmp_path, config=write_config(tmp_path, more=LIFE))
    yield desk
    desk.close()


def known(desk: PaperDesk) -> Case:
    with desk.office.store.reading() as db:
        found = cases.case_by_number(db, NUMBER)
    assert found is not None
    return found


def wait(desk: PaperDesk, **span: float) -> None:
    """Let time pass and the clock look at the cases, once an hour in which anything could have happened."""
    desk.clock.forward(**span)
    for _ in range(3):
        tick(desk.office)


def order(desk: PaperDesk, what: Order) -> None:
    act(what, NUMBER, desk.office)


def told(desk: PaperDesk) -> list[LetterRow]:
    """Return the letters that went to the requester by themselves, the receipt left out; oldest first."""
    return sorted((letter for letter in desk.letters() if letter.kind == "notice"), key=lambda letter: letter.id)


def text(desk: PaperDesk, letter: LetterRow) -> str:
    parsed = email.message_from_bytes(desk.octets(letter), policy=email.policy.default)
    return str(parsed.get_content()).replace("\r\n", "\n")  # type: ignore[attr-defined]  # the default policy's message


def answer(desk: PaperDesk, number: int = 2, words: str = "Det virker ikke likevel.\n") -> None:
    receipt = next(letter for letter in desk.letters() if letter.kind == "receipt")
    desk.arrive(mail(number=number, text=words, In_Reply_To=str(receipt.message_id)))


def test_a_solved_case_is_closed_by_the_clock_in_silence(desk: PaperDesk) -> None:
    desk.arrive(mail())
    order(desk, SetFields(actor="kari", status=Status.SOLVED))
    letters = len(desk.letters())
    wait(desk, days=13, hours=23)
    assert known(desk).status is Status.SOLVED
    wait(desk, hours=1)
    assert known(desk).status is Status.CLOSED
    assert known(desk).closed_at == NOW
    assert len(desk.letters()) == letters
    shown = documents.show(desk.office, known(desk).id)
    assert [e["text"] for e in shown["journal"] if e["kind"] == "event"][-1] == "status: solved → closed"


def test_an_answer_reopens_a_solved_case_in_time_and_opens_a_linked_one_later(desk: PaperDesk) -> None:
    desk.arrive(mail())
    order(desk, SetFields(actor="kari", status=Status.SOLVED))
    wait(desk, days=13)
    answer(desk)
    assert known(desk).status is Status.OPEN
    wait(desk, days=30)
    assert known(desk).status is Status.OPEN
    order(desk, SetFields(actor="kari", status=Status.SOLVED))
    wait(desk, days=15)
    answer(desk, 3, "Nå er det der igjen.\n")
    assert known(desk).status is Status.CLOSED
    shown = documents.show(desk.office, known(desk).id)
    assert [link["kind"] for link in shown["links"]] == ["follows"]


def test_who_waits_hears_why_and_then_every_fortnight_that_the_case_lives(desk: PaperDesk) -> None:
    desk.arrive(mail())
    wait(desk, days=5)
    assert told(desk) == []  # a Saturday
    wait(desk, days=1, hours=22)
    (explained,) = told(desk)
    assert explained.subject == "[KS-10008] Foreløpig svar: Skriveren virker ikke"
    assert "Vi har fått svært mange henvendelser. Vi beklager at du må vente." in text(desk, explained)
    wait(desk, days=13)
    assert len(told(desk)) == 1
    wait(desk, days=1)
    first = told(desk)[-1]
    assert first.subject == "[KS-10008] Status i saken: Skriveren virker ikke"
    assert first.to == (OLA,)
    assert "Status nå: Ny." in text(desk, first)
    assert "Du hører fra oss igjen senest mandag 13. april" in text(desk, first)
    wait(desk, days=14)
    assert len(told(desk)) == 3
    assert len({letter.message_id for letter in told(desk)}) == 3


def test_such_a_letter_is_a_machines_and_hangs_on_the_requesters_mail(desk: PaperDesk) -> None:
    desk.arrive(mail())
    wait(desk, days=7)
    message = email.message_from_bytes(desk.octets(told(desk)[0]), policy=email.policy.default)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["In-Reply-To"] == "<m1@kommune.example>"
    assert "hjelp" not in text(desk, told(desk)[0])


def test_it_is_no_answer_and_no_last_word(desk: PaperDesk) -> None:
    desk.arrive(mail())
    wait(desk, days=7)
    shown = documents.show(desk.office, known(desk).id)
    assert shown["last"]["who"] == OLA
    assert known(desk).responded_at is None


def test_an_answer_of_a_person_needs_no_explanation_and_begins_the_fortnight_anew(desk: PaperDesk) -> None:
    desk.arrive(mail())
    wait(desk, days=3)
    order(desk, Reply(actor="kari", text="Vi ser på det.", sure=True))
    wait(desk, days=11)
    assert told(desk) == []
    wait(desk, days=3)
    assert ["Status" in letter.subject for letter in told(desk)] == [True]


def test_who_is_waited_for_or_whose_case_rests_hears_nothing(desk: PaperDesk) -> None:
    desk.arrive(mail())
    order(desk, SetFields(actor="kari", status=Status.WAITING))
    wait(desk, days=60)
    assert told(desk) == []
    order(desk, SetFields(actor="kari", status=Status.CLOSED))
    wait(desk, days=60)
    assert told(desk) == []


def test_an_internal_note_does_not_put_the_letter_off(desk: PaperDesk) -> None:
    desk.arrive(mail())
    wait(desk, days=7)
    order(desk, Note(actor="kari", text="Venter på deler."))
    wait(desk, days=14)
    assert len(told(desk)) == 2


def test_nobody_hears_after_a_letter_came_back(desk: PaperDesk) -> None:
    desk.arrive(mail())
    receipt = next(letter for letter in desk.letters() if letter.kind == "receipt")
    report = (
        b"From: MAILER-DAEMON@mx.kommune.example\r\nTo: kundeservice@desk.example\r\nSubject: Undelivered\r\n"
        b"Return-Path: <>\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.kommune.example\r\n\r\n"
        b"Final-Recipient: rfc822; ola@kommune.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: %b\r\n--b--\r\n"
    ) % str(receipt.message_id).encode()
    with desk.office.store.begin() as db:
        db.connection().exec_driver_sql("UPDATE letters SET state = 'sent'")
        db.connection().exec_driver_sql("UPDATE letter_recipients SET state = 'sent'")
    desk.arrive(report)
    wait(desk, days=7)
    assert told(desk) == []


def test_machines_are_never_told_of_their_cases(desk: PaperDesk) -> None:
    desk.arrive(mail(Auto_Submitted="auto-generated"))
    wait(desk, days=60)
    order(desk, Reply(actor="kari", text="Takk for varselet.", sure=True))
    wait(desk, days=60)
    assert told(desk) == []


def test_a_clock_that_stood_still_for_a_year_writes_one_letter_and_not_twenty(desk: PaperDesk) -> None:
    desk.arrive(mail())
    desk.clock.moment = dt.datetime(2027, 3, 9, 9, 0, tzinfo=dt.UTC)
    for _ in range(5):
        tick(desk.office)
    assert [letter.subject for letter in told(desk)] == ["[KS-10008] Foreløpig svar: Skriveren virker ikke"]


def test_a_desk_that_was_started_again_tells_nobody_twice(tmp_path: Path) -> None:
    desk = PaperDesk(tmp_path, config=write_config(tmp_path, more=LIFE))
    desk.arrive(mail())
    wait(desk, days=7)
    desk.close()
    again = PaperDesk(tmp_path, config=desk.config, clock=desk.clock)
    wait(again, hours=1)
    assert len(told(again)) == 1
    again.close()


def test_what_a_config_asks_for_later_is_done_for_the_cases_that_are_there(tmp_path: Path) -> None:
    desk = PaperDesk(tmp_path)
    desk.arrive(mail(), mail(number=2, sender="Turid <turid@kommune.example>"), mail(number=3, Precedence="bulk"))
    act(SetFields(actor="kari", status=Status.SOLVED), NUMBER + 1, desk.office)
    with desk.office.store.begin() as db:
        db.connection().exec_driver_sql("DELETE FROM timers")
    desk.close()
    changed = write_config(tmp_path, assignment="status_letter_days = 7")
    later = PaperDesk(tmp_path, config=changed, clock=desk.clock)
    for _ in range(2):
        take_config(later.office)
    wait(later, days=7)
    assert [(letter.to, letter.number) for letter in told(later)] == [((OLA,), NUMBER)]
    wait(later, days=7)
    with later.office.store.reading() as db:
        solved = cases.case_by_number(db, NUMBER + 1)
    assert solved is not None
    assert (solved.status, solved.closed_at) == (Status.CLOSED, NOW)
    later.close()


def test_who_waits_when_the_explanation_is_switched_on_hears_why_after_so_many_days_and_once(tmp_path: Path) -> None:
    desk = PaperDesk(tmp_path)
    desk.arrive(mail(), mail("Annet", sender="Turid <turid@kommune.example>", number=2))
    act(Reply(actor="kari", text="Vi ser på det."), NUMBER + 1, desk.office)
    wait(desk, days=30)
    desk.close()
    changed = write_config(tmp_path, assignment="preliminary_days = 5")
    later = PaperDesk(tmp_path, config=changed, clock=desk.clock)
    take_config(later.office)
    wait(later, days=4)
    assert told(later) == []
    wait(later, days=1)
    assert [(letter.to, letter.number) for letter in told(later)] == [((OLA,), NUMBER)]
    take_config(later.office)
    wait(later, days=30)
    assert len(told(later)) == 1
    with later.office.store.reading() as db:
        assert timers_of(db, (1, 2)) == ()
    later.close()
