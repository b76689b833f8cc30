"""Senders that are no people: addresses and names that nobody reads, programs, devices, the paths of bulk mail."""

import re

from inboxd.mail.address import Address
from inboxd.mail.machine.fields import bulk_sender, cut
from inboxd.mail.message import ParsedMessage
from inboxd.mail.structured import bare_path, domain_part, local_part

_REFUSALS = (
    r"(?:no|do[-_. ]?not|don[-_.' ]?t|never|not)[-_. ]?(?:repl(?:y|ies|ay)|respon(?:d|se)|answer)",
    r"(?:(?:kan[-_. ]?)?ikk(?:j?)e|ingen)[-_. ]?(?:be)?svar(?:e|es|ast)?", r"svar(?:es|e)?[-_. ]?ikk(?:j?)e",
    r"(?:inte|ej|icke)[-_. ]?svara?", r"svaras?[-_. ]?(?:ej|inte)", r"besvara?s[-_. ]?(?:ej|ikke)",
    r"besvares[-_. ]?ikke",
    r"(?:ei|[aä]l[aä])[-_. ]?vasta(?:a|ta|usta)",
    r"(?:nicht|keine)[-_. ]?(?:be)?antwort(?:en)?", r"ne[-_. ]?pas[-_. ]?r[eé]pondre",
    r"non?[-_. ]?(?:rispondere|responder)",
    r"n[aã]o[-_. ]?responda", r"niet[-_. ]?(?:be)?antwoorden", r"nie[-_. ]?odpowiadaj", r"neodpov[ií]dat",
    r"nobody|dev[-_.]?null|blackhole|unattended|unmonitored",
)  # fmt: skip

NO_REPLY = re.compile(
    rf"(?:.{{1,40}}[-_.+ ])?(?:{'|'.join(_REFUSALS)})(?:[-_.+ ].{{0,64}}|[0-9]{{1,6}}|e?-?mail|e?-?post)?",
    re.IGNORECASE,
)
NO_REPLY_NAME = re.compile(
    rf"(?:.{{1,60}}[-–|_.+:,( ])?(?:{'|'.join(_REFUSALS)})(?:e?-?mail|e?-?post)?\)?(?: ?[-–|(:,@].{{0,60}})?",
    re.IGNORECASE,
)
"""In a name nothing may follow but behind a dash or the like: Reply may be a person's second name."""

NO_REPLY_DOMAIN = re.compile(r"(?:.{1,200}\.)?(?:no-?reply|do-?not-?reply|ikke-?svar)\..{1,200}")

ROBOTS = re.compile(
    r"(?:.{1,40}[-_.+])?(?:notifications?|notifier|notify|varsel|varsling(?:er)?)(?:[-_.+0-9].{0,64})?"
    r"|(?:nagios|icinga|zabbix|munin|prometheus|grafana|alertmanager|cron|crond|cronjob|anacron|logwatch|alerts?"
    r"|smartd"
    r"|root|daemon|www-?data|wwwrun|apache|nginx|httpd|tomcat|jenkins|gitlab|jira|confluence|wordpress|drupal|joomla"
    r"|typo3"
    r"|web-?form|webskjema|kontaktskjema|fax|faks|telefax|efax|voice-?mail|talepost|apcupsd|idrac|qnap|synology"
    r"|veeam|fail2ban|backup|monit|uptime|watchdog|check_?mk|prtg|hylafax|freepbx|certbot|listserv|listproc|majordomo"
    r"|mailman|sympa|ezmlm)"
    r"[0-9]{0,3}|(?:.{1,20}-)?(?:quarantine|spam-?(?:karantene|quarantine|digest|report|rapport))|.{1,40}-digest"
    r"|.{1,40}alerts|(?:.{1,40}[-_.])?(?:dmarc|tls-?rpt)(?:[-_.]?(?:report|rua|noreply|no-reply).{0,40})?"
    r"|(?:scan|scanner|skanner|kopimaskin|kopiator|copier|multifunksjon|scan-?(?:to"
    r"|2)-?e?mail)(?:[-_.0-9].{0,40})?"
    r"|(?:printer|skriver)(?:[-_.]?[0-9]{1,6})?"
    r"|(?:mfp|mfd)[-_.0-9].{0,40}|(?:ups|nas)(?:[-_.][a-z]{1,12})?[-_.]?[0-9]{1,3}|dse_[a-z0-9]{1,6}"
)
"""Local parts that only programs and devices write from: certain enough to say what kind of mail it is."""

ROBOT_NAMES = re.compile(
    r"(?:the )?(?:nagios|icinga ?2?|zabbix|check_?mk|prtg(?: network monitor)?|grafana|jenkins|gitlab|certbot|fail2ban"
    r"|logwatch|freepbx|asterisk(?: pbx)?|cron daemon|mailscanner|hylafax(?: \w{1,12} agent)?|uptimerobot|uptime kuma"
    r"|proxmox(?: .{1,30})?|vzdump backup tool|mdadm monitoring|idrac\S{0,30}|ilo ?[0-9]?[- ]\S{1,40}|apc ups\S{0,20}"
    r"|(?:\S{1,20} ){0,2}(?:spam )?(?:quarantine|karantene|karantän|quarantäne)"
    r"|(?:(?:hp|canon|xerox|ricoh|brother|epson|lexmark|kyocera) )?(?:scanner|skanner|printer|copier|kopimaskin)"
    r"|(?:hp|canon|xerox|ricoh|brother|epson|kyocera|konica minolta) (?:\S{1,20} )?(?:(?:color )?laserjet|officejet"
    r"|pagewide|workcentre|versalink|altalink|aficio|bizhub|taskalfa|ecosys|imagerunner|workforce)(?: \S{1,20}){0,3}"
    r"|microsoft (?:forms|planner|teams|viva|power automate))",
    re.IGNORECASE,
)
"""Names that programs and devices give themselves; nothing may stand beside them."""

INITIALS = re.compile(r"mfp|mfd|ups|nas|dse")
"""Devices, and the initials of people: these want a device's name beside them, or a file and no text."""

DEVICE_NAMES = re.compile(
    r"synology|qnap|diskstation|scan|skann|kopi|copier|printer|skriver|multifun[ck]|apc\b|eaton|konica|ricoh|xerox"
    r"|canon"
    r"|\b(?:nas|ups|mfp|mfd)[-_ ]?[0-9]",
    re.IGNORECASE,
)
UNREAD = re.compile(
    r"postmaster|abuse|owner-.*|.*-(?:owner|request|bounces?)"
    r"|mailer|automat(?:ic|isk)?|auto-?(?:reply|svar|mail|responder)|robot|bot|server|system|alarm|gateway|sms|mms"
    r"|overv[åa]king|monitoring|monitor|newsletters?|nyhetsbrev|news|nyheter|marketing"
    r"|kvittering(?:er)?|receipts?|order-?confirmation|ordrebekreftelse|auto-?confirm|avisering|advis|surveys?"
    r"|unders(?:o|ø|oe)kelser?|mail-?(?:robot|gateway|system)"
)
"""Local parts behind which a person may sit, but an automatic letter does more harm there than good."""

WEB_SERVERS = re.compile(r"www-?data|wwwrun|apache|nginx|httpd|nobody|www")
BULK_PATH = re.compile(
    r"(?:.{1,64}[-_.])?bounces?(?:[-+=._].*)?|msprvs1=.*|bnce?[-+=._].*|b?ounce-mg.*"
    r"|[^=]*[-+][^=]+=[a-z0-9-]+\.[a-z0-9.-]+"
)
FORWARDED_PATH = re.compile(r"srs[01][-+=].*|.*\+srs=.*|(?:prvs|btv1)=.*")
MAX_LOCAL = 256
"""Four times what RFC 5321 4.5.3.1.1 allows; longer ones are nobody's, and time stays bounded."""

NUMBER = re.compile(r"\+?[0-9]{8,15}")
GATEWAYS = re.compile(
    r"(?:.{1,100}\.)?(?:sms|mms|text)(?:gateway|gw)?\..{1,200}|.{0,100}(?:sms|mms)(?:gateway|gw).{0,100}"
)
VIA = re.compile(r"\S.{0,100}\S via \S")


def is_no_reply(address: str) -> bool:
    """Say whether an address says of itself that nobody reads its mail."""
    return (
        NO_REPLY.fullmatch(local_part(address)) is not None
        or NO_REPLY_DOMAIN.fullmatch(domain_part(address)) is not None
    )


def is_robot(address: str) -> bool:
    """Say whether an address is one that only programs and devices write from."""
    return ROBOTS.fullmatch(local_part(address)) is not None


def is_unread(address: str) -> bool:
    """Say whether an address is of a list server, a role or a service whose mail no person waits for."""
    return UNREAD.fullmatch(local_part(address)) is not None


def no_reply_sender(message: ParsedMessage) -> str | None:
    """See a writer whose address, or whose name, says that nobody reads the answers."""
    author = message.author
    if author is None:
        return None
    if is_no_reply(author.address):
        return cut(f"From: {author.address}")
    return cut(f"From: {author.name}") if NO_REPLY_NAME.fullmatch(author.name.strip()[:MAX_LOCAL]) else None


def robot_sender(message: ParsedMessage) -> str | None:
    """See a program's or a device's address as the writer, or a web server's as the path."""
    author = message.author
    if author is not None and (is_robot(author.address) or _is_device(author, message)):
        return cut(f"From: {author.address}")
    if author is not None and ROBOT_NAMES.fullmatch(author.name.strip()[:MAX_LOCAL]):
        return cut(f"From: {author.name}")
    path = bare_path(message.return_path or "")
    return cut(f"Return-Path: <{path}>") if WEB_SERVERS.fullmatch(local_part(path)) else None


def _is_device(author: Address, message: ParsedMessage) -> bool:
    silent = not message.text.strip() and bool(message.attachments)
    hit = INITIALS.fullmatch(local_part(author.address))
    return hit is not None and (silent or DEVICE_NAMES.search(author.name) is not None)


def bulk_path(message: ParsedMessage) -> str | None:
    """See a Return-Path made for this one mailing; what forwarding and tagging servers make of a person's is none."""
    path = bare_path(message.return_path or "").casefold()
    local = local_part(path)
    hit = len(local) <= MAX_LOCAL and BULK_PATH.fullmatch(local) and not FORWARDED_PATH.fullmatch(local)
    return cut(f"Return-Path: <{path}>") if hit else None


def mass_mail(message: ParsedMessage) -> str | None:
    """See a mail that a service sent to many: its field and a Return-Path made for the mailing, both."""
    field, path = bulk_sender(message), bulk_path(message)
    return cut(f"{field}; {path}") if field and path else None


def sms_gateway(message: ParsedMessage) -> str | None:
    """See a telephone number at a gateway: a person may have written, but not in a mailbox."""
    address = message.author.address if message.author else ""
    hit = NUMBER.fullmatch(local_part(address)) and GATEWAYS.fullmatch(domain_part(address))
    return cut(f"From: {address}") if hit else None


def via_name(message: ParsedMessage) -> str | None:
    """See a service that writes in a person's name: Kari via Signering."""
    name = message.author.name if message.author else ""
    return cut(f"From: {name}") if VIA.match(name) else None


def unread_reply_to(message: ParsedMessage) -> str | None:
    """See a Reply-To or a Sender that nobody reads, whoever stands in From."""
    for label, addresses in (("Reply-To", message.reply_to), ("Sender", (message.sender,) if message.sender else ())):
        found = next((a.address for a in addresses if is_no_reply(a.address) or is_robot(a.address)), None)
        if found is not None:
            return cut(f"{label}: {found}")
    return None
