"""The Daily panel: what agents see and do all day, as documents and as text."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from inboxd.cli.app import run
from inboxd.store import tables as t
from tests.integration.paper_desk import OLA, Console, PaperDesk, mail

QUEUE_KEYS = {
    "reference", "number", "subject", "status", "priority", "category", "mailbox", "customer", "assignee", "requester",
    "channel", "language", "type", "last", "opened_at", "updated_at", "response_due", "resolution_due", "responded_at",
    "overdue", "undelivered", "version",
}  # fmt: skip
SHOW_KEYS = QUEUE_KEYS | {"merged_into", "participants", "links", "tags", "fields"}
ENTRY_KEYS = {
    "id", "at", "kind", "actor", "from", "to", "cc", "subject", "text", "reply_text", "message_id", "attachments",
    "evidence", "delivery",
}  # fmt: skip
REF = "KS-10008"


@pytest.fixture
def case(desk: PaperDesk, console: Console) -> str:
    """The reference of a case that a mail opened."""
    desk.arrive(mail(files={"a.txt": b"words"}))
    return REF


def test_the_queue_has_the_contracts_keys(console: Console, case: str) -> None:
    (row,) = console.ask("queue")
    assert set(row) >= QUEUE_KEYS
    assert set(row["requester"]) == {"name", "address", "phone", "verified"}
    assert set(row["last"]) == {"who", "at"}
    assert (row["reference"], row["number"], row["status"]) == (case, 1000, "new")


def test_a_case_has_the_contracts_keys(console: Console, case: str) -> None:
    document = console.ask("show", case)
    assert set(document) >= SHOW_KEYS | {"journal"}
    assert all(set(entry) >= ENTRY_KEYS for entry in document["journal"])
    attachment = document["journal"][0]["attachments"][0]
    assert set(attachment) == {"filename", "content_type", "size", "sha256", "inline", "sniffed_type"}
    assert document["participants"] == [{"address": OLA, "name": "Ola Nordmann", "role": "requester"}]
    assert document["journal"][1]["delivery"]["state"] == "queued"


@pytest.mark.parametrize(
    ("words", "there"),
    [
        ((), True), (("--all",), True), (("--unassigned",), True), (("--category", "it"), True),
        (("--category", "print"), False), (("--status", "new"), True), (("--status", "closed"), False),
        (("--mine", "--as", "kari"), False),
    ],
)  # fmt: skip
def test_the_queue_shows_what_is_asked_for(console: Console, case: str, words: tuple[str, ...], there: bool) -> None:
    assert bool(console.ask("queue", *words)) is there


def test_a_limit_is_kept(desk: PaperDesk, console: Console, case: str) -> None:
    desk.arrive(mail(number=2))
    assert len(console.ask("queue", "--limit", "1")) == 1
    assert console("search", "hjelp", "--limit", "1").count("KS-") == 1


@pytest.mark.parametrize("words", [("--status", "tull"), ("--category", "tull"), ("--limit", "0")])
def test_a_word_that_the_queue_does_not_know_is_a_usage_error(console: Console, words: tuple[str, ...]) -> None:
    assert console.error("queue", *words, code=2)["code"] == "usage"


def test_who_is_no_agent_has_no_cases_of_his_own(console: Console) -> None:
    assert "say who with --as AGENT" in console("queue", "--mine", code=77)


def test_tables_fit_eighty_columns_without_colour(console: Console, case: str) -> None:
    for words in (("queue",), ("search", "skriver"), ("outbox", "list"), ("incoming", "list"), ("health",)):
        text = console(*words, code=2 if words == ("health",) else 0)
        assert all(len(line) <= 80 for line in text.splitlines()), words
        assert "\x1b" not in text


def test_a_case_is_shown_with_who_wrote_what(console: Console, case: str) -> None:
    text = console("show", case)
    assert f"{case}  Skriveren virker ikke" in text
    assert "mail from Ola Nordmann <ola@kommune.example>" in text
    assert "receipt to Ola Nordmann <ola@kommune.example>  #2\n    Delivery: queued" in text
    console("assign", case, "kari")
    assert "not shown: --events" in console("show", case)
    assert "assignee" in console("show", case, "--events")


def test_raw_octets_come_out_unchanged(
    desk: PaperDesk, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INBOXD_CONFIG", str(desk.config))
    octets = mail(files={"a.txt": b"words"})
    desk.arrive(octets)
    assert run(["show", REF, "--raw", "1"]) == 0
    assert capfdbinary.readouterr().out == octets
    assert run(["incoming", "show", "1", "--raw"]) == 0
    assert capfdbinary.readouterr().out == octets
    assert run(["outbox", "show", "1", "--raw"]) == 0
    assert b"Auto-Submitted: auto-replied" in capfdbinary.readouterr().out


def test_attachments_are_saved(console: Console, case: str, tmp_path: Path) -> None:
    document = console.ask("show", case, "--save", str(tmp_path / "out"))
    assert document["reference"] == case
    assert (tmp_path / "out" / "a.txt").read_bytes() == b"words"
    (kept,) = document["journal"][0]["attachments"]
    assert (kept["filename"], kept["size"], kept["sha256"]) == ("a.txt", 5, hashlib.sha256(b"words").hexdigest())


def test_a_case_without_attachments_says_so(
    console: Console, desk: PaperDesk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.arrive(mail())
    assert console.ask("show", REF)["journal"][0]["attachments"] == []
    assert run(["show", REF, "--save", str(tmp_path / "none")]) == 0
    assert "This case has no attachments." in capsys.readouterr().err


@pytest.mark.parametrize("ref", ["KS-10009", "KS-10429", "tull", "12"])
def test_a_reference_that_is_none_ends_with_4(console: Console, ref: str) -> None:
    assert console.error("show", ref, code=4)["code"] == "not_found"


def test_a_wrong_check_digit_says_so(console: Console) -> None:
    assert "its last digit does not fit" in console("show", "KS-10009", code=4)


def test_a_case_is_taken_once(console: Console, case: str) -> None:
    assert console("take", "10008", "--as", "kari") == f"{case} is yours.\n"
    assert console("take", case, "--as", "kari") == f"{case} is yours.\n"
    error = console.error("take", case, "--as", "per", code=5)
    assert (error["code"], error["message"]) == ("conflict", f"{case} is kari's")
    document = console.ask("take", case, "--as", "per", "--yes")
    assert set(document) >= SHOW_KEYS
    assert "journal" not in document
    assert document["assignee"] == "per"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("take", REF), 77), (("take", REF, "--as", "ingen"), 4), (("take", REF, "--as", "nils"), 77),
        (("take", REF, "--as", "revi"), 77), (("reply", REF, "-m", "x", "--as", "revi"), 77),
        (("new", "--subject", "x", "--as", "revi"), 77), (("outbox", "cancel", "1", "--as", "revi"), 77),
        (("incoming", "retry", "1", "--as", "revi"), 77), (("incoming", "open", "1", "--as", "revi"), 77),
        (("incoming", "discard", "1", "-m", "x", "--as", "revi"), 77),
    ],
)  # fmt: skip
def test_who_may_not_act_does_not(console: Console, case: str, words: tuple[str, ...], code: int) -> None:
    before = console.ask("show", case)
    console.error(*words, code=code)
    assert console.ask("show", case) == before


def test_a_case_is_given_and_given_back(console: Console, case: str) -> None:
    assert console("assign", case, "per") == f"{case} is per's.\n"
    assert console("assign", case, "none") == f"{case} is nobody's.\n"
    assert console.ask("show", case)["assignee"] is None
    assert "there are:" in console("assign", case, "ingen", code=4)


def test_a_note_is_written_down(console: Console, case: str, tmp_path: Path) -> None:
    assert console("note", case, "-m", "Bestilte kabel") == f"Noted on {case}.\n"
    (tmp_path / "note").write_text("Fra fil\n")
    console("note", case, "-F", str(tmp_path / "note"))
    assert [entry["text"] for entry in console.ask("show", case)["journal"][-2:]] == ["Bestilte kabel", "Fra fil"]


@pytest.mark.parametrize(
    "words",
    [("note", REF), ("note", REF, "-m", " "), ("reply", REF), ("reply", REF, "-m", " "), ("new",),
     ("note", REF, "-m", "x", "-F", "y"), ("note", REF, "-F", "/nowhere/x"), ("reply", REF, "-F", "/bin/sh"),
     ("reply", REF, "-m", "x", "--attach", "/nowhere"), ("reply", REF, "-m", "x", "--cc", "tull"),
     ("reply", REF, "-m", "x", "--close", "--wait"), ("reply", REF, "-m", "x", "--wait", "i går"),
     ("new", "--subject", " "), ("new", "--subject", "x", "--channel", "faks"),
     ("new", "--subject", "x", "--from", "tull"), ("set", REF), ("set", REF, "--status", "tull"),
     ("set", REF, "--status", "merged"), ("set", REF, "--field", "tull"), ("set", REF, "--field", "=x"),
     ("set", REF, "--subject", " "), ("set", REF, "--tag", " "), ("search",), ("tull",), ("queue", "--tull"),
     ("queue", "--status", "merged")],
)  # fmt: skip
def test_words_that_are_off_change_nothing(console: Console, case: str, words: tuple[str, ...]) -> None:
    before = console.ask("show", case)
    error = console.error(*words, code=2)
    assert error["code"] == "usage"
    assert error["message"]
    assert console.ask("show", case) == before


def test_everything_about_a_case_can_be_set(console: Console, case: str) -> None:
    document = console.ask(
        "set", case, "--status", "waiting", "--until", "3d", "--priority", "high", "--category", "print", "--subject",
        "To\nlinjer", "--tag", "a", "--tag", "b", "--untag", "c", "--field", "bruker=kno01",
    )  # fmt: skip
    assert (document["status"], document["priority"], document["category"]) == ("waiting", "high", "print")
    assert (document["subject"], document["tags"], document["fields"]) == ("To linjer", ["a", "b"], {"bruker": "kno01"})
    assert document["until"] is not None
    assert console("set", case, "--field", "bruker=", "--untag", "a") == f"{case} is changed.\n"
    assert console.ask("show", case)["fields"] == {}
    assert console.ask("show", case)["tags"] == ["b"]
    assert console.error("set", case, "--priority", "tull", code=4)["hint"] == "there are: critical, high, normal, low"


def test_an_answer_goes_to_the_requester(console: Console, case: str, desk: PaperDesk, tmp_path: Path) -> None:
    (tmp_path / "bilde.png").write_bytes(b"png")
    (tmp_path / "noe.ukjent").write_bytes(b"x")
    document = console.ask(
        "reply", case, "-m", "Se her", "--cc", "Sjefen <sjef@kommune.example>", "--attach", str(tmp_path / "bilde.png"),
        "--attach", str(tmp_path / "noe.ukjent"), "--as", "kari",
    )  # fmt: skip
    letter = document["letter"]
    assert set(document) == {"reference", "letter"}
    assert set(letter) == {"id", "state", "to", "cc", "message_id", "not_before"}
    assert (letter["state"], letter["to"], letter["cc"]) == ("queued", [OLA], ["sjef@kommune.example"])
    octets = desk.octets(next(row for row in desk.letters() if row.id == letter["id"]))
    assert b"image/png" in octets
    assert b"noe.ukjent" in octets
    shown = console.ask("show", case)
    assert (shown["status"], shown["assignee"], shown["journal"][-1]["actor"]) == ("open", "kari", "kari")


@pytest.mark.parametrize(
    ("words", "status", "until"),
    [
        (("--wait", "3d"), "waiting", True), (("--wait",), "waiting", False), (("--wait", "-m", "x"), "waiting", False),
        (("--close",), "closed", False), ((), "open", False),
    ],
)  # fmt: skip
def test_one_command_answers_and_moves_the_case(
    console: Console, case: str, words: tuple[str, ...], status: str, until: bool
) -> None:
    console("reply", case, *(() if "-m" in words else ("-m", "Hei")), *words, "--as", "kari")
    shown = console.ask("show", case)
    assert shown["status"] == status
    assert (shown["until"] is not None) is until


def test_off_a_terminal_an_answer_leaves_at_once_and_says_just_that(console: Console, case: str) -> None:
    assert console("reply", case, "-m", "Hei") == f"{case}: the answer goes to {OLA} now.\n"
    closed = f"{case} is closed.\n{case}: the answer goes to {OLA} now.\n"
    assert console("close", case, "-m", "Den virker igjen.") == closed


def test_a_letter_that_waits_is_cancelled(console: Console, case: str) -> None:
    letter = console.ask("reply", case, "-m", "Hei")["letter"]["id"]
    assert console("outbox", "cancel", str(letter)).startswith(f"Letter {letter}: it will not be sent")


def test_copies_go_to_those_who_had_copies(console: Console, desk: PaperDesk) -> None:
    desk.arrive(mail(Cc="Liv <liv@kommune.example>"))
    document = console.ask("reply", REF, "-m", "Hei", "--all")
    assert document["letter"]["cc"] == ["liv@kommune.example"]


def test_a_caller_without_an_address_cannot_be_answered_by_mail(console: Console) -> None:
    reference = console("new", "--subject", "Ringte", "--phone", "71").split()[0]
    assert "inboxd note" in console("reply", reference, "-m", "Hei", code=5)


def test_a_case_is_closed_with_or_without_words_and_taken_up_again(console: Console, case: str) -> None:
    assert console("close", case) == f"{case} is closed. Nothing was sent.\n"
    assert console.error("close", case, code=5)["code"] == "conflict"
    assert console("reopen", case) == f"{case} is open again.\n"
    assert console.error("reopen", case, code=5)["code"] == "conflict"
    document = console.ask("close", case, "-m", "Den virker igjen.")
    assert document["letter"]["to"] == [OLA]
    console("reopen", case)
    assert console.ask("close", case, "-m", "x", "--silent") == {"reference": case, "letter": None}


def test_registering_prints_the_reference_first(console: Console) -> None:
    said = console(
        "new", "--channel", "counter", "--subject", "Trenger\nnøkkel", "--from", "Liv <liv@kommune.example>", "-m", "Nå"
    )
    reference, *rest = said.split()
    assert rest[0] == "registered,"
    assert "The number goes to liv@kommune.example." in said
    shown = console.ask("show", reference)
    assert (shown["subject"], shown["channel"]) == ("Trenger nøkkel", "counter")
    assert shown["requester"]["name"] == "Liv"


def test_registering_has_the_contracts_document(console: Console) -> None:
    document = console.ask("new", "--subject", "Ringte", "-m", "Nett", "--phone", "71 00", "--category", "print")
    assert set(document) == {"reference", "letter"}
    assert document["letter"] is None
    assert console.ask("show", document["reference"])["assignee"] == "kari"
    assert console.error("new", "--subject", "x", "--mailbox", "tull", code=4)["code"] == "not_found"


def test_a_caller_is_found_by_name_and_number(console: Console) -> None:
    new = ("new", "--subject", "Ringte", "-m", "Nett", "--phone", "91 22 33 44", "--name", "Ole Hansen")
    reference = console.ask(*new)["reference"]
    for words in (("Ole", "Hansen"), ("91223344",), ("91 22 33 44",), ("+47 91 22 33 44",), ("+4791223344",)):
        assert [found["reference"] for found in console.ask("search", *words)] == [reference], words


def test_search_finds_words_numbers_and_nothing(console: Console, case: str) -> None:
    for words in (("skriveren",), ("ola@kommune.example",), ("ks10008",), ("hjelp", "hei")):
        assert [found["reference"] for found in console.ask("search", *words)] == [case], words
    for odd in ('"', "OR AND * ( NEAR", "%", "", "KS-10009", "x" * 5000, "\x1b[31m"):
        assert console.ask("search", odd) == []
    assert console("search", "finnesikke") == "Nothing found.\n"


def test_a_merged_case_says_where_the_work_goes_on(console: Console, desk: PaperDesk, case: str) -> None:
    desk.arrive(mail(number=2))
    with desk.office.store.begin() as db:
        row = db.get_one(t.Case, 2)
        row.status, row.merged_into = "merged", 1
    other: dict[str, Any] = next(c for c in console.ask("queue", "--all") if c["reference"] != case)
    assert console.ask("show", other["reference"])["merged_into"] == case


def test_show_without_a_reference_is_my_next_case_that_is_due(console: Console, case: str) -> None:
    assert console.error("show", "--as", "kari", code=4)["hint"] == "inboxd queue --unassigned"
    console.ask("take", case, "--as", "kari")
    assert console.ask("show", "--as", "kari")["reference"] == case
