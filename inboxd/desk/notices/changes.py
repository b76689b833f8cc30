"""What changes between cases and notices of downtime, and what is known of who read them."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderNotice:
    """Put a case under the notice of downtime that it is about."""

    case_id: int
    notice_id: int
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OffNotice:
    """Take a case off a notice that it is not about after all."""

    case_id: int
    notice_id: int
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRead:
    """Put on record that whoever got this letter about a notice has said that it was read."""

    letter_id: int


NoticeChange: TypeAlias = UnderNotice | OffNotice | NoticeRead
