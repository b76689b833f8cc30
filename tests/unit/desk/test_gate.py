"""The receipt gate, rule by rule: whom a machine may answer, where to, and what a person is told otherwise."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.classify import classify
from inboxd.desk.desk import Cap, Desk, Mailbox, ReceiptPolicy
from inboxd.desk.letters.gate import (
    GATE,
    SIGNS_OF_LISTS,
    SIGNS_OF_MACHINES,
    Allowed,
    Held,
    Refused,
    Verdict,
    receipt_gate,
)
from inboxd.desk.view import ReceiptCounts, View
from inboxd.mail.address import Address
from inboxd.mail.automatic import RULES
from inboxd.mail.message import DeliveryReport, MailKind, ParsedMessage, ReportedRecipient
from inboxd.mail.message_id import Keyring
from tests.unit.messages import DESK, RECEIVED, REQUESTER, headers, message

MAILBOX = Mailbox(
    name="kundeservice",
    address="kundeservice@desk.example",
    addresses=("kundeservice@desk.example", "hjelp@desk.example"),
    category="it",
    prefix="KS",
    language="nb",
    subaddress=False,
)
NO_CAPS = ReceiptPolicy(per_address=None, unknown_senders=None, desk=None, return_path_required=False)
DESK_WITHOUT_CAPS = Desk(
    name="Kundeservice",
    prefixes=("KS",),
    language="nb",
    timezone="Europe/Oslo",
    phone="",
    web="",
    admin=None,
    agent_mail="off",
    trusted_authserv_ids=("mx.desk.example",),
    send_delay=dt.timedelta(0),
    max_message_size=35_000_000,
    receipts=NO_CAPS,
    agents=(),
    categories=(),
    mailboxes=(MAILBOX,),
    rules=(),
    priorities=(),
    calendars=(),
    own_addresses=frozenset(MAILBOX.addresses),
)
PASS = ("Authentication-Results", "mx.desk.example; dmarc=pass header.from=kommune.example")


def view(*, receipts: ReceiptPolicy = NO_CAPS, counts: ReceiptCounts | None = None, **changes: Any) -> View:
    desk = replace(DESK_WITHOUT_CAPS, receipts=receipts)
    return View(desk=desk, keyring=Keyring(keys=()), receipts=counts or ReceiptCounts(), **changes)


def gate(parsed: ParsedMessage, facts: View | None = None) -> Verdict:
    return receipt_gate(parsed, classify(parsed), MAILBOX, facts or view())


def refusal(parsed: ParsedMessage, facts: View | None = None) -> str:
    verdict = gate(parsed, facts)
    assert isinstance(verdict, Refused), verdict
    return verdict.rule


def writer(address: str, **changes: Any) -> dict[str, Any]:
    author = Address(name="", address=address)
    return {"from_": (author,), "identity": author, "return_path": address, **changes}


def test_a_person_who_writes_to_us_may_get_a_receipt() -> None:
    assert gate(message()) == Allowed(to=REQUESTER, rules=("R03-from-and-return-path-agree",))


def test_an_encrypted_mail_may_get_one_too() -> None:
    assert isinstance(gate(message(encryption="pgp/mime")), Allowed)


# R02: never to the null path; a missing one is no bar where From is plain, unless the desk wants one.
@pytest.mark.parametrize("path", ["", "<>", "< >", " "])
def test_the_null_path_gets_none(path: str) -> None:
    assert refusal(message(return_path=path)) == "R02-null-return-path"


def test_a_missing_return_path_is_no_bar_where_from_is_plain() -> None:
    assert gate(message(return_path=None)) == Allowed(to=REQUESTER, rules=("R03-from-alone",))


def test_a_missing_return_path_is_a_bar_where_the_desk_requires_one() -> None:
    facts = view(receipts=replace(NO_CAPS, return_path_required=True))
    assert refusal(message(return_path=None), facts) == "R02-return-path-required"
    assert isinstance(gate(message(), facts), Allowed)


# R03: eight ways in which From, Return-Path and DMARC can stand to each other.
TWO = (REQUESTER, Address(name="", address="kari@kommune.example"))
PLAIN = {"from_": TWO, "identity": None}
DESTINATIONS: list[tuple[str, ParsedMessage, str | None]] = [
    ("same address", message(), "ola@kommune.example"),
    ("same organisation", message(return_path="x@mail.kommune.example"), "ola@kommune.example"),
    ("other organisation", message(return_path="x@firma.example"), "x@firma.example"),
    ("other organisation, DMARC", message(PASS, return_path="x@firma.example"), "ola@kommune.example"),
    ("two authors", message(**PLAIN), "ola@kommune.example"),
    ("two authors, DMARC", message(PASS, **PLAIN, return_path="x@firma.example"), "x@firma.example"),
    ("two authors, no path", message(**PLAIN, return_path=None), None),
    ("other organisation, path not plain", message(return_path='"x y"@firma.example'), None),
]


@pytest.mark.parametrize(("case", "parsed", "expected"), DESTINATIONS, ids=[case for case, _, _ in DESTINATIONS])
def test_the_destination_is_from_only_where_somebody_vouches_for_it(
    case: str, parsed: ParsedMessage, expected: str | None
) -> None:
    verdict = gate(parsed)
    if expected is None:
        assert isinstance(verdict, Refused)
        assert verdict.rule == "R03-no-destination"
    else:
        assert isinstance(verdict, Allowed)
        assert verdict.to.address == expected


def test_reply_to_and_sender_are_never_the_destination() -> None:
    other = Address(name="", address="x@firma.example")
    verdict = gate(message(reply_to=(other,), sender=other))
    assert isinstance(verdict, Allowed)
    assert verdict.to == REQUESTER


def test_an_untrusted_or_low_authentication_result_vouches_for_nobody() -> None:
    foreign = ("Authentication-Results", "mx.evil.example; dmarc=pass header.from=kommune.example")
    below = headers(("Received", RECEIVED), PASS)
    for parsed in (
        message(foreign, return_path="x@firma.example"),
        message(headers=below, return_path="x@firma.example"),
    ):
        verdict = gate(parsed)
        assert isinstance(verdict, Allowed)
        assert verdict.to.address == "x@firma.example"


# R04: our address must stand where the writer put it.
@pytest.mark.parametrize(
    "parsed",
    [
        message(to=(Address(name="", address="Hjelp@Desk.example"),)),
        message(to=(), cc=(DESK,)),
        message(to=(Address(name="", address="kundeservice+it@desk.example"),)),
        message(("Resent-To", "Kundeservice <kundeservice@desk.example>"), to=()),
        message(("Resent-Cc", "hjelp@desk.example"), to=()),
    ],
)
def test_our_address_in_a_field_of_the_writers_is_enough(parsed: ParsedMessage) -> None:
    assert isinstance(gate(parsed), Allowed)


@pytest.mark.parametrize(
    "parsed",
    [
        message(to=()),
        message(("Delivered-To", "kundeservice@desk.example"), to=(Address(name="", address="alle@kommune.example"),)),
        message(("Resent-To", "alle@kommune.example"), to=()),
    ],
)
def test_a_blind_copy_or_an_expanded_list_gets_none(parsed: ParsedMessage) -> None:
    assert refusal(parsed) == "R04-not-addressed-to-us"


# R05: one mail for each field.
LIST_FIELDS = ["List-Id", "List-Help", "List-Subscribe", "List-Unsubscribe", "List-Post", "List-Owner", "List-Archive"]


@pytest.mark.parametrize("name", LIST_FIELDS)
def test_a_list_field_bars_a_receipt(name: str) -> None:
    assert refusal(message((name, "<x@liste.example>"))) == "R05-list-or-bulk"


@pytest.mark.parametrize(
    "field",
    [
        ("Precedence", "bulk"),
        ("Precedence", "List"),
        ("Precedence", "junk"),
        ("X-Auto-Response-Suppress", "All"),
        ("X-Auto-Response-Suppress", "DR, OOF"),
        ("X-Auto-Response-Suppress", "AutoReply"),
        ("X-Loop", "x@liste.example"),
    ],
)
def test_a_field_that_asks_for_no_answer_gets_none(field: tuple[str, str]) -> None:
    assert refusal(message(field)) == "R05-list-or-bulk"


# R01
@pytest.mark.parametrize("value", ["auto-replied", "auto-generated", "Auto-Notified; x=y", "some-extension"])
def test_what_calls_itself_automatic_gets_none(value: str) -> None:
    assert refusal(message(("Auto-Submitted", value))) == "R01-auto-submitted"


def test_what_says_that_it_is_not_automatic_gets_one() -> None:
    assert isinstance(gate(message(("Auto-Submitted", "No (a person)"))), Allowed)


# R06
@pytest.mark.parametrize(
    "address",
    [
        "MAILER-DAEMON@kommune.example", "listserv@liste.example", "Majordomo@liste.example",
        "postmaster@kommune.example", "drift-request@liste.example", "owner-drift@liste.example",
        "drift-owner@liste.example", "noreply@bank.example", "do-not-reply@bank.example", "drift-bounces@liste.example",
    ],
)  # fmt: skip
def test_robots_get_none_as_author_or_as_path(address: str) -> None:
    assert refusal(message(**writer(address))) == "R06-robot"
    assert refusal(message(return_path=address)) == "R06-robot"


@pytest.mark.parametrize("path", ["bounce@post.example", "bounces+ola=x@post.example", "bounce-7-x@post.example"])
def test_a_bounce_handler_is_no_destination(path: str) -> None:
    assert refusal(message(return_path=path)) == "R06-robot"


VIA = Address(name="Kari via Signering", address="kari@signering.example")
SIGNS = [
    message(("X-MS-Exchange-Generated-Message-Source", "Mailbox Rules Agent")),
    message(return_path="bounces+7@mail.kommune.example"),
    message(("X-Mailer", "Zammad Mail Service")),
    message(reply_to=(Address(name="", address="no-reply@bank.example"),)),
    message(from_=(VIA,), identity=VIA),
    message(("X-SMS-From", "4791234567")),
    message(("X-Spam-Flag", "YES")),
    message(subject="Automatisk svar: Skriveren"),
    message(reply_text="Takk for e-posten. Jeg er på ferie og svarer når jeg er tilbake."),
    message(reply_text="Vi har mottatt din henvendelse. Saksnummer: 12."),
]


@pytest.mark.parametrize("parsed", SIGNS)
def test_a_sign_of_a_machine_bars_a_receipt_whatever_the_kind(parsed: ParsedMessage) -> None:
    assert classify(parsed).kind is MailKind.HUMAN
    verdict = gate(parsed)
    assert isinstance(verdict, Refused)
    assert verdict.rule in {"R06-machine-sign", "R06-robot"}


def test_every_sign_that_gives_no_kind_bars_a_receipt() -> None:
    bars = {rule.name for rule in RULES if rule.kind is None}
    assert bars == set(SIGNS_OF_MACHINES) | (bars & set(SIGNS_OF_LISTS))


@pytest.mark.parametrize(
    "parsed",
    [
        message(return_path="SRS0=a8=XK=kommune.example=ola@videresend.example"),
        message(return_path="prvs=7712=ola@kommune.example"),
        message(("X-Spam-Status", "No"), ("X-AntiAbuse", "x"), ("X-Report-Abuse-To", "x@filter.example")),
        message(("X-Auto-Response-Suppress", "DR, RN, NRN")),
        message(("X-MS-Exchange-ForwardingLoop", "ola@kommune.example;1")),
        message(("User-Agent", "Roundcube Webmail/1.6"), ("X-PHP-Originating-Script", "1:rcube.php")),
        message(("X-Pm-Origin", "internal"), ("X-Mailer", "iPhone Mail")),
    ],
)
def test_ordinary_peoples_mail_keeps_its_receipt(parsed: ParsedMessage) -> None:
    assert isinstance(gate(parsed), Allowed)


@pytest.mark.parametrize(
    "address", ["kundeservice@desk.example", "Hjelp@desk.example", "kundeservice+7.k1@desk.example"]
)
def test_our_own_addresses_get_none(address: str) -> None:
    assert refusal(message(**writer(address))) == "R06-ourselves"
    assert refusal(message(return_path=address)) == "R06-ourselves"


def test_an_address_that_bounced_lately_gets_none() -> None:
    assert refusal(message(), view(bounced=frozenset({"ola@kommune.example"}))) == "R06-bounced"
    assert isinstance(gate(message(), view(bounced=frozenset({"kari@kommune.example"}))), Allowed)


# R13 and the kinds
@pytest.mark.parametrize("action", ["failed", "delayed"])
def test_an_error_mail_is_never_answered(action: str) -> None:
    told = ReportedRecipient(address="a@kommune.example", action=action, status="5.1.1", diagnostic="")
    report = DeliveryReport(original_message_id=None, envelope_id=None, recipients=(told,))
    assert refusal(message(report=report)) == "R13-error-mail"


KINDS: list[tuple[MailKind, Callable[[], ParsedMessage]]] = [
    (MailKind.ABUSE_REPORT, lambda: message(content_type="multipart/report", report_type="feedback-report")),
    (MailKind.READ_RECEIPT, lambda: message(content_type="multipart/report", report_type="disposition-notification")),
    (MailKind.AUTO_REPLY, lambda: message(("X-Autoreply", "yes"))),
    (MailKind.LIST, lambda: message(("Mailing-List", "x"))),
    (MailKind.NOTIFICATION, lambda: message(("X-Machine-Generated", "yes"))),
    (MailKind.CALENDAR, lambda: message(content_type="text/calendar")),
    (MailKind.MALFORMED, lambda: message(defects=("unreadable: no text",))),
]


@pytest.mark.parametrize(("kind", "make"), KINDS)
def test_every_other_kind_gets_none(kind: MailKind, make: Callable[[], ParsedMessage]) -> None:
    parsed = make()
    assert classify(parsed).kind is kind
    assert refusal(parsed) == ("R05-list-or-bulk" if kind is MailKind.LIST else "R13-kind")


# R18
@pytest.mark.parametrize(("count", "loops"), [(99, False), (100, True)])
def test_a_mail_that_goes_in_circles_gets_none(count: int, loops: bool) -> None:
    parsed = message(headers=headers(*[("Received", RECEIVED)] * count))
    assert isinstance(gate(parsed), Refused if loops else Allowed)
    assert not loops or refusal(parsed) == "R18-loop"


# R12: above a cap the receipt waits for a person.
CAP = Cap(count=5, period=dt.timedelta(hours=1))


@pytest.mark.parametrize(
    ("name", "policy", "under", "over"),
    [
        ("R12-cap-per-address", {"per_address": CAP}, ReceiptCounts(to_address=4), ReceiptCounts(to_address=5)),
        ("R12-cap-unknown-senders", {"unknown_senders": CAP}, ReceiptCounts(to_unknown=4), ReceiptCounts(to_unknown=6)),
        ("R12-cap-desk", {"desk": CAP}, ReceiptCounts(by_desk=4), ReceiptCounts(by_desk=5)),
    ],
)
def test_above_a_cap_the_receipt_is_held(
    name: str, policy: dict[str, Cap], under: ReceiptCounts, over: ReceiptCounts
) -> None:
    receipts = replace(NO_CAPS, **policy)
    assert isinstance(gate(message(), view(receipts=receipts, counts=under)), Allowed)
    verdict = gate(message(), view(receipts=receipts, counts=over))
    assert isinstance(verdict, Held)
    assert (verdict.rule, verdict.to) == (name, REQUESTER)
    assert "within 60 minutes; the cap is 5" in verdict.reason


def test_the_cap_for_first_time_senders_is_not_for_known_ones() -> None:
    facts = view(receipts=replace(NO_CAPS, unknown_senders=CAP), counts=ReceiptCounts(to_unknown=99), known_sender=True)
    assert isinstance(gate(message(), facts), Allowed)


def test_a_refusal_comes_before_any_cap() -> None:
    facts = view(receipts=replace(NO_CAPS, desk=CAP), counts=ReceiptCounts(by_desk=99))
    assert refusal(message(return_path=""), facts) == "R02-null-return-path"


def test_reasons_are_single_plain_sentences_and_names_are_single() -> None:
    facts = view(receipts=replace(NO_CAPS, desk=CAP), counts=ReceiptCounts(by_desk=99))
    mails = [
        message(return_path=""),
        message(to=()),
        message(("List-Id", "<x.y>")),
        message(**writer("noreply@x.example")),
    ]
    verdicts = [gate(parsed) for parsed in mails] + [gate(message(), facts)]
    for verdict in verdicts:
        assert not isinstance(verdict, Allowed)
        assert verdict.reason.endswith(".")
        assert "\n" not in verdict.reason
    assert len({rule.name for rule in GATE}) == len(GATE)
    assert [rule.holds for rule in GATE] == sorted(rule.holds for rule in GATE)


def test_a_mail_without_any_author_goes_by_its_return_path() -> None:
    verdict = gate(message(from_=(), identity=None))
    assert isinstance(verdict, Allowed)
    assert verdict.rules == ("R03-return-path-only",)
