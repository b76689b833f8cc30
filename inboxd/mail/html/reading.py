"""HTML mail as plain text (rules.md T16: HTML is never shown, only read). Why by a walk of our own: docs/adr/0005."""

import re

from inboxd.mail.html.style import NO_RULES, read_sheet
from inboxd.mail.html.tag import decode_references, read_tag
from inboxd.mail.html.walk import Walk
from inboxd.mail.text import clean_text, is_latin

MAX_HTML = 1_000_000
"""Characters of HTML that are converted, embedded images not counted."""

EMBEDDED = re.compile(r"data:[\w.+/-]*;base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
TAG = re.compile(
    r"<(/?[a-zA-Z](?:[^<>\"']+|\"[^\"<]*\"|'[^'<]*'|\"[^\"]{0,300}\"(?=[\s/>])|'[^']{0,300}'(?=[\s/>])|[\"']){0,5000})>?"
)
"""A tag. A quoted value without an end is none, so that a broken tag takes no text with it. Begun, it never fails, so
nothing is ever tried again; of one with more than 5,000 pieces the rest is text."""

SKIPPED = ("style", "script", "title", "xml", "iframe", "noembed")
UNSEEN = re.compile(
    rf"<(?:!--|!\[(?i:CDATA)\[|[!?]|/>|(?=[{''.join({name[0] + name[0].upper() for name in SKIPPED})}])"
    rf"((?i:{'|'.join(SKIPPED)}))(?=[\s/>]))"
)
"""What is not shown, as it begins. Where another element begins, its first letter tells: most tags are others."""
ENDS = {
    "<!--": re.compile(r"--!?>"),
    "<![cdata[": re.compile(r"\]\]>"),
    **{name: re.compile(rf"</{name}[^<>]*>", re.IGNORECASE) for name in SKIPPED},
}
TAG_END, NEXT_TAG = re.compile(">"), re.compile("(?=<)")
NO_WIDTH = re.compile("[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u2060\ufeff]")
"""Characters that show nothing, and of which the hidden line for previews is full. Those that join letters are kept."""

APART = "\x00"
"""Stands between the texts while all are decoded at once; cleaned text has none."""


def html_to_text(html: str) -> tuple[str, str | None]:
    """Return HTML, as clean text, in plain text, and in words what could not be read of it (None: nothing).

    Links are `words <address>`, quoted mail has `> ` before each line, what the writer hid is left out. Linear in the
    HTML but for what is bounded: a quotation mark looks 300 characters ahead, an end tag 50 elements back.
    """
    html = EMBEDDED.sub("", html) if "data:" in html else html
    defect = f"html: only the first {MAX_HTML} characters are read" if len(html) > MAX_HTML else None
    shown, css = _without_unseen(html[:MAX_HTML])
    pieces = TAG.split(shown)
    rules = read_sheet(css) if css else NO_RULES
    tags = {inside: read_tag(inside, rules) for inside in set(pieces[1::2])}
    typed = len(pieces) == 1 or any(tag.as_typed for tag in tags.values())
    texts = _texts(pieces[::2], collapse=not typed)
    text = Walk(tags, typed=typed).read(pieces[1::2], texts) if tags else texts[0].replace("\xa0", " ")
    is_clean = "&" not in shown and is_latin(text)  # as it came in
    return (text if is_clean else clean_text(text)).strip("\n"), defect


def _texts(pieces: list[str], *, collapse: bool) -> list[str]:
    """Return the texts between tags decoded, with white space collapsed where none of it is to be shown as typed."""
    joined = APART.join(pieces)
    if "&" in joined:
        joined = decode_references(joined)
    if not is_latin(joined) or "\xad" in joined:
        joined = NO_WIDTH.sub("", joined)
    if collapse:
        joined = joined.replace("\n", " ").replace("\t", " ")
        while "  " in joined:  # each time half of them go: linear, and faster than an expression
            joined = joined.replace("  ", " ")
    return joined.split(APART)


def _without_unseen(html: str) -> tuple[str, str]:
    """Return HTML without comments, declarations, scripts and the like, and the style sheets that stood in it."""
    kept: list[str] = []
    sheets: list[str] = []
    missing: set[str] = set()
    at = 0
    while begin := UNSEEN.search(html, at):
        kept.append(html[at : begin.start()])
        at, inside = _end_of(html, begin, missing)
        if begin[1] and begin[1].lower() == "style":
            sheets.append(inside.partition(">")[2])
        elif begin[0] == "<![CDATA[":
            kept.append(inside)
    return ("".join([*kept, html[at:]]), "\n".join(sheets)) if kept else (html, "")


def _end_of(html: str, begin: re.Match[str], missing: set[str]) -> tuple[int, str]:
    """Return where something that is not shown ends, and what is in it; one without an end goes to the next tag.

    `missing` collects the ends that do not occur any more: nothing is looked for twice in vain.
    """
    name = (begin[1] or begin[0]).lower()
    for end in (ENDS.get(name, TAG_END), NEXT_TAG if begin[1] or name == "<!--" else TAG_END):
        found = None if end.pattern in missing else end.search(html, begin.end() - (2 if name == "<!--" else 0))
        if found:
            return found.end(), html[begin.end() : found.start()]
        missing.add(end.pattern)
    return (len(html), "") if begin[1] or name == "<!--" else (begin.end(), "")
