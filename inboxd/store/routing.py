"""What is kept of routing: which rules hit, and whose turn it is in a category that shares its cases out."""

import datetime as dt

from sqlmodel import Session, col, func, select

from inboxd.desk.decision import TurnTaken
from inboxd.store import desk_tables as d
from inboxd.store.insert import insert_rows
from inboxd.store.prepared import Prepared

TURNS = Prepared(select(d.Turn.category, d.Turn.agent, d.Turn.given))


def count_hits(session: Session, rules: tuple[str, ...], *, incoming_id: int | None, now: dt.datetime) -> None:
    """Note that these rules hit a mail."""
    insert_rows(session, d.RuleHit, [{"at": now, "rule": rule, "incoming_id": incoming_id} for rule in rules])


def take_turn(session: Session, change: TurnTaken) -> None:
    """Count a case that an agent was given by turn in a category, and the turns that passed him by."""
    row = session.get(d.Turn, (change.category, change.agent), with_for_update=True)
    if row is None:
        row = d.Turn(category=change.category, agent=change.agent, given=0)
        session.add(row)
    row.given += change.missed + 1
    session.flush()


def turns(session: Session) -> tuple[tuple[str, str, int], ...]:
    """Return how many cases each agent was given in each category that shares them out."""
    return tuple((category, agent, given) for category, agent, given in TURNS.rows(session))


def hits_by_rule(
    session: Session, since: dt.datetime | None, until: dt.datetime | None
) -> dict[str, tuple[int, dt.datetime]]:
    """Return for each rule that hit from `since` to before `until` how many mails it hit, and when the last one."""
    hit = d.RuleHit
    # a mail that was decided on again is one mail; hits without a mail are counted each
    mails = func.count(func.distinct(func.coalesce(hit.incoming_id, -col(hit.id))))
    query = select(hit.rule, mails, func.max(hit.at)).group_by(hit.rule)
    bounds = (
        *((col(hit.at) >= since,) if since is not None else ()),
        *((col(hit.at) < until,) if until is not None else ()),
    )
    return {rule: (count, last) for rule, count, last in session.exec(query.where(*bounds))}
