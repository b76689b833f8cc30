"""Which senders are mail servers, by the addresses and names that only these write under."""

import re

from inboxd.mail.structured import local_part

DAEMONS = re.compile(
    r"(?:mailer|mail)[-_.]?d(?:a|ae)?emons?|mdaemon|microsoftexchange[0-9a-f]{8,40}|mail[-_.]?delivery[-_.]?(?:sub)?system"
    r"|mail[-_.]?delivery|mmdf"
)
POSTMASTERS = re.compile(
    r"post[-_.]?mast(?:er)?|mail-?(?:admin|master|router|gateway|system|server|guard|marshal|sweeper)|l?smtpd?"
    r"|inetgw[0-9]?|anti-?(?:spam|virus)|virus-?wall|content-?filter|sys(?:tem)?-?admin|bounces?"
    r"|.{1,40}(?:anti-?(?:virus|spam)|virus-?(?:scan|wall)|mail-?(?:filter|security|gateway)).{0,40}"
)
SERVER_NAMES = re.compile(
    r"\bmail(?:er)?[ -]?(?:delivery|daemon|system|router|administrator|server)|\bdelivery (?:sub)?system|post ?master|"
    r"\bsystem ?administrator|\bmail ?zustell|\binternet mail|\bmail transport",
    re.IGNORECASE,
)


def is_daemon(address: str) -> bool:
    """Say whether an address is one that only mail servers themselves write from."""
    return DAEMONS.fullmatch(local_part(address) or address.casefold()) is not None


def calls_itself_server(address: str, name: str) -> bool:
    """Say whether an address or the name shown with it is one of a mail server, or of the person who looks after it."""
    return POSTMASTERS.fullmatch(local_part(address)) is not None or SERVER_NAMES.search(name) is not None
