"""What `health` says of the desk's mail, from the database alone."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

from inboxd.office.health import health
from inboxd.office.opening import templates_of
from inboxd.office.queues import audit_list
from inboxd.office.taking.take import refuse_config, take_config
from inboxd.store import folders, incoming, outbox
from tests.integration.paper_desk import PaperDesk, mail


def looked(desk: PaperDesk) -> None:
    desk.arrive(mail())
    with desk.office.store.begin() as db:
        inbox = folders.get_folder(db, "kundeservice", "INBOX")
        assert inbox is not None
        folders.looked(db, inbox.id, desk.clock.now())


def said(desk: PaperDesk) -> tuple[str, list[str]]:
    document = health(desk.office)
    return document["status"], [problem["code"] for problem in document["problems"]]


def settle(desk: PaperDesk, state: str) -> None:
    """Let every letter end in a state."""
    desk.beyond_account = "its letters' states are set by hand"
    from inboxd.store import tables as t

    with desk.office.store.begin() as db:
        for letter in desk.letters():
            db.get_one(t.Letter, letter.id).state = state


def test_a_desk_that_gets_its_mail_is_ok(desk: PaperDesk) -> None:
    looked(desk)
    document: dict[str, Any] = health(desk.office)
    assert document["status"] == "ok"
    assert set(document) == {"status", "mailboxes", "outbox", "incoming", "receipts", "problems"}
    assert document["incoming"]["done"] == 1
    assert document["outbox"]["queued"] == len(desk.letters())
    assert document["mailboxes"][0]["last_look_at"] == "2026-03-09T09:00:00+00:00"


def test_a_mailbox_that_was_never_looked_at_is_failing(desk: PaperDesk) -> None:
    assert said(desk) == ("failing", ["mailbox_unseen"])


def test_a_mailbox_without_a_look_for_five_minutes_is_late(desk: PaperDesk) -> None:
    looked(desk)
    desk.clock.forward(minutes=5)
    assert said(desk) == ("ok", [])
    desk.clock.forward(seconds=1)
    assert said(desk) == ("failing", ["mailbox_late"])


def test_a_mailbox_that_cannot_be_reached_says_why_and_since_when(desk: PaperDesk) -> None:
    looked(desk)
    with desk.office.store.begin() as db:
        folders.failed(db, "kundeservice", "INBOX", "the name cannot be resolved", desk.clock.now())
    desk.clock.forward(hours=1)
    (problem,) = health(desk.office)["problems"]
    assert problem == {
        "code": "mailbox_failing",
        "what": "kundeservice (INBOX): the name cannot be resolved",
        "since": "2026-03-09T09:00:00+00:00",
    }


def test_a_config_that_was_not_taken_is_told_until_one_is(desk: PaperDesk) -> None:
    looked(desk)
    refuse_config(desk.office, "config.toml:3: [desk] name: missing\nconfig.toml:9: [[agent]] adress: unknown key")
    desk.clock.forward(minutes=1)
    refuse_config(desk.office, "config.toml:9: [[agent]] adress: unknown key")
    (problem,) = health(desk.office)["problems"]
    assert (problem["code"], problem["since"]) == ("config_refused", "2026-03-09T09:00:00+00:00")
    assert "not taken: config.toml:9: [[agent]] adress: unknown key; the daemon goes on" in problem["what"]
    assert [row["detail"] for row in audit_list(desk.office) if row["action"] == "config refused"] == [
        "config.toml:9: [[agent]] adress: unknown key",
        "config.toml:3: [desk] name: missing",
    ]
    take_config(desk.office)
    assert said(desk) == ("ok", [])
    take_config(desk.office)
    assert [row["action"] for row in audit_list(desk.office)].count("config taken") == 1


def test_a_relay_that_cannot_be_reached_is_failing(desk: PaperDesk) -> None:
    looked(desk)
    with desk.office.store.begin() as db:
        until = desk.clock.now() + dt.timedelta(minutes=5)
        outbox.defer_relay(db, "kundeservice", until, "connection refused", desk.clock.now())
    assert said(desk) == ("failing", ["relay_failing"])
    with desk.office.store.begin() as db:
        outbox.relay_ok(db, "kundeservice")
    assert said(desk) == ("ok", [])


def test_what_waits_for_a_person_is_degraded(desk: PaperDesk) -> None:
    looked(desk)
    for state, code in (("unknown", "letters_unknown"), ("failed", "letters_failed"), ("hold", "receipts_held")):
        settle(desk, state)
        assert said(desk) == ("degraded", [code])
    settle(desk, "sent")
    (held,) = desk.lay(mail(number=2))
    with desk.office.store.begin() as db:
        incoming.hold(db, held, "for a test")
    assert said(desk) == ("degraded", ["incoming_held"])


def test_a_relay_of_a_mailbox_that_is_gone_is_no_problem(desk: PaperDesk) -> None:
    looked(desk)
    with desk.office.store.begin() as db:
        outbox.defer_relay(db, "before", desk.clock.now(), "connection refused", desk.clock.now())
    assert said(desk) == ("ok", [])


def test_templates_that_are_broken_are_told(desk: PaperDesk, tmp_path: Path) -> None:
    looked(desk)
    folder = tmp_path / "templates" / "nb"
    folder.mkdir(parents=True)
    for name in ("receipt", "answer"):
        (folder / f"{name}.txt.j2").write_text("{{ nonsense }}")
    broken = replace(desk.office, templates=templates_of(desk.office.settings))
    (problem,) = health(broken)["problems"]
    assert problem["code"] == "template_broken"
    assert "answer.txt.j2" in problem["what"]
    assert "and 1 more" in problem["what"]
    assert health(broken)["status"] == "degraded"
