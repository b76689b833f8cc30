"""Mails that an agent may have written: they wait until he says so, and are then carried out like proven ones. Pure."""

from inboxd.desk.access import may_see
from inboxd.desk.agent_mail.changes import Claim, ClaimConfirmed, RevokeToken
from inboxd.desk.agent_mail.commands import visible
from inboxd.desk.agent_mail.proof import Claimed, Confirmed, prove
from inboxd.desk.arrived import Arrived, on_record
from inboxd.desk.case import Case
from inboxd.desk.decision import AddEntry, Change, Decision
from inboxd.desk.evidence import Evidence
from inboxd.desk.view import KnownClaim, View
from inboxd.mail.message import MailKind

YES = frozenset({"#ja", "#yes"})

NEVER = frozenset({"inactive", "hidden"})
"""What an agent could not prove away: he acts no longer, or may not know of the case."""


LONGEST = 2_000
"""Characters of a mail's new part that can wait: the letter that asks shows all that a yes would send."""


def claimed_by_agent(arrived: Arrived, case: Case, view: View) -> tuple[Claim, ...]:
    """Return that a mail on a case waits for an agent's word; nothing for what no person wrote, or nobody could.

    Nor for what is too long to show him.
    """
    if arrived.kind is not MailKind.HUMAN or view.silent or len(arrived.message.reply_text) > LONGEST:
        return ()
    proof = prove(arrived.message, view, arrived.now)
    if not isinstance(proof, Claimed) or proof.why in NEVER or not may_see(view.desk, proof.agent, case.category):
        return ()
    return (Claim(case_id=case.id, agent=proof.agent.name),)


def says_yes(text: str) -> bool:
    """Say whether the first words of a mail are `#ja`, in any letter case, a full stop ignored."""
    first = next((line for line in map(visible, text.split("\n")) if line), "")
    return first.rstrip(" .").lower() in YES


def confirmed(arrived: Arrived, proof: Confirmed, view: View) -> Decision:
    """Decide on an agent's answer to the question what he wrote: with `#ja` all that the letter listed is his."""
    mine = tuple(claim for claim in view.claims if _was_listed(claim, proof))
    revoked = (RevokeToken(letter_id=proof.letter.id),) if proof.shown else ()
    if not says_yes(arrived.message.reply_text) or not mine:
        why = "nothing waits for it" if mine == () else "no #ja at its top"
        known = Evidence(rule="confirm_letter", detail=f"{proof.agent.name} answers letter {proof.letter.id}: {why}")
        left = Decision(kind="ignore", outcome="ignored", changes=revoked, evidence=(known,), reason=known.detail)
        return on_record(arrived, left)
    how = Evidence(rule="confirmed", detail=f"{proof.agent.name} answers our letter {proof.letter.id} to him alone")
    message = arrived.message
    entry = AddEntry(
        case_id=mine[0].case_id,
        kind="event",
        actor=proof.agent.name,
        from_=message.author,
        to=message.to,
        cc=message.cc,
        subject=message.subject,
        text="by mail: #ja",
        message_id=message.message_id,
        mail_key=message.mail_key,
        evidence=(*arrived.evidence, how),
    )
    changes: tuple[Change, ...] = tuple(
        ClaimConfirmed(case_id=one.case_id, claim_id=one.id, agent=one.agent) for one in mine
    )
    return on_record(
        arrived,
        Decision(kind="agent_order", outcome="command", changes=(entry, *changes, *revoked), evidence=(how,)),
    )


def _was_listed(claim: KnownClaim, proof: Confirmed) -> bool:
    """Say whether the letter that is answered named the claim: the agent had been asked about it by then."""
    asked_at, written_at = claim.asked_at, proof.letter.written_at
    listed = asked_at is not None and written_at is not None and asked_at <= written_at
    return listed and claim.agent == proof.agent.name
