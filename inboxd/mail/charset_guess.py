"""A guess at the charset of octets that say nothing of it: by what stands beside each other, in a bounded sample.

Western letters stand alone among ASCII ones; Cyrillic, Greek and Hebrew make whole words, and East Asian text comes in
pairs. Each charset is then tried, and the one counts whose text has most of the letters that its language uses most.
"""

import re

WHOLE_WORDS = 2.0
"""Octets behind ASCII in a row, on average, from which on a text is not a western one."""

CERTAIN_WORDS = 3.0
CERTAIN_OCTETS = 12
FEW = 5
"""Different octets, of which a foreign text has more: "æøå" in a mail that tries its letters, and "Hyvää", are none."""

RUN = re.compile(rb"[\x80-\xff]+")
WITH_NEIGHBOURS = re.compile(rb"[A-Za-z]?[\x80-\xff]+[A-Za-z]?")
BETWEEN_LETTERS = re.compile(rb"(?<=[A-Za-z])[\x80-\xff](?=[A-Za-z])")

RUSSIAN = "оеаинтсрвлкмдпу"
FREQUENT = (
    ("cp1251", RUSSIAN, 0.5),
    ("koi8-r", RUSSIAN, 0.45),
    ("iso-8859-5", RUSSIAN, 0.5),
    ("cp866", RUSSIAN, 0.5),
    ("cp1253", "αοιετσνηυρπκμλςό", 0.5),
    ("cp1255", "יוהלאמתרבשנ", 0.5),
    ("cp1256", "اليمنتروبةسعدكفقهحج", 0.7),
    ("cp874", "านรอกเงมยลวดทสตะปบคหีั่้ิืุไแ", 0.7),
    ("cp932", "".join(map(chr, range(0x3041, 0x30FF))) + "、。", 0.3),
    ("euc-jp", "".join(map(chr, range(0x3041, 0x30FF))) + "、。", 0.3),
    (
        "gb18030",
        (
            "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家事成方多经么去"
            "好您请谢问题无法登录帮助，。！？："
        ),
        0.2,
    ),
    (
        "big5hkscs",
        (
            "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家事成方多經麼去"
            "好您請謝問題無法登錄幫助，。！？："
        ),
        0.2,
    ),
    ("cp949", "이다는을가에의고하지로리사자한기어나도서니요안세습해주오있게스아라시전일대인", 0.25),
)
"""Charsets, the letters that are frequent in their languages, and how much of a text these make."""

ALPHABETS = frozenset({"cp1251", "koi8-r", "iso-8859-5", "cp866", "cp1253", "cp1255", "cp1256", "cp874"})
CYRILLIC = frozenset({"cp1251", "koi8-r", "iso-8859-5", "cp866"})
"""Charsets of one octet a letter, in which whole words are written: no ASCII letter stands beside theirs."""

FEW_LETTERS = 10
"""Letters up to which somebody may only be trying those of his keyboard."""

FOREIGN_WORD = re.compile(r"[^\x00-\x7f]+")
RUSSIAN_WORD = re.compile("[А-ЯЁа-яё«»№–—…]?[а-яё«»–—…]*|[А-ЯЁ«»№–—…]+")

NO_HEBREW = re.compile(rb"[\xea\xed\xef\xf3\xf5][\xe0-\xfa]|[\xc0-\xdf\xfb\xfc\xff]")
"""A letter that Hebrew has at the end of a word only, inside one, and octets that are none of its letters: Cyrillic."""

HEBREW_OCTETS = 8

PAIR = re.compile(rb"[\xa1-\xfe][\xa1-\xfe]")
COMMON_PAIRS = range(0xA1, 0xD8)
"""The first octets of the pairs that are in use in China, Korea and Japan alike; rare characters come behind them."""

HANGUL, KANA = range(0xB0, 0xC9), range(0xA4, 0xA6)
KOREAN_PAIRS = 4
"""Syllables in a row that are no accident: half of the Chinese characters stand elsewhere."""

CENTRAL_LETTERS = frozenset("ąćęłńóśźżáčďéěíňřšťúůýžäöüőűăâîşţđ")
TURKISH, ICELANDIC = frozenset(b"\xfd\xfe\xf0"), frozenset(b"\xe1\xe9\xed\xf3\xfa\xe6\xc1\xcd\xd3\xda\xc6")
"""What are ı, ş and ğ in windows-1254, and ý, þ and ð in windows-1252; the vowels that go with the latter."""

NO_LETTERS = frozenset(b"\x9c\x9d\x9f\xb1\xb3\xb6\xb9\xbb\xbc\xbe\xbf")
"""Signs of windows-1252 that are letters of Central Europe; nobody writes them inside a word."""

WESTERN_LETTERS = b"\xe6\xf8\xe5\xe4\xf6\xfc\xe9\xe8\xe1\xdf\xe7\xc6\xd8\xc5\xc4\xd6\xdc"
OTHERS = {"cp865": b"\x9b\x86\x84\x81\x82", "mac-roman": b"\xbe\xbf\x8c"}
"""The octets of æøåäöüé in other western charsets, but for those that stand in words of windows-1252 too."""


def guess_charset(octets: bytes, *, certain: bool = False) -> str:
    """Return the likeliest charset of octets that are no UTF-8: "cp1252" where nothing speaks for another.

    With `certain` only a long run of foreign words counts, as there is another opinion that must be outweighed.
    """
    runs = RUN.findall(octets)
    count = sum(len(run) for run in runs)
    longest = WHOLE_WORDS if not certain else CERTAIN_WORDS
    if not runs or count / len(runs) < longest or (certain and count < CERTAIN_OCTETS):
        return _western(octets, certain=certain)
    words_apart = 4 * sum(min(run[0], run[-1]) < 0x80 for run in WITH_NEIGHBOURS.findall(octets)) <= len(runs)  # noqa: PLR2004
    best, most = "", 1.0
    for codec, letters, share in FREQUENT if len(set(b"".join(runs))) >= FEW else ():
        fits = (words_apart or codec not in ALPHABETS) and (codec != "cp1255" or _is_hebrew(runs))
        text = _decoded(octets, codec) if fits else ""
        weight = _share(text, frozenset(letters)) / share + (codec == "cp1255" and fits)
        weight += 0.3 if codec in CYRILLIC and _is_written(text) else 0
        if weight > most:
            best, most = codec, weight
    return best or _of_pairs(runs) or _western(octets, certain=certain)


def _is_written(text: str) -> bool:
    """Say whether all foreign words are of Russian letters, small behind the first: read wrongly they are not."""
    words = [word for word in FOREIGN_WORD.findall(text) if not word.isascii()]
    return sum(map(len, words)) >= FEW_LETTERS and all(RUSSIAN_WORD.fullmatch(word) for word in words)


def _is_hebrew(runs: list[bytes]) -> bool:
    words = b" ".join(runs)
    return len(runs) > 1 and len(words) > HEBREW_OCTETS and NO_HEBREW.search(words) is None


def _of_pairs(runs: list[bytes]) -> str:
    """Return the charset of a short text in pairs of octets behind ASCII, "" where these are no common characters."""
    pairs = [pair for run in runs for pair in PAIR.findall(run)]
    if 2 * len(pairs) < max(sum(len(run) for run in runs), 2 * len(runs) + 2) or len(set(pairs)) < 2:  # noqa: PLR2004
        return ""
    first = [pair[0] for pair in set(pairs)]
    if 10 * sum(octet in COMMON_PAIRS for octet in first) < 9 * len(first):
        return ""
    if sum(octet in KANA for octet in first) * 5 >= len(first):
        return "euc-jp"
    hangul = sum(octet in HANGUL for octet in first)
    return "cp949" if hangul >= KOREAN_PAIRS and 10 * hangul >= 9 * len(first) else "gb18030"


def looks_western(octets: bytes) -> bool:
    """Say whether most octets behind ASCII are letters or quotation marks of windows-1252, or whole foreign words."""
    runs = RUN.findall(octets)
    letters = sum(octets.count(octet) for octet in WESTERN_LETTERS + b"\x91\x92\x93\x94\x96")
    return 2 * letters >= sum(len(run) for run in runs) or guess_charset(octets) != "cp1252"


def _decoded(octets: bytes, codec: str) -> str:
    """Decode a sample; "" where it is not of that charset, a character cut at its end aside."""
    for cut in range(4):
        try:
            return octets[: len(octets) - cut].decode(codec)
        except UnicodeDecodeError as exc:
            if exc.start < len(octets) - 4:
                return ""
    return ""


def _share(text: str, letters: frozenset[str]) -> float:
    """Return how much of what is not ASCII are these letters."""
    foreign = [ch for ch in text if ch > "\x7f"]
    return sum(ch in letters for ch in foreign) / len(foreign) if foreign else 0.0


def _western(octets: bytes, *, certain: bool) -> str:
    """Return the western charset whose letters stand inside words: another than windows-1252 only if none of its do."""
    inside = b"".join(BETWEEN_LETTERS.findall(octets))
    letters = b"".join(run for run in RUN.findall(octets) if len(run) == 1)
    central = _central(inside, letters) if len(letters) >= CERTAIN_OCTETS or not certain else ""
    if len(TURKISH.intersection(inside)) > 1 and ICELANDIC.isdisjoint(letters):
        return "cp1254"
    if central or any(inside.count(octet) for octet in WESTERN_LETTERS):
        return central or "cp1252"
    found = {codec: [octet for octet in inside if octet in letters] for codec, letters in OTHERS.items()}
    best = max(found, key=lambda codec: len(found[codec]))
    least, kinds = (3, 2) if certain else (2, 1)
    return best if len(found[best]) >= least and len(set(found[best])) >= kinds else "cp1252"


def _central(inside: bytes, letters: bytes) -> str:
    """Return the charset of Central Europe that makes letters of the signs inside words, "" where there are none.

    `letters` are all octets that stand alone: nearly all of them must be small letters of that part of the world.
    """
    if not NO_LETTERS.intersection(inside) or len(set(letters)) <= 2:  # noqa: PLR2004 # æ and ø of a Mac are signs too
        return ""
    shares = {codec: _share(letters.decode(codec, "replace"), CENTRAL_LETTERS) for codec in ("iso-8859-2", "cp1250")}
    best = max(shares, key=lambda codec: shares[codec])
    return best if shares[best] >= 0.8 else ""  # noqa: PLR2004 # a few capitals aside
