"""One letter's transaction: MAIL, RCPT, DATA, and what became of each recipient (RFC 5321 3.3)."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from inboxd.errors import LeaseLost, LoginRefused
from inboxd.mail.envelope import OutgoingLetter
from inboxd.mail.smtp_reply import Attempt, Outcome, RecipientOutcome, SmtpReply, outcome_of
from inboxd.smtp.wire import Wire, with_crlf

MAX_LOCAL, MAX_DOMAIN, MAX_ADDRESS = 64, 255, 254
"""Octets of a local part, a domain and a whole address (RFC 5321 4.5.3.1, with its erratum 1690)."""

START_MAIL_INPUT = 354

LOGIN_WANTED = frozenset({530, 534, 535, 538})
"""Answers that ask for a login or a stronger one (RFC 4954 6)."""

SENDER_STATUSES = frozenset({"5.1.7", "5.1.8", "5.7.1", "5.7.60"})
"""Statuses by which relays refuse a sender as late as at RCPT or after the dot (RFC 3463 3.2, 3.8; Exchange's own)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """An envelope as it goes on the wire. `rcpt_tos` are pairs of the address as the desk knows it and as sent;
    `refused` are those that cannot be sent at all. `copy_to` is our own address, as sent, where a copy is wanted.
    """

    mail_from: str
    mail_options: tuple[str, ...]
    rcpt_tos: tuple[tuple[str, str], ...]
    rcpt_options: tuple[str, ...]
    refused: tuple[RecipientOutcome, ...]
    copy_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Transaction:
    recipients: tuple[RecipientOutcome, ...]
    mail_refused: bool = False


async def deliver(
    wire: Wire, letter: OutgoingLetter, *, null_sender: bool, still_ours: Callable[[], bool] = lambda: True
) -> Attempt:
    """Submit a letter over an open connection and return each recipient's outcome.

    Raises LoginRefused where MAIL is answered with "log in first": that is no word about this letter. Raises LeaseLost
    where the letter is not `still_ours` before DATA, or before the final dot: then the relay does not have it from us.

    `null_sender` allows `MAIL FROM:<>` for a letter that wants it; otherwise its own address is used. A relay that
    refuses `<>` for good gets the same letter again at once from its own address, as part of the same attempt.
    """
    if letter.mail_from or not null_sender:
        done = await _transact(wire, letter, letter.mail_from or letter.fallback_from, still_ours)
        return Attempt(recipients=done.recipients)
    first = await _transact(wire, letter, "", still_ours)
    if not (letter.fallback_from and wire.alive and _sender_refused(first)):
        return Attempt(recipients=first.recipients)
    await wire.command("RSET")
    second = await _transact(wire, letter, letter.fallback_from, still_ours)
    better = any(r.outcome is not Outcome.PERMANENT for r in second.recipients)
    return Attempt(recipients=second.recipients, null_sender_refused=first.mail_refused or better)


async def _transact(wire: Wire, letter: OutgoingLetter, sender: str, still_ours: Callable[[], bool]) -> _Transaction:
    envelope = plan(wire, letter, sender)
    if isinstance(envelope, SmtpReply):
        return _Transaction(recipients=_all(letter.rcpt_tos, Outcome.PERMANENT, envelope))
    if not envelope.rcpt_tos:
        return _Transaction(recipients=envelope.refused)
    answer = await wire.command("MAIL", f"FROM:<{envelope.mail_from}>", *envelope.mail_options)
    if answer.code in LOGIN_WANTED:
        raise LoginRefused(f"the relay wants a login: {answer}", hint="check username and password of [mailbox.smtp]")
    outcome = _before_the_dot(answer)
    if outcome is Outcome.DELIVERED:
        recipients = await _recipients_and_octets(wire, envelope, letter.octets, still_ours)
        return _Transaction(recipients=_in_order(letter, (*envelope.refused, *recipients)))
    everybody = _all(tuple(address for address, _ in envelope.rcpt_tos), outcome, answer)
    return _Transaction(
        recipients=_in_order(letter, (*envelope.refused, *everybody)), mail_refused=outcome is Outcome.PERMANENT
    )


async def _recipients_and_octets(
    wire: Wire, envelope: Envelope, octets: bytes, still_ours: Callable[[], bool]
) -> tuple[RecipientOutcome, ...]:
    accepted: list[str] = []
    settled: list[RecipientOutcome] = []
    for address, on_wire in envelope.rcpt_tos:
        answer = await wire.command("RCPT", f"TO:<{on_wire}>", *envelope.rcpt_options)
        outcome = _before_the_dot(answer)
        if outcome is Outcome.DELIVERED:
            accepted.append(address)
        else:
            settled.append(RecipientOutcome(address=address, outcome=outcome, reply=answer))
    if not accepted:
        return tuple(settled)
    if envelope.copy_to is not None:  # only behind a recipient who was accepted, so that a copy proves a delivery
        await wire.command("RCPT", f"TO:<{envelope.copy_to}>", *(("NOTIFY=NEVER",) if wire.offers("dsn") else ()))
    if not still_ours():
        raise LeaseLost("the lease of the letter ended before DATA")
    answer = await wire.command("DATA")
    if answer.code != START_MAIL_INPUT:
        refused = outcome_of(answer)
        if refused not in {Outcome.TRANSIENT, Outcome.PERMANENT}:
            wire.drop()  # neither yes nor no: nobody can say whether this relay now reads a letter or commands
            refused = Outcome.TRANSIENT
        return (*settled, *_all(tuple(accepted), refused, answer))
    sent = await wire.send(octets, still_ours)
    outcome = outcome_of(sent.reply) if sent.dot else Outcome.TRANSIENT
    return (*settled, *_all(tuple(accepted), outcome, sent.reply))


def plan(wire: Wire, letter: OutgoingLetter, sender: str) -> Envelope | SmtpReply:
    """Return the envelope for what this relay offers, or the reason why the letter cannot be submitted to it at all."""
    octets = with_crlf(letter.octets)
    utf8 = wire.offers("smtputf8")
    mail_from = on_the_wire(sender, utf8=utf8) if sender else ""
    if isinstance(mail_from, SmtpReply):
        return replace(mail_from, text=f"the sender's {mail_from.text}")
    if wire.size_limit is not None and len(octets) > wire.size_limit:
        return _refusal("5.3.4", f"the letter has {len(octets)} octets, the relay takes {wire.size_limit}")
    eight_bit = not octets.isascii()
    if eight_bit and not wire.offers("8bitmime"):
        return _refusal("5.6.3", "the letter has 8-bit octets, and the relay takes none")
    # a header beyond ASCII is for relays and readers that know it, even where this recipient's own address is plain
    wide_header = not octets.partition(b"\r\n\r\n")[0].isascii()
    if wide_header and not utf8:
        return _refusal("5.6.7", "the letter names an address with letters outside ASCII, and the relay takes none")
    planned = [(address, on_the_wire(address, utf8=utf8)) for address in letter.rcpt_tos]
    rcpt_tos = tuple((address, found) for address, found in planned if isinstance(found, str))
    options = [f"SIZE={len(octets)}"] if wire.offers("size") else []
    options += ["BODY=8BITMIME"] if eight_bit else []
    wide_envelope = not (mail_from + "".join(found for _, found in rcpt_tos)).isascii()
    options += ["SMTPUTF8"] if wide_header or wide_envelope else []
    copy_to = on_the_wire(letter.copy_to, utf8=utf8) if letter.copy_to else None
    dsn_mail, dsn_rcpt = _dsn(letter) if wire.offers("dsn") else ((), ())
    return Envelope(
        mail_from=mail_from,
        mail_options=(*options, *dsn_mail),
        rcpt_tos=rcpt_tos,
        rcpt_options=dsn_rcpt,
        refused=tuple(
            RecipientOutcome(address=address, outcome=Outcome.PERMANENT, reply=found)
            for address, found in planned
            if isinstance(found, SmtpReply)
        ),
        copy_to=copy_to if isinstance(copy_to, str) and letter.copy_to not in letter.rcpt_tos else None,
    )


def on_the_wire(address: str, *, utf8: bool) -> str | SmtpReply:
    """Return an address as it goes on the wire, its domain in A-labels (RFC 5891), or the reason why it cannot go.

    `utf8` says that the relay offers SMTPUTF8: only then may a local part leave ASCII (RFC 6531 3.2), and it is never
    written in another way. What could end the command or its path early is refused here (RFC 5321 4.1.2).
    """
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or not address.isprintable() or set(address) & set(" <>"):
        return _refusal("5.1.3", "address is none that SMTP can carry")
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        return _refusal("5.1.2", "address has a domain that has no ASCII form")
    if not local.isascii() and not utf8:
        return _refusal("5.6.7", "address has letters outside ASCII before its @, and the relay does not take them")
    whole = f"{local}@{domain}"
    if len(local.encode()) > MAX_LOCAL or len(domain) > MAX_DOMAIN or len(whole.encode()) > MAX_ADDRESS:
        return _refusal("5.1.3", "address is longer than SMTP allows")
    return whole


def _dsn(letter: OutgoingLetter) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the options for MAIL and for RCPT: no reports on machine mail (RFC 3834 3.3), headers only on the rest."""
    if not letter.mail_from:
        return (), ("NOTIFY=NEVER",)
    proof = letter.message_id.strip("<>").partition("@")[0]  # what a report returns must prove which letter it is about
    return ("RET=HDRS", f"ENVID={proof}"), ("NOTIFY=FAILURE,DELAY",)


def _before_the_dot(answer: SmtpReply) -> Outcome:
    """Return DELIVERED where a command was taken. Before the dot nothing is unknown: it is only not done."""
    outcome = outcome_of(answer)
    return Outcome.TRANSIENT if outcome is Outcome.UNKNOWN else outcome


def _sender_refused(done: _Transaction) -> bool:
    """Say whether the refusal was (or may well have been) of the null sender, not of the recipients."""
    return done.mail_refused or all(
        r.outcome is Outcome.PERMANENT and r.reply.code and r.reply.enhanced_status in SENDER_STATUSES
        for r in done.recipients
    )


def _refusal(status: str, text: str) -> SmtpReply:
    return SmtpReply(code=0, enhanced_status=status, text=text)


def _all(addresses: tuple[str, ...], outcome: Outcome, answer: SmtpReply) -> tuple[RecipientOutcome, ...]:
    return tuple(RecipientOutcome(address=address, outcome=outcome, reply=answer) for address in addresses)


def _in_order(letter: OutgoingLetter, recipients: tuple[RecipientOutcome, ...]) -> tuple[RecipientOutcome, ...]:
    by_address = {r.address: r for r in recipients}
    return tuple(by_address[address] for address in letter.rcpt_tos)
