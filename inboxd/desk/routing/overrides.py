"""Who settles what of a new case: one table of voices, the strongest first; each value is the first one's to name it.

A rule of the admin's goes before the requester's own settings, these before the customer's, the mailbox's and the
desk's defaults. What the agent who registers a case says goes before all of them; and a case that only members see
keeps to them what follows it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from inboxd.desk.catalogue import CALLOF
from inboxd.desk.desk import Mailbox, Rule
from inboxd.desk.routing.customer import Contact, Customer

Level: TypeAlias = Literal["case", "agent", "rule", "contact", "customer", "mail", "mailbox", "default"]
Value: TypeAlias = Literal["category", "priority", "type", "item", "assignee", "language"]

VOICES: tuple[tuple[Level, tuple[Value, ...]], ...] = (
    ("case", ("category",)),
    ("agent", ("category", "priority", "type", "item")),
    ("rule", ("category", "priority", "type", "item", "assignee")),
    ("contact", ("priority", "language")),
    ("customer", ("category", "priority")),
    ("mail", ("language",)),
    ("mailbox", ("category", "priority", "type", "language")),
    ("default", ("priority",)),
)
"""Who may set what, the strongest voice first. Of several rules the later one goes first."""

VALUES: tuple[Value, ...] = ("category", "priority", "type", "item", "assignee", "language")

DEFAULT_PRIORITY = "normal"
"""No case is without a priority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Somebody with a say: on which level, under what name, and what he names; what his level may not set is left."""

    level: Level
    name: str = ""
    sets: Mapping[Value, str | None]

    @property
    def by(self) -> str:
        """Who it is, in words: "rule printers", "customer Molde", "default"."""
        return f"{self.level} {self.name}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A value that somebody names for a new case: on which level, and who ("rule printers")."""

    of: Value
    level: Level
    by: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What the voices came to: every offer, by value, the one that holds first."""

    offers: tuple[Offer, ...]

    def first(self, of: Value) -> Offer | None:
        """Return the offer that holds, None where nobody named anything."""
        return next((offer for offer in self.offers if offer.of == of), None)

    def value(self, of: Value) -> str | None:
        """Return what was settled."""
        first = self.first(of)
        return first.value if first else None

    @property
    def item(self) -> str | None:
        """The item that is ordered; none where a stronger voice says that the case is no order at all."""
        return self.value("item") if self.value("type") == CALLOF else None

    def by(self, of: Value) -> str | None:
        """Return who settled it."""
        first = self.first(of)
        return first.by if first else None


LAST_WORD = Voice(level="default", sets={"priority": DEFAULT_PRIORITY})


def settle(voices: Iterable[Voice]) -> Settled:
    """Settle every value by the table; of voices of one level the one that comes first goes first."""
    given = (*voices, LAST_WORD)
    return Settled(
        offers=tuple(
            Offer(of=value, level=voice.level, by=voice.by, value=said)
            for value in VALUES
            for level, may_set in VOICES
            if value in may_set
            for voice in given
            if voice.level == level and (said := voice.sets.get(value))
        )
    )


def voice_of_rule(rule: Rule) -> Voice:
    """Return what a rule of the admin's names."""
    sets: dict[Value, str | None] = {
        "category": rule.category, "priority": rule.priority, "type": rule.type, "item": rule.item,
        "assignee": rule.assignee,
    }  # fmt: skip
    return Voice(level="rule", name=rule.name, sets=sets)


def voices_about(
    mailbox: Mailbox, *, contact: Contact | None, customer: Customer | None, writes: str | None = None
) -> tuple[Voice, ...]:
    """Return what is known of an enquiry without looking at what it says; `writes` is the language of the mail."""
    person, served = contact or Contact(address=""), customer or Customer(name="", title="")
    return (
        Voice(level="contact", name=person.address, sets={"priority": person.priority, "language": person.language}),
        Voice(level="customer", name=served.name, sets={"category": served.category, "priority": served.priority}),
        Voice(level="mail", sets={"language": writes}),
        Voice(
            level="mailbox",
            name=mailbox.name,
            sets={
                "category": mailbox.category,
                "priority": mailbox.priority,
                "type": mailbox.type,
                "language": mailbox.language,
            },
        ),
    )
