"""What becomes of a mail that came in: every cell of the design's kind table, and the promises about it."""

import datetime as dt
from dataclasses import replace

import pytest

from inboxd.desk.case import Role, Status
from inboxd.desk.decision import (
    NEW_CASE,
    AddEntry,
    CopyCame,
    Link,
    OpenCase,
    RecordDelivery,
    SetField,
)
from inboxd.desk.desk import Rule
from inboxd.desk.intake import decide
from inboxd.mail.address import Address
from inboxd.mail.message import MailKind
from tests.unit.desk.desks import (
    HOUR,
    NOW,
    OLA,
    REF,
    STRANGER,
    added_people,
    case,
    category,
    changes_of,
    desk,
    fields_set,
    letter,
    party,
    report,
    rules_of,
    said_aloud,
    sent_to,
    view,
    with_category,
)
from tests.unit.desk.mails import (
    AT_REST,
    DELAYED,
    MACHINES_WORDS,
    OF_KIND,
    OPENING,
    OURS,
    WRITTEN_BY_PEOPLE,
    answer,
    entry,
    mail,
    on,
    opened,
)
from tests.unit.messages import message


def test_the_table_below_has_every_kind_there_is() -> None:
    assert set(OF_KIND) == set(MailKind)


# ---- No case known.
@pytest.mark.parametrize("kind", OPENING)
def test_without_a_case_a_mail_of_this_kind_opens_one(kind: MailKind) -> None:
    decision = decide(mail(kind), view(), NOW)
    assert decision.kind == "open_case"
    assert decision.outcome == ("oversize" if kind is MailKind.MALFORMED else "opened")
    assert entry(decision).case_id == NEW_CASE
    assert entry(decision).kind == "mail_in"


@pytest.mark.parametrize("kind", [MailKind.HUMAN, MailKind.ENCRYPTED])
def test_a_person_whose_mail_opens_a_case_gets_one_receipt(kind: MailKind) -> None:
    assert sent_to(decide(mail(kind), view(), NOW), "receipt") == [OLA.address]


@pytest.mark.parametrize("kind", [MailKind.NOTIFICATION, MailKind.LIST, MailKind.CALENDAR, MailKind.MALFORMED])
def test_a_case_opened_by_this_kind_gets_no_receipt_and_says_why(kind: MailKind) -> None:
    decision = decide(mail(kind), view(), NOW)
    assert sent_to(decision, "receipt") == []
    (suppressed,) = decision.suppressed
    assert suppressed.kind == "receipt"
    assert ": " in suppressed.reason


@pytest.mark.parametrize("kind", MACHINES_WORDS)
def test_without_a_case_a_machines_word_is_ignored_and_gets_nothing(kind: MailKind) -> None:
    decision = decide(mail(kind), view(), NOW)
    assert (decision.kind, decision.outcome) == ("ignore", "ignored")
    assert (decision.changes, decision.letters) == ((), ())
    assert decision.reason == f"{kind} that names no case of ours"


@pytest.mark.parametrize("kind", MACHINES_WORDS)
def test_a_machine_that_quotes_a_number_of_somebody_elses_case_is_ignored(kind: MailKind) -> None:
    stranger = mail(kind, subject=f"[{REF}]", identity=STRANGER, from_=(STRANGER,))
    assert decide(stranger, view(case()), NOW).outcome == "ignored"


# ---- A case known.
@pytest.mark.parametrize("kind", OPENING)
def test_on_a_known_case_a_mail_of_this_kind_is_added(kind: MailKind) -> None:
    decision = decide(answer(kind), on(case()), NOW)
    assert (decision.kind, decision.outcome) == ("add_to_case", "added")
    assert (entry(decision).case_id, entry(decision).kind) == (1, "mail_in")
    assert fields_set(decision) == {}
    assert sent_to(decision, "receipt") == []


@pytest.mark.parametrize("kind", OPENING)
def test_an_answer_gets_no_second_receipt(kind: MailKind) -> None:
    (suppressed,) = decide(answer(kind), on(case()), NOW).suppressed
    assert suppressed.kind == "receipt"


@pytest.mark.parametrize("kind", OPENING)
def test_the_assignee_is_told_of_an_answer_that_a_person_wrote(kind: MailKind) -> None:
    told = sent_to(decide(answer(kind), on(case()), NOW), "agent")
    assert told == (["kari@desk.example"] if kind in WRITTEN_BY_PEOPLE else [])


@pytest.mark.parametrize("status", [*AT_REST, Status.WAITING, Status.POSTPONED, Status.OPEN])
@pytest.mark.parametrize("closed_reply", ["reopen", "new", "reject"])
@pytest.mark.parametrize("kind", MACHINES_WORDS)
def test_on_a_known_case_a_machines_word_is_a_note_that_wakes_nothing(
    kind: MailKind, closed_reply: str, status: Status
) -> None:
    facts = on(case(status=status), desk=with_category(closed_reply=closed_reply), letters=(letter(kind="receipt"),))
    parsed = answer(kind, in_reply_to=(letter(kind="receipt").message_id,))
    decision = decide(parsed, facts, NOW)
    assert decision.outcome == "note"
    assert (entry(decision).kind, entry(decision).case_id, entry(decision).from_requester) == ("note", 1, False)
    assert (fields_set(decision), decision.letters, changes_of(decision, OpenCase)) == ({}, (), [])


@pytest.mark.parametrize("kind", MACHINES_WORDS)
def test_a_machines_word_under_the_requesters_own_reference_is_a_note(kind: MailKind) -> None:
    assert decide(mail(kind, subject=f"SV: [{REF}]"), view(case()), NOW).outcome == "note"


@pytest.mark.parametrize("status", AT_REST)
@pytest.mark.parametrize("kind", [k for k in OPENING if k is not MailKind.NOTIFICATION])
def test_a_partys_mail_reopens_a_case_at_rest(kind: MailKind, status: Status) -> None:
    decision = decide(answer(kind), on(case(status=status)), NOW)
    assert fields_set(decision) == {"status": "open", "until": None}
    assert changes_of(decision, OpenCase) == []


def test_a_reopening_is_told_once_on_the_journal() -> None:
    assert said_aloud(decide(answer(), on(case(status=Status.CLOSED)), NOW)) == {"status"}


@pytest.mark.parametrize("closed_reply", ["reopen", "new", "reject"])
def test_a_notification_never_reopens_a_case(closed_reply: str) -> None:
    facts = on(case(status=Status.CLOSED), desk=with_category(closed_reply=closed_reply))
    decision = decide(answer(MailKind.NOTIFICATION), facts, NOW)
    assert (decision.outcome, fields_set(decision), decision.letters) == ("added", {}, ())


@pytest.mark.parametrize("status", AT_REST)
def test_an_answer_to_a_closed_case_opens_a_linked_one_where_the_category_says_so(status: Status) -> None:
    facts = on(case(status=status), desk=with_category(closed_reply="new"))
    decision = decide(answer(), facts, NOW)
    assert decision.kind == "open_case"
    assert changes_of(decision, Link) == [Link(case_id=NEW_CASE, other_id=1, kind="follows")]
    assert entry(decision).case_id == NEW_CASE
    assert fields_set(decision) == {}
    assert sent_to(decision, "receipt") == [OLA.address]


@pytest.mark.parametrize("named", ["drift", "it"])
def test_what_follows_a_case_that_only_members_see_stays_with_them(named: str) -> None:
    closed_off = category("hr", members=("per",), manager=None, access="members", closed_reply="new")
    known = desk(
        categories=(category(), closed_off, category("drift")), rules=(Rule(name="all", mailbox=None, category=named),)
    )
    late = decide(answer(), on(case(status=Status.CLOSED, category="hr"), desk=known), NOW)
    assert (opened(late).category, opened(late).assignee) == ("hr", "per")
    assert sent_to(late, "agent") == ["per@desk.example"]
    assert "follows" in rules_of(late)
    assert late.routing is not None
    assert [offer.by for offer in late.routing.offers if offer.of == "category"] == [
        f"case {REF}", "rule all", "mailbox kundeservice",
    ]  # fmt: skip


def test_what_follows_a_case_that_everybody_sees_goes_where_the_mail_is_routed() -> None:
    rules = (Rule(name="all", mailbox=None, category="drift"),)
    known = replace(with_category(closed_reply="new"), rules=rules)
    late = decide(answer(), on(case(status=Status.CLOSED), desk=known), NOW)
    assert opened(late).category == "drift"


@pytest.mark.parametrize("status", AT_REST)
def test_an_answer_to_a_closed_case_is_rejected_with_one_letter_where_the_category_says_so(status: Status) -> None:
    facts = on(case(status=status), desk=with_category(closed_reply="reject"))
    decision = decide(answer(), facts, NOW)
    assert (decision.kind, decision.outcome, fields_set(decision)) == ("add_to_case", "added", {})
    assert entry(decision).case_id == 1
    draft, *to_agents = decision.letters
    assert (draft.kind, draft.template, draft.case_id, draft.null_sender) == ("refusal", "rejected", 1, True)
    assert draft.to == (OLA,)
    assert [letter.template for letter in to_agents] == ["agent_answer"]


def test_where_the_writer_may_not_be_told_of_the_rejection_the_agents_are() -> None:
    facts = on(case(status=Status.CLOSED), desk=with_category(closed_reply="reject"), bounced=frozenset({OLA.address}))
    decision = decide(answer(), facts, NOW)
    assert [s.kind for s in decision.suppressed] == ["refusal"]
    assert [d.template for d in decision.letters] == ["agent_answer"]


@pytest.mark.parametrize(
    ("closed", "opens_another"),
    [(NOW - 7 * 24 * HOUR, False), (NOW - 7 * 24 * HOUR - HOUR, True), (None, False)],
)
def test_after_so_many_days_an_answer_opens_a_linked_case_instead(
    closed: dt.datetime | None, opens_another: bool
) -> None:
    facts = on(case(status=Status.CLOSED, closed_at=closed), desk=with_category(reopen_days=7))
    assert (decide(answer(), facts, NOW).kind == "open_case") is opens_another


@pytest.mark.parametrize(("reopen_days", "closed_reply"), [(None, "reopen"), (7, "reject")])
def test_without_such_days_or_where_answers_are_rejected_an_old_case_gets_no_successor(
    reopen_days: int | None, closed_reply: str
) -> None:
    old = case(status=Status.CLOSED, closed_at=NOW - 9999 * HOUR)
    facts = on(old, desk=with_category(reopen_days=reopen_days, closed_reply=closed_reply))
    assert decide(answer(), facts, NOW).kind == "add_to_case"


def test_a_closed_case_of_a_category_that_is_gone_is_reopened() -> None:
    assert fields_set(decide(answer(), on(case(status=Status.CLOSED, category="nedlagt")), NOW))["status"] == "open"


@pytest.mark.parametrize("status", [Status.WAITING, Status.POSTPONED])
@pytest.mark.parametrize("closed_reply", ["reopen", "new", "reject"])
def test_a_partys_mail_wakes_a_waiting_or_postponed_case(status: Status, closed_reply: str) -> None:
    facts = on(case(status=status, until=NOW + HOUR), desk=with_category(closed_reply=closed_reply))
    decision = decide(answer(), facts, NOW)
    assert fields_set(decision) == {"status": "open", "until": None}
    assert changes_of(decision, OpenCase) == []


@pytest.mark.parametrize("status", [Status.NEW, Status.OPEN])
def test_an_answer_leaves_a_case_that_is_at_work_as_it_is(status: Status) -> None:
    assert fields_set(decide(answer(), on(case(status=status)), NOW)) == {}


# ---- Reports on our letters.
@pytest.mark.parametrize("kind", ["answer", "forward", "notice"])
def test_a_permanent_failure_of_a_persons_words_marks_the_case_and_tells_the_assignee(kind: str) -> None:
    sent = letter(kind=kind)
    parsed = mail(MailKind.BOUNCE, report=report(OLA.address, original_message_id=sent.message_id))
    decision = decide(parsed, on(case(), letters=(sent,)), NOW)
    assert decision.kind == "record_delivery"
    assert fields_set(decision) == {"undelivered": True}
    assert changes_of(decision, RecordDelivery) == [
        RecordDelivery(letter_id=7, recipients=report(OLA.address).recipients)
    ]
    assert entry(decision).kind == "note"
    (draft,) = decision.letters
    assert (draft.kind, draft.template, draft.to[0].address) == ("agent", "agent_undelivered", "kari@desk.example")
    assert draft.about == "ola@kommune.example: 5.1.1 550 no such user"
    assert draft.failed == (OLA.address,)


@pytest.mark.parametrize("status", [Status.CLOSED, Status.WAITING])
def test_a_failure_does_not_change_the_status(status: Status) -> None:
    parsed = mail(MailKind.BOUNCE, report=report(OLA.address, original_message_id=OURS))
    assert fields_set(decide(parsed, on(case(status=status)), NOW)) == {"undelivered": True}


@pytest.mark.parametrize("kind", ["receipt", "agent", "refusal"])
def test_a_failure_of_a_machines_letter_is_only_noted(kind: str) -> None:
    sent = letter(kind=kind)
    parsed = mail(MailKind.BOUNCE, report=report(OLA.address, original_message_id=sent.message_id))
    decision = decide(parsed, on(case(), letters=(sent,)), NOW)
    assert (fields_set(decision), decision.letters, entry(decision).kind) == ({}, (), "note")
    assert len(changes_of(decision, RecordDelivery)) == 1


def test_a_delay_of_an_answer_is_only_noted() -> None:
    parsed = mail(MailKind.DELAY, report=report(original_message_id=OURS, recipients=DELAYED))
    decision = decide(parsed, on(case()), NOW)
    assert (fields_set(decision), decision.letters, entry(decision).kind) == ({}, (), "note")
    assert changes_of(decision, RecordDelivery) == [RecordDelivery(letter_id=7, recipients=DELAYED)]


def test_a_bounce_in_words_alone_still_marks_the_answer_that_it_cites() -> None:
    daemon = Address(name="", address="mailer-daemon@kommune.example")
    parsed = message(identity=daemon, from_=(daemon,), subject="Returned mail: see transcript", in_reply_to=(OURS,))
    decision = decide(parsed, on(case()), NOW)
    assert (decision.kind, fields_set(decision)) == ("add_to_case", {"undelivered": True})
    assert changes_of(decision, RecordDelivery) == []
    assert decision.letters[0].about == ""


def test_a_failed_alert_is_recorded_on_the_letter_alone() -> None:
    alert = letter(case_id=None, kind="alert")
    parsed = mail(MailKind.BOUNCE, report=report("drift@x.example", original_message_id=alert.message_id))
    decision = decide(parsed, view(letters=(alert,)), NOW)
    assert (decision.kind, decision.outcome, decision.letters) == ("record_delivery", "ignored", ())
    assert [type(change) for change in decision.changes] == [RecordDelivery]


def test_a_report_that_names_another_recipient_under_a_guessed_envelope_id_changes_nothing() -> None:
    forged = mail(MailKind.BOUNCE, report=report("offer@x.example", envelope_id="7"))
    assert decide(forged, on(case()), NOW).outcome == "ignored"


# ---- Outsiders and strangers.
@pytest.mark.parametrize("status", [Status.OPEN, Status.WAITING, Status.POSTPONED, *AT_REST])
@pytest.mark.parametrize("closed_reply", ["reopen", "new", "reject"])
@pytest.mark.parametrize("kind", OPENING)
def test_who_threads_by_header_without_being_a_party_is_an_outsider_who_wakes_nothing(
    kind: MailKind, closed_reply: str, status: Status
) -> None:
    facts = on(case(status=status), desk=with_category(closed_reply=closed_reply))
    decision = decide(answer(kind, STRANGER), facts, NOW)
    assert (decision.kind, decision.outcome, fields_set(decision)) == ("add_to_case", "added", {})
    assert added_people(decision) == {STRANGER.address: Role.OUTSIDER}
    assert "outsider" in rules_of(decision)
    assert not entry(decision).from_requester
    assert {draft.kind for draft in decision.letters} <= {"agent"}


def test_the_assignee_reads_what_an_outsider_wrote_with_the_warning_on_the_entry() -> None:
    decision = decide(answer(writer=STRANGER), on(case()), NOW)
    assert sent_to(decision, "agent") == ["kari@desk.example"]
    assert "outsider" in [evidence.rule for evidence in entry(decision).evidence]


@pytest.mark.parametrize("status", [Status.OPEN, Status.WAITING, Status.CLOSED])
def test_an_agents_address_alone_is_only_a_claim_and_sends_the_requester_nothing(status: Status) -> None:
    kari = Address(name="Kari", address="KARI@desk.example")
    decision = decide(answer(writer=kari), on(case(status=status, assignee="per")), NOW)
    assert rules_of(decision)[-1] == "claimed_by"
    assert "kari" in decision.evidence[-1].detail
    assert (fields_set(decision), sent_to(decision, "answer")) == ({}, [])
    assert sent_to(decision, "agent") == ["per@desk.example"]


def test_an_outsider_brings_nobody_else_onto_the_case() -> None:
    parsed = answer(writer=STRANGER, cc=(Address(name="", address="venn@annen.example"),))
    assert added_people(decide(parsed, on(case()), NOW)) == {STRANGER.address: Role.OUTSIDER}


def test_an_outsider_who_wrote_before_is_still_one() -> None:
    known = case(status=Status.CLOSED, participants=(party(OLA), party(STRANGER, Role.OUTSIDER)))
    assert fields_set(decide(answer(writer=STRANGER), on(known), NOW)) == {}


def test_a_from_that_names_no_single_plain_address_has_no_rights_even_if_it_shows_the_requester() -> None:
    parsed = answer(from_=(OLA, STRANGER), identity=None)
    decision = decide(parsed, on(case(status=Status.CLOSED)), NOW)
    assert fields_set(decision) == {}
    assert added_people(decision) == {OLA.address: Role.OUTSIDER}
    assert decision.evidence[-1].detail == "From names no single plain address"


def test_a_mail_on_a_case_without_any_writer_adds_nobody() -> None:
    decision = decide(answer(writer=None), on(case()), NOW)
    assert (decision.outcome, added_people(decision)) == ("added", {})
    assert (entry(decision).actor, entry(decision).from_) == ("", None)


def test_a_stranger_with_a_right_reference_gets_a_case_of_his_own_that_claims_the_other() -> None:
    parsed = mail(subject=f"SV: [{REF}] Skriveren", identity=STRANGER, from_=(STRANGER,), return_path=STRANGER.address)
    decision = decide(parsed, view(case()), NOW)
    assert decision.kind == "open_case"
    assert opened(decision).requester == party(STRANGER)
    assert changes_of(decision, Link) == [Link(case_id=NEW_CASE, other_id=1, kind="claims")]
    assert {change.case_id for change in changes_of(decision, AddEntry)} == {NEW_CASE}
    assert "reference_stranger" in rules_of(decision)
    assert sent_to(decision, "receipt") == [STRANGER.address]


def test_a_wrong_check_digit_opens_a_case_of_its_own_and_is_noted() -> None:
    decision = decide(mail(subject="[KS-10428] Skriveren"), view(case()), NOW)
    assert decision.kind == "open_case"
    assert changes_of(decision, Link) == []
    assert "wrong_check_digit" in rules_of(decision)
    assert "wrong_check_digit" in [evidence.rule for evidence in entry(decision).evidence]


def test_the_requester_may_answer_with_nothing_but_the_number() -> None:
    decision = decide(mail(subject=f"sak {REF.lower()}"), view(case()), NOW)
    assert (decision.outcome, entry(decision).case_id) == ("added", 1)
    assert decision.threading is not None
    assert decision.threading.evidence == "reference_participant"


def test_an_answer_with_only_a_header_finds_its_case_too() -> None:
    decision = decide(answer(subject="Skriveren"), on(case()), NOW)
    assert decision.threading is not None
    assert (decision.threading.case_id, decision.threading.evidence) == (1, "token")


def test_a_forged_token_finds_no_case() -> None:
    assert decide(answer(in_reply_to=(OURS.replace(".b.", ".a."),)), on(case()), NOW).kind == "open_case"


# ---- Twice the same.
def test_a_mail_that_is_on_record_already_changes_nothing() -> None:
    decision = decide(mail(), view(duplicate_of=12), NOW)
    assert (decision.kind, decision.outcome, decision.changes, decision.letters) == ("ignore", "duplicate", (), ())
    assert decision.reason == "the same mail as incoming 12"


def test_a_letter_of_ours_that_somebody_sends_back_changes_nothing() -> None:
    decision = decide(mail(message_id=OURS), on(case()), NOW)
    assert (decision.kind, decision.outcome, decision.changes, decision.letters) == ("ignore", "ignored", (), ())
    assert (rules_of(decision), decision.reason) == (["own_letter"], "letter 7, which came back")


def test_our_own_copy_of_a_letter_is_noted_on_it_and_opens_nothing() -> None:
    us = Address(name="Kundeservice", address="kundeservice@desk.example")
    decision = decide(mail(message_id=OURS, from_=(us,), identity=us), on(case()), NOW)
    assert (decision.kind, decision.outcome, decision.letters) == ("ignore", "ignored", ())
    assert decision.reason == "our own copy of letter 7"
    assert decision.changes == (CopyCame(letter_id=7, case_id=1),)


def test_the_copy_of_a_machine_s_letter_says_nothing_of_it() -> None:
    us = Address(name="Kundeservice", address="kundeservice@desk.example")
    receipt = letter(kind="receipt")
    parsed = mail(message_id=receipt.message_id, from_=(us,), identity=us)
    decision = decide(parsed, on(case(), letters=(receipt,)), NOW)
    assert (decision.outcome, decision.changes) == ("ignored", ())


def test_a_bounce_of_our_own_copy_says_nothing_of_those_we_wrote_to() -> None:
    bounce = mail(MailKind.BOUNCE, report=report("kundeservice@desk.example"), in_reply_to=(OURS,))
    decision = decide(bounce, on(case()), NOW)
    assert decision.outcome == "note"
    assert not changes_of(decision, RecordDelivery)
    assert not changes_of(decision, SetField)
    assert decision.letters == ()


@pytest.mark.parametrize("arrived_in", ["kundeservice", "drift"])
def test_a_mail_to_two_of_our_mailboxes_has_its_case_in_the_one_named_first(arrived_in: str) -> None:
    both = tuple(Address(name="", address=f"{name}@desk.example") for name in ("drift", "kundeservice"))
    decision = decide(mail(to=both), view(arrived_in=arrived_in), NOW)
    assert (opened(decision).mailbox, opened(decision).prefix, opened(decision).category) == ("drift", "DR", "drift")
