"""How machines begin their subjects, in the languages that a Norwegian desk meets.

A subject alone never makes a mail automatic: people write "Ikke levert: pakken min" too. Each form counts only together
with a second sign (see `automatic.RULES`). All are anchored behind tags in brackets, never behind Re: or SV:, for these
show that a person answered such a mail.
"""

import re
import unicodedata

MAX_START = 500
"""Characters of a subject that are looked at: forms stand at its start, and time stays bounded."""

_TAGS = r"\s*(?:\[[^\[\]]{1,40}\]\s*){0,5}"

_REPLIES = (
    r"auto(?:matisk)?[- ]?svar", r"automatisk (?:tilbakemelding|e-?postsvar|respons)", r"automatisert svar",
    r"auto(?:matiskt)?[- ]?svar", r"automatiskt (?:meddelande|e-?postsvar)",  # sv
    r"automaattinen (?:vastaus|poissaoloviesti)", r"automaattivastaus",  # fi
    r"auto(?:matic|mated|matically generated)?[- ]?(?:reply|response|answer)",
    r"autom(?:atische|atisierte|\.) (?:antwort|abwesenheitsnotiz|r[üu]ckmeldung)", r"auto(?:matische)?antwort",  # de
    r"réponse automatique", r"respuesta automática", r"risposta automatica", r"automatisch (?:antwoord|bericht)",
    r"resposta automática", r"automatyczna odpowiedź", r"odpowiedź automatyczna", r"автоответ(?:чик)?",
    r"автоматический ответ", r"automatická odpověď", r"自動(?:応答|返信|回覆|回復)", r"自动(?:回复|答复)",
    r"sjálfvirkt svar", r"automaatvastus", r"automaatne vastus", r"automātisk\w atbilde", r"automatinis atsakymas",
    r"automatikus válasz", r"automatická odpoveď", r"răspuns automat", r"automatski odgovor", r"samodejni odgovor",
    r"автоматичен отговор", r"автоматична відповідь", r"αυτόματη απάντηση", r"otomatik yan[ıi]t", r"trả lời tự động",
    r"balasan otomatis", r"resposta automàtica", r"תשובה אוטומטית", r"מענה אוטומטי", r"رد تلقائي", r"자동 회신",
    r"ตอบกลับอัตโนมัติ",
)  # fmt: skip

_ABSENCES = (
    r"auto(?=\s*:)", r"(?:ikke|ikkje) på jobb", r"fravær fra kontoret",
    r"(?:er )?ute av kontoret", r"fraværsmelding", r"(?:ikke|ikkje) (?:til ?stede|til stades|på kontoret)",
    r"borte fra kontoret",
    (r"(?:jeg|eg|jag) (?:er|är) (?:på (?:ferie|semester|reise)|bortreist|borte|ledig|fraværende|fråverande"
    r"|frånvarande)"),
    r"fråværsmelding", r"ude af kontoret", r"ferievarsel", r"feriesvar",  # nb, nn, da
    r"frånvaromeddelande", r"(?:ej|inte) på (?:kontoret|plats)", r"semestersvar",  # sv
    r"poissaolo(?:viesti|ilmoitus)", r"poissa toimistosta", r"lomavastaus", r"en ole toimistolla",  # fi
    r"out of (?:the )?office", r"ooo", r"vacation (?:reply|response|message|notice)",
    r"away from (?:the |my )?(?:office|mail)",
    (r"i(?: a|['’])m (?:currently )?(?:out of (?:the )?office|away|on (?:annual |parental )?(?:leave|vacation"
    r"|holiday))"),
    r"abwesenheit(?:snotiz|smeldung|sbenachrichtigung|sinformation)", r"nicht im (?:büro|haus)", r"außer haus",  # de
    r"(?:message d['’])?absence du bureau", r"absent(?:e)? du bureau", r"message d['’]absence",
    r"fuera de (?:la )?oficina", r"fuori (?:sede|ufficio)", r"afwezigheids(?:bericht|melding|assistent)",
    r"niet (?:aanwezig|op kantoor)",
    r"fora do escritório", r"poza biurem", r"nieobecność w biurze", r"вне офиса", r"нет на месте", r"mimo kancelář",
    (r"[^:]{2,60} (?:is|will be|er|är|ist|on)(?: currently| for tiden| dessverre)? (?:out of (?:the )?office"
    r"|ute av kontoret"
    r"|(?:ikke|ikkje|inte) (?:på kontoret|til stede|til stades)|fraværende|fråverande|frånvarande|außer haus|abwesend"
    r"|poissa)"),
    r"不在(?:通知|のお知らせ)?", r"外出(?:通知)?", r"不在办公室",
)  # fmt: skip

_ABSENCES_OF_PEOPLE_TOO = (
    r"fraværende", r"fravær", r"fråverande", r"fråvær", r"frånvarande", r"frånvaro", r"poissa(?:olo)?", r"absence",
    r"absent",
    r"vacation", r"annual leave", r"on leave", r"abwesen(?:d|heit)", r"(?:im )?urlaub",
    r"(?:på |sommer|vinter|jule|påske)?ferie",
    r"(?:på )?semester", r"(?:kesä|talvi)?loma(?:lla)?", r"s[yj]u?kmeldt", r"permisjon", r"barsel", r"orlov",
    r"[mp]appaperm\w*", r"foreldrepermisjon",
    r"föräldraledig",
    r"borte", r"bortreist", r"congés?", r"vacaciones", r"ausente", r"assente", r"ferie", r"afwezig(?:heid)?",
    r"vakantie",
    r"férias", r"ausência", r"urlop", r"nieobecn(?:y|a|ość)", r"отпуск", r"отсутствие", r"dovolená", r"休暇", r"休假",
    r"stengt",
    r"stängt", r"closed", r"sluttet", r"slutta",
)  # fmt: skip
"""People write of absence too: a child's, their own. These want more beside them than the others (see `absences`)."""

_CONFIRMATIONS = (
    r"automati(?:sk|skt|c|sche) (?:kvittering|bekreftelse|bekræftelse|bekräftelse|confirmation)",
    r"automatische (?:eingangs)?bestätigung",
    (r"(?:bekreftelse|kvittering|bekräftelse|bekræftelse) (?:på|for|om) (?:mottat?t|motteken|mottak|modtage\w{1,5}"
    r"|mottag\w{1,5})"),
    r"eingangsbestätigung", r"empfangsbestätigung", r"accusé de réception", r"ontvangstbevestiging",
    r"acuse de recibo", r"conferma di (?:ricezione|ricevimento)", r"aviso de rece[pç]?ção", r"mottaksbekreftelse",
    r"mottagningsbekräftelse", r"potwierdzenie (?:otrzymania|przyjęcia)",
    r"(?:ticket|request|case) (?:received|created)",
)  # fmt: skip

_READ = (
    r"lest", r"ikk(?:j?)e lest", r"lese", r"læst", r"ikke læst", r"läst", r"ej läst", r"luettu", r"read", r"not read",
    r"gelesen", r"ungelesen gelöscht", r"lu", r"non lu", r"leído", r"letto", r"gelezen",
    r"return receipt", r"read receipt", r"returkvitto", r"leserkvittering", r"lesebekreftelse", r"læsekvittering",
    r"läskvitto", r"lukukuittaus", r"lesebestätigung", r"empfangsbestätigung \(angezeigt\)", r"leesbevestiging",
)  # fmt: skip

_WORDS_FOR_A_RECEIPT = _READ.index(r"return receipt")
"""From here on a subject may end behind the form."""

_ANSWERED_INVITATIONS = (
    r"godtatt", r"godteke", r"akseptert", r"avslått", r"avslege", r"foreløpig(?: godtatt)?", r"avlyst", r"invitasjon",
    r"accepteret", r"afvist", r"foreløbig", r"aflyst", r"accepterad?t?", r"godkänd?t?", r"avböjd?t?", r"nekad?t?",
    r"preliminärt?",
    r"inställt?d?", r"hyväksytty", r"hylätty", r"alustava", r"peruttu", r"peruutettu",  # da, sv, fi
    r"accepted", r"declined", r"tentative(?:ly accepted)?", r"cancell?ed(?: event)?", r"updated invitation",
    r"invitation",
    r"new time proposed", r"zugesagt", r"akzeptiert", r"abgelehnt", r"mit vorbehalt", r"abgesagt",
)  # fmt: skip

_CHALLENGES = (
    (r"(?:your|din|ditt) (?:e-?mail|message|e-?post|melding|meddelande) (?:requires|krever|kräver) (?:verification"
    r"|bekreftelse"
    r"|bekräftelse|verifisering)"), r"please confirm your (?:message|e-?mail)",
    r"(?:sender|address) (?:verification|confirmation)",
    r"your (?:e-?mail|message) to \S{1,80} (?:is|was|has been) (?:waiting|held|on hold)",
    r"verify#", r"bekreft (?:e-?posten|meldingen|avsender)(?: din)?", r"boxtrapper", r"spamarrest", r"confirm ",
)  # fmt: skip

_ALARMS = (
    r"cron <[^<>]{1,100}> ", r"logwatch for ",
    r"\*{2} (?:problem|recovery|acknowledgement|flapping\w*|downtime\w*|test)\b",
    r"(?:problem|resolved|recovery|ok|critical|warning|down|up|alert|alarm)\b ?:", r"\[(?:alerting|ok|no data)\] ",
    r"\[(?:problem|recovery|acknowledgement|downtime\w*|custom)\] ",
    r"[^:]{1,80} is (?:critical|warning|unreachable)\W{0,3}$",
    r"\[(?:firing|resolved)(?::\d{1,4})?\]", r"monit alert", r"attached image\s*$", r"smart error \(",
    r"ups(?: |:).{0,60}(?:battery|batteri|power)",
    r"(?:scan|scanned image|skannet|message|melding|skanna)(?: data)? (?:from|fra|frå) (?:an? )?[\w-]{0,20}[0-9_]",
    r"(?:new )?voice ?mail(?: message)? from", r"(?:ny )?(?:missed call|tapt anrop|talepost) (?:from|fra|frå)?",
    r"\[pbx\]:",
    r"(?:incoming |new )?fax (?:received |message )?from", r"report domain: ?\S{1,100} submitter:",
)  # fmt: skip


def _anchored(forms: tuple[str, ...], end: str = r"(?!\w)") -> re.Pattern[str]:
    return re.compile(rf"{_TAGS}(?:{'|'.join(forms)}){end}", re.IGNORECASE)


_STOP = r"\s*(?:[:：(–-]|$)"
_COLON = r"\s*[:：]"
_NO_LETTER = r"(?![a-zà-öø-ÿа-я0-9_])"

_IN_BRACKETS = rf"\s*\[\s*(?:{'|'.join(_REPLIES)})\s*[:：]?\s*\]"

AUTOMATIC_REPLY = re.compile(rf"{_IN_BRACKETS}|{_anchored(_REPLIES, _COLON).pattern}", re.IGNORECASE)
OUT_OF_OFFICE = re.compile(rf"{_IN_BRACKETS}|{_anchored((*_REPLIES, *_ABSENCES), _NO_LETTER).pattern}", re.IGNORECASE)
_GENERATED = r"\s*\[?auto(?:matically|matisk|matiskt)?[- ]?gener(?:ated|ert|erad|eret)\b"
NOTHING_BUT_AUTOMATIC = re.compile(
    rf"{_GENERATED}|{_anchored((*_REPLIES, *_ABSENCES[1:]), _STOP).pattern}", re.IGNORECASE
)
"""Subjects that say it so plainly that a person would hardly write them, but may."""
ABSENCE = _anchored(_ABSENCES_OF_PEOPLE_TOO, _NO_LETTER)
CONFIRMATION = _anchored(_CONFIRMATIONS, _NO_LETTER)
READ = re.compile(
    rf"{_anchored(_READ, _COLON).pattern}|{_anchored(_READ[_WORDS_FOR_A_RECEIPT:], _STOP).pattern}", re.IGNORECASE
)
ANSWERED_INVITATION = _anchored(_ANSWERED_INVITATIONS, _COLON)
CHALLENGE = _anchored(_CHALLENGES, "")
ALARM = _anchored(_ALARMS, "")


def begins_with(subject: str, forms: re.Pattern[str]) -> bool:
    """Say whether a decoded subject begins with one of the forms, accents and blanks however they are written."""
    return forms.match(unicodedata.normalize("NFC", " ".join(subject[:MAX_START].split()))) is not None
