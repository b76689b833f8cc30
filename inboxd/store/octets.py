"""Raw octets of mails, byte for byte, compressed where that saves something; the same octets are kept once."""

import hashlib
import zlib
from collections.abc import Iterable

from sqlalchemy import bindparam
from sqlmodel import Session, select

from inboxd.errors import NotFound
from inboxd.store import tables as t
from inboxd.store.insert import insert_row
from inboxd.store.prepared import Prepared, among

ZLIB_LEVEL = 1
"""Mail is text and base64: higher levels save a few per cent more and cost several times the time."""

LARGE = 32_768
"""Larger mails are mostly base64 of what is packed already: looking for repetitions costs much and finds none."""


BY_ID = Prepared(select(t.Octets.codec, t.Octets.content).where(t.Octets.id == bindparam("octets_id")))
BY_HASH = Prepared(select(t.Octets.sha256, t.Octets.id).where(among(t.Octets.sha256, "hashes")))


def add_octets(session: Session, octets: bytes) -> int:
    """Keep a mail's octets; return their id."""
    return add_many(session, (octets,))[0]


def add_many(session: Session, mails: Iterable[bytes]) -> tuple[int, ...]:
    """Keep the octets of several mails; return their ids in the same order."""
    hashed = [(hashlib.sha256(octets).hexdigest(), octets) for octets in mails]
    ids: dict[str, int] = dict(BY_HASH.rows(session, hashes=[sha256 for sha256, _ in hashed]))
    for sha256, octets in hashed:
        if sha256 not in ids:
            ids[sha256] = _insert(session, sha256, octets)
    return tuple(ids[sha256] for sha256, _ in hashed)


def add_unique(session: Session, octets: bytes) -> int:
    """Keep octets that cannot be there yet, a letter with its own Message-ID, without looking for them."""
    return _insert(session, hashlib.sha256(octets).hexdigest(), octets)


def octets_of(session: Session, octets_id: int) -> bytes:
    """Return the octets of that id. Raises NotFound."""
    found = BY_ID.one(session, octets_id=octets_id)
    if found is None:
        raise NotFound(f"There are no octets {octets_id}.")
    return unpacked(found[0], found[1])


def unpacked(codec: str, content: bytes) -> bytes:
    """Return stored octets as they came."""
    return zlib.decompress(content) if codec == "zlib" else content


def _insert(session: Session, sha256: str, octets: bytes) -> int:
    codec, content = packed(octets)
    return insert_row(session, t.Octets, sha256=sha256, codec=codec, content=content)


def packed(octets: bytes) -> tuple[str, bytes]:
    """Return octets as they are stored: the codec, and what it made of them."""
    strategy = zlib.Z_HUFFMAN_ONLY if len(octets) > LARGE else zlib.Z_DEFAULT_STRATEGY
    packing = zlib.compressobj(ZLIB_LEVEL, strategy=strategy)
    small = packing.compress(octets) + packing.flush()
    return ("zlib", small) if len(small) < len(octets) else ("raw", octets)
