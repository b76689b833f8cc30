"""Mails on cases that agents may have written, until they say whether they did."""

import datetime as dt
from collections.abc import Iterable

from sqlmodel import Session, col, select, update

from inboxd.desk.view import KnownClaim
from inboxd.store import desk_tables as d
from inboxd.store.cases import survivors

KEPT = dt.timedelta(days=30)
"""So long a mail waits for the agent's word."""


def add_claim(session: Session, case_id: int, agent: str, *, octets_id: int | None, now: dt.datetime) -> None:
    """Let a mail wait; one without octets of its own has nothing to carry out."""
    if octets_id is not None:
        session.add(d.Claim(agent=agent, case_id=case_id, octets_id=octets_id, at=now))


def waiting(session: Session, now: dt.datetime, agent: str | None = None) -> tuple[KnownClaim, ...]:
    """Return the claims that wait, an agent's or everybody's, oldest first; a merged case is the one it lives on in."""
    query = (
        select(d.Claim).where(col(d.Claim.confirmed_at).is_(None), d.Claim.at > now - KEPT).order_by(col(d.Claim.id))
    )
    rows = session.exec(query if agent is None else query.where(d.Claim.agent == agent)).all()
    home = survivors(session, {row.case_id for row in rows})
    return tuple(
        KnownClaim(id=row.id, case_id=home[row.case_id], agent=row.agent, asked_at=row.asked_at) for row in rows
    )


def to_ask(session: Session, now: dt.datetime, least: dt.timedelta) -> tuple[str, ...]:
    """Return the agents of whom something waits that they were not asked about, and who were asked nothing of late."""
    new = select(d.Claim.agent).where(
        col(d.Claim.confirmed_at).is_(None), col(d.Claim.asked_at).is_(None), d.Claim.at > now - KEPT
    )
    agents = sorted(set(session.exec(new)))
    lately = select(d.Claim.agent).where(col(d.Claim.agent).in_(agents), col(d.Claim.asked_at) > now - least)
    asked_lately = set(session.exec(lately)) if agents else set()
    return tuple(agent for agent in agents if agent not in asked_lately)


def asked(session: Session, claim_ids: Iterable[int], now: dt.datetime) -> None:
    """Note when their agent was first asked about these claims."""
    new = (col(d.Claim.id).in_(list(claim_ids)), col(d.Claim.asked_at).is_(None))
    session.exec(update(d.Claim).where(*new).values(asked_at=now))


def confirm(session: Session, claim_id: int, now: dt.datetime) -> None:
    """Note that its agent said of a claim that it is his."""
    session.exec(update(d.Claim).where(col(d.Claim.id) == claim_id).values(confirmed_at=now))


def octets_id_of(session: Session, claim_id: int) -> int:
    """Return whose octets a claim's mail has."""
    return session.exec(select(d.Claim.octets_id).where(d.Claim.id == claim_id)).one()
