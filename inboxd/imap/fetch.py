"""Get mails off the server: the size first, then the octets in one batch, and an account of every UID asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inboxd.imap.session import ImapSession, MailSize
from inboxd.mail.message import RawMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What became of the UIDs asked for: each is in exactly one of these.

    `vanished` are no longer in the folder. `unread` are still there, but the server did not hand them out:
    they stay missing and are asked for again.
    """

    messages: tuple[RawMessage, ...]
    vanished: tuple[int, ...]
    unread: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The sizes of the UIDs asked for, and what became of those that have none."""

    sizes: tuple[MailSize, ...]
    vanished: tuple[int, ...]
    unread: tuple[int, ...]


def measure(session: ImapSession, uids: Sequence[int]) -> Measured:
    """Ask for sizes; nothing is fetched before its size is known (RFC 4549 4.3.3)."""
    sizes = session.sizes(uids)
    vanished, unread = _without_reply(session, uids, {mail.uid for mail in sizes})
    return Measured(sizes=sizes, vanished=vanished, unread=unread)


def fetch_batch(session: ImapSession, plan: Sequence[MailSize], max_message_size: int) -> Batch:
    """Fetch the mails of `plan`; of those above `max_message_size` octets only the header block.

    Raises MailboxUnreachable where the connection dies: then nothing of the batch counts.
    """
    octets = session.fetch_octets([mail.uid for mail in plan if mail.size <= max_message_size])
    messages = tuple(
        message
        for mail in plan
        if (message := _message(session, mail, octets, headers_only=mail.size > max_message_size)) is not None
    )
    vanished, unread = _without_reply(session, [mail.uid for mail in plan], {message.uid for message in messages})
    return Batch(messages=messages, vanished=vanished, unread=unread)


def _message(
    session: ImapSession, mail: MailSize, octets: dict[int, bytes], *, headers_only: bool
) -> RawMessage | None:
    """Return the mail, or None where the server gave nothing, or gave something else each time."""
    if headers_only:
        content = session.fetch_header(mail.uid)
    else:
        content = octets.get(mail.uid)
        # a wrong RFC822.SIZE is common and no reason to refuse a mail; half a mail would be one
        if content is not None and len(content) != mail.size:
            content = content if session.fetch_octets([mail.uid]).get(mail.uid) == content else None
    if content is None or (not content and mail.size):
        return None
    return RawMessage(
        uid=mail.uid, octets=content, size=mail.size, internaldate=mail.internaldate, headers_only=headers_only
    )


def _without_reply(
    session: ImapSession, asked: Iterable[int], got: set[int]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return (vanished, unread) of the UIDs asked for and not got: only a search tells which (RFC 9051 7.5.1)."""
    without = [uid for uid in asked if uid not in got]
    there = set(session.present(without)) if without else set()
    return tuple(uid for uid in without if uid not in there), tuple(uid for uid in without if uid in there)
