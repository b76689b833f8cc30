"""Machines that announce a thing in a subject and say it again in the text: quarantines, faxes, scans, backups.

The subject alone a person writes too; so does the text. Both together, with nobody who says I or asks, are a machine's.
"""

import re
import unicodedata

from inboxd.mail.machine import people, words
from inboxd.mail.machine.fields import cut
from inboxd.mail.message import ParsedMessage

MAX_SUBJECT = 200

_A_FEW = r"[^.!?\n]{0,60}"
_TELEPHONE = r"\+?[0-9](?:[ ./-]?[0-9]){4,14}"
_CALLS = r"(?:message|mail|melding|talemelding|besked|meddelande|röstmeddelande|nachricht|talepost|viesti|anruf|anrop"
r"|call"
_CALLS += r"|samtal|opkald|puhelu|appel)"

_MAILBOX = (
    r"(?:mailbox|inbox|(?:e-?)?post(?:kasse|boks|konto)\w{0,2}|innboks\w{0,2}|brevlåda\w{0,2}|inkorg\w{0,2}|postfach"
    r"|indbakke\w{0,2})"
)
_OF_A_JOB = (
    r"^[ \t]{0,4}(?:(?:\w{1,30} )?(?:job|task|oppgave|uppgift|opgave)|\w{0,20}(?:jobb|oppgave|opgave|uppgift)"
    r"|status|result(?:at)?|start(?:ed| time|et|tid\w{0,7})?|end(?:ed| time)|slutt\w{0,9}|sluttid\w{0,6}|duration"
    r"|varighet|varighed|varaktighet|dauer|total size|data size|størrelse|size) ?:"
)

_PAIRS: tuple[tuple[str, str], ...] = (
    (  # what a filter holds back
        (
            r"(?:quarantine|karant[äe]n\w{0,2}|quarantäne|karanteeni\w{0,2}|quarantaine|spam"
            r"|junk)[ -]?(?:\w{1,12}[ -])?"
            r"(?:notification|summary|report|digest|list|rapport|varsel|varsling|oversikt|oppsummering|meddelande"
            r"|bericht|benachrichtigung|ilmoitus|besked)"
            r"|(?:karant[äe]n|quarantäne)\w{0,3}[ -]?(?:rapport|bericht)|rapport de quarantaine|spam-?(?:rapport"
            r"|oversikt|bericht|varsel)"
            rf"|(?:messages?|mails?|meldinger|e-post|meddelanden|nachrichten){_A_FEW}(?:in|i|im) (?:the |your )?"
            r"(?:quarantine|karant[äe]n|quarantäne)|new held messages?|(?:end[ -]user|quarantine|spam"
            r"|held message) digest"
        ),
        (
            r"(?:[0-9]{1,5} (?:new|nye|nya|neue)|these|following|følgende|følgjande|följande|folgende)"
            r"(?: new| quarantined){0,2} (?:messages?|e-?mails?|mails?|melding\w{0,3}|e-?post\w{0,3}|meddeland\w{1,4}"
            r"|nachricht\w{0,2})[^.!?]{0,100}(?:quarantine|held|blocked|on hold|karant[äe]n|quarantäne|waiting"
            r"|zurückgehalten|holdt tilbake)|[0-9]{1,5} new quarantined messages"
            r"|messages suivants[^.!?]{0,60}quarantaine|messages? (?:are|is) being held for you"
            r"|message\(s\)[^.!?]{0,40} blocked"
            r"|(?:listed|listet|below)[^.!?]{0,60}quarantine"
        ),
    ),
    (  # a fax with its sender's number
        (rf"(?<!\w)e?-?(?:fax|faks|telefax|telefaks|facsimile)(?!\w){_A_FEW}(?<!\w)(?:from|fra|frå|från|von|received"
        rf"|message|mottatt)(?!\w){_A_FEW}{_TELEPHONE}"),
        (
            r"[0-9]{1,4} ?-?(?:pages?|sider?|sidor|seiten?)(?!\w)|(?:pages?|sider?|sidor|seiten?)\W{1,3}[0-9]"
            rf"|(?:fax|faks|facsimile){_A_FEW}(?:received|mottatt|mottagits|modtaget|empfangen|arrived){_A_FEW}[0-9]"
        ),
    ),
    (  # voice mail and calls with their number
        (
            r"(?:voice ?-?mail|voice message|talepost|talemelding|talebesked|r[öø]stmeddelande|mobilsvar"
            r"|sprachnachricht|ääniviesti|vastaajaviesti|messagerie vocale|missed call"
            r"|(?:tapt|ubesvart|tapte|ubesvarte) anrop|missat samtal|ubesvaret opkald|verpasster anruf"
            rf"|entgangener anruf|vastaamaton puhelu|appel (?:manqué|en absence)|^message from){_A_FEW}"
            rf"{_TELEPHONE}|message [0-9]{{1,4}} in mailbox [0-9]"
        ),
        rf"{_CALLS}(?!\w)[^!?]{{0,80}}(?:{_TELEPHONE}|[0-9]:[0-9]{{2}})|caller ?(?:id)? ?:",
    ),
    (  # a scanner or a copier
        (
            r"^(?:scanned|skannet|skanna|scannet|inskannad|gescannt\w{0,2}|skanning|scan) (?:\w{1,12} )?(?:from|fra"
            r"|frå|från|von|to"
            r"|til|document|image|file|dokument|bilde|fil)(?!\w)|^attached image|^message from \W?rnp[0-9a-f]{6}"
            r"|scan to e-?mail$"
        ),
        (
            r"(?:scanned|skannet|scannet|gescannt) (?:and sent|og sendt|och skicka\w{1,2}|und)"
            r"|(?:sent|sendt) (?:to you |til deg )?(?:from|using|with|by|fra|med)[^.!?\n]{0,30}(?:printer|scanner"
            r"|copier|mfp"
            r"|multifunction|multifunksjon\w{0,8}|digital sender|series|rnp[0-9a-f]{6})"
            r"|^[ \t]{0,4}(?:file ?format|filformat|scan date|attachment file type|device name|enhetsnavn|resolution"
            r"|oppløsning) ?:"
        ),
    ),
    (  # a job that makes backups: two of its lines
        (
            r"(?:back-?ups?|backup-?jobb|(?:sikkerhets|reserve|säkerhets|sikkerheds)kopi\w{0,20}|varmuuskopio\w{0,8}"
            r"|datensicherung|snapshot|replication|replikering)(?!\w)[^!?\n]{0,80}(?<!\w)(?:success\w{0,5}|succeeded"
            r"|completed?|finished|failed|failure|warning|error|fullført|ferdig|vellykket|feilet|mislyk\w{1,5}|slutförd"
            r"|misslyck\w{1,5}|fuldført|onnistui|epäonnistui|erfolgreich|fehlgeschlagen|abgeschlossen)(?!\w)"
        ),
        rf"{_OF_A_JOB}[^\n]{{0,120}}\n{{1,2}}{_OF_A_JOB}",
    ),
    (  # the reader's own mailbox that is full
        (
            rf"(?<!\w){_MAILBOX}(?!\w)[^!?\n]{{0,40}}(?<!\w)(?:full\w{{0,3}}|quota|limit|kvote|voll|fuld|täynnä)(?!\w)"
            r"|(?<!\w)(?:quota|kvote\w{0,2}|storage|lagringsplass\w{0,2})(?!\w)[^!?\n]{0,30}(?<!\w)(?:warning|exceeded"
            r"|varsel|advarsel|overskredet|limit|full)(?!\w)"
        ),
        (
            rf"(?<!\w)(?:your (?:\w{{1,12}} )?{_MAILBOX}|{_MAILBOX} (?:din|di|deres|dykkar)|(?:din|ert|ditt) {_MAILBOX}"
            rf"|ihr {_MAILBOX})(?!\w)[^!?\n]{{0,120}}(?<!\w)(?:full\w{{0,3}}|voll|fuld|quota|limit|grense\w{{0,2}}"
            r"|kvote\w{0,2}|[0-9]{1,3} ?(?:%|prosent|percent))"
        ),
    ),
    (  # a code for once
        (
            r"(?<!\w)(?:code|\w{0,20}koden?|\w{0,12}kod|otp)(?!\w)[^\n]{0,30}(?<![0-9])[0-9]{3}[- ]?[0-9]{1,5}(?![0-9])"
            r"|(?<![0-9])[0-9]{3}[- ]?[0-9]{1,5}(?![0-9])[^\n]{0,30}(?<!\w)(?:code|\w{0,20}koden?|\w{0,12}kod)(?!\w)"
        ),
        (
            r"(?<!\w)(?:your [^.!?\n]{0,40}code|\w{0,20}koden din|(?:din|ditt|deres) [^.!?\n]{0,30}kode?"
            r"|ihr [^.!?\n]{0,30}code)(?!\w)[^.!?\n]{0,60}[0-9]{3}"
        ),
    ),
    (  # a check of a monitor
        (
            r"(?:ok|up|warn|crit|warning|critical|down|unknown|unreach\w{0,4}) ?(?:->|→|=>) ?(?:ok|up|warn|crit"
            r"|warning"
            r"|critical|down|unknown|unreach)"
        ),
        r"(?:host|service|event|state)[^:\n]{0,12}:",
    ),
)  # fmt: skip
ANNOUNCED = tuple((re.compile(s, re.IGNORECASE), re.compile(t, re.IGNORECASE | re.MULTILINE)) for s, t in _PAIRS)
LABEL = re.compile(
    r"[ \t*]{0,8}((?:[\w-]{1,15} )?(?:hendelse|alvorlighetsgrad|enhet|vert|tjeneste|camera|event (?:type|time)"
    r"|job run|messages|severity|status|state|host|hostname|device|service|rule|timestamp|date/time"
    r"|event|started"
    r"|ended|duration|job|trigger|alert|node|sensor|metric|monitor|priority|message|name|time|location|address|code))"
    r"[ \t*]{0,6}:",
    re.IGNORECASE,
)
LABELS_OF_A_MONITOR = 3
ANY_LABEL = re.compile(r"[ \t*]{0,8}[^:\n]{1,30}:")
TECHNICAL = re.compile(
    r"(?:severity|status|state|host|device|rule|timestamp|event|job|trigger|alert|node|sensor|metric"
    r"|monitor|date/time|nas|camera|hendelse|alvorlighetsgrad|vert)",
    re.IGNORECASE,
)


def announcement(message: ParsedMessage) -> str | None:
    """See what a subject announces said again in the first words, with a number or a device, or with the recording.

    Not where it answers a mail, for a person's subject may be a machine's then.
    """
    text = words.words_before_a_list(message)
    subject = " ".join(unicodedata.normalize("NFC", message.subject[:MAX_SUBJECT]).split())
    if message.in_reply_to or not text or _somebody_speaks(text):
        return None
    forms = [form for named, form in ANNOUNCED if named.search(subject)]
    found = [hit[0] for form in forms if (hit := form.search(text))]
    said = next(iter(found), None) or (_sound(message) if forms else None)
    return None if said is None else cut(f"Subject: {subject}; “{said}”")


def _sound(message: ParsedMessage) -> str | None:
    return next((part.content_type for part in message.attachments if part.content_type.startswith("audio/")), None)


def _somebody_speaks(text: str) -> bool:
    return people.asks(text) or people.names_himself(text, others=True) or people.speaks_of_his_own(text)


def labelled_lines(message: ParsedMessage) -> str | None:
    """See a text of nothing but lines with labels, three of them a monitor's: Severity, Host, Status.

    Two of the three are words that no form asks people for.
    """
    if message.in_reply_to or people.asks(words.own_words(message)):
        return None
    lines = [line for line in words.own_words_in_lines(message).splitlines() if line.strip()]
    labels = [found[1].casefold() for line in lines if (found := LABEL.match(line))]
    technical = sum(1 for label in set(labels) if TECHNICAL.search(label))
    rest = sum(1 for line in lines if ANY_LABEL.match(line) is None)
    if len(set(labels)) < LABELS_OF_A_MONITOR or technical < LABELS_OF_A_MONITOR - 1 or rest * 4 > len(lines):
        return None
    return cut(", ".join(labels[:5]))
