"""The fields of a delivery report's second part, as loosely as servers write them (RFC 3464 2, RFC 6533 3)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from inboxd.mail.headers import decode_header
from inboxd.mail.message import ReportedRecipient
from inboxd.mail.structured import keyword, local_part

MAX_RECIPIENTS = 500
MAX_DIAGNOSTIC = 1000
MAX_LINES = 20_000
MAX_VALUE = 4_000

STATUS = re.compile(r"(?<![0-9.])([245])\.([0-9]{1,3})\.([0-9]{1,3})(?![0-9]|\.[0-9])")
SMTP_ERROR = re.compile(r"(?<![0-9.:/-])([45])[0-5][0-9](?=[ -])")

ADDRESS = re.compile(
    r"(?:\"[^\s<>@\"]{1,64}\"|[^\s<>@,;:\"()\[\]\\|：，。；、（）「」【】“”„«»]{1,64})@\w(?:[\w.-]{0,253}\w)?"
)
"""An address in any script (RFC 6531 3.3), as it stands in a field or in words."""

FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60})[ \t]*:[ \t]*(.*)")
ADDRESS_FIELDS = ("original-recipient", "final-recipient", "x-actual-recipient")
RECIPIENT_FIELDS = frozenset({"original-recipient", "final-recipient"})
KNOWN_FIELDS = RECIPIENT_FIELDS | {"action", "status", "diagnostic-code", "remote-mta", "reporting-mta", "arrival-date"}
"""Fields that are known as such where the whole block is indented."""

OF_A_RECIPIENT = frozenset(
    {"action", "status", "diagnostic-code", "remote-mta", "last-attempt-date", "will-retry-until"}
)
"""Fields that belong to a recipient wherever they stand (RFC 3464 2.3)."""

TYPE_PREFIX = re.compile(r"^\s*[a-z0-9-]{0,40}\s*;\s*", re.IGNORECASE)
PROTOCOL_PREFIX = re.compile(r"^(?:(?:smtp|rfc-?822|mailto)\s*[:;]\s*)+", re.IGNORECASE)
EXCHANGE_DIAGNOSTIC = re.compile(r"#<\s*(.*?)>?\s*(?:#SMTP#)?\s*")
GATEWAY_AND_CODE = re.compile(r"^[^;#]{0,200}#[0-9.]{1,20}\s+(?=\w{1,20};)")
X400_ADDRESS = re.compile(r"(?:rfc-?822|smtp)\s*[=:]\s*([^/;\s]+)", re.IGNORECASE)
QUOTED_ADDRESS = re.compile(r"\"[^\"]{1,64}\"@[^\s<>]{1,255}")
IMCEA = re.compile(r"imcea(?:smtp|rfc822)-([^@]{1,400})@.*", re.IGNORECASE)
DIRECTORY = re.compile(r"imceaex-", re.IGNORECASE)
UNICODE = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
XTEXT = re.compile(r"\+(2B|3D)")
PLUS_HEX = re.compile(r"\+([0-9A-Fa-f]{2})")
LOCAL_NAME = re.compile(r"[\w.+-]{1,64}")

ACTIONS = {"2": "delivered", "4": "delayed", "5": "failed"}
"""What the class of a Status means where no Action says it (RFC 3463 3.1)."""
ACTION_WORDS = (
    ("failed", ("fail", "error", "expire", "undeliver", "bounce", "reject", "refuse", "return")),
    ("delayed", ("delay", "defer", "warn", "retry", "transient")),
    ("delivered", ("deliver", "success")),
    ("relayed", ("relay",)),
    ("expanded", ("expand",)),
)
"""How servers that do not know the RFC's words begin an Action."""

Group = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What the fields say: those about the mail, and one group of fields a recipient; names in lower case."""

    message: Group = field(default_factory=dict)
    recipients: tuple[Group, ...] = ()


def read_fields(text: str) -> Status:
    """Take a text apart into its groups: at blank lines, and where a recipient's field comes again."""
    message: Group = {}
    recipients: list[Group] = []
    for group in _groups(text):
        if not RECIPIENT_FIELDS.isdisjoint(group):
            recipients.append(group)
        elif recipients and _goes_on(recipients[-1], group):
            _add(group, recipients[-1])
        else:
            _add(group, message)
    return Status(message=message, recipients=tuple(recipients[:MAX_RECIPIENTS]))


def _goes_on(recipient: Group, group: Group) -> bool:
    """Say whether a blank line stood inside of a recipient's group: what follows tells of nobody else."""
    named = OF_A_RECIPIENT.intersection(group)
    return "action" not in recipient or (bool(named) and named.isdisjoint(recipient))


def _add(group: Group, into: Group) -> None:
    """Add the fields that are not there yet."""
    for name, value in group.items():
        into.setdefault(name, value)


def _groups(text: str) -> list[Group]:
    groups: list[dict[str, list[str]]] = [{}]
    last: list[str] = []
    for line in text.split("\n", MAX_LINES)[:MAX_LINES]:
        match = FIELD.match(line.strip())
        indented = line[:1] in {" ", "\t"}
        if match and (not indented or match[1].lower() in KNOWN_FIELDS):
            name = match[1].lower()
            if name in RECIPIENT_FIELDS and name in groups[-1]:
                groups.append({})
            last = [match[2]]
            groups[-1].setdefault(name, last)
        elif line.strip():
            last.append(line.strip())
        else:
            groups.append({})
            last = []
    return [{name: _value(lines) for name, lines in group.items()} for group in groups if group]


def _value(lines: Sequence[str]) -> str:
    return " ".join(decode_header(" ".join(lines[:50])[:MAX_VALUE]).split())


def recipients(status: Status, *, otherwise: str, candidates: Sequence[str]) -> tuple[ReportedRecipient, ...]:
    """Return every recipient told.

    `otherwise` is the action where a group has none ("": the group is passed over); `candidates` are addresses that
    the mail went to, which complete a local name without its domain.
    """
    told = (_recipient(group, otherwise, candidates) for group in status.recipients)
    return tuple(recipient for recipient in told if recipient is not None)


def _recipient(group: Group, otherwise: str, candidates: Sequence[str]) -> ReportedRecipient | None:
    address = _choose([read_address(group.get(name, "")) for name in ADDRESS_FIELDS], candidates)
    diagnostic = read_diagnostic(group.get("diagnostic-code", ""))
    code = read_status(group.get("status", ""), diagnostic)
    action = _action(group.get("action", "")) or ACTIONS.get(code[:1], "") or otherwise
    if not address or not action:
        return None
    return ReportedRecipient(address=address, action=action, status=code, diagnostic=diagnostic)


def _choose(addresses: Sequence[str], candidates: Sequence[str]) -> str:
    """Prefer a real address to a name of the server's own: one without domain, or a directory path in a capsule."""
    own = [address for address in addresses if "@" not in address or DIRECTORY.match(address)]
    whole = [address for address in addresses if address not in own]
    named = [address for address in own if address]
    if whole:
        return whole[0]
    return complete(named[0], candidates) if named else ""


def complete(name: str, candidates: Sequence[str]) -> str:
    """Return the one candidate that a local name without domain can mean; the bare name where none can."""
    same = [address for address in candidates if local_part(address) == name.casefold()]
    if same:
        return same[0]
    return candidates[0] if len(candidates) == 1 else name


def read_address(value: str) -> str:
    """Return the address of a recipient field: without its type, brackets and encodings; a bare local name as it is."""
    bare = PROTOCOL_PREFIX.sub("", TYPE_PREFIX.sub("", value, count=1).strip("<> \t'")).strip("<> \t'")
    if x400 := X400_ADDRESS.search(bare):
        bare = x400[1].replace("(a)", "@")
    bare = _decoded(UNICODE.sub(_character, XTEXT.sub(lambda m: chr(int(m[1], 16)), bare)))
    if DIRECTORY.match(bare):
        return bare
    if quoted := QUOTED_ADDRESS.match(bare):
        return quoted[0]
    if found := ADDRESS.search(bare):
        return found[0]
    name = bare.partition(" ")[0].strip("<>\"'")
    return name if LOCAL_NAME.fullmatch(name) else ""


def _character(match: re.Match[str]) -> str:
    number = int(match[1], 16)
    valid = number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF  # noqa: PLR2004 # Unicode's own limits
    return chr(number) if valid and number >= 0x20 else match[0]  # noqa: PLR2004 # no control characters


def _decoded(address: str) -> str:
    """Take the address out of Exchange's capsule for one of another system."""
    inside = IMCEA.fullmatch(address)
    return PLUS_HEX.sub(lambda m: chr(int(m[1], 16)), inside[1]) if inside else address


def read_diagnostic(value: str) -> str:
    """Return a Diagnostic-Code without its type, and out of what Exchange 2000 wrapped it in."""
    said = TYPE_PREFIX.sub("", value, count=1)
    if wrapped := EXCHANGE_DIAGNOSTIC.fullmatch(said):
        said = TYPE_PREFIX.sub("", GATEWAY_AND_CODE.sub("", wrapped[1], count=1), count=1)
    return said.strip()[:MAX_DIAGNOSTIC]


def read_status(value: str, diagnostic: str) -> str:
    """Return a Status code (RFC 3463 2): its own field's, else the diagnostic's; of an SMTP code only its class."""
    for text in (value, diagnostic):
        if found := STATUS.search(text):
            return found[0]
    if code := SMTP_ERROR.match(value) or SMTP_ERROR.search(diagnostic):
        return f"{code[1]}.0.0"
    return ""


def _action(value: str) -> str:
    word = keyword(value)
    return next((action for action, starts in ACTION_WORDS if word.startswith(starts)), "")


def one_each(told: Iterable[ReportedRecipient]) -> tuple[ReportedRecipient, ...]:
    """Keep the failed and the delayed, one each; who failed is not also delayed."""
    kept: dict[str, ReportedRecipient] = {}
    for recipient in sorted(told, key=lambda r: r.action != "failed"):
        if recipient.action in {"failed", "delayed"}:
            kept.setdefault(recipient.address.casefold(), recipient)
    return tuple(kept.values())
