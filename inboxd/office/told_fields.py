"""The fields that somebody's words tell of a case, for words that no mail brought."""

from inboxd.desk.letters.asked_fields import Fields, found_fields
from inboxd.office.naming import case_id_of
from inboxd.office.office import Office
from inboxd.store.cases import get_case


def told_fields(number: int, *words: str, office: Office) -> Fields:
    """Return the fields of the case's category that the words tell and that the case does not know yet."""
    case_id = case_id_of(number, office)
    with office.store.reading() as session:
        case = get_case(session, case_id)
    known = dict(case.fields)
    found = found_fields(office.desk.category(case.category), *words)
    return tuple((key, value) for key, value in found if key not in known)
