"""The text of a rich text body as Outlook sends it in TNEF: decompressed, and its words taken out (MS-OXRTFCP)."""

import re
from dataclasses import dataclass, field

from inboxd.mail.charset import decode_octets

MAX_RTF = 1_000_000
"""Octets of RTF that are read; it is decompressed no further."""

DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20"
    b"\\b\\i\\u\\tab\\tx"
)
"""What every compressed text may refer to from its beginning (MS-OXRTFCP 2.1.2.1)."""

WINDOW = 4096
REFERENCE = 2
"""Octets of a reference into the window."""

TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?[0-9]{1,9})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|[\r\n]+|[^\\{}\r\n]+", re.DOTALL
)
BREAKS = {b"par": "\n", b"line": "\n", b"row": "\n", b"tab": "\t", b"cell": "\t"}
SIGNS = {
    b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•", b"endash": "–",
    b"emdash": "—",
}  # fmt: skip
UNSEEN = frozenset(
    {b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"header", b"footer", b"generator"}
)
"""Destinations whose text is none of the reader's; `\\*` marks all others."""


def decompress(octets: bytes) -> bytes:
    """Return the RTF in a PidTagRtfCompressed value, as far as it can be read."""
    content = octets[16:]
    if octets[8:12] == b"MELA":
        return content[:MAX_RTF]
    if octets[8:12] != b"LZFu":
        return b""
    out = bytearray(DICTIONARY)
    end = len(DICTIONARY) + min(int.from_bytes(octets[4:8], "little"), MAX_RTF)
    at = 0
    while at < len(content) and len(out) < end:
        control, at = content[at], at + 1
        for bit in range(8):
            if not control >> bit & 1:
                out += content[at : at + 1]
                at += 1
            elif not _copy(out, content[at : at + 2]):
                return bytes(out[len(DICTIONARY) : end])
            else:
                at += 2
    return bytes(out[len(DICTIONARY) : end])


def _copy(out: bytearray, reference: bytes) -> bool:
    """Repeat what a reference points at in the window; say False where the text ends."""
    value = int.from_bytes(reference, "big")
    place, length = value >> 4, (value & 0xF) + 2
    distance = (len(out) - place) % WINDOW
    if len(reference) < REFERENCE or distance == 0 or distance > len(out):
        return False
    for _ in range(length):
        out.append(out[-distance])
    return True


@dataclass(slots=True)
class _Words:
    """What was read so far: text, octets of a charset that go on in the next escape, and which groups are unseen."""

    charset: str = "cp1252"
    pieces: list[str] = field(default_factory=list)
    octets: bytearray = field(default_factory=bytearray)
    hidden: list[bool] = field(default_factory=lambda: [False])
    fallback: int = 0

    def say(self, text: str) -> None:
        """Add text behind what the octets say."""
        if self.octets:
            self.pieces.append(decode_octets(bytes(self.octets), self.charset)[0])
            self.octets.clear()
        self.pieces.append(text)

    def add(self, octets: bytes) -> None:
        """Add octets, without those that only stand in for a sign given by its number."""
        if not self.hidden[-1]:
            self.octets += octets[self.fallback :]
        self.fallback = 0

    def brace(self, brace: bytes) -> None:
        """Open a group, which is as seen as the one around it, or close one."""
        if brace == b"{":
            self.hidden.append(self.hidden[-1])
        elif len(self.hidden) > 1:
            self.hidden.pop()

    def control(self, word: bytes, number: bytes | None) -> None:
        """Follow a control word; those about looks are passed over."""
        if word in UNSEEN:
            self.hidden[-1] = True
        elif word == b"ansicpg" and number:
            self.charset = f"cp{int(number)}"
        elif not self.hidden[-1]:
            self._sign(word, number)

    def _sign(self, word: bytes, number: bytes | None) -> None:
        if word == b"u" and number:
            self.say(chr(int(number) % 0x10000))
            self.fallback = 1
        elif word in BREAKS or word in SIGNS:
            self.say(BREAKS.get(word) or SIGNS[word])


def rtf_text(octets: bytes) -> str:
    """Return the words of RTF; of HTML wrapped in RTF (MS-OXRTFEX) those that a reader of RTF sees."""
    words = _Words()
    for match in TOKEN.finditer(octets, 0, MAX_RTF):
        word, number, escape, sign, brace = match.groups()
        if word:
            words.control(word, number)
        elif escape:
            words.add(bytes.fromhex(escape.decode("ascii")))
        elif brace:
            words.brace(brace)
        elif sign:
            _symbol(words, sign)
        elif not match[0].isspace():
            words.add(match[0])
        else:
            words.add(match[0].strip(b"\r\n"))
    words.say("")
    return "".join(words.pieces).encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()


def _symbol(words: _Words, sign: bytes) -> None:
    """Follow a control symbol: `\\*` hides its group, others are signs or themselves."""
    if sign == b"*":
        words.hidden[-1] = True
    elif sign in b"\\{}":
        words.add(sign)
    elif sign in b"~_\r\n":
        words.add({b"~": b" ", b"_": b"-"}.get(sign, b"\n"))
