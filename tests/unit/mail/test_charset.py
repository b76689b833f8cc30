import encodings

import pytest

from inboxd.mail.charset import codec_of, decode_octets
from inboxd.mail.charset_guess import guess_charset

NORWEGIAN = "Hei, jeg får ikke ført timer på mandag, bærbar er borte"
TEXTS = {
    "cp1252": NORWEGIAN,
    "utf-8": NORWEGIAN,
    "cp865": NORWEGIAN,
    "mac-roman": NORWEGIAN,
    "cp1251": "Здравствуйте, я не могу войти в систему. Помогите пожалуйста!",
    "koi8-r": "Здравствуйте, я не могу войти в систему. Помогите пожалуйста!",
    "iso-8859-5": "Здравствуйте, я не могу войти в систему. Помогите пожалуйста!",
    "cp866": "Здравствуйте, я не могу войти в систему. Помогите пожалуйста!",
    "cp1253": "Καλημέρα, δεν μπορώ να συνδεθώ στη σελίδα σας.",
    "cp1255": "שלום, אני לא מצליח להתחבר לאתר שלכם",
    "gb18030": "您好，我无法登录贵公司的网站，请帮助我解决这个问题，谢谢！",
    "big5": "您好，我無法登錄貴公司的網站，請幫助我解決這個問題，謝謝！",
    "cp932": "お世話になっております。ログインできませんので、確認をお願いします。",
    "euc-jp": "お世話になっております。ログインできませんので、確認をお願いします。",
    "iso-2022-jp": "お世話になっております。ログインできません。",
    "cp949": "안녕하세요. 로그인이 되지 않습니다. 도와주세요.",
    "iso-2022-kr": "안녕하세요. 로그인이 되지 않습니다.",
    "utf-16le": NORWEGIAN,
    "utf-16be": NORWEGIAN,
}


# Who declares UTF-8 and means UTF-16 writes a mark.
MISDECLARED = [
    (codec, declared)
    for codec in TEXTS
    for declared in ("", "x-unknown", "us-ascii", "utf-8")
    if not (codec.startswith("utf-16") and declared.startswith("u"))
]


@pytest.mark.parametrize(("codec", "declared"), MISDECLARED)
def test_text_is_read_right_where_its_charset_is_not_known_or_wrong(codec: str, declared: str) -> None:
    assert decode_octets(TEXTS[codec].encode(codec), declared)[0] == TEXTS[codec]


@pytest.mark.parametrize("codec", TEXTS)
def test_text_is_read_without_a_defect_as_it_was_declared(codec: str) -> None:
    assert decode_octets(TEXTS[codec].encode(codec), codec) == (TEXTS[codec], None)


@pytest.mark.parametrize(
    ("octets", "declared", "text", "defect"),
    [
        ("høy".encode(), "utf-8", "høy", None),
        ("høy".encode(), '"UTF-8"', "høy", None),
        ("høy".encode(), "", "høy", None),
        ("høy".encode("cp1252"), "iso-8859-1", "høy", None),
        (b"\x93h\xf8y\x94", "iso-8859-1", "“høy”", None),
        ("høy".encode("utf-16"), "utf-16", "høy", None),
        ("høy".encode("utf-16"), "iso-8859-1", "høy", "charset: declared iso-8859-1, read as utf-16"),
        ("høy".encode("utf-32"), "utf-32", "høy", None),
        (b"h\x00\x00\x00\xe5", "utf-32le", "h\ufffd", "charset: declared utf-32le, some characters are lost"),
        ("\ufeffhøy".encode(), "utf-8", "høy", None),
        ("høy".encode("cp1252"), "us-ascii", "høy", "charset: declared us-ascii, read as cp1252"),
        ("høy".encode("cp1252"), "", "høy", "charset: declared none, read as cp1252"),
        ("høy".encode(), "iso-8859-1", "høy", "charset: declared iso-8859-1, read as utf-8"),
        ("høy".encode(), "iso-8859-6", "høy", "charset: declared iso-8859-6, read as utf-8"),
        ("høy".encode(), "nonsense", "høy", "charset: declared nonsense, read as utf-8"),
        ("høy".encode(), "nonsense\x00", "høy", "charset: declared nonsense, read as utf-8"),
        ("høy".encode(), "æ", "høy", "charset: declared æ, read as utf-8"),
        (b"h\x81y", "utf-8", "h\ufffdy", "charset: declared utf-8, some characters are lost"),
        (b"h\x81y", "cp1252", "h\ufffdy", "charset: declared cp1252, some characters are lost"),
        (b"f\x86r\n p\x86 h\x9by\x81de", "cp1252", "får\n på høyüde", "charset: declared cp1252, read as cp865"),
        (b"\xffh\xf8y", "euc-jp", "\ufffdh\ufffdy", "charset: declared euc-jp, some characters are lost"),
        (b"aGVp", "base64", "aGVp", "charset: declared base64, read as utf-8"),
        (b"abc-", "punycode", "abc-", "charset: declared punycode, read as utf-8"),
        (b"a\x00b\r\nc", "utf-8", "ab\nc", None),
        (b"+AOU-", "utf-7", "å", None),
        (b"h\xe5", "utf-7", "h\ufffd", "charset: declared utf-7, some characters are lost"),
        (b"a\x1bb", "utf-8", "ab", None),
        (b"rock\x91n\x91roll, it\x92s Ol\x92s", "iso-8859-1", "rock‘n‘roll, it’s Ol’s", None),
    ],
)
def test_octets_are_read_in_the_best_charset(octets: bytes, declared: str, text: str, defect: str | None) -> None:
    assert decode_octets(octets, declared) == (text, defect)


@pytest.mark.parametrize("declared", ["koi8-r", "gb2312", "euc-jp", "windows-1251"])
def test_much_valid_utf8_is_no_accident_whatever_was_declared(declared: str) -> None:
    text = "Blåbærgrøt på låven gjør øret kjørt"
    assert decode_octets(text.encode(), declared) == (text, f"charset: declared {declared}, read as utf-8")


def test_two_letters_that_could_be_utf8_too_are_read_as_declared() -> None:
    assert decode_octets("联通".encode("gb18030"), "gb2312") == ("联通", None)


def test_utf16_that_a_gateway_made_utf8_of_is_read_as_that() -> None:
    assert decode_octets("på øya".encode(), "utf-16")[0] == "på øya"
    assert decode_octets(b"ren ascii", "utf-16") == ("ren ascii", None)


def test_lines_of_another_charset_are_read_in_it_and_the_others_in_utf8() -> None:
    octets = "Vi må få svar\n".encode() + "Drift på Sørlandet".encode("cp1252")
    assert decode_octets(octets, "utf-8") == (
        "Vi må få svar\nDrift på Sørlandet",
        "charset: declared utf-8, read as utf-8 and cp1252",
    )
    octets = "Vi må få svar\n".encode() + "Drift på Sørlandet \x81".encode("latin-1")
    assert decode_octets(octets, "utf-8")[0] == "Vi må få svar\nDrift på Sørlandet \ufffd"


def test_only_the_broken_octets_of_utf8_are_lost() -> None:
    octets = "Grønn og blå".encode() + b"\xff\n\xc3\n"
    text, defect = decode_octets(octets, "utf-8")
    assert text == "Grønn og blå\ufffd\n\ufffd\n"
    assert defect == "charset: declared utf-8, some characters are lost"
    assert decode_octets("på øya\n".encode() + b"\xff\n", "utf-8")[0] == "på øya\n\ufffd\n"


def test_text_that_was_encoded_twice_stays_as_it_is() -> None:
    assert decode_octets("BlÃ¥bÃ¦r".encode(), "utf-8") == ("BlÃ¥bÃ¦r", None)


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("UTF-8 ", "utf-8"),
        ("utf-8;format=flowed", "utf-8"),
        ("'iso-8859-1'", "cp1252"),
        ("ISO_8859_1", "cp1252"),
        ("ansi", "cp1252"),
        ("latin-1", "cp1252"),
        ("utf8mb4", "utf-8"),
        ("charset=utf-8", "utf-8"),
        ("IBM-865", "ibm865"),
        ("cp-850", "cp850"),
        ("csShiftJIS", "csshiftjis"),
        ("x-unknown", ""),
        ("unicode_escape", ""),
        ("zlib", ""),
        ("\x00", ""),
        ("", ""),
    ],
)
def test_a_charset_has_many_names(declared: str, codec: str) -> None:
    assert codec_of(declared) == codec


def test_a_guess_is_made_of_a_sample_that_ends_inside_a_character() -> None:
    octets = TEXTS["gb18030"].encode("gb18030")
    assert guess_charset(octets[:-1]) == "gb18030"
    assert guess_charset(b"\xf8") == "cp1252"
    assert guess_charset(b"") == "cp1252"
    assert guess_charset(b"\xfe\xfe\xfe \xff\xff") == "cp1252"


VOWELS = ["Hyvää", "æøå", "Test æøå", "ÄÄNESTYS", "ÅÅÅ ÄÄÄ", "æøå ÆØÅ åäö", "«Hei» – ok…", "éèàùç", "100 §§ ±±", "ÄÖÜß"]


@pytest.mark.parametrize("text", VOWELS)
def test_vowels_in_a_row_are_no_foreign_words(text: str) -> None:
    assert decode_octets(text.encode("cp1252"), "")[0] == text


SHORT = {
    "gb18030": "管理合同", "euc-jp": "日本のテスト", "cp949": "회의실예약문의", "cp1255": "המדפסת לא עובדת",
    "koi8-r": "Новый заказ", "iso-8859-2": "Proszę o pomoc, drukarka nie działa, wysłać",
    "cp1250": "Příšerně žluťoučký kůň úpěl",
}  # fmt: skip


@pytest.mark.parametrize("codec", SHORT)
def test_a_short_text_is_known_by_what_its_octets_have_in_common(codec: str) -> None:
    assert decode_octets(SHORT[codec].encode(codec), "")[0] == SHORT[codec]


def test_a_sign_inside_a_word_outweighs_no_declared_charset_in_a_short_text() -> None:
    assert decode_octets("A¹A á0â".encode("latin-1"), "iso-8859-1") == ("A¹A á0â", None)
    assert decode_octets("A¾A A¾A A¾A".encode("latin-1"), "iso-8859-1") == ("A¾A A¾A A¾A", None)
    long = "Dzień dobry, proszę o pomoc: drukarka nie działa, a muszę wysłać umowę, która już była gotowa, dziękuję."
    assert decode_octets(long.encode("cp1250"), "iso-8859-1")[0] == long


def test_pairs_of_octets_are_japanese_with_kana_and_nothing_where_the_characters_are_rare() -> None:
    assert guess_charset("ア社".encode("euc-jp")) == "euc-jp"
    assert guess_charset("þýþýþý".encode("cp1252")) == "cp1252"
    assert guess_charset("æøåþ åø".encode("cp1252")) == "cp1252"


@pytest.mark.parametrize(
    ("text", "declared", "read"),
    [
        ("p+AOU- +APg-ya", "", "på øya"),
        ("p+AOU- +APg-ya", "us-ascii", "på øya"),
        ("p+AOU- +APg-ya", "utf-8", "p+AOU- +APg-ya"),
        ("p+AOU- dag", "", "p+AOU- dag"),
        ("a+ABC-1 b+ADE-2", "", "a+ABC-1 b+ADE-2"),
        ("+A- og +A-", "", "+A- og +A-"),
    ],
)
def test_utf_7_that_nothing_declares_is_read_where_all_of_it_are_letters(text: str, declared: str, read: str) -> None:
    assert decode_octets(text.encode(), declared)[0] == read


def test_characters_of_windows_in_iso_2022_jp_are_read() -> None:
    assert decode_octets(b"\x1b$B-!\x1b(B \x1b$B%F%9%H\x1b(B \x1b(I6@\x1b(J.", "iso-2022-jp") == ("① テスト ｶﾀ.", None)
    assert decode_octets(b"\x1b$B-!-", "iso-2022-jp")[1] is None
    assert "\ufffd" in decode_octets(b"\x1b$B-!\x1b(B\xff" * 30_000, "iso-2022-jp")[0]
    assert "\ufffd" in decode_octets(b"\x1b$B-!\x1b(B\x85", "iso-2022-jp")[0]


def test_every_character_of_jis_is_the_one_that_python_reads() -> None:
    rows = [bytes((row, cell)) for row in range(0x30, 0x4F) for cell in range(0x21, 0x7F)]
    octets = b"\x1b$B-!" + b"".join(rows) + b"\x1b(B"
    assert decode_octets(octets, "iso-2022-jp")[0][1:] == b"".join(b"\x1b$B" + row + b"\x1b(B" for row in rows).decode(
        "iso-2022-jp"
    )


@pytest.mark.parametrize(
    ("declared", "codec"), [("iso-8859--2", "iso-8859-2"), ("windows-874", "cp874"), ("KOI8-U", "koi8-u")]
)
def test_a_name_is_looked_up_in_one_spelling(declared: str, codec: str) -> None:
    assert codec_of(declared) == codec


@pytest.mark.parametrize("declared", ["x-hostile-1", "utf-8" + "x" * 40, "utf.8", "os.path", "blåbær"])
def test_a_name_that_is_none_of_pythons_is_not_looked_for(declared: str) -> None:
    assert codec_of(declared) == ""
    assert encodings.normalize_encoding(declared) not in encodings._cache
    assert declared not in encodings._cache
