"""Mail that opens no case because a rule says so: on record, and politely refused at most once a day."""

from typing import Any, Literal

import pytest

from inboxd.desk.case import Status
from inboxd.desk.decision import Decision, Hold, OpenCase, RulesHit
from inboxd.desk.desk import Desk, Rule
from inboxd.desk.intake import decide, rescue
from inboxd.desk.routing.customer import Customer, SenderRule
from inboxd.mail.message import MailKind
from tests.unit.desk.desks import HOUR, NOW, OLA, case, category, changes_of, desk, view
from tests.unit.desk.mails import answer, mail, on

HIT = RulesHit(rules=("sender_rule kommune.example",))


def with_sender_rule(action: Literal["accept", "refuse", "hold"], **changes: Any) -> Desk:
    return desk(sender_rules=(SenderRule(match="kommune.example", action=action),), **changes)


def refused(**changes: Any) -> Decision:
    now = changes.pop("now", NOW)
    kind = changes.pop("kind", MailKind.HUMAN)
    facts = {name: changes.pop(name) for name in ("silent",) if name in changes}
    return decide(mail(kind, **changes), view(desk=with_sender_rule("refuse"), **facts), now)


def test_who_is_refused_gets_one_letter_and_no_case() -> None:
    decision = refused()
    assert (decision.kind, decision.outcome, decision.reason) == (
        "ignore", "ignored", "sender_rule kommune.example refuses it",
    )  # fmt: skip
    assert decision.changes == (HIT,)
    (letter,) = decision.letters
    assert (letter.kind, letter.template, letter.case_id, letter.to) == ("refusal", "refused", None, (OLA,))
    assert (letter.null_sender, letter.in_reply_to, letter.text) == (True, "<1@kommune.example>", "")
    assert decision.routing is not None
    assert decision.routing.fired[0].rule == "sender_rule kommune.example"


def test_of_what_a_refused_mail_said_the_letter_repeats_the_safe_subject_only() -> None:
    (letter,) = refused(subject="Se https://skummel.example/x nå", text="Kjøp her").letters
    assert letter.about
    assert "skummel" not in letter.about
    assert letter.text == ""


def test_a_refusal_is_written_once_a_sender_and_day_of_the_desk() -> None:
    (first,), (same_day,), (next_day,) = (refused(now=at).letters for at in (NOW, NOW + 13 * HOUR, NOW + 14 * HOUR))
    assert first.once == same_day.once == "refusal:ola@kommune.example:2026-03-09"
    assert next_day.once == "refusal:ola@kommune.example:2026-03-10"


@pytest.mark.parametrize("kind", [MailKind.LIST, MailKind.NOTIFICATION, MailKind.CALENDAR])
def test_a_machine_that_is_refused_gets_no_letter(kind: MailKind) -> None:
    decision = refused(kind=kind)
    assert (decision.outcome, decision.letters) == ("ignored", ())
    assert decision.suppressed[0].kind == "refusal"


def test_history_is_refused_silently() -> None:
    assert refused(silent=True).letters == ()


def test_a_refusal_goes_in_the_writers_language() -> None:
    assert refused(language="en").letters[0].language == "en"


def test_an_answer_to_a_known_case_always_gets_through() -> None:
    known = on(case(), desk=with_sender_rule("refuse"))
    assert decide(answer(), known, NOW).kind == "add_to_case"


@pytest.mark.parametrize("closed_reply", ["reopen", "new"])
def test_an_answer_to_a_closed_case_gets_through_too(closed_reply: str) -> None:
    here = with_sender_rule("refuse", categories=(category(closed_reply=closed_reply), *desk().categories[1:]))
    decision = decide(answer(), on(case(status=Status.CLOSED, closed_at=NOW - HOUR), desk=here), NOW)
    assert decision.outcome in {"added", "opened"}


def test_a_mail_is_held_where_a_sender_rule_holds_it() -> None:
    decision = decide(mail(), view(desk=with_sender_rule("hold")), NOW)
    reason = "sender_rule kommune.example holds it"
    assert (decision.kind, decision.reason, decision.letters) == ("hold", reason, ())
    assert decision.changes == (Hold(reason=reason), HIT)


def test_a_mail_that_is_accepted_opens_a_case_and_is_counted() -> None:
    decision = decide(mail(), view(desk=with_sender_rule("accept")), NOW)
    assert decision.kind == "open_case"
    assert changes_of(decision, RulesHit) == [HIT]


def test_a_person_may_open_a_case_for_a_mail_that_was_refused() -> None:
    decision = rescue(mail(), view(desk=with_sender_rule("refuse")), NOW, actor="kari")
    assert changes_of(decision, OpenCase)
    assert changes_of(decision, RulesHit) == []


def rules(*given: Rule) -> Desk:
    return desk(rules=given)


def test_a_rule_that_ignores_is_counted_and_named_though_a_later_one_hits_too() -> None:
    here = rules(
        Rule(name="reklame", mailbox=None, match=(("subject", "Skriver"),), action="ignore"),
        Rule(name="senere", mailbox=None, tags=("x",)),
    )
    decision = decide(mail(), view(desk=here), NOW)
    assert (decision.outcome, decision.reason) == ("ignored", "rule reklame ignores it")
    assert changes_of(decision, RulesHit) == [RulesHit(rules=("reklame", "senere"))]


def test_a_rule_that_only_sets_something_is_counted_with_the_case() -> None:
    decision = decide(mail(), view(desk=rules(Rule(name="alle", mailbox=None, tags=("x",)))), NOW)
    assert changes_of(decision, RulesHit) == [RulesHit(rules=("alle",))]


@pytest.mark.parametrize(("action", "kind"), [("open", "open_case"), ("hold", "hold"), ("ignore", "ignore")])
def test_a_rule_decides_on_automatic_replies_too_and_is_counted(action: Any, kind: str) -> None:
    here = rules(Rule(name="ferie", mailbox=None, among=(("kind", ("auto_reply",)),), action=action))
    decision = decide(mail(MailKind.AUTO_REPLY), view(desk=here), NOW)
    assert decision.kind == kind
    assert changes_of(decision, RulesHit) == [RulesHit(rules=("ferie",))]


def test_an_automatic_reply_of_a_refused_sender_is_ignored_without_a_letter() -> None:
    decision = refused(kind=MailKind.AUTO_REPLY)
    assert (decision.outcome, decision.letters) == ("ignored", ())
    assert decision.routing is not None


def test_a_rule_may_want_no_receipt() -> None:
    here = rules(Rule(name="alarmer", mailbox=None, receipt=False))
    decision = decide(mail(), view(desk=here), NOW)
    assert [letter.kind for letter in decision.letters] == ["agent"]
    assert [(s.kind, s.reason) for s in decision.suppressed] == [("receipt", "rule alarmer sends none")]


def test_a_rule_may_name_a_receipt_of_the_admins_own() -> None:
    here = rules(Rule(name="ferie", mailbox=None, template="receipt_ferie"))
    receipt = decide(mail(), view(desk=here), NOW).letters[0]
    assert (receipt.template, receipt.stand_in) == ("receipt_ferie", "receipt")
    encrypted = decide(mail(MailKind.ENCRYPTED), view(desk=here), NOW).letters[0]
    assert (encrypted.template, encrypted.stand_in) == ("receipt_encrypted", "")


def test_a_case_has_its_type_and_customer_from_the_routing() -> None:
    served = (Customer(name="Molde", title="Molde", domains=("kommune.example",)),)
    here = desk(rules=(Rule(name="feil", mailbox=None, type="fault"),), customers=served)
    (opened,) = changes_of(decide(mail(), view(desk=here), NOW), OpenCase)
    assert (opened.customer, opened.type) == ("Molde", "fault")
