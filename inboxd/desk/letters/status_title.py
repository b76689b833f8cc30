"""How people read a case's status: the desk's own words where it has some; commands and documents keep their own."""

from inboxd.desk.case import Status
from inboxd.desk.desk import Desk

TITLES = {
    "nb": ("Ny", "Åpen", "Venter", "Utsatt", "Løst", "Lukket", "Flettet"),
    "nn": ("Ny", "Open", "Ventar", "Utsett", "Løyst", "Lukka", "Fletta"),
    "en": ("New", "Open", "Waiting", "Postponed", "Solved", "Closed", "Merged"),
}
"""In the order of `Status`."""


def status_title(desk: Desk, status: Status | str, language: str) -> str:
    """Return what people read in the place of a status; a language without words of its own reads Bokmål."""
    words = dict(dict(desk.statuses).get(str(status), ()))
    own = words.get(language) or words.get("")
    return own or dict(zip(Status, TITLES.get(language, TITLES["nb"]), strict=True))[Status(status)]
