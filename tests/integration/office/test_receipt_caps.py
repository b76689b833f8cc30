"""T06: whoever forges one Return-Path makes the desk write to its owner no more often than the cap allows."""

import shutil
from pathlib import Path

from inboxd.store import incoming
from tests.integration.paper_desk import PaperDesk, mail, write_config


def test_mails_of_many_names_and_one_return_path_share_its_cap(tmp_path: Path, empty_database: Path) -> None:
    shutil.copy(empty_database, tmp_path / "inboxd.db")
    desk = PaperDesk(tmp_path, config=write_config(tmp_path, more='\n[receipts]\nper_address = "1/1h"\n'))
    for number in range(3):
        sender = f"En <en{number}@firma{number}.example>"
        desk.arrive(mail(f"Hei {number}", number=number, sender=sender, Return_Path="<offer@annet.example>"))
    receipts = [letter for letter in reversed(desk.letters()) if letter.kind == "receipt"]
    assert [(letter.to, letter.state) for letter in receipts] == [
        (("offer@annet.example",), state) for state in ("queued", "hold", "hold")
    ]
    desk.close()


def test_a_mail_that_comes_twice_names_the_first_of_the_ledger(desk: PaperDesk) -> None:
    desk.arrive(mail("Noe annet", number=1), mail("Mer", number=2))
    first, second = desk.arrive(mail(number=3), mail(number=3))
    with desk.office.store.reading() as db:
        assert incoming.get(db, second).reason == f"the same mail as incoming {first}"
