"""Names across the tables of config.toml: what nothing defines, and what is given twice."""

from collections.abc import Iterable

from inboxd.config.lines import KeyPath
from inboxd.config.problems import Problems, meant
from inboxd.config.schema import Document


def check_known(name: str | None, defined: Iterable[str], kind: str, place: KeyPath, problems: Problems) -> None:
    """Note a name that nothing defines, with the one that was meant."""
    names = [other for other in defined if other]
    if name is not None and name not in names:
        problems.add(place, f'no {kind} is named "{name}"; {meant(name, names)}')


def check_once(given: Iterable[tuple[str, KeyPath]], what: str, problems: Problems) -> None:
    """Note what is given a second time, with the line of the first."""
    seen: dict[str, KeyPath] = {}
    for value, place in given:
        first = seen.setdefault(value, place)
        if value and first != place:
            problems.add(place, f'"{value}" is given twice, first in line {problems.line(first)}; one {what} each')


def is_ours(address: str, document: Document) -> bool:
    """Say whether an address is a mailbox of the desk: itself, an alias, or a subaddress (`name+tag@`) of one."""
    ours = {one.casefold() for box in document.mailbox for one in (box.address, *box.aliases)}
    local, at, domain = address.casefold().rpartition("@")
    return bool(address) and (address.casefold() in ours or f"{local.partition('+')[0]}{at}{domain}" in ours)
