"""A small desk, its cases and its letters, with whatever a test wants changed."""

import datetime as dt
from dataclasses import replace
from typing import Any, TypeVar

from inboxd.desk.case import Case, Channel, Participant, Role, Status
from inboxd.desk.clocks.service_levels import Priority, Target
from inboxd.desk.decision import AddParticipant, Decision, SetField
from inboxd.desk.desk import Agent, Calendar, Category, Desk, Mailbox, ReceiptPolicy
from inboxd.desk.order import Refusal
from inboxd.desk.reference import reference
from inboxd.desk.view import KnownLetter, View
from inboxd.mail.address import Address
from inboxd.mail.message import DeliveryReport, ReportedRecipient
from inboxd.mail.message_id import Key, Keyring, mint

NOW = dt.datetime(2026, 3, 9, 9, 0, tzinfo=dt.UTC)
"""A Monday, ten o'clock at the desk."""

HOUR = dt.timedelta(hours=1)
EVENING = NOW + 9 * HOUR
KEYRING = Keyring(keys=(Key(kid="a", secret=b"old key"), Key(kid="b", secret=b"key in force")))

OFFICE_DAY = ((480, 930),)
OFFICE = Calendar(name="office", week=(OFFICE_DAY,) * 5 + ((), ()))
AROUND_THE_CLOCK = Calendar(name="24x7", week=(((0, 1440),),) * 7)

OLA = Address(name="Ola Nordmann", address="ola@kommune.example")
TURID = Address(name="Turid", address="turid@kommune.example")
STRANGER = Address(name="", address="fremmed@annen.example")
REF = reference("KS", 1042)

T = TypeVar("T")


def agent(name: str, **changes: Any) -> Agent:
    values = {"address": f"{name}@desk.example", "login": name, "categories": ("it",), "role": "agent"}
    return Agent(**{"name": name, **values, **changes})


def category(name: str = "it", **changes: Any) -> Category:
    values: dict[str, Any] = {
        "title": name.upper(),
        "members": ("kari", "per"),
        "assignment": "fewest_open",
        "manager": "gro",
        "closed_reply": "reopen",
        "closed_letter": False,
        "calendar": "office",
        "reopen_days": None,
    }
    return Category(**{"name": name, **values, **changes})


def mailbox(name: str = "kundeservice", **changes: Any) -> Mailbox:
    address = f"{name}@desk.example"
    values: dict[str, Any] = {
        "address": address,
        "addresses": (address,),
        "category": "it",
        "prefix": "KS",
        "language": "nb",
        "subaddress": True,
    }
    return Mailbox(**{"name": name, **values, **changes})


def desk(**changes: Any) -> Desk:
    mailboxes = (
        mailbox(addresses=("kundeservice@desk.example", "hjelp@desk.example")),
        mailbox("drift", category="drift", prefix="DR", language="en"),
    )
    values: dict[str, Any] = {
        "name": "Kundeservice",
        "prefixes": ("KS", "DR"),
        "language": "nb",
        "timezone": "Europe/Oslo",
        "phone": "71 11 11 66",
        "web": "",
        "admin": None,
        "agent_mail": "off",
        "trusted_authserv_ids": (),
        "send_delay": dt.timedelta(0),
        "max_message_size": 35_000_000,
        "receipts": ReceiptPolicy(per_address=None, unknown_senders=None, desk=None, return_path_required=False),
        "agents": (
            agent("kari"),
            agent("per"),
            agent("gro", categories=("drift",), role="lead"),
            agent("nils", active=False),
            agent("revi", role="auditor"),
        ),
        "categories": (category(), category("drift", members=("gro",), assignment="none", manager=None)),
        "mailboxes": mailboxes,
        "rules": (),
        "priorities": (
            Priority(name="normal", title="Middels", response=Target(days=0, minutes=240),
                     resolution=Target(days=2, minutes=0), clock="office"),
            Priority(name="high", title="Høy", response=Target(days=0, minutes=60),
                     resolution=Target(days=0, minutes=240), clock="24x7"),
        ),
        "calendars": (OFFICE, AROUND_THE_CLOCK),
    }  # fmt: skip
    built = Desk(**{**values, **changes})
    return replace(built, own_addresses=frozenset(a for m in built.mailboxes for a in m.addresses))


def with_category(**changes: Any) -> Desk:
    """Return the desk with its category `it` changed."""
    return desk(categories=(category(**changes), *desk().categories[1:]))


def party(address: Address, role: Role = Role.REQUESTER) -> Participant:
    return Participant(address=address.address, name=address.name, role=role)


def case(**changes: Any) -> Case:
    values: dict[str, Any] = {
        "id": 1,
        "number": 1042,
        "prefix": "KS",
        "mailbox": "kundeservice",
        "category": "it",
        "priority": "normal",
        "status": Status.OPEN,
        "subject": "Skriveren i andre etasje",
        "channel": Channel.MAIL,
        "language": "nb",
        "assignee": "kari",
        "requester": party(OLA),
        "phone": None,
        "participants": (party(OLA), party(TURID, Role.CC)),
        "opened_at": NOW - 3 * HOUR,
        "updated_at": NOW - HOUR,
        "closed_at": None,
        "response_due": None,
        "resolution_due": None,
        "until": None,
        "responded_at": NOW - 2 * HOUR,
        "undelivered": False,
        "tags": (),
        "fields": (),
        "last_message_id": "<last@kommune.example>",
        "last_references": ("<first@kommune.example>",),
        "last_from_requester_at": NOW - HOUR,
        "version": 5,
    }
    return Case(**{**values, **changes})


def letter(**changes: Any) -> KnownLetter:
    """Return a letter of ours about case 1, under the Message-ID that we would mint for it."""
    values: dict[str, Any] = {
        "id": 7,
        "case_id": 1,
        "kind": "answer",
        "recipients": (OLA.address,),
        "state": "sent",
        **changes,
    }
    minted = mint(values["id"], values["kind"], "desk.example", KEYRING)
    return KnownLetter(**{"message_id": minted, **values})


def view(*cases: Case, **changes: Any) -> View:
    numbers = tuple((c.number, c.id) for c in cases)
    values = {"desk": desk(), "keyring": KEYRING, "cases": cases, "numbers": numbers, "arrived_in": "kundeservice"}
    return View(**{**values, **changes})


def report(*addresses: str, **changes: Any) -> DeliveryReport:
    failed = tuple(
        ReportedRecipient(address=address, action="failed", status="5.1.1", diagnostic="550 no such user")
        for address in addresses
    )
    return DeliveryReport(**{"original_message_id": None, "envelope_id": None, "recipients": failed, **changes})


def decided(outcome: Decision | Refusal) -> Decision:
    """Return an order's decision; fails where it was refused."""
    assert isinstance(outcome, Decision), outcome
    return outcome


def refused(outcome: Decision | Refusal) -> Refusal:
    """Return an order's refusal; fails where it was carried out."""
    assert isinstance(outcome, Refusal), outcome
    return outcome


def changes_of(decision: Decision, kind: type[T]) -> list[T]:
    """Return the changes of one kind, in order."""
    return [change for change in decision.changes if isinstance(change, kind)]


def fields_set(decision: Decision) -> dict[str, Any]:
    """Return what the decision sets on its case."""
    return {change.field: change.value for change in changes_of(decision, SetField)}


def said_aloud(decision: Decision) -> set[str]:
    """Return the fields whose change gets an event of its own on the journal."""
    return {change.field for change in changes_of(decision, SetField) if not change.quiet}


def added_people(decision: Decision) -> dict[str, Role]:
    """Return who is added to the case, and as what."""
    return {c.participant.address: c.participant.role for c in changes_of(decision, AddParticipant)}


def sent_to(decision: Decision, kind: str) -> list[str]:
    """Return to whom letters of a kind go."""
    return [address.address for draft in decision.letters if draft.kind == kind for address in draft.to]


def rules_of(decision: Decision) -> list[str]:
    """Return the names of the rules that hit."""
    return [evidence.rule for evidence in decision.evidence]
