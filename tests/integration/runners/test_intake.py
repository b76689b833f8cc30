"""The intake runner: mail by mail, whatever a mail does to its reader or to us."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from inboxd import supervisor
from inboxd.desk.case import Status
from inboxd.desk.order import SetFields
from inboxd.errors import InboxdError, StoreBusy, Temporary
from inboxd.mail.message import ParsedMessage
from inboxd.mail.parse import parse
from inboxd.office.act import act
from inboxd.office.documents import queue
from inboxd.office.queues import incoming_list, incoming_retry
from inboxd.parsing.failure import ParserClosed
from inboxd.runners.intake import GROUP, IntakeRunner
from inboxd.runners.runner import guarded
from inboxd.runners.tick import TickRunner
from inboxd.store import tables as t
from inboxd.store.clockwork import add_timers, ringing
from inboxd.store.engine import Store
from inboxd.store.views import TICK_LIMIT
from tests.faults.once import PlainReader
from tests.integration.paper_desk import PaperDesk, mail


class DeadlyMail:
    """A parser that dies of every mail with DEADLY in it, and counts."""

    def __init__(self) -> None:
        self.deaths = 0

    def __call__(self, octets: bytes, *, headers_only: bool = False) -> ParsedMessage:
        if b"DEADLY" in octets:
            self.deaths += 1
            raise InboxdError("the reader died")
        return parse(octets, headers_only=headers_only)


class Interrupted:
    """A store whose next transactions go as told: None works, an error is raised; afterwards all work."""

    def __init__(self, store: Store, *happens: InboxdError | None) -> None:
        self._store, self._happens = store, list(happens)
        self.dialect, self.short_of_room = store.dialect, store.short_of_room

    def begin(self) -> Any:
        error = self._happens.pop(0) if self._happens else None
        if error is not None:
            raise error
        return self._store.begin()


def interrupted(desk: PaperDesk, *happens: InboxdError | None) -> IntakeRunner:
    store = Interrupted(desk.office.store, *happens)
    return IntakeRunner(replace(desk.office, store=store), desk.parser)  # type: ignore[arg-type]  # a fake of it


BUSY = StoreBusy("somebody else was faster")


def states(desk: PaperDesk) -> list[tuple[str, str | None, int]]:
    return [(row["state"], row["outcome"], row["attempts"]) for row in reversed(incoming_list(desk.office))]


def subjects(desk: PaperDesk) -> list[str]:
    return sorted(case["subject"] for case in queue(desk.office))


def test_a_mail_that_kills_its_reader_is_held_after_three_tries_with_one_case(desk: PaperDesk) -> None:
    desk.parser = deadly = DeadlyMail()
    desk.arrive(mail("Før", number=1), mail("DEADLY", number=2), mail("Etter", number=3))
    assert deadly.deaths == 3
    assert states(desk) == [("done", "opened", 1), ("hold", None, 3), ("done", "opened", 1)]
    assert subjects(desk) == ["Etter", "Før", "Uleselig e-post"]
    assert desk.intake() == 0


def test_a_held_mail_that_is_retried_in_vain_makes_no_second_case(desk: PaperDesk) -> None:
    desk.parser = DeadlyMail()
    (came,) = desk.arrive(mail("DEADLY"))
    incoming_retry(desk.office, came)
    while desk.intake():
        continue
    assert [state for state, _, _ in states(desk)] == ["hold"]
    assert subjects(desk) == ["Uleselig e-post"]


def test_a_mail_that_was_in_hand_at_three_kills_of_the_daemon_is_read_all_the_same(desk: PaperDesk) -> None:
    (came,) = desk.lay(mail())
    with desk.office.store.begin() as db:
        row = db.get_one(t.Incoming, came)
        row.state, row.attempts = "active", 3
    assert desk.intake() == 1
    assert [state for state, _, _ in states(desk)] == ["done"]


def test_a_mail_that_kills_the_daemon_again_and_again_is_not_read_for_ever(desk: PaperDesk) -> None:
    (came,) = desk.lay(mail())
    with desk.office.store.begin() as db:
        row = db.get_one(t.Incoming, came)
        row.state, row.attempts = "active", 12
    desk.parser = deadly = DeadlyMail()
    assert desk.intake() == 1
    assert deadly.deaths == 0
    assert [state for state, _, _ in states(desk)] == ["hold"]
    assert "inboxd died with it in hand" in incoming_list(desk.office)[0]["reason"]


def test_a_bug_in_deciding_holds_one_mail_and_the_rest_goes_on(desk: PaperDesk) -> None:
    def buggy(octets: bytes, *, headers_only: bool = False) -> ParsedMessage:
        message = parse(octets, headers_only=headers_only)
        return replace(message, text=None) if b"BUG" in octets else message  # type: ignore[arg-type]  # that is the bug

    desk.parser = buggy
    desk.arrive(mail("BUG", number=1), mail("Etter", number=2))
    assert states(desk) == [("hold", None, 1), ("done", "opened", 1)]
    assert subjects(desk) == ["Etter", "Uleselig e-post"]
    assert "an error of its own" in incoming_list(desk.office, state="hold")[0]["reason"]


def test_where_even_its_case_cannot_be_made_a_mail_is_held_all_the_same(desk: PaperDesk) -> None:
    desk.parser = DeadlyMail()
    desk.office = replace(desk.office, templates=None)  # type: ignore[arg-type]  # a bug that every letter meets
    desk.arrive(mail("DEADLY", number=1))
    assert states(desk) == [("hold", None, 3)]
    assert queue(desk.office) == []


def test_an_error_of_ours_that_no_mail_should_cause_holds_the_mail(desk: PaperDesk) -> None:
    desk.lay(mail())
    assert interrupted(desk, None, InboxdError("no such letter")).run_once() == 1
    assert states(desk) == [("hold", None, 1)]
    assert "no such letter" in incoming_list(desk.office)[0]["reason"]


def test_a_database_that_is_away_stops_the_round_and_no_mail(desk: PaperDesk) -> None:
    desk.lay(mail())
    with pytest.raises(Temporary):
        interrupted(desk, None, Temporary("the disk is full")).run_once()
    assert states(desk) == [("active", None, 1)]
    desk.intake()
    assert [outcome for _, outcome, _ in states(desk)] == ["opened"]


def test_a_mail_whose_facts_keep_changing_is_given_back_uncounted(desk: PaperDesk) -> None:
    desk.lay(mail())
    assert interrupted(desk, None, BUSY, BUSY, BUSY).run_once() == 0
    assert states(desk) == [("incoming", None, 0)]


def test_a_stop_gives_back_what_was_not_begun(desk: PaperDesk) -> None:
    desk.lay(*(mail(number=number) for number in range(1, GROUP + 4)))
    stops = iter([False, False, True])
    assert IntakeRunner(desk.office, desk.parser, stopping=lambda: next(stops)).run_once() == GROUP
    assert states(desk) == [("done", "opened", 1)] * GROUP + [("incoming", None, 0)] * 3


def test_a_runner_that_was_stopped_while_it_waited_for_the_database_takes_nothing_in_hand(desk: PaperDesk) -> None:
    """F14: what is in hand is then the next crew's, and a claim would take it away from that."""
    desk.lay(mail())

    def next_crews(octets: bytes, *, headers_only: bool = False) -> ParsedMessage:
        assert IntakeRunner(desk.office, parse, stopping=lambda: True).run_once() == 0
        return parse(octets, headers_only=headers_only)

    assert IntakeRunner(desk.office, next_crews).run_once() == 1
    assert states(desk) == [("done", "opened", 1)]


def test_mails_whose_reader_was_closed_are_given_back_uncounted(desk: PaperDesk) -> None:
    """A stop or a SIGHUP that does not wait any longer says nothing of the mails that were being read."""

    def closed(octets: bytes, *, headers_only: bool = False) -> ParsedMessage:
        if b"Etter" in octets:
            raise ParserClosed("closed")
        return parse(octets, headers_only=headers_only)

    desk.parser = closed
    desk.lay(mail("Før", number=1), mail("Etter", number=2), mail("Etter", number=3))
    assert desk.intake() == 1
    assert states(desk) == [("done", "opened", 1), ("incoming", None, 0), ("incoming", None, 0)]


def test_mails_decided_together_see_what_those_before_them_made(desk: PaperDesk) -> None:
    desk.lay(mail(number=1), mail("SV: [KS-10008] mer", number=2), mail(number=1), mail(number=4))
    desk.intake()
    assert [outcome for _, outcome, _ in states(desk)] == ["opened", "added", "duplicate", "opened"]
    assert [letter.kind for letter in reversed(desk.letters())].count("receipt") == 2


def test_a_mail_that_its_reader_refuses_does_not_keep_its_group(desk: PaperDesk) -> None:
    desk.parser = DeadlyMail()
    desk.lay(mail(number=1), mail("DEADLY", number=2), mail(number=3))
    assert desk.intake() == 3
    assert [state for state, _, _ in states(desk)] == ["done", "active", "done"]


def test_the_clock_wakes_what_was_put_off(desk: PaperDesk) -> None:
    desk.arrive(mail())
    until = desk.clock.now().replace(hour=12)
    act(SetFields(actor="kari", status=Status.WAITING, until=until), 1000, desk.office)
    runner = TickRunner(desk.office)
    assert runner.run_once() == 0
    desk.clock.forward(hours=4)
    assert runner.run_once() > 0  # its status, its time to wake, and its targets, which stood still
    assert runner.run_once() == 0
    assert queue(desk.office)[0]["status"] == "open"


def test_run_once_goes_on_until_the_clock_brings_nothing_more(desk: PaperDesk) -> None:
    desk.arrive(*(mail(f"Sak {n}", number=n, text=f"Tekst {n}") for n in range(1, TICK_LIMIT + 2)), silent=True)
    with desk.office.store.begin() as db:
        add_timers(db, "of an older inboxd", [(case_id, desk.clock.now()) for case_id in range(1, TICK_LIMIT + 2)])
    asyncio.run(supervisor._run_once(supervisor._build(desk.office, PlainReader())))  # type: ignore[arg-type]
    with desk.office.store.reading() as db:
        assert ringing(db, desk.clock.now(), 9) == ()


def test_only_surprises_are_caught(desk: PaperDesk) -> None:
    def conflict() -> str:
        raise Temporary("known")

    def bug() -> str:
        raise KeyError("x")

    assert guarded(lambda: "fine", what="x", otherwise=str) == "fine"
    assert guarded(bug, what="x", otherwise=str) == "KeyError"
    with pytest.raises(Temporary):
        guarded(conflict, what="x", otherwise=str)


class Sleeping:
    """A parser whose daemon sleeps over its first mail while another takes that over; then it reads as told."""

    def __init__(self, desk: PaperDesk, wakes: Any = parse) -> None:
        self.desk, self.wakes, self.slept = desk, wakes, False

    def __call__(self, octets: bytes, *, headers_only: bool = False) -> ParsedMessage:
        if not self.slept:
            self.slept = True
            assert IntakeRunner(self.desk.office, parse).run_once() == 1
        message: ParsedMessage = self.wakes(octets, headers_only=headers_only)
        return message


@pytest.mark.parametrize("subject", ["Hei", "Automatisk svar: ferie"])
def test_a_mail_that_another_daemon_filed_while_this_one_slept_is_left_alone(desk: PaperDesk, subject: str) -> None:
    """F60: one entry, one receipt, and what the other found stays, also where it ignored the mail."""
    desk.lay(mail(subject, **({} if subject == "Hei" else {"Auto_Submitted": "auto-replied"})))
    assert IntakeRunner(desk.office, Sleeping(desk)).run_once() == 1
    [(state, outcome, attempts)] = states(desk)
    assert (state, outcome, attempts) == ("done", "opened" if subject == "Hei" else "ignored", 2)
    expected = 1 if subject == "Hei" else 0
    assert len(queue(desk.office)) == [letter.kind for letter in desk.letters()].count("receipt") == expected


def test_a_mail_that_another_daemon_held_is_not_held_again_by_one_that_slept_over_it(desk: PaperDesk) -> None:
    """F60: one case tells of it."""
    (came,) = desk.lay(mail("Hei"))
    with desk.office.store.begin() as db:
        db.get_one(t.Incoming, came).attempts = 11

    def wakes(octets: bytes, *, headers_only: bool = False) -> ParsedMessage:
        raise InboxdError("the reader died")

    assert IntakeRunner(desk.office, Sleeping(desk, wakes)).run_once() == 1
    assert (states(desk), subjects(desk)) == ([("hold", None, 13)], ["Uleselig e-post"])
