"""The morning letters: to every agent who has something to do, as his office opens. Once a day, whatever restarts."""

from zoneinfo import ZoneInfo

from inboxd.desk.decision import Decision, Draft
from inboxd.desk.desk import Agent, Desk
from inboxd.desk.letters.morning import ListedCase, Morning, morning, opening
from inboxd.desk.reference import reference
from inboxd.mail.address import Address
from inboxd.office.letters.freezing import write_letters
from inboxd.office.office import Office
from inboxd.render.dates import day
from inboxd.store import cases
from inboxd.store.absences import absent
from inboxd.store.letters import written_once
from inboxd.store.locks import lock
from inboxd.store.rows import CaseRow


def tell_agents(office: Office) -> int:
    """Write the morning letter to every agent whose office has just opened and who does not have it.

    Returns how many were written; none where it is not switched on, and none to who is away.
    """
    desk, now = office.desk, office.clock.now()
    if not desk.morning_letter:
        return 0
    waiting = {_once(office, agent): agent for agent in desk.agents if opening(agent, desk, now) is not None}
    if not waiting:
        return 0
    with office.store.reading() as session:
        known, away = written_once(session, tuple(waiting)), absent(session, now)
        wanted = {once: agent for once, agent in waiting.items() if once not in known and agent.name not in away}
        listed = tuple(_listed(row) for row in cases.queue(session)) if wanted else ()
    told = ((once, agent, morning(agent, listed, desk, now)) for once, agent in wanted.items())
    drafts = tuple(_draft(desk, agent, once, lists) for once, agent, lists in told if lists is not None)
    if not drafts:
        return 0
    with office.store.begin() as session:
        lock(session, ("morning",))  # another daemon may write them meanwhile
        return len(write_letters(session, Decision(kind="ignore", letters=drafts), case_id=None, office=office))


def _once(office: Office, agent: Agent) -> str:
    today = office.clock.now().astimezone(ZoneInfo(office.desk.timezone)).date()
    return f"morning:{today.isoformat()}:{agent.name}"


def _listed(row: CaseRow) -> ListedCase:
    return ListedCase(
        reference=reference(row.prefix, row.number),
        category=row.category,
        status=row.status,
        assignee=row.assignee,
        requester=row.requester.name or row.requester.address,
        subject=row.subject,
        response_due=row.response_due if row.responded_at is None else None,
        resolution_due=row.resolution_due,
        paused=row.paused_at is not None,
        updated_at=row.updated_at,
    )


def _draft(desk: Desk, agent: Agent, once: str, lists: Morning) -> Draft:
    return Draft(
        kind="agent",
        case_id=None,
        mailbox=desk.mailboxes[0].name,
        template="morning",
        language=desk.language,
        to=(Address(name=agent.name, address=agent.address),),
        about=day(lists.at, ZoneInfo(desk.timezone), desk.language),
        null_sender=True,
        once=once,
        morning=lists,
    )
