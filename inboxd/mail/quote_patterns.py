"""How mail programs mark what they quote, in the languages that reach a Norwegian desk (nb, nn, sv, da, fi, de, en).

A table and nothing else: `trim` decides what the marks mean. Every pattern is for one line (or up to four joined ones),
cut to `MAX_LINE` characters, and has no repetition inside a repetition: reading a mail stays linear.
"""

import re

MAX_LINE = 500
"""Characters of a line that are looked at; a mark further out is none."""

LABELS = {
    "from": ("fra", "frå", "från", "lähettäjä", "von", "from"),
    "sent": (
        "sendt", "skickat", "lähetetty", "gesendet", "sent", "dato", "datum", "päivämäärä", "päiväys", "date",
    ),
    "to": ("til", "till", "vastaanottaja", "an", "to"),
    "cc": ("kopi", "kopia", "kopio", "cc"),
    "subject": ("emne", "ämne", "aihe", "betreff", "subject"),
}  # fmt: skip
"""The labels of the block that Outlook and its kin put above a quoted mail, by what they mean."""

LABEL_MEANING = {word: meaning for meaning, words in LABELS.items() for word in words}
LABEL = re.compile(r"[\s>*]{0,8}(\w{2,13})\s?\*{0,2}\s?[:：]")

ORIGINAL = re.compile(
    r"\s*-{2,}\s?(?:opprinnelig (?:melding|e-?post|avtale)|original melding|opphavleg melding|"
    r"original(?:meddelande|t meddelande)|ursprungligt meddelande|oprindelig meddelelse|original besked|"
    r"alkuperäinen viesti|ursprüngliche nachricht|original (?:message|appointment))\s?-{2,}\s*",
    re.IGNORECASE,
)
"""The line above a quoted mail in older programs, and in phones."""

FORWARDED = re.compile(
    r"\s*(?:-{2,}\s?)?(?:videresendt (?:melding|e-?post|meddelelse|besked)|vidaresend melding|"
    r"vidarebefordrat (?:meddelande|mejl|brev)|start på videresendt besked|välitetty viesti(?: alkaa)?|"
    r"weitergeleitete nachricht|anfang der weitergeleiteten nachricht|forwarded message|fwd\.msg|"
    r"begin forwarded message)\s?(?:-{2,}|:)\s*",
    re.IGNORECASE,
)
"""The line above a forwarded mail: from there on it is what the sender wanted us to read."""

WRITES = r"\b(?:skrev|skreiv|skriver|schrieb|kirjoitti|wrote)\b(?:\s(?:følgende|følgjande|följande))?"
VERB = re.compile(WRITES, re.IGNORECASE)
OWN_WORDS = re.compile(
    r"\b(?:skrev|skreiv|skriver|schrieb|wrote)\s(?:jeg|eg|vi|me|jag|ich|til|till|at|att|om|i|dette|dere|to|that|about|this|an)\b|"
    r"\b(?:jeg|eg|vi|jag|ich|i|we)\s(?:skrev|skreiv|skriver|schrieb|wrote)\b",
    re.IGNORECASE,
)
"""A sentence of a person's: no program writes so."""

ADDRESS = r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,200}"
MAIL_ADDRESS = re.compile(ADDRESS)
BRACKETED_ADDRESS = re.compile(rf"[<\[(]\s?(?:mailto:)?{ADDRESS}", re.IGNORECASE)
ATTRIBUTION_END = re.compile(
    rf"(?:{ADDRESS}[\s\"'>)\]*]{{0,6}}(?:[<\[(]mailto:[^\s<>]{{1,200}}[>\])\s]{{1,4}})?|"
    rf"{WRITES}(?:,?\s.{{0,40}}\d|,?(?:\s[\"'(]?(?-i:[A-ZÆØÅÄÖÜÉ])[\w.'’-]{{0,40}}[)\"',]{{0,2}}){{1,7}})?)\W*$",
    re.IGNORECASE,
)
"""How an "On … wrote:" ends: with an address, the verb, the verb and a date, or the verb and a name."""

MONTH = (
    r"(?:jan|feb|mar|mär|maa|apr|mai|maj|may|jun|jul|aug|sep|okt|oct|nov|des|dec|dez|"
    r"tam|hel|huh|tou|kes|hei|elo|syy|lok|mar|jou)\w{0,9}\.?"
)
DATE = re.compile(
    rf"\b\d{{1,2}}[./-]\s?\d{{1,2}}[./-]\s?\d{{2,4}}|\b\d{{4}}-\d{{2}}-\d{{2}}|\b\d{{1,2}}\.?\s{MONTH}|\b{MONTH}\s\d{{1,2}}\b",
    re.IGNORECASE,
)
TIME = re.compile(r"\b\d{1,2}[:.]\d{2}\b(?!\.\d)")

UNDERSCORES = re.compile(r"\s*_{32}\s*")
RULE = re.compile(r"\s*(?:[_*=-]{5,}|—{3,}|–{3,})\s*")

ANSWERS_BELOW = re.compile(
    r"\b(?:se|sjå|svar\w{0,3}|kommentar\w{0,3}|kommenter\w{0,3}|merknad\w{0,3}|reply|replies|answer\w{0,3}|comment\w{0,3}|see|"
    r"antwort\w{0,3}|siehe|se)\b[^.!?\n]{0,40}?\b(?:under|nedenfor|nedanfor|nedan|i rødt|"
    r"i raudt|med rødt|i rött|i blått|below|inline|in red|in blue|unten)\b",
    re.IGNORECASE,
)
"""The writer says that the answers stand inside the quoted text."""

SENT_FROM = re.compile(
    r"\W{0,8}(?:sen[dt]t? fr[aå] (?:min|mitt|e-post|mail|outlook|yahoo|samsung|proton|mobil|telefon)|"
    r"sent (?:from|via) (?:my|a|the|mail|outlook|yahoo|samsung|proton|gmail)|"
    r"skickat från (?:min|mitt|outlook|e-post|mail)|lähetetty (?:iphone|ipad|android|outlook|samsung|puhelim)|"
    r"von meinem \w{1,20} gesendet|gesendet (?:von|mit) (?:meinem|outlook|mail)|"
    r"(?:få|hent|last ned|skaff deg|get|hämta|hanki|holen sie sich) outlook (?:for|för|til|für)\b).{0,200}",
    re.IGNORECASE,
)
"""The line that a phone puts under a mail."""

SIGNATURE_MARK = "--"
"""What stands alone on the line above a signature, with or without its blank (RFC 3676 4.3)."""
