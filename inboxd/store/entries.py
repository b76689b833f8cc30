"""Reading a case's journal."""

from sqlmodel import Session, col, select

from inboxd.store import tables as t
from inboxd.store.columns import read_address, read_addresses, read_attachments, read_evidence
from inboxd.store.letters import letters_by_id
from inboxd.store.merged import family
from inboxd.store.octets import octets_of
from inboxd.store.rows import EntryRow, LetterRow


def journal(session: Session, case_id: int) -> tuple[EntryRow, ...]:
    """Return the journal of a case and of what was merged into it, oldest first, with what became of its letters."""
    query = (
        select(t.Entry)
        .where(col(t.Entry.case_id).in_(family(session, case_id)))
        .order_by(col(t.Entry.at), col(t.Entry.id))
    )
    rows = session.exec(query).all()
    letters = letters_by_id(session, {row.letter_id for row in rows if row.letter_id is not None})
    return tuple(entry_of(row, letters.get(row.letter_id or 0)) for row in rows)


def raw(session: Session, case_id: int, entry_id: int) -> bytes | None:
    """Return the octets of an entry's mail; None where that case has no such entry or it is no mail."""
    query = select(t.Entry.octets_id).where(t.Entry.id == entry_id, col(t.Entry.case_id).in_(family(session, case_id)))
    octets_id = session.exec(query).first()
    return None if octets_id is None else octets_of(session, octets_id)


def first_words(session: Session, case_id: int) -> EntryRow | None:
    """Return the first mail or call on a case, None where there was none."""
    words = (t.Entry.case_id == case_id, col(t.Entry.kind).in_(("mail_in", "call")))
    row = session.exec(select(t.Entry).where(*words).order_by(col(t.Entry.id)).limit(1)).first()
    return None if row is None else entry_of(row, None)


def entry_of(row: t.Entry, letter: LetterRow | None) -> EntryRow:
    """Return an entry as documents read it."""
    return EntryRow(
        id=row.id,
        case_id=row.case_id,
        at=row.at,
        kind=row.kind,
        actor=row.actor,
        from_=read_address(row.sender) if row.sender else None,
        to=read_addresses(row.to),
        cc=read_addresses(row.cc),
        subject=row.subject,
        text=row.text,
        reply_text=row.reply_text,
        message_id=row.message_id,
        octets_id=row.octets_id,
        attachments=read_attachments(row.attachments),
        evidence=read_evidence(row.evidence),
        delivery=letter,
    )
