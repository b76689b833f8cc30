"""Where a new case goes, and how that came about."""

from dataclasses import dataclass

from inboxd.desk.routing.overrides import Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """A rule of the admin's that hit, under the name on record, and what it sets, as pairs of key and words."""

    rule: str
    sets: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """Where a new case goes, and the rule that says so ("mailbox" where none did).

    `fired` are all rules that hit, in order; `offers` are who named what for the case, whoever holds first.
    """

    category: str
    priority: str
    assignee: str | None
    rule: str
    type: str | None = None
    item: str | None = None
    customer: str | None = None
    tags: tuple[str, ...] = ()
    fired: tuple[Fired, ...] = ()
    offers: tuple[Offer, ...] = ()
