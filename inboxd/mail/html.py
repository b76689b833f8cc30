"""HTML mail as plain text (rules.md T16: HTML is never shown, only read)."""

import re

from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig

from inboxd.mail.text import clean_text

MAX_HTML = 1_000_000
"""Characters of HTML that are converted, embedded images not counted."""

EMBEDDED = re.compile(r"data:[\w.+/-]*;base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
LINK = re.compile(r"\[([^\[\]]*)\]\(([^()\s]*)\)")
TAG = re.compile(r"<[^<>]*>")
SCHEME = re.compile(r"^(?:mailto:|https?://)", re.IGNORECASE)
MANY_BLANK_LINES = re.compile(r"\n{3,}")

CONFIG = ParserConfig(css=CSS_PROFILES["strict"], display_links=True)


def html_to_text(html: str) -> tuple[str, str | None]:
    """Return HTML as text, links as `words <address>`, and in words what could not be read (None: nothing)."""
    html = EMBEDDED.sub("", html) if "data:" in html else html
    defect = f"html: only the first {MAX_HTML} characters are read" if len(html) > MAX_HTML else None
    html = clean_text(html[:MAX_HTML])
    try:
        text = get_text(html, CONFIG)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, MemoryError):
        text = ""
    if not text.strip() and (text := TAG.sub(" ", html)).strip():
        defect = "html: read without its layout"
    lines = (line.rstrip() for line in LINK.sub(_link, clean_text(text)).replace("\xa0", " ").split("\n"))
    return MANY_BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n"), defect


def _link(match: re.Match[str]) -> str:
    """Write a link as people do: its address only where it says something else than the words."""
    words, address = match[1].strip(), SCHEME.sub("", match[2]).rstrip("/")
    if not address or address.startswith("#") or address.casefold() == SCHEME.sub("", words).rstrip("/").casefold():
        return words
    return f"{words} <{match[2].removeprefix('mailto:')}>" if words else ""
