"""EFFECT. Reads mail in a child process that may be killed."""

from inboxd.parsing.failure import ParseFailed, ParserClosed
from inboxd.parsing.parsing_child import ParsingChild

__all__ = ["ParseFailed", "ParserClosed", "ParsingChild"]
