"""What an agent may order of the desk: one frozen value an order, and the refusal that may answer it."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal, TypeAlias

from inboxd.desk.case import Channel, Status
from inboxd.mail.address import Address
from inboxd.mail.message import File


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An order that is not carried out: why, and what to do instead. `code` is that of the error documents."""

    code: Literal["conflict", "not_allowed", "not_found", "usage"]
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """Take a case; one that a colleague has only with `sure`."""

    actor: str
    sure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign:
    """Give a case to an agent, or to nobody."""

    actor: str
    to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFields:
    """Change what a case says of itself; None leaves a field as it is, customer, type or item "" takes it off."""

    actor: str
    status: Status | None = None
    priority: str | None = None
    category: str | None = None
    subject: str | None = None
    tags: tuple[str, ...] = ()
    untags: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    until: dt.datetime | None = None
    language: str | None = None
    customer: str | None = None
    type: str | None = None
    item: str | None = None
    impact: str | None = None
    urgency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Write an internal note; it never leaves the desk."""

    actor: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Answer the requester: one letter, whatever the case's status becomes.

    `seen` is the version of the case that the agent read before writing, None where nothing was shown. `override`: why
    a personal number in the text must go out.
    """

    actor: str
    text: str
    files: tuple[File, ...] = ()
    cc: tuple[Address, ...] = ()
    override: str | None = None
    to_all: bool = False
    status: Status = Status.OPEN
    until: dt.datetime | None = None
    seen: int | None = None
    sure: bool = False
    delay: dt.timedelta = dt.timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """Close a case, with a last letter where `text` says something or the category wants one and not `silent`."""

    actor: str
    text: str | None = None
    silent: bool = False
    delay: dt.timedelta = dt.timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen:
    """Take a case at rest up again."""

    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """Send a case to somebody outside. `files` hold what came in and the agent's own; `about` is what it said."""

    actor: str
    to: Address
    text: str = ""
    about: str = ""
    files: tuple[File, ...] = ()
    delay: dt.timedelta = dt.timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refer:
    """Refer a case to a point of the desk's that decides such things; `text` says why, to it and to the requester."""

    actor: str
    point: str
    text: str = ""
    about: str = ""
    files: tuple[File, ...] = ()
    delay: dt.timedelta = dt.timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Register an enquiry that came by phone, over the counter, or otherwise past the mailbox.

    `customer` "" is for nobody's; None is for whosever the address tells.
    """

    actor: str
    channel: Channel
    subject: str
    text: str
    name: str = ""
    address: str = ""
    phone: str | None = None
    category: str | None = None
    priority: str | None = None
    mailbox: str | None = None
    customer: str | None = None
    type: str | None = None
    item: str | None = None
    impact: str | None = None
    urgency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate:
    """Put a customer's complaint about a case on record, and tell whoever it goes to: a point, or the lines above."""

    actor: str
    why: str
    to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """Say that what was escalated of a case has been seen: the levels still to come are not needed."""

    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Merge the case of one number into that of another; both by their numbers, since the first may be merged."""

    actor: str
    number: int
    into: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmerge:
    """Take a merged case out of the one it lives on in."""

    actor: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Make a case of its own of some entries of a case."""

    actor: str
    number: int
    entry_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsplit:
    """Merge what was split off last back; the number is that of either case."""

    actor: str
    number: int


JoiningOrder: TypeAlias = Merge | Unmerge | Split | Unsplit
CaseOrder: TypeAlias = (
    Take | Assign | SetFields | Note | Reply | Close | Reopen | Forward | Refer | Escalate | Acknowledge | JoiningOrder
)
Order: TypeAlias = CaseOrder | Register
