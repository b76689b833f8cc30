"""What an agent's mail changes besides what orders do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeToken:
    """Let a letter to an agent prove nothing any more: others have seen its token."""

    case_id: int
    letter_id: int
