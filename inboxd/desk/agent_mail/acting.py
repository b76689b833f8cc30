"""What becomes of a mail under an agent's address: proven, it is his order; unproven, nothing leaves. Pure."""

from dataclasses import replace

from inboxd.desk.access import may_see
from inboxd.desk.agent_mail.changes import RevokeToken
from inboxd.desk.agent_mail.claims import confirmed
from inboxd.desk.agent_mail.commands import Problem, Said, read_commands
from inboxd.desk.agent_mail.ordering import Carried, carry_out, plan
from inboxd.desk.agent_mail.proof import Confirmed, Proven, prove
from inboxd.desk.agent_mail.words import quotes_the_desk, to_send, written
from inboxd.desk.arrived import Arrived, on_record
from inboxd.desk.case import Case
from inboxd.desk.clocks.lifecycle import kept_alive
from inboxd.desk.clocks.running import follow
from inboxd.desk.decision import AddEntry, Change, Decision, Draft, Suppressed
from inboxd.desk.desk import Agent
from inboxd.desk.evidence import Evidence
from inboxd.desk.reference import reference
from inboxd.desk.view import View
from inboxd.mail.address import Address
from inboxd.mail.message import MailKind

CC_OF_THE_AGENT = Suppressed(kind="answer", reason="the requester was sent the agent's own mail")


def by_agent(arrived: Arrived, view: View) -> Decision | None:
    """Decide on a mail that is proven to be an agent's; None for every other, and for what no person wrote.

    A mail that no command stops is one decision: its orders, one upon the other, and the entry of the mail itself.
    """
    a_person_now = arrived.kind is MailKind.HUMAN and not view.silent
    proof = prove(arrived.message, view, arrived.now) if a_person_now else None
    if isinstance(proof, Confirmed):
        return confirmed(arrived, proof, view)
    return _by_proven(arrived, proof, view) if isinstance(proof, Proven) else None


def once_confirmed(arrived: Arrived, agent: Agent, case: Case, view: View) -> Decision:
    """Decide on a mail of which an agent has said since that it is his; the mail itself stands on the case already."""
    if not agent.active or agent.role == "auditor" or not may_see(view.desk, agent, case.category):
        return Decision(kind="ignore")
    decision = _by_proven(arrived, Proven(agent=agent, case=case, letter=None, shown=False), view)
    if decision is None:
        return Decision(kind="ignore")
    known = (replace(c, mail_key=None, message_id=None) if isinstance(c, AddEntry) else c for c in decision.changes)
    return follow(kept_alive(replace(decision, changes=tuple(known)), view, arrived.now), view, arrived.now)


def _by_proven(arrived: Arrived, proof: Proven, view: View) -> Decision | None:
    """Decide on a proven mail; None where an agent without a command writes on his own case."""
    said = read_commands(arrived.message.reply_text, subject=arrived.message.subject, prefixes=view.desk.prefixes)
    said = replace(said, text=written(said.text))
    if proof.letter is None and not said.commands and not said.problems and _is_party(proof):
        return None  # he writes on his own case, as its requester
    if any(one.name == "help" for one in said.commands):
        return _only_told(arrived, proof, view, template="agent_help")
    wrong = _wrong_words(said, view)
    box = view.desk.mailbox(proof.case.mailbox) or arrived.mailbox
    said = replace(said, text=to_send(said.text, proof.agent, box))
    planned = plan(replace(said, problems=(*said.problems, *wrong)), proof.agent, proof.case, view, arrived.now)
    if planned.problems:
        return _only_told(arrived, proof, view, template="agent_stopped", problems=planned.problems, said=said)
    carried = carry_out(planned.orders, proof.case, view, arrived.now)
    if carried.refused:
        return _only_told(arrived, proof, view, template="agent_stopped", problems=carried.refused, said=said)
    return _done(arrived, proof, said, carried)


def _is_party(proof: Proven) -> bool:
    return proof.case.is_participant(proof.agent.address)


def _is_note(said: Said) -> bool:
    return any(one.name == "note" for one in said.commands)


def _wrong_words(said: Said, view: View) -> tuple[Problem, ...]:
    """Say what of a mail's text must not leave; of a note nothing does."""
    if _is_note(said):
        return ()
    if not said.text.strip():
        nothing = not said.commands and not said.problems
        return (Problem(line="", why="empty"),) if nothing else ()
    return (Problem(line="", why="quoted"),) if quotes_the_desk(said.text, view.parent_text) else ()


def _done(arrived: Arrived, proof: Proven, said: Said, carried: Carried) -> Decision:
    """The mail's orders are carried out; what goes to the requester takes the mail's files along."""
    letters = tuple(_with_files(draft, arrived) for draft in carried.letters)
    twice = _copied_to_requester(arrived, proof.case) and any(draft.kind == "answer" for draft in letters)
    if twice:
        letters = tuple(draft for draft in letters if draft.kind != "answer")
    how = Evidence(rule="agent_by_mail", detail=_how(proof))
    entry = _entry(arrived, proof, said, (how,), answered=twice)
    changes = tuple(
        change for change in carried.changes if not isinstance(change, AddEntry)
    )  # a note is the mail itself
    return on_record(
        arrived,
        Decision(
            kind="agent_order",
            outcome="command",
            changes=(entry, *changes, *_revoked(proof)),
            letters=letters,
            suppressed=(CC_OF_THE_AGENT,) if twice else (),
            evidence=(how,),
        ),
    )


def _only_told(
    arrived: Arrived,
    proof: Proven,
    view: View,
    *,
    template: str,
    problems: tuple[Problem, ...] = (),
    said: Said | None = None,
) -> Decision:
    """Nothing is done, and the agent alone hears why; his words are on the case, for colleagues, and in the letter."""
    agent, case = proof.agent, proof.case
    why = ", ".join(dict.fromkeys(problem.why for problem in problems))
    stopped = Evidence(rule=template, detail=why or "the commands were asked for")
    letter = Draft(
        kind="agent",
        case_id=case.id,
        mailbox=case.mailbox,
        template=template,
        language=view.desk.language,
        to=(Address(name=agent.name, address=agent.address),),
        about=said.text if said else "",
        problems=tuple((problem.line, problem.why, problem.right, problem.detail) for problem in problems),
    )
    entry = replace(_entry(arrived, proof, said, (stopped,), answered=False), kind="note")
    return on_record(
        arrived,
        Decision(
            kind="agent_order",
            outcome="command",
            changes=(replace(entry, text=arrived.message.reply_text), *_revoked(proof)),
            letters=(letter,),
            evidence=(stopped,),
            reason=f"{template}: {why}" if why else "",
        ),
    )


def _entry(
    arrived: Arrived, proof: Proven, said: Said | None, evidence: tuple[Evidence, ...], *, answered: bool
) -> AddEntry:
    """Return the mail as it stands on the case: a note, or the event that its orders were given by mail.

    An answer itself stands there as the letter that goes out, unless the agent sent it himself.
    """
    message, said = arrived.message, said or Said(commands=(), problems=(), text="")
    note = _is_note(said)
    lines = ", ".join(one.line for one in said.commands)
    event = f"by mail: {lines}" if lines else "answered by mail"
    return AddEntry(
        case_id=proof.case.id,
        kind="note" if note else "event",
        actor=proof.agent.name,
        from_=message.author,
        to=message.to,
        cc=message.cc,
        subject=message.subject,
        text=said.text if note or answered else event,
        message_id=message.message_id,
        mail_key=message.mail_key,
        attachments=message.attachments,
        evidence=(*arrived.evidence, *evidence),
        from_requester=False,
    )


def _with_files(draft: Draft, arrived: Arrived) -> Draft:
    if draft.kind not in {"answer", "forward"}:
        return draft
    return replace(draft, carries=arrived.message.attachments)


def _copied_to_requester(arrived: Arrived, case: Case) -> bool:
    requester = case.requester.address.casefold()
    return any(address.key == requester for address in (*arrived.message.to, *arrived.message.cc))


def _revoked(proof: Proven) -> tuple[Change, ...]:
    if proof.letter is None or not proof.shown:
        return ()
    return (RevokeToken(letter_id=proof.letter.id),)


def _how(proof: Proven) -> str:
    if proof.letter is None:
        return f"{proof.agent.name}: DMARC, and the case {_name(proof.case)} in the subject"
    shown = "; others got it, too, so that the letter proves nothing any more" if proof.shown else ""
    return f"{proof.agent.name} answers our letter {proof.letter.id} to him alone{shown}"


def _name(case: Case) -> str:
    return reference(case.prefix, case.number)
