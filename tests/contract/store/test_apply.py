import datetime as dt
from dataclasses import replace

import pytest
from sqlmodel import select

from inboxd.desk.case import Role, Status
from inboxd.desk.decision import (
    NEW_CASE,
    AddEntry,
    AddParticipant,
    CancelLetters,
    CaseField,
    Hold,
    Link,
    RecordDelivery,
    SetCustomField,
    SetField,
    SetTag,
)
from inboxd.desk.evidence import Evidence
from inboxd.errors import Conflict, NotFound
from inboxd.mail.message import Attachment, ReportedRecipient
from inboxd.store import outbox
from inboxd.store import tables as t
from inboxd.store.apply import apply
from inboxd.store.cases import case_row_of, get_case, journal, links, raw
from inboxd.store.engine import Store
from inboxd.store.octets import add_octets
from tests.contract.store.values import (
    HOUR,
    MAIL,
    NOW,
    OLA,
    OPEN,
    case_of,
    decision,
    frozen,
    letter_of,
    mail,
    open_case,
    person,
)

LATER = NOW + HOUR


def set_field(
    case_id: int, field: CaseField, value: str | bool | dt.datetime | None, *, quiet: bool = False
) -> SetField:
    return SetField(case_id=case_id, field=field, value=value, actor="kari", quiet=quiet)


def test_a_new_case_holds_what_the_decision_says(store: Store) -> None:
    due = NOW + dt.timedelta(days=2)
    opening = replace(OPEN, tags=("printer",), resolution_due=due, phone="71111166", assignee="kari")
    with store.begin() as session:
        octets_id = add_octets(session, b"From: Ola\r\n\r\nHei\x00\xff")
        applied = apply(session, decision(opening, MAIL), now=NOW, octets_id=octets_id)
    assert applied.opened
    assert applied.case_id is not None
    assert applied.entry_id is not None
    with store.reading() as session:
        case = get_case(session, applied.case_id)
        assert (case.subject, case.status, case.assignee) == ("Passordet er glemt", Status.NEW, "kari")
        assert (case.tags, case.phone, case.resolution_due) == (("printer",), "71111166", due)
        assert case.requester == person()
        assert case.is_participant("ola@firma.EXAMPLE")
        assert (case.opened_at, case.last_from_requester_at) == (NOW, NOW)
        assert case.last_message_id == "<1@firma.example>"
        assert raw(session, case.id, applied.entry_id) == b"From: Ola\r\n\r\nHei\x00\xff"


def test_an_entry_comes_back_as_it_was_written(store: Store) -> None:
    attachment = Attachment(
        part=2, filename="skjerm.png", content_type="image/png", size=9, sha256="0" * 64, inline=False, content_id="c1"
    )
    written = mail(1, attachments=(attachment,), evidence=(Evidence(rule="R1", detail="æøå"),), reply_text="Hei")
    with store.begin() as session:
        case_id = apply(session, decision(OPEN, written), now=NOW).case_id
        assert case_id is not None
        (entry,) = journal(session, case_id)
    assert (entry.from_, entry.to, entry.cc) == (OLA, written.to, ())
    assert (entry.text, entry.reply_text, entry.subject) == (written.text, "Hei", written.subject)
    assert (entry.attachments, entry.evidence) == (written.attachments, written.evidence)
    assert (entry.kind, entry.at, entry.actor, entry.delivery) == ("mail_in", NOW, OLA.address, None)


def test_every_entry_raises_the_version_and_the_last_word_is_remembered(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        before = get_case(session, case_id).version
        note = AddEntry(case_id=case_id, kind="note", actor="kari", text="ringte")
        apply(session, decision(note), now=LATER)
        row = case_row_of(session, case_id)
    assert row.version == before + 1
    assert (row.last_actor, row.last_at, row.updated_at) == ("kari", LATER, LATER)


def test_a_note_changes_nothing_of_what_an_answer_will_refer_to(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        cited = ("<1@firma.example>",)
        out_of_office = AddEntry(case_id=case_id, kind="note", actor="x", message_id="<ooo@x>", cited=cited)
        apply(session, decision(out_of_office), now=LATER)
        case = get_case(session, case_id)
    assert case.last_message_id == "<1@firma.example>"
    assert case.last_from_requester_at == NOW


def test_references_of_answers_never_carry_an_agents_letter(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        to_agent = letter_of(session, "agent", case_id, "kari@desk.example")
        secret = frozen(to_agent).message_id
        pseudo = secret.replace("@", ".ref@")
        receipt = frozen(letter_of(session, "receipt", case_id)).message_id
        cited = ("<1@firma.example>", secret, pseudo, receipt)
        answer = replace(mail(2), case_id=case_id, cited=cited)
        apply(session, decision(answer), now=LATER)
        assert get_case(session, case_id).last_references == ("<1@firma.example>", receipt)


def test_message_ids_only_grow_stronger(store: Store) -> None:
    def source() -> dict[str, str]:
        return dict(session.exec(select(t.MessageId.message_id, t.MessageId.source)).all())

    with store.begin() as session:
        case_id = apply(session, decision(OPEN, mail(1, cited=("<2@firma.example>",))), now=NOW).case_id
        assert case_id is not None
        assert source() == {"<1@firma.example>": "theirs", "<2@firma.example>": "cited"}
        apply(session, decision(replace(mail(2), case_id=case_id, cited=("<1@firma.example>",))), now=LATER)
        assert source() == {"<1@firma.example>": "theirs", "<2@firma.example>": "theirs"}


def test_a_message_id_too_long_for_an_index_is_stored_but_not_looked_up(store: Store) -> None:
    endless = "<" + "".join(chr(0x1F300 + n % 700) for n in range(900)) + "@x>"
    with store.begin() as session:
        applied = apply(session, decision(OPEN, replace(mail(1), message_id=endless, cited=(endless,))), now=NOW)
        assert applied.case_id is not None
        assert journal(session, applied.case_id)[0].message_id == endless
        assert session.exec(select(t.MessageId)).all() == []


def test_a_changed_field_is_an_event_of_the_journal_unless_quiet(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        changes = (
            set_field(case_id, "status", "open"),
            set_field(case_id, "assignee", "ola", quiet=True),
            set_field(case_id, "priority", "normal"),
            set_field(case_id, "undelivered", value=True),
        )
        apply(session, decision(*changes), now=LATER)
        events = [(e.actor, e.text) for e in journal(session, case_id) if e.kind == "event"]
        case = get_case(session, case_id)
    assert events == [("kari", "status: new → open"), ("kari", "undelivered: no → yes")]
    assert (case.status, case.assignee, case.undelivered) == (Status.OPEN, "ola", True)


def test_a_field_that_stays_as_it_was_changes_nothing(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        before = get_case(session, case_id)
        apply(session, decision(set_field(case_id, "priority", "normal")), now=LATER)
        assert get_case(session, case_id) == before


def test_closing_notes_when_and_reopening_forgets_it(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        apply(session, decision(set_field(case_id, "status", "closed")), now=LATER)
        assert get_case(session, case_id).closed_at == LATER
        apply(session, decision(set_field(case_id, "status", Status.OPEN)), now=LATER)
        assert get_case(session, case_id).closed_at is None


def test_a_case_that_wakes_forgets_until_when_it_slept(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        apply(session, decision(set_field(case_id, "until", LATER), set_field(case_id, "status", "waiting")), now=NOW)
        assert get_case(session, case_id).until == LATER
        apply(session, decision(set_field(case_id, "status", "open")), now=LATER)
        assert get_case(session, case_id).until is None


def test_tags_and_custom_fields_are_set_and_taken_away(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        for tag, present in (("a", True), ("b", True), ("b", True), ("a", False), ("c", False)):
            apply(session, decision(SetTag(case_id=case_id, tag=tag, present=present, actor="kari")), now=NOW)
        for key, value in (("room", "1"), ("room", "2"), ("user", "ola"), ("user", None), ("none", None)):
            apply(session, decision(SetCustomField(case_id=case_id, key=key, value=value, actor="kari")), now=NOW)
        case = get_case(session, case_id)
        texts = [e.text for e in journal(session, case_id) if e.kind == "event"]
    assert (case.tags, case.fields) == (("b",), (("room", "2"),))
    assert texts == [
        "tag: a", "tag: b", "untag: a", "room: – → 1", "room: 1 → 2", "user: – → ola", "user: ola → –",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (Role.OUTSIDER, Role.CC, Role.CC),
        (Role.CC, Role.OUTSIDER, Role.CC),
        (Role.ADDED, Role.CC, Role.ADDED),
        (Role.SUPPLIER, Role.ADDED, Role.ADDED),
    ],
)
def test_a_participant_keeps_the_stronger_role(store: Store, first: Role, second: Role, kept: Role) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        for address, role in (("per@x.example", first), ("PER@x.example", second)):
            apply(session, decision(AddParticipant(case_id=case_id, participant=person(address, "Per", role))), now=NOW)
        people = get_case(session, case_id).participants
    assert people == (person(), person("per@x.example", "Per", kept))


def test_a_requester_stays_one_when_copied_in(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        apply(session, decision(AddParticipant(case_id=case_id, participant=person(role=Role.CC))), now=NOW)
        assert get_case(session, case_id).participants == (person(),)


def test_a_new_requester_takes_the_place_of_a_caller_without_an_address(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1, requester=person("", "Ola"))
        apply(session, decision(AddParticipant(case_id=case_id, participant=person())), now=NOW)
        assert get_case(session, case_id).participants == (person(),)


def test_a_new_requester_leaves_the_old_one_as_cc(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        new = person("per@x.example", "Per")
        apply(session, decision(AddParticipant(case_id=case_id, participant=new)), now=NOW)
        case = get_case(session, case_id)
    assert case.requester == new
    assert person(role=Role.CC) in case.participants


def test_a_link_stands_on_both_cases_once(store: Store) -> None:
    with store.begin() as session:
        old = case_of(session, 1)
        link = Link(case_id=NEW_CASE, other_id=old, kind="claims")
        new = apply(session, decision(OPEN, mail(2), link, link), now=NOW).case_id
        assert new is not None
        assert [(other.case_id, other.number, other.kind) for other in links(session, new)] == [(old, 1000, "claims")]
        assert [(other.case_id, other.number, other.kind) for other in links(session, old)] == [(new, 1001, "claims")]


def test_a_hold_is_handed_back_to_the_caller(store: Store) -> None:
    with store.begin() as session:
        applied = apply(session, decision(Hold(reason="rule x")), now=NOW)
    assert (applied.held, applied.case_id, applied.opened) == ("rule x", None, False)


def test_a_change_of_an_unknown_case_is_not_found(store: Store) -> None:
    with store.begin() as session, pytest.raises(NotFound):
        apply(session, decision(set_field(99, "priority", "high")), now=NOW)


def test_a_letter_that_waits_is_cancelled(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        letter_id = letter_of(session, "answer", case_id, delay=HOUR)
        apply(session, decision(CancelLetters(case_id=case_id, letter_ids=(letter_id,), actor="kari")), now=NOW)
        assert outbox.get_letter(session, letter_id).state == "cancelled"
        assert outbox.claim(session, owner="me", lease=HOUR, now=NOW + 2 * HOUR, limit=9) == ()


def test_a_letter_that_is_leaving_can_no_longer_be_cancelled(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        letter_id = letter_of(session, "answer", case_id)
        outbox.claim(session, owner="me", lease=HOUR, now=NOW, limit=9)
    cancelling = decision(CancelLetters(case_id=case_id, letter_ids=(letter_id,), actor="kari"))
    with store.begin() as session, pytest.raises(Conflict):
        apply(session, cancelling, now=NOW)


def report(letter_id: int, address: str, action: str) -> RecordDelivery:
    told = ReportedRecipient(address=address, action=action, status="5.1.1", diagnostic="smtp; 550 no such user")
    return RecordDelivery(letter_id=letter_id, recipients=(told,))


def sent_letter(store: Store, *to: str) -> int:
    with store.begin() as session:
        letter_id = letter_of(session, "answer", case_of(session, 1), *to)
        session.get_one(t.Letter, letter_id).state = "sent"
    return letter_id


def test_a_failed_recipient_makes_the_letter_bounced(store: Store) -> None:
    letter_id = sent_letter(store, "ola@firma.example", "per@firma.example")
    with store.begin() as session:
        apply(session, decision(report(letter_id, "PER@firma.example", "failed")), now=LATER)
        letter = outbox.get_letter(session, letter_id)
    assert letter.state == "bounced"
    assert [(r.state, r.reply) for r in letter.recipients] == [
        ("queued", None),
        ("bounced", "5.1.1 smtp; 550 no such user"),
    ]


def test_a_report_under_another_name_means_the_only_recipient(store: Store) -> None:
    letter_id = sent_letter(store, "ola@firma.example")
    with store.begin() as session:
        apply(session, decision(report(letter_id, "ola@behind.an.alias.example", "failed")), now=LATER)
        assert outbox.get_letter(session, letter_id).state == "bounced"


def test_a_delay_and_a_report_about_nobody_we_know_leave_the_letter_sent(store: Store) -> None:
    letter_id = sent_letter(store, "ola@firma.example", "per@firma.example")
    with store.begin() as session:
        apply(session, decision(report(letter_id, "ola@firma.example", "delayed")), now=LATER)
        apply(session, decision(report(letter_id, "who@firma.example", "failed")), now=LATER)
        apply(session, decision(report(letter_id + 99, "ola@firma.example", "failed")), now=LATER)
        assert outbox.get_letter(session, letter_id).state == "sent"


def test_the_case_that_was_opened_is_the_one_reported_even_if_another_was_touched(store: Store) -> None:
    with store.begin() as session:
        old = open_case(session, 1).case_id
        assert old is not None
        applied = apply(session, decision(set_field(old, "priority", "low"), OPEN, mail(2)), now=NOW)
    assert applied.opened
    assert applied.case_id not in {None, old}


def test_a_change_of_the_new_case_before_it_is_opened_is_a_fault(store: Store) -> None:
    with store.begin() as session, pytest.raises(ValueError, match="none was opened"):
        apply(session, decision(MAIL, OPEN), now=NOW)
