"""What is done to a mail on the server once it is filed here: `after` of config.toml. Every step may be repeated."""

from collections.abc import Sequence

from inboxd.imap.session import ImapSession


def file_away(session: ImapSession, after: str, uids: Sequence[int]) -> None:
    """Do `after` ("keep", "seen", "delete", "move:FOLDER") to mails of the selected folder.

    Safe to repeat after a lost connection: UIDs that are gone are passed over, and nothing is moved twice.
    Oversize mails must not be among `uids`: their octets are nowhere but on the server.
    """
    if not uids:
        return
    what, _, folder = after.partition(":")
    match what:
        case "keep":
            return
        case "seen":
            session.add_seen(uids)
        case "delete":
            session.delete(uids)
        case "move":
            session.move(uids, folder)
        case _:
            raise ValueError(f"after = {after!r} should have been refused by the configuration")
