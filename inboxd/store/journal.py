"""Writing on a case: entries of its journal, and the Message-IDs by which later mails find it."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import bindparam
from sqlmodel import Session, col, or_, select, text, update

from inboxd.desk.decision import AddEntry, Draft
from inboxd.mail.envelope import FrozenLetter
from inboxd.mail.message_id import find_token
from inboxd.store import tables as t
from inboxd.store.columns import address_json, fitting, indexable, people, rows_json
from inboxd.store.held import HeldCase
from inboxd.store.insert import insert_row
from inboxd.store.prepared import Prepared, among, words

MAX_CITED = 100
"""Ids remembered of one mail's In-Reply-To and References, the newest; long threads repeat the others."""

REMEMBER = Prepared(
    text(
        "INSERT INTO message_ids (message_id, case_id, source) VALUES (:message_id, :case_id, :source) "
        "ON CONFLICT (message_id, case_id) DO UPDATE SET source = excluded.source "
        "WHERE excluded.source = 'ours' OR (excluded.source = 'theirs' AND message_ids.source = 'cited')"
    )
)
"""What is known of a Message-ID only ever grows: cited, theirs, ours."""

PRIVATE_KINDS = ("agent", "escalation", "confirm", "alert")
"""Letters to agents: their ids and tokens never go out to anybody else (design.md promise 6)."""


THIS_CASE = update(t.Case).where(col(t.Case.id) == bindparam("case_id"))
TOUCH = THIS_CASE.values(version=col(t.Case.version) + 1, updated_at=bindparam("now"))
TOUCHED = Prepared(TOUCH)
LAST_WORD = Prepared(TOUCH.values(last_actor=bindparam("actor"), last_at=bindparam("now")))

PRIVATE = Prepared(
    select(t.Letter.id, t.Letter.message_id)
    # as an expression the kind offers SQLite no index, so that it begins with the few letters named
    .where(col(t.Letter.kind).concat("").in_(words(PRIVATE_KINDS)))
    .where(or_(among(t.Letter.message_id, "message_ids"), among(t.Letter.id, "letter_ids")))
)


def add_entry(session: Session, case: HeldCase, entry: AddEntry, *, now: dt.datetime, octets_id: int | None) -> int:
    """Write an entry; return its id. `octets_id` belongs to the mail that is being decided on."""
    is_mail = entry.kind == "mail_in" or entry.mail_key is not None or entry.message_id is not None
    entry_id = insert_row(
        session,
        t.Entry,
        case_id=case.id,
        at=now,
        kind=entry.kind,
        actor=entry.actor,
        sender=address_json(entry.from_),
        to=[address_json(a) for a in entry.to],
        cc=[address_json(a) for a in entry.cc],
        subject=entry.subject,
        text=entry.text,
        reply_text=entry.reply_text,
        people=people((*((entry.from_,) if entry.from_ else ()), *entry.to, *entry.cc), entry.found_by),
        message_id=entry.message_id,
        mail_key=entry.mail_key,
        octets_id=octets_id if is_mail else None,
        attachments=rows_json(entry.attachments),
        evidence=rows_json(entry.evidence),
    )
    remember_ids(session, case.id, entry.cited[-MAX_CITED:], "cited")
    if entry.message_id is not None:
        remember_ids(session, case.id, (entry.message_id,), "theirs")
    _note_last(session, case, entry, now)
    return entry_id


def add_event(session: Session, case: HeldCase, actor: str, text: str, now: dt.datetime) -> None:
    """Write what somebody changed."""
    insert_row(session, t.Entry, case_id=case.id, at=now, kind="event", actor=actor, text=text)


def add_outgoing(
    session: Session, ids: tuple[int, int, int], frozen: FrozenLetter, draft: Draft, now: dt.datetime
) -> None:
    """Write a letter of ours on its case; what a person wrote to the requester counts as the last word.

    `ids` are those of the letter, its case and its octets.
    """
    letter_id, case_id, octets_id = ids
    insert_row(
        session,
        t.Entry,
        case_id=case_id,
        at=now,
        kind="mail_out",
        actor=draft.actor,
        to=[address_json(a) for a in draft.to],
        cc=[address_json(a) for a in draft.cc],
        subject=frozen.subject,
        text=frozen.text,
        people=people((*draft.to, *draft.cc)),
        message_id=frozen.message_id,
        octets_id=octets_id,
        letter_id=letter_id,
    )
    if draft.kind in {"answer", "forward"}:
        LAST_WORD.run(session, case_id=case_id, actor=draft.actor, now=now)
    else:
        TOUCHED.run(session, case_id=case_id, now=now)


def remember_ids(session: Session, case_id: int, message_ids: Iterable[str], source: str) -> None:
    """Remember under which Message-IDs mails may come back to a case; a stronger source replaces a weaker one."""
    rows = [{"message_id": m, "case_id": case_id, "source": source} for m in indexable(message_ids)]
    if rows:
        REMEMBER.run_many(session, rows)


def public_ids(session: Session, message_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Return the ids that may stand in any letter's References: no id and no token of a letter to an agent."""
    tokens = {message_id: token.letter_id for message_id in message_ids if (token := find_token(message_id))}
    if not tokens:
        return message_ids
    named = {"message_ids": list(tokens), "letter_ids": list(fitting(tokens.values()))}
    secret = {value for row in PRIVATE.rows(session, **named) for value in row}
    return tuple(m for m in message_ids if m not in secret and tokens.get(m) not in secret)


def _note_last(session: Session, case: HeldCase, entry: AddEntry, now: dt.datetime) -> None:
    case.touch(now)
    if entry.kind == "event":
        return
    case.last_actor, case.last_at = entry.actor, now
    if entry.kind == "mail_in" and (entry.from_requester or case.last_message_id is None):
        # answers go to the requester, so they hang on to the requester's own mail
        case.last_message_id = entry.message_id
        case.last_references = list(public_ids(session, entry.cited))
    if entry.from_requester:
        case.last_from_requester_at = now
