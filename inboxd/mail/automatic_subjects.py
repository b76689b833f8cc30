"""How machines begin their subjects, in the languages that a Norwegian desk meets.

A subject alone never makes a mail automatic: people write "Ikke levert: pakken min" too. Each form counts only together
with a second sign (see `automatic.RULES`). All are anchored behind tags in brackets, never behind Re: or SV:, for these
show that a person answered such a mail.
"""

import re
import unicodedata

_TAGS = r"\s*(?:\[[^\[\]]{1,40}\]\s*){0,5}"

_REPLIES = (
    r"automatisk svar", r"autosvar", r"automatisk tilbakemelding",  # nb, nn, da
    r"automatiskt svar",  # sv
    r"automaattinen vastaus",  # fi
    r"automatic reply", r"auto[- ]?reply", r"auto(?:matic|mated)?[- ]?response", r"automated reply",
    r"automatische antwort", r"autoantwort",  # de
    r"réponse automatique", r"respuesta automática", r"risposta automatica", r"automatisch antwoord",
)  # fmt: skip

_ABSENCES = (
    r"ute av kontoret", r"fraværende", r"fravær(?:smelding)?", r"ikke til stede", r"borte fra kontoret",  # nb, da
    r"ikkje til stades", r"fråverande", r"fråvær(?:smelding)?",  # nn
    r"frånvarande", r"frånvaro(?:meddelande)?", r"ej på kontoret",  # sv
    r"poissaolo(?:viesti|ilmoitus)?", r"poissa(?: toimistosta)?", r"lomavastaus",  # fi
    r"out of (?:the )?office", r"ooo", r"absence", r"vacation(?: reply)?", r"away from (?:the |my )?office",
    r"abwesenheit(?:snotiz|smeldung)?", r"abwesend",  # de
)  # fmt: skip

_RETURNED = (
    r"undeliver(?:able|ed)", r"mail delivery (?:failed|failure|problem|error)", r"returned mail", r"failure notice",
    r"delivery status notification(?! \((?:delay|success))", r"delivery (?:failure|failed|has failed|report|problem)",
    r"(?:mail|message) (?:could not be|not|was not) delivered", r"non-?deliver(?:y|able)", r"message undeliverable",
    r"(?:meldingen? (?:er |ble )?)?ikk(?:j?)e lever(?:t|te|bar)", r"leveringsfeil", r"ulever(?:bar|t)",
    r"(?:e-posten |meldinga |meldingen )?k(?:an|unne) ikk(?:j?)e lever(?:es|e|ast)", r"mislykk(?:et|a) levering",
    r"levering(?:en|a)? mislyk(?:tes|kast)", r"ikke leveret",  # nb, nn, da
    r"k(?:an|unde) inte levereras", r"leveransfel", r"olever(?:erat|bar)",  # sv
    r"toimitusvirhe", r"viestiä ei voitu toimittaa",  # fi
    r"unzustellbar(?:keit\w*)?", r"nicht zustellbar", r"zustell(?:ung fehlgeschlagen|fehler|ungsfehler)",  # de
)  # fmt: skip

_DELAYED = (
    r"delayed mail", r"mail delayed", r"delivery status notification \(delay\)", r"delivery delayed",
    r"(?:warning: )?message .{0,60}delayed", r"warning: could not send message", r"delivery warning",
    r"(?:e-post |levering(?:en|a)? (?:er )?)?forsinket", r"forseinka", r"levering forsinka",  # nb, nn, da
    r"försenad", r"fördröjd",  # sv
    r"zustellung verzögert", r"verzögert", r"verzögerte zustellung",  # de
)  # fmt: skip


def _anchored(forms: tuple[str, ...], end: str = r"(?!\w)") -> re.Pattern[str]:
    return re.compile(rf"{_TAGS}(?:{'|'.join(forms)}){end}", re.IGNORECASE)


AUTOMATIC_REPLY = _anchored(_REPLIES, r"\s*:")
OUT_OF_OFFICE = _anchored((*_REPLIES, *_ABSENCES))
RETURNED_MAIL = _anchored(_RETURNED)
DELAYED_MAIL = _anchored(_DELAYED)


def begins_with(subject: str, forms: re.Pattern[str]) -> bool:
    """Say whether a decoded subject begins with one of the forms, composed or decomposed accents alike."""
    return forms.match(unicodedata.normalize("NFC", subject)) is not None
