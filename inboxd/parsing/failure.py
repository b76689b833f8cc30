"""What is said when a mail breaks its reader, and when there is no reader any more."""

from inboxd.errors import InboxdError, Temporary


class ParseFailed(InboxdError):
    """The child process died of a mail or did not answer in time; the next mail gets a new one."""

    code = "parse_failed"


class ParserClosed(Temporary):
    """The reader was closed, so that the mail was not read: that says nothing of the mail."""

    code = "parser_closed"
