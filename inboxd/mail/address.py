"""Mail addresses: the value, and the strict grammar for identity (see `address_list` for the reading of fields)."""

import re
import unicodedata
from dataclasses import dataclass

from inboxd.mail.headers import decode_header, to_unicode

MAX_LOCAL, MAX_DOMAIN = 64, 253

ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LOCAL_PART = re.compile(rf"{ATOM}(?:\.{ATOM})*")
UTF8_ATOM = r"[^\x00-\x20\x7f\s()<>\[\]:;@\\,.\"]+"
UTF8_LOCAL_PART = re.compile(rf"{UTF8_ATOM}(?:\.{UTF8_ATOM})*")
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
PHRASE = re.compile(r"[^()<>\[\]:;@\\,\"]*")
QUOTED_NAME = re.compile(r"\"[^\"\\<>]*\"")
UNDISPUTED = re.compile(r"[A-Za-z0-9 -]{0,80}<[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,253}>")
"""A From of which no two readers have ever said different things: words and an address, nothing quoted or encoded."""
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd]")
FOLD = re.compile(r"\r?\n(?=[ \t])")


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


def agreed_address(field: str, shown: Address) -> Address | None:
    """Return the strict address of a raw From, None where another reader finds another one or several (T11).

    `shown` is what people see of it, which gives the name; mail-parser has its say too.
    """
    from mailparser.utils import get_addresses  # only who reads mail pays for loading it, not every `inboxd --help`

    identity = strict_address(field)
    if identity is None:
        return None
    told = [] if UNDISPUTED.fullmatch(field) else get_addresses(to_unicode(field))
    others = [shown.address, *(address for _, address in told)]
    found = (identity if other == identity.address else strict_address(other) for other in others)
    keys = {other.key if other else None for other in found}
    return Address(name=shown.name, address=identity.address) if keys == {identity.key} else None
