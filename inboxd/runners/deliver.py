"""Send what waits in the outbox of one mailbox: claim a letter as active, submit it, record what became of it."""

import asyncio
import datetime as dt
import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from inboxd.clock import Clock
from inboxd.config.settings import MailboxSettings
from inboxd.desk.backoff import RESEND_AFTER, Verdict, next_state, relay_backoff
from inboxd.desk.undelivered import CARRIES_WORDS
from inboxd.desk.view import KnownLetter
from inboxd.errors import Conflict, LeaseLost, LoginRefused, RelayUnreachable
from inboxd.logs import event
from inboxd.mail.envelope import OutgoingLetter
from inboxd.mail.smtp_reply import Attempt, Outcome, RecipientOutcome, SmtpReply
from inboxd.runners.runner import guarded
from inboxd.smtp.session import SmtpSession
from inboxd.smtp.wire import Timeouts
from inboxd.store import outbox
from inboxd.store.engine import Session, Store
from inboxd.store.leases import LEASE

BATCH = 100
LOST_IN_A_ROW = 2
"""Connections lost within letters after which the relay, and no letter, is to blame."""

Told = Callable[[Session, int, str], None]
"""Called with a letter's id and "failed" or "unknown" in the transaction that records the outcome, in a thread."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """An attempt that the database does not know of yet."""

    letter: OutgoingLetter
    attempt: Attempt
    verdict: Verdict

    @property
    def to_tell(self) -> str | None:
        """What an agent must hear of the letter, if anything."""
        return _worth_telling(self.attempt, self.verdict) if self.letter.kind in CARRIES_WORDS else None


async def recover(store: Store, boxes: Iterable[MailboxSettings], *, clock: Clock, told: Told, living: str = "") -> int:
    """Make dead owners' active letters `unknown`, send their answers once more; return how many there were.

    Once at start, before any runner: on SQLite all active letters are then a dead owner's. `living` is the owner who
    asks: nobody makes his own letters unknown, for he may know what became of them. Where one of `boxes` has copies
    come back, answers wait for them a little before they are sent once more. Raises Temporary.
    """
    wait = RESEND_AFTER if any(box.smtp.confirm == "bcc" for box in boxes) else dt.timedelta(0)
    return await asyncio.to_thread(_recover, store, clock.now(), wait, living, told)


class DeliverRunner:
    """Delivers one mailbox's letters, so that a dead relay stops no other mailbox's.

    `owner` names this process among the daemons that share a database; `random` returns a number in 0..1.
    What the database could not take is kept, and written before anything else in the next run. On PostgreSQL a letter
    in hand is leased for `lease`: somebody calls `renew` more often than that.
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
        lease: dt.timedelta = LEASE,
    ) -> None:
        self._box, self._name, self._smtp = mailbox, mailbox.name, mailbox.smtp
        self._store, self._clock, self._random = store, clock, random
        self._owner, self._told = owner, told
        self._timeouts = timeouts
        self._lease = lease
        self._in_hand: int | None = None  # claimed, and its end not in the database yet
        self._renewed_at = 0.0
        self._unsure = False
        self._done: list[_Done] = []
        self._given_back: list[int] = []
        self._in_doubt: list[int] = []
        self._one_writer = threading.Lock()  # a thread whose task was cancelled writes on
        self._failures = 0
        self._logins_refused = 0
        self._relay_works = self._relay_noted_well = False
        self._null_refused = False
        self._stopping = False
        self._now: dt.datetime | None = None

    async def run_once(self) -> int:
        """Send up to a hundred due letters over one session and return how many were attempted.

        A relay that cannot be used lets the whole queue of the mailbox wait, and no letter's attempt is counted.
        Raises Temporary where the database cannot be used.
        """
        await self._settle()
        await asyncio.to_thread(self._mind_the_clock)
        if self._store.dialect == "postgresql":  # there other daemons may have died; their leases have ended
            await recover(self._store, (self._box,), clock=self._clock, told=self._told, living=self._owner)
        if not await asyncio.to_thread(self._is_due):
            return 0
        attempted = 0
        try:
            async with SmtpSession(self._smtp.server, timeouts=self._timeouts) as session:
                lost = 0
                while attempted < BATCH and not self._stopping and (letter := await self._next()):
                    await self._submit(session, letter)
                    attempted += 1
                    lost = 0 if session.alive else lost + 1
                    if lost == LOST_IN_A_ROW:
                        raise RelayUnreachable("the connection was lost in two letters in a row")  # noqa: TRY301
                await self._settle()  # now: a relay may take as long to answer QUIT as a stop waits for
        except (RelayUnreachable, LoginRefused) as exc:
            await self._settle()
            await asyncio.to_thread(self._relay_fails, exc)
        except LeaseLost as exc:  # this process slept: another daemon may have the letter, and nothing was sent
            event(log, logging.WARNING, "letter.left_alone", letter=self._in_hand, mailbox=self._name, why=exc.message)
        await self._settle()
        return attempted

    def stop(self) -> None:
        """Let the letter in hand be the last one."""
        self._stopping = True

    async def finish(self) -> None:
        """Write what is not in the database yet, after the last `run_once`, also after one that was cancelled.

        A claim that a cancelled run began may have come about unseen: what it took in hand is given back.
        Raises Temporary.
        """
        self._unsure = True
        await self._settle()

    def renew(self) -> None:
        """On PostgreSQL: prolong the lease of the letter in hand; any thread may call it.

        A relay may take ten minutes to answer, and a lease ends after 30 s.
        """
        letter_id, began = self._in_hand, self._clock.monotonic()
        if letter_id is None or self._store.dialect == "sqlite":
            return
        with self._store.begin() as db:
            kept = outbox.renew(db, letter_id, owner=self._owner, lease=self._lease)
        if kept and letter_id == self._in_hand:
            self._renewed_at = max(self._renewed_at, began)

    def _still_ours(self) -> bool:
        """Say whether the lease of the letter in hand has surely not ended, by this process's own clock."""
        if self._store.dialect == "sqlite":  # the daemon's lock is held while the process lives, also while it sleeps
            return True
        return self._clock.monotonic() - self._renewed_at < self._lease.total_seconds()

    async def _submit(self, session: SmtpSession, letter: OutgoingLetter) -> None:
        mode = self._smtp.null_sender
        if mode == "always" and not letter.mail_from:
            letter = replace(letter, fallback_from="")
        if self._smtp.confirm == "bcc" and letter.kind in CARRIES_WORDS:
            letter = replace(letter, copy_to=letter.fallback_from)
        null_sender = mode == "always" or (mode == "auto" and not self._null_refused)
        attempt: Attempt | None = None
        try:
            attempt = await session.submit(letter, null_sender=null_sender, still_ours=self._still_ours)
            verdict = next_state(attempt, letter, now=self._clock.now(), jitter=self._random())
        except (RelayUnreachable, LoginRefused, LeaseLost):
            self._given_back.append(letter.id)
            raise
        except (Exception, asyncio.CancelledError) as exc:
            await self._break_off(letter, exc, in_doubt=attempt is not None or session.in_doubt)
            raise
        self._done.append(_Done(letter=letter, attempt=attempt, verdict=verdict))
        self._null_refused = self._null_refused or attempt.null_sender_refused
        self._relay_works = self._relay_works or session.alive
        _log_outcome(letter, attempt, verdict)

    async def _break_off(self, letter: OutgoingLetter, why: BaseException, *, in_doubt: bool) -> None:
        """Record a letter in whose submission a stop waited no longer, or something came that nobody expected.

        Without its final dot nobody has it: a stop gives it back, and a surprise costs it a try, so that a letter that
        is always met by one does not keep the others from leaving.
        """
        if in_doubt:
            self._in_doubt.append(letter.id)
        elif isinstance(why, asyncio.CancelledError):
            self._given_back.append(letter.id)
        else:
            fault = SmtpReply(code=0, enhanced_status="", text=f"a fault of inboxd's own: {type(why).__name__}")
            attempt = Attempt(
                recipients=tuple(
                    RecipientOutcome(address=address, outcome=Outcome.TRANSIENT, reply=fault)
                    for address in letter.rcpt_tos
                )
            )
            verdict = next_state(attempt, letter, now=self._clock.now(), jitter=self._random())
            self._done.append(_Done(letter=letter, attempt=attempt, verdict=verdict))
        await self._settle()

    async def _next(self) -> OutgoingLetter | None:
        """Record the last letter and claim the next one, in one transaction."""
        return await asyncio.to_thread(self._write, claim=True)

    async def _settle(self) -> None:
        """Write what the database does not know yet."""
        if self._done or self._in_doubt or self._given_back or self._unsure:
            await asyncio.to_thread(self._write, claim=False)

    def _write(self, *, claim: bool) -> OutgoingLetter | None:
        """Write what is done, tell what agents have to know of it, and claim a letter.

        Where a COMMIT got no answer nobody knows whether it came about. What is done is then written once more, where
        the letter is still active; and a letter that was claimed without our knowing it is given back.
        """
        with self._one_writer:
            began, now = self._clock.monotonic(), self._clock.now()
            unsure, self._unsure = self._unsure, True
            with self._store.begin() as db:
                self._note(db, now)
                if unsure:
                    outbox.forget_claims(db, self._owner, self._name)
                letters = self._claim(db, now) if claim else ()
            self._unsure = False
            for written in (self._done, self._in_doubt, self._given_back):
                written.clear()
            self._relay_is_well()
            letter = letters[0] if letters else None
            self._in_hand, self._renewed_at = None if letter is None else letter.id, began
            return letter

    def _note(self, db: Session, now: dt.datetime) -> None:
        to_tell = [done.letter.id for done in self._done if done.to_tell]
        outbox.lock_cases_of(db, [*to_tell, *self._in_doubt])  # before the letters, as whoever works on a case does
        for done in self._done:
            kept = outbox.record(
                db, done.letter.id, owner=self._owner, recipients=done.attempt.recipients,
                state="unknown" if done.verdict.resend else done.verdict.state,
                next_attempt_at=None if done.verdict.resend else done.verdict.next_attempt_at,
                now=now, last_reply=_last_reply(done.attempt),
            )  # fmt: skip
            if kept and done.verdict.resend:
                outbox.resend_once(db, done.letter.id, done.verdict.next_attempt_at or now)
            if kept and done.to_tell:
                _tell(self._told, db, done.letter.id, done.to_tell)
            if done.attempt.null_sender_refused:
                outbox.null_sender_refused(db, self._name, now)
        _end_doubt(db, outbox.lose(db, self._in_doubt, self._owner, now), now, self._told)
        outbox.unclaim(db, self._given_back, self._owner)
        if self._relay_works and not self._relay_noted_well:
            outbox.relay_ok(db, self._name)

    def _mind_the_clock(self) -> None:
        """At the start, and where the clock went back: what was to wait for seconds shall not wait for hours."""
        now, before = self._clock.now(), self._now
        if before is None or now < before:
            with self._store.begin() as db:
                mended = outbox.mend_times(db, self._name, now)
            if mended:
                event(log, logging.WARNING, "outbox.clock_went_back", mailbox=self._name, letters=mended)
        self._now = now

    def _claim(self, db: Session, now: dt.datetime) -> tuple[OutgoingLetter, ...]:
        return outbox.claim(db, owner=self._owner, lease=self._lease, now=now, limit=1, mailbox=self._name)

    def _is_due(self) -> bool:
        now = self._clock.now()
        with self._store.reading() as db:
            self._null_refused = outbox.null_sender_known_refused(db, self._name, now)
            due = outbox.next_due(db, now, self._name)
        return due is not None and due <= now

    def _relay_is_well(self) -> None:
        """Note that the database knows of a relay that works: a letter has left it with its connection alive.

        That it greets and takes the login proves nothing: it may still lose every letter.
        """
        if not self._relay_works:
            return
        if self._failures:
            event(log, logging.INFO, "relay.back", mailbox=self._name, failures=self._failures)
        self._failures = self._logins_refused = 0
        self._relay_works, self._relay_noted_well = False, True

    def _relay_fails(self, exc: RelayUnreachable | LoginRefused) -> None:
        self._failures, self._relay_noted_well = self._failures + 1, False
        refused = isinstance(exc, LoginRefused)
        self._logins_refused += refused  # an outage in between says nothing of the password
        now = self._clock.now()
        until = relay_backoff(self._failures, now, self._random(), refused=self._logins_refused if refused else 0)
        with self._store.begin() as db:
            outbox.defer_relay(db, self._name, until, f"{exc.code}: {exc.message}", now)
        level = logging.WARNING if self._failures == 1 else logging.DEBUG
        event(log, level, "relay.failed", mailbox=self._name, code=exc.code, why=exc.message, until=until.isoformat())


def _recover(store: Store, now: dt.datetime, wait: dt.timedelta, living: str, told: Told) -> int:
    with store.begin() as db:
        lost = outbox.recover(db, now=now, living=living)
        number = _end_doubt(db, lost, now + wait, told)
    if lost:
        event(log, logging.WARNING, "outbox.recovered", unknown=len(lost), told=number)
    return len(lost)


def _end_doubt(db: Session, lost: Iterable[KnownLetter], when: dt.datetime, told: Told) -> int:
    """Queue answers of unknown outcome for their one re-send at `when`; tell of those that had it, and of forwards.

    Returns how many were told of.
    """
    number = 0
    for letter in lost:
        if letter.kind not in CARRIES_WORDS:
            continue
        if letter.kind == "answer" and _sent_once_more(db, letter.id, when):
            continue
        _tell(told, db, letter.id, "unknown")
        number += 1
    return number


def _sent_once_more(db: Session, letter_id: int, when: dt.datetime) -> bool:
    try:
        outbox.resend_once(db, letter_id, when)
    except Conflict:  # it was sent once more before
        return False
    return True


def _tell(told: Told, db: Session, letter_id: int, state: str) -> None:
    """Tell in a savepoint: a fault in the telling must not keep the outcome itself out of the database."""

    def tell() -> None:
        with db.begin_nested():
            told(db, letter_id, state)

    guarded(tell, what="telling", otherwise=lambda _: None)


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
