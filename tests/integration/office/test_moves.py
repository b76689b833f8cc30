"""A single point of contact: a case moves between categories and mailboxes, and whoever asked notices nothing."""

import pytest

from inboxd.desk.order import SetFields
from inboxd.mail.parse import parse
from inboxd.office.act import act
from inboxd.office.documents import queue
from tests.integration.paper_desk import DESK, OLA, PaperDesk, mail


@pytest.mark.parametrize("how", ["token", "number"])
def test_a_moved_case_keeps_its_number_and_its_answers(desk: PaperDesk, how: str) -> None:
    desk.arrive(mail())
    (before,) = queue(desk.office)
    (receipt,) = [letter for letter in desk.letters() if letter.kind == "receipt"]
    act(SetFields(actor="kari", category="print"), before["number"], desk.office)
    citing = {"In_Reply_To": str(receipt.message_id)} if how == "token" else {}
    subject = "Noe helt annet" if how == "token" else f"SV: {before['reference']}"
    desk.arrive(mail(subject, number=2, text="Den står ennå.\n", **citing))
    (after,) = queue(desk.office)
    assert (after["reference"], after["category"]) == (before["reference"], "print")
    assert after["last"]["who"] == OLA
    assert [letter.kind for letter in desk.letters() if OLA in letter.to] == ["receipt"]


def test_every_letter_comes_from_the_desk_under_its_own_name(desk: PaperDesk) -> None:
    desk.arrive(mail())
    for letter in desk.letters():
        (sender,) = parse(desk.octets(letter)).from_
        via = "Ola Nordmann via " if letter.kind == "agent" else ""
        assert (sender.name, sender.address) == (f"{via}Kundeservice", DESK)
