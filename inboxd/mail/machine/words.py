"""What machines say in their text, in the languages that a Norwegian desk meets; only the mail's own new words count.

Words alone never make a person's mail an automatic answer: each test wants a second sign, or only bars a receipt.
"""

import re
import unicodedata
from functools import lru_cache

from inboxd.mail.machine import people
from inboxd.mail.message import ParsedMessage
from inboxd.mail.subject import is_forward, strip_prefixes

MAX_WORDS = 2000
"""Characters of a mail's own text that are looked at: what a machine says of itself it says at once."""

_ABSENCES: tuple[tuple[str, str], ...] = (
    (  # nb, nn, da
        r"jeg|eg|vi|undertegnede",
        (
            r"ute av kontoret|ude af kontoret|(?:ikke|ikkje) (?:på kontoret|på jobb|til stede|til stades|tilgjengelig"
            r"|å treffe)"
            r"|borte fra kontoret|på \w{0,10}ferie|ferie|\w{0,10}permisjon|\w{0,10}perm|bortreist|bortrejst"
            r"|fraværende|fråverande|på reise"
            r"|på kurs"
            r"|s[yj]u?k(?:e)?meldt|sygemeldt|avspasering|avspaserer|orlov|barsel|fri|slutta|sluttet|fratrådt|fratrått"
            r"|fratrådd|(?:gått av med )?pensjon\w{0,5}"
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
            r"out of (?:the )?office|on (?:\w{1,12} )?leave|on (?:vacation|holidays?|(?:a )?sabbatical)|away"
            r"|travell?ing"
            r"|not in the office"
            r"|unavailable|(?:no longer|not) (?:work(?:ing)?|with|employed)|have (?:left|retired)|retired|out until"
            r"|limited access"
        ),
    ),
    (
        r"ich|wir",
        (
            r"nicht (?:im (?:büro|haus|hause|dienst)|erreichbar)|(?:im )?urlaub|abwesend|außer haus|auf dienstreise"
            r"|elternzeit|nicht mehr (?:\S{1,20} ){0,5}(?:tätig|beschäftigt|angestellt)|ausgeschieden|im ruhestand"
        ),
    ),
    (r"je|nous", r"absente?s?|en congés?|en vacances|en déplacement|hors du bureau"),
    (
        r"estoy|estaré|me encuentro|estamos|ya no",
        r"fuera de la oficina|de vacaciones|ausente|de permiso|de baja|trabajo en",
    ),
    (r"sono|sarò|siamo", r"assente|in ferie|fuori (?:sede|ufficio)"),
    (r"ik", r"afwezig|niet (?:aanwezig|bereikbaar|op kantoor)|(?:met|op) (?:vakantie|verlof)|vrij"),
    (r"estou|estarei", r"ausente|de férias|fora do escritório"),
    (r"jestem|przebywam|będę", r"na urlopie|nieobecn\w{1,6}|poza biurem"),
    (r"я|меня|сейчас|нахожусь|буду", r"(?:нет|не будет) в офисе|в отпуске|отсутств\w{1,8}|вне офиса|в командировке"),
    (r"ég|við", r"í \w{0,10}fríi|í \w{0,10}orlofi|fjarverandi|ekki við"),  # is
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
)
AWAY = re.compile(rf"(?<!\w)(?:{'|'.join(where for _, where in _ABSENCES)})(?!\w)|{_ABSENT_CJK}")
"""Where the absent are, whoever it is: without one of these words no more is looked for."""

CLOSED = re.compile(
    r"(?<!\w)(?:utenfor (?:vår |kontorets )?åpningstid\w{0,2}|vi åpner igjen|vi öppnar igen|outside (?:of )?(?:our "
    r"|normal )?"
    r"(?:office|opening|business|working) hours|außerhalb (?:unserer|der) \w{0,14}zeiten)(?!\w)|(?<!\w)(?:kontoret"
    r"|butikken|resepsjonen|skolen|skulen|barnehagen|skolan|vi|me|kontoret vårt|(?:our"
    r"|the) (?:office|school|shop"
    r"|store|clinic|practice)|unser büro|unsere praxis|kontor) "
    r""
    r"(?:er|holder|held|är|har|is|will be|ist|blir) (?:\w{1,10} )?(?:\w{0,10}steng[td]|\w{0,10}lukket|\w{0,10}stängt"
    r"|closed"
    r"|geschlossen)(?!\w)",
)
BACK = re.compile(
    r"(?<!\w)(?:(?:er|kommer|vender|kjem|är|bin|wieder) (?:(?:jeg|eg|vi|jag|ich) )?(?:tilbake|attende|tilbage"
    r"|tillbaka|åter"
    r"|zurück|erreichbar)|(?:be|am|are|back|returning) (?:back|on|to|in the office)|will reopen|weer (?:aanwezig"
    r"|bereikbaar|terug)|wieder (?:erreichbar|im büro|da)|palaan|palaamme)(?!\w)",
)
RETURN = re.compile(
    r"(?<!\w)(?:til|till|indtil|inntil|t\.?\s?o\.?\s?m\.?|until|through|bis|tot|hasta|fino|jusqu['’]?|até|do|до)\s*"
    r"(?:og med |och med |en met |zum |al |el |au |den |the )?(?:\d|\w{2,6}dag|jan|feb|mar|apr|ma[ijy]|jun|jul|aug|sep"
    r"|o[kc]t|nov|de[sczk]|mon|tue|wed|thu|fri|sat|sun|neste|next|nästa|uke|vecka|week|nyttår|over|further|videre)"
    r"|(?<!\w)(?:återkommer|saakka|asti|palaan|returning|de retour)(?!\w)",
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
)
RARELY = re.compile(
    r"(?<!\w)(?:(?:leser|les|sjekker|sjekkar|läser|kollar|läser av|tjekker|læser)(?: (?:min|mine|mitt"
    r"|sin))? (?:e-?post|mail"
    r"|mejl|e-?posten|mailen)(?: min)? (?:kun|bare|berre|bara|sjelden|sjeldan|sällan|ikke|ikkje|inte|uregelmessig"
    r"|sporadisk)"
    r"|(?:only|rarely|seldom|infrequently) (?:check|read|monitor)|(?:check|read) (?:my )?(?:e-?mails?"
    r"|messages) (?:only"
    r"|once|twice|infrequently|sporadically)|(?:lese|prüfe) meine (?:e-?mails?|mails) nur"
    r"|(?:my|our) (?:working|office) (?:days|hours) are|(?:arbeite|arbeiten) in teilzeit|(?:jobber|jobbar|arbeider"
    r"|arbetar)"
    r" (?:bare |kun |bara )?deltid|work part[- ]?time|luen sähköpost\w{1,5} (?:vain|harvoin))(?!\w)",
)
UNREAD = re.compile(
    r"(?:e-?post\w{0,3}|mail\w{0,2}|mejl\w{0,2}|mailbox|inbox|brevlåda\w?|postkasse\w?|adresse\w?|nachricht\w{0,2}"
    r"|address"
    r"|account)"
    r"(?: \S{1,20}){0,6} (?:ikke|ikkje|inte|not|no longer|nicht|nicht mehr|niet|n['’]est (?:pas"
    r"|plus))(?: \w{1,12}){0,2} (?:lest|lese"
    r"|videresendt"
    r"|vidaresendt|læst|besvart|besvara|läses?|vidarebefordras|read|monitored|checked|forwarded|gelesen|weitergeleitet"
    r"|bearbeitet|abgerufen|lue|consultée?|gelezen|doorgestuurd)(?!\w)|(?:e-?post|mejl|mail|brevlåda)\w{0,3} (?:läses"
    r"|bevakas) inte",
)
LATER = re.compile(
    r"(?<!\w)(?:(?:svarer|svarar|svare|lese[rs]?|besvare[rst]*|følge[r]? opp|oppfølging|sjekker|les)(?!\w)[^.!?]{0,50}"
    r"(?:når|så snart|etter|ved|tilbake|attende|tilbage|på \w{2,6}dag)|(?:svarar|läser|besvarar"
    r"|besvaras)(?!\w)[^.!?]{0,50}"
    r"(?:när|så snart|efter|åter|tillbaka)|vastaan(?!\w)[^.!?]{0,50}(?:kun|palat)"
    r"|(?:respond|reply|answer|get back|read)(?!\w)[^.!?]{0,60}(?:when|upon|once|as soon|after|on my)"
    r"|(?:beantworte|antworte|lese|melde)(?!\w)[^.!?]{0,60}(?:rückkehr|wieder|zurück|danach)|à mon retour|a mi regreso"
    r"|al mio (?:rientro|ritorno)|bij terugkomst|no meu regresso|po powrocie|после возвращения|po návratu)"
    r"|(?:forwarded|videresend(?:t|es)|vidaresend\w{1,4}|vidarebefordra\w{1,3}|weitergeleitet)",
)
URGENT = re.compile(
    r"(?<!\w)(?:haste(?:r|sak|saker)?|hastar|hast|viktige? (?:saker|henvendelser)|behov for (?:hjelp|svar|rask)"
    r"|stedfortreder"
    r"|vikar|brådskande|akuta? ärende\w{0,4}|vid behov|kiireellis\w{1,8}|kiireis\w{1,8}|urgent|urgently|immediate"
    r"|emergency"
    r"|in my absence|dringend\w{0,4}|vertretung|vertreten|urgence|urgente?s?|urgenza|dringende?|pilny\w{0,4}|pilnych"
    r"|срочн\w{1,5}"
    r"|naléhav\w{1,4}|hasteralm|haster|hvis det haster"
    r"|(?:kontakt|kontakte|contact|kontakta|henvende deg til|(?:rettes|rettast|henvises|sendes|sendast|riktas) til"
    r"|riktas till|wenden sie sich|contacter|contactar|contattare)(?!\w)"
    r"[^.!?]{0,60}(?:@|\+?\d{5}|\d{2} ?\d{2} ?\d{2}))|至急|紧急|緊急",
)
THANKS_FOR_MAIL = re.compile(
    r"(?<!\w)(?:thank(?:s| you) for (?:your|you) (?:e-?mail|message|mail)|takk for (?:din |e-?posten|mailen|meldingen)"
    r"|tak for (?:din )?(?:e-?)?mail|tack för (?:ditt|din) (?:mejl|mail|e-?post)|kiitos viesti"
    r"|vielen dank für ihre (?:e-?mail|nachricht)|merci pour votre (?:e-?mail|message))",
    re.IGNORECASE,
)
UNDELIVERED = re.compile(
    r"\W{0,80}(?:(?:your|the) (?:e-?mail |mail )?(?:message|e-?mail|mail)[^.?!]{0,80}(?:not|n['’]t)[^.?!]{0,20}deliver"
    r"|message could not be delivered|delivery (?:has failed )?to (?:the following|these)"
    r"|(?:sorry, )?unable to deliver"
    r"|(?:meldingen|e-?posten|mailen|meddelandet|beskeden) (?:din |du sendte |ditt )?[^.?!]{0,60}(?:ikke|inte|ikkje)"
    r"[^.?!]{0,20}lever|ihre nachricht[^.?!]{0,80}nicht zugestellt|votre message n['’]a pas pu)",
    re.IGNORECASE,
)
FORWARDED = re.compile(
    r"^[ \t>*]{0,4}(?:fra|frå|from|von|från|lähettäjä|de|afsender)[ \t*]{0,3}:|^-{3,}[^\n]{0,60}(?:forward|original"
    r"|videresend|opprinnelig)",
    re.IGNORECASE | re.MULTILINE,
)
READ_LINE = re.compile(
    r"(?<!\w)(?:ble|blei|vart|er|was|is|has been|wurde|ist|a été|blev|är|har blivit|on) (?:.{1,40} )?(?:åpnet|åpna"
    r"|lest"
    r"|lese|read"
    r"|opened|displayed|gelesen|gelezen|läst|læst|lu|luettu|slettet|deleted|received by|mottatt av|mottagits av"
    r"|modtaget af)(?!\w)|lest den|lese den|read on"
    r"|(?:åpnet|åpna|opened|öppnade|öffnete|åbnede) .{1,80}[0-9]",
    re.IGNORECASE,
)


ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,190}")
LABELLED = re.compile(r"[ \t>*]{0,8}\w{1,12}[ \t*]{0,3}:")
ZONE = re.compile(r"\((?:utc|gmt)[^()\n]{0,20}\)[^\n]{0,120}", re.IGNORECASE)
"""Outlook spells out the time zone behind every time, with its towns."""

WORDS_OF_A_READ_LINE = 25


def own_words_in_lines(message: ParsedMessage) -> str:
    """Return the first of a mail's own new text as it stands; "" for a forward."""
    return "" if is_forward(message.subject) else message.reply_text[:MAX_WORDS]


def own_words(message: ParsedMessage) -> str:
    """Return the first of a mail's own new text on one line, composed; "" for a forward: its words are another's."""
    return "" if is_forward(message.subject) else _on_one_line(message.reply_text[:MAX_WORDS])


@lru_cache(maxsize=2)
def _on_one_line(text: str) -> str:
    return "" if FORWARDED.search(text) else " ".join(unicodedata.normalize("NFC", text).split())


def answers_under_its_own_subject(message: ParsedMessage) -> bool:
    """Say whether a mail answers another by header, and its subject does not: people's programs put Re: there."""
    answers = message.in_reply_to or message.references
    return bool(answers) and strip_prefixes(message.subject) == message.subject.strip()


def reads_like_a_template(message: ParsedMessage) -> str | None:
    """See one phrase of those that answering programs are given: thanks for the mail, a later answer, whom to ask.

    Not where somebody asks, wants or did something, or where the mail holds more than its own words.
    """
    words = own_words(message)
    if len(message.text.split()) > len(message.reply_text.split()) or people.asks(words) or people.wants(words):
        return None
    if unread := people.search(UNREAD, words):
        return unread
    if people.worked(words) or people.speaks_of_his_own(words):
        return None
    found = (people.search(form, words) for form in (THANKS, LATER, URGENT, CLOSED))
    return next((hit for hit in found if hit is not None), None)


def words_before_a_list(message: ParsedMessage) -> str:
    """Return a mail's own first lines as far as a line like “From: …”; "" for a forward."""
    return FORWARDED.split(unicodedata.normalize("NFC", own_words_in_lines(message)), maxsplit=1)[0].strip()


def tells_of_absence(message: ParsedMessage, *, signs: int, back: bool = False) -> str | None:
    """See a writer who tells everybody that he is away, and asks nobody for anything.

    Besides the absence (with `back`, a return is enough) at least `signs` of these must be said: thanks for the mail,
    an answer later, whom to ask when it is urgent, another address,
    that nobody reads the mail, and until when.
    """
    words = own_words(message)
    forms = (CLOSED, RARELY, BACK) if back else (CLOSED, RARELY)
    absent = _absent(words) or next((hit for form in forms if (hit := people.search(form, words))), None)
    if absent is None or people.asks(words):
        return None
    said = sum(1 for form in (THANKS, LATER, UNREAD) if people.search(form, words))
    said += people.search(URGENT, words) is not None or _names_another(message, words)
    said += (people.search(RETURN, words) or people.search(BACK, words)) is not None
    return absent if said >= signs else None


def _absent(words: str) -> str | None:
    return people.search(ABSENT, words) if people.search(AWAY, words) else None


def _names_another(message: ParsedMessage, words: str) -> bool:
    """His own address stands in many a signature."""
    own = message.author.address.casefold() if message.author else ""
    return any(found[0].casefold().rstrip(".") != own for found in ADDRESS.finditer(words))


def thanks_first(message: ParsedMessage) -> str | None:
    """See a mail that begins with thanks for another and says no I or my, asks, wants and tells of nothing."""
    words = own_words(message)
    found = people.search(THANKS, words[:80])
    speaks = people.names_himself(words) or people.speaks_of_his_own(words) or people.wants(words)
    return None if found is None or speaks or people.asks(words) or people.worked(words) else found


def asks_for_nothing(message: ParsedMessage) -> bool:
    """Say whether nobody asks, begs or tells of trouble in a mail."""
    return not people.asks(own_words(message))


def tells_of_work(message: ParsedMessage) -> bool:
    """Say whether somebody tells in a mail what he did, or asks for something, and is not merely away."""
    return people.worked(own_words(message)) and tells_of_absence(message, signs=0) is None


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
    return found[0].strip() if found and not people.has_question_mark(words) and not people.pleads(words) else None


def names_the_office(message: ParsedMessage) -> bool:
    """Say whether the absence is one from an office, which is no child's and hardly an illness."""
    found = _absent(own_words(message))
    return found is not None and OFFICE.search(found) is not None
