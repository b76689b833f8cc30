"""A mailbox that the config names otherwise, or names no more: no letter of it is forgotten."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from inboxd.desk.order import Reply
from inboxd.office import documents
from inboxd.office.act import act, number_of
from inboxd.office.health import health
from inboxd.office.queues import hold_sending, sending
from inboxd.office.taking.renaming import renamed as renamed_in
from inboxd.office.taking.take import take_config
from inboxd.store import folders
from tests.integration.paper_desk import PaperDesk, mail, write_config
from tests.unit.desk import desks


@pytest.fixture
def folder(tmp_path: Path, empty_database: Path) -> Path:
    """A desk on which one mail came in and was answered; nothing has left."""
    shutil.copy(empty_database, tmp_path / "inboxd.db")
    desk = PaperDesk(tmp_path)
    take_config(desk.office)
    desk.arrive(mail())
    answer(desk)
    desk.close()
    return tmp_path


@pytest.fixture
def renamed(folder: Path) -> Iterator[PaperDesk]:
    yield from opened(folder, name="post")


@pytest.fixture
def another(folder: Path) -> Iterator[PaperDesk]:
    yield from opened(folder, name="post", address="post@desk.example")


def opened(folder: Path, **mailbox: str) -> Iterator[PaperDesk]:
    """The same desk under a config whose mailbox has another name, or is another one."""
    path = write_config(folder)
    head, box = path.read_text().split("[[mailbox]]")
    for key, value in mailbox.items():
        box = "\n".join(f'{key} = "{value}"' if line.startswith(f"{key} =") else line for line in box.splitlines())
    path.write_text(f"{head}[[mailbox]]{box}")
    desk = PaperDesk(folder, config=path)
    take_config(desk.office)
    yield desk
    desk.close()


def answer(desk: PaperDesk) -> None:
    number = number_of(documents.queue(desk.office)[0]["reference"], desk.office.desk)
    act(Reply(actor="kari", text="Prøv nå."), number, desk.office)


def problems(desk: PaperDesk) -> dict[str, str]:
    return {problem["code"]: problem["what"] for problem in health(desk.office)["problems"]}


def test_what_waits_leaves_through_the_mailbox_that_has_the_address_now(renamed: PaperDesk) -> None:
    assert {letter.mailbox for letter in renamed.letters()} == {"post"}
    assert "letters_stranded" not in problems(renamed)


def test_its_ledger_goes_on_where_it_was_so_that_mail_of_the_meantime_is_no_history(renamed: PaperDesk) -> None:
    with renamed.office.store.reading() as db:
        assert [(one.mailbox, one.uidvalidity) for one in folders.list_folders(db)] == [("post", 7)]
    assert [case["mailbox"] for case in documents.queue(renamed.office)] == ["post"]


def test_a_mailbox_whose_sending_was_stopped_is_stopped_under_its_new_name(folder: Path) -> None:
    desk = PaperDesk(folder)
    hold_sending(desk.office, "kundeservice", actor="kari")
    desk.close()
    for changed in opened(folder, name="post"):
        assert [held["mailbox"] for held in sending(changed.office)["held"]] == ["post"]


def test_names_that_two_mailboxes_exchange_are_no_new_names() -> None:
    one, other = desks.mailbox("one"), desks.mailbox("other")
    changed = replace(one, name="other"), replace(other, name="one")
    assert renamed_in(desks.desk(mailboxes=(one, other)), desks.desk(mailboxes=changed)) == ()


def test_an_answer_on_a_case_of_a_mailbox_that_is_gone_leaves_through_one_that_is_there(another: PaperDesk) -> None:
    answer(another)
    newest = max(another.letters(), key=lambda letter: letter.id)
    assert newest.mailbox == "post"
    assert b"\r\nFrom: Kundeservice <post@desk.example>" in another.octets(newest)


def test_what_nothing_can_send_any_more_is_a_problem_of_health(another: PaperDesk) -> None:
    waiting = len([letter for letter in another.letters() if letter.mailbox == "kundeservice"])
    told = problems(another)["letters_stranded"]
    assert told.startswith(f"{waiting} letters wait for the mailbox kundeservice, which is not in the config")
