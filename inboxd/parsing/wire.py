"""What goes between the parent and its parsing child: frames of octets, and parsed mails as pickles of known types."""

import datetime as dt
import io
import pickle
import struct

from inboxd.mail.address import Address
from inboxd.mail.message import Attachment, DeliveryReport, Header, MailKind, ParsedMessage, ReportedRecipient, Sign

REQUEST = struct.Struct(">?Q")
"""A request's head: whether the octets are a header block alone, and how many octets follow."""

REPLY = struct.Struct(">Q")
"""A reply's head: how many octets of pickle follow."""

MAX_REPLY = 256 * 1024 * 1024
"""Octets of a reply that the parent is ready to hold."""

VALUES = (ParsedMessage, Address, Header, Attachment, DeliveryReport, ReportedRecipient, Sign, MailKind)
TIMES = (dt.datetime, dt.timezone, dt.timedelta)
KNOWN = {(known.__module__, known.__name__): known for known in (*VALUES, *TIMES)}
"""The types that a pickle of ours may ask for; each is a plain value, and to make one does nothing else."""


class _KnownTypes(pickle.Unpickler):
    """Reads the values of `mail` and times, nothing else: a child that a mail took over cannot reach the parent."""

    def find_class(self, module_name: str, global_name: str) -> object:
        known = KNOWN.get((module_name, global_name))
        if known is None:
            raise pickle.UnpicklingError(f"{module_name}.{global_name} has no place in a parsed mail")
        return known


def pack(parsed: ParsedMessage) -> bytes:
    """Return a parsed mail as octets for the pipe."""
    return pickle.dumps(parsed, protocol=pickle.HIGHEST_PROTOCOL)


def unpack(octets: bytes) -> ParsedMessage:
    """Return the parsed mail in octets from the pipe; raises pickle.UnpicklingError where there is anything else."""
    parsed: object = _KnownTypes(io.BytesIO(octets)).load()
    if not isinstance(parsed, ParsedMessage):
        raise pickle.UnpicklingError("not a parsed mail")
    return parsed
