"""Content that holds parts of its own and needs no key: winmail.dat, S/MIME signed in one piece, S/MIME compressed.

What is in it becomes parts below it, numbered behind all others, so that its text is read and its files are
attachments. The content itself stays an attachment too; of a text with uuencoded files only the rest of the text stays.
"""

import re
from dataclasses import replace
from email.utils import encode_rfc2231

from inboxd.mail.formats.cms import cms_content
from inboxd.mail.formats.sniff import FIRST_OCTETS, sniff
from inboxd.mail.formats.tnef import TNEF_TYPES, BrokenTnef, Tnef, TnefFile, unpack
from inboxd.mail.formats.uu_files import UuFile, split_files
from inboxd.mail.headers import to_unicode
from inboxd.mail.mime import Part, content_octets, filename, leaves, walk
from inboxd.mail.structure.entity import Entity, read_entity

TNEF_NAMES = frozenset({"winmail.dat", "win.dat"})
SMIME_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
SMIME_NAMES = (".p7m", ".p7z")
UNTYPED = "application/octet-stream"
MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,80}")

UU_BEGIN = re.compile(rb"begin [0-7]{3}")  # no line start: this way the library looks for the letters alone

MAX_OPENED = 10
"""Parts of a mail that are opened."""

MAX_LAYERS = 3
"""S/MIME in S/MIME that is opened: signed, compressed and signed again is what RFC 8551 3.7 thinks of."""


def is_smime(leaf: Part) -> bool:
    """Say whether a leaf is S/MIME by its type, or by its name where no type says anything."""
    named = leaf.content_type == UNTYPED and (filename(leaf.message) or "").lower().endswith(SMIME_NAMES)
    return leaf.content_type in SMIME_TYPES or named


def is_tnef(leaf: Part) -> bool:
    """Say whether a leaf is TNEF by its type or name."""
    return leaf.content_type in TNEF_TYPES or (filename(leaf.message) or "").lower() in TNEF_NAMES


def open_parts(root: Part) -> tuple[Part, tuple[str, ...]]:
    """Return the tree with what can be opened opened, and what was wrong in words."""
    defects: list[str] = []
    left = MAX_OPENED
    root = _with_uu_files(root)
    for layer in range(MAX_LAYERS + 1):
        wanted = is_smime if layer < MAX_LAYERS else is_tnef
        closed = [leaf for leaf in leaves(root) if not (leaf.parts or leaf.is_body) and wanted(leaf)]
        if len(closed) > left:
            defects.append(f"attachments: no more than {MAX_OPENED} parts are opened")
        root = _with_opened(root, closed[:left], defects)
        left -= min(left, len(closed))
    return root, tuple(dict.fromkeys(defects))


def _with_uu_files(root: Part) -> Part:
    """Return the tree with the files in plain texts taken out of them."""
    opened: dict[int, Part] = {}
    following = max(_numbers(root)) + 1
    for leaf in leaves(root):
        if leaf.is_body and leaf.place == "among" and UU_BEGIN.search(leaf.message.body):
            text, files = split_files(content_octets(leaf.message))
            if files:
                opened[leaf.number] = _text_and_files(leaf, text, files, following)
                following += len(files)
    return _replaced(root, opened) if opened else root


def _text_and_files(leaf: Part, text: bytes, files: tuple[UuFile, ...], first: int) -> Part:
    """Return a text and the files that were in it as the parts of multipart/mixed."""
    rest, whole = Entity(memoryview(text)), Entity()
    rest["Content-Type"] = str(leaf.message.get("Content-Type", "text/plain"))
    whole["Content-Type"] = "multipart/mixed"
    parts = [replace(leaf, message=rest)]
    for number, file in enumerate(files, first):
        name = to_unicode(file.name.decode("ascii", "surrogateescape"))
        entity = _entity(TnefFile(filename=name, content_type="", content=file.content, content_id=None))
        parts.append(Part(number=number, message=entity, parts=(), root=False, place="attached"))
    for part in parts:
        whole.attach(part.message)
    return replace(leaf, message=whole, parts=tuple(parts))


def _with_opened(root: Part, closed: list[Part], defects: list[str]) -> Part:
    """Return the tree with these leaves opened, where there is anything in them."""
    if not closed:
        return root
    opened: dict[int, Part] = {}
    has_body = any(leaf.is_body and leaf.message.body.tobytes().strip() for leaf in leaves(root))
    following = max(_numbers(root)) + 1
    for leaf in closed:
        parts = _smime(leaf, following, defects) if is_smime(leaf) else _tnef(leaf, following, defects, has_body)
        if parts:
            opened[leaf.number] = replace(leaf, parts=parts)
            following = max(number for part in parts for number in _numbers(part)) + 1
    return _replaced(root, opened)


def _numbers(part: Part) -> list[int]:
    return [part.number, *(number for child in part.parts for number in _numbers(child))]


def _replaced(part: Part, opened: dict[int, Part]) -> Part:
    if part.number in opened:
        return opened[part.number]
    return replace(part, parts=tuple(_replaced(child, opened) for child in part.parts)) if part.parts else part


def _smime(leaf: Part, first: int, defects: list[str]) -> tuple[Part, ...]:
    """Return the mail inside S/MIME content as one part; none where there is none that is readable."""
    content = cms_content(content_octets(leaf.message))
    if content is None:
        return ()
    inner = read_entity(content)
    defects += inner.met
    return (walk(inner, first),)


def _tnef(leaf: Part, first: int, defects: list[str], has_body: bool) -> tuple[Part, ...]:
    """Return the files of winmail.dat as parts, behind its text where the mail has no other."""
    try:
        tnef = unpack(content_octets(leaf.message))
    except BrokenTnef:
        defects.append("tnef: it cannot be read")
        return ()
    defects += tnef.defects
    entities = [_entity(file) for file in tnef.files]
    texts = [] if has_body or not tnef.text.strip() else [_text(tnef)]
    parts = [Part(number=0, message=entity, parts=(), root=True) for entity in texts]
    parts += [Part(number=0, message=entity, parts=(), root=False, place="attached") for entity in entities]
    return tuple(replace(part, number=number) for number, part in enumerate(parts, first))


def _text(tnef: Tnef) -> Entity:
    entity = Entity(memoryview(tnef.text.encode("utf-8", "replace")))
    entity["Content-Type"] = f"text/{'html' if tnef.is_html else 'plain'}; charset=utf-8"
    return entity


def _entity(file: TnefFile) -> Entity:
    """Return a file as the leaf it would be in a mail."""
    known = MEDIA_TYPE.fullmatch(file.content_type) and not file.content_type.startswith(("multipart/", "message/"))
    media_type = file.content_type if known else sniff(bytes(file.content[:FIRST_OCTETS])) or UNTYPED
    name = f"; filename*={encode_rfc2231(file.filename, 'utf-8')}" if file.filename else ""
    entity = Entity(memoryview(file.content))
    entity["Content-Type"] = media_type
    entity["Content-Disposition"] = f"{'inline' if file.content_id else 'attachment'}{name}"
    if file.content_id:
        entity["Content-ID"] = f"<{file.content_id}>"
    return entity
