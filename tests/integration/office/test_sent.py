"""What is sent from the shared mailbox in a mail client stands on its case, once what it answers is there."""

import pytest

from inboxd.config.settings import SENT
from inboxd.errors import InboxdError
from inboxd.office.intake import Parser
from inboxd.store import incoming
from tests.integration.paper_desk import DESK, OLA, Console, PaperDesk, mail


@pytest.fixture
def console(desk: PaperDesk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Console:
    monkeypatch.setenv("INBOXD_CONFIG", str(desk.config))
    return Console(capsys)


def outlook(
    number: int = 9, *, text: str = "Prøv igjen nå.\n", parent: str = "<m1@kommune.example>", **more: str
) -> bytes:
    """Return an answer as a mail client keeps it in its Sent folder."""
    more = {"In_Reply_To": parent, "References": parent, **more}
    return mail("SV: Skriveren virker ikke", sender=f"Kundeservice <{DESK}>", to=OLA, text=text, number=number, **more)


def outcomes(desk: PaperDesk) -> list[tuple[str, str | None]]:
    with desk.office.store.reading() as db:
        return [(row.state, row.outcome) for row in reversed(incoming.list_incoming(db))]


def test_an_answer_from_outlook_is_on_the_case_and_the_requesters_answer_to_it_comes_back_there(
    desk: PaperDesk, console: Console
) -> None:
    desk.arrive(mail())
    before = len(desk.letters())
    desk.send(outlook(text="Prøv igjen nå.\n"))
    (case,) = console.ask("queue")
    assert (case["status"], case["last"]["who"]) == ("open", DESK)
    said = console.ask("show", case["reference"])["journal"]
    (letter,) = [entry for entry in said if entry["kind"] == "mail_out" and entry["delivery"] is None]
    assert (letter["from"]["address"], letter["to"][0]["address"]) == (DESK, OLA)
    assert len(desk.letters()) == before
    desk.arrive(mail("SV: SV: Skriveren", number=2, In_Reply_To="<m9@kommune.example>", text="Takk!\n"))
    assert len(console.ask("queue")) == 1
    assert f"letter from {DESK} to {OLA}" in console("show", case["reference"])


def test_what_the_desk_sent_waits_until_what_came_by_then_is_looked_at(desk: PaperDesk) -> None:
    desk.arrive(mail("Et annet brev", number=5))
    desk.look()
    desk.clock.forward(minutes=10)
    desk.lay(outlook(), folder=SENT)
    assert desk.intake() == 0  # the inbox was not looked at since: the mail that it answers may lie there
    desk.lay(mail())
    desk.look()
    while desk.intake():
        continue
    assert outcomes(desk) == [("done", "opened"), ("done", "added"), ("done", "opened")]


def test_what_belongs_to_no_case_is_ignored_with_its_reason_and_opens_none_even_by_hand(
    desk: PaperDesk, console: Console
) -> None:
    desk.arrive(mail())
    (odd,) = desk.send(outlook(parent="<ukjent@kommune.example>"))
    ignored = console.ask("incoming", "list", "--ignored")
    assert [(row["id"], row["folder"], row["reason"]) for row in ignored] == [
        (odd, SENT, "sent by the desk, about no case of ours")
    ]
    assert console.error("incoming", "open", str(odd), code=5)["code"] == "conflict"
    assert len(console.ask("queue")) == 1


def test_a_copy_to_the_shared_mailbox_itself_makes_no_second_entry(desk: PaperDesk, console: Console) -> None:
    desk.arrive(mail())
    copied = outlook(Cc=DESK)
    desk.arrive(copied)
    desk.send(copied)
    assert outcomes(desk)[1:] == [("done", "added"), ("done", "duplicate")]
    (case,) = console.ask("queue")
    assert case["status"] == "open"


def test_a_sent_mail_that_kills_its_reader_is_held_without_a_case(desk: PaperDesk, console: Console) -> None:
    desk.arrive(mail())

    def dying(octets: bytes, *, headers_only: bool = False) -> object:
        raise InboxdError("the reader died")

    parser: Parser = desk.parser
    desk.parser = dying  # type: ignore[assignment]  # it never returns
    desk.send(outlook())
    desk.parser = parser
    assert outcomes(desk)[1:] == [("hold", None)]
    assert len(console.ask("queue")) == 1
