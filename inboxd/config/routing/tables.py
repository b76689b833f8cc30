"""The tables of config.toml about where a case goes: customers, people, senders, rules."""

from typing import Annotated, Literal

from pydantic import PlainValidator

from inboxd.config.kinds import EmailAddress, Language, Name, Table, Text
from inboxd.config.letters.tables import WordedText
from inboxd.config.routing import values as route_values

Domain = Annotated[str, PlainValidator(route_values.domain)]
Sender = Annotated[str, PlainValidator(route_values.sender)]
Type = Literal["fault", "callof", "question"]


class CustomerTable(Table):
    """[[customer]]. With `own_category` it has a category of its name, which `manager` and `members` are for."""

    REQUIRED = {"name": 'name = "Molde"'}
    name: Name = ""
    title: Text | None = None
    domains: list[Domain] = []
    addresses: list[EmailAddress] = []
    contact: EmailAddress | None = None
    category: Name | None = None
    own_category: bool = False
    manager: Name | None = None
    members: list[Name] | None = None
    priority: Name | None = None
    price: Literal["basis", "per_user"] = "basis"
    orderers: list[EmailAddress] = []


class ContactTable(Table):
    """[[contact]]."""

    REQUIRED = {"address": 'address = "ordforer@molde.kommune.no"'}
    address: EmailAddress = ""
    name: str = ""
    priority: Name | None = None
    language: Language | None = None
    customer: Name | None = None


class SenderRuleTable(Table):
    """[[sender_rule]]."""

    REQUIRED = {"match": 'match = "*@elev.*"', "action": 'action = "refuse"'}
    match: Sender = ""
    mailbox: Name | None = None
    action: Literal["accept", "refuse", "hold"] = "accept"


class ItemTable(Table):
    """[[item]]: something of the catalogue that can be ordered. Its name is as people say it, spaces and all."""

    REQUIRED = {"name": 'name = "Ny PC"'}
    name: Text = ""
    title: WordedText | None = None
    category: Name | None = None


class RuleSetTable(Table):
    """The `set` of a [[rule]]."""

    category: Name | None = None
    priority: Name | None = None
    type: Type | None = None
    item: Text | None = None
    assignee: Name | None = None
    tags: list[Text] = []
    action: Literal["ignore", "hold", "open"] | None = None
    template: Name | None = None
    receipt: bool | None = None


class RuleTable(Table):
    """[[rule]]. What stands in `match` is read by `config.rules`: a header's name may be written in two ways."""

    REQUIRED = {"name": 'name = "printers"'}
    name: Text = ""
    mailbox: Name | None = None
    match: dict[str, object] = {}
    set: RuleSetTable = RuleSetTable()
    stop: bool = False
