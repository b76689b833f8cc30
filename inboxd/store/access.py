"""Which categories cases and mails are of: what decides who may know of them."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from inboxd.store import tables as t
from inboxd.store.cases import survivors
from inboxd.store.prepared import Prepared, among

CATEGORIES = Prepared(select(t.Case.id, t.Case.category).where(among(t.Case.id, "ids")))
FILED = Prepared(select(t.Incoming.id, t.Incoming.case_id, t.Incoming.mail_key).where(among(t.Incoming.id, "ids")))
ALIKE = Prepared(
    select(t.Incoming.mail_key, t.Incoming.case_id)
    .where(among(t.Incoming.mail_key, "keys"))
    .where(col(t.Incoming.case_id).is_not(None))
)


def categories_of(session: Session, case_ids: Iterable[int]) -> dict[int, str]:
    """Return the category of each case."""
    ids = list(dict.fromkeys(case_ids))
    return dict(CATEGORIES.rows(session, ids=ids)) if ids else {}


def categories_of_mails(session: Session, incoming_ids: Iterable[int]) -> dict[int, set[str]]:
    """Return the categories of the cases on which each mail is filed, or another copy of it; none where none is.

    A case that was merged counts with the one it lives on in.
    """
    filed = FILED.rows(session, ids=list(incoming_ids))
    keys = list({key for _, case_id, key in filed if case_id is None and key})
    alike: dict[str, set[int]] = {}
    for key, case_id in ALIKE.rows(session, keys=keys) if keys else ():
        alike.setdefault(key, set()).add(case_id)
    on = {row_id: {case_id} if case_id else alike.get(key, set()) for row_id, case_id, key in filed}
    living = survivors(session, {case_id for case_ids in on.values() for case_id in case_ids})
    categories = categories_of(session, {*living, *living.values()})
    return {
        row_id: {categories[which] for case_id in case_ids for which in (case_id, living[case_id])}
        for row_id, case_ids in on.items()
    }
