"""Searching: words over every case, closed ones too, and a reference where one was typed."""

from inboxd.desk.reference import read_reference
from inboxd.office.office import Office
from inboxd.office.people.access import categories_seen, sees_category
from inboxd.store.cases import case_by_number, survivors
from inboxd.store.search import search


def find(office: Office, words: str, *, limit: int) -> tuple[int, ...]:
    """Return the store's ids of the cases found, best first; of what was merged the case that it lives on in."""
    asked = read_reference(words, office.desk.prefixes)
    with office.store.reading() as session:
        exact = case_by_number(session, asked.number) if asked and asked.valid else None
        if exact is not None and not sees_category(office, exact.category):
            exact = None
        found = search(session, words, limit=limit, categories=categories_seen(office))
        home = survivors(session, found)
    first = () if exact is None else (exact.id,)
    return tuple(dict.fromkeys((*first, *(home[one] for one in found))))[:limit]
