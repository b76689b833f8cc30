"""The end of a mail that its writer did not write this time: the signature, a phone's line, a mailing list's footer."""

from itertools import islice

from inboxd.mail.reply.patterns import (
    FOOTER,
    FOOTER_RULE,
    SENT_FROM,
    SIGNATURE_MARK,
    is_marked,
    is_sentence,
    plain,
)

SIGNATURE_LINES = 15
"""Lines of a signature below a `--`; with more of them, it stood in the text."""

EXACT_MARK = "-- "
MARKED_SIGNATURE_LINES = 40
"""Lines of a signature below the exact mark `-- ` of RFC 3676 4.3."""

FOOTER_LINES = 10
"""Lines that a mailing list puts at the end."""


def without_signature(lines: list[str]) -> list[str]:
    """Drop what stands behind `-- ` at the end, and the line that a phone adds, where something else is left."""
    filled = (at for at in range(len(lines) - 1, -1, -1) if lines[at].strip())
    words = [*islice(filled, SIGNATURE_LINES + MARKED_SIGNATURE_LINES)][::-1]
    end = _signature_start(lines, words)
    for at in reversed(words):
        if at < end and not _is_of_a_phone(lines[at]):
            break
        end = min(at, end)
    return lines[:end] if any(line.strip() for line in lines[:end]) else lines


def _signature_start(lines: list[str], words: list[int]) -> int:
    """Return the line of the first mark of a signature or of a list's footer near the end, else the number of lines."""
    last = words[-MARKED_SIGNATURE_LINES:]
    seen = [plain(lines[at]) for at in last]
    places = [place for place, line in enumerate(seen) if SIGNATURE_MARK.fullmatch(line) or FOOTER_RULE.fullmatch(line)]
    fenced = sum(SIGNATURE_MARK.fullmatch(seen[place]) is not None for place in places) > 1
    for place in places:
        below = seen[place + 1 :]
        if _begins(lines[last[place]], below, fenced=fenced) and not any(is_marked(line) for line in below):
            return last[place]
    return len(lines)


def _begins(mark: str, below: list[str], *, fenced: bool) -> bool:
    """Say whether a signature or a footer begins at a line drawn like one.

    Behind a bare `--`, nobody asks anything; and two of them are a fence around something, also exact ones where
    somebody asks behind them.
    """
    if mark == EXACT_MARK:
        return not (fenced and any("?" in other for other in below))
    if SIGNATURE_MARK.fullmatch(plain(mark)):
        return not fenced and len(below) < SIGNATURE_LINES and not any(other.rstrip().endswith("?") for other in below)
    return len(below) < FOOTER_LINES and any(FOOTER.search(other) for other in below)


def _is_of_a_phone(line: str) -> bool:
    seen = plain(line)
    return SENT_FROM.fullmatch(seen) is not None and not is_sentence(seen)
