"""What goes between the parent and its parsing child: frames of octets, and parsed mails as pickles of known types."""

import io
import pickle
import struct

from inboxd.mail import address, message
from inboxd.mail.message import ParsedMessage

REQUEST = struct.Struct(">?Q")
"""A request's head: whether the octets are a header block alone, and how many octets follow."""

REPLY = struct.Struct(">Q")
"""A reply's head: how many octets of pickle follow."""

MAX_REPLY = 256 * 1024 * 1024
"""Octets of a reply that the parent is ready to hold."""

KNOWN = {(module.__name__, name) for module in (address, message) for name in vars(module)}
"""The names that a pickle of ours may ask for, besides datetime's."""

TIMES = {("datetime", "datetime"), ("datetime", "timezone"), ("datetime", "timedelta")}


class _KnownTypes(pickle.Unpickler):
    """Reads the values of `mail` and times, nothing else: a child that a mail took over cannot reach the parent."""

    def find_class(self, module_name: str, global_name: str) -> object:
        if (module_name, global_name) not in KNOWN | TIMES:
            raise pickle.UnpicklingError(f"{module_name}.{global_name} has no place in a parsed mail")
        return super().find_class(module_name, global_name)


def pack(parsed: ParsedMessage) -> bytes:
    """Return a parsed mail as octets for the pipe."""
    return pickle.dumps(parsed, protocol=pickle.HIGHEST_PROTOCOL)


def unpack(octets: bytes) -> ParsedMessage:
    """Return the parsed mail in octets from the pipe; raises pickle.UnpicklingError where there is anything else."""
    parsed: object = _KnownTypes(io.BytesIO(octets)).load()
    if not isinstance(parsed, ParsedMessage):
        raise pickle.UnpicklingError("not a parsed mail")
    return parsed
