"""Small values to and from JSON columns, and keys that fit an index."""

from collections.abc import Iterable, Mapping
from typing import Any

from inboxd.desk.evidence import Evidence
from inboxd.mail.address import Address
from inboxd.mail.message import Attachment

MAX_INTEGER = 2**31 - 1
"""What an INTEGER column of PostgreSQL holds; mails may name larger letter ids and case numbers."""

MAX_KEY = 2000
"""Octets of an indexed text; PostgreSQL refuses more than 2,704."""


def fitting(numbers: Iterable[int]) -> tuple[int, ...]:
    """Return the numbers that an id or a case number can be at all."""
    return tuple(n for n in numbers if 0 < n <= MAX_INTEGER)


def indexable(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts that are short enough for an index, each once."""
    return tuple(dict.fromkeys(t for t in texts if len(t.encode("utf-8", "replace")) <= MAX_KEY))


def address_key(address: str) -> str:
    """Return an address for comparing, cut to what an index takes."""
    return address.casefold()[: MAX_KEY // 4]


def address_json(address: Address | None) -> dict[str, Any]:
    """Return an address for a JSON column, {} for none."""
    return {} if address is None else {"name": address.name, "address": address.address}


def read_address(stored: Mapping[str, Any]) -> Address:
    """Read what `address_json` wrote."""
    return Address(name=stored["name"], address=stored["address"])


def read_addresses(stored: Iterable[Mapping[str, Any]]) -> tuple[Address, ...]:
    """Read a list of addresses."""
    return tuple(read_address(one) for one in stored)


def rows_json(rows: Iterable[Attachment | Evidence]) -> list[dict[str, Any]]:
    """Return attachments or evidence for a JSON column."""
    return [{name: getattr(row, name) for name in row.__slots__} for row in rows]


def read_attachments(stored: Iterable[Mapping[str, Any]]) -> tuple[Attachment, ...]:
    """Read a list of attachments."""
    return tuple(Attachment(**one) for one in stored)


def read_evidence(stored: Iterable[Mapping[str, Any]]) -> tuple[Evidence, ...]:
    """Read a list of evidence."""
    return tuple(Evidence(**one) for one in stored)


def people(addresses: Iterable[Address], others: Iterable[str] = ()) -> str:
    """Return names and addresses, and others' words, on one line, each once, for the search."""
    words = (word for a in addresses for word in (a.name, a.address) if word)
    return " ".join(dict.fromkeys((*words, *others)))
