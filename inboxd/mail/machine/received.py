"""Words of a desk's machine: your mail has come in, you will be answered; and of a filter: prove that you are one."""

import re
import unicodedata
from functools import lru_cache

from inboxd.mail.machine import people
from inboxd.mail.machine.words import own_words
from inboxd.mail.message import ParsedMessage

MAX_START = 400
"""Characters of a mail's own text in which a machine says that a mail has come in: it says nothing before."""

_OUR_WORDS: tuple[str, ...] = (
    # nb, nn: what “we” did with “your” letter, what became of it, and what is confirmed
    (
        r"(?:vi|me) (?:har )?(?:nå |no )?(?:mottatt|motteke|fått|registrert) (?:din |ditt |deres |dykkar )?"
        r"(?:henvendelse|henvending|førespurnad|forespørsel|e-?post|melding|sak|søknad|bestilling)\w{0,3}(?: di)?"
    ),
    r"takk for (?:din |ditt |deres )?(?:henvendelse|henvendinga|at du (?:kontakt|tok kontakt|skrev))\w{0,3}",
    (
        r"(?:din|ditt|deres) [\w-]{2,20} (?:til \w{2,20} )?(?:er|ble|vart) (?:nå |no )?(?:registrert|mottatt|motteken"
        r"|oppretta|opprettet)"
    ),
    (
        r"(?:saken|henvendelsen|henvendinga|forespørselen|førespurnaden|meldingen|meldinga|søknaden|bestillingen"
        r"|e-?posten) (?:din |di |deres )?(?:\(?#?[\w-]{0,15}[0-9]\)? )?(?:er|ble|vart|har blitt) (?:nå |no )?"
        r"(?:registrert|mottatt|motteken|oppretta|opprettet)"
    ),
    (
        r"bekrefte[rs]? (?:herved |hermed )?(?:å ha (?:mottatt|motteke)|at (?:vi|me) har (?:mottatt|motteke)|mottak av"
        r"|at [\w-]{2,20} (?:din |deres )?er mottatt)"
    ),
    (
        r"(?:bekreftelse|kvittering) (?:på|for) (?:mottatt|at vi har mottatt|mottak av)|kvitterer (?:med dette "
        r"|herved )?for (?:mottatt|mottak)"
    ),
    # da, sv, fi
    r"vi har modtaget (?:din|jeres)|tak for din henvendelse|bekræfter (?:hermed )?(?:modtagelsen|at vi har modtaget)",
    r"(?:din|jeres) [\w-]{2,20} er (?:nu )?(?:modtaget|registreret|oprettet)",
    (
        r"vi har (?:tagit emot|mottagit|fått) (?:ditt|din|er)|tack för (?:ditt ärende|att du kontakta\w{1,2}"
        r"|din förfrågan)"
    ),
    r"bekräftar (?:härmed )?(?:att vi (?:har )?(?:tagit emot|mottagit)|mottagandet)",
    (
        r"(?:ditt|din|ert) [\w-]{2,20} (?:har (?:mottagits|registrerats|inkommit|tagits emot|kommit in)|är (?:mottaget"
        r"|mottagen"
        r"|registrera[dt]))"
    ),
    r"olemme vastaanottaneet|kiitos (?:yhteydenotosta\w{0,3}|viestistä\w{0,4})",
    (
        r"(?:viesti|\w{0,6}pyyntö|tikett|hakemuk)\w{0,6} (?:on |saapui )?(?:nyt )?(?:vastaanotettu|saapunut|kirjattu"
        r"|rekisteröity"
        r"|tallennettu)"
    ),
    # en
    r"thank(?:s| you) for (?:contacting|reaching out|getting in touch|submitting|your (?:inquiry|enquiry|request))",
    (
        r"(?:we have|we['’]ve|we) (?:received|got) your|acknowledge (?:the )?receipt of|acknowledge that we(?: have"
        r"|['’]ve)?"
        r"|confirm(?:ing)? (?:the )?receipt of|an acknowledge?ment (?:e-?mail |mail |message )?(?:for|of|that)"
        r"|(?:confirming|to confirm|confirms?) that we(?: have|['’]ve)? (?:got|received)"
    ),
    (
        r"(?:your|a|the|this) (?:new )?(?:support |service )?(?:request|inquiry|enquiry|ticket|case|message|e-?mail"
        r"|incident)"
        r"(?: \S{1,20}){0,3} (?:has been|was) (?:received|created|registered|logged|opened|submitted|recorded|raised)"
    ),
    (
        r"(?:ticket|case|request|incident) \S{1,20} (?:has been|was) (?:received|created|registered|logged|opened"
        r"|submitted)"
    ),
    # de, fr, nl
    (
        r"wir haben ihre \w{1,20} erhalten|vielen dank für ihre (?:anfrage|nachricht)|eingangsbestätigung"
        r"|bestätigen (?:\w{1,8} )?(?:den|hiermit den) (?:eingang|erhalt)"
        r"|ihre? [\w-]{2,20} (?:ist|wurde) (?:bei uns |erfolgreich |soeben )?(?:eingegangen|empfangen|registriert"
        r"|erfasst"
        r"|angelegt)"
    ),
    (
        r"nous avons bien reçu votre|accusons (?:bonne )?réception"
        r"|votre [\w-]{2,20} (?:a (?:bien )?été|est) (?:bien )?(?:reçue?|enregistrée?|prise? en compte)"
        r"|accusé de réception"
    ),
    (
        r"wij hebben uw|(?:uw|je) [\w-]{2,20} (?:is|werd) (?:goed )?(?:ontvangen|geregistreerd|aangemaakt)"
        r"|ontvangstbevestiging"
    ),
    # es, it, pt, pl, cs
    r"hemos recibido (?:su|tu)|su [\w-]{2,20} ha sido (?:recibid|registrad)[oa]|acuse de recibo",
    (
        r"abbiamo ricevuto (?:la|il) (?:su|tu)[ao]|abbiamo ricevuto la"
        r"|la (?:sua|tua) [\w-]{2,20} è stat[ao] (?:ricevut|registrat|pres)[ao]|conferma di ricezione"
    ),
    (
        r"recebemos (?:a|o) (?:su|vo|te)\w{1,4}|acusamos (?:a )?rece[pç][cç]?ão"
        r"|(?:sua|seu) [\w-]{2,20} foi (?:recebid|registad|registrad)[oa]"
    ),
    (
        r"otrzymaliśmy|potwierdzamy (?:otrzymanie|przyjęcie)"
        r"|zgłoszenie (?:\S{1,20} )?zostało (?:przyjęte|zarejestrowane|utworzone)"
    ),
    r"obdrželi jsme|potvrzujeme (?:přijetí|doručení)",
)
RECEIVED = re.compile(rf"(?<![\w\"“«„])(?:{'|'.join(_OUR_WORDS)})")
REGISTERED = re.compile(
    r"mottatt|motteke|mottag|tagit|modtage|registr|oppretta|opprettet|vastaanot|received|receipt|created|logged|opened"
    r"|erhalten|eingang|eingegangen|reçu|réception|recibid|ricevut|hebben|ontvang|receb|otrzym",
    re.IGNORECASE,
)
_TIME = r"\w{1,12}(?: ?(?:-|–|to|til|till|bis|à|a|tot|og|och|und) ?\w{1,12})?"
_PROMISES: tuple[str, ...] = (
    r"(?:er|blir) (?:under behandling|behandlet)|saksnummer|saksnr|referansenummer|referanse|ärendenummer|sagsnummer",
    r"så snart (?:som mulig|vi kan|råd)|snarest|hurtigst muligt|så snart som möjligt",
    (
        rf"(?:innen|inden for|inom) {_TIME} (?:timer|virkeda\w{{1,4}}|arbeidsda\w{{1,4}}|arbejdsda\w{{1,4}}|dager"
        rf"|uke\w{{0,2}}"
        r"|dagar|timmar|arbetsdagar|hverdage)"
    ),
    (
        r"oversendt (?:rett|til)|journalfør\w{0,2}|fordeles til|fordelt til|videresendt til rett|registreres og"
        r"|diarieför\w{0,2}"
        r"|kan du (?:forvente|forventa) svar|(?:du|de) kan forvente"
    ),
    r"(?:nummer|number|numret|nummeret) \W{0,3}[0-9]{1,12}",
    r"(?:du vil|de vil|dere vil|du|ni) (?:høyre|hører?|hör) (?:snart )?(?:fra|frå|från) oss",
    (
        r"vi (?:vil )?(?:svare[rs]?|svarar|kontakte[r]?|tar kontakt|kommer tilbake|besvarer|behandler|återkommer"
        r"|vender tilbage)"
    ),
    (
        r"(?:och|og) (?:återkommer|svarer|svarar|besvares|behandles)|vastaamme|palaamme|olemme yhteydessä|käsitellään"
        r"|viestiin ei voi vastata"
    ),
    (
        r"is being (?:reviewed|processed)|to add (?:additional |more )?comments|case (?:number|id)|ticket(?: ?#"
        r"| number"
        r"| id)?"
        r"|request (?:number|id|#)|as soon as possible|shortly|be back soon|in (?:the|our) queue|date order"
    ),
    rf"within {_TIME} (?:business |working )?(?:hours|days)",
    (
        r"you(?:['’]ll| will) hear (?:back )?from us|we(?:['’]ll| will| aim to| try to) (?:get back|be in touch"
        r"|respond"
        r"|reply"
        r"|answer|contact)"
    ),
    (
        r"vorgangsnummer|ticketnummer|so (?:schnell|bald) wie möglich|schnellstmöglich|umgehend|in kürze"
        r"|zuständige\w? stelle|wird (?:\w{1,14} )?(?:bearbeitet|beantwortet|weitergeleitet)"
        rf"|innerhalb von {_TIME} (?:tagen|stunden|werktagen|arbeitstagen)|wir (?:melden uns|werden uns|antworten"
        rf"|bearbeiten)"
    ),
    rf"dans les (?:meilleurs|plus brefs) délais|dans un délai|sous {_TIME} (?:heures|jours)|nous vous répondrons",
    rf"binnen {_TIME} (?:werkdagen|dagen|uur)|zo (?:spoedig|snel) mogelijk|we zullen|u ontvangt",
    r"le responderemos|nos pondremos en contacto|en un plazo|a la mayor brevedad|lo antes posible",
    rf"(?:le|ti) risponderemo|al più presto|entro {_TIME} (?:giorni|ore)|presa in carico",
    r"responderemos|entraremos em contac?to|o mais breve possível|no prazo de",
    r"odpowiemy|najszybciej|w ciągu|numer(?:em|u)? zgłoszenia|co nejdříve|odpovíme",
)
PROMISE = re.compile(rf"(?<!\w)(?:{'|'.join(_PROMISES)})(?!\w)")
_YOUR = r"(?:your|din|ditt|deres|ihre?|votre|uw|su|sua|la sua|państwa|twoje)"
_CASE = (
    r"(?:henvendelse|henvending|sak|e-?post|melding|søknad|ärende|meddelande|mejl|sag|besked|request|inquiry|enquiry"
    r"|ticket|case|incident|query|message|anfrage|nachricht|vorgang|demande|message|melding|verzoek|bericht|solicitud"
    r"|consulta|richiesta|zgłoszenie|pedido)\w{0,4}"
)
_BECAME = (
    r"(?:mottatt|motteke|kommet (?:frem|fram|inn)|kome fram|registrert|oppretta|opprettet|tildelt|lukket|løst"
    r"|avsluttet|overført|oversendt|skapats|skapat"
    r"|mottagits|registrerats|stängts|avslutats|tilldelats|modtaget|registreret|oprettet|lukket|received|reached"
    r"|registered"
    r"|created|logged|opened|assigned|submitted|recorded|closed|resolved|solved|updated|erfasst|registriert|bekommen"
    r"|angelegt"
    r"|geschlossen|eingegangen|zugewiesen|enregistrée?|reçue?|clôturée?|geregistreerd|ontvangen|gesloten|registrad[oa]"
    r"|recibid[oa]|cerrad[oa]|registrat[oa]|ricevut[oa]|zarejestrowane|przyjęte)"
)
CASE = re.compile(
    rf"(?<!\w){_YOUR} (?:[\w#-]{{1,20}} ){{0,2}}{_CASE} (?:[^\s.!?]{{1,20}} ){{0,5}}{_BECAME}(?!\w)"
    rf"|(?<!\w){_CASE} (?:\w{{1,8}} )?(?:din |di |ditt )?\W{{0,2}}(?:[a-z]{{2,6}}-?)?[0-9][\w-]{{2,15}}"
    rf" (?:[^\s.!?]{{1,20}} ){{0,4}}{_BECAME}(?!\w)"
    r"|(?<!\w)(?:tukipyyn\w{1,6}|viesti\w{1,4}|tiket\w{1,6}) (?:\S{1,20} )?on (?:vastaanotettu|kirjattu|suljettu)",
)
"""“Your case 7 has been closed”: of whose case it was, and what became of it, in a machine's passive voice."""

NUMBER = re.compile(r"#?[0-9]{3,}")
SURVEYED = re.compile(
    r"(?:rate|evaluate|how (?:would you rate|satisfied)|give us feedback on)[^.!?]{0,40}(?:support|service|help"
    r"|experience)"
    r"|how did we do|(?:vurder|vurdere|betygsätt)[^.!?]{0,40}(?:hjelp|service|support|henvendelse|ärende)"
    r"|bewerten sie (?:unseren|den|die)",
)
CHALLENGED = re.compile(
    r"(?:click|follow|klikk|klicka|reply|klicken|cliquez|cliquant)[^.!?]{0,60}(?:link|lenke|länk|message|mail|lien)"
    r"[^.!?]{0,80}(?:allowed|white|guest|deliver|levert|verif|bekreft|bekräft|approved|receive)",
)
PROVE = re.compile(
    r"(?:verify|prove|confirm|make sure|ensure)[^.!?]{0,40}(?:real|live|human|person)[^.!?]{0,30}"
    r"(?:human|being|person|spam|robot|sender)"
    r"|protect\w{0,3} (?:myself|my (?:mailbox|inbox)|against|from)[^.!?]{0,40}(?:junk|spam|unsolicited)"
    r"|(?:your|this) (?:e-?mail|message) (?:is being held|is on hold|was quarantined|will be held)[^.!?]{0,80}"
    r"(?:until|unless|confirm|verif|reply)"
    r"|complete the (?:verification|authentication)|(?:put|placed|added) (?:on|to) (?:the|a|my)"
    r" (?:waiting|pending) list|add (?:you|yourself|me) to (?:my|the|your) (?:white|guest|allowed"
    r"|safe)"
    r"|senders?[^.!?]{0,20} (?:to be )?(?:validated|verified|authenticated)|(?:bekrefte?"
    r"|bekräfta)[^.!?]{0,30}(?:du er et"
    r"|att du är en) (?:menneske|människa)"
    r"|remis[^.!?]{0,60}(?:authentifi|identifi)|authentifier en cliquant"
    r"|(?:bekreft|bekräfta|verifiser)[^.!?]{0,60}(?:menneske|människa|ekte avsender|ikke (?:er )?(?:en )?robot)"
    r"|(?:bestätigen sie)[^.!?]{0,60}(?:kein (?:spam|roboter)|absender)",
)


def acknowledges(message: ParsedMessage) -> str | None:
    """See a mail that tells its reader that his own has come in, in its subject or its first words."""
    return next(iter(_acknowledgements(message)), None)


def _acknowledgements(message: ParsedMessage) -> tuple[str, ...]:
    return (*_told_in(_subject(message)), *_told_in(own_words(message)[:MAX_START]))


@lru_cache(maxsize=8)
def _told_in(text: str) -> tuple[str, ...]:
    small = people.lowered(text)
    return tuple([people.as_written(text, small, found) for found in RECEIVED.finditer(small)])


def _subject(message: ParsedMessage) -> str:
    return unicodedata.normalize("NFC", message.subject)[:200]


def says_received(message: ParsedMessage) -> bool:
    """Say whether a mail says, in so many words, that a letter or a case has come in or has been registered."""
    return any(REGISTERED.search(found) for found in _acknowledgements(message))


def says_so_twice(message: ParsedMessage) -> bool:
    """Say whether subject and text tell that a letter has come in; thanks in the text are not enough, nor who asks."""
    words = own_words(message)
    told = _told_in(_subject(message)) and any(map(REGISTERED.search, _told_in(words[:MAX_START])))
    return bool(told) and not people.asks(words) and not people.worked(words)


def tells_of_a_case(message: ParsedMessage) -> str | None:
    """See what became of the reader's case, with its number, or a wish that he rate the help; nobody tells of work."""
    words = own_words(message)[:MAX_START]
    if people.asks(words) or people.worked(words) or people.speaks_of_his_own(words):
        return None
    surveyed = people.search(SURVEYED, words)
    found = people.search(CASE, words) if NUMBER.search(f"{_subject(message)} {words}") else None
    return found or (surveyed if "http" in words else None)


def promises(message: ParsedMessage) -> bool:
    """Say whether a mail gives a number, a time for an answer or a link to prove oneself by, as machines do."""
    words = own_words(message)
    return (people.search(PROMISE, words) or people.search(CHALLENGED, words)) is not None


def promise_of(message: ParsedMessage) -> str | None:
    """See a promise of an answer in a mail in which nobody asks or wants anything."""
    words = own_words(message)
    found = people.search(PROMISE, words)
    return None if found is None or people.asks(words) or people.wants(words) else found


def is_told_of_receipt(message: ParsedMessage) -> bool:
    """Say whether a mail acknowledges another in its subject, promises in its text, and asks for nothing."""
    words = own_words(message)
    told = _told_in(_subject(message))
    asked = people.has_question_mark(words) or people.pleads(words)
    return bool(told) and promises(message) and not asked


def asks_for_proof(message: ParsedMessage) -> str | None:
    """See a filter's text: the writer is to show that he is no robot, and what to click or to answer for it."""
    words = own_words(message)
    found = people.search(PROVE, words)
    asked = people.has_question_mark(words) or people.pleads(words)
    return found if found and not asked else None
