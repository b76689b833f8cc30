"""Mail from elsewhere comes in once and silently; everything goes out, and into an empty database again, unchanged."""

import hashlib
import json
import mailbox
import shutil
from pathlib import Path
from typing import Any

import pytest

from inboxd.desk.case import Channel
from inboxd.desk.order import Register
from inboxd.desk.reference import reference
from inboxd.errors import InboxdError, NotFound, UsageError
from inboxd.mail.message import ParsedMessage
from inboxd.office.act import act
from inboxd.office.documents import queue, show
from inboxd.office.exporting import export, restore
from inboxd.office.importing import FOLDER, import_mail, mails_in
from inboxd.office.queues import incoming_list
from inboxd.store import cases
from inboxd.store.checks import check
from tests.integration.paper_desk import OLA, Console, PaperDesk, mail, plain_parser, write_config

NOTHING = {"seen": 0, "opened": 0, "added": 0, "ignored": 0, "held": 0, "duplicate": 0}


def taken_in(desk: PaperDesk, *paths: Path, receipts: bool = False, parser: Any = plain_parser) -> dict[str, int]:
    """Import and return what is counted of it."""
    document = import_mail(paths, desk.office, mailbox="kundeservice", receipts=receipts, parser=parser)
    return {name: number for name, number in document.items() if number}


def eml(folder: Path, *mails: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    for number, octets in enumerate(mails):
        (folder / f"{number}.eml").write_bytes(octets)
    return folder


@pytest.fixture
def old_mail(tmp_path: Path) -> Path:
    """A case, an answer to it, an out-of-office mail and a list's mail."""
    answer = mail("SV: Skriveren virker ikke", number=2, text="Fremdeles.\n", In_Reply_To="<m1@kommune.example>")
    absence = mail("Automatisk svar", number=3, Auto_Submitted="auto-replied")
    return eml(tmp_path / "old", mail(), answer, absence, mail("Nyhetsbrev", number=4, List_Id="<nytt.example>"))


def test_old_mail_comes_in_with_its_dates_and_nobody_is_written_to(desk: PaperDesk, old_mail: Path) -> None:
    desk.clock.forward(days=400)
    assert taken_in(desk, old_mail) == {"seen": 4, "opened": 2, "added": 1, "ignored": 1}
    assert desk.letters() == ()
    assert [case["opened_at"] for case in queue(desk.office)] == ["2026-03-09T08:00:00+00:00"] * 2


def test_how_far_an_import_got_is_told_after_every_mail(desk: PaperDesk, old_mail: Path) -> None:
    told: list[int] = []
    import_mail(
        [old_mail], desk.office, mailbox="kundeservice", receipts=False, parser=plain_parser, progress=told.append
    )
    assert told == [1, 2, 3, 4]


def test_a_second_run_changes_nothing(desk: PaperDesk, old_mail: Path) -> None:
    taken_in(desk, old_mail)
    before = queue(desk.office)
    assert taken_in(desk, old_mail) == {"seen": 4, "duplicate": 4}
    assert queue(desk.office) == before


def test_what_came_in_by_the_mailbox_before_is_known(desk: PaperDesk, old_mail: Path) -> None:
    desk.arrive(mail())
    assert taken_in(desk, old_mail) == {"seen": 4, "opened": 1, "added": 1, "ignored": 1, "duplicate": 1}


def test_every_imported_mail_stands_in_the_ledger_under_a_folder_of_its_own(desk: PaperDesk, old_mail: Path) -> None:
    taken_in(desk, old_mail)
    rows = incoming_list(desk.office, state=None, ignored=False, limit=None)
    assert {(row["mailbox"], row["folder"], row["state"]) for row in rows} == {("kundeservice", FOLDER, "done")}
    assert sorted(row["uid"] for row in rows) == [1, 2, 3, 4]


def test_receipts_are_sent_on_demand(desk: PaperDesk, old_mail: Path) -> None:
    taken_in(desk, old_mail, receipts=True)
    assert [letter.to for letter in desk.letters() if letter.kind == "receipt"] == [(OLA,)]


def test_mbox_and_maildir_give_the_same_mails_as_files_do(desk: PaperDesk, tmp_path: Path, old_mail: Path) -> None:
    mails = [path.read_bytes() for path in sorted(old_mail.iterdir())]
    box = mailbox.mbox(tmp_path / "old.mbox")
    maildir = mailbox.Maildir(tmp_path / "Maildir")
    for octets in mails:
        box.add(octets)
        maildir.add(octets)
    box.close()
    assert sorted(mails_in([tmp_path / "old.mbox"])) == sorted(mails)
    assert sorted(mails_in([tmp_path / "Maildir"])) == sorted(mails)
    taken_in(desk, old_mail)
    assert taken_in(desk, tmp_path / "old.mbox", tmp_path / "Maildir") == {"seen": 8, "duplicate": 8}


def test_a_line_that_only_looks_like_a_separator_parts_no_mail(tmp_path: Path) -> None:
    head = b"From ola@kommune.example Mon Mar  9 09:00:00 2026\n"
    text = b"Subject: a\n\nFrom here on it is text.\n>From the start 2026\nFrom ola@b.example in 2026\n"
    box = tmp_path / "mbox"
    box.write_bytes(head + text + b"\n" + head + b"Subject: b\n\nb\n\n")
    assert list(mails_in([box])) == [text.replace(b">From", b"From"), b"Subject: b\n\nb\n"]


def test_in_a_folder_only_what_looks_like_mail_is_taken(tmp_path: Path) -> None:
    folder = eml(tmp_path / "old", mail())
    (folder / "LESMEG.txt").write_text("Dette er ingen e-post.")
    assert len(list(mails_in([folder]))) == 1
    assert len(list(mails_in([folder / "LESMEG.txt"]))) == 1


def test_a_mail_that_kills_its_reader_is_held_and_the_others_come_in(desk: PaperDesk, tmp_path: Path) -> None:
    def deadly(octets: bytes, *, headers_only: bool = False) -> ParsedMessage:
        if b"bombe" in octets:
            raise InboxdError("the reader died of it")
        return plain_parser(octets, headers_only=headers_only)

    folder = eml(tmp_path / "old", mail("bombe"), mail("Hei", number=2))
    assert taken_in(desk, folder, parser=deadly) == {"seen": 2, "opened": 1, "held": 1}
    (held,) = incoming_list(desk.office, state="hold", ignored=False, limit=None)
    assert "the reader died of it" in held["reason"]


def test_a_mail_over_the_limit_becomes_a_case_with_its_header(tmp_path: Path, empty_database: Path) -> None:
    shutil.copy(empty_database, tmp_path / "inboxd.db")
    desk = PaperDesk(tmp_path, config=write_config(tmp_path, send_delay='max_message_size = "1KB"'))
    folder = eml(tmp_path / "old", mail(files={"a.bin": b"x" * 2000}))
    assert taken_in(desk, folder) == {"seen": 1, "opened": 1}
    assert queue(desk.office)[0]["subject"] == "Skriveren virker ikke"
    desk.close()


def test_only_a_known_mailbox_and_a_path_that_is_there_are_imported(desk: PaperDesk, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no mailbox drift"):
        import_mail([tmp_path], desk.office, mailbox="drift", receipts=False, parser=plain_parser)
    with pytest.raises(NotFound, match="there is no"):
        taken_in(desk, tmp_path / "ingen")


@pytest.fixture
def exported(desk: PaperDesk, console: Console, tmp_path: Path) -> Path:
    """The export of a desk with work in it."""
    desk.arrive(mail(files={"a.txt": b"words"}), mail("En til", number=2, text="Blåbær.\n"))
    desk.arrive(mail("Automatisk svar", number=3, Auto_Submitted="auto-replied"))
    console("reply", "KS-10008", "-m", "Det er ordnet.", "--close", "--as", "kari")
    console("note", reference("KS", 1001), "-m", "Sjekk lageret.", "--as", "per")
    folder = tmp_path / "export"
    assert export(desk.office, folder)["cases"] == 2
    return folder


def another_desk(tmp_path: Path, empty_database: Path) -> PaperDesk:
    folder = tmp_path / "another"
    folder.mkdir()
    shutil.copy(empty_database, folder / "inboxd.db")
    shutil.copy(tmp_path / "secret.key", folder / "secret.key")
    return PaperDesk(folder)


def documents(desk: PaperDesk) -> list[Any]:
    with desk.office.store.reading() as session:
        ids = sorted(row.id for row in cases.queue(session, include_closed=True))
    return [show(desk.office, case_id) for case_id in ids]


def test_an_export_is_json_lines_and_mails_named_by_their_hash(desk: PaperDesk, exported: Path) -> None:
    told = [json.loads(line) for line in (exported / "cases.jsonl").read_text(encoding="utf-8").splitlines()]
    assert told == documents(desk)
    mails = list((exported / "mails").iterdir())
    assert all(hashlib.sha256(path.read_bytes()).hexdigest() == path.stem for path in mails)
    sent = sum(letter.octets_id is not None for letter in desk.letters())
    assert len(mails) == 3 + sent
    assert mail("En til", number=2, text="Blåbær.\n") in [path.read_bytes() for path in mails]


def test_an_export_in_an_empty_database_is_the_same_desk(
    desk: PaperDesk, exported: Path, tmp_path: Path, empty_database: Path
) -> None:
    other = another_desk(tmp_path, empty_database)
    restore(other.office, exported)
    assert documents(other) == documents(desk)
    assert check(other.office.store) == ()
    again = tmp_path / "again"
    first = json.loads((exported / "export.json").read_text())
    assert export(other.office, again)["rows"] == first["rows"]
    assert {path.name for path in (again / "mails").iterdir()} == {path.name for path in (exported / "mails").iterdir()}
    new = Register(actor="kari", channel=Channel.PHONE, subject="Neste", text="")
    assert act(new, None, other.office).number == 1002
    other.close()


def test_the_import_command_knows_an_export(
    exported: Path, console: Console, tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = another_desk(tmp_path, empty_database)
    monkeypatch.setenv("INBOXD_CONFIG", str(other.config))
    assert console("import", str(exported)).startswith("2 cases and ")
    assert console.error("import", str(exported), code=5)["code"] == "conflict"
    assert console("export", str(tmp_path / "again")).startswith("2 cases and ")
    other.close()


def test_mail_comes_in_by_the_command(console: Console, desk: PaperDesk, old_mail: Path) -> None:
    document = console.ask("import", str(old_mail), "--mailbox", "kundeservice")
    assert document == NOTHING | {"seen": 4, "opened": 2, "added": 1, "ignored": 1}
    assert console("import", str(old_mail), "--mailbox", "kundeservice").startswith("4 mails: 0 opened")
    assert console.error("import", str(old_mail), code=2)["hint"] == "--mailbox NAME"


@pytest.mark.parametrize("words", [("export", "x"), ("import", "x", "--mailbox", "kundeservice")])
def test_everything_goes_in_and_out_by_admins_only(console: Console, words: tuple[str, ...]) -> None:
    assert console.error(*words, "--as", "per", code=77)["code"] == "not_allowed"


def test_an_export_that_is_not_whole_is_refused(
    desk: PaperDesk, exported: Path, tmp_path: Path, empty_database: Path
) -> None:
    other = another_desk(tmp_path, empty_database)
    first = min((exported / "mails").iterdir())
    octets = first.read_bytes()
    first.write_bytes(octets + b"!")
    with pytest.raises(UsageError, match="its hash differs"):
        restore(other.office, exported)
    first.unlink()
    with pytest.raises(UsageError, match="is missing"):
        restore(other.office, exported)
    first.write_bytes(octets)
    lines = exported / "tables" / "tags.jsonl"
    lines.write_text("not json\n")
    with pytest.raises(UsageError, match="cannot read"):
        restore(other.office, exported)
    manifest = json.loads((exported / "export.json").read_text())
    (exported / "export.json").write_text(json.dumps(manifest | {"schema": "0000"}))
    with pytest.raises(UsageError, match="has schema 0000"):
        restore(other.office, exported)
    assert queue(other.office) == []
    other.close()


def test_an_export_goes_into_no_folder_that_has_something_in_it(console: Console, exported: Path) -> None:
    assert "is not empty" in console.error("export", str(exported), code=5)["message"]
