"""A factory of parsed mails: a plain mail from a user to the desk, with whatever a test wants changed."""

import datetime as dt
from dataclasses import replace
from typing import Any

from inboxd.mail.address import Address
from inboxd.mail.automatic import signs_of
from inboxd.mail.message import Header, ParsedMessage

REQUESTER = Address(name="Ola Nordmann", address="ola@kommune.example")
DESK = Address(name="", address="kundeservice@desk.example")
RECEIVED = "from mail.kommune.example by mx.desk.example; Mon, 9 Mar 2026 08:00:00 +0100"


def headers(*fields: tuple[str, str]) -> tuple[Header, ...]:
    """Return header fields from (name, value) pairs, topmost first."""
    return tuple(Header(name=name.lower(), value=value) for name, value in fields)


def message(*fields: tuple[str, str], **changes: Any) -> ParsedMessage:
    """Return a parsed mail: `fields` are header fields besides Received, `changes` are fields of ParsedMessage."""
    values: dict[str, Any] = {
        "sha256": "0" * 64,
        "size": 1200,
        "mail_key": "key",
        "message_id": "<1@kommune.example>",
        "in_reply_to": (),
        "references": (),
        "from_": (REQUESTER,),
        "identity": REQUESTER,
        "sender": None,
        "reply_to": (),
        "to": (DESK,),
        "cc": (),
        "recipients": ("kundeservice@desk.example",),
        "return_path": "ola@kommune.example",
        "subject": "Skriveren i andre etasje",
        "date": dt.datetime(2026, 3, 9, 7, 0, tzinfo=dt.UTC),
        "headers": headers(*fields, ("Received", RECEIVED)),
        "content_type": "text/plain",
        "report_type": None,
        "text": "Skriveren virker ikke.\n",
        "reply_text": "Skriveren virker ikke.\n",
        "language": "nb",
        "attachments": (),
        "report": None,
        "encryption": None,
        "headers_only": False,
        "defects": (),
    }
    parsed = ParsedMessage(**{**values, **changes})
    return replace(parsed, signs=signs_of(parsed))
