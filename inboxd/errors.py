"""The errors that people are told of, each with its exit code (sysexits.h where one fits).

InboxdError                      1   the thing asked for failed
├─ UsageError                    2   the words of the call are off
├─ NotFound                      4   no such case, letter, mail or agent
├─ Conflict                      5   somebody was faster, or it needs a second thought
├─ Temporary                    75   try again later: a server or the database is away, or another daemon runs
│  ├─ MailboxUnreachable             scope: one mailbox; connect again with back-off
│  ├─ RelayUnreachable               scope: one relay's queue; the queue waits as a whole
│  ├─ StoreBusy                      scope: one transaction; decide again on fresh facts
│  ├─ LeaseLost                      scope: one folder, letter or mail; another daemon has it, leave it alone
│  ├─ DiskFull                       scope: taking mail in; nothing is fetched until there is room again
│  └─ StoreLost                      scope: the process; only a new start may open the database again
├─ NotAllowed                   77   this person may not do it
└─ ConfigError                  78   config.toml, a secret or the database's schema needs the admin
   ├─ LoginRefused                   scope: one mailbox or relay; retried slowly, the admin is told
   ├─ TemplateBroken                 scope: one letter; the package's own template is used instead
   ├─ StoreTooNew                    the database was written by a newer inboxd
   └─ StoreDamaged                   scope: the process; the last backup has to be restored
"""


class InboxdError(Exception):
    """Something that a person must read: what happened, and what to do about it."""

    exit_code = 1
    code = "failed"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(InboxdError):
    """The words of the call are off."""

    exit_code = 2
    code = "usage"


class NotFound(InboxdError):
    """There is no such case, letter, mail or agent."""

    exit_code = 4
    code = "not_found"


class Conflict(InboxdError):
    """Somebody was faster, or it needs a second thought."""

    exit_code = 5
    code = "conflict"


class Temporary(InboxdError):
    """Try again later."""

    exit_code = 75
    code = "temporary"


class MailboxUnreachable(Temporary):
    """A mailbox's server cannot be reached."""

    code = "mailbox_unreachable"


class RelayUnreachable(Temporary):
    """A relay cannot be reached: its queue waits as a whole."""

    code = "relay_unreachable"


class StoreBusy(Temporary):
    """Somebody else wrote at the same time: decide again on fresh facts."""

    code = "store_busy"


class DiskFull(Temporary):
    """The database's disk has too little room left to take mail in."""

    code = "disk_full"


class StoreLost(Temporary):
    """Nobody knows what this process would write into: it has to end, and the next one opens the database anew."""

    code = "store_lost"


class LeaseLost(Temporary):
    """Another daemon has taken over what we had in hand, or may have by now: leave it alone."""

    code = "lease_lost"


class NotAllowed(InboxdError):
    """This person may not do it."""

    exit_code = 77
    code = "not_allowed"


class ConfigError(InboxdError):
    """The admin has to change something first."""

    exit_code = 78
    code = "config"


class LoginRefused(ConfigError):
    """A server refused our name and password."""

    code = "login_refused"


class TemplateBroken(ConfigError):
    """A template of the admin's cannot be rendered; the package's own takes its place."""

    code = "template_broken"


class StoreTooNew(ConfigError):
    """The database was written by a newer inboxd."""

    code = "store_too_new"


class StoreDamaged(ConfigError):
    """The database file is damaged: it has to be replaced by its last backup."""

    code = "store_damaged"
