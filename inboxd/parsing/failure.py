"""What is said when a mail breaks its reader."""

from inboxd.errors import InboxdError


class ParseFailed(InboxdError):
    """The child process died of a mail or did not answer in time; the next mail gets a new one."""

    code = "parse_failed"
