"""Notices of downtime from beginning to end: made, mailed, in receipts, linked, updated, closed, run out."""

import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select, update

from inboxd.desk.case import Channel
from inboxd.desk.order import Close, Register, SetFields
from inboxd.errors import Conflict, NotFound, UsageError
from inboxd.mail.parse import parse
from inboxd.office import documents
from inboxd.office.act import act, number_of
from inboxd.office.explain import Explainer
from inboxd.office.notices import documents as notice_documents
from inboxd.office.notices import notices
from inboxd.office.notices import post as notice_post
from inboxd.office.notices.notices import NewNotice, NoticeChange
from inboxd.runners.tick import TickRunner
from inboxd.store import audit
from inboxd.store import desk_tables as d
from inboxd.store import tables as t
from inboxd.store.notices import in_force
from inboxd.store.rows import LetterRow
from tests.integration.paper_desk import PaperDesk, mail, write_config

MOLDE, AUKRA = "ikt@molde.example", "drift@aukra.example"
WORDS = "Visma er nede for alle kommunene."
PEOPLE = f"""
[notices]
subscribers = ["{AUKRA}"]

[[customer]]
name = "molde"
domains = ["molde.example"]
contact = "{MOLDE}"
category = "it"

[[customer]]
name = "rauma"
domains = ["rauma.example"]
contact = "ikt@rauma.example"
category = "print"
"""


@pytest.fixture
def desk(tmp_path: Path, empty_database: Path) -> Iterator[PaperDesk]:
    """A desk with a subscriber and two customers."""
    shutil.copy(empty_database, tmp_path / "inboxd.db")
    paper = PaperDesk(tmp_path, config=write_config(tmp_path, more=PEOPLE))
    yield paper
    paper.close()


def make(desk: PaperDesk, *, hours: float | None = 4, **changes: Any) -> dict[str, Any]:
    now = desk.clock.now()
    values: dict[str, Any] = {
        "actor": "kari",
        "kind": "unplanned",
        "starts_at": now,
        "ends_at": None if hours is None else now + dt.timedelta(hours=hours),
        "affects": ("it",),
        "text": WORDS,
        "still_works": "e-post og Teams",
    }
    return notices.make(desk.office, NewNotice(**{**values, **changes}))


def change(desk: PaperDesk, text: str = "Det tar lenger tid.", **changes: Any) -> dict[str, Any]:
    return notices.change(desk.office, 1, NoticeChange(actor="per", text=text, **changes))


def cases(desk: PaperDesk, count: int, first: int = 1) -> list[str]:
    """Let so many mails of different people arrive; returns the references of all cases."""
    desk.arrive(
        *(
            mail(f"Visma {number}", number=number, sender=f"p{number}@molde.example", text=f"Sak {number} om Visma\n")
            for number in range(first, first + count)
        )
    )
    return [case["reference"] for case in documents.queue(desk.office)]


def posted(desk: PaperDesk, kind: str = "notice", to: str | None = None) -> list[LetterRow]:
    """The letters of a kind, oldest first."""
    return [one for one in reversed(desk.letters()) if one.kind == kind and to in {None, *one.to}]


def text_of(desk: PaperDesk, letter: LetterRow) -> str:
    return parse(desk.octets(letter)).text


def receipt(desk: PaperDesk, number: int, **headers: str) -> str:
    desk.arrive(mail(f"Spørsmål {number}", number=number, sender=f"q{number}@molde.example", text=f"{number}?\n"))
    return text_of(desk, posted(desk, "receipt")[-1])


def answer_to(desk: PaperDesk, letter: LetterRow, text: str, number: int = 90, sender: str = MOLDE) -> list[int]:
    return desk.arrive(
        mail(f"SV: {letter.subject}", text=text, number=number, sender=sender, In_Reply_To=letter.message_id or "")
    )


def status(desk: PaperDesk, reference: str) -> str:
    queue = documents.queue(desk.office, include_closed=True)
    return next(str(case["status"]) for case in queue if case["reference"] == reference)


def test_a_notice_is_mailed_once_to_subscribers_and_to_customers_that_it_hits(desk: PaperDesk) -> None:
    document = make(desk)
    assert [(one["address"], one["customer"]) for one in document["receivers"]] == [(AUKRA, None), (MOLDE, "molde")]
    letters = posted(desk)
    assert [one.to for one in letters] == [(AUKRA,), (MOLDE,)]
    assert letters[0].subject == "Driftsmelding: Visma er nede for alle kommunene"
    text = text_of(desk, letters[0])
    assert "Når: mandag 9. mars kl. 10.00–14.00\nSluttidspunktet er et anslag." in text
    assert "Dette virker som vanlig: e-post og Teams" in text
    assert "Teksten nedenfor kan dere sende videre til egne brukere." in text
    assert text.count(WORDS) == 2
    assert b"Auto-Submitted: auto-generated" in desk.octets(letters[0])
    TickRunner(desk.office).run_once()
    assert len(posted(desk)) == 2


def test_its_text_stands_in_receipts_while_it_is_active_and_not_before_or_after(desk: PaperDesk) -> None:
    desk.clock.forward(minutes=1)
    make(desk, starts_at=desk.clock.now() + dt.timedelta(hours=1))
    assert WORDS not in receipt(desk, 1)
    desk.clock.forward(hours=1)
    told = receipt(desk, 2)
    assert told.index(WORDS) < told.index("Svar på denne e-posten")
    assert "Forventet ferdig: mandag 9. mars kl. 14.01." in told
    assert "Dette virker som vanlig: e-post og Teams" in told
    notices.close(desk.office, 1, "", actor="kari")
    assert WORDS not in receipt(desk, 3)


def test_a_notice_runs_out_by_the_clock_and_that_is_on_record(desk: PaperDesk) -> None:
    make(desk, hours=1)
    desk.clock.forward(hours=1)
    assert WORDS not in receipt(desk, 1)
    TickRunner(desk.office).run_once()
    TickRunner(desk.office).run_once()
    assert notice_documents.show(desk.office, 1)["state"] == "expired"
    assert notice_documents.listed(desk.office) == []
    with desk.office.store.reading() as session:
        done = [(row.actor, row.action, row.subject) for row in audit.listed(session) if "notice" in row.action]
    assert done == [("inboxd", "notice expired", "D-1"), ("kari", "notice made", "D-1")]


def test_receipts_of_other_categories_do_not_speak_of_it(desk: PaperDesk) -> None:
    make(desk, affects=("print",))
    assert WORDS not in receipt(desk, 1)
    make(desk, affects=(), text="Alt er tregt.")
    assert "Driftsmelding: Alt er tregt." in receipt(desk, 2)


def test_a_caller_who_gets_a_receipt_is_told_of_it_too(desk: PaperDesk) -> None:
    make(desk)
    called = Register(actor="kari", channel=Channel.PHONE, subject="Visma", text="Ringte", address="ring@molde.example")
    act(called, None, desk.office)
    assert WORDS in text_of(desk, posted(desk, "receipt", "ring@molde.example")[0])


def test_several_notices_stand_in_one_receipt_in_the_order_of_their_beginning(desk: PaperDesk) -> None:
    make(desk, text="Den nye.")
    make(desk, text="Den eldre.", starts_at=desk.clock.now() - dt.timedelta(hours=1), hours=None)
    told = receipt(desk, 1)
    assert told.index("Den eldre.") < told.index("Den nye.") < told.index("trenger du ikke gjøre noe mer")


def test_planned_work_told_less_than_a_week_ahead_is_a_short_warning_in_the_letter_too(desk: PaperDesk) -> None:
    week = dt.timedelta(days=7)
    early = make(desk, kind="planned", starts_at=desk.clock.now() + week, hours=24 * 8)
    late = make(desk, kind="planned", starts_at=desk.clock.now() + week - dt.timedelta(seconds=1), hours=24 * 8)
    assert [early["short_warning"], late["short_warning"]] == [False, True]
    assert [early["state"], late["state"]] == ["planned", "planned"]
    assert ["kort varsel" in text_of(desk, one) for one in posted(desk)] == [False, False, True, True]
    assert all(one.subject.startswith("Planlagt vedlikehold: ") for one in posted(desk))


def test_planned_work_that_is_moved_to_tomorrow_is_a_short_warning_from_then_on(desk: PaperDesk) -> None:
    in_ten_days = desk.clock.now() + dt.timedelta(days=10)
    assert not make(desk, kind="planned", starts_at=in_ten_days, ends_at=None)["short_warning"]
    tomorrow = desk.clock.now() + dt.timedelta(days=1)
    assert change(desk, "Vi må gjøre det i morgen.", starts_at=tomorrow)["short_warning"]
    desk.clock.moment = tomorrow
    assert change(desk, "Vi er i gang.")["short_warning"]
    told = ["kort varsel" in text_of(desk, one) for one in posted(desk)]
    assert told == [False, False, True, True, False, False]  # as long as the work is to come: who can still prepare
    assert not change(desk, "Utsatt.", starts_at=in_ten_days)["short_warning"]


def test_an_update_reaches_each_receiver_on_the_thread_of_the_first_letter(desk: PaperDesk) -> None:
    make(desk)
    first = {one.to: one.message_id for one in posted(desk)}
    desk.clock.forward(hours=1)
    document = change(desk, ends_at=desk.clock.now() + dt.timedelta(hours=8))
    assert [(one["actor"], one["text"]) for one in document["updates"]] == [("per", "Det tar lenger tid.")]
    updates = posted(desk)[2:]
    assert [one.subject for one in updates] == ["Oppdatert driftsmelding: Visma er nede for alle kommunene"] * 2
    for one in updates:
        parsed = parse(desk.octets(one))
        assert parsed.in_reply_to == (first[one.to],)
        assert "Når: mandag 9. mars kl. 10.00–19.00" in parsed.text
        assert f"> {WORDS}" in parsed.text


def test_receipts_tell_the_latest_of_it_and_the_new_end(desk: PaperDesk) -> None:
    make(desk)
    change(desk, "Feilen er funnet.")
    change(desk, "Molde er oppe igjen.", ends_at=desk.clock.now() + dt.timedelta(hours=1))
    told = receipt(desk, 1)
    assert (
        f"Driftsmelding: {WORDS}\nSiste nytt: Molde er oppe igjen.\nForventet ferdig: mandag 9. mars kl. 11.00." in told
    )
    assert "Feilen er funnet" not in told


def test_a_longer_time_makes_a_notice_that_ran_out_active_again(desk: PaperDesk) -> None:
    make(desk, hours=1)
    desk.clock.forward(hours=2)
    TickRunner(desk.office).run_once()
    assert WORDS not in receipt(desk, 1)
    change(desk, ends_at=desk.clock.now() + dt.timedelta(hours=2))
    assert WORDS in receipt(desk, 2)
    assert notice_documents.show(desk.office, 1)["state"] == "active"


def test_requesters_hear_of_an_update_only_where_it_says_so(desk: PaperDesk) -> None:
    refs = cases(desk, 2)
    make(desk, references=tuple(refs))
    change(desk, "Bare til mottakerne.")
    assert [one for one in posted(desk) if one.case_id] == []
    change(desk, "Også til dere.", to_cases=True)
    told = [one for one in posted(desk) if one.case_id]
    assert sorted(one.to[0] for one in told) == ["p1@molde.example", "p2@molde.example"]
    assert all("Også til dere." in text_of(desk, one) for one in told)
    assert status(desk, refs[0]) == "new"


def test_an_update_says_how_many_requesters_were_written_to(desk: PaperDesk) -> None:
    refs = cases(desk, 2)
    make(desk, references=tuple(refs))
    act(Close(actor="kari"), number_of(refs[0], desk.office.desk), desk.office)
    assert "requesters_told" not in change(desk)
    assert change(desk, to_cases=True)["requesters_told"] == 1


def test_a_case_linked_later_is_not_told_of_earlier_updates(desk: PaperDesk) -> None:
    make(desk)
    change(desk, to_cases=True)
    notices.link(desk.office, 1, cases(desk, 1), actor="kari")
    TickRunner(desk.office).run_once()
    assert [one for one in posted(desk) if one.case_id] == []


def test_linking_shows_on_the_case_and_on_the_notice(desk: PaperDesk) -> None:
    refs = cases(desk, 2)
    make(desk, references=(refs[0],))
    document = notices.link(desk.office, 1, [refs[1].lower(), refs[0]], actor="per")
    assert [one["reference"] for one in document["linked"]] == refs
    shown = documents.show(desk.office, 2)
    assert shown["links"] == [{"reference": "D-1", "kind": "notice"}]
    assert [(e["actor"], e["text"]) for e in shown["journal"] if e["kind"] == "event"] == [("per", "under notice D-1")]
    with desk.office.store.reading() as session:
        assert [(row.actor, row.action) for row in audit.listed(session)] == [
            ("per", "notice linked"), ("kari", "notice linked"), ("kari", "notice made"),
        ]  # fmt: skip


def test_a_case_that_is_taken_off_a_notice_is_left_alone_by_its_end_and_that_is_on_record(desk: PaperDesk) -> None:
    refs = cases(desk, 2)
    make(desk, references=tuple(refs))
    document = notices.unlink(desk.office, 1, [refs[0].lower()], actor="per")
    assert [one["reference"] for one in document["linked"]] == [refs[1]]
    shown = documents.show(desk.office, 1)
    assert shown["links"] == []
    assert [(e["actor"], e["text"]) for e in shown["journal"] if e["kind"] == "event"] == [
        ("kari", "under notice D-1"), ("per", "no longer under notice D-1"),
    ]  # fmt: skip
    with desk.office.store.reading() as session:
        newest = next(iter(audit.listed(session)))
        assert (newest.actor, newest.action, newest.detail) == ("per", "notice unlinked", refs[0])
    with pytest.raises(Conflict, match=f"{refs[0]} is not under D-1"):
        notices.unlink(desk.office, 1, refs, actor="per")
    notices.close(desk.office, 1, "Visma virker igjen.", actor="kari")
    assert [status(desk, ref) for ref in refs] == ["new", "solved"]
    assert posted(desk, to="p1@molde.example") == []
    with pytest.raises(Conflict, match="D-1 is closed"):
        notices.unlink(desk.office, 1, [refs[1]], actor="per")


def test_a_customer_with_an_open_case_in_what_is_hit_is_mailed_and_who_is_not_is_named(desk: PaperDesk) -> None:
    assert make(desk)["left_out"] == ["rauma"]
    desk.arrive(mail("Visma", sender="siri@rauma.example", number=50))
    act(SetFields(actor="kari", category="it"), 1000, desk.office)
    document = make(desk)
    assert [one["customer"] for one in document["receivers"]] == [None, "molde", "rauma"]
    assert document["left_out"] == []
    act(Close(actor="kari", silent=True), 1000, desk.office)
    assert make(desk)["left_out"] == ["rauma"]


def test_closing_answers_every_open_case_under_it_with_one_letter_and_solves_it(desk: PaperDesk) -> None:
    refs = cases(desk, 25)
    make(desk, references=tuple(refs))
    document = notices.close(desk.office, 1, "Visma virker igjen.", actor="kari")
    assert {one["status"] for one in document["linked"]} == {"solved"}
    letters = [one for one in posted(desk) if one.case_id]
    assert sorted(one.to[0] for one in letters) == sorted(f"p{n}@molde.example" for n in range(1, 26))
    parsed = parse(desk.octets(letters[0]))
    assert parsed.text.startswith("Visma virker igjen.")
    assert parsed.subject.startswith(f"[{refs[0]}] ")
    assert parsed.in_reply_to == ("<m1@kommune.example>",)
    with pytest.raises(Conflict, match="D-1 is closed already"):
        notices.close(desk.office, 1, "", actor="kari")
    assert len([one for one in posted(desk) if one.case_id]) == 25


def test_receivers_are_told_of_the_end_on_their_thread(desk: PaperDesk) -> None:
    make(desk)
    notices.close(desk.office, 1, "", actor="kari")
    over = posted(desk)[2:]
    assert [one.subject for one in over] == ["Avsluttet driftsmelding: Visma er nede for alle kommunene"] * 2
    assert "Driftsmeldingen er avsluttet." in text_of(desk, over[0])


@pytest.mark.parametrize(("words", "letters"), [("", 0), ("Nå virker det igjen.", 2)])
def test_of_a_notice_that_ran_out_long_ago_only_words_are_mailed_when_it_is_put_away(
    desk: PaperDesk, words: str, letters: int
) -> None:
    make(desk)
    (reference,) = cases(desk, 1)
    notices.link(desk.office, 1, [reference], actor="kari")
    desk.clock.forward(days=20)
    TickRunner(desk.office).run_once()
    notices.close(desk.office, 1, words, actor="kari")
    assert len([one for one in posted(desk) if one.subject.startswith("Avsluttet")]) == letters
    assert status(desk, reference) == "solved"


def test_a_case_that_no_letter_can_go_to_does_not_keep_the_others_from_theirs(desk: PaperDesk) -> None:
    desk.arrive(mail("Visma", sender="=?utf-8?q?Ola?= <\xe6\xf8\xe5@molde.example>"))
    references = cases(desk, 1, first=2)
    make(desk)
    notices.link(desk.office, 1, references, actor="kari")
    change(desk, to_cases=True)
    notices.close(desk.office, 1, "Visma virker igjen.", actor="kari")
    assert [status(desk, reference) for reference in references] == ["solved", "solved"]
    assert len(posted(desk, to="p2@molde.example")) == 2
    assert TickRunner(desk.office).run_once() == 0


def test_an_answer_to_the_last_letter_takes_the_case_up_again(desk: PaperDesk) -> None:
    (ref,) = cases(desk, 1)
    make(desk, references=(ref,))
    notices.close(desk.office, 1, "Visma virker igjen.", actor="kari")
    letter = next(one for one in posted(desk) if one.case_id)
    answer_to(desk, letter, "Nei, ikke hos meg.", sender="p1@molde.example")
    assert status(desk, ref) == "open"
    TickRunner(desk.office).run_once()
    assert status(desk, ref) == "open"


class Crash(Exception):
    """The process dies here."""


class DyingKeyring:
    """Signs so many letters, and then the process dies."""

    def __init__(self, keyring: Any, letters: int) -> None:
        self._keyring, self._left = keyring, letters

    def __getattr__(self, name: str) -> Any:
        if name == "keys":
            return self._keyring.keys
        self._left -= 1
        if self._left < 0:
            raise Crash
        return getattr(self._keyring, name)


@pytest.mark.parametrize("signatures", [0, 3, 8, 13])
def test_what_a_crash_broke_off_is_finished_and_nothing_goes_twice(desk: PaperDesk, signatures: int) -> None:
    refs = cases(desk, 6)
    make(desk, references=tuple(refs))
    before = len(posted(desk))
    whole, desk.office = desk.office, _dying(desk, signatures)
    with pytest.raises(Crash):
        notices.close(desk.office, 1, "Visma virker igjen.", actor="kari")
    desk.office = whole
    while TickRunner(desk.office).run_once():
        continue
    letters = posted(desk)[before:]
    assert sorted(one.to[0] for one in letters) == sorted([*(f"p{n}@molde.example" for n in range(1, 7)), MOLDE, AUKRA])
    assert {one["status"] for one in notice_documents.show(desk.office, 1)["linked"]} == {"solved"}


def _dying(desk: PaperDesk, signatures: int) -> Any:
    return replace(desk.office, keyring=DyingKeyring(desk.office.keyring, signatures))  # type: ignore[arg-type]


def test_a_notice_whose_letters_were_broken_off_reaches_everybody_once(desk: PaperDesk) -> None:
    whole, desk.office = desk.office, _dying(desk, 3)
    with pytest.raises(Crash):
        make(desk)
    desk.office = whole
    while TickRunner(desk.office).run_once():
        continue
    assert sorted(one.to for one in posted(desk)) == [(AUKRA,), (MOLDE,)]


def test_a_receiver_whose_letter_is_not_known_any_more_is_not_written_to_again_and_again(desk: PaperDesk) -> None:
    make(desk)
    before = [(one["address"], one["letter"]) for one in notice_documents.show(desk.office, 1)["receivers"]]
    with desk.office.store.begin() as session:
        session.exec(update(d.NoticeReceiver).values(letter_id=None))
    assert notice_post.send_some(desk.office) == 2
    assert notice_post.send_some(desk.office) == 0
    assert [(one["address"], one["letter"]) for one in notice_documents.show(desk.office, 1)["receivers"]] == before
    assert len(posted(desk)) == 2


def test_closing_again_finishes_what_was_broken_off(desk: PaperDesk) -> None:
    refs = cases(desk, 3)
    make(desk, references=tuple(refs))
    whole, desk.office = desk.office, _dying(desk, 9)
    with pytest.raises(Crash):
        notices.close(desk.office, 1, "Visma virker igjen.", actor="kari")
    desk.office = whole
    document = notices.close(desk.office, 1, "other words", actor="per")
    assert {one["status"] for one in document["linked"]} == {"solved"}
    letters = [one for one in posted(desk) if one.case_id]
    assert len(letters) == 3
    assert all("Visma virker igjen." in text_of(desk, one) for one in letters)


def test_cases_at_rest_or_without_an_address_get_no_letter(desk: PaperDesk) -> None:
    (ref,) = cases(desk, 1)
    called = act(Register(actor="kari", channel=Channel.PHONE, subject="Visma", text="Ringte"), None, desk.office)
    make(desk, references=(ref, called.reference))
    act(Close(actor="kari", silent=True), number_of(ref, desk.office.desk), desk.office)
    document = notices.close(desk.office, 1, "Visma virker igjen.", actor="kari")
    assert [one["status"] for one in document["linked"]] == ["closed", "solved"]
    assert [one for one in posted(desk) if one.case_id] == []
    assert documents.show(desk.office, called.case_id)["journal"][-2]["text"] == "Visma virker igjen."


def test_a_word_of_confirmation_is_on_record_and_opens_no_case(desk: PaperDesk) -> None:
    make(desk)
    letter = posted(desk, to=MOLDE)[0]
    (incoming_id,) = answer_to(desk, letter, "Lest, takk.\n")
    acks = notice_documents.acknowledgements(desk.office, 1)
    assert [one["address"] for one in acks["confirmed"]] == [MOLDE]
    assert acks["confirmed"][0]["acknowledged_at"] == "2026-03-09T09:00:00+00:00"
    assert [one["address"] for one in acks["missing"]] == [AUKRA]
    assert documents.queue(desk.office) == []
    assert incoming_id


def test_a_longer_answer_confirms_and_is_a_case(desk: PaperDesk) -> None:
    make(desk)
    answer_to(desk, posted(desk, to=MOLDE)[0], "Takk. Kan dere si om lønnskjøringen i morgen blir berørt av dette?\n")
    assert [one["address"] for one in notice_documents.acknowledgements(desk.office, 1)["confirmed"]] == [MOLDE]
    assert len(documents.queue(desk.office)) == 1


def test_an_answer_to_an_update_confirms_as_well_and_the_first_time_stays(desk: PaperDesk) -> None:
    make(desk)
    change(desk)
    answer_to(desk, posted(desk, to=MOLDE)[1], "ok\n", number=1)
    desk.clock.forward(hours=1)
    answer_to(desk, posted(desk, to=MOLDE)[0], "lest\n", number=2)
    (confirmed,) = notice_documents.acknowledgements(desk.office, 1)["confirmed"]
    assert confirmed["acknowledged_at"] == "2026-03-09T09:00:00+00:00"


def test_explain_tells_an_agent_from_whom_cases_are_kept_the_same_of_an_answer_to_a_notice(
    tmp_path: Path, empty_database: Path
) -> None:
    shutil.copy(empty_database, tmp_path / "inboxd.db")
    closed = '\n[[category]]\nname = "hr"\naccess = "members"\nmembers = ["kari"]\n'
    desk = PaperDesk(tmp_path, config=write_config(tmp_path, more=PEOPLE + closed))
    make(desk)
    told = posted(desk, to=MOLDE)[0]
    answer = mail(f"SV: {told.subject}", text="Lest\n", sender=MOLDE, In_Reply_To=told.message_id or "")
    for reader in (None, desk.office.desk.agent("per")):
        office = replace(desk.office, reader=reader)
        explainer = Explainer(desk=desk.office.desk, office=office, parser=parse, clock=desk.clock)
        assert explainer.explain("a.eml", answer)["decision"] == "ignore"
    desk.close()


def test_an_out_of_office_is_no_confirmation(desk: PaperDesk) -> None:
    make(desk)
    letter = posted(desk, to=MOLDE)[0]
    away = mail(
        "Automatisk svar", sender=MOLDE, text="Jeg er på ferie.\n", In_Reply_To=letter.message_id or "",
        Auto_Submitted="auto-replied",
    )  # fmt: skip
    desk.arrive(away)
    assert notice_documents.acknowledgements(desk.office, 1)["confirmed"] == []


def test_a_bounce_of_a_notice_shows_where_the_acknowledgements_are(desk: PaperDesk) -> None:
    make(desk)
    letter = posted(desk, to=MOLDE)[0]
    with desk.office.store.begin() as session:
        session.exec(update(t.Letter).where(col(t.Letter.id) == letter.id).values(state="sent"))
        session.exec(
            update(t.LetterRecipient).where(col(t.LetterRecipient.letter_id) == letter.id).values(state="sent")
        )
    report = (
        "From: MAILER-DAEMON@molde.example\r\nTo: kundeservice@desk.example\r\nSubject: Undelivered\r\n"
        "Return-Path: <>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such user\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; molde.example\r\n\r\n"
        f"Final-Recipient: rfc822; {MOLDE}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {letter.message_id}\r\n\r\n--b--\r\n"
    )
    desk.arrive(report.encode())
    missing = notice_documents.acknowledgements(desk.office, 1)["missing"]
    assert {one["address"]: one["letter"]["state"] for one in missing} == {MOLDE: "bounced", AUKRA: "queued"}


def test_what_makes_no_sense_is_refused_before_anything_is_written(desk: PaperDesk) -> None:
    now = desk.clock.now()
    hour = dt.timedelta(hours=1)
    with pytest.raises(UsageError, match="no category visma"):
        make(desk, affects=("visma",))
    with pytest.raises(UsageError, match="end before it begins"):
        make(desk, starts_at=now + hour, ends_at=now + hour)
    with pytest.raises(UsageError, match="be over already"):
        make(desk, starts_at=now - 2 * hour, ends_at=now)
    for no_words in ("  ", "…"):
        with pytest.raises(UsageError, match="needs words"):
            make(desk, text=no_words)
    with pytest.raises(NotFound, match="no case KS-10008"):
        make(desk, references=("KS-10008",))
    assert notice_documents.listed(desk.office, include_over=True) == []
    with pytest.raises(NotFound, match="no notice D-9"):
        notice_documents.show(desk.office, 9)
    with pytest.raises(NotFound, match="is no notice"):
        notices.id_of("KS-10008")


def test_cases_that_are_closed_to_an_agent_can_neither_be_linked_nor_seen_by_him(
    tmp_path: Path, empty_database: Path
) -> None:
    shutil.copy(empty_database, tmp_path / "inboxd.db")
    closed = 'assignment = "none"\naccess = "members"'
    other = '\n[[agent]]\nname = "liv"\naddress = "liv@agents.example"\ncategories = ["print"]\n'
    desk = PaperDesk(tmp_path, config=write_config(tmp_path, more=PEOPLE + other, assignment=closed))
    refs = cases(desk, 1)
    make(desk)
    whole, desk.office = desk.office, replace(desk.office, reader=desk.office.desk.agent("liv"))
    with pytest.raises(NotFound, match=f"no case {refs[0]}"):
        notices.link(desk.office, 1, refs, actor="liv")
    desk.office = whole
    notices.link(desk.office, 1, refs, actor="kari")
    seen = notice_documents.show(replace(whole, reader=whole.desk.agent("liv")), 1)
    assert (seen["linked"], len(notice_documents.show(whole, 1)["linked"])) == ([], 1)
    desk.close()


@pytest.mark.parametrize("inwards", [True, False])
def test_of_a_merged_case_it_counts_where_it_lives_on(tmp_path: Path, empty_database: Path, inwards: bool) -> None:
    shutil.copy(empty_database, tmp_path / "inboxd.db")
    closed = 'assignment = "none"\naccess = "members"'
    other = '\n[[agent]]\nname = "liv"\naddress = "liv@agents.example"\ncategories = ["print"]\n'
    desk = PaperDesk(tmp_path, config=write_config(tmp_path, more=PEOPLE + other, assignment=closed))
    mine, others = cases(desk, 2)
    act(SetFields(actor="kari", category="print"), number_of(mine, desk.office.desk), desk.office)
    merged, into = (mine, others) if inwards else (others, mine)
    numbers = [number_of(reference, desk.office.desk) for reference in (merged, into)]
    with desk.office.store.begin() as session:
        home = select(t.Case.id).where(t.Case.number == numbers[1]).scalar_subquery()
        gone = update(t.Case).where(col(t.Case.number) == numbers[0])
        session.exec(gone.values(merged_into=home, status="merged"))
    make(desk)
    desk.office = replace(desk.office, reader=desk.office.desk.agent("liv"))
    if inwards:
        with pytest.raises(NotFound, match=f"no case {merged}"):
            notices.link(desk.office, 1, [merged], actor="liv")
    else:
        assert [one["reference"] for one in notices.link(desk.office, 1, [merged], actor="liv")["linked"]] == [into]
    desk.close()


def test_a_closed_notice_takes_no_update_and_no_case(desk: PaperDesk) -> None:
    refs = cases(desk, 1)
    make(desk)
    notices.close(desk.office, 1, "", actor="kari")
    with pytest.raises(Conflict, match="D-1 is closed"):
        change(desk)
    with pytest.raises(Conflict, match="D-1 is closed"):
        notices.link(desk.office, 1, refs, actor="kari")


def test_an_update_cannot_move_the_end_before_the_beginning(desk: PaperDesk) -> None:
    make(desk, hours=1)
    with pytest.raises(UsageError, match="end before it begins"):
        change(desk, starts_at=desk.clock.now() + dt.timedelta(hours=2))


def test_nothing_is_written_while_nothing_is_due(desk: PaperDesk) -> None:
    make(desk)
    assert notice_post.send_some(desk.office) == 0
    assert notice_post.run_out(desk.office) == 0
    with desk.office.store.reading() as session:
        assert [one.id for one in in_force(session, desk.clock.now())] == [1]
