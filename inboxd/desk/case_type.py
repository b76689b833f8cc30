"""What a case is: a fault, an order from the catalogue of services, or a question."""

from collections.abc import Mapping

TYPES: Mapping[str, Mapping[str, str]] = {
    "fault": {"nb": "Feil", "nn": "Feil", "en": "Fault"},
    "callof": {"nb": "Avrop", "nn": "Avrop", "en": "Order"},
    "question": {"nb": "Spørsmål", "nn": "Spørsmål", "en": "Question"},
}
"""The types of cases, with their titles by language."""


def type_title(name: str | None, language: str) -> str:
    """Return a type's title in a language, in Bokmål where there is none; "" for a case without a type."""
    titles = TYPES.get(name or "", {})
    return titles.get(language) or titles.get("nb", "")
