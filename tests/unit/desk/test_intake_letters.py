"""What a mail that came in opens, which letters it makes and which it never does; rules of the admin; rescue."""

import datetime as dt
from dataclasses import replace

import pytest

from inboxd.desk.case import Channel, Role, Status
from inboxd.desk.clocks.deadline import due
from inboxd.desk.decision import (
    NEW_CASE,
    AddEntry,
    Hold,
    OpenCase,
    RulesHit,
)
from inboxd.desk.desk import Cap, ReceiptPolicy, Rule
from inboxd.desk.intake import decide, rescue
from inboxd.desk.reference import reference
from inboxd.desk.view import ReceiptCounts
from inboxd.mail.address import Address
from inboxd.mail.message import MailKind
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
    party,
    rules_of,
    sent_to,
    view,
    with_category,
)
from tests.unit.desk.mails import (
    INVITATION,
    MACHINES_WORDS,
    OURS,
    PICTURE,
    answer,
    entry,
    mail,
    on,
    opened,
    receipt,
    with_rule,
)
from tests.unit.messages import message


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
        escalates_from=NOW,
        counted_at=NOW,
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
    assert [evidence.rule for evidence in entry(decision).evidence] == [*rules, "no-receipt"]
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
    assert (decision.kind, decision.outcome, decision.letters) == ("ignore", "ignored", ())
    assert decision.changes == (RulesHit(rules=("skriver",)),)
    assert decision.reason == "rule skriver ignores it"
    assert "rule skriver" in rules_of(decision)


@pytest.mark.parametrize("kind", MailKind)
def test_a_rule_may_hold_a_mail_of_any_kind_for_a_person(kind: MailKind) -> None:
    decision = decide(mail(kind), view(desk=with_rule("hold")), NOW)
    assert (decision.kind, decision.letters) == ("hold", ())
    assert decision.changes == (Hold(reason="rule skriver holds it"), RulesHit(rules=("skriver",)))


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


@pytest.mark.parametrize("kind", [MailKind.LIST, MailKind.NOTIFICATION])
def test_a_case_that_a_machine_opens_has_a_solution_due_but_no_answer(kind: MailKind) -> None:
    (opened,) = changes_of(decide(mail(kind), view(), NOW), OpenCase)
    assert (opened.by_machine, opened.response_due) == (True, None)
    assert opened.resolution_due is not None


def test_the_same_facts_give_the_same_decision() -> None:
    facts = on(case())
    assert decide(answer(), facts, NOW) == decide(answer(), facts, NOW)
