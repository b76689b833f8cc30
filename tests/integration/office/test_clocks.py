"""Clocks and escalation on a desk of paper: what a day, a night, a weekend and a restart bring."""

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from inboxd.desk.case import Channel, Status
from inboxd.desk.order import (
    Acknowledge,
    Assign,
    Close,
    Escalate,
    Note,
    Order,
    Register,
    Reopen,
    Reply,
    SetFields,
    Take,
)
from inboxd.mail.address import Address
from inboxd.mail.parse import parse
from inboxd.office import documents
from inboxd.office.act import act
from inboxd.office.letters.undelivered import tell_undelivered
from inboxd.office.queues import outbox_order
from inboxd.office.taking.take import take_config
from inboxd.office.tick import tick
from inboxd.store import desk_tables as d
from inboxd.store import tables as t
from inboxd.store.rows import LetterRow
from tests.integration.paper_desk import OLA, MovedClock, PaperDesk, mail, write_config

LEVELS = """
[[agent]]
name = "gro"
address = "gro@agents.example"
role = "lead"
categories = ["it", "print"]

[[point]]
name = "leder"
title = "Daglig leder"
person = "Anne Berg"
phone = "71 11 11 00"
address = "anne@leder.example"

[matrix]
impact = ["one", "many"]
urgency = ["later", "now"]
priority = [["low", "normal"], ["normal", "critical"]]

[[priority]]
name = "normal"
escalation = [
  { of = "response", at = "-30m", to = ["assignee"] },
  { of = "response", at = "0m", to = ["manager", "requester"] },
  { of = "resolution", at = "0m", to = ["role:owner"] },
  { of = "resolution", at = "2h", to = ["drift@vakt.example"], reassign = "per" },
]

[[priority]]
name = "critical"
escalation = [{ of = "response", at = "0m", to = ["manager"] }]
"""


class Told:
    """The letters of escalation, as they are written."""

    def __init__(self, desk: PaperDesk) -> None:
        self.desk = desk

    def __call__(self) -> list[tuple[str, str]]:
        """Return what was written since the beginning, oldest first: to whom, and the subject without the reference."""
        letters = sorted(self.desk.letters(), key=lambda letter: letter.id)
        return [
            (letter.to[0], letter.subject.partition("] ")[2].partition(":")[0])
            for letter in letters
            if letter.kind == "escalation"
        ]


@pytest.fixture
def config(tmp_path: Path, empty_database: Path) -> Path:
    shutil.copy(empty_database, tmp_path / "inboxd.db")
    path = write_config(tmp_path, more=LEVELS)
    text = path.read_text().replace('name = "it"\n', 'name = "it"\nmanager = "kari"\nowner = "per"\n', 1)
    path.write_text(text.replace('name = "print"\n', 'name = "print"\nowner = "kari"\n', 1))
    return path


@pytest.fixture
def desk(tmp_path: Path, config: Path) -> Iterator[PaperDesk]:
    paper = PaperDesk(tmp_path, config=config)
    yield paper
    paper.close()


@pytest.fixture
def told(desk: PaperDesk) -> Told:
    return Told(desk)


def shown(desk: PaperDesk, case_id: int = 1) -> dict[str, Any]:
    return documents.show(desk.office, case_id)


def do(desk: PaperDesk, order: Order, case_id: int = 1) -> None:
    act(order, shown(desk, case_id)["number"], desk.office)


def pass_time(desk: PaperDesk, until: str, *, hours: float = 3) -> None:
    """Let the clock go on to a local moment of March, ticking every so many hours and at the end."""
    end = dt.datetime.fromisoformat(f"2026-03-{until}:00+01:00")
    while desk.clock.now() < end:
        desk.clock.moment = min(desk.clock.now() + dt.timedelta(hours=hours), end)
        tick(desk.office)


def events(desk: PaperDesk) -> list[str]:
    return [entry["text"] for entry in shown(desk)["journal"] if entry["kind"] == "event"]


def rows(desk: PaperDesk, table: Any) -> list[Any]:
    with desk.office.store.reading() as db:
        found = list(db.exec(select(table)).all())
        db.expunge_all()
    return found


def test_every_level_fires_once_in_its_own_time_and_none_at_night(desk: PaperDesk, told: Told) -> None:
    desk.arrive(mail())  # Monday 10:00: an answer by 14:00, a solution by Wednesday 10:00
    pass_time(desk, "09T13:25")
    assert told() == []
    pass_time(desk, "09T13:30")
    assert told() == [("kari@agents.example", "Svarfristen nærmer seg")]
    pass_time(desk, "09T14:00")
    assert told()[1:] == [
        ("kari@agents.example", "Svarfristen er ute"),
        ("ola@kommune.example", "Saken er forsinket"),
    ]
    pass_time(desk, "11T09:55")
    assert len(told()) == 3
    pass_time(desk, "11T10:00")
    assert told()[3:] == [("per@agents.example", "Løsningsfristen er ute")]
    pass_time(desk, "13T23:00")
    assert told()[4:] == [("drift@vakt.example", "Løsningsfristen er ute")]
    assert shown(desk)["assignee"] == "per"
    assert [text for text in events(desk) if text.startswith(("warned", "escalated"))] == [
        "warned (response): kari@agents.example",
        "escalated (response, level 1) to kari@agents.example, ola@kommune.example",
        "escalated (resolution, level 1) to per@agents.example",
        "escalated (resolution, level 2) to drift@vakt.example",
    ]
    assert rows(desk, d.Timer) == []


def test_a_restart_fires_nothing_again_and_what_came_due_while_it_was_away_at_the_next_opening(
    tmp_path: Path, config: Path
) -> None:
    clock = MovedClock()
    first = PaperDesk(tmp_path, config=config, clock=clock)
    first.arrive(mail())
    pass_time(first, "09T14:00")
    before = Told(first)()
    first.close()
    clock.moment = dt.datetime.fromisoformat("2026-03-13T22:00:00+01:00")  # it was away until Friday night
    second = PaperDesk(tmp_path, config=config, clock=clock)
    pass_time(second, "16T07:59")
    assert Told(second)() == before
    pass_time(second, "16T08:10")
    assert Told(second)()[len(before) :] == [
        ("per@agents.example", "Løsningsfristen er ute"),
        ("drift@vakt.example", "Løsningsfristen er ute"),
    ]
    second.close()


def test_many_cases_late_on_one_morning_are_one_letter_to_their_manager(desk: PaperDesk) -> None:
    senders = [f"Ola <o{n}@kommune.example>" for n in range(7)]
    desk.arrive(*(mail(f"Sak {n}", sender=who, number=n, text=f"Tekst {n}") for n, who in enumerate(senders)))
    do(desk, Take(actor="per"), 3)
    pass_time(desk, "09T14:00", hours=6)
    (letter,) = (one for one in desk.letters() if one.to == ("kari@agents.example",) and one.kind == "escalation")
    assert (letter.subject, letter.number) == ("[inboxd] Kundeservice: 7 frister er ute", None)
    lines = parse(desk.octets(letter)).text.splitlines()
    refs = [shown(desk, n)["reference"] for n in range(1, 8)]
    assert [line.split() for line in lines[2:9]] == [
        [ref, "Middels", "2026-03-09", "14:00", "svar", "per" if n == 2 else "-", "Sak", str(n)]
        for n, ref in enumerate(refs)
    ]
    told = [[e for e in case_events(desk, n) if e.startswith("escalated")] for n in range(1, 8)]
    assert told == [[f"escalated (response, level 1) to kari@agents.example, o{n}@kommune.example"] for n in range(7)]
    # an answer to it is nobody's case
    answer = mail("SV: 7 frister er ute", sender="Kari <kari@agents.example>", number=99,
                  In_Reply_To=str(letter.message_id), References=str(letter.message_id))  # fmt: skip
    before = [shown(desk, n)["version"] for n in range(1, 8)]
    desk.arrive(answer)
    assert [shown(desk, n)["version"] for n in range(1, 8)] == before


def case_events(desk: PaperDesk, case_id: int) -> list[str]:
    return [entry["text"] for entry in shown(desk, case_id)["journal"] if entry["kind"] == "event"]


def test_round_the_clock_is_told_at_night(desk: PaperDesk, told: Told) -> None:
    desk.arrive(mail())
    pass_time(desk, "09T22:00")
    already = len(told())
    do(desk, SetFields(actor="kari", priority="critical"))
    tick(desk.office)
    assert told()[already:] == [("kari@agents.example", "Svarfristen er ute")]


def test_an_answer_ends_the_response_and_a_close_ends_all_of_it(desk: PaperDesk, told: Told) -> None:
    desk.arrive(mail())
    do(desk, Reply(actor="kari", text="Vi ser på det."))
    pass_time(desk, "10T09:00")
    assert told() == []
    do(desk, Close(actor="kari"))
    pass_time(desk, "20T09:00")
    assert told() == []
    assert rows(desk, d.Timer) == []


def test_waiting_for_the_requester_stops_the_clocks_and_his_answer_starts_them_again(
    desk: PaperDesk, told: Told
) -> None:
    desk.arrive(mail())
    do(desk, Reply(actor="kari", text="Hvilken skriver?", status=Status.WAITING))
    (waiting,) = documents.queue(desk.office)
    assert (waiting["paused_at"], waiting["due"], waiting["overdue"]) == ("2026-03-09T09:00:00+00:00", None, False)
    pass_time(desk, "16T10:00")
    assert (told(), documents.queue(desk.office)[0]["overdue"]) == ([], False)
    desk.arrive(mail("Sv: Skriveren", number=2, In_Reply_To="<m1@kommune.example>"))
    (again,) = documents.queue(desk.office)
    assert (again["paused_at"], again["due"]) == (None, "2026-03-18T09:00:00+00:00")
    pass_time(desk, "18T10:00")
    assert told() == [("per@agents.example", "Løsningsfristen er ute")]


def test_both_clocks_are_kept_and_the_time_of_waiting_is_in_neither(desk: PaperDesk) -> None:
    desk.arrive(mail())
    desk.clock.forward(hours=1)
    do(desk, Reply(actor="kari", text="Hvilken?", status=Status.WAITING))
    desk.clock.forward(hours=3)
    do(desk, SetFields(actor="kari", status=Status.OPEN))
    desk.clock.forward(hours=24)  # Tuesday 14:00
    do(desk, Close(actor="kari"))
    found = [(row.target, row.within, row.office_seconds, row.wall_seconds) for row in rows(desk, d.Measurement)]
    assert found == [
        ("response", True, 3600, 3600),
        ("resolution", True, 3600 + 7 * 3600 + 1800, 25 * 3600),
    ]


def test_an_answer_that_is_cancelled_was_no_response_and_escalates_after_all(desk: PaperDesk, told: Told) -> None:
    desk.arrive(mail())
    do(desk, Reply(actor="kari", text="Hei", delay=dt.timedelta(hours=1)))
    assert len(rows(desk, d.Measurement)) == 1
    (answer,) = [letter for letter in desk.letters() if letter.kind == "answer"]
    outbox_order(desk.office, answer.id, "cancel", actor="kari")
    assert rows(desk, d.Measurement) == []
    pass_time(desk, "09T13:30")
    assert told() == [("kari@agents.example", "Svarfristen nærmer seg")]


def sent(desk: PaperDesk, *, case_id: int = 1, text: str = "Hei", **reply: Any) -> LetterRow:
    """Answer a case, and let the relay take all that waits; returns the answer."""
    do(desk, Reply(actor="kari", text=text, **reply), case_id)
    with desk.office.store.begin() as db:
        db.connection().exec_driver_sql("UPDATE letters SET state = 'sent', attempts = 1 WHERE state = 'queued'")
        db.connection().exec_driver_sql("UPDATE letter_recipients SET state = 'sent' WHERE state = 'queued'")
    return max((one for one in desk.letters() if one.kind == "answer"), key=lambda one: one.id)


def bounce(desk: PaperDesk, letter: LetterRow, *addresses: str, status: str = "5.1.1", action: str = "failed") -> None:
    groups = "\r\n".join(
        f"Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: {status}\r\n" for address in addresses
    )
    report = (
        "From: MAILER-DAEMON@mx.kommune.example\r\nTo: kundeservice@desk.example\r\nSubject: Undelivered\r\n"
        "Return-Path: <>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.kommune.example\r\n\r\n"
        f"{groups}--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {letter.message_id}\r\n--b--\r\n"
    )
    desk.arrive(report.encode())


def responses(desk: PaperDesk) -> list[tuple[bool, int]]:
    return [(row.within, row.office_seconds) for row in rows(desk, d.Measurement) if row.target == "response"]


def test_an_answer_that_comes_back_was_no_response_and_the_next_one_is_measured(desk: PaperDesk, told: Told) -> None:
    desk.arrive(mail())
    desk.clock.forward(hours=1)
    answer = sent(desk)
    assert responses(desk) == [(True, 3600)]
    bounce(desk, answer, OLA, action="delayed", status="4.4.1")
    assert responses(desk) == [(True, 3600)]
    bounce(desk, answer, OLA)
    assert (responses(desk), shown(desk)["responded_at"]) == ([], None)
    assert f"letter {answer.id} reached nobody: the case waits for its first answer again" in events(desk)
    pass_time(desk, "09T15:00")  # the desk hears that the answer is late; the address that does not work is left alone
    assert told() == [("kari@agents.example", "Svarfristen er ute")]
    sent(desk)
    assert responses(desk) == [(False, 5 * 3600)]


def test_an_answer_that_comes_back_from_one_of_two_was_a_response(desk: PaperDesk) -> None:
    desk.arrive(mail())
    answer = sent(desk, cc=(Address(name="", address="turid@kommune.example"),))
    bounce(desk, answer, OLA)
    assert responses(desk) == [(True, 0)]
    bounce(desk, answer, "turid@kommune.example")
    assert responses(desk) == []


def test_a_second_answer_that_comes_back_leaves_the_first_one_the_response(desk: PaperDesk) -> None:
    desk.arrive(mail())
    sent(desk)
    desk.clock.forward(hours=1)
    bounce(desk, sent(desk), OLA)
    assert responses(desk) == [(True, 0)]


def test_the_response_of_a_month_that_is_over_stays_when_its_answer_comes_back(desk: PaperDesk) -> None:
    desk.clock.moment = dt.datetime.fromisoformat("2026-03-31T13:00:00+02:00")
    desk.arrive(mail())
    answer = sent(desk)
    desk.clock.moment = dt.datetime.fromisoformat("2026-04-01T09:00:00+02:00")
    bounce(desk, answer, OLA)
    assert responses(desk) == [(True, 0)]
    assert shown(desk)["undelivered"]


def test_an_answer_that_a_relay_refuses_was_no_response_until_it_is_sent_again(desk: PaperDesk) -> None:
    desk.arrive(mail())
    answer = sent(desk)
    with desk.office.store.begin() as db:
        db.connection().exec_driver_sql(f"UPDATE letters SET state = 'failed' WHERE id = {answer.id}")
        db.connection().exec_driver_sql(f"UPDATE letter_recipients SET state = 'failed' WHERE letter_id = {answer.id}")
        tell_undelivered(desk.office, db, answer.id, "failed")
    assert responses(desk) == []
    desk.clock.forward(hours=2)
    outbox_order(desk.office, answer.id, "retry", actor="kari")
    assert responses(desk) == [(True, 2 * 3600)]


def test_who_acknowledges_ends_the_levels_of_that_round(desk: PaperDesk, told: Told) -> None:
    desk.arrive(mail())
    do(desk, Reply(actor="kari", text="Vi ser på det."))
    pass_time(desk, "11T10:00")
    do(desk, Acknowledge(actor="gro"))
    assert documents.queue(desk.office)[0]["escalated"] == {
        "level": 1, "target": "resolution", "at": "2026-03-11T09:00:00+00:00", "why": None,
        "acknowledged_by": "gro",
    }  # fmt: skip
    pass_time(desk, "13T10:00")
    assert len(told()) == 1
    do(desk, SetFields(actor="kari", priority="critical"))
    do(desk, SetFields(actor="kari", priority="normal"))
    assert documents.queue(desk.office)[0]["escalated"] is None
    tick(desk.office)
    assert told()[1:] == [("per@agents.example", "Løsningsfristen er ute")]


def test_a_case_that_is_opened_again_escalates_anew_where_its_clocks_had_stopped(desk: PaperDesk, told: Told) -> None:
    desk.arrive(mail())
    do(desk, Reply(actor="kari", text="Løst", status=Status.CLOSED))
    pass_time(desk, "16T09:00")
    do(desk, Reopen(actor="kari"))
    assert shown(desk)["resolution_due"] == "2026-03-18T08:00:00+00:00"
    pass_time(desk, "18T10:00")
    assert [to for to, _ in told()] == ["per@agents.example"]


def test_the_customer_may_complain_and_priority_and_targets_stay(desk: PaperDesk, told: Told) -> None:
    desk.arrive(mail())
    before = shown(desk)
    do(desk, Escalate(actor="per", why="Ingen har ringt tilbake."))
    after = shown(desk)
    assert told() == [("anne@leder.example", "Kunden ber deg se på saken")]
    assert [after[key] == before[key] for key in ("priority", "resolution_due", "status")] == [True] * 3
    assert (after["escalated"]["target"], after["escalated"]["level"]) == ("asked", 0)
    assert events(desk)[-1] == "escalated (the customer asks) to anne@leder.example: Ingen har ringt tilbake."
    letter = parse(desk.octets(next(one for one in desk.letters() if one.kind == "escalation"))).text
    assert "> Ingen har ringt tilbake." in letter
    assert "Notert av per." in letter


def test_the_letter_after_a_passed_target_tells_the_requester_where_to_complain(desk: PaperDesk) -> None:
    desk.arrive(mail())
    pass_time(desk, "09T14:00")
    assert shown(desk)["journal"][-1]["to"][0]["address"] == "ola@kommune.example"
    late = parse(
        desk.octets(
            next(one for one in desk.letters() if one.to == ("ola@kommune.example",) and one.kind == "escalation")
        )
    )
    assert "- Daglig leder, Anne Berg, 71 11 11 00" in late.text
    assert "mandag 9. mars kl. 14.00" in late.text


def letters_to(desk: PaperDesk, address: str) -> list[str]:
    """Return what the letters of escalation to an address say."""
    return [
        " ".join(parse(desk.octets(one)).text.split())
        for one in desk.letters()
        if one.to == (address,) and one.kind == "escalation"
    ]


def test_only_who_may_acknowledge_is_asked_to(desk: PaperDesk) -> None:
    desk.arrive(mail())
    pass_time(desk, "16T12:00")
    manager, other = letters_to(desk, "kari@agents.example"), letters_to(desk, "drift@vakt.example")
    assert "--acknowledge" in manager[-1]
    assert ["--acknowledge" in text for text in other] == [False]
    do(desk, Escalate(actor="kari", why="klager"))
    (asked,) = letters_to(desk, "anne@leder.example")
    assert "Svar på denne e-posten" in asked
    assert "--acknowledge" not in asked


def test_whoever_has_the_case_is_told_so_and_not_to_take_it(desk: PaperDesk) -> None:
    desk.arrive(mail())
    do(desk, Assign(actor="kari", to="kari"))
    pass_time(desk, "16T12:00")
    mine, other = letters_to(desk, "kari@agents.example")[-1], letters_to(desk, "drift@vakt.example")[-1]
    assert "Saken er din." in mine
    assert "inboxd take" not in mine
    assert "Saken er din." not in other
    assert "Ta saken selv: inboxd take KS-10008" in other


def test_a_target_that_had_passed_when_it_was_counted_is_told_to_the_desk_only(desk: PaperDesk, told: Told) -> None:
    desk.arrive(mail())
    pass_time(desk, "09T12:30")
    do(desk, SetFields(actor="kari", priority="critical"))
    do(desk, SetFields(actor="kari", priority="normal"))
    assert told() == []
    acted = act(SetFields(actor="kari", priority="critical"), shown(desk)["number"], desk.office)
    assert acted.warnings == (
        "its new target for an answer has passed already: 2026-03-09 10:15. Nobody outside is told of it",
        "its new target for the solution has passed already: 2026-03-09 12:00. Nobody outside is told of it",
    )
    pass_time(desk, "09T14:30")  # the requester hears of neither: 10:15 was never promised, 14:00 is no target any more
    assert {to for to, _ in told()} == {"kari@agents.example"}


def test_the_customers_contact_reads_whose_case_is_late_and_what_it_is_about(tmp_path: Path) -> None:
    text = LEVELS.replace('"manager", "requester"', '"requester", "customer"')
    text += '[[customer]]\nname = "molde"\ndomains = ["kommune.example"]\ncontact = "ikt@kommune.example"\n'
    desk = PaperDesk(tmp_path, config=write_config(tmp_path, more=text.replace('"role:owner"', '"kari"')))
    desk.arrive(mail())
    pass_time(desk, "09T14:00")
    (contact,), (requester,) = letters_to(desk, "ikt@kommune.example"), letters_to(desk, "ola@kommune.example")
    assert f"Emne: {shown(desk)['subject']} Melder: Ola" in contact
    assert "<ola@kommune.example>" in contact
    assert ["Har noe endret seg?" in text for text in (contact, requester)] == [False, True]
    assert "Melder:" not in requester
    desk.close()


def test_history_that_comes_in_silently_escalates_nothing(desk: PaperDesk, told: Told) -> None:
    desk.arrive(mail(), silent=True)
    pass_time(desk, "20T12:00")
    assert (told(), rows(desk, d.Timer)) == ([], [])


# ---- A case never has none.
def test_a_case_never_lacks_a_priority_however_it_was_made_and_whatever_is_done_to_it(desk: PaperDesk) -> None:
    desk.arrive(
        mail(number=1),
        mail(number=2, sender="", subject="uten avsender"),
        mail(number=3, sender="alarm@kommune.example", Auto_Submitted="auto-generated"),
        b"not a mail at all",
        b"From: a@kommune.example\r\nTo: kundeservice@desk.example\r\nSubject: stor\r\n\r\n",
    )
    desk.arrive(mail(number=6), silent=True)
    for channel in Channel:
        act(Register(actor="kari", channel=channel, subject="PC", text="Starter ikke"), None, desk.office)
    act(Register(actor="kari", channel=Channel.PHONE, subject="PC", text="", impact="many"), None, desk.office)
    orders: tuple[Order, ...] = (
        Take(actor="kari"),
        Assign(actor="kari", to="per"),
        SetFields(actor="kari", category="print"),
        SetFields(actor="kari", impact="many", urgency="now"),
        SetFields(actor="kari", priority="low"),
        Note(actor="kari", text="x"),
        Reply(actor="kari", text="Hei"),
        Close(actor="kari"),
        Reopen(actor="kari"),
    )
    for order in orders:
        do(desk, order)
    made = rows(desk, t.Case)
    assert len(made) >= 10
    names = {priority.name for priority in desk.office.desk.priorities}
    assert {case.priority for case in made} <= names
    assert {standing.priority for standing in rows(desk, d.Standing)} <= names


def test_only_a_persons_letter_is_a_response(desk: PaperDesk) -> None:
    desk.arrive(mail())
    do(desk, Note(actor="kari", text="ser på det"))
    do(desk, Take(actor="kari"))
    do(desk, Escalate(actor="kari", why="klager"))
    pass_time(desk, "09T14:00")
    assert {letter.kind for letter in desk.letters()} == {"receipt", "agent", "escalation"}
    assert rows(desk, t.Case)[0].responded_at is None
    do(desk, Reply(actor="kari", text="Vi ser på det."))
    assert rows(desk, t.Case)[0].responded_at == desk.clock.now()


def test_a_person_who_writes_on_a_machines_case_waits_for_an_answer_and_is_escalated(
    desk: PaperDesk, told: Told
) -> None:
    alarm = {"sender": "alarm@kommune.example", "Auto_Submitted": "auto-generated", "Cc": "Ola <ola@kommune.example>"}
    desk.arrive(mail("Disk full", **alarm))
    desk.clock.forward(hours=1)
    assert shown(desk)["response_due"] is None
    desk.arrive(mail("SV: Disk full", number=2, In_Reply_To="<m1@kommune.example>"))
    assert shown(desk)["response_due"] == "2026-03-09T14:00:00+00:00"
    pass_time(desk, "09T15:05", hours=1)
    assert told() == [("kari@agents.example", "Svarfristen er ute")]
    sent(desk)
    assert responses(desk) == [(False, 4 * 3600 + 300)]


def test_a_caller_without_an_address_has_a_solution_due_but_no_letter(desk: PaperDesk) -> None:
    act(Register(actor="kari", channel=Channel.PHONE, subject="PC", text="x", phone="71111166"), None, desk.office)
    found = shown(desk)
    assert (found["response_due"], found["resolution_due"] is not None) == (None, True)


def test_levels_written_under_open_cases_tell_of_targets_to_come_and_of_no_backlog(tmp_path: Path) -> None:
    plain = PaperDesk(tmp_path)
    plain.arrive(mail())
    pass_time(plain, "16T09:00")
    plain.arrive(mail("En ny sak", sender="Turid <turid@kommune.example>", number=2))
    plain.close()
    text = LEVELS.replace('"role:owner"', '"kari"')
    desk = PaperDesk(tmp_path, config=write_config(tmp_path, more=text), clock=plain.clock)
    take_config(desk.office)
    pass_time(desk, "16T12:30")
    take_config(desk.office)
    pass_time(desk, "18T12:00")
    assert Told(desk)() == [
        ("gro@agents.example", "Svarfristen nærmer seg"),
        ("gro@agents.example", "Svarfristen er ute"),
        ("turid@kommune.example", "Saken er forsinket"),
        ("kari@agents.example", "Løsningsfristen er ute"),
        ("drift@vakt.example", "Løsningsfristen er ute"),
    ]
    desk.close()
