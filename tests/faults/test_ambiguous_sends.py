"""Letters of which nobody knows whether they left, and answers that must not leave unread: seen, told, and ended."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from inboxd.desk.order import Reply
from inboxd.mail.smtp_reply import Outcome, RecipientOutcome, SmtpReply
from inboxd.office.act import act, case_id_of
from inboxd.office.documents import queue, show
from inboxd.office.health import health
from inboxd.office.letters.undelivered import tell_undelivered
from inboxd.office.queues import incoming_list, outbox_list, outbox_order, outbox_raw, outbox_show
from inboxd.render.terminal import case_timeline, letters_table
from inboxd.runners.deliver import DeliverRunner, recover
from inboxd.store import outbox
from inboxd.store.cases import get_case
from inboxd.store.rows import LetterRow
from tests.integration.paper_desk import DESK, OLA, PaperDesk, mail, write_config
from tests.integration.smtp.letters import LONG, relay
from tests.servers.fault_smtp import DROP, Fault, FaultServer

UNDO = dt.timedelta(seconds=10)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PaperDesk]:
    paper = PaperDesk(tmp_path, config=write_config(tmp_path, more='  confirm = "bcc"\n'))
    yield paper
    paper.close()


def answer(desk: PaperDesk, *, delay: dt.timedelta = UNDO, actor: str = "per") -> LetterRow:
    """Answer the newest case; returns the letter."""
    acted = act(Reply(actor=actor, text="Prøv nå.", delay=delay), queue(desk.office)[-1]["number"], desk.office)
    with desk.office.store.reading() as db:
        return outbox.get_letter(db, acted.letters[0].letter_id)


def state(desk: PaperDesk, letter: LetterRow) -> str:
    with desk.office.store.reading() as db:
        return outbox.get_letter(db, letter.id).state


def shown(desk: PaperDesk) -> dict[str, Any]:
    return show(desk.office, case_id_of(queue(desk.office, include_closed=True)[-1]["number"], desk.office))


def responded(desk: PaperDesk, letter: LetterRow) -> bool:
    with desk.office.store.reading() as db:
        return get_case(db, letter.case_id or 0).responded_at is not None


def events(desk: PaperDesk) -> list[str]:
    return [entry["text"] for entry in shown(desk)["journal"] if entry["kind"] == "event"]


def told(desk: PaperDesk, agent: str) -> list[LetterRow]:
    return [one for one in desk.letters() if one.kind == "agent" and one.to == (f"{agent}@agents.example",)]


def second_mail(**headers: str) -> bytes:
    return mail("SV: Skriveren virker ikke", text="Vent, det var en annen skriver.\n", number=2,
                In_Reply_To="<m1@kommune.example>", **headers)  # fmt: skip


def runner(desk: PaperDesk, server: FaultServer) -> DeliverRunner:
    box = desk.office.settings.mailboxes[0]
    return DeliverRunner(
        replace(box, smtp=replace(box.smtp, server=relay(server.port))), desk.office.store, clock=desk.clock,
        random=lambda: 0.5, owner="test", timeouts=LONG,
        told=partial(tell_undelivered, desk.office),
    )  # fmt: skip


def delivery(desk: PaperDesk) -> dict[str, Any]:
    (found,) = (e["delivery"] for e in shown(desk)["journal"] if e["kind"] == "mail_out" and e["actor"] == "per")
    document: dict[str, Any] = found
    return document


def test_who_writes_in_the_undo_window_holds_the_answer_and_its_agent_is_told(desk: PaperDesk) -> None:
    desk.arrive(mail())
    letter, before = answer(desk), len(told(desk, "per"))
    desk.arrive(second_mail())
    assert state(desk, letter) == "hold"
    assert any(f"letter {letter.id} held: Ola Nordmann wrote before it left" in text for text in events(desk))
    assert len(told(desk, "per")) == before + 1
    assert f"Svaret ditt (brev {letter.id}) er holdt tilbake".encode() in desk.octets(told(desk, "per")[0])
    assert delivery(desk)["state"] == "hold"
    (problem,) = (p for p in health(desk.office)["problems"] if p["code"] == "answers_held")
    assert (problem["since"], health(desk.office)["status"] != "ok") == (
        letter.created_at.isoformat(timespec="seconds"), True,
    )  # fmt: skip
    page = " ".join(case_timeline(shown(desk), width=80, colour=False, full=False, events=False).split())
    assert "Delivery: on hold: Ola Nordmann wrote before it left" in page
    outbox_order(desk.office, letter.id, "release", actor="per")
    assert state(desk, letter) == "queued"
    assert "answers_held" not in {p["code"] for p in health(desk.office)["problems"]}
    desk.arrive(mail("SV: igjen", number=3, In_Reply_To="<m1@kommune.example>"))
    assert state(desk, letter) == "queued", "a released letter waits in no undo window any more"
    outbox_order(desk.office, letter.id, "cancel", actor="per")
    assert state(desk, letter) == "cancelled"


def test_what_a_machine_or_a_stranger_sends_holds_nothing(desk: PaperDesk) -> None:
    desk.arrive(mail())
    letter = answer(desk)
    desk.arrive(second_mail(Auto_Submitted="auto-replied"))
    desk.arrive(mail("SV: hei", number=4, sender="x@annen.example", In_Reply_To="<m1@kommune.example>"))
    assert state(desk, letter) == "queued"


def test_an_answer_that_is_being_sent_goes(desk: PaperDesk) -> None:
    desk.arrive(mail())
    letter = answer(desk)
    desk.clock.forward(seconds=11)
    with desk.office.store.begin() as db:
        claimed = outbox.claim(db, owner="test", lease=UNDO, now=desk.clock.now(), limit=9)
        assert letter.id in {one.id for one in claimed}
    desk.arrive(second_mail())
    assert state(desk, letter) == "active"
    assert not any("held" in text for text in events(desk))


async def recovered(desk: PaperDesk) -> int:
    """Do what a start does about letters that a dead daemon had in hand."""
    office = desk.office
    boxes = office.settings.mailboxes
    return await recover(office.store, boxes, clock=desk.clock, told=partial(tell_undelivered, office))


async def test_an_answer_that_a_dead_daemon_had_in_hand_waits_for_our_own_copy_before_it_goes_again(
    desk: PaperDesk,
) -> None:
    """F11: the copy lies in the folder at the next start, and is filed before anything is sent again."""
    desk.arrive(mail())
    letter = answer(desk, delay=dt.timedelta(0))
    with desk.office.store.begin() as db:
        outbox.claim(db, owner="dead", lease=dt.timedelta(seconds=30), now=desk.clock.now(), limit=9)
    await recovered(desk)
    assert state(desk, letter) == "queued"
    octets = outbox_raw(desk.office, letter.id)
    message_id = str(letter.message_id).encode()
    async with FaultServer() as server:
        await runner(desk, server).run_once()
        desk.arrive(octets)
        assert state(desk, letter) == "sent"
        desk.clock.forward(hours=1)
        await runner(desk, server).run_once()
        assert not [seen for seen in server.seen if b"Message-ID: " + message_id in seen.octets]


async def test_our_own_copy_ends_the_doubt_and_is_no_case(desk: PaperDesk) -> None:
    desk.arrive(mail())
    letter = answer(desk, delay=dt.timedelta(0))
    async with FaultServer([Fault(stage="dot", do=DROP, of=None, times=9)]) as server:
        for one in desk.letters():
            if one.id != letter.id and one.state == "queued":
                outbox_order(desk.office, one.id, "cancel", actor="per")
        await runner(desk, server).run_once()
    assert outbox_show(desk.office, letter.id)["state"] in {"queued", "unknown"}
    (seen, *_) = server.seen
    assert seen.rcpt_tos == (OLA, DESK)
    assert seen.rcpt_options[1] == ("NOTIFY=NEVER",)
    head = seen.octets.partition(b"\r\n\r\n")[0]
    assert b"Bcc" not in head
    assert b"To: Ola Nordmann <ola@kommune.example>" in head

    cases = len(queue(desk.office))
    desk.arrive(seen.octets)
    assert state(desk, letter) == "sent"
    (copy,) = (row for row in incoming_list(desk.office) if row["outcome"] == "ignored")
    assert copy["reason"] == f"our own copy of letter {letter.id}"
    assert len(queue(desk.office)) == cases
    assert f"letter {letter.id} was sent: our own copy came back" in events(desk)
    assert [e["kind"] for e in shown(desk)["journal"]].count("mail_in") == 1
    desk.clock.forward(hours=1)
    async with FaultServer() as server:
        assert await runner(desk, server).run_once() == 0


async def test_a_copy_goes_only_behind_somebody_who_was_accepted(desk: PaperDesk) -> None:
    desk.arrive(mail())
    letter = answer(desk, delay=dt.timedelta(0))
    refuse_ola = Fault(stage="rcpt", do="450 4.2.0 try later", of=OLA)
    async with FaultServer([refuse_ola, Fault(stage="rcpt", do="550 5.2.2 full", of=DESK)]) as server:
        await runner(desk, server).run_once()
        assert f"RCPT TO:<{DESK}>" not in " ".join(server.commands)
        assert state(desk, letter) == "deferred"
        refuse_ola.times = 0
        desk.clock.forward(hours=1)
        await runner(desk, server).run_once()
    assert state(desk, letter) == "sent", "what becomes of the copy says nothing of the letter"


def die_in(desk: PaperDesk, letter: LetterRow) -> None:
    """Leave a letter, a minute later, as a process leaves it that is killed in the SMTP dialogue."""
    desk.clock.forward(minutes=1)
    with desk.office.store.begin() as db:
        claimed = [one.id for one in outbox.claim(db, owner="dead", lease=UNDO, now=desk.clock.now(), limit=9)]
        outbox.unclaim(db, [one for one in claimed if one != letter.id], "dead")
    assert letter.id in claimed


async def test_an_unknown_letter_is_seen_everywhere_and_a_person_ends_it(desk: PaperDesk) -> None:
    """F12 (what is left of it): the outcome stays unknown after the one re-send, and a person decides."""
    desk.arrive(mail())
    letter = answer(desk, delay=dt.timedelta(0))
    for _ in range(2):  # killed in the dialogue, and again in that of the one re-send
        die_in(desk, letter)
        since = desk.clock.now()
        await recovered(desk)
    desk.clock.forward(hours=2)
    assert [row["id"] for row in outbox_list(desk.office, state="unknown")] == [letter.id]
    assert "unknown" in letters_table(outbox_list(desk.office), width=80, colour=False)
    (problem,) = (p for p in health(desk.office)["problems"] if p["code"] == "letters_unknown")
    assert problem["since"] == since.isoformat(timespec="seconds")
    assert delivery(desk)["state"] == "unknown"
    page = " ".join(case_timeline(shown(desk), width=80, colour=False, full=False, events=True).split())
    assert f"it may have arrived or not; `inboxd outbox retry {letter.id}` sends it again" in page
    assert any("may or may not have been delivered" in text for text in events(desk))

    outbox_order(desk.office, letter.id, "retry", actor="per")
    assert state(desk, letter) == "queued"
    die_in(desk, letter)
    with desk.office.store.begin() as db:
        outbox.recover(db, now=desk.clock.now())
    assert state(desk, letter) == "unknown"
    outbox_order(desk.office, letter.id, "cancel", actor="per")
    assert state(desk, letter) == "cancelled"
    assert "letters_unknown" not in {p["code"] for p in health(desk.office)["problems"]}
    assert f"letter {letter.id} cancelled: nobody knows whether it left; it is not tried again" in events(desk)
    assert responded(desk, letter), "it may have been a response"
    another = answer(desk)
    outbox_order(desk.office, another.id, "cancel", actor="per")
    assert f"letter {another.id} cancelled: it never left" in events(desk)
    assert responded(desk, letter), "the first one may still have been a response"


async def test_what_an_agent_must_hear_of_is_in_the_commit_of_the_outcome(desk: PaperDesk) -> None:
    """A kill between the two would leave a failed answer that nobody was ever told of."""
    desk.arrive(mail())
    letter, before = answer(desk, delay=dt.timedelta(0)), len(told(desk, "kari") + told(desk, "per"))
    seen: list[tuple[str, bool]] = []

    class Looks(FaultServer):
        """A relay that looks, after each command, at what another process would see of the letter."""

        def take_fault(self, stage: str, address: str | None = None) -> str | None:
            seen.append((state(desk, letter), any("could not be delivered" in text for text in events(desk))))
            return super().take_fault(stage, address)

    async with Looks([Fault(stage="rcpt", do="550 5.1.1 no", of=OLA)]) as server:
        await runner(desk, server).run_once()
    assert set(seen) <= {("queued", False), ("active", False), ("failed", True)}
    assert shown(desk)["undelivered"]
    assert len(told(desk, "kari") + told(desk, "per")) == before + 1


async def test_a_held_answer_whose_copy_comes_is_sent_when_it_is_released(desk: PaperDesk) -> None:
    desk.arrive(mail())
    letter = answer(desk, delay=dt.timedelta(0))
    die_in(desk, letter)
    await recovered(desk)
    outbox_order(desk.office, letter.id, "hold", actor="per")
    desk.arrive(desk.octets(letter))
    outbox_order(desk.office, letter.id, "release", actor="per")
    assert state(desk, letter) == "sent"
    assert f"letter {letter.id} was sent: our own copy came back" in events(desk)


def test_an_answer_that_was_refused_and_is_cancelled_was_no_response(desk: PaperDesk) -> None:
    desk.arrive(mail())
    letter = answer(desk, delay=dt.timedelta(0))
    die_in(desk, letter)
    with desk.office.store.begin() as db:
        refused = RecipientOutcome(
            address=OLA, outcome=Outcome.PERMANENT, reply=SmtpReply(code=550, enhanced_status="", text="no")
        )
        outbox.record(
            db, letter.id, owner="dead", recipients=(refused,), state="failed", next_attempt_at=None,
            now=desk.clock.now(), last_reply="550 no",
        )  # fmt: skip
    outbox_order(desk.office, letter.id, "cancel", actor="per")
    assert f"letter {letter.id} cancelled: it never left" in events(desk)
    assert not responded(desk, letter)


def test_a_letter_of_ours_that_lies_in_the_inbox_is_no_case_without_confirm_either(tmp_path: Path) -> None:
    desk = PaperDesk(tmp_path)
    desk.arrive(mail())
    letter = answer(desk, delay=dt.timedelta(0))
    desk.arrive(desk.octets(letter))
    assert len(queue(desk.office)) == 1
    assert incoming_list(desk.office)[0]["reason"] == f"our own copy of letter {letter.id}"
    assert state(desk, letter) == "queued", "a letter that was never tried cannot have been sent"
    desk.close()
