"""Raw octets of mails, byte for byte, compressed where that saves something; the same octets are kept once."""

import hashlib
import zlib
from collections.abc import Iterable

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from inboxd.errors import NotFound
from inboxd.store import tables as t
from inboxd.store.insert import insert_row

ZLIB_LEVEL = 1
"""Mail is text and base64: higher levels save a few per cent more and cost several times the time."""


BY_ID = select(t.Octets.codec, t.Octets.content).where(t.Octets.id == bindparam("octets_id"))


def add_octets(session: Session, octets: bytes) -> int:
    """Keep a mail's octets; return their id."""
    return add_many(session, (octets,))[0]


def add_many(session: Session, mails: Iterable[bytes]) -> tuple[int, ...]:
    """Keep the octets of several mails; return their ids in the same order."""
    hashed = [(hashlib.sha256(octets).hexdigest(), octets) for octets in mails]
    known = select(t.Octets.sha256, t.Octets.id).where(col(t.Octets.sha256).in_([sha256 for sha256, _ in hashed]))
    ids = dict(session.exec(known).all())
    for sha256, octets in hashed:
        if sha256 not in ids:
            ids[sha256] = _insert(session, sha256, octets)
    return tuple(ids[sha256] for sha256, _ in hashed)


def add_unique(session: Session, octets: bytes) -> int:
    """Keep octets that cannot be there yet, a letter with its own Message-ID, without looking for them."""
    return _insert(session, hashlib.sha256(octets).hexdigest(), octets)


def octets_of(session: Session, octets_id: int) -> bytes:
    """Return the octets of that id. Raises NotFound."""
    found = session.exec(BY_ID, params={"octets_id": octets_id}).first()
    if found is None:
        raise NotFound(f"There are no octets {octets_id}.")
    return unpacked(*found)


def unpacked(codec: str, content: bytes) -> bytes:
    """Return stored octets as they came."""
    return zlib.decompress(content) if codec == "zlib" else content


def _insert(session: Session, sha256: str, octets: bytes) -> int:
    codec, content = _packed(octets)
    return insert_row(session, t.Octets, sha256=sha256, codec=codec, content=content)


def _packed(octets: bytes) -> tuple[str, bytes]:
    small = zlib.compress(octets, ZLIB_LEVEL)
    return ("zlib", small) if len(small) < len(octets) else ("raw", octets)
