"""Mail in the ledger becomes cases, entries and letters; nothing is lost when it does not."""

import pytest

from inboxd.errors import Conflict, NotFound
from inboxd.mail.parse import parse
from inboxd.office.documents import queue, show
from inboxd.office.intake import file_mail, hold_unreadable
from inboxd.office.queues import (
    incoming_discard,
    incoming_list,
    incoming_raw,
    incoming_retry,
    incoming_show,
    outbox_order,
    outbox_raw,
    outbox_show,
)
from inboxd.office.rescue import open_ignored
from inboxd.store import folders, incoming
from tests.integration.office.test_act import busy
from tests.integration.paper_desk import OLA, PaperDesk, mail, write_config

AWAY = {"Auto_Submitted": "auto-replied"}
HOLD_RULE = '\n[[rule]]\nname = "vent"\nmatch = { subject = "vent" }\nset = { action = "hold" }\n'
KEYS = {
    "id", "mailbox", "folder", "uidvalidity", "uid", "state", "outcome", "sha256", "size", "reason", "attempts",
    "from", "subject",
}  # fmt: skip


def outcome(desk: PaperDesk, incoming_id: int) -> tuple[str, str | None]:
    row = incoming_show(desk.office, incoming_id)
    return row["state"], row["outcome"]


def test_a_mail_becomes_a_case_with_a_receipt(desk: PaperDesk) -> None:
    (came,) = desk.arrive(mail())
    assert outcome(desk, came) == ("done", "opened")
    (case,) = queue(desk.office)
    assert (case["subject"], case["requester"]["address"]) == ("Skriveren virker ikke", OLA)
    receipt = next(letter for letter in desk.letters() if letter.kind == "receipt")
    assert receipt.to == (OLA,)
    assert b"Auto-Submitted: auto-replied" in desk.octets(receipt)
    assert incoming_show(desk.office, came)["reference"] == case["reference"]


def test_the_same_mail_again_is_a_duplicate(desk: PaperDesk) -> None:
    desk.arrive(mail())
    (again,) = desk.arrive(mail())
    assert outcome(desk, again) == ("done", "duplicate")
    assert len(queue(desk.office)) == 1


def test_history_comes_in_without_a_letter(desk: PaperDesk) -> None:
    desk.arrive(mail(), silent=True)
    assert len(queue(desk.office)) == 1
    assert desk.letters() == ()


def test_a_mail_of_which_only_the_headers_were_fetched_is_a_case_of_outcome_oversize(desk: PaperDesk) -> None:
    (came,) = desk.arrive(mail().partition(b"\n\n")[0] + b"\n\n", headers_only=True)
    assert outcome(desk, came) == ("done", "oversize")


def test_a_rule_that_holds_a_mail_opens_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("holding")
    desk = PaperDesk(folder, config=write_config(folder, more=HOLD_RULE))
    (came,) = desk.arrive(mail("Vennligst vent"))
    assert outcome(desk, came) == ("hold", None)
    assert queue(desk.office) == []
    held = incoming_show(desk.office, came)
    assert (held["reference"], held["from"], held["subject"]) == (None, f"Ola Nordmann <{OLA}>", "Vennligst vent")
    case_id = open_ignored(desk.office, came, actor="kari", parser=parse)
    assert show(desk.office, case_id)["subject"] == "Vennligst vent"
    desk.close()


def test_a_mail_waits_for_the_next_round_where_the_facts_keep_changing(desk: PaperDesk) -> None:
    desk.lay(mail())
    with desk.office.store.begin() as db:
        (claimed,) = incoming.claim(db, limit=1)
    assert file_mail(claimed, parse(claimed.octets), busy(desk.office, 3)) is None
    filed = file_mail(claimed, parse(claimed.octets), busy(desk.office, 2))
    assert filed is not None
    assert filed.decision.kind == "open_case"


def test_an_unreadable_mail_is_held_and_one_case_tells_of_it(desk: PaperDesk) -> None:
    (came,) = desk.lay(mail())
    with desk.office.store.begin() as db:
        (claimed,) = incoming.claim(db, limit=1)
    filed = hold_unreadable(claimed, "it kills its reader", desk.office)
    assert outcome(desk, came) == ("hold", None)
    assert filed.case_id is not None
    held = incoming_show(desk.office, came)
    assert (held["from"], held["subject"]) == (None, None)
    case = show(desk.office, filed.case_id)
    assert case["subject"] == "Uleselig e-post"
    assert case["journal"][-1]["text"] == "it kills its reader"
    assert incoming_show(desk.office, came)["reference"] == case["reference"]
    assert {letter.kind for letter in desk.letters()} == {"agent"}


def test_an_ignored_mail_is_opened_by_hand_without_a_receipt(desk: PaperDesk) -> None:
    (came,) = desk.arrive(mail(**AWAY))
    assert outcome(desk, came) == ("done", "ignored")
    case_id = open_ignored(desk.office, came, actor="kari", parser=parse)
    assert outcome(desk, came) == ("done", "opened")
    assert incoming_show(desk.office, came)["reason"] == "opened by kari"
    assert "receipt" not in {letter.kind for letter in desk.letters()}
    assert show(desk.office, case_id)["requester"]["address"] == OLA
    with pytest.raises(Conflict, match="nothing to open"):
        open_ignored(desk.office, came, actor="kari", parser=parse)


def test_what_is_not_in_the_ledger_is_not_found(desk: PaperDesk) -> None:
    for ask in (incoming_show, incoming_raw, incoming_retry, outbox_show, outbox_raw):
        with pytest.raises(NotFound):
            ask(desk.office, 99)  # type: ignore[operator]  # one signature each


def test_a_vanished_mail_has_no_octets(desk: PaperDesk) -> None:
    desk.arrive(mail())
    with desk.office.store.begin() as db:
        inbox = folders.get_folder(db, "kundeservice", "INBOX")
        assert inbox is not None
        incoming.save_vanished(db, inbox, [50], desk.clock.now())
    (gone,) = incoming_list(desk.office, state="vanished")
    with pytest.raises(NotFound, match="was gone before"):
        incoming_raw(desk.office, gone["id"])
    with pytest.raises(Conflict, match="nothing to open"):
        open_ignored(desk.office, gone["id"], actor="kari", parser=parse)


def test_the_ledger_is_listed_with_the_contracts_keys(desk: PaperDesk) -> None:
    first, second = desk.arrive(mail(number=1), mail(number=2, **AWAY))
    assert [row["id"] for row in incoming_list(desk.office)] == [second, first]
    assert [row["id"] for row in incoming_list(desk.office, ignored=True)] == [second]
    assert [row["id"] for row in incoming_list(desk.office, limit=1)] == [second]
    assert all(set(row) >= KEYS for row in incoming_list(desk.office))
    assert incoming_raw(desk.office, first) == mail(number=1)


def test_a_held_mail_is_tried_again_or_discarded(desk: PaperDesk) -> None:
    (came,) = desk.lay(mail())
    with desk.office.store.begin() as db:
        incoming.hold(db, came, "for a test")
    assert incoming_retry(desk.office, came)["state"] == "incoming"
    desk.intake()
    assert outcome(desk, came) == ("done", "opened")
    (other,) = desk.lay(mail(number=2))
    with desk.office.store.begin() as db:
        incoming.hold(db, other, "for a test")
    document = incoming_discard(desk.office, other, "spam")
    assert (document["state"], document["outcome"], document["reason"]) == ("done", "ignored", "spam")


def test_a_letter_is_held_released_cancelled_and_retried(desk: PaperDesk) -> None:
    desk.arrive(mail())
    letter = next(letter for letter in desk.letters() if letter.kind == "receipt")
    assert outbox_raw(desk.office, letter.id) == desk.octets(letter)
    held = outbox_order(desk.office, letter.id, "hold", actor="kari")
    assert (held["state"], held["hold_reason"]) == ("hold", "held by kari")
    assert outbox_order(desk.office, letter.id, "release", actor="kari")["state"] == "queued"
    assert outbox_order(desk.office, letter.id, "cancel", actor="kari")["state"] == "cancelled"
    with pytest.raises(Conflict):
        outbox_order(desk.office, letter.id, "retry", actor="kari")


def test_the_view_of_a_mail_knows_where_it_lay(desk: PaperDesk) -> None:
    """The mailbox of the folder decides, not the address that somebody wrote in To."""
    desk.arrive(mail().replace(b"To: kundeservice@desk.example", b"To: undisclosed-recipients:;"))
    assert queue(desk.office)[0]["mailbox"] == "kundeservice"


def test_the_rules_that_hit_are_the_reason_in_the_ledger(desk: PaperDesk) -> None:
    (came,) = desk.arrive(mail(List_Id="<nytt.example>"))
    assert "list" in incoming_show(desk.office, came)["reason"]
