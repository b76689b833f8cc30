"""Which case a person means by what he typed. Reading commands begin here, so it stands apart from orders."""

from inboxd.desk.desk import Desk
from inboxd.desk.reference import read_reference, reference
from inboxd.errors import NotFound
from inboxd.office.office import Office
from inboxd.office.people.access import sees_category
from inboxd.store.cases import case_by_number


def number_of(text: str, desk: Desk) -> int:
    """Read a reference as typed. Raises NotFound where it is none, or its check digit is wrong."""
    found = read_reference(text, desk.prefixes)
    if found is None:
        raise NotFound(f"{text!r} is no case reference", hint=f"one looks like {desk.prefixes[0]}-10429")
    if not found.valid:
        raise NotFound(
            f"{found.reference} is no case: its last digit does not fit the others", hint="look at the number again"
        )
    return found.number


def case_id_of(number: int, office: Office) -> int:
    """Return the store's id of the case of that number. Raises NotFound."""
    with office.store.reading() as session:
        case = case_by_number(session, number)
    if case is None or not sees_category(office, case.category):
        raise NotFound(f"no case {reference(office.desk.prefixes[0], number)}")
    return case.id
