"""Which of the addresses in a server's words are the ones that failed: each is weighed by what stands around it.

No language is parsed. An address that leads its line, that stands behind "recipient" or an SMTP error, or that has a
reason or a colon before it counts up; one behind "from" or "please contact", the server's own and the reader's own
count down.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inboxd.mail.bounce.status_fields import ADDRESS
from inboxd.mail.bounce.words import (
    CONTACT,
    FAILURE,
    NOT_FAILING,
    REASON,
    RECIPIENT,
    REFUSED_BY_CODE,
    SERVICES,
    TOWARDS,
)
from inboxd.mail.structured import local_part

ENOUGH = 3
"""Weight from which an address is taken."""

MAX_ADDRESSES = 1000
NEAR = 100
"""Characters before an address that are looked at."""

LEADS = re.compile(
    r"[\s<>*•·\"'|\[({–-]*(?:[0-9]{1,3}[.)]\s*)?(?:(?:smtp|rfc822|mailto|to)\s*[:;]\s*)?[<\"'\[]*", re.IGNORECASE
)
ENDS = re.compile(r"[>\"'\])}]*\s*(?:$|[:;,(<\[–-]|on |\.{3}|[245][0-9]{2}\b)")
SENTENCE_END = re.compile(r"[.!?:;]\s*$")
LIST_END = re.compile(r"[:：-]\s*$")
BEHIND_COLON = re.compile(r":\s*[<\"']?$")
ADDRESSED = re.compile(
    r"[\s>*|]{0,20}(?:to|cc|bcc|til|kopi|till|kopia|an|à|para|aan|vastaanottaja|宛先)\s{0,10}[:：]", re.IGNORECASE
)
DESCRIBED = re.compile(
    r"[\s>*|]{0,20}(?:subject|sent|date|from|emne|sendt|dato|fra|ämne|skickat|datum|från|betreff|gesendet|von|objet"
    r"|envoyé|asunto|onderwerp|oggetto|aihe|件名)\s{0,10}[:：]",
    re.IGNORECASE,
)
NEIGHBOURS = 5
"""Lines within which a description of the returned mail is whole."""

ALSO = re.compile(
    r"[>\"'\]]*\s*(?:\([^()]{1,80}\)\s*)?(?:[,;&]|(?:and|og|och|und|et|y|e|ja|en)\b)\s*[<\"'\[]*", re.IGNORECASE
)
"""What stands between two addresses of which the same is said."""

CAPSULE = re.compile(r"(?:smtp|rfc-?822|dda)[=:]", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Surroundings:
    """What stands around a line."""

    lead_in_says: bool
    reason_near: bool
    asked_before: bool
    failed_before: bool
    described: bool


def failing_addresses(lines: Sequence[str], own: frozenset[str]) -> list[str]:
    """Return the addresses that failed by these words, in order, each once; `own` are known not to have (lower case).

    Where none weighs enough, one that stands alone with some weight is taken.
    """
    weights: dict[str, int] = {}
    spelled: dict[str, str] = {}
    for address, weight in _weighed(lines, own):
        key = address.casefold()
        spelled.setdefault(key, address)
        weights[key] = max(weight, weights.get(key, weight))
    taken = [spelled[key] for key, weight in weights.items() if weight >= ENOUGH]
    some = [spelled[key] for key, weight in weights.items() if weight > 0]
    return taken or (some if len(some) == 1 else [])


def _weighed(lines: Sequence[str], own: frozenset[str]) -> Iterator[tuple[str, int]]:
    count = 0
    for number, line in enumerate(lines):
        if "@" not in line:
            continue
        around = _surroundings(lines, number)
        before, end = 0, -1
        for match in ADDRESS.finditer(line):
            count += 1
            if count > MAX_ADDRESSES:
                return
            capsule = CAPSULE.match(match[0])
            address = match[0][capsule.end() :] if capsule else match[0].lstrip("'`")
            weight = _weight(match, around) + (3 if capsule else 0)
            weight = max(weight, before) if end >= 0 and ALSO.fullmatch(line, end, match.start()) else weight
            before, end = weight, match.end()
            yield address.rstrip("."), weight + _reputation(address, own)


def _surroundings(lines: Sequence[str], number: int) -> _Surroundings:
    before = [line for line in lines[max(number - 6, 0) : number] if line.strip()][-3:]
    after: list[str] = []
    for line in lines[number + 1 : number + 5]:
        if not line.strip() and after:
            break
        after.append(line)
    above = lines[number - 1] if number else ""
    in_sentence = bool(above.strip()) and (LIST_END.search(above) or not SENTENCE_END.search(above))
    sentence = above if in_sentence else before[-1] if before and LIST_END.search(before[-1]) else ""
    return _Surroundings(
        reason_near=any(REASON.search(text) for text in (lines[number], *after)) or bool(FAILURE.search(lines[number])),
        lead_in_says=any(LIST_END.search(text) or FAILURE.search(text) for text in before),
        asked_before=CONTACT.search(sentence[-NEAR:]) is not None,
        failed_before=FAILURE.search(sentence[-NEAR:]) is not None,
        described=_is_described(lines, number),
    )


def _is_described(lines: Sequence[str], number: int) -> bool:
    """Say whether a line is the To of a description of the returned mail: to whom it went, not who failed."""
    near = lines[max(number - NEIGHBOURS, 0) : number + NEIGHBOURS + 1]
    return ADDRESSED.match(lines[number]) is not None and any(DESCRIBED.match(line) for line in near)


def _weight(match: re.Match[str], around: _Surroundings) -> int:
    line = match.string
    before, after = line[max(match.start() - NEAR, 0) : match.start()], line[match.end() :]
    leads = LEADS.fullmatch(before) is not None
    listed = leads and ENDS.match(after) is not None
    weight = 4 if listed else 2 if leads else 0
    if RECIPIENT.search(before) or REFUSED_BY_CODE.search(before):
        weight += 3
    elif TOWARDS.search(before):
        weight += 2
    elif BEHIND_COLON.search(before) and not leads:
        weight += 1
    if around.reason_near:
        weight += 2
    if listed and around.lead_in_says:
        weight += 1
    weight = min(weight, ENOUGH - 1) if around.described else weight
    return weight - _doubt(before, around, leads=leads)


def _doubt(before: str, around: _Surroundings, *, leads: bool) -> int:
    doubt = 8 if NOT_FAILING.search(before) else 0
    asked = CONTACT.search(before) or (around.asked_before and not FAILURE.search(before))
    return doubt + (6 if asked and not (leads and around.failed_before) else 0)


def _reputation(address: str, own: frozenset[str]) -> int:
    if address.casefold() in own:
        return -9
    return -4 if SERVICES.fullmatch(local_part(address)) else 0
