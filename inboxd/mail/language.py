"""Which of the desk's languages a text is in, by the small words that only one of them has."""

import re
from itertools import islice

MAX_WORDS = 300
LEAST_WORDS = 4
LEAST_HITS = 2

WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")

BOKMAL = """
    jeg ikke hva hvordan hvorfor hvor hvem når fra dere noen noe bare mye være vært hun disse mer deg meg seg nå
    også etter fordi hvis gjøre gjort fått får blir ble deres hilsen vennlig en et hjelpe saken logget inn å og til
    på har vi kan
"""
NYNORSK = """
    eg ikkje kva korleis kvifor kvar kven når frå dykk nokon noko berre mykje vere vore ho desse meir deg meg seg no
    òg også etter fordi dersom gjere gjort fått får blir vart vert dykkar helsing venleg ein eit hjelpe saka dei
    sjølv å og til på har vi kan
"""
SAMI = """
    mun lea leat ii dat don mii dii go mo muhto ja giitu bures maid dál gos goas manne sáhtán sáhttá veahki
    dearvvuođat lei livččii in it eat eai mu du su áššis dán dan juo velá lean leamen ovdal maŋŋel
"""
ENGLISH = """
    the and is are was i you we they my your not cannot can't have has had this that with from for please would
    could when what how why there been to it of a in on regards hello can
"""
NEIGHBOURS = """
    jag inte och är från mitt någon något hur varför när vad vi kan ni hej tack med vänliga hälsningar det att har
    till på af mig meget noget hvad hvornår hvorfor jer nogen ich nicht und ist der die das wie warum minä ei olen
    että on ja en til
"""
"""Swedish, Danish, German, Finnish: who writes so is not to be answered as if it were Norwegian."""

LISTS = {"nb": BOKMAL, "nn": NYNORSK, "se": SAMI, "en": ENGLISH, None: NEIGHBOURS}
WORDS = {language: frozenset(words.split()) for language, words in LISTS.items()}


def guess(text: str) -> str | None:
    """Return "nb", "nn", "se" or "en", or None where the text is too short or says nothing clear."""
    words = [match[0].lower() for match in islice(WORD.finditer(text), MAX_WORDS)]
    hits = {language: sum(map(known.__contains__, words)) for language, known in WORDS.items()}
    best = max(hits, key=lambda language: hits[language])
    clear = hits[best] >= LEAST_HITS and list(hits.values()).count(hits[best]) == 1
    return best if clear and len(words) >= LEAST_WORDS else None
