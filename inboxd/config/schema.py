"""The tables and keys of config.toml as TOML gives them, with the defaults that a desk would choose.

Every key has a default, so that a table with an error in it can still be checked for others; the keys that must be
there stand in REQUIRED with an example of what to write.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator

from inboxd.config import values
from inboxd.desk.desk import Cap, Minutes, Target

Text = Annotated[str, PlainValidator(values.text)]
Name = Annotated[str, PlainValidator(values.name)]
EmailAddress = Annotated[str, PlainValidator(values.address)]
Prefix = Annotated[str, PlainValidator(values.prefix)]
Language = Literal["nb", "nn", "se", "en"]
Tls = Literal["implicit", "starttls", "none"]
Duration = Annotated[dt.timedelta, PlainValidator(values.duration)]
CapText = Annotated[Cap | None, PlainValidator(values.cap)]
TargetText = Annotated[Target | None, PlainValidator(values.target)]
Spans = Annotated[list[Annotated[Minutes, PlainValidator(values.span)]], AfterValidator(values.in_order)]
MonthDay = Annotated[tuple[int, int], PlainValidator(values.month_day)]
Count = Annotated[int, PlainValidator(values.count)]


class Table(BaseModel):
    """A table of the file: no key but its own, no value turned silently into another type."""

    model_config = ConfigDict(extra="forbid", strict=True)
    REQUIRED: ClassVar[Mapping[str, str]] = {}


class DeskTable(Table):
    """[desk]."""

    REQUIRED = {"name": 'name = "Kundeservice"'}
    name: Text = ""
    reference_prefix: Prefix = "KS"
    language: Language = "nb"
    timezone: Annotated[str, PlainValidator(values.timezone)] = "Europe/Oslo"
    secret_file: Text = "secret.key"  # noqa: S105 - the name of the file
    templates: Text | None = None
    phone: str = ""
    web: str = ""
    admin: EmailAddress | None = None
    agent_mail: Literal["token", "token+dmarc", "off"] | None = None
    trusted_authserv_ids: list[Text] = []
    send_delay: Duration = dt.timedelta(seconds=10)
    max_message_size: Annotated[int, PlainValidator(values.size)] = 35 * values.OCTETS["MB"]


class DatabaseTable(Table):
    """[database]."""

    url: Annotated[str, PlainValidator(values.database_url)] = "sqlite:///inboxd.db"


class ReceiptsTable(Table):
    """[receipts]."""

    per_address: CapText = Cap(count=5, period=dt.timedelta(hours=1))
    unknown_senders: CapText = Cap(count=60, period=dt.timedelta(minutes=1))
    desk: CapText = None
    return_path: Literal["any", "required"] = "any"


class AgentTable(Table):
    """[[agent]]."""

    REQUIRED = {"name": 'name = "kari"', "address": 'address = "kari@desk.no"'}
    name: Name = ""
    address: EmailAddress = ""
    login: Text | None = None
    categories: list[Name] | None = None
    role: Literal["agent", "lead", "admin", "auditor"] = "agent"
    active: bool = True
    notify: bool = True


class CategoryTable(Table):
    """[[category]]."""

    REQUIRED = {"name": 'name = "it"'}
    name: Name = ""
    title: Text | None = None
    members: list[Name] | None = None
    assignment: Literal["fewest_open", "none"] = "fewest_open"
    manager: Name | None = None
    closed_reply: Literal["reopen", "new", "reject"] = "reopen"
    closed_letter: bool = False
    calendar: Name = "office"
    reopen_days: Count | None = None


class ServerTable(Table):
    """What [mailbox.imap] and [mailbox.smtp] have in common."""

    host: Text = ""
    port: Annotated[int, PlainValidator(values.port)] | None = None
    tls: Tls = "implicit"
    allow_plaintext: bool = False
    ca_file: Text | None = None
    username: Text | None = None
    password_env: Text | None = None
    password_file: Text | None = None


class ImapTable(ServerTable):
    """[mailbox.imap]."""

    REQUIRED = {"host": 'host = "imap.desk.no"'}
    folder: Text = "INBOX"
    after: Annotated[str, PlainValidator(values.after)] = "seen"
    poll_seconds: Count = 60
    first_run: Annotated[str, PlainValidator(values.first_run)] = "new"


class SmtpTable(ServerTable):
    """[mailbox.smtp]."""

    REQUIRED = {"host": 'host = "smtp.desk.no"'}
    null_sender: Literal["auto", "always", "never"] = "auto"
    confirm: Literal["off", "bcc"] = "off"


class MailboxTable(Table):
    """[[mailbox]]."""

    REQUIRED = {
        "address": 'address = "kundeservice@desk.no"',
        "imap": 'a table [mailbox.imap] with host = "imap.desk.no"',
        "smtp": 'a table [mailbox.smtp] with host = "smtp.desk.no"',
    }
    name: Name | None = None
    address: EmailAddress = ""
    aliases: list[EmailAddress] = []
    category: Name | None = None
    reference_prefix: Prefix | None = None
    language: Language | None = None
    subaddress: bool = False
    watch_sent: bool = False
    save_sent: Literal["off"] = "off"
    imap: ImapTable = ImapTable()
    smtp: SmtpTable = SmtpTable()


class RuleSetTable(Table):
    """The `set` of a [[rule]]."""

    category: Name | None = None
    priority: Name | None = None
    assignee: Name | None = None
    tags: list[Text] = []
    action: Literal["ignore", "hold", "open"] | None = None


class RuleTable(Table):
    """[[rule]]. What stands in `match` is read by `config.rules`: a header's name may be written in two ways."""

    REQUIRED = {"name": 'name = "printers"'}
    name: Text = ""
    mailbox: Name | None = None
    match: dict[str, object] = {}
    set: RuleSetTable = RuleSetTable()
    stop: bool = False


class PriorityTable(Table):
    """[[priority]]. A key that is not given keeps the value of the built-in of that name, if there is one."""

    REQUIRED = {"name": 'name = "normal"'}
    name: Name = ""
    title: Text | None = None
    response: TargetText = None
    resolution: TargetText = None
    clock: Name | None = None


class WeekTable(Table):
    """Opening hours by weekday; None where a weekday is not named."""

    mon: Spans | None = None
    tue: Spans | None = None
    wed: Spans | None = None
    thu: Spans | None = None
    fri: Spans | None = None
    sat: Spans | None = None
    sun: Spans | None = None


class DayTable(Table):
    """One entry of a calendar's `days`."""

    REQUIRED = {"date": 'date = "2026-12-24"', "hours": "hours = [] for closed"}
    date: Annotated[dt.date, PlainValidator(values.date)] = dt.date.min
    hours: Spans = []


class SeasonTable(Table):
    """One entry of a calendar's `seasons`."""

    REQUIRED = {"from": 'from = "06-15"', "to": 'to = "08-15"', "hours": 'hours = { mon = ["08:00-15:00"] }'}
    first: MonthDay = Field((1, 1), alias="from")
    last: MonthDay = Field((1, 1), alias="to")
    hours: WeekTable = WeekTable()


class CalendarTable(Table):
    """[[calendar]]."""

    REQUIRED = {"name": 'name = "office"'}
    name: Name = ""
    hours: WeekTable | None = None
    holidays: Annotated[str | None, PlainValidator(values.country)] = "NO"
    days: list[DayTable] = []
    seasons: list[SeasonTable] = []


class Document(Table):
    """The whole file."""

    REQUIRED = {
        "desk": 'a table [desk] with name = "Kundeservice"',
        "agent": "a table [[agent]] for each person who works at the desk",
        "category": "a table [[category]] for each kind of case",
        "mailbox": "a table [[mailbox]] for each shared mailbox",
    }
    desk: DeskTable = DeskTable()
    database: DatabaseTable = DatabaseTable()
    receipts: ReceiptsTable = ReceiptsTable()
    agent: list[AgentTable] = []
    category: list[CategoryTable] = []
    mailbox: list[MailboxTable] = []
    rule: list[RuleTable] = []
    priority: list[PriorityTable] = []
    calendar: list[CalendarTable] = []
