"""What is read of a mail's header blocks and no more, so that no mail costs more than a known time (T20, T21)."""

from typing import TypeAlias

Field: TypeAlias = "tuple[str, str]"

MAX_HEADER_BLOCK = 100_000
"""Octets of a mail's header fields that are kept (Postfix keeps 102,400 of each)."""

MAX_BLOCK_READ = 1_000_000
"""Octets of a header block that are looked at, to find the fields that matter among too many."""

MAX_LONG_FIELD = 10_000
"""Octets that are kept of each field where they are too many together: of References the last ones, as they count."""

MAX_HEADERS = 1_000
MAX_PART_HEADER = 10_000
"""Octets of the header block of a part."""

MAX_PART_HEADERS = 100
MAX_PARAMETERS = 60
"""Parameters of one Content-Type or Content-Disposition: reading them is quadratic in the library."""

MAX_PARAMETER_FIELD = 5_000
"""Octets of one such field; the longest file name, encoded twice, takes half of it."""

MAX_DEPTH = 30
MAX_PARTS = 500

MATTERS = frozenset(
    {"from", "sender", "reply-to", "return-path", "subject", "date", "message-id", "in-reply-to", "references",
     "mime-version", "content-type", "content-transfer-encoding", "auto-submitted", "precedence", "list-id"}
)  # fmt: skip
"""Fields that are kept before any others where there are too many."""

ADDRESSES = frozenset({"to", "cc"})
"""Fields that are long where people write to many."""


def within_limits(fields: list[Field], octets: int) -> tuple[list[Field], tuple[str, ...]]:
    """Return the fields of a mail's header block of so many octets within the limits, and the limits they met.

    Long fields are shortened first: a long thread or a chatty relay is no bomb, and then no limit was met.
    """
    met = []
    if octets > MAX_HEADER_BLOCK:
        fields = [(name, _shortened(name, value)) for name, value in fields]
        if octets > MAX_BLOCK_READ or _size(fields) > MAX_HEADER_BLOCK:
            met.append(f"limit: the header block has more than {MAX_HEADER_BLOCK} octets")
            fields = _chosen(fields, MAX_HEADERS)
    if len(fields) > MAX_HEADERS:
        met.append(f"limit: more than {MAX_HEADERS} header fields")
        fields = _chosen(fields, MAX_HEADERS)
    return fields, tuple(met)


def with_bounded_parameters(field: Field) -> Field:
    """Return a field, one with parameters cut to as many as are read."""
    name, value = field
    if len(value) > MAX_PARAMETER_FIELD or value.count(";") > MAX_PARAMETERS:
        return name, ";".join(value[:MAX_PARAMETER_FIELD].split(";", MAX_PARAMETERS)[:MAX_PARAMETERS])
    return field


def _shortened(name: str, value: str) -> str:
    if len(value) <= MAX_LONG_FIELD or name.lower() in ADDRESSES:
        return value
    return value[-MAX_LONG_FIELD:] if name.lower() == "references" else value[:MAX_LONG_FIELD]


def _size(fields: list[Field]) -> int:
    return sum(len(name) + len(value) + 4 for name, value in fields)


def _chosen(fields: list[Field], most: int) -> list[Field]:
    """Return the fields that matter and then as many others as there is room for, in their order."""
    by_weight = sorted(range(len(fields)), key=lambda at: fields[at][0].lower() not in MATTERS)
    room, chosen = MAX_HEADER_BLOCK, []
    for at in by_weight[:most]:
        room -= _size([fields[at]])
        if room >= 0:
            chosen.append(at)
    return [fields[at] for at in sorted(chosen)]
