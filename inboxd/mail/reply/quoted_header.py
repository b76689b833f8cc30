"""The headers that mail programs put above a quoted mail: blocks of From, Sent, To and Subject, and drawn lines."""

from itertools import pairwise

from inboxd.mail.reply.patterns import (
    ANY_LABEL,
    BRACKETED_ADDRESS,
    DATE_WORDS,
    DIGIT,
    GROUPWISE,
    LABEL,
    LABEL_INSIDE,
    LABEL_MEANING,
    MAIL_ADDRESS,
    ORIGINAL,
    RAW_FIELD,
    REPLY_ABOVE,
    TIME,
    UNDERSCORES,
    YEAR,
)

BLOCK_LINES = 14
"""Lines in which the labels of one block stand: the four or five of them, and long lists of recipients."""

UNKNOWN_LABELS = 3
"""Labels that make a header in a language that the table lacks."""


def is_header(seen: list[str], at: int) -> bool:
    """Say whether what stands above a quoted mail begins in a line: a drawn line with words, or a block of labels.

    `seen` are the lines as `plain` reads them.
    """
    line = seen[at]
    marks = ORIGINAL.match(line) or REPLY_ABOVE.match(line) or GROUPWISE.fullmatch(line)
    return marks is not None or _is_block(seen, at) or _is_line_of_labels(line) or _is_unknown_block(seen, at)


def _is_block(seen: list[str], at: int) -> bool:
    """Say whether the header of a quoted mail begins here: a From, and other labels around it.

    With an address: two more labels, or the moment it was sent. Without: the date and the subject, for people write
    "Fra: … Til: … Dato: …" of journeys; and the hour too where the date is a "Dato", as in letters and forms. A header
    that somebody copied whole for us to read is none, nor the head of a letter: the recipient first, and no hour. In
    some programs the date, the recipient or the subject stands above the From.
    """
    first = _meaning(seen[at])
    if first not in {"from", "sent", "to", "subject"} or (first == "sent" and not TIME.search(seen[at])):
        return False
    if at and RAW_FIELD.match(seen[at - 1]):
        return False
    found = _labels_from(seen, at)
    address = any(MAIL_ADDRESS.search(line) for line in found.values())
    sent = found.get("sent", "")
    timed = TIME.search(sent) is not None
    if "from" not in found:
        return first == "sent" and "to" in found and address
    if first in {"to", "subject"}:
        return len(found) == len(("from", "sent", "to", "subject")) and (first == "subject" or (address and timed))
    if not timed and at and _meaning(seen[at - 1]) == "to":
        return False
    if address:
        return len(found) > len(("from", "sent")) or (timed and YEAR.search(sent) is not None)
    return "subject" in found and (timed or (_label(sent) not in DATE_WORDS and DIGIT.search(sent) is not None))


def _labels_from(seen: list[str], at: int) -> dict[str, str]:
    """Return the lines with labels from here on by what the labels mean, until one comes again; copies do not count."""
    found: dict[str, str] = {}
    for line, following in pairwise([*seen[at : at + BLOCK_LINES], ""]):
        meaning = _meaning(line)
        if meaning in found:
            break
        if meaning and meaning != "cc":
            found[meaning] = f"{line} {following}" if line.rstrip(" *_").endswith(":") else line
    return found


def _meaning(line: str) -> str | None:
    return LABEL_MEANING.get(_label(line))


def _label(line: str) -> str:
    """Return the label that a line begins with, in small letters, or ""."""
    label = LABEL.match(line)
    return label[1].lower().strip(" _") if label else ""


def _is_line_of_labels(line: str) -> bool:
    """Say whether a whole block stands in one line, which begins with its From."""
    if _meaning(line) != "from":
        return False
    found = {LABEL_MEANING.get(label[1].lower()) for label in LABEL_INSIDE.finditer(line)}
    if {"from", "sent"} <= found and MAIL_ADDRESS.search(line) and YEAR.search(line) and TIME.search(line):
        return True
    return {"from", "sent", "subject"} <= found or {"from", "to", "subject"} <= found


def _is_unknown_block(seen: list[str], at: int) -> bool:
    """Say whether labels stand here in a language that we do not know, or with letters that a server spoiled.

    Below Outlook's line of underscores, three of them with an address or an hour, or a From and a Sent; elsewhere a
    name with an address, then the moment, and one of the first three known.
    """
    if UNDERSCORES.fullmatch(seen[at]):
        following = [line for line in seen[at + 1 : at + 8] if line.strip()][:UNKNOWN_LABELS]
        labels = [line for line in following if LABEL.match(line)]
        filled = any(MAIL_ADDRESS.search(line) or TIME.search(line) for line in labels)
        known = [_meaning(line) for line in labels[:2]] == ["from", "sent"]
        return known or (filled and len(labels) == len(following) == UNKNOWN_LABELS)
    lines = seen[at : at + UNKNOWN_LABELS]
    if not (
        ":" in lines[0] and "@" in lines[0] and all(map(ANY_LABEL.fullmatch, lines)) and len(lines) == UNKNOWN_LABELS
    ):
        return False
    known = _meaning(lines[1]) == "sent" or _meaning(lines[2]) == "to"
    address, moment = BRACKETED_ADDRESS.search(lines[0]), YEAR.search(lines[1]) and TIME.search(lines[1])
    return known and address is not None and moment is not None
