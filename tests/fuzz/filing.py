"""What becomes of damaged mail: read, decided on and stored by the real office, and counted."""

import re
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from inboxd.mail.message import ParsedMessage
from inboxd.mail.parse import parse
from inboxd.store import incoming
from tests.integration.paper_desk import PaperDesk

BATCH = 500
MAX_HELD = 0.001
"""The part of damaged mails that may be held for a person."""

STUMBLED = re.compile(r"\(([A-Za-z]+(?:Error|Exception))\)$")
"""How a defect ends that an exception became."""


@dataclass(slots=True, kw_only=True)
class Filing:
    """What became of the mails: by state and outcome, the reasons of those held, the exceptions that became defects."""

    count: int = 0
    became: Counter[str] = field(default_factory=Counter)
    held: list[tuple[str, str]] = field(default_factory=list)
    stumbled: dict[str, bytes] = field(default_factory=dict)

    def read(self, octets: bytes, *, headers_only: bool = False) -> ParsedMessage:
        """Read as the daemon does, and note whatever a guard had to catch, with the first mail that showed it."""
        message = parse(octets, headers_only=headers_only)
        for defect in message.defects:
            if STUMBLED.search(defect):
                self.stumbled.setdefault(defect, octets)
        return message

    def file(self, mails: Iterable[bytes]) -> None:
        """File mails batch by batch, each batch at a desk of its own, so that a case never grows without end."""
        waiting = iter(mails)
        while batch := tuple(islice(waiting, BATCH)):
            with tempfile.TemporaryDirectory() as folder:
                desk = PaperDesk(Path(folder))
                desk.parser = self.read
                desk.arrive(*batch)
                self._count(desk, len(batch))
                desk.close()

    def _count(self, desk: PaperDesk, expected: int) -> None:
        with desk.office.store.reading() as db:
            rows = incoming.list_incoming(db)
        assert len(rows) == expected
        self.count += len(rows)
        self.became.update(f"{row.state} {row.outcome or ''}".strip() for row in rows)
        self.held += [(row.sha256, row.reason) for row in rows if row.state == "hold"]

    @property
    def unsettled(self) -> dict[str, int]:
        """How many mails have no outcome, and are not held either."""
        return {word: number for word, number in self.became.items() if not word.startswith(("done ", "hold"))}
