"""The evidence for what was decided. It stands on the journal, so that reading one needs nothing of deciding."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A named rule that hit, and what it saw."""

    rule: str
    detail: str
