"""Mail addresses: the value, the strict grammar for identity, the lenient reading of fields (RFC 5322 3.4)."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from inboxd.mail.headers import decode_header, to_unicode
from inboxd.mail.text import clean_text

MAX_ADDRESSES = 1_000
"""Addresses read of one field; the rest is left out (rules.md T20)."""

MAX_LOCAL, MAX_DOMAIN = 64, 253

ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LOCAL_PART = re.compile(rf"{ATOM}(?:\.{ATOM})*")
UTF8_ATOM = r"[^\x00-\x20\x7f\s()<>\[\]:;@\\,.\"]+"
UTF8_LOCAL_PART = re.compile(rf"{UTF8_ATOM}(?:\.{UTF8_ATOM})*")
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
PHRASE = re.compile(r"[^()<>\[\]:;@\\,\"]*")
QUOTED_NAME = re.compile(r"\"[^\"\\<>]*\"")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd]")
FOLD = re.compile(r"\r?\n(?=[ \t])")
ADDRESS_LIKE = re.compile(r"[^\s<>()\[\]\\,;:\"@]{1,64}@[^\s<>()\[\]\\,;:\"@]{1,253}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A mailbox: the display name (decoded, "" if none) and the addr-spec as written. Compare by `key`."""

    name: str
    address: str

    @property
    def key(self) -> str:
        """The address for comparing: lower case (local parts are compared so by every desk's users)."""
        return self.address.casefold()


def strict_address(text: str) -> Address | None:
    """Return the one mailbox of a raw header field, or None where any two readers might disagree about it.

    The grammar is far narrower than RFC 5322: `addr`, `<addr>`, `words <addr>` or `"words" <addr>`, with addr a
    dot-atom at a host name. No quoted local part, comment, group, route, domain literal, encoded-word in the addr-spec
    or second address (rules.md T11, R22, R23). The domain comes as A-labels (RFC 5891): look-alikes stay different.
    """
    field = FOLD.sub("", to_unicode(text)).replace("\t", " ").strip(" ")
    if CONTROL.search(field):
        return None
    name, bracket, rest = field.rpartition("<")
    if not bracket:
        return _mailbox("", field)
    return _mailbox(name.strip(" "), rest[:-1]) if rest.endswith(">") else None


def _mailbox(name: str, addr_spec: str) -> Address | None:
    local, at, domain = addr_spec.rpartition("@")
    host = _a_labels(domain)
    named = PHRASE.fullmatch(name) or QUOTED_NAME.fullmatch(name) or name == addr_spec
    if not (at and named and host and _is_plain_local(local)):
        return None
    plain = name[1:-1] if name.startswith('"') else name
    return Address(name=decode_header(plain), address=f"{local}@{host}")


def _is_plain_local(local: str) -> bool:
    return len(local) <= MAX_LOCAL and "=?" not in local and LOCAL_PART.fullmatch(local) is not None


def _a_labels(domain: str) -> str | None:
    """Return a domain in ASCII, None where it is no host name or maps to IDNA and back as another name."""
    ascii_domain = domain
    if not domain.isascii():
        folded = unicodedata.normalize("NFC", domain).lower()
        try:
            ascii_domain = folded.encode("idna").decode("ascii")
            same = ascii_domain.encode("ascii").decode("idna") == folded
        except UnicodeError:
            return None
        if not same:
            return None
    fits = len(ascii_domain) <= MAX_DOMAIN and all(LABEL.fullmatch(label) for label in ascii_domain.split("."))
    return ascii_domain if fits else None


def writable_address(addr_spec: str) -> str | None:
    """Return an address that a letter can go to, its domain as A-labels; None where it is none.

    That is a strict one, or one whose local part has letters beyond ASCII (RFC 6531 3.3), which stands for nobody's
    identity and is never rewritten.
    """
    strict = strict_address(addr_spec)
    if strict is not None:
        return strict.address
    local, _, domain = addr_spec.rpartition("@")
    host = _a_labels(domain)
    # what is not printable, such as a mark for the direction of writing, shows another address than it is
    fits = local.isprintable() and "=?" not in local and len(local.encode("utf-8", "replace")) <= MAX_LOCAL
    return f"{local}@{host}" if host and fits and UTF8_LOCAL_PART.fullmatch(local) else None


@lru_cache(maxsize=32)  # To and Cc are read twice of every mail, and the desk's own address stands in each of them
def read_addresses(value: str) -> tuple[Address, ...]:
    """Return the mailboxes of a raw header field for showing, at most 1,000; never raises.

    Group names fall away, display names are decoded also where they stand in quotes. Of what no grammar reads, whatever
    looks like an address is taken, so that a person sees who wrote. Carries no rights: see `strict_address`.
    """
    from mailparser.utils import get_addresses  # only who reads mail pays for loading it, not every `inboxd --help`

    field = to_unicode(value)
    if "@" not in field:
        return ()
    defects: list[dict[str, object]] = []
    found = get_addresses(field, defects=defects)
    lost = [match for d in defects if not d["recovered"] for match in ADDRESS_LIKE.findall(str(d["raw"]))]
    pairs = [*((name, address) for name, address in found if address), *(("", address) for address in lost)]
    read = (_shown(name, address) for name, address in pairs[:MAX_ADDRESSES])
    return tuple(dict.fromkeys(address for address in read if address.address))


def _shown(name: str, address: str) -> Address:
    shown = decode_header(name)
    plain = "".join(clean_text(address).split())
    return Address(name="" if shown == plain else shown, address=plain)
