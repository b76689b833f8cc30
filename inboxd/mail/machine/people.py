"""What people say and machines do not: questions, pleas, troubles told, work done.

Each function takes a mail's own new words on one line (see `words.own_words`).
"""

import re
from functools import lru_cache

SENTENCE = re.compile(r"(?<=[.!?？])\s+")

_CONTACT = (
    r"(?! (?:\w{1,12} )?(?:kontakt[ea]?|ring[ea]?|ta kontakt|ta direkte|henvende|vända|treffe?|nå|nås)(?!\w)"
    r"(?! (?:meg|mig|oss)(?!\w)))"
)
"""“Ved hast kan du ringe Kari” asks for nothing; “kan du ringe meg” does."""

PLEA = re.compile(
    rf"(?<!\w)(?:(?:kan|kunne|kunna) (?:dere|du|de|dykk|ni)(?!\w){_CONTACT}|(?:kan|kunne|kunna) (?:eg|jeg|vi)|kan man"
    r"|could (?:you|someone)|can (?:you|someone|we|i)|können sie|könnt ihr|hvordan|korleis|hur|how (?:do|can)"
    r"|voitteko|voisitteko)(?!\w)",
    re.IGNORECASE,
)
CONDITION = re.compile(
    r"(?<!\w)(?:hvis|dersom|viss|når|när|om|wenn|falls) [^.!?,]{1,100}, (?:så )?(?:kan|können)"
    r" (?:du|dere|de|dykk|ni|sie)"
    r"(?!\w)(?![^.!?]{0,160}(?:\?|(?<!\w)(?:meg|mig|oss|mir|uns)(?!\w)))",
    re.IGNORECASE,
)
"""“Hvis det ikke virker, kan du skrive igjen.” is no question; “kan du hjelpe meg” is one in any sentence."""
FIRST_PLEA = re.compile(
    r"\W{0,6}(?:(?:og|så|and|then|please|so) )?(?:(?:kan|kunne|kunna|vil) (?:dere|du|ni)|(?:could|can|would) you"
    r"|(?:please )?(?:try|let me|send me)|prøv|testa|gi (?:meg|beskjed)|könnten sie|können sie|bitte (?:prüfen|senden"
    r"|versuchen)|voisit\w{0,4})(?!\w)",
    re.IGNORECASE,
)
TROUBLE = re.compile(
    r"(?<!\w)(?:(?:får|fikk) (?:\w{1,10} ){0,2}(?:ikke|ikkje|inte)"
    r"(?! (?:\w{1,10} )?(?:les\w{1,2}|läst|svar\w{1,2}|besvar\w{1,2}|sjekk\w{1,2}|sett)(?!\w))"
    r"(?! tilgang til (?:e-?post|mail))"
    r"|(?:kommer|kjem) (?:\w{1,10} )?(?:ikke|ikkje|inte) (?:inn|in|på|gjennom|fram)"
    r"|(?:virker|virkar|fungerer|fungerar|funker|verkar) (?:\w{1,10} ){0,2}(?:ikke|ikkje|inte)"
    r"|(?<!får du )(?<!får dere )feilmeld\w{0,6}|felmeddel\w{0,6}|(?:noe|er|en|ein|blir|gir|som) feil"
    r"|(?:jeg|eg|vi|me|jag) (?:\w{1,10} )?(?:treng\w{0,2}|behöver|ønsker|ynskjer) (?:\w{1,10} )?(?:hjelp|hjälp)"
    r"|(?:takk|tack) (?:for|för) (?:at (?:du|dere) hjelper|hjelpen|hjelpa|hjälpen)|hjelp (?:meg|oss)|hjälp (?:mig|oss)"
    r"|(?:does|do|did)(?: not|n['’]t) work|(?:is|are)(?: not|n['’]t) working"
    r"|(?:can|could)(?:not|['’]t|n['’]t| not) (?:log|sign|open|print|connect)|error message|help me|(?:i|we) need help"
    r"|thanks for (?:your |the )?help(?:ing)?|funktioniert (?:\w{1,12} ){0,3}nicht|fehlermeldung|brauche hilfe"
    r"|ei toimi|virheilmoitu\w{1,4}|tarvitsen apua)(?!\w)",
)
MACHINES_QUESTION = re.compile(
    r"(?<!\w)(?:haster|hastar|hast|hastesak|urgent|immediate|dringend|eilig|eilt|brådskande|akut|kiire\w{0,8}"
    r"|(?:har|have|haben) (?:du|dere|ni|you|sie) (?:\w{1,12} )?(?:spørsmål|spurnader|frågor|questions?|fragen)"
    r"|(?:any|more|further) questions?|(?:trenger|treng|behøver|behöver|brauchen|benötigen) (?:du|dere|ni|sie)"
    r"|(?:var|was) (?:det|dette|this|it) (?:ikke|ikkje|inte|not) (?:deg|du|dig|you)|wasn['’]t (?:this |it )?you"
    r"|do you need|need (?:help|more|assistance|an)|tarvitsetko|onko (?:asia|sinulla))(?!\w)",
    re.IGNORECASE,
)
"""“Haster det?”, “Har du spørsmål?”: after these a machine says whom to ask."""

QUESTION_MARK = re.compile(r"[?？](?![\w&=/%#])")
WORK = re.compile(
    r"(?<!\w)(?:(?:jeg|eg|jag)(?! (?:\w{1,10} )?(?:svar\w{0,2}|besvar\w{0,2}|kan|vil|skal|ska|kommer|kjem|er|är"
    r"|les\w{0,2}|tar kontakt|tek kontakt|mottatt|motteke|fått|mottagit|tagit)(?!\w))"
    r"|vi har (?:nå |no |også |nu )?(?:sett|sjekket|rettet|fikset|fornyet|endret|funnet|oppdatert|byttet|bestilt"
    r"|undersøkt|løst|kontrollert|ordnet|ordna|fixat|kollat|tittat|åtgärdat|bytt)"
    r"|we(?:['’]ve| have)? (?:just |already |now )?(?:looked|fixed|renewed|changed|found|updated|checked|reset"
    r"|replaced"
    r"|investigated|ordered|restarted|solved|resolved|corrected|moved|added|removed)"
    r"|ich habe|j['’]ai|tarkistin|katsoin|korjasin|uusin|vaihdoin|lähetin)(?!\w)",
)
MY_WORK = re.compile(
    r"(?<!\w)I(?:['’]ve| have)? (?:just |already |now |also )?(?!received)(?:[a-z]{2,20}ed|sent|saw|found|made|did|got"
    r"|put|spoke|took|set|ran|think|hope|see)(?!\w)"
)
"""Capital: i is a word in other languages."""

MYSELF = re.compile(r"(?<!\w)(?:[Jj]eg|[Ee]g|[Mm]eg|[Jj]ag|[Mm]ig|me|[Ii]ch|[Mm]ich|[Mm]ir|I(?=['’ ]))(?!\w)")
MINE = re.compile(r"(?<!\w)(?<![0-9] )(?:[Mm]y|[Mm]in|[Mm]itt|[Mm]ine|[Mm]ein\w{0,2})(?!\w)")
"""Not “12 min”, which is a time."""

WANT = re.compile(
    r"(?<!\w)(?:treng\w{0,2}|ønsk\w{1,3}|vil gjerne|vil ha|skal ha|lurer|need|needs|would like|want|wants|behöv\w{1,3}"
    r"|önskar|skulle vilja|vill ha|brauche\w?|benötige\w?|möchte\w?|tarvits\w{1,4}|haluais\w{1,4}|oppdater|bestill"
    r"|slett"
    r"|vil gerne|har brug for|we are missing|mangler|saknar)(?!\w)",
)
WE = re.compile(r"(?<!\w)(?:[Vv]i|[Ww]e|[Ww]ir)(?!\w)")


@lru_cache(maxsize=64)
def search(form: re.Pattern[str], words: str) -> str | None:
    """Return the piece of a text that a pattern of small letters finds, as it is written there.

    Small letters take a third of the time of a pattern that knows both; and many rules ask the same of one mail.
    """
    small = lowered(words)
    found = form.search(small)
    return as_written(words, small, found) if found else None


@lru_cache(maxsize=8)
def lowered(words: str) -> str:
    """Return a text in small letters."""
    return words.lower()


def as_written(words: str, small: str, found: re.Match[str]) -> str:
    """Return what was found in a text's small letters as the text has it; a few letters are two when small."""
    return words[found.start() : found.end()] if len(small) == len(words) else found[0]


@lru_cache(maxsize=4)
def asks(words: str) -> bool:
    """Say whether somebody asks, begs or tells of trouble; a machine's own questions are none."""
    return pleads(words) or search(TROUBLE, words) is not None or _questions(words)


@lru_cache(maxsize=4)
def pleads(words: str) -> bool:
    """Say whether somebody begs for something; what one may do in some case is no plea."""
    return PLEA.search(words) is not None and PLEA.search(CONDITION.sub(" ", words)) is not None


def _questions(words: str) -> bool:
    sentences = (s.rstrip() for s in SENTENCE.split(words))
    return any(s.endswith(("?", "？")) and MACHINES_QUESTION.search(s[-200:]) is None for s in sentences)


@lru_cache(maxsize=4)
def worked(words: str) -> bool:
    """Say whether somebody tells what he did, or asks the reader to do something: an answer, not an acknowledgement."""
    if search(WORK, words) or MY_WORK.search(words) or _questions(words):
        return True
    return any(FIRST_PLEA.match(sentence) for sentence in SENTENCE.split(words))


def has_question_mark(words: str) -> bool:
    """Say whether a question mark ends anything; one in a link ends nothing."""
    return QUESTION_MARK.search(words) is not None


def names_himself(words: str, *, others: bool = False) -> bool:
    """Say whether the writer says I or me; with `others`, we counts too."""
    return MYSELF.search(words) is not None or (others and WE.search(words) is not None)


def wants(words: str) -> bool:
    """Say whether somebody needs or wishes something: a question without its mark."""
    return search(WANT, words) is not None


def speaks_of_his_own(words: str) -> bool:
    """Say whether somebody says my."""
    return MINE.search(words) is not None
