"""The new part of a mail: what its writer wrote this time, without the quoted tail and the signature.

A view only; the whole text is always kept. Where it is not certain that something is a quotation, it stays.

- The quoted tail goes from the first mark that is certain: a drawn line with "original message", a block of From, Sent,
  To and Subject, an "On … wrote:", or the marked lines at the end.
- Answers inside marked lines stay, with all that they answer; what is quoted below the last of them goes.
- One marked quotation with its "On … wrote:" above, and own words below it: the words stay, above and below.
- A forwarded mail stays whole, and where nothing would be left, everything.

One pass over the lines, each looked at a bounded number of times, whatever they are.
"""

from dataclasses import dataclass

from inboxd.mail.reply.patterns import (
    ADDRESS_END,
    ANSWERS_BELOW,
    ATTRIBUTION_END,
    BRACKETED_ADDRESS,
    CITING,
    DATE,
    DATED_LINE,
    DIGIT,
    FINNISH,
    FINNISH_PREFIX,
    FORWARDED,
    GREETING,
    LEADS_UP,
    LINK_LINE,
    MARK,
    ON_DATE,
    OWN_WORDS,
    PROMPT,
    RULE,
    SCANDINAVIAN,
    TIME,
    VERB,
    VERB_IN_SCRIPT,
    WITH_TEXT,
    WROTE_ADDRESS,
    YEAR,
    is_marked,
    may_mark,
    plain,
)
from inboxd.mail.reply.quoted_header import is_header
from inboxd.mail.reply.signature import without_signature

MAX_LINES = 5_000
"""Lines in which the quoted tail is looked for: where it begins further down, all is shown."""

MORE = ("…",) * 60
"""What stands for the lines further down, so that nothing above them counts as the end of the mail."""

JOINED_LINES = 5
"""Lines over which a program may break "On … wrote:"."""

MAX_ATTRIBUTION = 400
"""Characters of an "On … wrote:" at the most."""

VERB_AT_THE_END = 14
"""Characters in which the verb must stand that ends a line."""

VERB_AT_END, DATE_AT_START = 40, 30
"""Characters at the ends of an attribution without a colon in which its verb or its date must stand."""

LONGEST_NAME = 6
"""Words of a name."""

LONG_LINE = 60
"""Characters from which on a program breaks a line."""

FINNISH_LENGTH = 2_000
"""Characters of a text that tell its language."""


def trim_reply(text: str) -> str:
    """Return the new part of a mail's text; all of it where nothing would be left, and a forwarded mail whole."""
    lines = text.split("\n", MAX_LINES)
    if len(lines) <= MAX_LINES:
        return _trimmed(text, lines)
    trimmed = _trimmed("", [*lines[:MAX_LINES], *MORE])
    return trimmed if trimmed and not trimmed.endswith(MORE[-1]) else text


def _trimmed(text: str, lines: list[str]) -> str:
    """Return what stays of the lines, or the text given where that is all or nothing."""
    may_quote = may_mark(text or "\n".join(lines))
    lines = without_signature(lines)
    page = _read(lines if may_quote else [])
    tail = _find_tail(page) if page.lines else _Tail(start=0, resumes=0, end=len(lines))
    if tail is None:
        return text
    above, below = _without_separators(lines[: tail.start]), lines[tail.resumes : tail.end]
    kept = without_signature(_without_separators([*above, *([""] if above else []), *below]))
    trimmed = "\n".join(kept).strip("\n").rstrip()
    if not trimmed.strip() or (tail.end < len(lines) and _answers_are_inside(page, tail.end, kept)):
        return text
    return trimmed


def is_finnish_reply(subject: str, text: str) -> bool:
    """Say whether a decoded subject's `VS:` means an answer, as in Finnish; in Norwegian and Danish it is a forward."""
    if not FINNISH_PREFIX.match(subject):
        return False
    beginning = text[:FINNISH_LENGTH]
    return len(FINNISH.findall(beginning)) > len(SCANDINAVIAN.findall(beginning))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tail:
    """What goes: lines from `start` to before `resumes` (a quotation with own words below), and all from `end` on."""

    start: int
    resumes: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """Lines, how patterns read them, and what is asked of them often.

    `next_words[n]` is the first line with words from n on, `runs[n]` the number of runs of marked lines from n on.
    """

    lines: list[str]
    seen: list[str]
    marked: list[bool]
    next_words: list[int]
    runs: list[int]
    last_own: int

    def quoted(self, at: int) -> bool:
        """Say whether the first line with words from `at` on is marked as quoted."""
        following = self.next_words[at]
        return following < len(self.lines) and self.marked[following]


def _read(lines: list[str]) -> _Page:
    seen = [plain(line) for line in lines]
    marked = [is_marked(line) for line in seen]
    for at in range(1, len(lines) - 1):
        marked[at] = marked[at] or (marked[at - 1] and marked[at + 1] and _is_broken_off(seen[at - 1], seen[at]))
    next_words = [len(lines)] * (len(lines) + 1)
    runs = [0] * (len(lines) + 1)
    last_own = -1
    for at in range(len(lines) - 1, -1, -1):
        following = next_words[at + 1]
        has_words = bool(seen[at].strip())
        next_words[at] = at if has_words else following
        begins = has_words and marked[at] and not (following < len(lines) and marked[following])
        runs[at] = runs[at + 1] + begins
        last_own = at if has_words and not marked[at] and last_own < 0 else last_own
    return _Page(lines=lines, seen=seen, marked=marked, next_words=next_words, runs=runs, last_own=last_own)


def _is_broken_off(above: str, line: str) -> bool:
    """Say whether a line is the rest of a long marked one, or of a link, broken by a program that did not mark it."""
    if "://" in above and " " not in line.strip() and above.count("(") + line.count("(") == line.count(")") > 0:
        return True
    rest = len(above) >= LONG_LINE and line[:1].islower() and len(line) < LONG_LINE
    return rest or LINK_LINE.fullmatch(line) is not None


def _find_tail(page: _Page) -> _Tail | None:
    """Return what goes, or None for a forwarded mail."""
    start = resumes = at = 0
    while at < len(page.lines):
        if page.marked[at] or may_mark(page.seen[at]):
            if at >= resumes and _is_forwarded(page, at):
                return None
            if not page.marked[at] and is_header(page.seen, at):
                return _Tail(start=start, resumes=resumes, end=at)
            found = _introduction(page, at)
            if found and found[1] is None:
                return _Tail(start=start, resumes=resumes, end=max(found[0], resumes))
            if found and found[1] and page.runs[at] == 1 and resumes == 0 and _names_somebody(page, found[0], at):
                start, resumes = found[0], found[1]
        at += 1
    return _Tail(start=start, resumes=resumes, end=max(_trailing_quote(page), resumes))


def _is_forwarded(page: _Page, at: int) -> bool:
    """Say whether what is forwarded begins here, also where all of it is marked as if it were quoted (Apple Mail).

    Nor is a header that was copied with its mail for us to read, behind "I got this mail:", that of a quotation.
    """
    if not page.marked[at]:
        return FORWARDED.match(page.seen[at]) is not None or _is_shown(page, at)
    return _begins_run(page, at) and FORWARDED.match(MARK.sub("", page.seen[at], count=1)) is not None


def _is_shown(page: _Page, at: int) -> bool:
    """Say whether the header of a mail stands here below the words with which the writer shows it to us."""
    above = " ".join(page.seen[max(at - 2, 0) : at]).rstrip()
    return above.endswith(":") and LEADS_UP.search(above) is not None and is_header(page.seen, at)


def _introduction(page: _Page, at: int) -> tuple[int, int | None] | None:
    """Return where the "On … wrote:" that ends here begins, and where own words go on behind its quotation."""
    if page.marked[at]:
        return (at, _end_of_run(page, at)) if _is_marked_attribution(page, at) else None
    begin = _attribution(page, at)
    return None if begin is None else (begin, _end_of_run(page, at + 1))


def _names_somebody(page: _Page, start: int, end: int) -> bool:
    """Say whether an "On … wrote:" has a date, an address, or nothing but a name: "the system wrote:" is a sentence."""
    joined = " ".join(page.seen[start : end + 1])
    if DATE.search(joined) or BRACKETED_ADDRESS.search(joined):
        return True
    words = VERB.sub(" ", MARK.sub("", joined, count=1)).strip(" :").split()
    return len(words) <= LONGEST_NAME and all(word[0].isupper() for word in words)


def _begins_run(page: _Page, at: int) -> bool:
    """Say whether the first of several marked lines stands here."""
    return at == 0 or not page.marked[at - 1]


def _is_marked_attribution(page: _Page, at: int) -> bool:
    """Say whether marked lines begin with their own "On … wrote:" (Apple Mail), over one line or two."""
    if not _begins_run(page, at):
        return False
    first, second = (MARK.sub("", line, count=1).strip() for line in [*page.seen[at : at + 2], ""][:2])
    dated = (line for line in (first, f"{first} {second}") if line.endswith(":") and len(line) < MAX_ATTRIBUTION)
    return any(DATE.search(line) and BRACKETED_ADDRESS.search(line) for line in dated)


def _end_of_run(page: _Page, at: int) -> int | None:
    """Return where own words go on behind the marked lines that begin at `at`, None where none do."""
    if not page.quoted(at) or page.last_own < at:
        return None
    while at < len(page.lines) and (page.marked[at] or not page.seen[at].strip()):
        at += 1
    return at


def _attribution(page: _Page, at: int) -> int | None:
    """Return the line where an "On … wrote:" that ends in this line begins, None if it is none.

    It is certain with an address in brackets, or a date and a time; with less, quoted lines must follow.
    """
    last = page.seen[at].rstrip(" *_")
    if not last.endswith((":", "：")):
        return _attribution_without_colon(page, at, last)
    joined = ""
    for start in range(at, max(at - JOINED_LINES, -1), -1):
        line = page.seen[start].strip()
        if not line or (page.marked[start] and start < at):
            return None
        joined = f"{line} {joined}".strip()
        if len(joined) > MAX_ATTRIBUTION or OWN_WORDS.search(joined):
            return None
        if _is_attribution(joined, quoted=page.quoted(at + 1)):
            return _with_lines_above(page, start, joined)
    return None


def _attribution_without_colon(page: _Page, at: int, last: str) -> int | None:
    """Return the line where it begins if it ends in dashes (Zoho), or shows a date first and marked lines follow."""
    bare = last.rstrip("-‐–—")
    if last.endswith("---") and VERB.search(bare[-VERB_AT_END:]) and (DATE.search(bare) or bare.startswith("---")):
        return at
    if _is_bare_attribution(last) or _has_text_behind(last):
        return at
    quoted = page.quoted(at + 1)
    if at and last.endswith(">") and page.seen[at - 1].rstrip().endswith("<"):
        at, last = at - 1, f"{page.seen[at - 1].strip()} {last.strip()}"
    if not quoted or not DATE.search(last[:DATE_AT_START]):
        return None
    return at if BRACKETED_ADDRESS.search(last) or (DATED_LINE.match(last) and "GMT" in last) else None


def _is_bare_attribution(line: str) -> bool:
    """Say whether a line is a whole "On date and time Name <address> wrote", of which only the colon is missing."""
    whole = ON_DATE.match(line) and BRACKETED_ADDRESS.search(line) and YEAR.search(line) and TIME.search(line)
    return whole is not None and VERB.search(line, max(len(line) - VERB_AT_THE_END, 0)) is not None


def _has_text_behind(line: str) -> bool:
    """Say whether a line begins with a whole "On date and time Name <address> wrote:", and goes on."""
    end = WITH_TEXT.search(line)
    head = line[: end.end()] if end else ""
    return (ON_DATE.match(head) and VERB.search(head) and YEAR.search(head) and TIME.search(head)) is not None


def _is_attribution(joined: str, *, quoted: bool) -> bool:
    address = BRACKETED_ADDRESS.search(joined) is not None
    writes = VERB.search(joined) is not None or VERB_IN_SCRIPT.search(joined) is not None
    if YEAR.search(joined) and TIME.search(joined):
        begins, ends = ON_DATE.match(joined) is not None, ADDRESS_END.search(joined) is not None
        if (address and (quoted or writes or ends)) or (begins and ends):
            return True
    if CITING.fullmatch(joined):
        return quoted or address
    if WROTE_ADDRESS.fullmatch(joined):
        return True
    if quoted or not writes:
        return writes
    ends = ATTRIBUTION_END.search(joined) is not None
    return ends and (address or (DATE.search(joined) is not None and TIME.search(joined) is not None))


def _with_lines_above(page: _Page, start: int, joined: str) -> int:
    """Return where the attribution begins if its date, or the name before an address, stands on the lines above."""
    if joined.startswith(("<", "(", "[")) and start and not _ends_a_sentence(page.seen[start - 1]):
        start -= 1
        joined = f"{page.seen[start]} {joined}"
    if DATE.search(joined):
        return start
    for above in range(start - 1, max(start - 4, -1), -1):
        line = page.seen[above].strip()
        if line and _ends_a_sentence(line.rstrip(",") if above == start - 1 else line):
            break
        if DATE.search(line) and ON_DATE.match(line):
            return above
    return start


def _ends_a_sentence(line: str) -> bool:
    return not line.strip() or line.rstrip().endswith((".", "!", "?", ":", ","))


def _trailing_quote(page: _Page) -> int:
    """Return where the marked lines at the end begin.

    Bars are no certain mark, nor is a prompt of Python's, nor what the writer leads up to.
    """
    end = page.last_own + 1
    following = page.next_words[end]
    if following == len(page.lines) or not page.seen[following].lstrip().startswith(">"):
        return len(page.lines)
    if PROMPT.match(page.seen[following]):
        return len(page.lines)
    above = page.seen[end - 1].rstrip() if end else ""
    led_up_to = above.endswith(":") and not DIGIT.search(above) and (following == end or " " in above.strip())
    return len(page.lines) if led_up_to and (OWN_WORDS.search(above) or not VERB.search(above)) else end


def _answers_are_inside(page: _Page, end: int, kept: list[str]) -> bool:
    """Say whether the writer says that the answers stand below, or wrote nothing but "Hei Kari," above them."""
    seen = [plain(line).strip() for line in kept]
    if any(ANSWERS_BELOW.search(line) for line in seen):
        return True
    words = [line for line in seen if line]
    return len(words) == 1 and GREETING.fullmatch(words[0]) is not None and page.last_own > end + JOINED_LINES


def _without_separators(lines: list[str]) -> list[str]:
    """Drop blank lines and drawn lines at the end: they stood above the quoted mail."""
    end = len(lines)
    while end and (not (line := plain(lines[end - 1])).strip() or RULE.fullmatch(line)):
        end -= 1
    return lines[:end]
