"""What the desk promises: priorities and their targets, who hears when one passes, and where a customer complains."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from inboxd.desk.letters.wording import Wording, worded

AimedAt: TypeAlias = Literal["response", "resolution"]
"""Which of a case's two targets is meant."""

DeskEvent: TypeAlias = Literal["opened", "taken", "assigned", "answered_back", "priority", "closed"]
"""What happens to a case that its escalation may heed; see `escalation.DEFAULTS`."""

Reaction: TypeAlias = Literal["stop", "continue", "restart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A target time: so many days of office time and so much time besides; both 0 only where none is counted."""

    days: int
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationLevel:
    """One step of a priority's escalation: so long `before` or after a target, in the priority's own clock.

    `to` are "assignee", "manager", "requester", "customer" (its contact), "role:owner" (also service_manager and
    operations), names of agents and addresses. `reassign` is the agent who gets the case then; `template` a letter of
    the desk's own.
    """

    of: AimedAt
    before: bool
    after: Target
    to: tuple[str, ...]
    reassign: str | None = None
    template: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """A priority: its title, targets (None: no target) and the name of the calendar its clock follows.

    `definition` says when a case is of that priority. `titles` and `definitions` are by language, where there are
    several, () where one text serves for all. `events` are what its escalation does otherwise than every desk's.
    """

    name: str
    title: str
    response: Target | None
    resolution: Target | None
    clock: str
    titles: Wording = ()
    definition: str = ""
    definitions: Wording = ()
    escalation: tuple[EscalationLevel, ...] = ()
    events: tuple[tuple[DeskEvent, Reaction], ...] = ()

    def title_in(self, language: str) -> str:
        """Return its title in a language; in Bokmål where it has none in that one."""
        return worded(self.titles, language, self.title)

    def definition_in(self, language: str) -> str:
        """Return when a case is of that priority; "" where nobody wrote it down."""
        return worded(self.definitions, language, self.definition)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSet:
    """Targets that several categories share ("standard løsningstider"): (priority, response, resolution).

    A priority that it does not name keeps its own targets.
    """

    name: str
    levels: tuple[tuple[str, Target | None, Target | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Which priority an impact and an urgency make: a row for each impact, a column for each urgency."""

    impacts: tuple[str, ...]
    urgencies: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def priority(self, impact: str, urgency: str) -> str:
        """Return the name of the priority; both must be words of the matrix."""
        return self.rows[self.impacts.index(impact)][self.urgencies.index(urgency)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place outside the desk's own ranks: where customers complain (escalation), or that decides (referral)."""

    name: str
    title: str
    person: str
    phone: str
    address: str | None
    purposes: tuple[Literal["escalation", "referral"], ...]
