"""One connection to one IMAP folder (RFC 3501, RFC 9051): what imapclient does, made safe and said in our errors.

Not thread-safe: a session belongs to the thread that opened it. Mails are named by UID only.
"""

import datetime as dt
import select
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from imapclient import IMAPClient, SocketTimeout

from inboxd.config.settings import ServerSettings
from inboxd.errors import ConfigError
from inboxd.imap.errors import LIBRARY_ERRORS, is_refusal, response_code, translate

TIMEOUTS = SocketTimeout(connect=15, read=60)
IDLE_SECONDS = 29.0
SEARCH_WINDOW = 20_000  # UIDs of ten digits: 220 kB a line; imaplib refuses lines over 1,000,000 bytes
COMMAND_UIDS = 200  # UIDs named in one command: 2,200 bytes; servers may refuse lines over 8,000 (RFC 7162 4)
MAX_HEADER = 262_144

_BODY = "BODY.PEEK[]"
_HEADER = f"BODY.PEEK[HEADER]<0.{MAX_HEADER}>"
_BODY_REPLY = _BODY.replace(".PEEK", "").encode()  # the reply names the item without PEEK (RFC 9051 7.5.2)
_HEADER_REPLY = b"BODY" + b"[HEADER]<0>"


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderStatus:
    """What SELECT said. `uidnext` is above every UID that was in the folder then."""

    uidvalidity: int
    uidnext: int
    exists: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSize:
    """RFC822.SIZE in octets and INTERNALDATE (aware; None where the server gave none)."""

    uid: int
    size: int
    internaldate: dt.datetime | None


class ImapSession:
    """A logged-in connection; as a context manager it ends with LOGOUT or, failing that, a closed socket.

    Every method raises MailboxUnreachable (connect again), LoginRefused or ConfigError (the admin must act).
    """

    def __init__(
        self, server: ServerSettings, *, timeouts: SocketTimeout = TIMEOUTS, search_window: int = SEARCH_WINDOW
    ) -> None:
        self._server = server
        self._window = search_window
        self._folder: str | None = None
        self._uidvalidity = 0
        self._exists = 0
        self._special: dict[str, str] = {}
        with self._translated("connect"):
            self._client = IMAPClient(
                server.host,
                port=server.port,
                ssl=server.tls == "implicit",
                ssl_context=self._tls_context() if server.tls == "implicit" else None,
                timeout=timeouts,
            )
        try:
            self._prepare(timeouts)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        if exc is None:
            self.logout()
        else:
            self.close()

    def logout(self) -> None:
        """Say LOGOUT and close; a connection that is already dead is only closed."""
        try:
            self._client.logout()
        except LIBRARY_ERRORS:
            self.close()

    def close(self) -> None:
        """Close the socket without a word."""
        try:
            self._client.shutdown()
        except LIBRARY_ERRORS:
            return  # it was closed from the other side: nothing is left to close

    @property
    def capabilities(self) -> frozenset[str]:
        """What the server offers, in upper case: "IDLE", "MOVE", "UIDPLUS", …"""
        with self._translated("capability"):
            return frozenset(word.decode("ascii", "replace").upper() for word in self._client.capabilities())

    def select(self, folder: str, *, readonly: bool = False) -> FolderStatus:
        r"""Open a folder (EXAMINE if `readonly`). A folder that is not there is a ConfigError that names it.

        "\Sent" is the folder with that attribute.
        """
        folder = self._folder = self.named(folder)
        with self._translated("select"):
            try:
                said = self._client.select_folder(folder, readonly=readonly)
            except LIBRARY_ERRORS as exc:
                self._refuse_missing_folder(folder, exc)
                raise
        uidvalidity = said.get(b"UIDVALIDITY")
        if not isinstance(uidvalidity, int) or uidvalidity <= 0:
            raise ConfigError(f"{self._name}: folder {folder!r} has no UIDVALIDITY: its mails cannot be told apart")
        self._uidvalidity, self._exists = uidvalidity, int(said.get(b"EXISTS", 0))
        uidnext = said.get(b"UIDNEXT") or self._highest_uid() + 1
        return FolderStatus(uidvalidity=uidvalidity, uidnext=int(uidnext), exists=self._exists)

    def named(self, folder: str) -> str:
        r"""Return the name of a folder; for an attribute such as "\Sent" of the one that has it (RFC 6154).

        Where no folder has it, one that is usually named so. ConfigError where there is none of these either.
        """
        if not folder.startswith("\\"):
            return folder
        if folder not in self._special:
            with self._translated("list"):
                found = self._client.find_special_folder(folder.encode())
            if not found:
                hint = "Name it with sent_folder in config.toml."
                raise ConfigError(f"{self._name}: no folder is marked {folder}", hint=hint)
            self._special[folder] = str(found)
        return self._special[folder]

    def search_uids(self, above: int, upto: int | None = None) -> tuple[int, ...]:
        """Return the UIDs of the folder that are above `above` and at most `upto`, lowest first."""
        narrow = upto is not None and upto - above <= self._window
        found = self._search("UID", f"{above + 1}:{upto or '*'}", whole=narrow)
        # `n:*` names the last mail even when its UID is below n (RFC 9051 6.4.9)
        return tuple(sorted(uid for uid in found if uid > above and (upto is None or uid <= upto)))

    def search_since(self, date: dt.date) -> tuple[int, ...]:
        """Return the UIDs of mails whose INTERNALDATE is `date` or later, in the server's zone (RFC 9051 6.4.4)."""
        return tuple(sorted(self._search("SINCE", date)))

    def present(self, uids: Sequence[int], *, undeleted: bool = False) -> tuple[int, ...]:
        r"""Return those of `uids` that are still in the folder; with `undeleted` only those without \Deleted."""
        found: set[int] = set()
        with self._translated("search"):
            for some in _slices(uids):
                criteria = ["UID", ",".join(map(str, some)), *(["UNDELETED"] if undeleted else [])]
                found.update(self._client.search(criteria))
        return tuple(sorted(found & set(uids)))

    def sizes(self, uids: Sequence[int]) -> tuple[MailSize, ...]:
        """Return the sizes of those of `uids` that the server still knows, by UID."""
        sizes = []
        for some in _slices(uids):
            for uid, items in self._fetch(some, "RFC822.SIZE", "INTERNALDATE").items():
                size, date = items.get(b"RFC822.SIZE"), items.get(b"INTERNALDATE")
                if isinstance(size, int):
                    sizes.append(MailSize(uid=uid, size=size, internaldate=_aware(date)))
        return tuple(sorted(sizes, key=lambda mail: mail.uid))

    def fetch_octets(self, uids: Sequence[int]) -> dict[int, bytes]:
        r"""Return the whole mails, by UID, without setting \Seen. A UID without its item in the reply is left out."""
        replies = self._fetch(list(uids), _BODY)
        return {uid: octets for uid, items in replies.items() if isinstance(octets := items.get(_BODY_REPLY), bytes)}

    def fetch_header(self, uid: int) -> bytes | None:
        r"""Return a mail's header block (its first MAX_HEADER octets), without setting \Seen; None if not given."""
        header = self._fetch([uid], _HEADER).get(uid, {}).get(_HEADER_REPLY)
        return header if isinstance(header, bytes) else None

    def wait(self, timeout: float, wake: socket.socket) -> bool:
        """Wait until the server tells of mail (True), `wake` becomes readable, or `timeout` seconds are over.

        With IDLE (RFC 2177) at most IDLE_SECONDS, so that a dead line is noticed; without it, only `wake` is heard.
        False is no promise that there is no mail: look again after every wait. `wake` is not read from.
        A server that closes the connection, or says BYE, is MailboxUnreachable.
        """
        if "IDLE" not in self.capabilities:
            wait_readable(timeout, wake)
            return False
        with self._translated("idle"):
            # NOOP first: what came between the last command and now is told here, not after "+ idling"
            if _tells_of_mail(self._client.noop()[1]) or self._exists_told_again():
                return True
            self._client.idle()
            wait_readable(min(timeout, IDLE_SECONDS), wake, self._client.socket())
            # idle_check() would take end-of-file for silence; DONE makes it an error, and returns every line
            # that was told, also one that came in the same packet as "+ idling"
            return _tells_of_mail(self._client.idle_done()[1])

    def add_seen(self, uids: Sequence[int]) -> None:
        r"""Set \Seen. UIDs that are gone do no harm."""
        with self._translated("store"):
            for some in _slices(uids):
                self._client.add_flags(some, [rb"\Seen"], silent=True)

    def delete(self, uids: Sequence[int]) -> None:
        r"""Set \Deleted, and expunge just these where the server can (UIDPLUS, RFC 4315).

        Plain EXPUNGE is never sent: it would take other people's \Deleted mails along.
        """
        expunges = "UIDPLUS" in self.capabilities
        with self._translated("store"):
            for some in _slices(uids):
                self._client.add_flags(some, [rb"\Deleted"], silent=True)
                if expunges:
                    self._client.uid_expunge(some)

    def move(self, uids: Sequence[int], folder: str) -> None:
        r"""Move mails by MOVE (RFC 6851), else by COPY, \Deleted and, with UIDPLUS, UID EXPUNGE.

        Repeating it is safe: what is gone, or already marked \Deleted by an earlier try, is not copied again.
        """
        for some in _slices(self.present(uids, undeleted=True)):
            with self._translated("move", folder=folder):
                if "MOVE" in self.capabilities:
                    self._client.move(some, folder)
                else:
                    self._client.copy(some, folder)
            if "MOVE" not in self.capabilities:
                self.delete(some)

    def holds(self, message_id: str) -> bool:
        """Say whether a mail of that Message-ID is in the folder that is open."""
        return bool(self._search("HEADER", "Message-ID", message_id))

    def append(self, folder: str, octets: bytes, date: dt.datetime) -> None:
        r"""Put a mail into a folder, read (\Seen). Not idempotent: after a failure look whether it is there."""
        with self._translated("append", folder=folder):
            self._client.append(self.named(folder), octets, [rb"\Seen"], date)

    def rights(self, folder: str) -> str | None:
        """Return our rights as MYRIGHTS gives them, such as "lrswte" (RFC 4314 3.5); None without ACL."""
        if "ACL" not in self.capabilities:
            return None
        with self._translated("myrights"):
            # imapclient has no MYRIGHTS of its own; imaplib's answers `folder rights`
            _, replies = self._client._imap.myrights(self._client._normalise_folder(folder))  # noqa: SLF001
        last = replies[-1] if replies else None
        return bytes(last).split()[-1].decode("ascii", "replace") if last else None

    def has_folder(self, folder: str) -> bool:
        """Say whether a folder is there."""
        with self._translated("list"):
            return bool(self._client.folder_exists(folder))

    @property
    def _name(self) -> str:
        return f"{self._server.host}:{self._server.port}"

    def _tls_context(self) -> ssl.SSLContext:
        ca_file = self._server.ca_file
        try:
            return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
        except OSError as exc:  # ssl.SSLError is one of these
            raise ConfigError(f"ca_file {ca_file} cannot be read as certificates") from exc

    def _prepare(self, timeouts: SocketTimeout) -> None:
        """Set up the connection: keepalive, TLS, login. A greeting that skips the login is refused."""
        self._client.normalise_times = False
        # imapclient sets 5: imaplib would turn every literal into its repr, for a log that nobody reads
        self._client._imap.debug = 0  # noqa: SLF001
        _keep_alive(self._client.socket(), timeouts.read)
        if self._client.welcome.startswith(b"* PREAUTH"):
            raise ConfigError(f"{self._name} greets with PREAUTH: anybody could stand between, so it is refused")
        if self._server.tls == "starttls":
            with self._translated("starttls"):
                self._client.starttls(ssl_context=self._tls_context())
        if self._server.username is not None:
            self._login(self._server.username, self._server.password or "")

    def _login(self, username: str, password: str) -> None:
        # LOGIN takes ASCII only, and imaplib does not quote the name; SASL PLAIN (RFC 4616) takes any UTF-8
        plain = password.isascii() and username.isascii() and username.isprintable() and " " not in username
        with self._translated("login"):
            login = self._client.login if plain else self._client.plain_login
            login(username, password)

    def _search(self, *criteria: str | dt.date, whole: bool = False) -> set[int]:
        """UID SEARCH, in windows of sequence numbers where the answer could be a line too long for imaplib.

        From the top down: what is expunged meanwhile moves the rest down, into windows that are yet to come, so that
        no mail is passed over.
        """
        with self._translated("search"):
            if whole or self._exists <= self._window:
                return set(self._client.search(list(criteria)))
            found: set[int] = set()
            for top in range(self._exists, 0, -self._window):
                last = "*" if top == self._exists else str(top)
                found.update(self._client.search([f"{max(1, top - self._window + 1)}:{last}", *criteria]))
        return found

    def _fetch(self, uids: list[int], *items: str) -> dict[int, dict[bytes, object]]:
        """FETCH; where the server refuses several at once, each alone, so that one bad mail hides no other."""
        if not uids:
            return {}
        with self._translated("fetch"):
            try:
                replies = dict(self._client.fetch(uids, list(items)))
            except LIBRARY_ERRORS as exc:
                if not is_refusal(exc):
                    raise
            else:
                self._refuse_other_uidvalidity()
                return replies
        replies = {}
        for uid in uids if len(uids) > 1 else ():
            replies.update(self._fetch([uid], *items))
        return replies

    def _highest_uid(self) -> int:
        with self._translated("search"):
            return max(self._client.search(["UID", "*"]), default=0) if self._exists else 0

    def _refuse_other_uidvalidity(self) -> None:
        """Raise where the server told another UIDVALIDITY since SELECT: these UIDs name other mails now."""
        told = self._client._imap.untagged_responses.get("UIDVALIDITY", ())  # noqa: SLF001 - imaplib's record
        if any(int(value) != self._uidvalidity for value in told):
            raise IMAPClient.AbortError("UIDVALIDITY changed")

    def _exists_told_again(self) -> bool:
        """Say whether EXISTS came since SELECT: servers tell it in the reply to any command, and only once."""
        return len(self._client._imap.untagged_responses.get("EXISTS", ())) > 1  # noqa: SLF001 - imaplib's record

    def _refuse_missing_folder(self, folder: str, exc: Exception) -> None:
        """Raise ConfigError if the folder is not there; some servers refuse SELECT without a response code."""
        if is_refusal(exc) and response_code(exc) is None and not self._client.folder_exists(folder):
            raise ConfigError(f"{self._name}: there is no folder {folder!r}") from exc

    @contextmanager
    def _translated(self, command: str, *, folder: str | None = None) -> Iterator[None]:
        try:
            yield
        except LIBRARY_ERRORS as exc:
            raise translate(exc, server=self._name, command=command, folder=folder or self._folder) from exc


def _slices(uids: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(uids), COMMAND_UIDS):
        yield list(uids[start : start + COMMAND_UIDS])


def _aware(date: object) -> dt.datetime | None:
    return date if isinstance(date, dt.datetime) and date.tzinfo is not None else None


def wait_readable(timeout: float, *sockets: socket.socket) -> None:
    """Wait until one of the sockets can be read, or `timeout` seconds are over."""
    poller = select.poll()  # select() ends at descriptor 1,023
    for one in sockets:
        poller.register(one, select.POLLIN)
    poller.poll(timeout * 1000)


def _tells_of_mail(lines: Sequence[object]) -> bool:
    """Say whether untagged lines, as imapclient parses them, hold EXISTS; BYE is the end of the connection."""
    kinds = {kind for line in lines if isinstance(line, tuple) for kind in line[:2]}
    if b"BYE" in kinds:
        raise IMAPClient.AbortError("BYE")
    return b"EXISTS" in kinds


def _keep_alive(sock: socket.socket, seconds: float) -> None:
    """Let the kernel notice a peer that vanished without a word."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4)):
        sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(seconds * 1000))
