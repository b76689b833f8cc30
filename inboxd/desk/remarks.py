"""What an agent should know of a mail before answering it, in plain words: shown above its text."""

from inboxd.desk.decision import Evidence, Suppressed
from inboxd.mail.message import MailKind, ParsedMessage

NO_RECEIPT = "no-receipt"


def remarks(message: ParsedMessage, kind: MailKind) -> tuple[Evidence, ...]:
    """Return what is odd about a mail: too large, not to be read, from nobody for certain, to be answered elsewhere."""
    found = (
        ("too-large", _too_large(message)),
        ("cannot-be-read", _cannot_be_read(message, kind)),
        ("who-wrote", _who_wrote(message)),
        ("reply-to-elsewhere", _reply_to_elsewhere(message)),
    )
    return tuple(Evidence(rule=rule, detail=detail) for rule, detail in found if detail)


def no_receipt(letter: object) -> tuple[Evidence, ...]:
    """Return why nobody got a receipt, where that is so."""
    return (Evidence(rule=NO_RECEIPT, detail=letter.reason),) if isinstance(letter, Suppressed) else ()


def _too_large(message: ParsedMessage) -> str:
    if not message.headers_only:
        return ""
    return f"The mail has {message.size} octets, too many to be fetched: it stays in its folder, here is its header."


def _cannot_be_read(message: ParsedMessage, kind: MailKind) -> str:
    if kind is MailKind.ENCRYPTED:
        return f"The mail is encrypted ({message.encryption}): nobody here can read it without its key."
    grave = [defect for defect in message.defects if defect.startswith(("unreadable:", "limit:"))]
    if kind is MailKind.MALFORMED and grave:
        return f"The mail could not be read as it should ({'; '.join(grave)}); `show --raw` has it as it came."
    return ""


def _who_wrote(message: ParsedMessage) -> str:
    if message.identity is not None:
        return ""
    return "From names no single plain address: check who wrote before you answer."


def _reply_to_elsewhere(message: ParsedMessage) -> str:
    author = message.author
    others = [a.address for a in message.reply_to if author is None or a.key != author.key]
    return f"Answers are asked to {', '.join(others)}; the case answers From." if others else ""
