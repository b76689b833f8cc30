"""Address fields as people's programs really write them, read for showing (RFC 5322 3.4, 4.4, and what breaks both).

Carries no rights: see `mail.address.strict_address`. One pass over the tokens of a field, linear in it; what stands in
angle brackets is the address, and what stands around it the name.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from inboxd.mail.address import Address
from inboxd.mail.headers import decode_header, to_unicode
from inboxd.mail.text import clean_text

MAX_ADDRESSES = 1_000
"""Addresses read of one field; the rest is left out (rules.md T20)."""

MAX_ENTRIES = 3 * MAX_ADDRESSES
"""Entries looked at for them: names without an address, and nothing at all between two separators, are entries too."""

TOKEN = re.compile(
    r"(?P<word>=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=(?!@))"
    r"|(?P<local>\"[^\"\\<>]*\"@[^\s<>,;:()\"]+)"
    r"|\"(?P<quoted>(?:[^\"\\]|\\.)*)\""
    r"|<[<\s]*(?P<angle>\"[^\"<>]*\"@[^<>,;]*|@[^<>]*|[^<>,;]*)(?P<close>>*)"
    r"|\\(?P<pair>.)"
    r"|(?P<literal>[^\s\"\\<>,;:()\[\]]*@\[[^\]\s<>]{0,80}\])"
    r"|(?P<text>[^\s\"\\<>,;:()]+)"
    r"|(?P<blank>\s+)"
    r"|(?P<mark>.)",
    re.DOTALL,
)
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
WORD = re.compile(r"\"[^\"\\<>]*\"@\S+|\S+")
COMMENT = re.compile(r"\([^()]*\)")
SCHEME = re.compile(r"\A(?:mailto|smtp):", re.IGNORECASE)
BRACKETS = str.maketrans("<>", "  ")
ALL_BRACKETS = str.maketrans('"()', "   ")
WIDE_AT = str.maketrans({"\uff20": "@", "\ufe6b": "@"})
QUOTES = frozenset({("'", "'"), ('"', '"'), ("‘", "’"), ("“", "”")})
SQUARE = ("[", "]")
MAX_NESTING = 10


@dataclass(slots=True, kw_only=True)
class _Entry:
    """What stands between two separators, or around one pair of angle brackets."""

    name: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    angle: str | None = None
    quoted: bool = False
    has_at: bool = False
    separator: str = ""

    @property
    def phrase(self) -> str:
        return "".join(self.name)

    @property
    def words(self) -> list[str]:
        return [part for part in self.name if not part.startswith("(")]


@lru_cache(maxsize=32)  # To and Cc are read twice of every mail, and the desk's own address stands in each of them
def read_addresses(value: str) -> tuple[Address, ...]:
    """Return the mailboxes of a raw field value for showing, at most 1,000, each once; never raises.

    Names of groups fall away, display names are decoded also where they stand in quotes; of an address nothing is ever
    decoded (RFC 2047 5), unless the whole field was encoded and no address stands outside of that.
    """
    text = to_unicode(value).translate(WIDE_AT)
    found = _read(text)
    if not found and ("@" in text or "=?" in text):
        flat = decode_header(text)
        found = _read(flat) or _read(flat.translate(ALL_BRACKETS))
    return tuple(dict.fromkeys(found))


def local_user(value: str) -> Address | None:
    """Return whom a From without any `@` names: `root (Cron Daemon)`, `"Ola" </O=KOMMUNE/CN=OLA>`; else None."""
    for entry in _entries(clean_text(to_unicode(value))):
        inside = " ".join((entry.angle or "").split())
        alone = "".join(entry.words).strip() if entry.angle is None and not entry.quoted else ""
        if inside or (alone and not re.search(r"\s", alone)):
            return Address(name=_name(entry.phrase if inside else " ".join(entry.comments)), address=inside or alone)
    return None


def _read(text: str) -> list[Address]:
    found: list[Address] = []
    held = ""
    for entry in itertools.islice(_entries(text), MAX_ENTRIES):
        addresses = _addresses(entry)
        if addresses:
            family = held if entry.separator == "," and entry.angle and not entry.quoted else ""
            name = f"{family}{entry.phrase}" if "".join(entry.words).strip() else " ".join(entry.comments)
            found += [_shown(name if len(addresses) == 1 else "", address) for address in addresses]
            held = ""
        elif entry.separator == ">":
            found[-1:] = [_shown(last.name or entry.phrase, last.address) for last in found[-1:]]
        else:
            # "Nordmann, Ola <…>": a name with a comma that should have been quoted
            held = f"{held}{entry.phrase}," if entry.phrase.strip() and not entry.quoted else ""
        if len(found) >= MAX_ADDRESSES:
            break
    return found[:MAX_ADDRESSES]


def _entries(text: str) -> Iterator[_Entry]:
    """Yield what stands between separators; the name of a group and its colon fall away."""
    tokens = list(TOKEN.finditer(text))
    comments = _comments(tokens)
    last_semicolon = max((at for at, token in enumerate(tokens) if token["mark"] == ";"), default=-1)
    entry, at = _Entry(), 0
    while at < len(tokens):
        token = tokens[at]
        if at in comments:
            comment = ESCAPE.sub(r"\1", text[token.end() : tokens[comments[at]].start()])
            at = comments[at]
            entry.comments.append(comment)
            entry.name.append(f"({comment})" if entry.angle is None else "")
        elif token["mark"] in {",", ";"}:
            yield entry
            entry = _Entry(separator=token["mark"])
        elif token["mark"] == ":" and at < last_semicolon and entry.angle is None and not entry.has_at:
            entry = _Entry(separator=":")
        elif entry.angle is not None and not token["blank"] and token["mark"] != ">":
            yield entry
            entry = _with(_Entry(separator=">"), token)
        else:
            entry = _with(entry, token)
        at += 1
    yield entry


def _comments(tokens: list[re.Match[str]]) -> dict[int, int]:
    """Return the outermost comments: where the parenthesis is that opens one, and the one that closes it."""
    opened: list[int] = []
    closed: dict[int, int] = {}
    for at, token in enumerate(tokens):
        if token["mark"] == "(":
            opened.append(at)
        elif token["mark"] == ")" and opened:
            closed[opened.pop()] = at
    return closed


def _with(entry: _Entry, token: re.Match[str]) -> _Entry:
    """Put a token into an entry."""
    written = token[0]
    entry.has_at |= "@" in written
    if token["angle"] is not None:
        entry.angle = token["angle"]
    elif token["quoted"] is not None:
        entry.quoted = True
        entry.name.append(ESCAPE.sub(r"\1", token["quoted"]))
    else:
        entry.name.append(token["pair"] or written)
    return entry


def _addresses(entry: _Entry) -> list[str]:
    """Return the addresses of an entry, and take those without brackets out of its name."""
    inside = _inside(entry.angle or "")
    if inside:
        return [inside]
    words = WORD.findall("".join(entry.words).translate(BRACKETS))
    if not any(map(_bare, words)):
        # a fold or a comment may have torn the address apart
        words = " ".join(words).replace(" @", "@").replace("@ ", "@").split()
    addresses = list(dict.fromkeys(address for word in words if (address := _bare(word))))
    if addresses:
        entry.name = [" ".join(word for word in words if not _bare(word)).rstrip(":")]
    return addresses


def _inside(angle: str) -> str:
    """Return the address in angle brackets as it was meant, "" where there is none."""
    for _ in range(MAX_NESTING):
        angle, count = COMMENT.subn("", angle)
        if not count:
            break
    address = _squeezed(angle.strip())
    if address.startswith("@") and ":" in address:
        address = address.rpartition(":")[2]
    if "@" not in address and address.startswith("=?"):
        address = "".join(decode_header(address).split())
    return _bare(address)


def _bare(word: str) -> str:
    """Return a word as an address, without what people put around one; "" where it is none."""
    unwrapped = _unwrapped_word(word)
    address = SCHEME.sub("", unwrapped)
    if address != unwrapped:
        address = address.partition("?")[0]
    local, at, domain = _unwrapped(address).rstrip(".").rpartition("@")
    if not local.startswith('"'):
        local = local.rpartition(":")[2]  # the name of a group that nothing ends
    return f"{local}@{domain}" if at and local and domain else ""


def _unwrapped(text: str) -> str:
    return text[1:-1] if text[1:] and (text[0], text[-1]) in QUOTES else text


def _unwrapped_word(word: str) -> str:
    return word[1:-1] if (word[:1], word[-1:]) == SQUARE else _unwrapped(word)


def _shown(name: str, address: str) -> Address:
    plain = _squeezed(clean_text(address))
    shown = _name(name)
    return Address(name="" if shown.casefold() == plain.casefold() else shown, address=plain)


def _squeezed(address: str) -> str:
    """Return an address without white space but in a quoted local part."""
    local, at, domain = address.rpartition("@") if address.startswith('"') else ("", "", address)
    return f"{local}{at}{''.join(domain.split())}"


def _name(raw: str) -> str:
    """Return a display name on one line, decoded, without the quotes around it or one that nothing closes."""
    name = " ".join(decode_header(raw).split()).rstrip(",").strip()
    return _unwrapped(name.strip('" ') if name.count('"') % 2 else name).strip()
