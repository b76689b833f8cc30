"""A mail that no reader survives: held, with a case so that a person looks at it."""

import datetime as dt

from inboxd.desk.case import Channel, Participant, Role
from inboxd.desk.clocks.deadline import due
from inboxd.desk.clocks.running import follow
from inboxd.desk.decision import NEW_CASE, AddEntry, Decision, Hold, OpenCase
from inboxd.desk.evidence import Evidence
from inboxd.desk.letters.notify import News, letters_to_agents
from inboxd.desk.routing.overrides import DEFAULT_PRIORITY
from inboxd.desk.view import View

SUBJECTS = {
    "nb": "Uleselig e-post",
    "nn": "Uleseleg e-post",
    "se": "E-poasta maid ii sáhte lohkat",
    "en": "Unreadable e-mail",
}


def unreadable(view: View, reason: str, now: dt.datetime) -> Decision:
    """Decide on a mail of which only the octets are known: one case in its mailbox's category, no receipt."""
    mailbox = view.desk.mailbox(view.arrived_in) or view.desk.mailboxes[0]
    priority = mailbox.priority or DEFAULT_PRIORITY
    dues = due(view.desk, priority, mailbox.category, now)
    opened = OpenCase(
        mailbox=mailbox.name,
        prefix=mailbox.prefix,
        category=mailbox.category,
        priority=priority,
        assignee=None,
        subject=SUBJECTS[view.desk.language],
        channel=Channel.MAIL,
        language=mailbox.language,
        requester=Participant(address="", name="", role=Role.REQUESTER),
        phone=None,
        verified=False,
        response_due=dues.response,
        resolution_due=dues.resolution,
        opened_at=now,
    )
    entry = AddEntry(case_id=NEW_CASE, kind="mail_in", actor="inboxd", text=reason)
    news = News(
        template="agent_unreadable",
        case_id=NEW_CASE,
        category=mailbox.category,
        mailbox=mailbox.name,
        assignee=None,
        about=reason,
    )
    decision = Decision(
        kind="hold",
        changes=(opened, entry, Hold(reason=reason)),
        letters=letters_to_agents(news, view),
        evidence=(Evidence(rule="unreadable", detail=reason),),
        reason=reason,
    )
    return follow(decision, view, now)
