"""How mail programs mark what they quote, by language: tables and the patterns made of them, and nothing else.

`trim` decides what the marks mean. Every pattern is for one line (or up to five joined ones) cut to `MAX_LINE`
characters and cleaned by `plain`, and has no unbounded repetition inside a repetition: reading a mail stays linear.
"""

import re
from collections.abc import Iterable
from unicodedata import is_normalized, normalize

MAX_LINE = 500
"""Characters of a line that are looked at; a mark further out is none."""

UNSEEN = {
    ord(ch): None
    for ch in "\ufeff\u2061\u2062\u2063\u2064\u200b\u200c\u200d\u200e\u200f\u2060\u00ad\u202a\u202c\u2068\u2069"
} | {ord(ch): " " for ch in "\u00a0\u202f\u2007\u2009\t"}

MEANINGS = ("from", "sent", "to", "cc", "subject")
LABELS = {
    "nb": ("fra", "sendt|dato", "til", "kopi|kopi til|blindkopi", "emne"),
    "nn": ("frå", "sendt|dato", "til", "kopi", "emne"),
    "da": ("fra", "sendt|dato", "til", "cc|kopi", "emne|vedr|vedrørende"),
    "sv": ("från", "skickat|datum|skickades", "till", "kopia|kopia till", "ämne|ärende"),
    "fi": ("lähettäjä", "lähetetty|päivämäärä|päiväys|pvm", "vastaanottaja|vastaanottajat|saaja", "kopio",
           "aihe|otsikko"),
    "is": ("frá", "sent|dagsetning", "til", "afrit", "efni"),
    "de": ("von", "gesendet|gesendet am|datum", "an", "cc|kopie|kopie (cc)", "betreff"),
    "en": ("from", "sent|date|sent at|sent on", "to", "cc|bcc", "subject"),
    "nl": ("van", "verzonden|verzonden op|datum", "aan", "cc|kopie", "onderwerp"),
    "fr": ("de|expéditeur", "envoyé|envoyé le|date", "à|pour|destinataire", "cc|copie|copie à", "objet|sujet"),
    "es": ("de|remitente", "enviado|enviado el|fecha|enviada el|fecha de envío", "para", "cc", "asunto"),
    "pt": ("de", "enviado|enviada|enviado em|enviada em|data", "para", "cc", "assunto"),
    "it": ("da|mittente", "inviato|inviata|data|inviato il", "a", "cc", "oggetto"),
    "pl": ("od|nadawca", "wysłano|wysłane|data", "do|adresat", "dw|kopia|do wiadomości", "temat"),
    "cs": ("od", "odesláno|datum", "komu", "kopie", "předmět"),
    "sk": ("od", "odoslané|dátum", "komu|pre", "kópia", "predmet"),
    "hu": ("feladó", "elküldve|dátum|küldve", "címzett", "másolat|másolatot kap", "tárgy"),
    "ro": ("de la|expeditor|expeditorul", "trimis|data|dată", "către|destinatar", "cc", "subiect|subiectul"),
    "ru": ("от|отправитель|от кого", "отправлено|дата", "кому", "копия", "тема"),
    "uk": ("від|від кого", "надіслано|відправлено|дата", "кому", "копія", "тема"),
    "bg": ("от", "изпратено|дата", "до", "копие", "относно|тема"),
    "el": ("από", "στάλθηκε|εστάλη|ημερομηνία", "προς", "κοιν", "θέμα"),
    "tr": ("kimden|gönderen", "gönderildi|tarih|gönderilen|gönderme tarihi", "kime", "bilgi", "konu"),
    "hr": ("šalje|pošiljatelj|od", "poslano|datum", "prima|za", "kopija", "predmet|naslov|zadeva"),
    "et": ("saatja", "saadetud|kuupäev", "adressaat|saaja", "koopia", "teema"),
    "lt": ("nuo", "išsiųsta|data", "kam", "kopija", "tema"),
    "lv": ("sūtītājs", "nosūtīts|datums", "kam", "kopija", "temats|tēma"),
    "sl": ("od", "poslano|datum", "za", "kp", "zadeva"),
    "sr": ("од", "послато|датум", "за|коме", "копија", "тема|наслов"),
    "ar": ("من", "تم الإرسال|تاريخ الإرسال|التاريخ", "إلى", "نسخة", "الموضوع"),
    "he": ("מאת", "נשלח|תאריך", "אל", "עותק", "נושא"),
    "fa": ("از", "فرستاده شده|تاریخ", "به", "رونوشت", "موضوع"),
    "vi": ("từ", "đã gửi|ngày", "đến|tới", "cc", "chủ đề|tiêu đề"),
    "zh": ("发件人|寄件者|寄件人", "发送时间|日期|寄件日期|时间", "收件人|收件者", "抄送|副本", "主题|主旨"),
    "ja": ("差出人|送信者", "送信日時|日付|日時", "宛先", "cc", "件名"),
    "ko": ("보낸 사람|보낸사람", "보낸 날짜|보낸날짜|날짜", "받는 사람|받는사람", "참조", "제목"),
}  # fmt: skip
"""The labels of the block that Outlook and its kin put above a quoted mail."""

LABEL_MEANING = {
    word: meaning for row in LABELS.values() for meaning, words in zip(MEANINGS, row, strict=True)
    for word in words.split("|")
}  # fmt: skip
DATE_WORDS = frozenset({
    "dato", "datum", "date", "data", "päivämäärä", "päiväys", "pvm", "dagsetning", "fecha", "dátum", "dată", "дата",
    "tarih", "datums", "kuupäev",
})  # fmt: skip
"""Labels that people use as well, in letters and forms; behind them, a program writes the hour too."""

LABEL = re.compile(r"[\s>*|_]{0,8}(\w[\w ()-]{0,22})[*_]{0,2} ?[:：]")
LABEL_INSIDE = re.compile(r"(?<!\w)(\w{1,13}) ?[:：]")
"""A label somewhere in a line: some programs put the whole block on one."""

DASHES = "-‐‑‒–—―_=*~"
DASH = f"[{DASHES}]"

ORIGINAL_WORDS = {
    "nb": "opprinnelig melding|opprinnelig e-?post|opprinnelig avtale|original melding|svarmelding",
    "nn": "opphav(?:e)?leg melding|opprinneleg melding|opphav(?:e)?leg e-?post",
    "da": "(?:oprindelig|original) meddelelse|original besked|oprindelig besked|oprindelig e-?mail|oprindelig aftale",
    "sv": "original(?:t )?meddelande|ursprungligt (?:meddelande|brev|mejl|mail)|ursprunglig avtalad tid|originalmejl",
    "fi": "alkuperäinen (?:viesti|tapaaminen|sähköposti)",
    "is": "upp(?:runa|haf)leg skilaboð",
    "de": "ursprüngliche (?:nachricht|e-?mail)|ursprünglicher termin|original[- ]?nachricht|originalmail|"
    "antwort nachricht",
    "en": "(?:original|reply) (?:message|appointment|e-?mail)",
    "nl": "oorspronkelijke? (?:bericht|e-?mail|afspraak)|origineel bericht",
    "fr": "message d['’]origine|message (?:original|initial)|e-?mail d['’]origine|rendez-vous d['’]origine",
    "es": "mensaje original", "pt": "mensagem original", "it": "messaggio original[ei]\\w{0,3}",
    "pl": "(?:wiadomość oryginalna|oryginalna wiadomość|pierwotna wiadomość|wiadomość pierwotna)",
    "cs": "původní (?:zpráva|e-?mail)", "sk": "pôvodná správa", "hu": "eredeti üzenet", "ro": "mesaj(?:ul)? original",
    "ru": "(?:исходное|оригинальное|первоначальное) (?:сообщение|письмо)",
    "uk": "(?:вихідне|оригінальне|початкове) повідомлення", "bg": "оригинално (?:съобщение|писмо)",
    "el": "(?:αρχικό|πρωτότυπο) μήνυμα", "tr": "(?:orijinal|özgün|orjinal) (?:ileti|mesaj)",
    "hr": "(?:izvorna|originalna) poruka|izvirno sporočilo", "et": "algne (?:kiri|sõnum)|originaalsõnum",
    "lt": "pradinis (?:laiškas|pranešimas)|sākotnējais ziņojums",
    "zh": "原始邮件|原始郵件|邮件原件", "ja": "元のメッセージ|元のメール", "ko": "원본 메(?:시지|일)",
}  # fmt: skip
"""What stands between dashes above a quoted mail in older programs, phones, eM Client and Proton."""

FORWARDED_WORDS = {
    "nb": "(?:(?:start|starten|begynnelsen) på )?videresendt (?:melding|e-?post)|videresendt av",
    "nn": "(?:(?:start|starten|byrjinga) på )?vidaresendt? (?:melding|e-?post)|vidaresendt av",
    "da": "(?:(?:start|starten|begyndelsen) på )?videresendt (?:meddelelse|besked|e-?mail)|videresendt af",
    "sv": "(?:(?:start|starten|början) (?:på|av) )?vidarebefordrat (?:meddelande|mejl|brev|mail)|vidarebefordrat av",
    "fi": "(?:edelleen)?(?:välitetty|lähetetty) viesti(?: alkaa)?|välitetty viesti / fwd\\.msg|fwd\\.msg",
    "de": "weitergeleitete (?:nachricht|e-?mail)|(?:anfang|beginn) der weitergeleiteten \\S{6,9}|weitergeleitet von",
    "en": "forwarded (?:message|e-?mail)|begin forwarded message|forwarded by|forward header",
    "nl": "doorgestuurd bericht|begin doorgestuurd bericht|doorgestuurd door",
    "fr": "(?:message|courriel) transféré|début du message (?:réexpédié|transféré)|message transmis|transféré par",
    "es": "mensaje reenviado|inicio del mensaje reenviado|reenviado por",
    "pt": "(?:início da )?mensagem (?:re)?encaminhada", "it": "(?:inizio )?messaggio inoltrato|inoltrato da",
    "pl": "przekazana wiadomość|początek przekazywanej wiadomości|treść przekazanej wiadomości",
    "cs": "přeposlaná zpráva|začátek přeposílané zprávy", "sk": "preposlaná správa|začiatok preposlanej správy",
    "hu": "továbbított (?:üzenet|levél)|továbbított levél kezdete", "ro": "(?:începe )?mesaj(?:ul)? redirecționat",
    "ru": "(?:начало )?(?:пересылаемо|перенаправленно|переадресованно)(?:е|го) сообщени[ея]",
    "uk": "(?:перенаправлене|переслане) повідомлення|початок листа, що пересилається",
    "tr": "iletilmiş mesaj|iletilen ileti|ileti başlangıcı", "hr": "(?:započni )?proslijeđen[au] poruk[au]",
    "et": "edastatud (?:kiri|sõnum)", "zh": "转发邮件|轉寄郵件|转发的邮件", "ja": "転送メッセージ|転送されたメッセージ",
}  # fmt: skip
"""The line above a forwarded mail: from there on it is what the sender wanted us to read."""


def _any(words: Iterable[str]) -> str:
    return "|".join(words)


ORIGINAL = re.compile(
    rf"[\s>*]{{0,8}}{DASH}{{2,60}} ?(?:{_any(ORIGINAL_WORDS.values())}) ?:? ?"
    rf"(?:(?:(?:fra|frå|från|from|von|af|av) .{{1,80}})?{DASH}{{2}}|[\s*]{{0,4}}$)",
    re.IGNORECASE,
)
REPLY_ABOVE = re.compile(
    r"\W{0,40}(?:(?:please )?(?:type|write|enter) your reply above|reply above this line|svar over denne linj|"
    r"skriv (?:venligst |vennligst )?(?:svaret ditt|ditt svar|dit svar) (?:over|ovan)|svara ovanför|"
    r"(?:kirjoita )?vasta\w{0,9} tämän (?:rivin|viivan) yläpuolelle|bitte (?:oberhalb|über) dieser)",
    re.IGNORECASE,
)
"""What another help desk's letter begins with."""

ABOVE = ("above", "ABOVE", "svar over", "over denne", "ovan", "yläpuolelle", "oberhalb", "über dieser")
"""Words of which such a line has one; to look for these is cheap."""

MAX_ABOVE = 5_000
"""Characters in which such a line is looked for where nothing else says that something is quoted."""

FORWARDED = re.compile(
    rf"\s{{0,8}}(?:{DASH}{{2,60}} ?(?:{_any(FORWARDED_WORDS.values())})(?:.{{0,200}}{DASH}{{2}}|[\s:]{{0,4}}$)|"
    rf"(?:{_any(FORWARDED_WORDS.values())}) ?[:：]\s{{0,8}}$)",
    re.IGNORECASE,
)
GROUPWISE = re.compile(r"\s{0,8}>>> ?[^>].{0,200}\d.{0,60}>>>\s{0,8}$")
"""How GroupWise quotes: `>>> Kari Nordmann <kari@desk.example> 03.03.2026 10:12 >>>`."""

VERBS = {
    "nb": "skrev|skriver|har skrevet", "nn": "skreiv", "fi": "kirjoitti", "is": "skrifaði", "se": "čálii",
    "de": "schrieb(?:en)?|schreibt|geschrieben|schrieben sie", "en": "wrote|writes|said|has written",
    "nl": "schreef|geschreven|schrijft", "fr": "(?:a )?écrit", "es": "escribi[óo]|ha escrito|va escriure",
    "pt": "escreveu", "it": "ha scritto|scrive", "pl": "napisał(?:\\(a\\)|a)?|pisze", "cs": "napsala?(?:\\(a\\))?|píše",
    "sk": "napísala?(?:\\(a\\))?", "hu": "(?:ezt )?írta", "ro": "a scris", "ru": "(?:на)?писал(?:\\(а\\)|а)?|пишет",
    "uk": "пише|написав|написала", "bg": "написа", "el": "έγραψε", "tr": "yazdı", "hr": "napisa(?:o|la)(?: je)?",
    "et": "kirjutas", "lt": "rašė|rakstīja", "zh": "写道|寫道", "ja": "のメッセージ|書きました", "ko": "작성|님이 작성",
    "vi": "đã viết", "id": "menulis", "fa": "نوشت", "ar": "كتب", "he": "כתבה?", "th": "เขียนว่า",
    "sr": "је написа(?:о|ла)(?:/ла)?",
}  # fmt: skip
WRITES = rf"(?<!\w)(?:{_any(VERBS.values())})(?!\w)(?:\s(?:følgende|følgjande|följande|folgendes|the following))?"
VERB = re.compile(WRITES, re.IGNORECASE)
VERB_IN_SCRIPT = re.compile("写道|寫道|のメッセージ|書きました|작성")
"""Verbs of scripts that put no blanks between words."""

_SCANDINAVIAN = "skrev|skreiv|skriver"
CITING = re.compile(
    r"\W{0,4}(?:quoting|zitat von|siterer|sitat(?: fr[aå])?|citerar|citat(?: (?:af|fra|från|von))?|lainaus|lainaa|"
    r"citando|citant|citeren|citeer|cytowanie|citace|missatge de|цитирую|zacytowano)\s.{1,160}[:：]\s*",
    re.IGNORECASE,
)
"""How Horde and Roundcube's forebears begin: `Quoting Kari Nordmann <kari@desk.example>:`."""

OWN_WORDS = re.compile(
    rf"\b(?:{_SCANDINAVIAN})\s(?:jeg|eg|vi|me|jag|dere|de|han|hun|ho|til|till|at|att|om|i|dette|dette|noe|inn|ut|ned|på)\b|"
    rf"(?i:\b(?:jeg|eg|vi|jag|han|hun|ho|hon|som|der|dere|du|de|å|og)\s(?:{_SCANDINAVIAN}))\b|"
    r"\bschrieb\s(?:ich|wir|mir|uns|er|sie|dass|an)\b|(?i:\b(?:ich|er|sie|der|die|wir)\sschrieb)\b|"
    r"\bwrote\s(?:to|that|about|this|an|a|in|me|us|it)\b|"
    r"\b(?:I|[Ww]e|[Hh]e|[Ss]he|[Tt]hey|who|[Ii]t) (?:wrote|writes|said)\b|"
    r"\bschreef\s(?:ik|wij|we)\b|\b(?:[Ii]k|[Ww]e|[Ww]ij|die) schreef\b|\bj['’]ai écrit|\bqui (?:a |m['’]a )?écrit|"
    r"\bnous avons écrit|\bque escribió|\bche ha scritto|\b(?:[Hh]än|joka|[Mm]e) kirjoitti\b",
)
"""A sentence of a person's: no program writes so."""

BROKEN_END = re.compile(rf"> ?(?:{WRITES}|følgende|følgjande|följande)? ?[:：]\s*", re.IGNORECASE)
"""The end of an "On … <address> wrote:" whose last bracket a program broke to a line of its own."""

ADDRESS = r"[\w.+'&=/-]{1,64}@[\w-]{1,63}\.[\w.-]{2,200}"
MAIL_ADDRESS = re.compile(ADDRESS)
BRACKETED_ADDRESS = re.compile(rf"[<\[(«]\s?<?(?:mailto:)?{ADDRESS}", re.IGNORECASE)
ADDRESS_TAIL = rf"{ADDRESS}[\s\"'>)\]*]{{0,6}}(?:[<\[(]{{1,2}}(?:mailto:)?[^\s<>]{{1,200}}[>\])\s]{{1,6}})?"
NAME = r"\s[\"'(«„]?(?-i:[^\Wa-zæøåäöü\d_])[\w.'’/-]{0,40}[)\"',»”]{0,2}(?:\s[\w.,'’()/\"«»„”-]{1,40}){0,6}"
WROTE_ADDRESS = re.compile(rf"\s{{0,8}}{ADDRESS}\s{WRITES} ?[:：]", re.IGNORECASE)
"""How some phones begin: `kari@desk.example wrote:`."""

ADDRESS_END = re.compile(rf"{ADDRESS_TAIL}\W*$", re.IGNORECASE)
ATTRIBUTION_END = re.compile(
    rf"(?:{ADDRESS_TAIL}|{WRITES}(?:,?\s.{{0,60}}\d\D{{0,12}}|,?{NAME})?)\W*$",
    re.IGNORECASE,
)
"""How an "On … wrote:" ends: with an address, the verb, the verb and a date, or the verb and a name."""

MONTH = (
    r"(?:jan|feb|mar|mär|maa|apr|mai|maj|may|jun|jul|aug|sep|okt|oct|nov|des|dec|dez|"
    r"tam|hel|huh|tou|kes|hei|elo|syy|lok|mar|jou)\w{0,9}\.?"
)
DATE = re.compile(
    rf"(?<!\d)\d{{1,2}}[./-]\s?\d{{1,2}}[./-]\s?(?:\d{{4}}|\d{{2}})(?!\d)|(?<!\d)\d{{4}}[./-]\s?\d{{1,2}}[./-]\s?\d{{1,2}}|"
    rf"\b\d{{1,2}}\.?\s{MONTH}|\b{MONTH}\s\d{{1,2}}\b|"
    r"\d{1,2}[-. ]{1,2}\w{3,12}\.?[-, ]{1,2}(?:del? )?\d{4}\b|"
    r"\b\w{3,12}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}\b|\d{1,2} de \w{3,12}\.? de \d{4}|\d{4}[年년]|\d{4}\. g\.",
    re.IGNORECASE,
)
YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)|(?<!\d)\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2}(?!\d)")
DIGIT = re.compile(r"\d")
TIME = re.compile(r"(?<![\d.])\d{1,2}[:.h]\d{2}(?!\d)(?!\.\d)")
DATED_LINE = re.compile(r"\W{0,4}(?:\w{1,9}[.,]{0,2} ){0,2}(?:19|20)\d{2}[-/.]")
"""A line that begins with a year: `2026-03-03 10:12 GMT+01:00 Kari Nordmann`."""

WITH_TEXT = re.compile(rf"[<\[(]{ADDRESS}[>\])](?:\s{WRITES})?\s?:\s", re.IGNORECASE)
"""The end of an "On … wrote:" behind which Yahoo's phones put the quoted text on the same line."""

ON_DATE = re.compile(
    r"\W{0,6}(?:(?:on|at|den|d\.|am|le|el|il|il giorno|em|op|dnia|w dniu|dne|dňa|på|в|на|klo|vào|τη|στις|la|în)\s"
    r"(?:\w{2,12}[.,]{0,2}\s){0,3}|(?:\w{2,12}[.,]{0,2}\s){0,2})\d{1,4}",
    re.IGNORECASE,
)
"""How a line begins that holds nothing but the date of an attribution."""

UNDERSCORES = re.compile(r"\s*_{32}\s*")
RULE = re.compile(r"\s*[_*=—–―-]{3,}\s*")

ANY_LABEL = re.compile(r"[\s>*|_]{0,8}[^\s:：*][^:：]{0,24}[*_]{0,2} ?[:：].*\S")
"""A label of any language, also one that a server spoiled (`Fr?n:`), with something behind it."""

RAW_FIELD = re.compile(
    r"(?:received|return-path|delivered-to|message-id|mime-version|content-[\w-]{1,40}|dkim-[\w-]{1,20}|x-[\w-]{1,60}|"
    r"authentication-results|references|in-reply-to):\s",
    re.IGNORECASE,
)
"""A line of a mail's header as nobody's program shows it: somebody copied the whole header for us to read."""

MARK = re.compile(r"\s{0,8}[>»›]\s{0,8}")
"""What stands before a line that is quoted once."""

PROMPT = re.compile(r"\s{0,8}>>> ?[^\s>]")
"""Three marks at once: what Python shows, for nobody quotes the third mail alone."""

LINK_LINE = re.compile(r"\s{0,8}[(<]https?://[^\s()<>]{1,400}[)>]\s{0,8}>?\s{0,8}")
"""A link on a line of its own, in brackets."""

ANSWERS_BELOW = re.compile(
    r"\b(?:svar\w{0,3}|kommentar\w{0,3}|kommenter\w{0,3}|merknad\w{0,3}|reply|replies|answer\w{0,3}|comment\w{0,3}|"
    r"respon[sd]\w{0,3}|antwort\w{0,3}|vastau\w{0,6}|kommentit|réponse\w?|respuesta\w?|antwoord\w{0,3})\b[^.!?\n]{0,40}?"
    r"\b(?:(?:under|nedenfor|nedanför|nedanfor|nedan|below|unten|herunder|hieronder|ci-dessous|abajo)\b"
    r"(?=\s*$|[.,;:!)]|\s(?:i|med|in|mit|en)\s)|"
    r"(?:i|med|in|mit|en|in het|på) "
    r"(?:rødt|raudt|rött|blått|blåt|grønt|red|blue|green|rot|blau|rood|blauw|rouge|bleu|rojo|azul)|"
    r"punaisella|sinisellä|in-?line|innfelt|løpende|löpande)|\bvastau\w{0,6} (?:ovat )?(?:alla|alapuolella)\b",
    re.IGNORECASE,
)
"""The writer says that the answers stand inside the quoted text."""

LEADS_UP = re.compile(
    r"\b(?:e-?post(?:en)?|e-?mail(?:en)?|mail(?:en)?|mejlet|melding(?:en|a)?|meddelelsen?|meddelandet?|besked(?:en)?|brevet|"
    r"viest\w{1,4}|sähköpost\w{1,6}|messages?|nachricht|teksten|texten)\b[^.!?:]{0,40}[:：]\s*$",
    re.IGNORECASE,
)
"""A line with which a writer shows us a mail that somebody else sent."""

GREETING = re.compile(
    r"(?:hei|heisann|hallo|hello|hi|hej|dear|kjære|kære|god (?:dag|morgen|kveld)|moi|terve|liebe\w?|sehr geehrte\w?|"
    r"guten tag|bonjour|buongiorno|hola|beste|bom dia|dzień dobry|dobrý den)\b[^.:;\n]{0,40}[,!]",
    re.IGNORECASE,
)

_SENT_WITH = {
    "en": "sent (?:from|via|with|using|by)|get (?:the )?outlook (?:for|app)|from my (?:iphone|ipad|mobile|phone)",
    "nb": "sendt? (?:fra|frå|med|via) |(?:få|hent|last ned|skaff|skaff deg) outlook |"
    "fr[aå] min [\\w-]{0,20}(?:iphone|ipad|mobil|telefon)(?=\\W*$)",
    "sv": "skicka(?:t|des) (?:från|med|via) |(?:få|hämta|skaffa|ladda ned) outlook |från min (?:iphone|ipad|mobil)",
    "fi": "lähetetty (?:[\\w:-]{2,20} ){0,2}[\\w-]{2,30}(?:sta|stä|lta|ltä|ni|ssa)\\b|"
    "lähetetty (?:iphone|ipad|samsung|outlook|android)|(?:hanki|hae|lataa) outlook",
    "is": "sent úr ",
    "de": "(?:gesendet|verfasst|geschickt) (?:von|mit|über|aus|via) |mobil gesendet|von meinem iphone|"
    "von meine[mr] .{1,40} (?:gesendet|verschickt)|diese nachricht wurde (?:von|mit) .{1,60} gesendet|"
    "holen sie sich outlook|outlook für (?:ios|android|mac) ",
    "nl": "(?:verzonden|verstuurd|verstuurt) (?:vanaf|met|vanuit|via|door|van) |"
    "outlook (?:voor|downloaden)|download outlook",
    "fr": "envoyée? (?:depuis|de|à partir|avec|par|via|du) |(?:télécharge[rz]|obtenir|obtenez) outlook|provenance ?:",
    "es": "enviado (?:desde|con|a través|por) |(?:obtener|obtenga|descargar?) outlook",
    "pt": "enviad[oa] (?:do|da|de|a partir|via|pelo|com|através) |(?:obter|obtenha|baixe) (?:o )?outlook",
    "it": "inviat[oa] (?:da|dal|con|tramite|dall)|(?:scarica|ottieni) outlook",
    "pl": "wysłan[oey] (?:z|ze|za|przez) |(?:pobierz|uzyskaj) (?:aplikację )?outlook",
    "cs": "odesláno (?:z|ze|pomocí) |získ\\w{2,4} outlook",
    "sk": "odoslané (?:z|zo|pomocou) ",
    "hu": "(?:el)?küldve .{1,40}|.{1,20}(?:ról|ről) küldve",
    "ro": "trimis (?:de pe|din|cu|de la) ",
    "ru": "отправлено (?:с|со|из|от|через) |(?:получить|скачать|скачайте) outlook",
    "uk": "(?:надіслано|відправлено) (?:з|із|через) ",
    "el": "(?:στάλθηκε|εστάλη) (?:από|με) ",
    "tr": ".{1,30}(?:dan|den) gönderildi",
    "hr": "poslano (?:s|sa|iz|z) ",
    "et": "saadetud (?:minu|mu) |saadetud \\w{2,20}st\\b",
    "lt": "išsiųsta iš |nosūtīts no ",
    "zh": "发自|發自|從我的|从我的|(?:获取|下载|取得|下載) ?outlook ",
    "ja": ".{1,20}から送信|outlook .{1,20}を入手",
    "ko": ".{0,20}에서 보냄",
    "ar": "أُ?رسلت من ",
    "he": "נשלח מ",
}
_PROGRAM = (
    r"(?:get|download|try|få|hent|last ned|skaff|prøv|hämta|skaffa|hanki|lataa|hae) \w{2,20}(?: \w{2,12})? "
    r"(?:for|til|för) (?:android|ios|iphone)\b"
)
SENT_FROM = re.compile(rf"[^\w\n]{{0,8}}(?:{_any(_SENT_WITH.values())}|{_PROGRAM}).{{0,150}}", re.IGNORECASE)
"""The line that a phone puts under a mail."""

PHONE_WORDS = 14
"""Words of a line that a phone adds, at the most."""

LINKED = re.compile(r"<[^<>]{0,300}>|https?://\S{1,300}")
FINITE = re.compile(
    r"\b(?:is|was|are|were|does|did|can|cannot|not|has|have|will|er|var|virker|fungerer|går|gikk|kommer|kom|har|kan|ikke|ikkje|"
    r"inte|ej|blir|ble|fikk|ist|war|wird|hat|nicht|geht|kommt|est|sont|pas|niet|werkt|está|não|è|non|działa|nie|ei)\b(?!-)",
    re.IGNORECASE,
)
"""A verb that makes a sentence of a line that begins like one a phone adds."""

LINK_INSIDE = re.compile(r" <https?://[^\s<>@]{1,400}>(?=[.,]? \w)")
"""The address of a link as HTML mail shows it, in the midst of a sentence."""

SIGNATURE_MARK = re.compile(r"(?:--|__)\s*")
"""What stands alone on the line above a signature, with or without its blank (RFC 3676 4.3)."""

FOOTER_RULE = re.compile(r"\s*_{20,}\s*")
FOOTER = re.compile(r"mailing list|e-?postliste|listinfo|unsubscribe|^\s{0,8}https?://\S{1,300}\s{0,8}$", re.IGNORECASE)
"""What stands below the line that a mailing list draws under a mail."""

FINNISH_PREFIX = re.compile(r"(?:\s{0,4}\[[^\[\]]{1,40}\]:?){0,4}\s{0,4}vs ?[:：]", re.IGNORECASE)
FINNISH = re.compile(
    r"\b(?:lähettäjä|kirjoitti|lähetetty|vastaanottaja|aihe|alkuperäinen|viesti\w{0,3}|kiitos|kiitoksia|terveisin|hyvä|ystävällisin|"
    r"että|olen|mutta|myös|voitteko|toimii|minun|meidän|moi|ei|nyt|vielä|kun|joka|päivää|ongelma)\b",
    re.IGNORECASE,
)
SCANDINAVIAN = re.compile(
    r"\b(?:fra|sendt|til|emne|skrev|og|jeg|vi|ikke|det|som|har|hilsen|mvh|venlig|vennlig|kan|dere|for|med|på|nå|nu|en|et)\b",
    re.IGNORECASE,
)


def plain(line: str) -> str:
    """Return the beginning of a line as patterns read it: no byte order marks or invisible signs, blanks for tabs.

    Letters are composed: some programs write `å` as `a` and a ring.
    """
    start = line[:MAX_LINE]
    start = start if is_normalized("NFC", start) else normalize("NFC", start)
    return start if start.isprintable() else start.translate(UNSEEN)  # most lines have none of them


def may_mark(text: str) -> bool:
    """Say whether a mark of what is quoted may stand in a line, or in any of several: most have nothing of one.

    Addresses that HTML mail shows in the midst of a sentence are none.
    """
    text = LINK_INSIDE.sub("", text) if " <http" in text else text
    if ":" in text or ">" in text or "@" in text or "：" in text or "GMT" in text:
        return True
    drawn = [dash for dash in DASHES if dash in text]
    return any(f"{first}{second}" in text for first in drawn for second in drawn) or may_be_above(text)


def may_be_above(text: str) -> bool:
    """Say whether a line such as "reply above this line" may stand in a text."""
    beginning = text[:MAX_ABOVE]
    return any(word in beginning for word in ABOVE)


def is_sentence(line: str) -> bool:
    """Say whether a line that begins like one a phone adds goes on as a person's sentence."""
    bare = LINKED.sub("", line)
    return FINITE.search(bare) is not None or len(bare.split()) > PHONE_WORDS


def is_marked(line: str) -> bool:
    """Say whether a line is marked as quoted, with `>` or a bar; `>:` or `> wrote:` ends a broken attribution."""
    start = line.lstrip()
    if start.startswith(("|", "¦", "│")):
        return start[1:2] in {"", " "} and not start.rstrip()[1:].endswith("|")
    return start.startswith((">", "»", "›")) and not BROKEN_END.fullmatch(start) and not GROUPWISE.fullmatch(line)
