"""What mail servers say when they return a mail or are late with it, in the languages that they are told to speak in.

None of these makes a mail a bounce alone: they are asked only of what looks like a server's letter (`returned_mail`).
"""

import re

from inboxd.mail.bounce.status_fields import SMTP_ERROR, STATUS


def _any(*forms: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{form})" for form in forms), re.IGNORECASE)


FAILURE = _any(
    r"\b(?:cannot|can't|can not|could not|couldn't|could ?n.t|unable to|failed to|not able to"
    r"|unsuccessful in)\b[^.\n]{0,60}\b(?:deliver|send|sent|relay|reach|forward|process)",
    r"\bnot\b[^.\n]{0,30}\b(?:deliver(?:ed|able)|receive (?:a copy of )?your|reach(?:ed)? the following)",
    r"\b(?:wasn't|weren't|isn't|aren't|hasn't|haven't)\b[^.\n]{0,20}\bdelivered", r"\bun-?deliver(?:able|ed)\b",
    r"\bnon-?deliver",
    r"\bdeliver\w*\b[^.\n]{0,80}\b(?:fail|abort|impossible|problem|error|unsuccessful|delayed|postponed|deferred"
    r"|incomplete)",
    r"\b(?:fail\w*|errors?|trouble|problems?)\b[^.\n]{0,40}\b(?:deliver|sending your|recipient|address)",
    r"\b(?:was|been|were|is|has)\b[^.\n]{0,20}\b(?:rejected|returned|refused|blocked|bounced)\b",
    r"\brejected your message", r"\bdelivery of the (?:e-?mail|message)\b[^.\n]{0,10}\b(?:stopped|blocked)",
    r"\berror was detected while processing", r"\bpermanent(?:ly)?\b[^.\n]{0,20}\b(?:error|fail|fatal)",
    r"\bfatal errors?\b", r"\bhad delivery (?:problems|errors)",
    r"\breturned mail\b", r"\bunknown (?:user|recipient)", r"\buser unknown",
    r"\b(?:invalid|bad|unknown) (?:\w+ ){0,2}(?:recipient|address|user(?:id)?)",
    r"\b(?:user|mailbox|recipient|account|address)\b[^.\n]{0,30}\b(?:not found|unknown|disabled|full|not exist"
    r"|n't exist)",
    r"\bno such (?:user|address|recipient|person)",
    r"\b(?:kunne|kan|ble|blei|vart|blev|er|kom|nådde|har)\b[^.\n]{0,30}\b(?:ikke|ikkje)\b[^.\n]{0,30}\b(?:lever"
    r"|send|sendt|fram|frem|mottat|videresend|vidaresend|nå)",
    (r"\b(?:er|ble|blei|vart|blev|blitt|har)\b[^.\n]{0,40}\b(?:avvist|avvisad|avvisats|afvist|stanset|blokkert"
     r"|returnert|returnerad|returneret)"),
    r"\bavvisades\b", r"\bikk(?:j)?e (?:nådd?e? )?(?:frem|fram|lever)",
    r"\bleverings?(?:en|a)?[ -]?(?:mis[lk]|feil|fejl)", r"\bulever",
    r"\b(?:kunde|kan|gick|har|blev)\b[^.\n]{0,30}\b(?:inte|ej)\b[^.\n]{0,30}\b(?:lever|skicka|nå|skick)",
    r"\bleveransfel", r"\bei\b[^.\n]{0,40}\b(?:toimit|perille|välit)",
    r"\btoimit\w*\b[^.\n]{0,40}\b(?:epäonnist|ei onnist)",
    r"\b(?:konnten?|kann|können|wurden?|ist|werden)\b[^.\n]{0,80}\b(?:nicht|zurück)\b[^.\n]{0,60}(?:zugestellt"
    r"|zustell|ausgeliefert|übermittelt|gesendet|erreich|gewiesen)",
    r"\b(?:wurden?|ist)\b[^.\n]{0,60}\b(?:abgelehnt|zurückgewiesen|blockiert|abgewiesen)",
    r"\b(?:hylättiin|palautettiin|estettiin)\b", r"unzustellbar", r"\bnicht zugestellt",
    r"\b(?:n'a|n'ont|n’a|n’ont|impossible|échec|echec)\b[^.\n]{0,60}(?:remis|remise|remettre|distribu|livr|délivr"
    r"|parven|envo)",
    r"\b(?:a|ont) été\b[^.\n]{0,30}\b(?:rejeté|refusé|bloqué|retourné)",
    r"\b(?:fue|ha sido)\b[^.\n]{0,30}\b(?:rechazad|devuelt|bloquead)",
    r"\b(?:è stat[oa])\b[^.\n]{0,30}\b(?:respint|rifiutat|bloccat)",
    r"\b(?:is|werd)\b[^.\n]{0,40}\b(?:geweigerd|geblokkeerd)",
    r"\bno (?:se )?(?:pudo|ha podido|pudimos|puede|fue posible|se entreg)[^.\n]{0,40}(?:entreg|envi)?",
    r"\bno entregado", r"\b(?:non|impossibile)\b[^.\n]{0,50}(?:recapit|consegn|inoltr)",
    r"\bniet\b[^.\n]{0,40}(?:bezorg|afgelever|besteld)", r"\bnão\b[^.\n]{0,40}(?:entreg|envi)",
    r"\bnie\b[^.\n]{0,40}(?:dostarcz|doręcz)", r"недостав", r"не (?:\w+ ){0,3}доставл",
    r"(?:配信|配送|送信|送達|配達|お届け)[^。\n]{0,20}(?:でき|失敗|不能|エラー|遅)",
    r"届け[^。\n]{0,10}(?:でき|られ)", r"エラー",
    r"无法|無法|退信|未能|投递失败|发送失败", r"배달(?:하지|할 수|되지)",
)  # fmt: skip
"""A sentence that says that a mail did not arrive."""

LATE = _any(
    r"\bwill (?:be retried|keep trying|be re-?sent|try again|retry|continue)",
    r"\bcontinue to (?:try|attempt|be made)", r"\b(?:not|hasn't|n't)\b[^.\n]{0,25}\byet been (?:delivered|sent)",
    r"\bnot been delivered (?:yet|for|after)", r"\bdelivery\b[^.\n]{0,60}\b(?:delayed|postponed|deferred)",
    r"\b(?:been|is) (?:delayed|postponed|deferred)", r"\bwarning message only\b", r"\bjust a warning\b",
    r"\bdo(?:es)? not need to (?:resend|re-send|take any|do)", r"\bno action is required",
    r"\bis still being (?:retried|tried)", r"\bstill (?:in|on) (?:the|our) queue",
    r"\bdelivery attempts will continue", r"\bretried (?:until|for)", r"\bkeep trying", r"\bforsink", r"\bforseink",
    r"\bennå ikke (?:levert|blitt)", r"\bprøve[rs]? (?:\w+ ){0,3}igjen", r"\bstadig\w*.{0,20}forsøg", r"\bfördröj",
    r"\bförsen", r"\bännu inte", r"\bviiväst|\bviivästy", r"\bvielä\b[^.\n]{0,20}\btoimit", r"\bverzögert",
    r"\bnoch nicht (?:zugestellt|ausgeliefert)", r"\bretardé|\bdifféré", r"\bretrasad", r"\britardat", r"\bvertraagd",
    r"遅延|遅れて", r"задерж",
)  # fmt: skip
"""A sentence that says that the server goes on trying."""

FINAL = _any(
    r"\bpermanent", r"\bgiv(?:en|ing) up\b", r"\bnot (?:going to )?(?:try|be retried|retry)",
    r"\bno (?:further|more)\b[^.\n]{0,20}\battempt", r"\bwill not\b[^.\n]{0,15}\b(?:try|retr|attempt)",
    r"\bfatal errors?\b", r"\bdelivery (?:has )?failed\b", r"\bendgültig", r"\bgitt opp\b", r"\bgiver? op\b",
)  # fmt: skip
"""A sentence that says that it has stopped trying."""

REASON = _any(
    STATUS.pattern,
    SMTP_ERROR.pattern,
    r"\b(?:unknown|no such|not found|n[o']t exist|invalid|not known|full|quota|exceed\w*|disabled|inactive"
    r"|unavailable|unreachable|rejected|refused|denied|not (?:listed|recogni[sz]ed|local|allowed|permitted"
    r"|registered)|timed? ?out|expired|blocked|suspended|fail(?:s|ed|ure)?|error|lookup|deactivated|no mailbox"
    r"|no account|undeliverable|over ?quota|bad|misrouted|loop|doesn't have|not a valid|can't accept"
    r"|cannot be delivered|could not)\b",
    r"\b(?:ukjent|ukendt|okänd|finnes ikke|finst ikkje|findes ikke|finns inte|fullt|full|avvist|afvist|unbekannt"
    r"|voll|abgelehnt|tuntematon|täynnä|inconnu|n'existe pas|desconocid|no existe|sconosciut|onbekend)",
)  # fmt: skip
"""What is said of an address that did not take a mail."""

CONTACT = _any(
    r"\bcontact", r"\bassist", r"\bhelp ?desk", r"\bsupport\b", r"\bquestions?\b", r"\bhelp\b", r"\bdetails about\b",
    r"\b(?:please|kindly|further|should|may|can|want to|wish to)\b[^.\n]{0,60}\b(?:send|write|forward|reply"
    r"|e-?mail|mail|call|report)\b",
    r"\bcomplain", r"\breport (?:this|the|a) problem", r"\bunsubscribe", r"\babuse\b", r"\b(?:ta )?kontakt",
    r"\bhenvend", r"\bbrukerstøtte", r"\bbrukarstøtte", r"\bspørsmål", r"\bspørgsmål", r"\bhjelp", r"\bhjælp",
    r"\bfrågor", r"\bhjälp", r"\byhteyttä", r"\bwenden sie sich", r"\bfragen\b", r"\bhilfe\b", r"\baide\b",
    r"\bassistance", r"\bayuda\b", r"\bassistenza", r"問い?合わ?せ", r"\bhulp\b",
)  # fmt: skip
"""What stands before the address of somebody who can help."""

NOT_FAILING = re.compile(
    r"(?:^[\s>*|]*(?:from|sender|mail[ -]?from|return-path|reply-to|message[- ]?id|originator|x-[\w-]+|id"
    r"|server|reporting[\w-]*|"
    r"generating server|errors-to|fra|frå|von|från|de|da|od|от|lähettäjä|avsender|absender|avsändare"
    r"|expéditeur|remitente|"
    r"mittente|発信者|送信者|差出人)(?:[ -]?address)?\s*[:=]|##\s?rfc822;|\b(?:from|by"
    r"|expanded from:?|fra|von|från|sender)\s*)[\s<\"'(\[]*$",
    re.IGNORECASE,
)
"""What stands before an address that is not the one that failed."""

RECIPIENT = re.compile(
    r"\b(?:rcpt to|recipients?(?:'s)?(?: (?:address|name))?|address(?:ed)?(?: (?:to|of|is))?"
    r"|users?(?: ?name)?|mailbox(?: of| for)?|"
    r"(?:deliver\w*|sen[dt]|message|mail|e-?mail|reach\w*|relay\w*|transmission)(?: \w+){0,4} (?:to|for)"
    r"|undeliverable(?: to)?|"
    r"error-for|account|smtp|rfc822|mottaker\w*|mottakar\w*|modtager\w*|mottagar\w*|adressat\w*"
    r"|empfänger\w*|an die adresse|"
    r"destinat\w+|vastaanottaj\w*|ontvanger)[\s:：=;,<\"'(\[–-]*$|(?:宛先|受信者|アドレス)[\s:：=<\"'(\[]*$",
    re.IGNORECASE,
)
"""What stands before an address that a mail went to."""

TOWARDS = re.compile(r"\b(?:to|for|til|till|an|à|a|para|voor|per)[\s:<\"'(\[]+$", re.IGNORECASE)
REFUSED_BY_CODE = re.compile(r"[45][0-5][0-9][ -](?:#?[45]\.[0-9]{1,3}\.[0-9]{1,3}[ :-]+)?[<\"']?$")

COPY = re.compile(
    r"[\s>*=_|#~+-]*(?:"
    r"(?:[^\n]{0,40}\b)?copy of (?:the|your|this)(?: \w+){0,2} (?:message|mail|e-?mail)\b[^\n]{0,120}"
    r"|(?:the )?(?:start of )?(?:original|returned|unsent|undelivered|old) (?:message|mail|e-?mail)\b[^\n]{0,60}"
    r"|(?:the )?header of the original message[^\n]{0,40}|message (?:headers?|text|contents?) follows?\b[^\n]{0,40}"
    r"|(?:original )?(?:message )?headers?(?: follows?)?|your (?:original )?(?:message|mail) (?:reads"
    r"|follows|read)\b[^\n]{0,60}"
    r"|included is a copy[^\n]{0,80}|(?:the )?headers? of (?:your|the) (?:message|mail)[^\n]{0,40}"
    r"|non-delivered information"
    r"|opprinnelig(?:e)? (?:melding|e-post)[^\n]{0,40}|opphav(?:e)?leg melding[^\n]{0,40}|kopi av meldingen?[^\n]{0,40}"
    r"|(?:ursprüngliche|originale?) (?:nachricht|meldung|mail|message)[^\n]{0,40}|ursprungligt meddelande[^\n]{0,40}"
    r"|oprindelig (?:meddelelse|besked)[^\n]{0,40}|alkuperäi\w+ viesti\w*[^\n]{0,40}"
    r"|en-têtes? (?:de message|d'origine)[^\n]{0,60}"
    r"|mensaje original[^\n]{0,40}|message d'origine[^\n]{0,40}|元のメッセージ[^\n]{0,40}"
    r")[\s*=_|#~+:.-]*",
    re.IGNORECASE,
)
"""A line behind which the returned mail stands."""

COPIED_FIELD = re.compile(
    r"[>|\s]{0,8}(?:Received|Return-Path|DKIM-Signature|MIME-Version|ARC-Seal|X-Received|X-Originating-IP)\s?:"
)
ANSWER = re.compile(
    r"\s*(?:\[[^\[\]]{1,40}\]\s*){0,5}(?:re|sv|vs|fwd?|aw|wg|ang|antw|svar|vedr|vb|vl|videresend\w*|tr|rv"
    r"|res|enc|odp|pd|ynt)"
    r"\s?(?:[\[(]\d{1,3}[\])])?\s?[:：]",
    re.IGNORECASE,
)
"""A subject of somebody who answered or forwarded a mail."""

SERVICES = re.compile(
    r"(?:post[_-]?master|mail(?:er)?-?daemon|hostmaster|webmaster|abuse|support|help[_-]?desk"
    r"|admin(?:istrator)?|no-?reply|root|"
    r"brukerstotte|brukerstøtte|it-?support|security|noc|spam)",
    re.IGNORECASE,
)
"""Names of those who look after a server: in a server's letter they are told to ask, not told to have failed."""
