"""What a machine says of itself: that it is automatic, that nobody reads answers or where they go, how to be rid of it.

Only in a sentence of its own at the start or the end: in the middle of a mail a person may quote one.
"""

import re
import unicodedata
from functools import lru_cache

from inboxd.mail.machine import people
from inboxd.mail.machine.fields import cut
from inboxd.mail.machine.words import MAX_WORDS, own_words
from inboxd.mail.message import ParsedMessage

_AUTOMATIC_ANSWER = (
    r"dette er (?:et|eit) (?:automatisk|autogenerert|automatisk generert|automatgenerert)\w? (?:svar|autosvar)"
    r"|dette er (?:et|eit) autosvar|det(?:te|ta) är ett (?:automatiskt |automatgenererat )?(?:auto)?svar"
    r"|dette er et automatisk svar|tämä on automaattinen vastaus"
    r"|this is an? (?:auto(?:matic|mated|matically generated)?[- ]?)(?:reply|response|answer|responder)"
    r"|this (?:e-?mail|message) (?:has been|was|is) (?:automatically |auto-?)generated in response"
    r"|dies ist eine automati\w{1,10} (?:antwort|rückmeldung)|ceci est une réponse automatique"
    r"|est[ae] es una respuesta automática|questa è una risposta automatica|dit is een automatisch\w? (?:antwoord"
    r"|reactie)"
)
_AUTOMATIC_MESSAGE = (
    r"dett[ea] er (?:en|ei|eit|et) (?:automatisk|autogenerert|automatisk (?:generer[et]{1,2}|utsendt?|sendt?|oppretta"
    r"|opprettet)|automatgenerert|maskinelt? \w{1,10})\w? "
    r"(?:e-?post|e-?mail|melding|mail|varsel|varsling|beskjed|besked|meddelelse|utsendelse|kvittering|bekreftelse"
    r"|påminnelse|rapport)"
    r"|det(?:ta| här) är ett? (?:autogenererat|automatgenererat|automatiskt(?: (?:genererat|skickat|utskickat"
    r"|skapat))?) (?:e-?post\w{0,12}|mail|mejl|meddelande|utskick)"
    r"|denne (?:e-?posten|meldingen|meldinga|mailen|e-?mail|mail|besked|meddelelse) (?:er|ble|blev|vart|kan) (?:ikke "
    r"|ikkje )?(?:automatisk (?:sendt|generert|genereret|oppretta|opprettet|utsendt)|generert"
    r"|sendt automatisk|sendt ut automatisk|besvar\w{1,3}|svarast på)"
    r"|detta (?:mail|mejl|e-?postmeddelande|meddelande) (?:är|har) (?:\w{1,10} )?(?:automatiskt (?:skicka|genere"
    r"|skapa)"
    r"|automatgenere|genererat|skickats automatiskt)|denne (?:mail|besked) er (?:sendt automatisk|automatisk (?:sendt"
    r"|genereret))|tämä on automaattinen (?:viesti|ilmoitus)"
    r"|this is an? (?:auto(?:matic|mated|matically generated)?|system)[- ]?(?:generated )?(?:e-?mail|message"
    r"|notification|mail|alert)"
    r"|this (?:e-?mail|message|mail) (?:was|is|has been) (?:(?:automatically|auto)[- ]?(?:sent|generated|created"
    r"|produced|issued|composed|delivered)|automated|generated"
    r"|sent (?:to you )?(?:automatically|by an auto|from an un))"
    r"|dies ist eine automatisch|diese (?:e-?mail|nachricht) wurde automatisch (?!auf |von |durch |gepr|gescannt)"
    r"|ceci est un (?:e-?mail|message) automatique"
    r"|este (?:es un )?(?:mensaje|correo) (?:automático|ha sido generado)"
)
_NO_ANSWER = (
    r"(?:vennligst |ver venleg og )?(?:ikke |ikkje )svar på denne (?:e-?posten|meldingen|meldinga|mailen)"
    r"|(?:tähän|tälle) \w{4,20} ei voi vastata|(?:denne )?(?:e-?posten|meldingen"
    r"|e-?postadressen) (?:kan ikke besvares|kan ikkje svarast på|er ubemannet)"
    r"|det går inte att svara på (?:detta|det här)|svara inte på detta|älä vastaa tähän"
    r"|(?:please )?do not (?:reply|respond) to this|please don[’']t reply to this|replies to this (?:e-?mail|message"
    r"|address)|bitte antworten sie nicht auf|bitte nicht auf diese|merci de ne pas répondre|no responda a este"
    r"|(?:du|dere|man|de) kan (?:ikke|ikkje|inte) (?:svar[ea]|besvar[ea])(?: på)? (?:denne|dette|detta|det här)"
    r"|svar venligst ikke på|(?:postkassen|innboksen|adressen|denne (?:adressen|postkassen|innboksen|e-?postadressen))"
    r" (?:blir|er|vert) (?:ikke|ikkje) (?:lest|lese|overvåket|overvaka|betjent|bemannet|bemanna)"
    r"|you (?:cannot|can['’]t|can not) (?:reply|respond) to this"
    r"|this (?:mailbox|inbox|(?:e-?mail )?(?:address|account)) is (?:not (?:monitored|read)|unmonitored|unattended)"
    r"|auf diese (?:e-?mail|nachricht) (?:kann|können)|sie können auf diese (?:e-?mail|nachricht) nicht"
)
"""People write these too, and then how to reach them."""

_ASKED = (
    r"(?:request|asked? for|initiate|sign(?:ed)? up|subscribe|make this|register|bedt om|bad om|ba om|bede om|bett om"
    r"|begärt|bestilt|registrer|opprett|forsøk|angefordert|veranlasst|pyytänyt|demandé|solicit)"
)
_IGNORE = (
    r"(?:if|hvis|om|dersom|viss|wenn|falls|jos|si|var det ikke|was this not) [^.!?]{0,40}(?<!\w)(?:not|n['’]t|ikke"
    rf"|ikkje|inte|nicht|et|pas|no)(?!\w)[^.!?]{{0,30}}{_ASKED}[^.!?]{{0,80}}(?<!\w)(?:ignore\w{{0,2}}|disregard"
    r"|(?:se|sjå) bort|ignorer\w{0,2}|bortse|ignorieren|jättää huomiotta|ignorez|slett\w{0,2}|delete)"
)
ABOVE = re.compile(
    r"[^\w\n]{0,40}(?:please |vennligst |venligst |bitte )?(?:(?:type|write|enter|add)[^\n]{0,40}|reply|respond|svara?"
    r"|besvar\w?|skriv[^\n]{0,40}|antworten?[^\n]{0,40}|(?:vastaa|kirjoita)[^\n]{0,40}|pour répondre[^\n]{0,40}"
    r"|(?:typ|schrijf)[^\n]{0,40}) (?:above|over|ovenfor|ovanför|oberhalb|über|yläpuolelle|au-dessus|boven)"
    r"[^\n]{0,20}(?:line|linj\w{0,3}|rad\w{0,2}|strek\w{0,2}|streg\w{0,2}|zeile|linie|ligne|regel|lijn)(?!\w)"
    r"|[^\w\n]{0,40}(?:vastaa|kirjoita)[^\n]{0,40} tämän (?:rivin|viivan) yläpuolelle",
    re.IGNORECASE,
)
UNSUBSCRIBE = re.compile(
    r"(?<!\w)(?:unsubscribe|opt[- ]out|(?:manage|update|change) (?:your )?(?:\w{1,12} )?(?:preferences|subscriptions?)"
    r"|meld (?:deg|dere) av|avmeld\w{0,4}|(?:stopp|avslutt|slutt å|si opp) abonne\w{1,6}|avregistrer\w{0,2}"
    r"|avprenumerera|avanmäl\w{0,4}|afmeld\w{0,4}|frameld\w{0,4}|peru(?:uta)? (?:tilau|uutiskirj)\w{1,4}|abmelden"
    r"|abbestellen|désabonner|désinscri\w{1,5}|darse de baja|uitschrijven)(?!\w)",
    re.IGNORECASE,
)
TO_A_PAGE = re.compile(
    r"(?<!\w)(?:(?:log|sign) ?(?:in|on)(?: \S{1,30}){0,6} to (?:view|read|see|open|access)"
    r"|logg (?:deg )?(?:inn|på)(?: \S{1,30}){0,6} for å (?:lese|se|sjå|åpne|opne|hente)"
    r"|log (?:dig )?(?:ind|på)(?: \S{1,30}){0,6} for at (?:læse|se|åbne)"
    r"|logga in(?: \S{1,30}){0,6} för att (?:läsa|se|öppna)|kirjaudu(?: \S{1,30}){0,6} (?:lukeaksesi|nähdäksesi)"
    r"|melden sie sich(?: \S{1,30}){0,6} an, um|(?:din|ditt|your|ihr) (?:personlige?|personliga|unique|unike|personal"
    r"|persönlicher) (?:lenke|länk|link)|(?:lenken|lenkja|länken|linket|the link) (?:er|är|is) personlig)(?!\w)",
)
NOT_HE = re.compile(
    r"(?<!\w)(?:(?:var|was) (?:det|dette|this|it) (?:ikke|ikkje|inte|not) (?:deg|du|dig|you)"
    r"|(?:hvis|om|if) (?:det|dette|this|it) (?:ikke|ikkje|inte) var (?:deg|du|dig)"
    r"|(?:this|it) was(?: not|n['’]t) you)(?!\w)",
)
WORDS_OF_A_LETTER = 8
LAST_LINES = 6

_BEFORE = r"\W{0,6}(?:(?:obs|nb|note|merk|merknad|bemærk|greetings|hei|hej|hello|hi|hallo)[!:.,]? )?"
SAYS_ANSWER = re.compile(rf"{_BEFORE}(?:{_AUTOMATIC_ANSWER})")
SAYS_MESSAGE = re.compile(rf"{_BEFORE}(?:{_AUTOMATIC_MESSAGE})")
NO_ANSWER = re.compile(rf"{_BEFORE}(?:{_NO_ANSWER}|{_IGNORE})")


def says_answer(message: ParsedMessage) -> str | None:
    """See a mail that calls itself an automatic answer, in its first or last sentences."""
    return _says(message, SAYS_ANSWER)


def says_message(message: ParsedMessage) -> str | None:
    """See a mail that calls itself an automatic message or asks for no answer, in its first or last sentences."""
    return _says(message, SAYS_MESSAGE) or _refuses(message)


def _refuses(message: ParsedMessage) -> str | None:
    """Who says I after it, or how to reach him, is a person."""
    said = _says(message, NO_ANSWER)
    if said is None:
        return None
    end = " ".join(unicodedata.normalize("NFC", message.reply_text[-MAX_WORDS:]).split())
    after = f"{own_words(message)} {end}".rpartition(said)[2]
    return None if people.names_himself(after) else said


def _says(message: ParsedMessage, form: re.Pattern[str]) -> str | None:
    """A machine says so in a sentence of its own; in the middle of a mail a person may quote one."""
    if not own_words(message):
        return None
    text = message.reply_text
    sentences = _sentences_at_the_ends(f"{text[:MAX_WORDS]}\n{text[-MAX_WORDS:]}")
    found = ((said, small, hit) for said, small in sentences if (hit := form.match(small)))
    return next((people.as_written(said, small, hit).strip() for said, small, hit in found), None)


@lru_cache(maxsize=2)
def _sentences_at_the_ends(text: str) -> tuple[tuple[str, str], ...]:
    """Return the sentences of the first three and the last four lines, each as written and in small letters."""
    composed = unicodedata.normalize("NFC", text).splitlines()
    lines = [" ".join(line.split()) for line in composed if line.strip() and not line.lstrip().startswith(">")]
    edges = lines[:3] + lines[-4:]
    sentences = [sentence for line in edges for sentence in people.SENTENCE.split(line[:400])]
    return tuple([(sentence, sentence.lower()) for sentence in sentences])


def wants_answers_above(message: ParsedMessage) -> str | None:
    """See a first line that asks for answers above it: another desk's system wrote it, whoever answers there."""
    found = ABOVE.match(unicodedata.normalize("NFC", message.text[:MAX_WORDS]).lstrip())
    return cut(f"“{found[0].strip()}”") if found else None


def offers_to_unsubscribe(message: ParsedMessage) -> str | None:
    """See a newsletter by a link in its last lines, where no field names it; who wants to be rid of one says I."""
    words = own_words(message)
    if message.in_reply_to or len(words.split()) < WORDS_OF_A_LETTER:
        return None
    if people.asks(words) or people.names_himself(words):
        return None
    lines = [line for line in message.reply_text[-MAX_WORDS:].splitlines() if line.strip()][-LAST_LINES:]
    linked = (line for line in lines if "http" in line or "|" in line)
    return next((cut(f"“{found[0]}”") for line in linked if (found := UNSUBSCRIBE.search(line[:400]))), None)


def sends_to_a_page(message: ParsedMessage) -> str | None:
    """See a mail that sends its reader elsewhere: to read there, by a link of his own, or if a sign-in was not his."""
    words = own_words(message)
    page, other = people.search(TO_A_PAGE, words), people.search(NOT_HE, words)
    found = page or other
    if found is None or message.in_reply_to or people.asks(words) or people.wants(words):
        return None
    speaks = people.names_himself(words, others=other is None) or people.speaks_of_his_own(words)
    return None if speaks else cut(f"“{found}”")
