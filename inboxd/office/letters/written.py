"""A letter that was written, by itself: documents speak of one without knowing how letters are written."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the documents of `queue` and `show` load nothing of deciding
    from inboxd.desk.decision import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A letter that now lies in the outbox."""

    letter_id: int
    draft: "Draft"
    message_id: str
