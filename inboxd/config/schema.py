"""The tables and keys of config.toml as TOML gives them, with the defaults that a desk would choose.

Every key has a default, so that a table with an error in it can still be checked for others; the keys that must be
there stand in REQUIRED with an example of what to write.
"""

import datetime as dt
from typing import Annotated, Literal

from pydantic import PlainValidator

from inboxd.config import values
from inboxd.config.clocks.tables import (
    CalendarTable,
    MatrixTable,
    Person,
    PointTable,
    PriorityTable,
    TargetSetTable,
)
from inboxd.config.kinds import CapText, Count, Duration, EmailAddress, Language, Name, Prefix, Table, Text, Tls
from inboxd.config.letters.tables import Days, FieldTable, ReceiptTextTable, Statuses, WordedText
from inboxd.config.notices.tables import NoticesTable
from inboxd.config.routing.tables import ContactTable, CustomerTable, ItemTable, RuleTable, SenderRuleTable, Type
from inboxd.desk.desk import EVERY_LETTER, AgentLetter, Cap


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
    weekly_letter: bool = False
    morning_letter: bool = False
    agent_mail: Literal["token", "token+dmarc", "off"] | None = None
    trusted_authserv_ids: list[Text] = []
    send_delay: Duration = dt.timedelta(seconds=10)
    max_message_size: Annotated[int, PlainValidator(values.size)] = 35 * values.OCTETS["MB"]
    statuses: Statuses = {}
    surge: CapText = Cap(count=4, period=dt.timedelta(minutes=30))


class DatabaseTable(Table):
    """[database]."""

    url: Annotated[str, PlainValidator(values.database_url)] = "sqlite:///inboxd.db"


class ReceiptsTable(Table):
    """[receipts]."""

    per_address: CapText = Cap(count=5, period=dt.timedelta(hours=1))
    unknown_senders: CapText = Cap(count=60, period=dt.timedelta(minutes=1))
    desk: CapText = None
    return_path: Literal["any", "required"] = "any"
    promise_response: bool = False


class AgentTable(Table):
    """[[agent]]."""

    REQUIRED = {"name": 'name = "kari"', "address": 'address = "kari@desk.no"'}
    name: Name = ""
    address: EmailAddress = ""
    login: Text | None = None
    categories: list[Name] | None = None
    role: Literal["agent", "lead", "admin", "auditor"] = "agent"
    active: bool = True
    notify: Annotated[frozenset[AgentLetter], PlainValidator(values.letters)] = EVERY_LETTER


class CategoryTable(Table):
    """[[category]]."""

    REQUIRED = {"name": 'name = "it"'}
    name: Name = ""
    title: Text | None = None
    parent: Name | None = None
    members: list[Name] | None = None
    access: Literal["all", "members"] = "all"
    notify: Annotated[str, PlainValidator(values.notify)] = "members"
    status: Literal["new", "open"] = "new"
    assignment: Literal["fewest_open", "even", "weighted", "none"] = "fewest_open"
    weights: dict[Name, Annotated[int, PlainValidator(values.weight)]] = {}
    duty: list[Name] = []
    duty_from: Annotated[dt.date | None, PlainValidator(values.date)] = None
    duty_weeks: dict[str, Name] = {}
    manager: Name | None = None
    closed_reply: Literal["reopen", "new", "reject"] = "reopen"
    closed_letter: bool = False
    calendar: Name = "office"
    reopen_days: Days = 14
    fields: list[FieldTable] = []
    status_letter_days: Days = None
    preliminary_days: Days = None
    preliminary_reason: WordedText | None = None
    targets: Name | None = None
    owner: Person | None = None
    service_manager: Person | None = None
    operations: Person | None = None


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
    sent_folder: Text | None = None
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
    priority: Name | None = None
    type: Type | None = None
    reference_prefix: Prefix | None = None
    language: Language | None = None
    subaddress: bool = False
    watch_sent: bool = False
    save_sent: Literal["auto", "always", "off"] = "off"
    owner: Person | None = None
    service_manager: Person | None = None
    operations: Person | None = None
    imap: ImapTable = ImapTable()
    smtp: SmtpTable = SmtpTable()


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
    notices: NoticesTable = NoticesTable()
    agent: list[AgentTable] = []
    category: list[CategoryTable] = []
    mailbox: list[MailboxTable] = []
    customer: list[CustomerTable] = []
    contact: list[ContactTable] = []
    sender_rule: list[SenderRuleTable] = []
    item: list[ItemTable] = []
    rule: list[RuleTable] = []
    priority: list[PriorityTable] = []
    targets: list[TargetSetTable] = []
    matrix: MatrixTable | None = None
    calendar: list[CalendarTable] = []
    point: list[PointTable] = []
    receipt_text: list[ReceiptTextTable] = []
