"""What machines say in their text, in the languages that a Norwegian desk meets; only the mail's own new words count.

Words alone never make a person's mail an automatic answer: each test wants a second sign, or only bars a receipt.
"""

import re
import unicodedata
from collections.abc import Iterator

from inboxd.mail.machine import people
from inboxd.mail.message import ParsedMessage
from inboxd.mail.subject import is_forward

MAX_WORDS = 2000
"""Characters of a mail's own text that are looked at: what a machine says of itself it says at once."""

_ABSENCES: tuple[tuple[str, str], ...] = (
    (  # nb, nn, da
        r"jeg|eg|vi|undertegnede",
        (
            r"ute av kontoret|ude af kontoret|(?:ikke|ikkje) (?:på kontoret|på jobb|til stede|til stades|tilgjengelig"
            r"|å treffe)"
            r"|borte fra kontoret|på \w{0,10}ferie|ferie|permisjon|bortreist|bortrejst|fraværende|fråverande|på reise"
            r"|på kurs"
            r"|s[yj]u?k(?:e)?meldt|sygemeldt|avspasering|avspaserer|orlov|barsel|fri|slutta|sluttet"
        ),
    ),
    (  # sv
        r"jag|vi",
        (
            r"(?:inte|ej) (?:på kontoret|i tjänst|på plats)|\w{0,12}ledig|(?:på )?\w{0,10}semester|frånvarande"
            r"|\w{0,10}ledighet"
            r"|bortrest|på resande fot|sjukskriven|slutat"
        ),
    ),
    (r"olen|en ole", r"\w{0,10}lomalla|poissa|\w{0,12}vapaalla|matkoilla|tavoitettavissa|toimistolla|paikalla"),  # fi
    (  # en
        r"i|i'?m|we|i’m",
        (
            r"out of (?:the )?office|on (?:\w{1,12} )?leave|on (?:vacation|holidays?)|away|travell?ing"
            r"|not in the office"
            r"|unavailable|no longer (?:work|with)|out until|limited access"
        ),
    ),
    (
        r"ich|wir",
        (
            r"nicht (?:im (?:büro|haus|hause|dienst)|erreichbar)|(?:im )?urlaub|abwesend|außer haus|auf dienstreise"
            r"|elternzeit"
        ),
    ),
    (r"je|nous", r"absente?s?|en congés?|en vacances|en déplacement|hors du bureau"),
    (r"estoy|estaré|me encuentro|estamos", r"fuera de la oficina|de vacaciones|ausente|de permiso|de baja"),
    (r"sono|sarò|siamo", r"assente|in ferie|fuori (?:sede|ufficio)"),
    (r"ik", r"afwezig|niet (?:aanwezig|bereikbaar|op kantoor)|(?:met|op) (?:vakantie|verlof)"),
    (r"estou|estarei", r"ausente|de férias|fora do escritório"),
    (r"jestem|przebywam|będę", r"na urlopie|nieobecn\w{1,6}|poza biurem"),
    (r"я|меня|сейчас|нахожусь|буду", r"(?:нет|не будет) в офисе|в отпуске|отсутств\w{1,8}|вне офиса|в командировке"),
    (r"jsem|budu", r"na dovolené|mimo kancelář|nepřítom\w{1,6}"),
)
_ABSENT_CJK = r"不在|休暇|出張中|休业|不在办公室|不在辦公室|休假|外出|出差"

ABSENT = re.compile(
    "|".join(
        rf"(?<!\w)(?:{who})(?!\w)(?:[^.!?]"
        rf"|(?<=\d)\.){{0,50}}?(?<!\w)(?:{where})(?!\w)"
        for who, where in _ABSENCES
    )
    + f"|{_ABSENT_CJK}",
    re.IGNORECASE,
)
CLOSED = re.compile(
    r"(?<!\w)(?:kontoret|butikken|resepsjonen|vi|me|kontoret vårt|our office|the office|unser büro|kontor) "
    r"(?:er|holder|held|är|har|is|will be|ist|blir) (?:\w{1,10} )?(?:\w{0,10}steng[td]|\w{0,10}lukket|\w{0,10}stängt"
    r"|closed"
    r"|geschlossen)(?!\w)",
    re.IGNORECASE,
)
BACK = re.compile(
    r"(?<!\w)(?:(?:er|kommer|vender|kjem|är|bin|wieder) (?:(?:jeg|eg|vi|jag|ich) )?(?:tilbake|attende|tilbage"
    r"|tillbaka|åter"
    r"|zurück|erreichbar)|(?:be|am|are|back|returning) (?:back|on|to|in the office)|palaan|palaamme)(?!\w)",
    re.IGNORECASE,
)
RETURN = re.compile(
    r"(?<!\w)(?:til|till|indtil|inntil|t\.?\s?o\.?\s?m\.?|until|through|bis|tot|hasta|fino|jusqu['’]?|até|do|до)\s*"
    r"(?:og med |och med |en met |zum |al |el |au |den |the )?(?:\d|\w{2,6}dag|jan|feb|mar|apr|ma[ijy]|jun|jul|aug|sep"
    r"|o[kc]t|nov|de[sczk]|mon|tue|wed|thu|fri|sat|sun|neste|next|nästa|uke|vecka|week|nyttår|over|further|videre)"
    r"|(?<!\w)(?:återkommer|saakka|asti|palaan|returning|de retour)(?!\w)",
    re.IGNORECASE,
)
OFFICE = re.compile(
    r"kontoret|office|büro|toimistol|bureau|oficina|ufficio|kantoor|escritório|biur|офис", re.IGNORECASE
)
THANKS = re.compile(
    r"(?<!\w)(?:takk for (?:e-?post|mail|melding|henvendelse|at du|din|dykkar|deres|meldinga)|tak for (?:din|e-?mail"
    r"|mail)"
    r"|tack för (?:ditt|mail|e-?post|din|att)|kiitos (?:viesti|sähköposti|yhteyden)"
    r"|(?:thank you|thanks|thx) for (?:your|contacting|the e?-?mail|reaching|writing|getting)"
    r"|(?:vielen dank|danke) für (?:ihr|deine|die)|merci (?:de|pour) votre|gracias por|grazie per|bedankt voor"
    r"|dank (?:u|je|voor)|obrigad[oa] p|dziękuję za|спасибо за|děkuji za)|感谢您|感謝您|ありがとうございます",
    re.IGNORECASE,
)
LATER = re.compile(
    r"(?<!\w)(?:(?:svarer|svarar|svare|lese[rs]?|besvare[rst]*|følge[r]? opp|oppfølging|sjekker|les)(?!\w)[^.!?]{0,50}"
    r"(?:når|så snart|etter|ved|tilbake|attende|tilbage)|(?:svarar|läser|besvarar|besvaras)(?!\w)[^.!?]{0,50}"
    r"(?:när|så snart|efter|åter|tillbaka)|vastaan(?!\w)[^.!?]{0,50}(?:kun|palat)"
    r"|(?:respond|reply|answer|get back|read)(?!\w)[^.!?]{0,60}(?:when|upon|once|as soon|after|on my)"
    r"|(?:beantworte|antworte|lese|melde)(?!\w)[^.!?]{0,60}(?:rückkehr|wieder|zurück|danach)|à mon retour|a mi regreso"
    r"|al mio (?:rientro|ritorno)|bij terugkomst|no meu regresso|po powrocie|после возвращения|po návratu)"
    r"|(?:forwarded|videresend(?:t|es)|vidaresend\w{1,4}|vidarebefordra\w{1,3}|weitergeleitet)",
    re.IGNORECASE,
)
URGENT = re.compile(
    r"(?<!\w)(?:haste(?:r|sak|saker)?|hastar|hast|viktige? (?:saker|henvendelser)|behov for (?:hjelp|svar|rask)"
    r"|stedfortreder"
    r"|vikar|brådskande|akuta? ärende\w{0,4}|vid behov|kiireellis\w{1,8}|kiireis\w{1,8}|urgent|urgently|immediate"
    r"|emergency"
    r"|in my absence|dringend\w{0,4}|vertretung|vertreten|urgence|urgente?s?|urgenza|dringende?|pilny\w{0,4}|pilnych"
    r"|срочн\w{1,5}"
    r"|naléhav\w{1,4}|hasteralm|haster|hvis det haster"
    r"|(?:kontakt|kontakte|contact|kontakta|henvende deg til|wenden sie sich|contacter|contactar|contattare)(?!\w)"
    r"[^.!?]{0,60}(?:@|\+?\d{5}|\d{2} ?\d{2} ?\d{2}))|至急|紧急|緊急",
    re.IGNORECASE,
)
THANKS_FOR_MAIL = re.compile(
    r"(?<!\w)(?:thank(?:s| you) for (?:your|you) (?:e-?mail|message|mail)|takk for (?:din |e-?posten|mailen|meldingen)"
    r"|tak for (?:din )?(?:e-?)?mail|tack för (?:ditt|din) (?:mejl|mail|e-?post)|kiitos viesti"
    r"|vielen dank für ihre (?:e-?mail|nachricht)|merci pour votre (?:e-?mail|message))",
    re.IGNORECASE,
)
UNDELIVERED = re.compile(
    r"\W{0,80}(?:(?:your|the) (?:e-?mail |mail )?(?:message|e-?mail|mail)[^.?!]{0,80}(?:not|n['’]t)[^.?!]{0,20}deliver"
    r"|message could not be delivered|delivery (?:has failed )?to (?:the following|these)|(?:sorry, )?unable to deliver"
    r"|(?:meldingen|e-?posten|mailen|meddelandet|beskeden) (?:din |du sendte |ditt )?[^.?!]{0,60}(?:ikke|inte|ikkje)"
    r"[^.?!]{0,20}lever|ihre nachricht[^.?!]{0,80}nicht zugestellt|votre message n['’]a pas pu)",
    re.IGNORECASE,
)
CHALLENGED = re.compile(
    r"(?:click|follow|klikk|klicka|reply)[^.!?]{0,60}(?:link|lenke|länk|message|mail)[^.!?]{0,80}(?:allowed|white|guest"
    r"|deliver|levert|verif|bekreft|bekräft|approved)",
    re.IGNORECASE,
)
RECEIVED = re.compile(
    r"(?<!\w)(?:(?:vi|me) (?:har )?(?:nå |no )?(?:mottatt|motteke|fått|registrert) (?:din |ditt |deres |dykkar )?"
    r"(?:henvendelse|henvending|førespurnad|forespørsel|e-?post|melding|sak|søknad|bestilling)\w{0,3}(?: di)?"
    r"|takk for (?:din |ditt |deres )?(?:henvendelse|henvendinga|at du (?:kontakt|tok kontakt|skrev))\w{0,3}"
    r"|(?:din|ditt|deres) \w{2,20} (?:til \w{2,20} )?(?:er|ble|vart) (?:nå |no )?(?:registrert|mottatt|motteken"
    r"|oppretta|opprettet)"
    r"|(?:saken|henvendelsen|henvendinga|meldingen|søknaden) (?:din|di) (?:er|ble|vart) (?:nå |no )?"
    r"(?:registrert|mottatt|motteken|oppretta|opprettet)"
    r"|vi har modtaget din|tak for din henvendelse|vi har (?:tagit emot|mottagit) (?:ditt|din|er)"
    r"|tack för (?:ditt ärende"
    r"|att du kontakta\w{1,2}|din förfrågan)|olemme vastaanottaneet|kiitos (?:yhteydenotosta\w{0,3}|viestistä\w{0,4})"
    r"|thank(?:s| you) for (?:contacting|reaching out|getting in touch|submitting|your (?:inquiry|enquiry|request))"
    r"|(?:we have|we've|we) received your|(?:your|a) (?:request|inquiry|ticket|case|message|support request)"
    r"(?: \S{1,20}){0,3} (?:has been|was) (?:received|created|registered|logged|opened)"
    r"|wir haben ihre \w{1,20} erhalten|vielen dank für ihre (?:anfrage|nachricht)|eingangsbestätigung"
    r"|nous avons bien reçu votre|hemos recibido su|abbiamo ricevuto la|wij hebben uw)",
    re.IGNORECASE,
)
REGISTERED = re.compile(
    r"mottatt|motteke|mottagit|tagit emot|modtaget|registr|oppretta|opprettet|vastaanot|received|created|logged|opened"
    r"|erhalten|eingangs|reçu|recibido|ricevuto|hebben",
    re.IGNORECASE,
)
PROMISE = re.compile(
    r"(?<!\w)(?:is being (?:reviewed|processed)|to add (?:additional |more )?comments|(?:er|blir) (?:under behandling"
    r"|behandlet)|saksnummer|saksnr|referansenummer|referanse|ärendenummer|sagsnummer|case (?:number|id)|ticket(?: ?#"
    r"| number| id)?"
    r"|request (?:number|id|#)|vorgangsnummer|ticketnummer|så snart (?:som mulig|vi kan|råd)|snarest|innen \w{1,12} "
    r"(?:timer|virkedag\w{0,3}|arbeidsdag\w{0,3})|hurtigst muligt|så snart som möjligt|inom \w{1,12} "
    r"(?:dagar|timmar|arbetsdagar)"
    r"|as soon as possible|shortly|within \w{1,12} (?:business |working )?(?:hours|days)"
    r"|so schnell wie möglich|in kürze|(?:nummer|number|numret|nummeret) \W{0,3}[0-9]{1,12}"
    r"|(?:you(?:['’]ll| will)|du vil|de vil|dere vil|du|ni) (?:hear|høyre|hører?|hör) (?:back |snart )?"
    r"(?:from|fra|frå|från) (?:us|oss)"
    r"|we(?:['’]ll| will| aim to) (?:get back|be in touch|respond|reply|answer|contact)"
    r"|vi (?:vil )?(?:svare[rs]?|svarar|kontakte[r]?|tar kontakt|kommer tilbake|besvarer|behandler|återkommer"
    r"|vender tilbage)"
    r"|wir (?:melden uns|werden uns|antworten|bearbeiten)|vastaamme|palaamme|olemme yhteydessä|we zullen)(?!\w)",
    re.IGNORECASE,
)
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
    r"dett[ea] er (?:en|ei|eit|et) (?:automatisk|autogenerert|automatisk generert|automatgenerert"
    r"|maskinelt? \w{1,10})\w? "
    r"(?:e-?post|epost|melding|mail|varsel|varsling|beskjed|utsendelse|kvittering|bekreftelse|påminnelse|rapport)"
    r"|denne (?:e-?posten|meldingen|meldinga|mailen|e-?mail|mail|besked|meddelelse) (?:er|ble|blev|vart|kan) (?:ikke "
    r"|ikkje )?(?:automatisk (?:sendt|generert|genereret|oppretta|opprettet|utsendt)|generert"
    r"|sendt automatisk|sendt ut automatisk|besvar\w{1,3}|svarast på)"
    r"|detta (?:mail|mejl|e-?postmeddelande|meddelande) (?:är|har) (?:\w{1,10} )?(?:automatiskt (?:skicka|genere|skapa)"
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
    r"|(?:denne )?(?:e-?posten|meldingen|e-?postadressen) (?:kan ikke besvares|kan ikkje svarast på|er ubemannet)"
    r"|det går inte att svara på (?:detta|det här)|svara inte på detta|älä vastaa tähän"
    r"|(?:please )?do not (?:reply|respond) to this|please don[’']t reply to this|replies to this (?:e-?mail|message"
    r"|address)|bitte antworten sie nicht auf|bitte nicht auf diese|merci de ne pas répondre|no responda a este"
)
"""People write these too, and then how to reach them."""

_BEFORE = r"\W{0,6}(?:(?:obs|nb|note|merk|merknad|bemærk|greetings|hei|hej|hello|hi|hallo)[!:.,]? )?"
SAYS_ANSWER = re.compile(rf"{_BEFORE}(?:{_AUTOMATIC_ANSWER})", re.IGNORECASE)
SAYS_MESSAGE = re.compile(rf"{_BEFORE}(?:{_AUTOMATIC_MESSAGE})", re.IGNORECASE)
NO_ANSWER = re.compile(rf"{_BEFORE}(?:{_NO_ANSWER})", re.IGNORECASE)
FORWARDED = re.compile(
    r"^[ \t>*]{0,4}(?:fra|frå|from|von|från|lähettäjä|de|afsender)[ \t*]{0,3}:|^-{3,}[^\n]{0,60}(?:forward|original"
    r"|videresend|opprinnelig)",
    re.IGNORECASE | re.MULTILINE,
)
READ_LINE = re.compile(
    r"(?:ble|blei|vart|er|was|is|has been|wurde|ist|a été|blev|är|har blivit|on) (?:\w{1,12} )?(?:åpnet|åpna|lest"
    r"|lese|read"
    r"|opened|displayed|gelesen|läst|læst|lu|luettu|slettet|deleted|displayed)(?!\w)|lest den|lese den|read on",
    re.IGNORECASE,
)


LABELLED = re.compile(r"[ \t>*]{0,8}\w{1,12}[ \t*]{0,3}:")
ZONE = re.compile(r"\((?:utc|gmt)[^()\n]{0,20}\)[^\n]{0,120}", re.IGNORECASE)
"""Outlook spells out the time zone behind every time, with its towns."""

WORDS_OF_A_READ_LINE = 25


def own_words_in_lines(message: ParsedMessage) -> str:
    """Return the first of a mail's own new text as it stands; "" for a forward."""
    return "" if is_forward(message.subject) else message.reply_text[:MAX_WORDS]


def own_words(message: ParsedMessage) -> str:
    """Return the first of a mail's own new text on one line, composed; "" for a forward: its words are another's."""
    if is_forward(message.subject):
        return ""
    text = message.reply_text[:MAX_WORDS]
    return "" if FORWARDED.search(text) else " ".join(unicodedata.normalize("NFC", text).split())


def tells_of_absence(message: ParsedMessage, *, signs: int, back: bool = False) -> str | None:
    """See a writer who tells everybody that he is away, and asks nobody for anything.

    Besides the absence (with `back`, a return is enough) at least `signs` of these must be said: thanks for the mail,
    an answer later, whom to ask when it is urgent, and until when.
    """
    words = own_words(message)
    absent = ABSENT.search(words) or CLOSED.search(words) or (BACK.search(words) if back else None)
    if absent is None or people.asks(words):
        return None
    said = sum(1 for form in (THANKS, LATER, URGENT) if form.search(words))
    said += (RETURN.search(words) or BACK.search(words)) is not None
    return absent[0] if said >= signs else None


def asks_for_nothing(message: ParsedMessage) -> bool:
    """Say whether nobody asks, begs or tells of trouble in a mail."""
    return not people.asks(own_words(message))


def tells_of_work(message: ParsedMessage) -> bool:
    """Say whether somebody tells in a mail what he did, or asks for something, and is not merely away."""
    return people.worked(own_words(message)) and tells_of_absence(message, signs=0) is None


def acknowledges(message: ParsedMessage) -> str | None:
    """See a mail that tells its reader that his own has come in, in its subject or its first words."""
    return next(_acknowledgements(message), None)


def _acknowledgements(message: ParsedMessage) -> Iterator[str]:
    for text in (unicodedata.normalize("NFC", message.subject)[:200], own_words(message)[:400]):
        yield from (found[0] for found in RECEIVED.finditer(text))


def thanks_for_mail(message: ParsedMessage) -> str | None:
    """See a mail that thanks for another in its subject, as people do too."""
    found = THANKS_FOR_MAIL.match(unicodedata.normalize("NFC", message.subject.strip())[:200])
    return found[0] if found else None


def tells_of_reading(message: ParsedMessage) -> str | None:
    """See a text that is no more than a line about the reading: whose mail, and when; nobody speaks for himself."""
    lines = [line for line in own_words_in_lines(message).splitlines() if not LABELLED.match(line)]
    words = " ".join(ZONE.sub(" ", line) for line in lines)
    found = READ_LINE.search(words[:300])
    alone = len(words.split()) <= WORDS_OF_A_READ_LINE
    return (
        found[0]
        if found and alone and not people.asks(words) and not people.names_himself(words, others=True)
        else None
    )


def tells_of_failure(message: ParsedMessage) -> str | None:
    """See a mail that begins with words of a mail not delivered, and asks nothing about it."""
    words = own_words(message)
    found = UNDELIVERED.match(words)
    return found[0].strip() if found and "?" not in words and not people.PLEA.search(words) else None


def names_the_office(message: ParsedMessage) -> bool:
    """Say whether the absence is one from an office, which is no child's and hardly an illness."""
    found = ABSENT.search(own_words(message))
    return found is not None and OFFICE.search(found[0]) is not None


def says_received(message: ParsedMessage) -> bool:
    """Say whether a mail says, in so many words, that a letter or a case has come in or has been registered."""
    return any(REGISTERED.search(found) for found in _acknowledgements(message))


def promises(message: ParsedMessage) -> bool:
    """Say whether a mail gives a number, a time for an answer or a link to prove oneself by, as machines do."""
    words = own_words(message)
    return (PROMISE.search(words) or CHALLENGED.search(words)) is not None


def is_told_of_receipt(message: ParsedMessage) -> bool:
    """Say whether a mail acknowledges another in its subject, promises in its text, and asks for nothing."""
    words = own_words(message)
    told = RECEIVED.search(unicodedata.normalize("NFC", message.subject)[:200]) is not None
    return told and promises(message) and "?" not in words and not people.PLEA.search(words)


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
    text = unicodedata.normalize("NFC", message.reply_text)
    lines = [
        " ".join(line.split())
        for line in (text[:MAX_WORDS] + "\n" + text[-MAX_WORDS:]).splitlines()
        if line.strip() and not line.lstrip().startswith(">")
    ]
    edges = lines[:3] + lines[-4:]
    sentences = (sentence for line in edges for sentence in people.SENTENCE.split(line[:400]))
    return next((found[0].strip() for sentence in sentences if (found := form.match(sentence))), None)
