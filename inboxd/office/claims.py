"""Asking agents whether they wrote what came under their address, and carrying out what they say is theirs."""

import datetime as dt

from inboxd.desk.access import may_see
from inboxd.desk.agent_mail.acting import once_confirmed
from inboxd.desk.agent_mail.changes import ClaimConfirmed
from inboxd.desk.agent_mail.commands import read_commands, visible
from inboxd.desk.arrived import Arrived
from inboxd.desk.case import Case
from inboxd.desk.classify import classify
from inboxd.desk.decision import Decision, Draft
from inboxd.desk.desk import Agent, Desk
from inboxd.desk.reference import reference
from inboxd.desk.routing.route import choose_mailbox
from inboxd.desk.thread import lookup, match_case
from inboxd.mail.address import Address
from inboxd.mail.parse import parse
from inboxd.mail.personal_number import mask_personal_numbers
from inboxd.office.agent_mail import for_agents, with_files
from inboxd.office.letters.freezing import write_letters
from inboxd.office.office import Office
from inboxd.store import claims, views
from inboxd.store.apply import apply
from inboxd.store.cases import get_case
from inboxd.store.engine import Session
from inboxd.store.octets import octets_of

AT_MOST_EVERY = dt.timedelta(hours=1)
"""Who writes under an agent's address cannot make us write to him more often."""


def ask_agents(office: Office) -> int:
    """Ask each agent of whom mails wait about all of them, once an hour at the most; return how many were asked."""
    now = office.clock.now()
    with office.store.reading() as session:
        if not claims.to_ask(session, now, AT_MOST_EVERY):
            return 0
    with office.store.begin() as session:
        names = claims.to_ask(session, now, AT_MOST_EVERY)
        agents = [agent for name in names if (agent := office.desk.agent(name)) is not None]
        return sum(_ask(session, agent, office, now) for agent in agents)


def _ask(session: Session, agent: Agent, office: Office, now: dt.datetime) -> bool:
    waiting = [
        (claim, case)
        for claim in claims.waiting(session, now, agent.name)
        if may_see(office.desk, agent, (case := get_case(session, claim.case_id)).category)
    ]
    claims.asked(session, [claim.id for claim, _ in waiting], now)
    if not waiting or not agent.active or office.desk.agent_mail == "off":
        return False
    letter = Draft(
        kind="confirm",
        case_id=None,
        mailbox=office.desk.mailboxes[0].name,
        template="confirm",
        language=office.desk.language,
        to=(Address(name=agent.name, address=agent.address),),
        once=f"confirm {waiting[-1][0].id}",  # whoever else looks at the same moment asks the same
        waiting=tuple((_on_case(case), _all_of_it(session, claim.id, office.desk)) for claim, case in waiting),
    )
    asking = Decision(kind="ignore", letters=(letter,))
    return bool(write_letters(session, asking, case_id=None, office=office))


def _on_case(case: Case) -> str:
    """Return which case a mail is on, and whom an answer would go to."""
    name = f"[{reference(case.prefix, case.number)}] {case.subject}"
    return mask_personal_numbers(f"{name} → {case.requester.address}" if case.requester.address else name)


def _all_of_it(session: Session, claim_id: int, desk: Desk) -> str:
    """Return all that an agent's yes would carry out: commands, those of the subject too, the words, and the files."""
    message = parse(octets_of(session, claims.octets_id_of(session, claim_id)))
    said = read_commands(message.reply_text, subject=message.subject, prefixes=desk.prefixes)
    orders = (*(given.line for given in said.commands), *(problem.line for problem in said.problems))
    files = (f"[{file.filename or file.content_type}]" for file in message.attachments)
    return mask_personal_numbers(" ".join(visible(part) for part in (*orders, said.text, *files) if part))


def carry_out_confirmed(session: Session, decision: Decision, office: Office, now: dt.datetime) -> None:
    """Carry out the mails that an agent has just said are his, one upon the other, in the caller's transaction."""
    for change in decision.changes:
        agent = office.desk.agent(change.agent) if isinstance(change, ClaimConfirmed) else None
        if isinstance(change, ClaimConfirmed) and agent is not None:
            _carry_out(session, change, agent, office, now)


def _carry_out(session: Session, claim: ClaimConfirmed, agent: Agent, office: Office, now: dt.datetime) -> None:
    octets_id = claims.octets_id_of(session, claim.claim_id)
    octets = octets_of(session, octets_id)
    message = parse(octets)
    wanted = lookup(message, office.desk.prefixes)
    view = views.load_view(session, wanted, desk=office.desk, keyring=office.keyring, now=now)
    view = for_agents(session, view, message, now)
    case = view.case(claim.case_id)
    if case is None:
        return
    arrived = Arrived(
        message=message,
        classification=classify(message),
        mailbox=choose_mailbox(message, office.desk, view.arrived_in),
        match=match_case(message, view),
        now=now,
    )
    decided = with_files(session, once_confirmed(arrived, agent, case, view), octets)
    applied = apply(session, decided, now=now, octets_id=octets_id)
    write_letters(session, decided, case_id=applied.case_id, office=office)
