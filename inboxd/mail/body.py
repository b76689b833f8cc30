"""The text of a mail: which of its parts to read, plain text before HTML (RFC 2046 5.1)."""

import re
from dataclasses import dataclass, field

from inboxd.mail.leaf_text import CUT, MAX_OCTETS, MAX_TEXT, leaf_text
from inboxd.mail.mime import Part, leaves, related_root

STUB_LENGTH = 500
STUB = re.compile(
    r"\b(?:html|mime)\b.{0,120}\b(?:view\w*|display\w*|support\w*|compatible|capable|enabled?|client|reader|program\w*|version|"
    r"format\w*|message|mail|e-?post\w*|meddelelse|melding\w*|meddelande\w*|støtte\w*|stödj?er|leser\w*|läsare|lesbar|anzeigen|"
    r"darstell\w*|sähköposti\w*|viesti\w*)\b|"
    r"\b(?:view|display|support\w*|requires?|vis\w*|se|åpne|støtter|krever|visa|öppna|stöder|anzeigen|ansehen|unterstütz\w*|näytä)\b"
    r".{0,120}\b(?:html|in (?:a|your)(?: web)? ?browser|i (?:en |din )?(?:nettleser|webbläsare|netleser))",
    re.IGNORECASE | re.DOTALL,
)
"""What programs put in the plain text of mail that is in HTML only. Short, and the HTML says at least as much."""

SOURCE = re.compile(
    r"\s*<(?:!doctype|html|head|body|meta|div|p|table|span|style|font|center)\b[^<>]*>.*</(?:html|body|div|p|table|span|font|center)>\s*",
    re.IGNORECASE | re.DOTALL,
)
NO_WORDS = frozenset(
    {"text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/rtf", "text/csv", "text/css",
     "text/rfc822-headers", "text/xml", "text/javascript"}
)  # fmt: skip
"""Text that is meant for programs."""

MAX_READ = 3_000_000
"""Octets of all texts that are read, by their parts' own count; each part has a bound of its own."""

LINK = re.compile(r"<(?:https?|ftp)[^<>]*>")
NOT_A_LETTER = re.compile(r"[\W_]+")


@dataclass(slots=True)
class _Reading:
    """What was wrong so far, and the octets and characters that may still be read."""

    defects: list[str] = field(default_factory=list)
    octets: int = MAX_READ
    characters: int = MAX_TEXT

    def text(self, leaf: Part) -> str:
        """Return the text of a leaf, "" where enough has been read."""
        if self.octets <= 0 or self.characters <= 0:
            self.defects.append(CUT)
            return ""
        text = leaf_text(leaf, self.defects)
        self.octets -= min(len(leaf.message.body), MAX_OCTETS)
        self.characters -= len(text)
        return text


def body_text(root: Part) -> tuple[str, tuple[str, ...]]:
    """Return the text to read of a mail, plain text before HTML, and what was wrong with it; "" where there is none."""
    reading = _Reading()
    text = "\n\n".join(text for text in _texts(root, reading) if text) or _last_resort(root, reading)
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT]
        reading.defects.append(CUT)
    return text, tuple(dict.fromkeys(reading.defects))


def _texts(part: Part, reading: _Reading) -> list[str]:
    """Return the texts of a part in order: one of the alternatives, the first of related parts, else all."""
    if not part.parts:
        return [reading.text(part)] if part.is_body else []
    if part.disposition == "attachment" and not (part.root or part.is_opened):
        return []
    if part.content_type == "multipart/alternative":
        return _best_alternative(part, reading)
    if part.content_type == "multipart/related":
        return _texts(part.parts[related_root(part)], reading)
    texts: list[str] = []
    last: str | None = None
    for child in part.parts:
        found = _texts(child, reading)
        if child.content_type == "text/html" and texts and found:
            last = _letters(texts[-1]) if last is None else last  # once, however many follow
            if _says_the_same(last, found[0]):
                continue
        texts += found
        last = None if found else last
    return texts


def _best_alternative(part: Part, reading: _Reading) -> list[str]:
    """Return the first alternative in plain text that says something, else the richest one that does."""
    poor: list[str] = []
    plain = [child for child in part.parts if child.content_type == "text/plain"]
    rich = [child for child in reversed(part.parts) if child.content_type != "text/plain"]
    for child in plain:
        texts = _texts(child, reading)
        if any(text.strip() and not _is_stub(text) for text in texts):
            return texts
        poor = poor if any(text.strip() for text in poor) else texts
    for child in rich:
        texts = _texts(child, reading)
        if any(text.strip() for text in texts):
            return texts
    return poor


def _is_stub(text: str) -> bool:
    """Say whether plain text only says that there is HTML, or is its source."""
    if len(text) < STUB_LENGTH and STUB.search(text):
        return True
    return text.lstrip()[:1] == "<" and SOURCE.match(text) is not None


def _says_the_same(letters: str, html: str) -> bool:
    """Say whether HTML that follows plain text of such letters is the same once more.

    Some programs write alternatives as if mixed.
    """
    return letters in (_letters(LINK.sub("", html)), _letters(html))


def _letters(text: str) -> str:
    return NOT_A_LETTER.sub("", text)


def _last_resort(root: Part, reading: _Reading) -> str:
    """Return the first text that would else be an attachment only, where the mail has no other."""
    for leaf in leaves(root):
        readable = leaf.content_type.startswith("text/") or (leaf.root and "text" in leaf.content_type)
        if not readable or leaf.content_type in NO_WORDS or leaf.place == "attached":
            continue
        if leaf.disposition != "attachment" and (text := reading.text(leaf)).strip():
            return text
    return ""
