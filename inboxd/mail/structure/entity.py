"""The tree of a mail's entities, read from its octets in one pass (RFC 5322 2.1, RFC 2046 5.1).

An entity is a message of the standard library with the policy compat32, for its fields and their parameters; but its
body stays where it lies, and is decoded when somebody asks. The library's own parser makes a text of the octets, and a
string of every line: for a mail of 34 MB half a gigabyte.
"""

import email.errors
import email.policy
import re
from email.message import Message
from typing import TYPE_CHECKING, Any, cast

from inboxd.mail.structure.boundary import guess_boundary, lost_boundary
from inboxd.mail.structure.header_block import LINE_END, HeaderBlock, read_header_block
from inboxd.mail.structure.limits import (
    MAX_BLOCK_READ,
    MAX_DEPTH,
    MAX_HEADER_BLOCK,
    MAX_HEADERS,
    MAX_PART_HEADER,
    MAX_PART_HEADERS,
    MAX_PARTS,
    Field,
    with_bounded_parameters,
    within_limits,
)
from inboxd.mail.structure.prelude import without_prelude
from inboxd.mail.structure.transfer import encoding_name, undo

MAX_BOUNDARY = 200
"""Octets of a boundary; RFC 2046 5.1.1 allows 70."""

BLANK_LINE = 2
"""Octets of the empty line behind a header block, which must be seen to tell that the block ends there."""

MAX_GROUPS = 1_001
"""Groups of fields in a delivery report: one about the mail, and one for each of so many recipients."""

BLANKS = re.compile(rb"[\r\n]*")
LINE_ENDS = re.compile(r"[\r\n]+")
MEDIA_TYPE = re.compile(r"[\w.+-]{1,80}/[\w.+-]{1,100}")
PLAIN_WORD = re.compile(r"\s*(?:application|image|audio|video)\b", re.IGNORECASE)
BOUNDARY = re.compile(r"boundary\s*=\s*(?:\"([^\"]*)\"|([^\s;\"]+))", re.IGNORECASE)

if TYPE_CHECKING:
    Base = Message[str, str]
else:
    Base = Message


class Entity(Base):
    """An entity. `body` are the octets behind its header block as sent, its parts included; `met` the limits it met.

    `taken_for` is the media type that it has by its content, whatever its header says.
    """

    def __init__(self, body: "memoryview[int] | None" = None) -> None:
        super().__init__(email.policy.compat32)
        self.body = body if body is not None else memoryview(b"")
        self.body_at = 0
        self.met: list[str] = []
        self.mended = False
        self.taken_for: str | None = None
        self._first: dict[str, str] | None = None
        self._content_type: str | None = None

    def get(self, name: str, failobj: Any = None) -> Any:
        """Return a field's first value as the library does, by looking it up once it has been asked for any."""
        if self._first is None:
            self._first = {key.lower(): str(value) for key, value in reversed(list(self.raw_items()))}
        value = self._first.get(name.lower())
        return failobj if value is None else value if value.isascii() else super().get(name)

    def replace_header(self, _name: str, _value: Any) -> None:
        """Put another value in the place of a field's first one."""
        super().replace_header(_name, _value)
        self._first = self._content_type = None

    def get_content_type(self) -> str:
        """Return the media type in lower case without what was written behind it, the default one where there is none.

        RFC 2045 5.2 makes plain text of what has no slash; of "application-x-gzip" it is not.
        """
        if self.taken_for is not None:
            return self.taken_for
        if self._content_type is None:
            found = MEDIA_TYPE.match(super().get_content_type())
            declared = str(self.get("Content-Type", ""))
            is_file = "/" not in declared.partition(";")[0] and PLAIN_WORD.match(declared) is not None
            self._content_type = "application/octet-stream" if is_file else found[0] if found else "text/plain"
        return self._content_type

    def set_default_type(self, ctype: str) -> None:
        """Say what an entity without a Content-Type is."""
        super().set_default_type(ctype)
        self._content_type = None

    def content(self, most: int | None = None) -> bytes:
        """Return the body with its transfer encoding undone; with `most` about so many octets of it."""
        encoding = encoding_name(str(self.get("Content-Transfer-Encoding", "")))
        return undo(bytes(self.body if most is None else self.body[: 2 * most]), encoding)[:most]


def read_entity(octets: bytes) -> Entity:
    """Return the tree of a mail in RFC 5322 octets; never raises, whatever they are. `met` of the root has all limits.

    Multiparts are taken apart. Of an enclosed message the header is read and the body left as it is, and a delivery
    report is split in its groups of fields.
    """
    sound, mended = without_prelude(octets)
    reading = _Reading(sound)
    reading.root.mended = mended
    reading.enter(0)
    while reading.open and reading.step():
        continue
    return reading.end()


class _Reading:
    """One pass over the octets: the multiparts that are open, outermost first, and the leaf in hand."""

    def __init__(self, octets: bytes) -> None:
        self.octets = octets
        self.line_start = rb"[\r\n]" if b"\r--" in octets else rb"\n"
        self.root = Entity()
        self.at = 0
        self.parts = 0
        self.open: list[tuple[bytes, Entity]] = []
        self.leaf: Entity | None = None
        self.delimiters: list[re.Pattern[bytes]] = []

    def enter(self, start: int) -> None:
        """Read the header block at `start`; what follows belongs to a new leaf, or to a multipart that is now open."""
        entity = self.root if not self.open else Entity()
        self._read_header(entity, start)
        self.at = max(entity.body_at - 1, 0)
        if self.open:
            self.open[-1][1].attach(entity)
            if self.open[-1][1].get_content_type() == "multipart/digest":
                entity.set_default_type("message/rfc822")
        self.leaf = entity
        if entity.get_content_maintype() == "multipart":
            self._open(entity)
        elif not self.open and entity.get_content_maintype() == "text":
            self._open_lost(entity)

    def _open_lost(self, entity: Entity) -> None:
        """Take a mail for the multipart that its body is, where a gateway lost or changed its Content-Type."""
        boundary = lost_boundary(self.octets, entity.body_at)
        if boundary:
            entity.taken_for = "multipart/mixed"
            entity.defects.append(email.errors.NoBoundaryInMultipartDefect())
            self._go_into(boundary, entity)

    def _go_into(self, boundary: bytes, entity: Entity) -> None:
        self.open.append((boundary, entity))
        self.leaf = None
        self.delimiters.append(self._delimiter())

    def _open(self, entity: Entity) -> None:
        boundary = _boundary(entity)
        if not self.open and (not boundary or b"--" + boundary not in self.octets):
            boundary = self._mend_boundary(entity) or boundary
        if len(self.open) >= MAX_DEPTH:
            self._meet(f"parts in parts, more than {MAX_DEPTH} deep")
            self.leaf = None
        elif boundary:
            self._go_into(boundary, entity)
        else:
            entity.defects.append(email.errors.NoBoundaryInMultipartDefect())

    def _mend_boundary(self, entity: Entity) -> bytes:
        """Return the boundary that the mail has instead of the declared one, and note that it was not declared."""
        boundary = guess_boundary(self.octets, entity.body_at)
        if boundary:
            entity.defects.append(email.errors.StartBoundaryNotFoundDefect())
        return boundary

    def step(self) -> bool:
        """Go on to the next delimiter of an open multipart; say whether there is one, and it may be read."""
        found = self.delimiters[-1].search(self.octets, self.at)
        if found is None:
            return False
        boundary, last = found[1], found[2]
        depth = max(at for at, (name, _) in enumerate(self.open) if name == boundary)
        self._leave(self._before(found.start()), depth + (0 if last else 1))
        self.at = found.end()
        if last:
            return True
        self.parts += 1
        if self.parts > MAX_PARTS:
            self._meet(f"more than {MAX_PARTS} parts")
            return False
        line_end = LINE_END.match(self.octets, self.at)
        self.enter(line_end.end() if line_end else self.at)
        return True

    def end(self) -> Entity:
        """Return the root, everything that is still open ended with the octets."""
        end = len(self.octets)
        for _, entity in self.open:
            defect = email.errors.CloseBoundaryNotFoundDefect if entity.is_multipart() else None
            entity.defects.append((defect or email.errors.StartBoundaryNotFoundDefect)())
        self._leave(self.at if self.parts > MAX_PARTS else end, 0)
        return self.root

    def _leave(self, end: int, depth: int) -> None:
        """End the leaf in hand and the multiparts deeper than `depth`."""
        if self.leaf is not None:
            _end_body(self.leaf, self.octets, end)
        self.leaf = None
        for _, entity in self.open[depth:]:
            _end_body(entity, self.octets, end)
        del self.open[depth:], self.delimiters[depth:]

    def _delimiter(self) -> re.Pattern[bytes]:
        """Return what finds the delimiters of all that is open: the library's engine passes over all other lines."""
        names = b"|".join(re.escape(name) for name, _ in reversed(self.open))
        return re.compile(self.line_start + rb"--(" + names + rb")(--)?[ \t]*(?=[\r\n]|\Z)")

    def _before(self, line_end: int) -> int:
        """Return where the content ends: the line break before a delimiter belongs to it (RFC 2046 5.1.1)."""
        return line_end - 1 if self.octets[line_end - 1 : line_end + 1] == b"\r\n" else line_end

    def _meet(self, limit: str) -> None:
        self.root.met.append(f"limit: {limit}")

    def _read_header(self, entity: Entity, start: int) -> None:
        """Read the header block at `start` into an entity: of a part no further than to the next delimiter."""
        if not self.open:
            _read_mail_header(entity, self.octets, start, len(self.octets))
            return
        stop = min(start + MAX_HEADER_BLOCK, len(self.octets))
        following = self.delimiters[-1].search(self.octets, start - 1, stop)
        stop = max(self._before(following.start()), start) if following else stop
        window = MAX_PART_HEADER + BLANK_LINE + 1  # one more, or a line end that begins at its edge would fit in
        block = read_header_block(self.octets, start, stop, window=window, most=MAX_PART_HEADERS)
        if block.length > MAX_PART_HEADER + BLANK_LINE:
            self._meet(f"a part's header has more than {MAX_PART_HEADER} octets")
        _fill(entity, block, block.fields)


def _read_mail_header(entity: Entity, octets: bytes, start: int, stop: int) -> None:
    block = read_header_block(octets, start, stop, window=MAX_BLOCK_READ, most=MAX_BLOCK_READ)
    fields, met = within_limits(block.fields, block.length)
    entity.met += met
    _fill(entity, block, fields)


def _fill(entity: Entity, block: HeaderBlock, fields: list[Field]) -> None:
    entity.body_at = block.body_at
    entity.defects += block.defects
    for name, value in fields:
        has_parameters = name[:8].lower() == "content-"
        entity.set_raw(*(with_bounded_parameters((name, value)) if has_parameters else (name, value)))


def _boundary(entity: Entity) -> bytes:
    """Return the boundary of a multipart, b"" where it has none that can be used."""
    value = next((str(value) for name, value in entity.raw_items() if name.lower() == "content-type"), "")
    found = BOUNDARY.search(value)
    other = None if found else entity.get_param("boundary")  # as RFC 2231 has it, its charset of no matter
    boundary = (found[1] or found[2] or "") if found else other[2] if isinstance(other, tuple) else other or ""
    octets = LINE_ENDS.sub("", boundary).rstrip().encode("utf-8", "surrogateescape")
    return octets if len(octets) <= MAX_BOUNDARY else b""


def _end_body(entity: Entity, octets: bytes, end: int) -> None:
    """Give an entity its body, and an enclosing one what is enclosed."""
    stop = max(end, entity.body_at)
    entity.body = memoryview(octets)[entity.body_at : stop]
    if entity.get_content_type() == "message/delivery-status":
        for group in _groups(octets, entity.body_at, stop):
            entity.attach(group)
    elif entity.get_content_maintype() == "message":
        enclosed = Entity()
        block = read_header_block(octets, entity.body_at, stop, window=MAX_HEADER_BLOCK, most=MAX_HEADERS)
        _fill(enclosed, block, block.fields)
        enclosed.body = memoryview(octets)[enclosed.body_at : stop]
        entity.attach(enclosed)


def _groups(octets: bytes, start: int, stop: int) -> list[Entity]:
    """Return the groups of fields in a delivery report's part, each as an entity without a body (RFC 3464 2.1)."""
    groups = []
    for _ in range(MAX_GROUPS):
        start = cast("re.Match[bytes]", BLANKS.match(octets, start, stop)).end()
        if start >= stop:
            break
        group = Entity()
        block = read_header_block(octets, start, stop, window=MAX_PART_HEADER, most=MAX_PART_HEADERS)
        _fill(group, block, block.fields)
        groups.append(group)
        start = block.end
    return groups
