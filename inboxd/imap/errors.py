"""What imapclient raises, said in our errors: by class and by response code (RFC 5530), never by the server's prose."""

import re
import socket
import ssl

from imapclient import exceptions

from inboxd.errors import ConfigError, InboxdError, LoginRefused, MailboxUnreachable

# ValueError is what imaplib and imapclient raise where a server's line is no IMAP at all
LIBRARY_ERRORS = (exceptions.IMAPClientError, OSError, ValueError)

AWAY = frozenset({"UNAVAILABLE", "LIMIT", "INUSE", "SERVERBUG", "OVERQUOTA", "EXPUNGEISSUED"})
NO_FOLDER = frozenset({"NONEXISTENT", "TRYCREATE"})

_CODE = re.compile(r"^(?:\w+ failed: |\w+ command error: (?:NO|BAD) \[)?(?:b['\"])?\[([A-Z][A-Z0-9-]*)")


def response_code(exc: BaseException) -> str | None:
    """Return the response code of a refused command, such as "NONEXISTENT"; None if the server gave none."""
    found = _CODE.match(str(exc))
    return found.group(1) if found else None


def is_refusal(exc: BaseException) -> bool:
    """Say whether the server answered NO or BAD and the connection lives on."""
    lost = exceptions.IMAPClientAbortError, exceptions.ProtocolError
    return isinstance(exc, exceptions.IMAPClientError) and not isinstance(exc, lost)


def translate(exc: Exception, *, server: str, command: str, folder: str | None) -> InboxdError:
    """Return our error for one of LIBRARY_ERRORS. Its message holds no word of the server but the response code."""
    if isinstance(exc, exceptions.LoginError):
        return _login_refused(exc, server)
    if isinstance(exc, exceptions.CapabilityError):
        return ConfigError(f"{server} does not offer what {command} needs", hint="See `inboxd check --connect`.")
    if is_refusal(exc):
        return _refused(response_code(exc), server=server, command=command, folder=folder)
    return MailboxUnreachable(f"{server}: {_what_happened(exc)} ({command})", hint=_tls_hint(exc))


def _login_refused(exc: exceptions.LoginError, server: str) -> InboxdError:
    # imapclient says LoginError also when the line died under LOGIN; the true cause is the context
    if isinstance(exc.__context__, exceptions.IMAPClientAbortError):
        return MailboxUnreachable(f"{server}: the connection was lost (login)")
    code = response_code(exc)
    if code in AWAY:
        return MailboxUnreachable(f"{server} is not available [{code}] (login)")
    said = f" [{code}]" if code else ""
    return LoginRefused(f"{server} refuses the user name or password{said}", hint="Check username and password.")


def _refused(code: str | None, *, server: str, command: str, folder: str | None) -> InboxdError:
    if code in NO_FOLDER:
        return ConfigError(f"{server}: there is no folder {folder!r}", hint="Folder names are case-sensitive.")
    if code == "NOPERM":
        return ConfigError(f"{server}: no right to {command} in folder {folder!r} [NOPERM]")
    return MailboxUnreachable(f"{server} refuses {command}" + (f" [{code}]" if code else ""))


def _what_happened(exc: Exception) -> str:
    match exc:
        case ssl.SSLCertVerificationError():
            return f"the certificate is not trusted: {exc.verify_message}"
        case ssl.SSLError():
            return f"TLS failed: {exc.reason}"
        case TimeoutError():
            return "no answer in time"
        case socket.gaierror():
            return "the name cannot be resolved"
        case OSError():
            return exc.strerror or type(exc).__name__
        case exceptions.IMAPClientAbortError():
            return "the connection was lost"
        case _:
            return "the answer is no IMAP"


def _tls_hint(exc: Exception) -> str | None:
    if isinstance(exc, ssl.SSLCertVerificationError):
        return "Set ca_file to the certificate of the authority that signed it, and host to a name in it."
    return None
