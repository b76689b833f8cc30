"""What is asked for seeing that several new cases are about the same, and what was told of it."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from inboxd.desk.evidence import Evidence
from inboxd.desk.notices.forms import without_forms
from inboxd.desk.notices.surge import (
    TEXT_LOOKED_AT,
    KnownSurge,
    Opened,
    is_written_by_people,
    names_of,
    seen_of,
    words_of,
)
from inboxd.store import desk_tables as d
from inboxd.store import tables as t
from inboxd.store.insert import insert_row

LOOKED_AT = 300
"""Of the newest cases at most so many are looked at; more within one window are a surge in any case."""

PAST = 500
"""Cases before the window that tell how common a word is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _First:
    """The words by which a case was opened."""

    text: str
    silent: bool
    by_people: bool


def enough_opened(session: Session, since: dt.datetime, count: int) -> bool:
    """Say whether so many of the newest cases were opened since: the one question of a quiet minute."""
    newest = session.exec(select(t.Case.opened_at).order_by(col(t.Case.id).desc()).limit(LOOKED_AT)).all()
    return sum(at >= since for at in newest) >= count


def opened_since(session: Session, since: dt.datetime) -> tuple[Opened, ...]:
    """Return the cases that people opened since and that stand under no notice, oldest first."""
    query = select(t.Case).order_by(col(t.Case.id).desc()).limit(LOOKED_AT)
    rows = [row for row in session.exec(query) if row.opened_at >= since and row.merged_into is None]
    ids = [row.id for row in rows]
    linked = set(session.exec(select(d.NoticeCase.case_id).where(col(d.NoticeCase.case_id).in_(ids))))
    firsts, people = _firsts(session, ids), _requesters(session, ids)
    kept = [
        row
        for row in reversed(rows)
        if row.id in firsts and row.id not in linked and firsts[row.id].by_people and not firsts[row.id].silent
    ]
    said = without_forms([(row.subject, firsts[row.id].text) for row in kept])
    return tuple(
        Opened(
            case_id=row.id,
            prefix=row.prefix,
            number=row.number,
            category=row.category,
            subject=row.subject,
            who=people.get(row.id) or row.phone or f"case {row.id}",
            words=words_of(subject, text, people.get(row.id, "")),
            names=names_of(subject, text),
        )
        for row, (subject, text) in zip(kept, said, strict=True)
    )


def words_before(session: Session, case_id: int, words: Iterable[str]) -> tuple[Counter[str], int]:
    """Return how many of the cases before one had each of these words, and how many cases that were."""
    query = select(t.Case.id, t.Case.subject).where(col(t.Case.id) < case_id).order_by(col(t.Case.id).desc())
    subjects = dict(session.exec(query.limit(PAST)).all())
    firsts = _firsts(session, list(subjects))
    before = (words_of(subject, firsts[one].text if one in firsts else "") for one, subject in subjects.items())
    return seen_of(words, before), len(subjects)


def known_surges(session: Session, since: dt.datetime) -> tuple[KnownSurge, ...]:
    """Return what the leads were told of since."""
    rows = session.exec(select(d.Surge).where(col(d.Surge.raised_at) >= since).order_by(col(d.Surge.id)))
    return tuple(KnownSurge(words=tuple(row.words), case_ids=tuple(row.case_ids)) for row in rows)


def remember(session: Session, surge: KnownSurge, now: dt.datetime) -> int:
    """Note a surge that the leads are told of; return its number."""
    return insert_row(session, d.Surge, raised_at=now, words=list(surge.words), case_ids=list(surge.case_ids))


def _firsts(session: Session, case_ids: Sequence[int]) -> dict[int, _First]:
    first = select(func.min(t.Entry.id)).where(col(t.Entry.case_id).in_(case_ids), t.Entry.kind != "event")
    words = func.substr(func.coalesce(func.nullif(t.Entry.reply_text, ""), t.Entry.text), 1, TEXT_LOOKED_AT)
    columns = (t.Entry.case_id, words, t.Entry.evidence)
    of_each = first.group_by(col(t.Entry.case_id))
    silent = select(t.Incoming.id).where(col(t.Incoming.mail_key) == col(t.Entry.mail_key), col(t.Incoming.silent))
    query = select(*columns, silent.exists()).where(col(t.Entry.id).in_(of_each))
    return {
        case_id: _First(
            text=text,
            silent=bool(is_silent),
            by_people=is_written_by_people(Evidence(rule=e["rule"], detail=e["detail"]) for e in evidence),
        )
        for case_id, text, evidence, is_silent in session.exec(query)
    }


def _requesters(session: Session, case_ids: Sequence[int]) -> dict[int, str]:
    person = t.Participant
    query = select(person.case_id, person.address_key).where(
        col(person.case_id).in_(case_ids), person.role == "requester"
    )
    return dict(session.exec(query).all())
