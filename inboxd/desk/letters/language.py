"""The language in which a requester is written to: contact, then case, then the mail's own, then the mailbox's."""

LETTERS = ("nb", "nn", "se", "en")
"""The languages that letters may be in; where one lacks a letter, the templates fall back and say so."""

READ_AS = {"sv": "nb", "da": "nb"}
"""Who writes a neighbour's language reads Bokmål; who writes another language that is known reads English."""


def letter_language(*wanted: str | None, default: str) -> str:
    """Return the language of letters for the first language that is known of a writer; `default` where none is."""
    known = next((code for code in wanted if code), None)
    if known is None or known in LETTERS:
        return known or default
    return READ_AS.get(known, "en")
