"""How mail servers begin the subjects of what they return or are late with, in the languages that they are set to.

Like all subjects these say nothing alone: people write "Ikke levert: pakken min" too. Anchored behind tags in brackets,
never behind Re: or SV:, for these show that a person answered such a mail.
"""

import re
import unicodedata

MAX_START = 500
"""Characters of a subject that are looked at."""

_TAGS = r"(?:(?:\[[^\[\]]{1,40}\]|\*{2,3}[^*]{1,40}\*{2,3}|warning[:!](?= )|fwd:(?= undeliver)) ?){0,3}\*{0,3}"
"""Blanks stand alone in what is looked at, and no two repetitions here can take the same one."""

_RETURNED = (
    r"undeliver(?:able|ed|y)", r"undelivrable", r"delivery notification", r"un-?deliver(?:able|ed) (?:mail|message)",
    r"returned (?:(?:e-?)?mail|message)", r"(?:(?:e-?)?mail|message) returned",
    r"failure (?:notice|notification|delivery)", r"delivery status noti(?:fication|ce)",
    r"notification d'état de remise",
    r"(?:\w+ )?delivery (?:failure|failed|has failed|report|problems?|error|status|unsuccessful)",
    (r"(?:your |the )?(?:(?:e-?)?mail|message|letter)s? (?:delivery )?(?:has |have )?(?:failed|failure|problem"
     r"|error|bounced|not delivered)"),
    (r"(?:(?:e-?)?mail|message) (?:(?:delivery|system|transfer|transport|routing) )+(?:has )?(?:failed"
     r"|failure|problem|errors?|report)"),
    (r"(?:your |the )?(?:(?:e-?)?mail|message)(?: you sent)?(?: message)? (?:could not|couldn't|cannot|can not"
     r"|was not|has not|not|was unable to) be(?:en)? (?:delivered|sent)"),
    r"(?:your |the )?(?:(?:e-?)?mail|message) (?:was |is )?(?:not delivered|undeliverable|rejected|refused)",
    r"(?:cannot|can't|could not|couldn't|unable to) (?:be )?(?:send|sent|deliver|delivered|process)",
    r"failed (?:mail|message|delivery|to deliver)", r"non-?deliver(?:y|able|ed)", r"non-?delivery report",
    r"\[?ndn\]?\s*[:-]", r"ndr\s*[:-]", r"bounced?(?: ?mail)?[ :!-]", r"\[bounce\]",
    r"(?:there was an )?error sending your mail", r"nondeliverable", r"mail system error",
    r"rejected(?: (?:e-?)?mail)?\s*:", r"automatically rejected mail", r"rejected posting",
    r"(?:(?:e-?)?mail|message) (?:has been |was )?(?:rejected|blocked|refused)", r"user unknown",
    r"unknown (?:user|recipient|address)", r"(?:invalid|unknown) (?:mail )?(?:address|recipient)",
    r"mailbox unavailable", r"address not found", r"returned to sender", r"return(?:ing)? (?:mail|message) to sender",
    r"considered unsolicited bulk (?:e-?)?mail",
    r"(?:virus|banned contents?|spam)\b[^\n]{0,60} in (?:an? )?(?:(?:e-?)?mail|message) (?:from|sent by) you",
    r"(?:(?:e-?)?mail|message) you sent (?:was |has been )?(?:rejected|blocked|refused)",
    r"blocked (?:(?:e-?)?mail|message)", r"problem delivering", r"could not deliver",
    r"message status - undeliverable", r"expired delivery", r"delivery expired",
    r"smtp (?:error|failure)",
    (r"(?:meldinga?|meldingen|e-?posten|e-?post|brevet) ?(?:er |ble |blei |vart |kunne |kan )?(?:ikke"
     r"|ikkje) (?:lever\w*|sendt?)"),
    (r"(?:meldinga?|meldingen|e-?post(?:en)?|mail(?:en)?|brevet|meddelandet|meddelelsen) "
     r"(?:er |ble |blei |vart |blev |har blitt )?(?:avvist|avvisad(?:es)?|avvisat|afvist|stanset|blokkert)"),
    r"(?:kan|kunne) (?:ikke|ikkje) (?:lever\w*|sende\w*)", r"(?:ikke|ikkje) lever\w*",
    r"lever(?:ings|ans)(?:en|a)?[- ]?(?:feil|fejl|fel)\w*", r"ulever\w*", r"mislyk\w* levering",
    r"levering(?:en|a|s)?(?:status)? ?(?:mislyk\w*|feilet|feila|fejlede)",
    r"retur(?:nert|nerad|neret)?[ :-]+(?:e-?post|mail|melding)", r"ikke leveret", r"kunne ikke leveres",
    r"meddelelsen kunne ikke",  # nb, nn, da
    r"(?:kan|kunde|gick) (?:inte|ej) (?:att )?lever\w*", r"(?:går|gick) inte att leverera", r"olever\w*",
    r"ej lever\w*", r"det gick inte att leverera", r"(?:meddelandet|e-posten|brevet) (?:kunde|kan|har) inte",
    r"leveransen misslyckades", r"ej levererbar\w*",  # sv
    r"toimitus(?:virhe|raportti|ilmoitus)", r"toimittaminen (?:epäonnistui|ei onnistu\w*)",
    r"(?:viestiä|sähköpostia) ei (?:voitu|voida|voi)", r"ei voi(?:tu|da)? toimittaa", r"toimitus epäonnistui",
    r"palautettu (?:posti|viesti)", r"ei toimitettavissa", r"toimittamaton",  # fi
    r"unzustellbar\w*", r"nicht (?:zustellbar|zugestellt)\w*",
    r"zustell(?:ung|ungs)?[- ]?(?:fehlgeschlagen|fehler|fehlschlag|problem)\w*",
    r"(?:(?:e-?)?mail |nachricht )?(?:konnte )?nicht zugestellt", r"fehler bei der (?:zustellung|übermittlung)",
    r"rücksendung", r"unzustellbare", r"zustellbenachrichtigung", r"zustellungsfehler", r"mail nicht zustellbar",
    r"e-mail-zustellung fehlgeschlagen", r"(?:(?:e-?)?mail|nachricht) (?:wurde )?(?:abgelehnt|zurückgewiesen)",  # de
    r"non[- ](?:remis|distribu|délivré|livr)\w*",
    r"échec (?:de|d'|lors de) ?(?:la )?(?:remise|livraison|distribution|envoi)",
    r"(?:votre )?message non (?:remis|distribu|délivr)\w*", r"courrier non remis", r"non-remis\w*",
    r"remise impossible", r"notification de non", r"no (?:se puede|se pudo|se ha podido) entregar", r"no entreg\w*",
    r"error (?:de|en la) entrega", r"correo (?:no entregado|devuelto)", r"mensaje no entregado", r"devuelto",
    r"imposible entregar", r"no remitid\w*",  # fr, es
    r"(?:messaggio )?(?:non )?recapit\w* (?:non|fallit|impossib)\w*", r"non recapita\w*",
    r"mancat[ao] (?:recapito|consegna)", r"impossibile recapitare", r"mensagem não entregue",
    r"não é possível entregar", r"não entregue", r"falha (?:na|de) entrega", r"não (?:foi )?(?:possível )?entreg\w*",
    r"onbestelbaar\w*", r"niet (?:bezorgd|afgeleverd|te bezorgen|bestelbaar)", r"bezorging mislukt",
    r"kan niet worden bezorgd", r"niedostarcz\w*", r"nie można dostarczyć", r"nedoručiteln\w*",
    r"kézbesíthetetlen\w*", r"teslim edileme\w*", r"не ?доставлен\w*", r"недоставлен\w*", r"ошибка доставки",
    r"не удается доставить", r"αδύνατη η παράδοση", r"nelze doručit", r"nedoručen\w*", r"nedostavitelné",
    r"配信不(?:能|可)", r"配信(?:に)?失敗", r"配信できませんでした", r"配信エラー", r"送信エラー", r"メールエラー",
    r"メール配信(?:に)?失敗", r"メッセージを配信できません", r"エラーメール",
    r"送達不能", r"無法傳(?:遞|送)", r"无法(?:送达|投递|传递)", r"未傳遞的主旨", r"未送达", r"退信", r"系统退信",
    r"배달되지 않음", r"배달 실패",
)  # fmt: skip

_DELAYED = (
    r"delayed (?:(?:e-?)?mail|message|delivery)", r"delayed\s*:",
    r"(?:(?:e-?)?mail|message|delivery)(?: delivery)? (?:is |has been |was )?(?:delayed|deferred|postponed)",
    r"delivery (?:status noti(?:fication|ce)|report) ?[(:-] ?\(?(?:delay|warning)\w*",
    r"(?:mail |message |e-?mail )?delivery (?:delay|warning|deferred)",
    r"(?:warning: )?(?:your )?(?:(?:e-?)?mail |message )(?:\"?[^\n]{0,60} )?(?:delayed|still (?:in|un)\w*)",
    r"warning: (?:could not|cannot|unable to) send", r"(?:could not|unable to) send message for past",
    r"mail (?:delivery )?warning", r"not (?:yet )?delivered yet",
    r"temporar(?:y|ily) (?:delivery )?(?:failure|delay)", r"delivery (?:temporarily )?(?:suspended|postponed)",
    r"mail still in queue", r"undelivered mail(?: is)? still", r"message still undelivered",
    r"(?:e-?post(?:en)? |meldingen |meldinga )?(?:levering(?:en|a)? )?(?:er )?(?:forsink\w*|forseink\w*)",
    r"forsinket levering",  # nb, nn, da
    r"(?:e-?post(?:en)? |leveransen? )?(?:är )?(?:försenad\w*|fördröjd\w*)", r"fördröjning",
    r"toimitus (?:on )?(?:viiväst\w*|myöhäss\w*)", r"viivästynyt",
    r"(?:zustellung |nachricht |(?:e-?)?mail )?verzöger\w*", r"verspätet\w*",
    r"(?:remise|distribution|message|livraison) (?:retard|différ)\w*", r"retardé",
    r"entrega (?:retrasada|demorada|com atraso|atrasada|diferida)", r"(?:consegna|recapito) ritardat[ao]",
    r"(?:bezorging )?vertraag\w*", r"opóźnion\w*", r"配信(?:が)?(?:遅延|遅れ)\w*", r"遅延",
    r"доставка (?:отложена|задерж)\w*",
    r"задержка", r"传递延迟", r"傳遞延遲", r"配信遅延",
)  # fmt: skip


def _anchored(forms: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"{_TAGS}(?:{'|'.join(forms)})(?![a-zà-öø-ÿ0-9])", re.IGNORECASE)


_FAILED = _anchored(_RETURNED)
_LATE = _anchored(_DELAYED)
_ARRIVED = re.compile(
    r"(?:delivered|relayed|expanded|levert|leveret|levererat|levererad|toimitettu|zugestellt|übermittelt|weitergeleitet"
    r"|remis|entregado|consegnato|bezorgd|afgeleverd|delivery (?:succeeded|confirmation))\s*[:：]",
    re.IGNORECASE,
)
_SUCCEEDED = re.compile(r"[^\n]{0,80}\((?:success(?:ful)?|relay(?:ed)?|delivered|expanded)\)", re.IGNORECASE)


def says_delayed(subject: str) -> bool:
    """Say whether a decoded subject begins like a server's warning that a mail is late."""
    return _LATE.match(_start(subject)) is not None


def says_returned(subject: str) -> bool:
    """Say whether a decoded subject begins like a server's letter that returns a mail."""
    subject = _start(subject)
    return _FAILED.match(subject) is not None and not says_delayed(subject) and _SUCCEEDED.match(subject) is None


def says_arrived(subject: str) -> bool:
    """Say whether a decoded subject begins like a server's letter that a mail has arrived."""
    return _ARRIVED.match(_start(subject)) is not None


def _start(subject: str) -> str:
    """Return the start of a subject, where the forms stand, with single blanks: many of them shall take no time."""
    return unicodedata.normalize("NFC", " ".join(subject[:MAX_START].split()))
