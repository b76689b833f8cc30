"""What kind of mail this is: the first kind that a rule of `mail.automatic` gives, and every rule that hit."""

from dataclasses import dataclass

from inboxd.desk.evidence import Evidence
from inboxd.mail.message import MailKind, ParsedMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """A mail's kind and the evidence for it. Evidence of rules that give no kind of their own is among it too."""

    kind: MailKind
    evidence: tuple[Evidence, ...] = ()

    def detail(self, rule: str) -> str | None:
        """Return what the rule of that name saw, or None where it did not hit."""
        return next((evidence.detail for evidence in self.evidence if evidence.rule == rule), None)


def classify(message: ParsedMessage) -> Classification:
    """Return a mail's kind: the first of MailKind's order that any rule gives, human where none does."""
    kinds = {sign.kind for sign in message.signs}
    return Classification(
        kind=next((kind for kind in MailKind if kind in kinds), MailKind.HUMAN),
        evidence=tuple(Evidence(rule=sign.rule, detail=sign.detail) for sign in message.signs),
    )
