"""Searching: words over every case, closed ones too, and a reference where one was typed."""

from inboxd.desk.reference import read_reference
from inboxd.office.office import Office
from inboxd.store.cases import case_by_number
from inboxd.store.search import search


def find(office: Office, words: str, *, limit: int) -> tuple[int, ...]:
    """Return the store's ids of the cases found, best first."""
    asked = read_reference(words, office.desk.prefixes)
    with office.store.reading() as session:
        exact = case_by_number(session, asked.number) if asked and asked.valid else None
        found = search(session, words, limit=limit)
    first = () if exact is None else (exact.id,)
    return tuple(dict.fromkeys((*first, *found)))[:limit]
