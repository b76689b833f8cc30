"""The one boundary that all text from mail passes: nothing that a database, a terminal or a header chokes on."""

import re
import unicodedata

UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
LINE_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
SURROGATES = re.compile("[\ud800-\udfff]")


def clean_text(text: str) -> str:
    r"""Return the text with \n for every line break, without control characters but \n and \t, in Unicode's form NFC.

    Lone surrogates become U+FFFD. Cleaning twice is cleaning once.
    """
    if UNWANTED.search(text):
        text = SURROGATES.sub("\ufffd", LINE_BREAKS.sub("\n", CONTROLS.sub("", text)))
    return text if text.isascii() else unicodedata.normalize("NFC", text)
