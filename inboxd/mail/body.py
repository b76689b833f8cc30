"""The text of a mail: which of its parts to read, plain text before HTML (RFC 2046 5.1)."""

import re

from inboxd.mail.flowed import unflow
from inboxd.mail.leaf_text import MAX_TEXT, leaf_text
from inboxd.mail.mime import Part, leaves, related_root
from inboxd.mail.reply.trim import trim_reply

__all__ = ["MAX_TEXT", "body_text", "trim_reply", "unflow"]

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

LINK = re.compile(r"<(?:https?|ftp)[^<>]*>")
NOT_A_LETTER = re.compile(r"[\W_]+")


def body_text(root: Part) -> tuple[str, tuple[str, ...]]:
    """Return the text to read of a mail, plain text before HTML, and what was wrong with it; "" where there is none."""
    defects: list[str] = []
    text = "\n\n".join(text for text in _texts(root, defects) if text) or _last_resort(root, defects)
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT]
        defects.append(f"text: only the first {MAX_TEXT} characters are read")
    return text, tuple(dict.fromkeys(defects))


def _texts(part: Part, defects: list[str]) -> list[str]:
    """Return the texts of a part in order: one of the alternatives, the first of related parts, else all."""
    if not part.parts:
        return [leaf_text(part, defects)] if part.is_body else []
    if part.disposition == "attachment" and not (part.root or part.is_opened):
        return []
    if part.content_type == "multipart/alternative":
        return _best_alternative(part, defects)
    if part.content_type == "multipart/related":
        return _texts(part.parts[related_root(part)], defects)
    texts: list[str] = []
    for child in part.parts:
        found = _texts(child, defects)
        if not (child.content_type == "text/html" and texts and found and _says_the_same(texts[-1], found[0])):
            texts += found
    return texts


def _best_alternative(part: Part, defects: list[str]) -> list[str]:
    """Return the first alternative in plain text that says something, else the richest one that does."""
    poor: list[str] = []
    plain = [child for child in part.parts if child.content_type == "text/plain"]
    rich = [child for child in reversed(part.parts) if child.content_type != "text/plain"]
    for child in plain:
        texts = _texts(child, defects)
        if any(text.strip() and not _is_stub(text) for text in texts):
            return texts
        poor = poor if any(text.strip() for text in poor) else texts
    for child in rich:
        texts = _texts(child, defects)
        if any(text.strip() for text in texts):
            return texts
    return poor


def _is_stub(text: str) -> bool:
    """Say whether plain text only says that there is HTML, or is its source."""
    if len(text) < STUB_LENGTH and STUB.search(text):
        return True
    return text.lstrip()[:1] == "<" and SOURCE.match(text) is not None


def _says_the_same(plain: str, html: str) -> bool:
    """Say whether HTML that follows plain text is the same once more: some programs write alternatives as if mixed."""
    return _letters(plain) == _letters(LINK.sub("", html)) or _letters(plain) == _letters(html)


def _letters(text: str) -> str:
    return NOT_A_LETTER.sub("", text)


def _last_resort(root: Part, defects: list[str]) -> str:
    """Return the first text that would else be an attachment only, where the mail has no other."""
    for leaf in leaves(root):
        readable = leaf.content_type.startswith("text/") or (leaf.root and "text" in leaf.content_type)
        if not readable or leaf.content_type in NO_WORDS or leaf.place == "attached":
            continue
        if leaf.disposition != "attachment" and (text := leaf_text(leaf, defects)).strip():
            return text
    return ""
