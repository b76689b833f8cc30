"""`inboxd notice …`: the documents of the contract, and what a person sees of them at 80 columns."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from inboxd.cli.app import run
from inboxd.cli.notices import with_several
from inboxd.render.notices import acks_text, closed_text, notice_line, notice_text, notices_table
from tests.integration.paper_desk import Console, PaperDesk, mail, write_config

KEYS = {
    "id", "kind", "from", "to", "affects", "text", "still_works", "state", "short_warning", "updates", "linked",
    "receivers",
}  # fmt: skip
NEW = ("notice", "new", "--unplanned", "--from", "now", "-m", "Visma er nede.")


@pytest.fixture
def cases(desk: PaperDesk, console: Console) -> list[str]:
    """Two cases."""
    desk.arrive(mail(number=1), mail("Visma", number=2, sender="siri@kommune.example", text="Visma er nede\n"))
    return [case["reference"] for case in console.ask("queue")]


def test_a_notice_has_the_contracts_keys_and_its_number_is_the_first_word(console: Console, cases: list[str]) -> None:
    said = console(*NEW, "--to", "2h", "--affects", "it", "print", "--link", *cases, "--as", "kari")
    assert said.split()[0] == "1"
    document = console.ask("notice", "show", "D-1")
    assert set(document) >= KEYS
    assert (document["affects"], document["state"], document["still_works"]) == (["it", "print"], "active", None)
    assert [one["reference"] for one in document["linked"]] == cases
    begun, ends = (dt.datetime.fromisoformat(document[key]) for key in ("from", "to"))
    assert ends - begun == dt.timedelta(hours=2)
    assert console.ask("notice", "list") == [document]


def test_the_queue_begins_with_what_is_going_on(console: Console, cases: list[str]) -> None:
    quiet = console("queue")
    console("notice", "new", "--planned", "--from", "2h", "-m", "Senere.")
    assert console("queue") == quiet
    console(*NEW, "--to", "2h")
    first, *rest = console("queue").splitlines()
    assert first.startswith("! D-2 until ")
    assert first.endswith(": Visma er nede.")
    assert "\n".join(rest).strip() == quiet.strip()
    assert len(console.ask("queue")) == 2


def test_that_the_intranet_does_not_show_it_is_said_on_the_side(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = write_config(tmp_path, more='\n[notices]\nfolder = "gone"\n')
    monkeypatch.setenv("INBOXD_CONFIG", str(config))
    run(["db", "upgrade"])
    capsys.readouterr()
    assert run([*NEW, "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["id"] == 1
    assert (
        said.err
        == f"! there is no folder {tmp_path / 'gone'}, so no notices are written to it; the daemon tries again.\n"
    )


def test_linking_updating_and_closing_from_the_command_line(console: Console, cases: list[str]) -> None:
    console(*NEW, "--as", "kari")
    assert console("notice", "link", "1", *cases, "--as", "per") == "D-1 has 2 cases under it.\n"
    assert "1  D-1 is active" in console("notice", "update", "d1", "-m", "Snart", "--to", "3h")
    told = console("notice", "update", "d1", "-m", "Nå snart", "--tell-linked")
    assert "2 requesters written to." in told
    assert console("notice", "list").splitlines()[-1].endswith(": Nå snart")
    assert console("notice", "close", "D-1", "-m", "Visma virker.") == (
        "D-1 is closed. 2 cases under it answered and solved.\n"
    )
    assert console("notice", "list") == "No notices.\n"
    assert "closed" in console("notice", "list", "--all")
    assert console.error("notice", "close", "1", code=5)["message"] == "D-1 is closed already"
    kinds = [letter["kind"] for letter in console.ask("outbox", "list")]
    assert kinds.count("notice") == 4
    assert console("notice", "acks", "1") == "D-1 was mailed to nobody.\n"


def test_a_case_is_taken_off_a_notice_from_the_command_line(console: Console, cases: list[str]) -> None:
    console(*NEW, "--link", *cases, "--as", "kari")
    assert console("notice", "unlink", "1", cases[0], "--as", "per") == "D-1 has 1 case under it.\n"
    error = console.error("notice", "unlink", "1", cases[0], code=5)
    assert error["message"] == f"{cases[0]} is not under D-1"
    assert console.ask("notice", "unlink", "1", cases[1])["linked"] == []


def test_a_new_notice_says_who_was_mailed_and_who_was_left_out() -> None:
    said = notice_line(document(), width=80, colour=False).splitlines()
    assert said[1] == "Mailed to 2 receivers: molde, info@kommune.example. 2 cases under it."
    assert said[2] == "Customers left out: vik."
    assert "Customers left out: vik." in notice_text(document(), width=80, colour=False)


def test_the_list_shows_the_latest_word() -> None:
    said = notices_table([document()], width=80, colour=False).splitlines()
    assert said[-1] == "    10.03 09:00: Utsatt"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("new", "--from", "now", "-m", "x"), 2, "a notice is either planned or unplanned"),
        (("new", "--planned", "--unplanned", "--from", "now", "-m", "x"), 2, "a notice is either planned or unplanned"),
        (("new", "--planned", "--from", "once", "-m", "x"), 2, "'once' is no time"),
        (("new", "--planned", "--from", "now", "--to", "once", "-m", "x"), 2, "'once' is no time after that"),
        (("new", "--planned", "--from", "now", "--affects", "visma", "-m", "x"), 2, "no category visma"),
        (("new", "--planned", "--from", "now", "--link", "KS-10008", "-m", "x"), 4, "no case KS-10008"),
        (("new", "--planned", "--from", "now", "-m", "x", "--as", "revi"), 77, "revi may read but not change"),
        (("show", "7"), 4, "no notice D-7"),
        (("link", "KS-1", "KS-10008"), 4, "'KS-1' is no notice"),
        (("update", "7", "-m", "x"), 4, "no notice D-7"),
        (("new", "--planned", "--from", "now", "-m", "Str\udcf8mbrudd"), 2, "a word of the call is not UTF-8 text"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_says_why(console: Console, words: tuple[str, ...], code: int, message: str) -> None:
    assert console.error("notice", *words, code=code)["message"] == message


def test_an_auditor_may_read(console: Console) -> None:
    console(*NEW)
    assert len(console.ask("notice", "list", "--as", "revi")) == 1
    assert console.ask("notice", "acks", "1", "--as", "revi")["missing"] == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("notice new --affects it print --from now", "notice new --affects it --affects print --from now"),
        ("notice new --link A B C -m x", "notice new --link A --link B --link C -m x"),
        ("notice new --affects it --affects print", "notice new --affects it --affects print"),
        ("--config c notice new --affects it print", "--config c notice new --affects it --affects print"),
        ("notice link 1 A B", "notice link 1 A B"),
    ],
)
def test_an_option_of_several_words_takes_all_up_to_the_next_option(typed: str, meant: str) -> None:
    assert with_several(typed.split()) == meant.split()


def document(**changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": 3,
        "reference": "D-3",
        "kind": "planned",
        "state": "planned",
        "from": "2026-03-20T17:00:00+00:00",
        "to": None,
        "affects": [],
        "text": "Ny versjon av Visma.\nAlle må logge ut." + " Lang tekst." * 20,
        "still_works": "e-post \x1b[2J",
        "short_warning": True,
        "made_at": "2026-03-09T09:00:00+00:00",
        "made_by": "kari",
        "closed_at": None,
        "updates": [{"at": "2026-03-10T09:00:00+00:00", "actor": "per", "text": "Utsatt"}],
        "linked": [{"reference": "KS-10008", "status": "open"}, {"reference": "KS-10019", "status": "solved"}],
        "receivers": [
            {
                "address": "ikt@molde.example",
                "customer": "molde",
                "letter": {"id": 1, "state": "sent"},
                "acknowledged_at": "2026-03-09T10:00:00+00:00",
            },
            {"address": "info@kommune.example", "customer": None, "letter": None, "acknowledged_at": None},
        ],
        "left_out": ["vik"],
    }
    return {**values, **changes}


def test_what_a_person_sees_fits_80_columns_and_commands_no_terminal() -> None:
    one = document()
    views = (
        notices_table([one, document(state="active", to=one["from"])], width=80, colour=False),
        notice_text(one, width=80, colour=False),
        notice_line(one, width=80, colour=False),
        acks_text({"reference": "D-3", "confirmed": one["receivers"][:1], "missing": one["receivers"][1:]},
                  width=80, colour=False),
    )  # fmt: skip
    for view in views:
        assert all(len(line) <= 80 for line in view.splitlines())
        assert "\x1b" not in view
    assert "to come" in views[0]
    assert "kort varsel" in views[1]
    assert "1/2 have confirmed" in views[1]
    assert views[3].splitlines()[0] == "D-3: 1 of 2 have confirmed."
    assert views[3].splitlines()[3].startswith("no ")


def test_a_notice_without_anybody_says_so() -> None:
    alone = document(
        receivers=[], left_out=[], linked=[], updates=[], short_warning=False, closed_at="2026-03-20T18:00:00+00:00"
    )
    assert "Mailed to nobody" in notice_text(alone, width=80, colour=False)
    assert "Closed:      2026-03-20 18:00" in notice_text(alone, width=80, colour=False)
    assert closed_text(alone) == "D-3 is closed."
    assert closed_text(document()) == "D-3 is closed. 1 case under it answered and solved. 1 case not yet."
    assert notice_line(alone, width=80, colour=False).count("\n") == 1
