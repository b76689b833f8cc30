"""The new part of a mail: what its writer wrote this time, without the quoted tail and the signature.

A view only; the whole text is always kept. Where it is not certain that something is a quotation, it stays. One pass
over the lines, each looked at a bounded number of times, whatever they are.
"""

from dataclasses import dataclass

from inboxd.mail.quote_patterns import (
    ANSWERS_BELOW,
    ATTRIBUTION_END,
    BRACKETED_ADDRESS,
    DATE,
    FORWARDED,
    LABEL,
    LABEL_MEANING,
    MAIL_ADDRESS,
    MAX_LINE,
    ORIGINAL,
    OWN_WORDS,
    RULE,
    SENT_FROM,
    SIGNATURE_MARK,
    TIME,
    UNDERSCORES,
    VERB,
)

BLOCK_LINES = 14
"""Lines in which the labels of one block stand: the four or five of them, and long lists of recipients."""

JOINED_LINES = 4
"""Lines over which a program may break "On … wrote:"."""

UNKNOWN_LABELS = 3
"""Labels that must follow a line of underscores to make a header in a language that the table lacks."""

SIGNATURE_LINES = 15
"""A signature is no longer than this; behind a `--` further up there is text."""


def trim_reply(text: str) -> str:
    """Return the new part of a mail's text; all of it where nothing would be left, and a forwarded mail whole."""
    lines = text.split("\n")
    page = _read(_without_signature(lines))
    end = _tail_start(page)
    if end is None:
        return text
    kept = _without_signature(_without_separators(page.lines[:end]))
    trimmed = "\n".join(kept).strip("\n").rstrip()
    answers_inside = end < len(page.lines) and any(ANSWERS_BELOW.search(line[:MAX_LINE]) for line in kept)
    return text if answers_inside or not trimmed.strip() else trimmed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """Lines, and what is asked of them often: the next line with words, and the last one that is not quoted."""

    lines: list[str]
    next_words: list[int]
    last_own: int

    def quoted(self, at: int) -> bool:
        """Say whether the first line with words from `at` on is quoted with `>`."""
        following = self.next_words[at] if at < len(self.lines) else len(self.lines)
        return following < len(self.lines) and _is_quoted(self.lines[following])


def _read(lines: list[str]) -> _Page:
    next_words = [len(lines)] * len(lines)
    following = len(lines)
    for at in range(len(lines) - 1, -1, -1):
        following = at if lines[at].strip() else following
        next_words[at] = following
    own = (at for at in range(len(lines) - 1, -1, -1) if lines[at].strip() and not _is_quoted(lines[at]))
    return _Page(lines=lines, next_words=next_words, last_own=next(own, -1))


def _is_quoted(line: str) -> bool:
    """Say whether a line is quoted; `>:` alone is the end of a broken "wrote:"."""
    start = line.lstrip(" \t")
    return start.startswith(">") and not start.startswith(">:")


def _tail_start(page: _Page) -> int | None:
    """Return the line at which the quoted tail begins (its end: there is none), or None for a forwarded mail."""
    for at, whole in enumerate(page.lines):
        line = whole[:MAX_LINE]
        if not line.strip():
            continue
        if FORWARDED.fullmatch(line):
            return None
        if ORIGINAL.fullmatch(line) or _is_block(page, at) or _is_unknown_block(page, at):
            return at
        start = _attribution(page, at)
        if start is not None and not _answered_inside(page, at):
            return start
    return _trailing_quote(page)


def _is_block(page: _Page, at: int) -> bool:
    """Say whether the header of a quoted mail begins here: a From, and at least two other labels below it.

    Where none of them is the subject, the From must show an address: people write "Fra: … Til: … Dato: …" of journeys.
    """
    first = page.lines[at]
    if _meaning(first) != "from" or _is_quoted(first):
        return False
    found: set[str] = set()
    for line in page.lines[at + 1 : at + BLOCK_LINES]:
        meaning = _meaning(line)
        if meaning == "from":
            break
        found |= {meaning} if meaning else set()
    return len(found) > 1 and ("subject" in found or MAIL_ADDRESS.search(first[:MAX_LINE]) is not None)


def _meaning(line: str) -> str | None:
    label = LABEL.match(line[:MAX_LINE])
    return LABEL_MEANING.get(label[1].lower()) if label else None


def _is_unknown_block(page: _Page, at: int) -> bool:
    """Say whether a line of underscores stands above labels in a language that we do not know (Outlook on the web)."""
    if not UNDERSCORES.fullmatch(page.lines[at][:MAX_LINE]):
        return False
    following = [line for line in page.lines[at + 1 : at + 8] if line.strip()][:UNKNOWN_LABELS]
    labels = [line for line in following if LABEL.match(line[:MAX_LINE])]
    return len(labels) == len(following) == UNKNOWN_LABELS


def _attribution(page: _Page, at: int) -> int | None:
    """Return the line where an "On … wrote:" that ends in this line begins, None if it is none.

    It is certain with an address in brackets, or a date and a time; with less, quoted lines must follow.
    """
    if not page.lines[at][:MAX_LINE].rstrip(" \t*_\ufeff\u200b").endswith((":", "：")):
        return None
    joined = ""
    for start in range(at, max(at - JOINED_LINES, -1), -1):
        joined = f"{page.lines[start][:MAX_LINE].strip()} {joined}"
        if not page.lines[start].strip() or OWN_WORDS.search(joined):
            return None
        if VERB.search(joined) and (page.quoted(at + 1) or _is_sure(joined)):
            return _with_date_above(page, start, joined)
    return None


def _is_sure(attribution: str) -> bool:
    named = BRACKETED_ADDRESS.search(attribution) or (DATE.search(attribution) and TIME.search(attribution))
    return named is not None and ATTRIBUTION_END.search(attribution) is not None


def _with_date_above(page: _Page, start: int, joined: str) -> int:
    """Return where the attribution begins if its date stands on one of the two lines above."""
    for above in (start - 1, start - 2) if not DATE.search(joined) else ():
        line = page.lines[above][:MAX_LINE].strip() if above >= 0 else ""
        if not line or line.endswith((".", "!", "?", ":")):
            break
        if DATE.search(line):
            return above
    return start


def _answered_inside(page: _Page, at: int) -> bool:
    """Say whether own lines stand behind quoted ones: answers inside the quoted text, or below it."""
    return page.quoted(at + 1) and page.last_own > at


def _trailing_quote(page: _Page) -> int:
    """Return where the quoted lines at the end begin, with the line that introduces them."""
    end = page.last_own + 1
    if end == 0 or page.next_words[end:][:1] in ([], [len(page.lines)]):
        return len(page.lines)
    start = _attribution(page, page.last_own)
    return end if start is None else start


def _without_separators(lines: list[str]) -> list[str]:
    """Drop blank lines and drawn lines at the end: they stood above the quoted mail."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or RULE.fullmatch(lines[end - 1][:MAX_LINE])):
        end -= 1
    return lines[:end]


def _without_signature(lines: list[str]) -> list[str]:
    """Drop what stands behind `-- ` at the end, and the line that a phone adds, where something else is left."""
    words = [at for at in range(len(lines)) if lines[at].strip()][-SIGNATURE_LINES:]
    marks = [at for at in words if lines[at].rstrip() == SIGNATURE_MARK]
    end = marks[0] if marks and not any(_is_quoted(lines[at]) for at in words if at > marks[0]) else len(lines)
    for at in reversed(words):
        if at < end and not SENT_FROM.fullmatch(lines[at][:MAX_LINE]):
            break
        end = min(at, end)
    return lines[:end] if any(line.strip() for line in lines[:end]) else lines
