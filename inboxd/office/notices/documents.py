"""The documents that show notices of downtime. Nothing is written here."""

import datetime as dt
from collections.abc import Sequence

from inboxd.desk.notices.notice import Notice, left_out
from inboxd.desk.reference import reference
from inboxd.errors import NotFound
from inboxd.office.documents import Document
from inboxd.office.office import Office
from inboxd.office.people.access import sees_category
from inboxd.store import notices
from inboxd.store.engine import Session


def show(office: Office, notice_id: int) -> Document:
    """Return the document of one notice. Raises NotFound."""
    with office.store.reading() as session:
        return _documents(office, session, (get_notice(session, notice_id),))[0]


def listed(office: Office, *, include_over: bool = False) -> list[Document]:
    """Return the documents of the notices that are planned or active, or of all; those that begin last on top."""
    now = office.clock.now()
    with office.store.reading() as session:
        found = notices.listed(session, None if include_over else now)
        wanted = found if include_over else tuple(n for n in found if n.state(now) in {"planned", "active"})
        return _documents(office, session, wanted)


def acknowledgements(office: Office, notice_id: int) -> Document:
    """Return who has said that he read a notice, and who has not."""
    whole = show(office, notice_id)
    people = whole["receivers"]
    return {
        "id": notice_id,
        "reference": whole["reference"],
        "confirmed": [one for one in people if one["acknowledged_at"]],
        "missing": [one for one in people if not one["acknowledged_at"]],
    }


def get_notice(session: Session, notice_id: int) -> Notice:
    """Return a notice. Raises NotFound."""
    notice = notices.get(session, notice_id)
    if notice is None:
        raise NotFound(f"no notice D-{notice_id}", hint="`inboxd notice list --all` has them all")
    return notice


def _documents(office: Office, session: Session, found: Sequence[Notice]) -> list[Document]:
    now = office.clock.now()
    ids = [notice.id for notice in found]
    told, under = notices.updates(session, ids), notices.cases_under(session, ids)
    people = notices.receivers_of(session, ids)
    return [
        notice_document(notice, now)
        | {
            "made_by": notice.made_by,
            "updates": [
                {"at": _time(one.at), "actor": one.actor, "text": one.text}
                for one in told
                if one.notice_id == notice.id
            ],
            "linked": [
                {"reference": reference(case.prefix, case.number), "status": case.status}
                for case in under.get(notice.id, ())
                if sees_category(office, case.category)
            ],
            "receivers": [
                {
                    "address": one.address,
                    "customer": one.customer,
                    "letter": None if one.letter_id is None else {"id": one.letter_id, "state": one.state},
                    "acknowledged_at": _time(one.acknowledged_at),
                }
                for one in people.get(notice.id, ())
            ],
            "left_out": list(left_out((one.address for one in people.get(notice.id, ())), office.desk)),
        }
        for notice in found
    ]


def notice_document(notice: Notice, now: dt.datetime) -> Document:
    """Return what a notice says of itself."""
    return {
        "id": notice.id,
        "reference": notice.name,
        "kind": notice.kind,
        "from": _time(notice.starts_at),
        "to": _time(notice.ends_at),
        "affects": list(notice.affects),
        "text": notice.text,
        "still_works": notice.still_works or None,
        "state": notice.state(now),
        "short_warning": notice.short_warning,
        "made_at": _time(notice.made_at),
        "closed_at": _time(notice.closed_at),
    }


def _time(when: dt.datetime | None) -> str | None:
    return None if when is None else when.isoformat(timespec="seconds")
