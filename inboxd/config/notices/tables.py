"""[notices] as TOML gives it."""

from inboxd.config.kinds import EmailAddress, Table, Text


class NoticesTable(Table):
    """[notices]: who is mailed notices of downtime, and the folder that their feeds are written to."""

    subscribers: list[EmailAddress] = []
    folder: Text | None = None
