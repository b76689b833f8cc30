"""Links and pictures in HTML mail as words: an address only where it says something else than the words."""

import re
from urllib.parse import unquote, urljoin

from inboxd.mail.html.tag import Tag

SCHEME = re.compile(r"(?:mailto:|https?://)?(?:www\.)?", re.IGNORECASE)
SHOWN = re.compile(r"(?:https?|ftp|mailto):\S", re.IGNORECASE)
MAX_DESCRIPTION = 200

NO_WORDS = re.compile(
    r"\S*\.(?:png|jpe?g|gif|bmp|svg|webp|tiff?|php|aspx)|cid:.*|"
    r"(?:[\w&.-]+ ){0,3}(?:logo|icon|ikon)(?: [\w.-]+){0,2}|"
    r"(?:image|bilde|bild|kuva|spacer|banner|photo|foto|picture|inline[- ]image|facebook|twitter|linkedin|instagram|"
    r"youtube|tiktok|x)(?: \w+)?|"
    r"(?:et bilde som|eit bilete som|en bild som|et billede, der|a picture containing|a close[- ]up|kuva, joka|"
    r"ein bild, das|image removed|bilde fjernet)\b.*|.*(?:automatisk (?:generert|genererad|genereret)|"
    r"automatically generated|automatisch generiert).*",
    re.IGNORECASE | re.DOTALL,
)
"""Descriptions of pictures that say nothing: file names, logos, and the words of programs."""


class Base:
    """The address that relative links begin from."""

    def __init__(self) -> None:
        self._address = ""

    def take(self, tag: Tag) -> None:
        """Take it from the first <base>."""
        self._address = self._address or _clean(tag.attributes.get("href", ""))

    def address(self, href: str) -> str:
        """Return the absolute address of a link, "" for one that leads nowhere outside of the mail."""
        address = _clean(href)
        if self._address and address and not address.startswith("#") and ":" not in address.partition("/")[0]:
            try:
                address = urljoin(self._address, address)
            except ValueError:
                return ""
        return address if SHOWN.match(address) else ""


def shown_address(words: str, address: str) -> str:
    """Return the address to show behind the words of a link, "" where the words say it already, or there are none."""
    words = " ".join(words.split()).strip(" <>()[].,;:")
    if not words:
        return ""
    if address[:7].lower() == "mailto:":
        address = unquote(address[7:].partition("?")[0]).strip()
        address = "" if not address.isprintable() else address
    return "" if _bare(address) in {"", _bare(words)} else address


def description(attributes: dict[str, str]) -> str:
    """Return the words that stand for a picture, "" where its description says nothing."""
    words = " ".join(attributes.get("alt", "").split())
    if words and not any(ch.isascii() or ch.isalnum() for ch in words):
        return words  # an emoji
    inside = (
        attributes.get("src", "")[:5].lower() in {"", "cid:", "data:"}
        or attributes.get("src", "")[:4].lower() == "cid:"
    )
    if inside or len(words) > MAX_DESCRIPTION or len(words) == 1 or NO_WORDS.fullmatch(words):
        return ""
    return words


def _clean(address: str) -> str:
    """Return an address on one line, without blanks: browsers take them out, and nobody can click on them."""
    return "".join(address.split())


def _bare(address: str) -> str:
    return address[SCHEME.match(address).end() :].rstrip("/").casefold() if address else ""  # type: ignore[union-attr]
