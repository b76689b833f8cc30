"""The text of a mail: which part to read, in which charset, and its lines as they were meant (RFC 2046 5.1.4, 3676)."""

import re

from inboxd.mail.charset import decode_octets
from inboxd.mail.html import html_to_text
from inboxd.mail.mime import MimeMessage, Part, content_octets
from inboxd.mail.trim import trim_reply

__all__ = ["body_text", "trim_reply"]

MAX_TEXT = 1_000_000
"""Characters of text that are read; nobody reads more, and search indexes take no more."""

META_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
STUB = re.compile(
    r"\W*(?:this (?:is a|message is|e-?mail is)|your (?:mail|e-?mail) client|denne (?:meldingen|e-posten)|to view this)"
    r"[^\n]{0,150}\bhtml\b[^\n]{0,80}\W*",
    re.IGNORECASE,
)
SIGNATURE_MARK = "-- "


def body_text(root: Part) -> tuple[str, tuple[str, ...]]:
    """Return the text to read of a mail, plain text before HTML, and what was wrong with it; "" where there is none."""
    defects: list[str] = []
    text = "\n\n".join(text for text in _texts(root, defects) if text)
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT]
        defects.append(f"text: only the first {MAX_TEXT} characters are read")
    return text, tuple(dict.fromkeys(defects))


def _texts(part: Part, defects: list[str]) -> list[str]:
    """Return the texts of a part in order: one of the alternatives, the first of related parts, else all."""
    if not part.parts:
        return [_leaf_text(part, defects)] if part.is_body else []
    if part.disposition == "attachment" and not part.root:
        return []
    if part.content_type == "multipart/alternative":
        return _best_alternative(part, defects)
    if part.content_type == "multipart/related":
        return _texts(part.parts[0], defects)
    return [text for child in part.parts for text in _texts(child, defects)]


def _best_alternative(part: Part, defects: list[str]) -> list[str]:
    """Return the first alternative in plain text that says something, else the richest one that does."""
    plain = [child for child in part.parts if child.content_type == "text/plain"]
    rich = [child for child in reversed(part.parts) if child.content_type != "text/plain"]
    for child in plain:
        texts = _texts(child, defects)
        if any(text.strip() and not STUB.fullmatch(text) for text in texts):
            return texts
    for child in rich:
        texts = _texts(child, defects)
        if any(text.strip() for text in texts):
            return texts
    return _texts(plain[0], defects) if plain else []


def _leaf_text(part: Part, defects: list[str]) -> str:
    message = part.message
    octets = content_octets(message)
    is_html = part.content_type == "text/html"
    text, defect = decode_octets(octets, _charset(message, octets, is_html=is_html))
    defects += [defect] if defect else []
    if is_html:
        text, defect = html_to_text(text)
        defects += [defect] if defect else []
    elif _parameter(message, "format") == "flowed":
        text = unflow(text, delsp=_parameter(message, "delsp") == "yes")
    return text.rstrip().lstrip("\n")


def _charset(message: MimeMessage, octets: bytes, *, is_html: bool) -> str:
    declared = _parameter(message, "charset")
    if declared or not is_html:
        return declared
    meta = META_CHARSET.search(octets, 0, 2_000)
    return meta[1].decode("ascii") if meta else ""


def _parameter(message: MimeMessage, name: str) -> str:
    """Return a parameter of Content-Type in lower case, "" where there is none or none that can be read."""
    try:
        value = message.get_param(name)
    except (ValueError, LookupError, TypeError):
        return ""
    return (value if isinstance(value, str) else str(value[2]) if value else "").strip().lower()


def unflow(text: str, *, delsp: bool) -> str:
    """Join the lines of format=flowed: one that ends in a space goes on in the next of the same depth (RFC 3676 4)."""
    lines: list[list[str]] = []
    flowing_at: int | None = None
    for line in text.split("\n"):
        marked = line.lstrip(">")
        depth = len(line) - len(marked)
        words = marked.removeprefix(" ")
        flows = words.endswith(" ") and words != SIGNATURE_MARK
        kept = words[:-1] if flows and delsp else words
        if flowing_at == depth and words != SIGNATURE_MARK:
            lines[-1].append(kept)
        else:
            lines.append([f"{'>' * depth} {kept}" if depth else kept])
        flowing_at = depth if flows else None
    return "\n".join("".join(pieces) for pieces in lines)
