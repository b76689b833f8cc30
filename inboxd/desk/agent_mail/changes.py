"""What an agent's mail changes besides what orders do."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeToken:
    """Let a letter to an agent prove nothing any more: others have seen its token."""

    letter_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Let a mail that an agent may have written wait until he says that he did."""

    case_id: int
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimConfirmed:
    """Put on record that an agent said of a mail which waits that it is his."""

    case_id: int
    claim_id: int
    agent: str


AgentMailChange: TypeAlias = RevokeToken | Claim | ClaimConfirmed
