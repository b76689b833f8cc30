"""What becomes of a mail that came in: every cell of the design's kind table, and the promises about it."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.case import Case, Channel, Role, Status
from inboxd.desk.classify import classify
from inboxd.desk.deadline import due
from inboxd.desk.decision import (
    NEW_CASE,
    AddEntry,
    Decision,
    Draft,
    Hold,
    Link,
    OpenCase,
    RecordDelivery,
)
from inboxd.desk.desk import Cap, Desk, ReceiptPolicy, Rule
from inboxd.desk.intake import decide, rescue
from inboxd.desk.reference import reference
from inboxd.desk.view import ReceiptCounts, View
from inboxd.mail.address import Address
from inboxd.mail.message import Attachment, MailKind, ParsedMessage, ReportedRecipient
from tests.unit.desk.desks import (
    EVENING,
    HOUR,
    NOW,
    OLA,
    REF,
    STRANGER,
    TURID,
    added_people,
    case,
    changes_of,
    desk,
    fields_set,
    letter,
    party,
    report,
    rules_of,
    sent_to,
    view,
    with_category,
)
from tests.unit.messages import headers, message

OURS = letter().message_id
INVITATION = Attachment(
    part=1, filename=None, content_type="text/calendar", size=9, sha256="0" * 64, inline=False, method="REQUEST"
)
PICTURE = replace(INVITATION, filename="feil.png", content_type="image/png", method=None)
DELAYED = (ReportedRecipient(address=OLA.address, action="delayed", status="4.4.1", diagnostic=""),)
OF_KIND: dict[MailKind, dict[str, Any]] = {
    MailKind.HUMAN: {},
    MailKind.AUTO_REPLY: {"headers": headers(("Auto-Submitted", "auto-replied"))},
    MailKind.BOUNCE: {"report": report(OLA.address), "return_path": ""},
    MailKind.DELAY: {"report": report(recipients=DELAYED), "return_path": ""},
    MailKind.READ_RECEIPT: {"content_type": "multipart/report", "report_type": "disposition-notification"},
    MailKind.ABUSE_REPORT: {"content_type": "multipart/report", "report_type": "feedback-report"},
    MailKind.NOTIFICATION: {"headers": headers(("Auto-Submitted", "auto-generated"))},
    MailKind.LIST: {"headers": headers(("List-Id", "<ansatte.kommune.example>"))},
    MailKind.CALENDAR: {"attachments": (INVITATION,)},
    MailKind.ENCRYPTED: {"encryption": "pgp/mime"},
    MailKind.MALFORMED: {"headers_only": True, "text": "", "reply_text": ""},
}
MACHINES_WORDS = (
    MailKind.AUTO_REPLY, MailKind.BOUNCE, MailKind.DELAY, MailKind.READ_RECEIPT, MailKind.ABUSE_REPORT,
)  # fmt: skip
OPENING = tuple(kind for kind in MailKind if kind not in MACHINES_WORDS)
WRITTEN_BY_PEOPLE = (MailKind.HUMAN, MailKind.ENCRYPTED, MailKind.MALFORMED)
AT_REST = (Status.SOLVED, Status.CLOSED)


def mail(kind: MailKind = MailKind.HUMAN, **changes: Any) -> ParsedMessage:
    """Return a mail of a kind from the requester."""
    parsed = message(**{**OF_KIND[kind], **changes})
    assert classify(parsed).kind is kind
    return parsed


def answer(kind: MailKind = MailKind.HUMAN, writer: Address | None = OLA, **changes: Any) -> ParsedMessage:
    """Return a mail of a kind in answer to our letter 7, by its header."""
    from_ = (writer,) if writer else ()
    return mail(kind, **{"in_reply_to": (OURS,), "from_": from_, "identity": writer, **changes})


def on(known: Case, **changes: Any) -> View:
    """Return the facts about an answer to our letter about that case."""
    return view(known, **{"letters": (letter(),), **changes})


def opened(decision: Decision) -> OpenCase:
    (change,) = changes_of(decision, OpenCase)
    return change


def entry(decision: Decision) -> AddEntry:
    (change,) = changes_of(decision, AddEntry)
    return change


def receipt(decision: Decision) -> Draft:
    (draft,) = [draft for draft in decision.letters if draft.kind == "receipt"]
    return draft


def with_rule(action: str, **changes: Any) -> Desk:
    rule = Rule(name="skriver", mailbox=None, match=(("subject", "Skriver"),), action=action)  # type: ignore[arg-type]
    return desk(rules=(rule,), **changes)


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


@pytest.mark.parametrize("status", AT_REST)
def test_an_answer_to_a_closed_case_is_rejected_with_one_letter_where_the_category_says_so(status: Status) -> None:
    facts = on(case(status=status), desk=with_category(closed_reply="reject"))
    decision = decide(answer(), facts, NOW)
    assert (decision.kind, decision.outcome, fields_set(decision)) == ("add_to_case", "added", {})
    assert entry(decision).case_id == 1
    (draft,) = decision.letters
    assert (draft.kind, draft.template, draft.case_id, draft.null_sender) == ("refusal", "rejected", 1, True)
    assert draft.to == (OLA,)


def test_where_the_writer_may_not_be_told_of_the_rejection_the_agents_are() -> None:
    facts = on(case(status=Status.CLOSED), desk=with_category(closed_reply="reject"), bounced=frozenset({OLA.address}))
    decision = decide(answer(), facts, NOW)
    assert [s.kind for s in decision.suppressed] == ["refusal"]
    assert [d.template for d in decision.letters] == ["agent_answer"]


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


@pytest.mark.parametrize("kind", ["receipt", "agent", "refusal", "escalation"])
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
    assert (decision.kind, decision.outcome, decision.letters) == ("record_delivery", "note", ())
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


def test_a_letter_of_ours_that_comes_back_changes_nothing() -> None:
    decision = decide(mail(message_id=OURS), on(case()), NOW)
    assert (decision.kind, decision.outcome, decision.changes, decision.letters) == ("ignore", "ignored", (), ())
    assert rules_of(decision) == ["own_letter"]


@pytest.mark.parametrize("arrived_in", ["kundeservice", "drift"])
def test_a_mail_to_two_of_our_mailboxes_has_its_case_in_the_one_named_first(arrived_in: str) -> None:
    both = tuple(Address(name="", address=f"{name}@desk.example") for name in ("drift", "kundeservice"))
    decision = decide(mail(to=both), view(arrived_in=arrived_in), NOW)
    assert (opened(decision).mailbox, opened(decision).prefix, opened(decision).category) == ("drift", "DR", "drift")


# ---- The new case.
def test_a_new_case_says_who_wrote_what_and_when_it_is_due() -> None:
    decision = decide(mail(subject="VS: Sv: Skriveren"), view(), NOW)
    dues = due(desk(), "normal", "it", NOW)
    assert opened(decision) == OpenCase(
        mailbox="kundeservice",
        prefix="KS",
        category="it",
        priority="normal",
        assignee="kari",
        subject="Skriveren",
        channel=Channel.MAIL,
        language="nb",
        requester=party(OLA),
        phone=None,
        verified=False,
        response_due=dues.response,
        resolution_due=dues.resolution,
        opened_at=NOW,
    )
    assert dues.response is not None


def test_the_entry_holds_the_whole_mail() -> None:
    parsed = mail(MailKind.CALENDAR, references=("<a@x>",), in_reply_to=("<b@x>",), cc=(TURID,))
    found = entry(decide(parsed, view(), NOW))
    assert (found.actor, found.from_, found.to, found.cc) == (OLA.address, OLA, parsed.to, (TURID,))
    assert (found.subject, found.text, found.reply_text) == (parsed.subject, parsed.text, parsed.reply_text)
    assert (found.message_id, found.mail_key, found.attachments) == (parsed.message_id, "key", (INVITATION,))
    assert found.cited == ("<a@x>", "<b@x>")
    assert found.from_requester


def test_every_rule_that_hit_stands_on_the_entry() -> None:
    decision = decide(mail(MailKind.LIST, subject="[KS-10428] Skriver"), view(desk=with_rule("open")), NOW)
    rules = ["list-field", "wrong_check_digit", "rule skriver", "assign"]
    assert [evidence.rule for evidence in entry(decision).evidence] == rules
    assert rules_of(decision) == rules


def test_a_mail_without_a_writer_opens_a_case_without_a_requester() -> None:
    decision = decide(mail(from_=(), identity=None), view(), NOW)
    assert opened(decision).requester == party(Address(name="", address=""))


def test_the_language_of_the_mail_goes_before_that_of_the_mailbox() -> None:
    assert opened(decide(mail(language="nn"), view(), NOW)).language == "nn"
    assert opened(decide(mail(language=None), view(), NOW)).language == "nb"


def test_whom_else_a_party_wrote_to_stands_on_the_case_as_cc() -> None:
    ours = Address(name="", address="hjelp+x@desk.example")
    parsed = mail(to=(*message().to, ours, TURID), cc=(OLA, Address(name="", address="TURID@kommune.example")))
    assert list(added_people(decide(parsed, view(), NOW)).values()) == [Role.CC]
    added = added_people(decide(replace(parsed, in_reply_to=(OURS,)), on(case()), NOW))
    assert {address.casefold(): role for address, role in added.items()} == {TURID.address: Role.CC}


def test_tags_of_rules_stand_on_the_new_case() -> None:
    rule = Rule(name="skriver", mailbox=None, match=(("subject", "Skriver"),), tags=("skriver",), priority="high")
    decision = decide(mail(), view(desk=desk(rules=(rule,))), NOW)
    assert (opened(decision).tags, opened(decision).priority) == (("skriver",), "high")
    assert "rule skriver" in rules_of(decision)
    assert decision.routing is not None
    assert decision.routing.rule == "skriver"


# ---- Rules that decide otherwise.
def test_a_rule_may_ignore_a_mail() -> None:
    decision = decide(mail(), view(desk=with_rule("ignore")), NOW)
    assert (decision.kind, decision.outcome, decision.changes, decision.letters) == ("ignore", "ignored", (), ())
    assert decision.reason == "rule skriver ignores it"
    assert "rule skriver" in rules_of(decision)


@pytest.mark.parametrize("kind", MailKind)
def test_a_rule_may_hold_a_mail_of_any_kind_for_a_person(kind: MailKind) -> None:
    decision = decide(mail(kind), view(desk=with_rule("hold")), NOW)
    assert (decision.kind, decision.letters) == ("hold", ())
    assert decision.changes == (Hold(reason="rule skriver holds it"),)


@pytest.mark.parametrize("kind", MailKind)
def test_a_rule_may_open_a_case_for_a_mail_of_any_kind(kind: MailKind) -> None:
    decision = decide(mail(kind), view(desk=with_rule("open")), NOW)
    assert decision.kind == "open_case"


@pytest.mark.parametrize("kind", MACHINES_WORDS)
def test_a_case_that_a_rule_opens_for_a_machines_word_gets_no_receipt(kind: MailKind) -> None:
    assert sent_to(decide(mail(kind), view(desk=with_rule("open")), NOW), "receipt") == []


# ---- The receipt.
def test_the_receipt_answers_the_mail_from_the_mailbox_with_a_null_sender() -> None:
    parsed = mail(references=("<a@x>",))
    draft = receipt(decide(parsed, view(), NOW))
    assert (draft.mailbox, draft.template, draft.language, draft.case_id) == ("kundeservice", "receipt", "nb", NEW_CASE)
    assert (draft.in_reply_to, draft.references) == (parsed.message_id, ("<a@x>", parsed.message_id))
    assert (draft.null_sender, draft.held, draft.closed_now, draft.opens_at) == (True, None, False, None)


def test_the_receipt_quotes_nothing_of_theirs() -> None:
    draft = receipt(decide(mail(), view(), NOW))
    assert (draft.text, draft.about, draft.cc, draft.files) == ("", "", (), ())


def test_the_receipt_says_when_work_starts_where_the_desk_is_closed() -> None:
    draft = receipt(decide(mail(), view(), EVENING))
    assert (draft.closed_now, draft.opens_at) == (True, dt.datetime(2026, 3, 10, 7, 0, tzinfo=dt.UTC))


def test_who_writes_encrypted_is_told_that_it_could_not_be_read() -> None:
    assert receipt(decide(mail(MailKind.ENCRYPTED), view(), NOW)).template == "receipt_encrypted"


def test_a_receipt_above_a_cap_is_written_and_held() -> None:
    caps = ReceiptPolicy(
        per_address=Cap(count=5, period=HOUR), unknown_senders=None, desk=None, return_path_required=False
    )
    facts = view(desk=desk(receipts=caps), receipts=ReceiptCounts(to_address=5))
    draft = receipt(decide(mail(), facts, NOW))
    assert draft.held is not None
    assert draft.held.startswith("R12-cap-per-address")


def test_history_comes_in_without_a_letter_to_anyone() -> None:
    decision = decide(mail(), view(silent=True), NOW)
    assert (decision.kind, decision.letters) == ("open_case", ())
    assert [s.reason for s in decision.suppressed] == ["history comes in silently"]


@pytest.mark.parametrize("closed_reply", ["reopen", "new", "reject"])
@pytest.mark.parametrize("kind", MailKind)
def test_no_kind_of_history_makes_a_letter_on_a_known_case(kind: MailKind, closed_reply: str) -> None:
    facts = on(case(status=Status.CLOSED), silent=True, desk=with_category(closed_reply=closed_reply))
    assert decide(answer(kind), facts, NOW).letters == ()


@pytest.mark.parametrize(
    ("date", "opened_at"),
    [
        (dt.datetime(2020, 1, 2, 12, 0, tzinfo=dt.UTC), dt.datetime(2020, 1, 2, 12, 0, tzinfo=dt.UTC)),
        (NOW + HOUR, NOW),
        (None, NOW),
    ],
)
def test_history_was_opened_when_it_was_written_and_never_later_than_now(
    date: dt.datetime | None, opened_at: dt.datetime
) -> None:
    assert opened(decide(mail(date=date), view(silent=True), NOW)).opened_at == opened_at


def test_a_mail_of_today_is_opened_now_whatever_its_date_field_says() -> None:
    assert opened(decide(mail(date=NOW - 900 * HOUR), view(), NOW)).opened_at == NOW


# ---- Letters to agents.
def test_the_assignee_is_told_of_a_new_case_with_the_new_words() -> None:
    (draft,) = [d for d in decide(mail(), view(), NOW).letters if d.kind == "agent"]
    assert (draft.template, draft.to[0].address, draft.case_id) == ("agent_new_case", "kari@desk.example", NEW_CASE)
    assert draft.about == message().reply_text


def test_the_assignee_is_told_who_wrote_and_what_is_attached() -> None:
    opening, joining = mail(attachments=(PICTURE,)), answer(attachments=(PICTURE,))
    for parsed, facts in ((opening, view()), (joining, on(case()))):
        (draft,) = [d for d in decide(parsed, facts, NOW).letters if d.kind == "agent"]
        assert (draft.author, draft.attachments) == ("Ola Nordmann", ("feil.png",))


def test_the_members_are_told_of_a_case_that_nobody_has() -> None:
    facts = view(desk=with_category(assignment="none"))
    assert sent_to(decide(mail(), facts, NOW), "agent") == ["kari@desk.example", "per@desk.example"]


def test_an_agent_who_writes_to_the_desk_is_a_requester_and_not_told_of_it() -> None:
    kari = Address(name="Kari", address="kari@desk.example")
    parsed = mail(identity=kari, from_=(kari,), return_path=kari.address)
    decision = decide(parsed, view(desk=with_category(assignment="none")), NOW)
    assert opened(decision).requester == party(kari)
    assert sent_to(decision, "agent") == ["per@desk.example"]
    assert sent_to(decision, "receipt") == [kari.address]


def test_a_letter_to_an_agent_carries_no_id_of_the_requesters_mail() -> None:
    (draft,) = [d for d in decide(mail(), view(), NOW).letters if d.kind == "agent"]
    assert (draft.in_reply_to, draft.references, draft.cc) == (None, (), ())


def test_a_receipt_goes_to_nobody_but_the_writer() -> None:
    decision = decide(mail(cc=(TURID, STRANGER)), view(), NOW)
    assert sent_to(decision, "receipt") == [OLA.address]
    assert all(draft.cc == () for draft in decision.letters)


# ---- Rescue.
@pytest.mark.parametrize("kind", MailKind)
def test_a_person_may_have_a_case_for_any_mail_and_nobody_gets_a_receipt(kind: MailKind) -> None:
    decision = rescue(mail(kind, in_reply_to=(OURS,)), on(case(), desk=with_rule("ignore")), NOW, actor="kari")
    assert decision.kind == "open_case"
    assert opened(decision).requester == party(OLA)
    assert sent_to(decision, "receipt") == []
    assert ("rescued", "opened by kari") in [(e.rule, e.detail) for e in decision.evidence]


# ---- Whatever comes, these hold.
@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("kind", MailKind)
def test_no_mail_opens_two_cases_or_makes_two_receipts_or_two_entries(kind: MailKind, status: Status) -> None:
    for parsed in (mail(kind), answer(kind), answer(kind, STRANGER), mail(kind, subject=reference("KS", 1042))):
        for closed_reply in ("reopen", "new", "reject"):
            facts = on(case(status=status), desk=with_category(closed_reply=closed_reply))
            decision = decide(parsed, facts, NOW)
            assert len(changes_of(decision, OpenCase)) <= 1
            assert len(changes_of(decision, AddEntry)) == (decision.outcome != "ignored")
            assert len([d for d in decision.letters if d.kind in {"receipt", "refusal"}]) <= 1
            assert (len(changes_of(decision, OpenCase)) == 1) == (decision.kind == "open_case")


@pytest.mark.parametrize("kind", [*MACHINES_WORDS, MailKind.LIST, MailKind.NOTIFICATION, MailKind.CALENDAR])
@pytest.mark.parametrize("status", Status)
def test_no_letter_ever_goes_to_a_machine(kind: MailKind, status: Status) -> None:
    for parsed in (mail(kind), answer(kind), answer(kind, STRANGER), mail(kind, subject=f"[{REF}]")):
        for closed_reply in ("reopen", "new", "reject"):
            facts = on(case(status=status), desk=with_category(closed_reply=closed_reply))
            assert {draft.kind for draft in decide(parsed, facts, NOW).letters} <= {"agent"}


def test_the_same_facts_give_the_same_decision() -> None:
    facts = on(case())
    assert decide(answer(), facts, NOW) == decide(answer(), facts, NOW)
