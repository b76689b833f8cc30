"""One line an event: `event=folder.looked mailbox=kundeservice …`. No content and no address is ever logged.

Events are past-tense dotted names. The line is text, or one JSON object with `json_lines`.
"""

import json
import logging
import re
import sys

LIBRARIES = ("imapclient", "aiosmtplib", "mailparser", "alembic", "sqlalchemy", "asyncio")

PLAIN = re.compile(r"[^\s\"=]+")


def event(logger: logging.Logger, level: int, name: str, **fields: object) -> None:
    """Log one event with its fields, in the order given. Values are ids, counts and codes, never mail content."""
    logger.log(level, name, extra={"fields": fields})


class EventFormatter(logging.Formatter):
    """Turns a record into one line, whatever its values hold."""

    def __init__(self, *, json_lines: bool) -> None:
        super().__init__()
        self.json_lines = json_lines
        self._second = (-1, "")

    def format(self, record: logging.LogRecord) -> str:
        fields = getattr(record, "fields", {})
        document: dict[str, object] = {
            "at": self._at(int(record.created), record),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **fields,
        }
        if record.exc_info:
            document["traceback"] = self.formatException(record.exc_info)
        if self.json_lines:
            return json.dumps(document, default=str, ensure_ascii=False)
        return " ".join(f"{key}={_quoted(value)}" for key, value in document.items())

    def _at(self, second: int, record: logging.LogRecord) -> str:
        """Write the time, once a second: that takes longer than the rest of a line."""
        if self._second[0] != second:
            self._second = (second, self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"))
        return self._second[1]


def set_up(*, json_lines: bool = False, level: int = logging.INFO) -> None:
    """Send the log to stderr, one line an event; libraries speak only from WARNING on."""
    logging.raiseExceptions = False  # a log that takes nothing (a full disk, a closed pipe) must not stop the desk
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(EventFormatter(json_lines=json_lines))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)


def _quoted(value: object) -> str:
    text = str(value)
    return text if PLAIN.fullmatch(text) and text.isprintable() else json.dumps(text, ensure_ascii=False)
