import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from inboxd.render import terminal
from inboxd.render.screen import DANGEROUS, cut, size
from inboxd.render.terminal import escape

OSLO = ZoneInfo("Europe/Oslo")
TODAY = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
AASE = {"name": "Åse Sørbø", "address": "aase@kommune.example"}


def case(**changes: Any) -> dict[str, Any]:
    return {
        "reference": "KS-10429",
        "number": 1042,
        "subject": "Skriveren i 2. etasje virker ikke",
        "status": "open",
        "priority": "normal",
        "category": "it",
        "mailbox": "kundeservice",
        "customer": None,
        "assignee": "kari",
        "requester": {**AASE, "phone": None, "verified": True},
        "channel": "mail",
        "language": "nb",
        "last": {"who": "aase@kommune.example", "at": "2026-11-23T07:05:00+00:00"},
        "opened_at": "2026-11-23T07:01:00+00:00",
        "updated_at": "2026-11-23T07:05:00+00:00",
        "response_due": "2026-11-23T11:01:00+00:00",
        "due": "2026-11-23T11:01:00+00:00",
        "resolution_due": "2026-11-25T11:01:00+00:00",
        "overdue": False,
        "undelivered": False,
        "version": 3,
    } | changes


def entry(kind: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": 7, "at": "2026-11-23T07:01:00+00:00", "kind": kind, "actor": "kari", "from": None, "to": [], "cc": [],
        "subject": None, "text": "", "reply_text": None, "message_id": None, "attachments": [], "evidence": [],
        "delivery": None,
    } | changes  # fmt: skip


def shown(*journal: dict[str, Any], full: bool = False, events: bool = False, **changes: Any) -> str:
    doc = case(
        merged_into=None,
        participants=[AASE | {"role": "requester"}],
        links=[],
        tags=[],
        fields={},
        journal=list(journal),
    )
    return terminal.case_timeline(doc | changes, width=80, colour=False, full=full, events=events, tz=OSLO)


def after_head(text: str) -> str:
    return text.partition("\n\n")[2]


@pytest.mark.parametrize(
    ("evil", "calm"),
    [
        ("\x1b]52;c;aGk=\x07", r"\u001b]52;c;aGk=\u0007"),
        ("\x1b[2J", r"\u001b[2J"),
        ("\x9b2J", r"\u009b2J"),
        ("a\u202egnp.exe", r"a\u202egnp.exe"),
        ("\u2066a\u2069", r"\u2066a\u2069"),
        ("a\r\nb\tc", r"a\u000d\u000ab\u0009c"),
        ("\ud800", r"\ud800"),
        ("æøå 日本 👩‍💻", "æøå 日本 👩‍💻"),
    ],
)
def test_what_could_command_a_terminal_is_shown_and_not_obeyed(evil: str, calm: str) -> None:
    assert escape(evil) == calm


def test_newlines_stay_only_where_they_are_asked_for() -> None:
    assert escape("a\r\nb\n\tc\rd", lines=True) == "a\nb\n    c" + r"\u000dd"


@given(st.text(st.characters(codec=None)))
def test_nothing_dangerous_is_left_of_any_text_and_it_can_be_printed(text: str) -> None:
    assert not DANGEROUS.search(escape(text))
    assert not DANGEROUS.search(escape(text, lines=True).replace("\n", ""))
    escape(text).encode()
    assert escape(escape(text)) == escape(text)


@given(st.text(), st.integers(min_value=1, max_value=40))
def test_a_cut_text_is_never_wider_than_its_room(text: str, width: int) -> None:
    assert cell_len(cut(text, width)) <= width


def test_the_queue_is_a_line_a_case_at_80_columns() -> None:
    doc = [
        case(overdue=True, undelivered=True),
        case(
            reference="KS-10430",
            subject="日本語" * 20,
            status="new",
            priority="critical",
            assignee=None,
            last=None,
            due=None,
        ),
    ]
    assert terminal.queue_table(doc, width=80, colour=False, tz=OSLO, now=TODAY) == (
        "2 cases: 1 open, 1 new; 1 unassigned; 1 overdue\n"
        "\n"
        "Case      Due          Status  Priority  Agent  Last             Subject\n"
        "KS-10429  12:01!       open*   normal    kari   requester 08:05  Skriveren i 2.…\n"
        "KS-10430  since 23.11  new     critical  -                       日本語日本語日…\n"
        "\n"
        "! past its target, * an answer could not be delivered"
    )


def test_an_empty_queue_says_so() -> None:
    assert terminal.queue_table([], width=80, colour=False) == "No cases in the queue."


def test_a_calm_queue_needs_no_legend_and_counts_one_case_as_one() -> None:
    text = terminal.queue_table([case()], width=80, colour=False, tz=OSLO, now=TODAY)
    assert text.startswith("1 case: 1 open\n\n")
    assert text.endswith("Skriveren i 2. etasj…")


def test_colour_adds_nothing_but_emphasis() -> None:
    plain = terminal.queue_table([case(overdue=True)], width=80, colour=False)
    coloured = terminal.queue_table([case(overdue=True)], width=80, colour=True)
    assert "\x1b" not in plain
    assert coloured.replace("\x1b[1m", "").replace("\x1b[0m", "") == plain != coloured


def test_a_subject_cannot_break_the_queue() -> None:
    evil = case(subject="\x1b[2J\nKS-99999  ", assignee="k\x07")
    lines = terminal.queue_table([evil], width=120, colour=False).splitlines()
    assert len(lines) == 4
    assert r"\u001b[2J\u000aKS-99999" in lines[-1]


def test_times_stand_as_the_document_has_them_where_no_zone_is_given() -> None:
    assert "23.11 11:01" in terminal.queue_table([case()], width=80, colour=False)


def test_a_case_begins_with_who_what_and_when() -> None:
    text = shown(
        participants=[AASE | {"role": "requester"}, {"name": "", "address": "per@x.example", "role": "cc"}],
        links=[{"reference": "KS-10003", "kind": "follows"}],
        tags=["printer"],
        fields={"pc": "MOL-1"},
        overdue=True,
        undelivered=True,
        merged_into="KS-10445",
        requester={**AASE, "phone": "71 11 11 70", "verified": False},
    )
    assert text == (
        "KS-10429  Skriveren i 2. etasje virker ikke\n"
        "open, priority normal, category it, assigned to kari\n"
        "Requester: Åse Sørbø <aase@kommune.example>, 71 11 11 70 (sender not verified)\n"
        "Opened:    2026-11-23 08:01, by mail\n"
        "Due:       answer by 2026-11-23 12:01, solve by 2026-11-25 12:01\n"
        "Also:      per@x.example (cc)\n"
        "Linked:    follows KS-10003\n"
        "Tags:      printer\n"
        "Fields:    pc = MOL-1\n"
        "! Merged into KS-10445: the work goes on there.\n"
        "! Past its target.\n"
        "! An answer could not be delivered."
    )


def test_a_caller_without_name_or_address_is_unknown_and_a_case_may_have_no_target() -> None:
    caller = {"name": None, "address": None, "phone": None, "verified": None}
    text = shown(requester=caller, response_due=None, resolution_due=None, assignee=None)
    assert "Requester: unknown\n" in text
    assert "Due:" not in text
    assert ", unassigned\n" in text


MAIL = entry(
    "mail_in",
    **{"from": AASE},
    cc=[{"name": "", "address": "per@x.example"}],
    text="Hei,\n\ndet virker ikke.\n\n> eldre ord",
    reply_text="Hei,\n\ndet virker ikke.",
    attachments=[{"filename": None, "content_type": "image/png", "size": 12_345, "sha256": "", "inline": False}],
)


def test_a_mail_shows_its_new_part_and_says_that_there_is_more() -> None:
    assert after_head(shown(MAIL)) == (
        "2026-11-23 08:01  mail from Åse Sørbø <aase@kommune.example>  #7\n"
        "    Cc: per@x.example\n"
        "    Hei,\n"
        "\n"
        "    det virker ikke.\n"
        "    [quoted text not shown: --full]\n"
        "\n"
        "    Attached: (no name) (image/png, 12.3 kB)"
    )


def test_full_shows_the_quoted_text_too() -> None:
    text = shown(MAIL, full=True)
    assert "    > eldre ord\n" in text
    assert "--full" not in text


def test_a_note_is_set_apart_line_by_line() -> None:
    assert after_head(shown(entry("note", text="Ring\nhenne"))) == (
        "2026-11-23 08:01  NOTE by kari (stays at the desk)  #7\n  | Ring\n  | henne"
    )


def test_a_call_names_the_agent_who_took_it() -> None:
    assert "call, noted by kari  #7\n    Ringte om passord" in shown(entry("call", text="Ringte om passord"))


@pytest.mark.parametrize(
    ("delivery", "line"),
    [
        ("sent", "Delivery: sent"),
        ({"state": "queued"}, "Delivery: queued"),
        (
            {
                "state": "bounced",
                "recipients": [
                    AASE | {"state": "bounced", "reply": "550 5.1.1 no\x1b"},
                    AASE | {"state": "sent", "reply": None},
                ],
            },
            r"Delivery: bounced; Åse Sørbø <aase@kommune.example> bounced 550 5.1.1 no\u001b",
        ),
        (
            {"state": "unknown", "letter": 4},
            (
                "Delivery: unknown: it may have arrived or not; `inboxd outbox retry 4` sends it again, "
                "`inboxd outbox cancel 4` lets it be"
            ),
        ),
        (
            {"state": "hold", "letter": 4, "hold_reason": "Ola wrote before it left"},
            "Delivery: on hold: Ola wrote before it left (letter 4)",
        ),
    ],
)
def test_a_letter_shows_what_became_of_it(delivery: object, line: str) -> None:
    text = after_head(shown(entry("mail_out", to=[AASE], text="Svar", delivery=delivery)))
    assert text.startswith("2026-11-23 08:01  letter from kari to Åse Sørbø <aase@kommune.example>  #7\n    Svar\n")
    assert " ".join(text.split()).endswith(line)


def test_changes_are_counted_and_shown_with_their_rule_when_asked_for() -> None:
    change = entry("event", actor="inboxd", text="assigned to kari", evidence=[{"rule": "fewest_open", "detail": "0"}])
    assert after_head(shown(change)) == "(1 change not shown: --events)"
    assert after_head(shown(change, change)) == "(2 changes not shown: --events)"
    assert after_head(shown(change, events=True)) == "2026-11-23 08:01  inboxd: assigned to kari (fewest_open: 0)"


def test_an_outsiders_mail_carries_a_warning() -> None:
    outsider = {"name": "X", "address": "x@evil.example"}
    text = shown(entry("mail_in", **{"from": outsider}, text="a"), participants=[outsider | {"role": "outsider"}])
    assert "    ! Not a party to this case. Check who is writing before you answer.\n    a" in text


def test_a_long_line_is_wrapped_at_words_and_an_address_on_the_web_stays_whole() -> None:
    url = "https://desk.example/" + "a" * 90
    text = after_head(shown(entry("note", text="ord " * 30 + url)))
    assert url in text
    assert all(len(line) <= 80 for line in text.splitlines() if url not in line)


def test_no_field_of_a_mail_reaches_the_terminal_raw() -> None:
    evil = "\x1b]0;x\x07\u202e"
    mail = entry(
        "mail_in",
        actor=evil,
        **{"from": {"name": evil, "address": evil}},
        cc=[{"name": evil, "address": evil}],
        text=evil,
        attachments=[{"filename": evil, "content_type": evil, "size": 1, "sha256": "", "inline": False}],
    )
    change = entry("event", actor=evil, text=evil, evidence=[{"rule": evil, "detail": evil}])
    text = shown(
        mail, change, entry("note", actor=evil, text=evil), events=True, subject=evil, tags=[evil],
        fields={evil: evil}, requester={"name": evil, "address": evil, "phone": evil, "verified": True},
    )  # fmt: skip
    assert not DANGEROUS.search(text.replace("\n", ""))


def test_a_letter_in_trouble_shows_the_last_answer_beneath() -> None:
    letter = {
        "id": 3, "reference": "KS-10429", "kind": "answer", "to": ["aase@kommune.example"],
        "subject": "[KS-10429] Papir", "state": "deferred", "attempts": 2,
        "next_attempt_at": "2026-11-23T07:05:00+00:00", "last_reply": "450 later\x1b",
    }  # fmt: skip
    letters = [letter, letter | {"state": "sent"}, letter | {"state": "hold", "attempts": 1, "last_reply": None}]
    letters[2]["next_attempt_at"] = None
    assert terminal.letters_table(letters, width=80, colour=False, tz=OSLO) == (
        "Id  Case      Kind    State     To                    Subject\n"
        "3   KS-10429  answer  deferred  aase@kommune.example  Papir\n"
        r"    2 tries, again 23.11 08:05; 450 later\u001b" + "\n"
        "3   KS-10429  answer  sent      aase@kommune.example  Papir\n"
        "3   KS-10429  answer  hold      aase@kommune.example  Papir\n"
        "    1 try"
    )


def test_the_ledger_shows_what_became_of_every_mail_and_why() -> None:
    mail = {
        "id": 9, "mailbox": "kundeservice", "folder": "INBOX", "uidvalidity": 1, "uid": 3, "state": "done",
        "outcome": "ignored", "sha256": "x", "size": 1_234_567, "reason": "auto-submitted", "attempts": 1,
        "from": "Åse Sørbø <aase@kommune.example>", "subject": "Fravær\x1b", "received_at": "2026-11-23T07:05:00+00:00",
    }  # fmt: skip
    assert terminal.incoming_table([mail], width=80, colour=False, tz=OSLO) == (
        "Id  Came         What     From                      Subject\n"
        "9   23.11 08:05  ignored  Åse Sørbø <aase@kommune…  Fravær\\u001b\n"
        "    auto-submitted"
    )


def test_the_ledger_of_several_mailboxes_says_which_and_of_a_mail_not_read_no_sender() -> None:
    waiting = {"id": 9, "state": "incoming", "outcome": None, "received_at": "2026-11-23T07:05:00+00:00", "from": None}
    mails = [waiting | {"mailbox": "kundeservice", "subject": None}, waiting | {"mailbox": "lønn", "subject": "Lønn"}]
    assert terminal.incoming_table(mails, width=80, colour=False, tz=OSLO) == (
        "Id  Came         Mailbox       What      Subject\n"
        "9   23.11 08:05  kundeservice  incoming\n"
        "9   23.11 08:05  lønn          incoming  Lønn"
    )


def test_a_search_shows_the_words_it_found_beneath_the_case() -> None:
    text = terminal.search_table([case(snippet="det virker\x1b ikke"), case()], width=80, colour=False, tz=OSLO)
    assert text == (
        "Case      Updated      Status  Requester  Subject\n"
        "KS-10429  23.11 08:05  open    Åse Sørbø  Skriveren i 2. etasje virker ikke\n"
        r"    det virker\u001b ikke" + "\n"
        "KS-10429  23.11 08:05  open    Åse Sørbø  Skriveren i 2. etasje virker ikke"
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (terminal.search_table([], width=80, colour=False), "Nothing found."),
        (terminal.letters_table([], width=80, colour=False), "No letters in the outbox."),
        (terminal.incoming_table([], width=80, colour=False), "No mails."),
        (terminal.plain_text([]), "Nothing."),
    ],
)
def test_an_empty_list_says_so(text: str, says: str) -> None:
    assert text == says


def test_health_says_what_is_wrong_and_since_when_before_the_rest() -> None:
    doc = {
        "status": "degraded",
        "mailboxes": [{"name": "kundeservice", "late": True}],
        "outbox": {"deferred": 2},
        "problems": [{"code": "relay", "what": "127.0.0.1 does not answer", "since": "2026-11-23T07:05:00+00:00"}],
    }
    assert terminal.health_text(doc, width=80, colour=False, tz=OSLO) == (
        "Health: degraded\n"
        "! 127.0.0.1 does not answer (since 2026-11-23 08:05) [relay]\n"
        "mailboxes:\n  - name: kundeservice\n    late: yes\n"
        "outbox:\n  deferred: 2"
    )


def test_good_health_is_one_word() -> None:
    assert terminal.health_text({"status": "ok", "problems": []}, width=80, colour=False) == "Health: ok"


def test_check_shows_what_is_set_up_and_then_what_is_wrong() -> None:
    doc = {"errors": ["unknown key"], "warnings": ["no admin"], "agents": ["kari", "ola"], "notes": ["a\nb"]}
    assert terminal.check_text(doc, width=80, colour=False, verbose=True) == (
        "agents: kari, ola\nnotes:\n  - a\n    b\n\nError: unknown key\nWarning: no admin"
    )
    assert terminal.check_text({}, width=80, colour=False) == "The configuration is in order."


def test_check_says_what_would_change_before_what_is_wrong() -> None:
    doc = {"errors": ["unknown key"], "changes": ["The desk: phone becomes 2 (was 1)."]}
    told = terminal.check_text(doc, width=80, colour=False).splitlines()
    assert told[-3:] == ["  The desk: phone becomes 2 (was 1).", "", "Error: unknown key"]


def test_check_tells_in_short_which_servers_answer() -> None:
    server = {"mailbox": "k", "server": "imap a:143", "ok": True}
    assert "k, imap a:143: answers" in terminal.check_text({"servers": [server]}, width=80, colour=False)


def test_check_says_last_which_server_refuses_us() -> None:
    servers = [
        {"mailbox": "k", "server": "imap a:143", "ok": True},
        {"mailbox": "k", "server": "smtp a:25", "ok": False, "error": "a:25 is away", "hint": None},
    ]
    told = terminal.check_text({"servers": servers}, width=80, colour=False).splitlines()
    assert told[-2:] == [
        "Error: k: a:25 is away",
        "The configuration is in order, but not every server answers as it should.",
    ]


def test_any_document_can_be_read_as_lines() -> None:
    doc = {
        "seen_at": None,
        "ok": False,
        "text": "a\nb\x1b",
        "folders": [{"mailbox": "k", "missing": []}],
        "evil\x1b": 1,
    }
    assert terminal.plain_text(doc) == (
        "seen at: -\nok: no\ntext:\n  a\n  "
        r"b\u001b"
        "\nfolders:\n  - mailbox: k\n    missing: -\n"
        r"evil\u001b: 1"
    )


@pytest.mark.parametrize(("octets", "words"), [(999, "999 B"), (1500, "1.5 kB"), (2_500_000, "2.5 MB")])
def test_sizes_are_written_in_the_unit_people_use(octets: int, words: str) -> None:
    assert size(octets) == words


def test_a_mail_without_words_shows_only_its_heading() -> None:
    assert after_head(shown(entry("mail_in", **{"from": AASE}, reply_text=""))) == (
        "2026-11-23 08:01  mail from Åse Sørbø <aase@kommune.example>  #7"
    )


def test_a_case_that_waits_is_paused_and_one_that_was_escalated_is_marked_until_somebody_has_seen_it() -> None:
    escalated = {"level": 2, "target": "resolution", "at": "2026-11-23T12:00:00+01:00", "acknowledged_by": None}
    doc = [
        case(status="waiting", due=None, paused_at="2026-11-23T10:00:00+01:00"),
        case(escalated=escalated),
        case(escalated={**escalated, "acknowledged_by": "gro"}),
    ]
    paused, marked, seen = terminal.queue_table(doc, width=80, colour=False, tz=OSLO).splitlines()[3:6]
    assert paused.startswith("KS-10429  paused       waiting  ")
    assert ("open^" in marked, "open^" in seen) == (True, False)
    assert terminal.queue_table(doc, width=80, colour=False).endswith("^ escalated, acknowledged by nobody")


@pytest.mark.parametrize(
    ("escalated", "said"),
    [
        (
            {"target": "resolution", "acknowledged_by": None},
            "Escalated: the resolution is late, 2026-11-23 12:00, seen by nobody yet",
        ),
        (
            {"target": "asked", "acknowledged_by": "gro"},
            "Escalated: the customer complained, 2026-11-23 12:00, acknowledged by gro",
        ),
    ],
)
def test_a_case_says_since_when_its_clocks_stand_still_and_what_was_escalated(
    escalated: dict[str, Any], said: str
) -> None:
    doc = case(
        journal=[],
        paused_at="2026-11-23T10:00:00+01:00",
        escalated={"level": 1, "at": "2026-11-23T12:00:00+01:00", **escalated},
    )
    lines = terminal.case_timeline(doc, width=80, colour=False, full=False, events=False, tz=OSLO).splitlines()
    assert "Paused:    the clocks stand still since 2026-11-23 10:00" in lines
    assert said in lines
