"""What the clock does to cases: those put off until a time come back when it passes."""

import datetime as dt

from inboxd.desk.case import Status
from inboxd.desk.decision import Decision, SetField
from inboxd.desk.notify import letters_to_agents, news_of
from inboxd.desk.view import View


def tick(view: View, now: dt.datetime) -> Decision:
    """Wake the waiting and postponed cases whose time has come, and tell those who have them."""
    due = tuple(case for case in view.due_to_wake if case.until is not None and case.until <= now)
    return Decision(
        kind="add_to_case",
        changes=tuple(
            change
            for case in due
            for change in (
                SetField(case_id=case.id, field="status", value=Status.OPEN.value, actor="inboxd"),
                SetField(case_id=case.id, field="until", value=None, actor="inboxd", quiet=True),
            )
        ),
        letters=tuple(
            letter for case in due for letter in letters_to_agents(news_of(case, "agent_woken", case.subject), view)
        ),
    )
