"""A person's words did not arrive, or nobody knows: the case says so, and whoever has it is told."""

from inboxd.desk.case import Case
from inboxd.desk.decision import AddEntry, Change, Decision, SetField
from inboxd.desk.letters.notify import letters_to_agents, news_of
from inboxd.desk.view import View

CARRIES_WORDS = frozenset({"answer", "forward", "notice", "escalation"})
"""Kinds of letters whose failure somebody must hear of."""


def not_delivered(case: Case, *, letter_id: int, failed: bool, why: str, view: View) -> Decision:
    """Decide on a letter that the relay refused for good (`failed`), or of which it is unknown whether it went."""
    said = "could not be delivered" if failed else "may or may not have been delivered"
    changes: tuple[Change, ...] = (
        AddEntry(case_id=case.id, kind="event", actor="inboxd", text=f"letter {letter_id} {said}: {why}"),
    )
    if failed:
        changes = (*changes, SetField(case_id=case.id, field="undelivered", value=True, actor="inboxd", quiet=True))
    return Decision(
        kind="record_delivery",
        changes=changes,
        letters=letters_to_agents(news_of(case, "agent_undelivered", f"{said}: {why}"), view),
    )
