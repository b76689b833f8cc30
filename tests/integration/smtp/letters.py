"""What the tests of the room `smtp` share: letters, settings of a relay on loopback, time limits."""

import datetime as dt
from typing import Any

from inboxd.config.settings import ServerSettings
from inboxd.mail.envelope import OutgoingLetter
from inboxd.smtp.session import SmtpSession
from inboxd.smtp.wire import Timeouts
from tests.servers.fault_smtp import FaultServer

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
OCTETS = b"From: ks@desk.example\r\nTo: per@kommune.example\r\nSubject: Hei\r\n\r\n.punktum\r\n..\r\nslutt\r\n"

LONG = Timeouts(greeting=20, command=20, data=20, block=20, final_dot=20, goodbye=5)
"""A busy machine must not turn a good server into a silent one; a test of silence shortens the step in question."""

A_MOMENT = 0.5


def a_letter(**changes: Any) -> OutgoingLetter:
    values: dict[str, Any] = {
        "id": 7, "mailbox": "kundeservice", "kind": "answer", "message_id": "<7.k.mac@desk.example>",
        "mail_from": "ks@desk.example", "fallback_from": "ks@desk.example", "rcpt_tos": ("per@kommune.example",),
        "octets": OCTETS, "attempts": 0, "created_at": NOW, "resent": False,
    }  # fmt: skip
    return OutgoingLetter(**(values | changes))


def a_receipt(**changes: Any) -> OutgoingLetter:
    return a_letter(**({"kind": "receipt", "mail_from": ""} | changes))


def relay(port: int, **changes: Any) -> ServerSettings:
    values: dict[str, Any] = {
        "host": "127.0.0.1", "port": port, "tls": "none", "ca_file": None, "username": None, "password": None,
    }  # fmt: skip
    return ServerSettings(**(values | changes))


def session_with(server: FaultServer, timeouts: Timeouts = LONG) -> SmtpSession:
    return SmtpSession(relay(server.port), timeouts=timeouts)
