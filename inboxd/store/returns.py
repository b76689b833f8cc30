"""What is known of our receipts that a mail may have brought back: the facts by which `desk.loop` tells a circle."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import bindparam, case, distinct
from sqlmodel import Session, col, func, or_, select

from inboxd.desk.case import Role
from inboxd.desk.letters.loop import BROUGHT_BACK, CIRCLES, REMEMBERED
from inboxd.desk.view import KnownReceipt, Lookup
from inboxd.store import tables as t
from inboxd.store.columns import address_key
from inboxd.store.prepared import Prepared

SAME_WORDS_WITHIN = dt.timedelta(hours=1)
NEWEST_RECEIPTS = 20
"""So many are compared: in a circle the last round is among them."""

NEWEST = (
    select(t.Letter.case_id)
    .where(t.Letter.kind == "receipt", col(t.Letter.created_at) > bindparam("since"))
    .order_by(col(t.Letter.created_at).desc())
    .limit(NEWEST_RECEIPTS)
    .subquery()
)
BY_WRITER = col(t.Participant.address_key) == bindparam("writer")
SAME_WORDS = Prepared(
    select(func.count(distinct(col(t.Entry.case_id))), func.count(distinct(case((BY_WRITER, col(t.Entry.case_id))))))
    .join(NEWEST, col(t.Entry.case_id) == NEWEST.c.case_id)
    .join(t.Participant, col(t.Participant.case_id) == col(t.Entry.case_id))
    .where(t.Participant.role == Role.REQUESTER.value)
    .where(
        t.Entry.kind == "mail_in", t.Entry.subject == bindparam("subject"), t.Entry.text == bindparam("text")
    )
)  # fmt: skip


def known_receipts(session: Session, numbers: Iterable[int], now: dt.datetime) -> tuple[KnownReceipt, ...]:
    """Return those of these cases that were opened within a day, each with our receipt's text."""
    recent = (col(t.Case.number).in_(list(numbers)), col(t.Case.opened_at) > now - REMEMBERED)
    cases = session.exec(select(t.Case.id, t.Case.number, t.Case.prefix).where(*recent)).all()
    return tuple(
        KnownReceipt(
            number=number,
            prefix=prefix,
            text=_receipt(session, case_id),
            brought_back=_brought_back(session, case_id),
        )
        for case_id, number, prefix in cases
    )


def same_words(session: Session, lookup: Lookup, now: dt.datetime) -> tuple[int, int]:
    """Return how many of the newest receipts are for cases with a mail of this very subject and text.

    The second number counts those of them whose case is the author's.
    """
    if lookup.words is None:
        return 0, 0
    (subject, text), since = lookup.words, now - SAME_WORDS_WITHIN
    writer = address_key(lookup.addresses[0]) if lookup.addresses else ""
    found = SAME_WORDS.rows(session, subject=subject, text=text, since=since, writer=writer)
    return int(found[0][0]), int(found[0][1])


def _receipt(session: Session, case_id: int) -> str:
    ours = select(t.Entry.text).join(t.Letter, col(t.Letter.id) == col(t.Entry.letter_id))
    found = session.exec(ours.where(t.Entry.case_id == case_id, t.Letter.kind == "receipt").limit(1)).first()
    return found or ""


def _brought_back(session: Session, case_id: int) -> bool:
    first = select(t.Entry.evidence).where(t.Entry.case_id == case_id, t.Entry.kind == "mail_in")
    evidence = session.exec(first.order_by(col(t.Entry.id)).limit(1)).first()
    return any(found.get("rule") in BROUGHT_BACK for found in evidence or ())


def receipts_going_round(session: Session) -> tuple[int, dt.datetime | None]:
    """Return how many receipts stand on hold because mail seems to go in circles, and since when the oldest does."""
    held = (col(t.Letter.kind) == "receipt", col(t.Letter.state) == "hold")
    round_again = or_(*(col(t.Letter.hold_reason).startswith(f"{rule}: ") for rule in CIRCLES))
    return session.exec(select(func.count(), func.min(t.Letter.created_at)).where(*held, round_again)).one()
