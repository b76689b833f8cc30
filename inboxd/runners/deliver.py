"""Send what waits in the outbox of one mailbox: claim a letter as active, submit it, record what became of it."""

import asyncio
import datetime as dt
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace

from inboxd.clock import Clock
from inboxd.config.settings import MailboxSettings
from inboxd.desk.backoff import Verdict, next_state, relay_backoff
from inboxd.errors import Conflict, LoginRefused, RelayUnreachable, Temporary
from inboxd.logs import event
from inboxd.mail.envelope import OutgoingLetter
from inboxd.mail.smtp_reply import Attempt, Outcome
from inboxd.smtp.session import SmtpSession
from inboxd.smtp.wire import Timeouts
from inboxd.store import outbox
from inboxd.store.engine import Store

BATCH = 100
LEASE = dt.timedelta(seconds=30)
RENEW_SECONDS = LEASE.total_seconds() / 3
LOST_IN_A_ROW = 2
"""Connections lost within letters after which the relay, and no letter, is to blame."""

LOGIN_HEAD_START = 4
"""A refused login rests as long as a relay that failed four times before: every try may count towards a lock-out."""

TOLD = frozenset({"answer", "forward"})
"""Kinds whose failure an agent must hear of."""

Told = Callable[[int, str], None]
"""Called with a letter's id and "failed" or "unknown", in a thread, after the outcome is recorded."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """An attempt that the database does not know of yet."""

    letter: OutgoingLetter
    attempt: Attempt
    verdict: Verdict


async def recover(store: Store, *, clock: Clock, told: Told) -> int:
    """Make dead owners' active letters `unknown`, send their answers once more; return how many there were.

    Once at start, before any runner: on SQLite all active letters are then a dead owner's. Raises Temporary.
    """
    lost, to_tell = await asyncio.to_thread(_recover, store, clock.now())
    for letter_id in to_tell:
        await asyncio.to_thread(told, letter_id, "unknown")
    if lost:
        event(log, logging.WARNING, "outbox.recovered", unknown=lost, told=len(to_tell))
    return lost


class DeliverRunner:
    """Delivers one mailbox's letters, so that a dead relay stops no other mailbox's.

    `owner` names this process among the daemons that share a database; `random` returns a number in 0..1.
    What the database could not take is kept, and written before anything else in the next run.
    """

    def __init__(  # noqa: PLR0913 - what one sender needs, each by name
        self,
        mailbox: MailboxSettings,
        store: Store,
        *,
        clock: Clock,
        random: Callable[[], float],
        owner: str,
        told: Told,
        timeouts: Timeouts | None = None,
    ) -> None:
        self._name, self._smtp = mailbox.name, mailbox.smtp
        self._store, self._clock, self._random = store, clock, random
        self._owner, self._told = owner, told
        self._timeouts = timeouts
        self._done: list[_Done] = []
        self._given_back: list[int] = []
        self._untold: deque[tuple[int, str]] = deque()
        self._failures = 0
        self._relay_noted_well = False
        self._null_refused = False
        self._stopping = False

    async def run_once(self) -> int:
        """Send up to a hundred due letters over one session and return how many were attempted.

        A relay that cannot be used lets the whole queue of the mailbox wait, and no letter's attempt is counted.
        Raises Temporary where the database cannot be used.
        """
        await self._settle()
        if self._store.dialect == "postgresql":  # there other daemons may have died; their leases have ended
            await recover(self._store, clock=self._clock, told=self._told)
        if not await asyncio.to_thread(self._is_due):
            return 0
        attempted = 0
        try:
            async with SmtpSession(self._smtp.server, timeouts=self._timeouts) as session, self._lease_kept():
                await asyncio.to_thread(self._relay_works)
                lost = 0
                while attempted < BATCH and not self._stopping and (letter := await self._next()):
                    await self._submit(session, letter)
                    attempted += 1
                    lost = 0 if session.alive else lost + 1
                    if lost == LOST_IN_A_ROW:
                        raise RelayUnreachable("the connection was lost in two letters in a row")  # noqa: TRY301
        except (RelayUnreachable, LoginRefused) as exc:
            await self._settle()
            await asyncio.to_thread(self._relay_fails, exc)
        await self._settle()
        return attempted

    def stop(self) -> None:
        """Let the letter in hand be the last one."""
        self._stopping = True

    async def _submit(self, session: SmtpSession, letter: OutgoingLetter) -> None:
        mode = self._smtp.null_sender
        if mode == "always" and not letter.mail_from:
            letter = replace(letter, fallback_from="")
        null_sender = mode == "always" or (mode == "auto" and not self._null_refused)
        try:
            attempt = await session.submit(letter, null_sender=null_sender)
        except (RelayUnreachable, LoginRefused):
            self._given_back.append(letter.id)
            raise
        verdict = next_state(attempt, letter, now=self._clock.now(), jitter=self._random())
        self._done.append(_Done(letter=letter, attempt=attempt, verdict=verdict))
        self._null_refused = self._null_refused or attempt.null_sender_refused
        if letter.kind in TOLD and (state := _worth_telling(attempt, verdict)):
            self._untold.append((letter.id, state))
        _log_outcome(letter, attempt, verdict)

    async def _next(self) -> OutgoingLetter | None:
        """Record the last letter and claim the next one, in one transaction where nobody has to be told in between."""
        if self._untold:
            await self._settle()
        return await asyncio.to_thread(self._write, claim=True)

    async def _settle(self) -> None:
        """Write what the database does not know yet, then tell what agents have to know."""
        if self._done or self._given_back:
            await asyncio.to_thread(self._write, claim=False)
        while self._untold:
            await asyncio.to_thread(self._told, *self._untold[0])
            self._untold.popleft()

    def _write(self, *, claim: bool) -> OutgoingLetter | None:
        now = self._clock.now()
        with self._store.begin() as db:
            for done in self._done:
                kept = outbox.record(
                    db, done.letter.id, owner=self._owner, recipients=done.attempt.recipients,
                    state="unknown" if done.verdict.resend else done.verdict.state,
                    next_attempt_at=None if done.verdict.resend else done.verdict.next_attempt_at,
                    now=now, last_reply=_last_reply(done.attempt),
                )  # fmt: skip
                if kept and done.verdict.resend:
                    outbox.resend_once(db, done.letter.id, done.verdict.next_attempt_at or now)
                if done.attempt.null_sender_refused:
                    outbox.null_sender_refused(db, self._name, now)
            outbox.unclaim(db, self._given_back, self._owner)
            letters = (
                outbox.claim(db, owner=self._owner, lease=LEASE, now=now, limit=1, mailbox=self._name) if claim else ()
            )
        self._done.clear()
        self._given_back.clear()
        return letters[0] if letters else None

    def _is_due(self) -> bool:
        now = self._clock.now()
        with self._store.reading() as db:
            self._null_refused = outbox.null_sender_known_refused(db, self._name, now)
            due = outbox.next_due(db, now, self._name)
        return due is not None and due <= now

    def _relay_works(self) -> None:
        if self._relay_noted_well:
            return
        with self._store.begin() as db:
            outbox.relay_ok(db, self._name)
        if self._failures:
            event(log, logging.INFO, "relay.back", mailbox=self._name, failures=self._failures)
        self._failures, self._relay_noted_well = 0, True

    def _relay_fails(self, exc: RelayUnreachable | LoginRefused) -> None:
        self._failures, self._relay_noted_well = self._failures + 1, False
        now = self._clock.now()
        failures = self._failures + (LOGIN_HEAD_START if isinstance(exc, LoginRefused) else 0)
        until = relay_backoff(failures, now, self._random())
        with self._store.begin() as db:
            outbox.defer_relay(db, self._name, until, f"{exc.code}: {exc.message}", now)
        level = logging.WARNING if self._failures == 1 else logging.DEBUG
        event(log, level, "relay.failed", mailbox=self._name, code=exc.code, why=exc.message, until=until.isoformat())

    @asynccontextmanager
    async def _lease_kept(self) -> AsyncIterator[None]:
        """Renew the lease of the letter in hand: a relay may take ten minutes to answer, a lease ends after 30 s."""
        if self._store.dialect == "sqlite":  # there one daemon has all, and no lease
            yield
            return
        renewing = asyncio.create_task(self._renew())
        try:
            yield
        finally:
            renewing.cancel()
            with suppress(asyncio.CancelledError):
                await renewing

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            with suppress(Temporary):  # the next try is near; where all fail, another daemon takes over
                await asyncio.to_thread(self._renew_once)

    def _renew_once(self) -> None:
        with self._store.begin() as db:
            outbox.renew(db, owner=self._owner, lease=LEASE, now=self._clock.now())


def _recover(store: Store, now: dt.datetime) -> tuple[int, list[int]]:
    """Return how many letters became unknown, and those of them that an agent must hear of."""
    to_tell: list[int] = []
    with store.begin() as db:
        lost = outbox.recover(db, owner_alive=None, now=now)
        for letter in lost:
            if letter.kind not in TOLD:
                continue
            try:
                if letter.kind == "answer":
                    outbox.resend_once(db, letter.id, now)
                else:
                    to_tell.append(letter.id)
            except Conflict:  # it was sent once more before
                to_tell.append(letter.id)
    return len(lost), to_tell


def _worth_telling(attempt: Attempt, verdict: Verdict) -> str | None:
    """Return what an agent must hear after this attempt: also of one recipient refused for good while others wait."""
    outcomes = {r.outcome for r in attempt.recipients}
    if Outcome.PERMANENT in outcomes:
        return "failed"
    news = verdict.state in {"failed", "unknown"} and outcomes != {Outcome.DELIVERED}
    return verdict.state if news else None


def _last_reply(attempt: Attempt) -> str | None:
    """Return the reply to show for the letter: of a recipient who did not get it, if there is one."""
    replies = sorted(attempt.recipients, key=lambda r: r.outcome is Outcome.DELIVERED)
    return str(replies[0].reply) if replies else None


def _log_outcome(letter: OutgoingLetter, attempt: Attempt, verdict: Verdict) -> None:
    """Log one line without addresses: a reply's text may hold one, so only its code is shown."""
    level = logging.WARNING if verdict.state in {"failed", "unknown", "queued"} else logging.INFO
    event(
        log,
        level,
        f"letter.{'sent_once_more' if verdict.resend else verdict.state}",
        letter=letter.id,
        mailbox=letter.mailbox,
        kind=letter.kind,
        attempt=letter.attempts + 1,
        codes=",".join(str(r.reply.code) for r in attempt.recipients),
    )
