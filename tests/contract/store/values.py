"""What the tests of the store write into it."""

import datetime as dt
from dataclasses import replace

from sqlmodel import Session

from inboxd.desk.case import Channel, Participant, Role
from inboxd.desk.decision import NEW_CASE, AddEntry, Change, Decision, Draft, LetterKind, OpenCase
from inboxd.desk.desk import Cap, Desk, ReceiptPolicy
from inboxd.desk.uid_plan import FolderState
from inboxd.desk.view import Lookup
from inboxd.mail.address import Address
from inboxd.mail.envelope import FrozenLetter
from inboxd.mail.message import RawMessage
from inboxd.mail.message_id import Key, Keyring
from inboxd.store import folders, outbox
from inboxd.store.apply import apply
from inboxd.store.rows import Applied

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
KEYRING = Keyring(keys=(Key(kid="k1", secret=b"secret"),))
OLA = Address(name="Ola Nordmann", address="Ola@Firma.example")

POLICY = ReceiptPolicy(
    per_address=Cap(count=5, period=HOUR),
    unknown_senders=Cap(count=60, period=MINUTE),
    desk=Cap(count=500, period=HOUR),
    return_path_required=False,
)

DESK = Desk(
    name="Kundeservice",
    prefixes=("KS",),
    language="nb",
    timezone="Europe/Oslo",
    phone="",
    web="",
    admin=None,
    agent_mail="token",
    trusted_authserv_ids=(),
    send_delay=dt.timedelta(0),
    max_message_size=35_000_000,
    receipts=POLICY,
    agents=(),
    categories=(),
    mailboxes=(),
    rules=(),
    priorities=(),
    calendars=(),
)

NOTHING = Lookup(mail_key="", message_ids=(), numbers=(), letter_ids=(), addresses=())


def person(address: str = OLA.address, name: str = OLA.name, role: Role = Role.REQUESTER) -> Participant:
    return Participant(address=address, name=name, role=role)


OPEN = OpenCase(
    mailbox="kundeservice",
    prefix="KS",
    category="it",
    priority="normal",
    assignee=None,
    subject="Passordet er glemt",
    channel=Channel.MAIL,
    language="nb",
    requester=person(),
    phone=None,
    verified=False,
    response_due=None,
    resolution_due=None,
)

MAIL = AddEntry(
    case_id=NEW_CASE,
    kind="mail_in",
    actor=OLA.address,
    from_=OLA,
    to=(Address(name="", address="kundeservice@desk.example"),),
    subject="Passordet er glemt",
    text="Hei, jeg har glemt Passordet mitt.",
    message_id="<1@firma.example>",
    mail_key="key-1",
    from_requester=True,
)


def decision(*changes: Change) -> Decision:
    return Decision(kind="open_case", changes=changes, outcome="opened")


def mail(number: int, **values: object) -> AddEntry:
    return replace(MAIL, message_id=f"<{number}@firma.example>", mail_key=f"key-{number}", **values)  # type: ignore[arg-type]


def open_case(session: Session, number: int = 1, *, now: dt.datetime = NOW, **values: object) -> Applied:
    """Open a case with one mail in it; `values` replace those of OPEN."""
    return apply(session, decision(replace(OPEN, **values), mail(number)), now=now)  # type: ignore[arg-type]


def case_of(session: Session, number: int = 1, **values: object) -> int:
    case_id = open_case(session, number, **values).case_id  # type: ignore[arg-type]
    assert case_id is not None
    return case_id


def draft(kind: LetterKind = "answer", case_id: int | None = None, *to: str, **values: object) -> Draft:
    addresses = tuple(Address(name="", address=a) for a in to or (OLA.address,))
    plain = Draft(
        kind=kind, case_id=case_id, mailbox="kundeservice", template=kind, language="nb", to=addresses, actor="kari"
    )
    return replace(plain, **values)  # type: ignore[arg-type]


def frozen(letter_id: int, *to: str, **values: object) -> FrozenLetter:
    letter = FrozenLetter(
        message_id=f"<{letter_id}.k1.{'a' * 26}@desk.example>",
        subject="[KS-10000] Passordet er glemt",
        mail_from="kundeservice@desk.example",
        fallback_from="kundeservice@desk.example",
        rcpt_tos=to or (OLA.address,),
        octets=f"Subject: letter {letter_id}\r\n\r\nHei\r\n".encode(),
        text="Hei",
    )
    return replace(letter, **values)  # type: ignore[arg-type]


def letter_of(
    session: Session, kind: LetterKind = "answer", case_id: int | None = None, *to: str, now: dt.datetime = NOW,
    unknown_sender: bool = False, **values: object,
) -> int:  # fmt: skip
    """Write a letter into the outbox; `values` replace those of the draft."""
    written = draft(kind, case_id, *to, **values)
    letter_id = outbox.reserve(session, written, case_id=case_id, now=now, unknown_sender=unknown_sender)
    assert letter_id is not None
    addresses = tuple(a.address for a in (*written.to, *written.cc))
    outbox.freeze(session, letter_id, frozen(letter_id, *addresses), draft=written, now=now)
    return letter_id


def inbox(
    session: Session, mailbox: str = "kundeservice", *, uidvalidity: int = 7, baseline_uid: int = 0
) -> FolderState:
    return folders.start_folder(
        session, mailbox=mailbox, folder="INBOX", uidvalidity=uidvalidity, baseline_uid=baseline_uid, now=NOW
    )


def raw(uid: int, octets: bytes | None = None, **values: object) -> RawMessage:
    content = f"Subject: {uid}\r\n\r\nHei\r\n".encode() if octets is None else octets
    return replace(RawMessage(uid=uid, octets=content, size=len(content), internaldate=NOW), **values)  # type: ignore[arg-type]
