"""Message-IDs: reading them from header fields (RFC 5322 3.6.4), and minting ours with a token that proves itself.

A token is `LETTER.KID.MAC`: the letter's id, the key's id, and HMAC-SHA-256 over (letter id, kind) cut to 130 bits. It
stands in our Message-ID `<LETTER.KID.MAC@domain>`, in a pseudo-id of References `<LETTER.KID.MAC.ref@domain>`, and,
where the mailbox has sub-addresses, in Reply-To `local+LETTER.KID.MAC@domain`.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field

MAC_LENGTH = 26
"""Base32 characters of the MAC: 130 bits (rules.md T02 asks for 128)."""

MAC_OCTETS = 20
"""Octets of the digest that those characters are made of: a whole number of base32's groups."""

MAX_ID = 990
"""Characters of an id that fits on a line (RFC 5322 2.1.1)."""

MESSAGE_ID = re.compile(r"<([^<>]{1,990})>")
SEPARATORS = re.compile(r"[\s,;]+")
DIGIT = re.compile(r"[0-9]")
TOKEN = re.compile(rf"([0-9]{{1,18}})\.([0-9a-z]{{1,8}})\.([a-z2-7]{{{MAC_LENGTH}}})(?![a-z0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A signing key and the short id under which tokens name it."""

    kid: str
    secret: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """A short public name of the key, kept in the database to tell a foreign secret file."""
        return hashlib.sha256(b"inboxd key " + self.secret).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """The keys in force: the last one signs, all of them verify."""

    keys: tuple[Key, ...]

    @property
    def signing(self) -> Key:
        """The key that signs new tokens."""
        return self.keys[-1]

    def key(self, kid: str) -> Key | None:
        """Return the key of that id."""
        return next((k for k in self.keys if k.kid == kid), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token as found in a mail; proves nothing until `verify` says so."""

    letter_id: int
    kid: str
    mac: str


def find_ids(value: str) -> tuple[str, ...]:
    """Return the Message-IDs in a header value, with their angle brackets, in order, each once; linear in the value.

    White space inside of one comes from folding and falls away. A value without a pair of brackets that is nothing but
    ids is taken as such, one alone also without `@` if it has a digit: some gateways drop the brackets, some programs
    never knew of them.
    """
    inside = ("".join(match.split()) for match in MESSAGE_ID.findall(value))
    found = [f"<{written}>" for written in inside if written] or _bare_ids(value.strip(" \t,;<>"))
    return tuple(dict.fromkeys(found))


def _bare_ids(value: str) -> list[str]:
    words = [word for word in SEPARATORS.split(value) if word]
    if any("<" in word or ">" in word or len(word) >= MAX_ID for word in words):
        return []
    is_id = all("@" in word for word in words) or (len(words) == 1 and DIGIT.search(value) is not None)
    return [f"<{word}>" for word in words] if is_id else []


def mint(letter_id: int, kind: str, domain: str, keyring: Keyring) -> str:
    """Return our Message-ID, with brackets, for a letter."""
    return f"<{token(letter_id, kind, keyring)}@{domain}>"


def pseudo_id(letter_id: int, kind: str, domain: str, keyring: Keyring) -> str:
    """Return the id for References that carries the token past relays which rewrite Message-ID."""
    return f"<{token(letter_id, kind, keyring)}.ref@{domain}>"


def token(letter_id: int, kind: str, keyring: Keyring) -> str:
    """Return the bare token of a letter, signed with the key in force."""
    key = keyring.signing
    return f"{letter_id}.{key.kid}.{_mac(letter_id, kind, key)}"


def find_token(text: str) -> Token | None:
    """Return the first thing in a Message-ID or an address that has a token's shape."""
    match = TOKEN.search(text.lower())
    if match is None:
        return None
    return Token(letter_id=int(match[1]), kid=match[2], mac=match[3])


def verify(found: Token, kind: str, keyring: Keyring) -> bool:
    """Say whether a token was signed by one of our keys for a letter of that kind; takes the same time either way."""
    key = keyring.key(found.kid)
    return key is not None and hmac.compare_digest(_mac(found.letter_id, kind, key), found.mac)


def _mac(letter_id: int, kind: str, key: Key) -> str:
    digest = hmac.digest(key.secret, f"{letter_id}:{kind}".encode(), "sha256")
    return base64.b32encode(digest[:MAC_OCTETS]).decode("ascii").lower()[:MAC_LENGTH]
