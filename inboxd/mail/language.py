"""Which of the desk's languages a text is written in, by the small words that everybody uses.

First among Norwegian, Northern Sámi, English, and the neighbours that the desk has no letters for; then, in Norwegian,
between Bokmål and Nynorsk by what only one of them writes. The opening counts first, so that a signature, a disclaimer
or a pasted error message in another language does not. Names of people and products tell nothing.
"""

import re
from collections.abc import Sequence
from itertools import islice

from inboxd.mail.subject import strip_prefixes

MAX_CHARACTERS = 6_000
MAX_WORDS = 300
WINDOWS = (12, 30, 80)
"""Words from the beginning: the first window in which a language stands out decides, else all that are read."""
OURS = frozenset({"nb", "nn", "se", "en"})
NEIGHBOURS = frozenset({"sv", "da"})
LEAST_WORDS = 3
LEAST_HITS = 2
CLEAR_HITS = 3
"""Hits asked for in a window that is not the whole text."""

QUOTATION = re.compile(r"\"[^\"]{12,600}\"|«[^»]{12,600}»|“[^”]{12,600}”|https?://\S{1,2000}|(?<!\S)\S{1,64}@\S{1,255}")
"""Other people's words, mostly a program's, and what is no word at all."""
SIGNS_OF_QUOTATION = ('"', "«", "“", "://", "@")
OTHER_SCRIPT = re.compile("[\u0370-\u1dff\u2e80-\ud7ff]")
"""Whoever writes Greek, Cyrillic, Arabic, Chinese writes none of ours, whatever the subject is."""
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")

NORWEGIAN = """
    jeg eg vi du han det den de da så som er var har hadde kan skal vil må bør få får fikk gå går står kom kommer ta tar
    se ser gi gir si sier sa å og i på til av med for om fra hos ved under over uten mot mellom etter før når der her nå
    at men eller enn både også bare litt alt alle andre annen annet flere mer mest mange en et ett to tre min mitt mine
    din ditt dine sin sitt sine vår vårt våre ingen intet ikke inn ut opp ned hjem hjemme nytt ny nye gammel hei heisann
    hilsen takk tusen mvh beklager god godt morgen dag kveld helg uke går morges igjen enda allerede alltid hjelp hjelpe
    hjelpen passord passordet innlogging innloggingen logge logget logga pålogging feil feilmelding tilgang tilganger
    maskin maskinen skjerm skjermen tastatur telefon telefonen mobil mobilen bærbar nett nettet nettverk epost eposten
    e-post konto kontoen mappe mappen fil filen lenke lenken kurs møte møter møterom jobb jobben kontor kontoret
    avdeling avdelingen skole ansatt faktura bestilling leder lese sende sendt bruke brukt prøve prøver prøvd prøvde slå
    slår slette slettet sperret ringe bytte starte startet oppdatering haster mulig noe noen hva hvordan hvorfor hvem
    hvor hvilken hvilke kanskje trenger ønsker lurer vet finner mangler åpne åpner klarer tror blitt blir ble vært være
    gjør gjøre gjort rett riktig takker supert fint skriver skriveren skrive virker virket fungerer fungerte opp stå
    gang ganger tid tiden lang langt samme si sist siste neste forrige mandag tirsdag onsdag torsdag fredag lørdag
    søndag mottatt sjekke sjekk melde meld fortsatt fremdeles nei ja dessverre funker
"""
BOKMAL = """
    jeg hun dere deres hva hvordan hvorfor hvem hvor hvilken hvilke når noe noen ikke fra bare mye hvis være vært gjøre
    gjør gjort ble blir blitt en meg? deg? også selv sammen ingen? inn? nå disse denne dette? mer åpne åpner hjem hjemme
    hjemmefra hjelpen skriveren skriver bruker brukeren brukernavn passordet? ansatt ansatte begynner begynte trenger
    ønsker vet finner mangler kommer sier går? står? helgen uken uke timer dager måneder etasje mulig umulig virker
    fungerer saken lenken mappen avdelingen epostene maskinen? jenta? boken fortsatt fremdeles mistet glemt vennlig kalt
    kaller heter kjenner tilgjengelig vanlig tidligere høre hører løse løst løste ødelagt forsvunnet slettet sperret
    stjålet spør spørre spørsmål svarer ringer melder prøver logget skrevet sett? tatt gitt fått? bestille bestilling
    leverandør rådgiver lærer læreren elevene elever skolen sluttet byttet endret ringte stilte lagt sagt noens ganger
    avtaler skrivere skriverne arbeidsplasser sakene jobber sitter snakker bor rettigheter ifølge
"""
NYNORSK = """
    eg ho me dykk dykkar kva korleis kvifor kven kvar kor kva-for når? noko nokon nokre nokor ikkje frå berre mykje
    dersom vere vore gjere gjer gjort? vart vert verte blei ein ei eit sjølv sjølve saman ingen? no desse denne? dette?
    meir opne opnar heim heime heimefrå heimanfrå hjelpa skrivaren skrivar skrivarane brukar brukaren brukarnamn tilsett
    tilsette byrjar byrja treng ynskjer ønskjer veit manglar kjem kjemme seier gong gonger gongen helga veke veka timar
    dagar månader høgda mogleg umogleg verkar verke fungerar saka lenkja lenkje mappa avdelinga maskina innlogginga
    boka? framleis mist gløymt venleg helsing helsar heiter heitte kallar tilgjengeleg vanleg tidlegare høyre høyrer
    løyse løyst løyste øydelagd øydelagt forsvunne sperra sletta stolen spør? spurde spørsmål? svarar ringjer ringje
    ringde logga skrive? teke tek gjeve gjev fekk tinge tinging tingingsnummeret leverandør? rådgjevar lærar læraren
    elevane elevar skulen skule slutta endra dei deira hjå attende att òg anna andre? heile heilt straum straumen
    kvarandre korkje somme nokonsinne fyrst fyrste førre neste? sidan medan difor mellom? einskild kommunen? bytt? stad
    stader byte bytta tilbake? vil? lurar rettar avtalar arbeidsplassar flyttar program? klokka? tenesta heimetenesta
    teneste feilmeldinga meldinga tilbakemeldinga oppdateringa takkar takka gjeld gjelda koma kome kjeme stå? ståande
    kvardag endå enno alltid? aldri? gjerne? mistenkjeleg systema etternamn namn diverre funkar
"""
"""Here and in Bokmål a word marked ? is written in the other as well: it tells Norwegian, not which."""
SAMI = """
    mun don son moai doai soai mii dii sii mu du su min din sin mus dus sus mis dis sis munnje dutnje sutnje midjiide
    didjiide muinna duinna muhtun lea leat lean lei ledje leimme ledjen leimmet leago lea-go ii in it eai eat ehpet eaba
    dat dán dan daid dáid dás das dasa dása dát diet dien geat geaid gii gean maid mii maidege mas masa manne manin mo
    movt gos gosa goas guhte guđe go ge ba ja dahje muhto vai ahte jos juos danin dihte birra ovdas ovddas maŋŋel maŋŋá
    ovdal gitta rájes rádjai haga mielde luhtte bokte bealde vuostá bures buorre buorremus beaivi giitu ollu dearvvuođat
    dearvan dearvuođaiguin sáhttá sáhtán sáhttit sáhtášii sáhttibehtet sáhttet sáhte sáhtát galgá galggan galget galggat
    ferte ferten fertet fertejit fertii dárbbašan dárbbaša dárbbašat háliidan hálidan háliida oaččun oažžu oažžut oaččo
    ožžon beassat beasan beasa besse boahtá boađe bođii manná mannet dahkat dahká dahken doaibmá doaimma doaibman ráhkat
    váttisvuohta váttisvuođa čuolbma veahki veahkehit veahkkin ođđa odne ikte ihttin dál fas velá vel šat dušše juo
    juoga soamis oktage eará earát buot olles okta guokte bargu barggus bargi bargat ruovttus skuvla oahppit dihtor
    dihtorii beassansátni beassansáni neahtta neahtas e-poasta e-poastta poasta telefovdna telefovnna siidu siiddus
    skovvi skovi vejolaš jođánit nu dego ovtta oktavuođa váldit sáddet sádde čállit čálán oaidnit oainnán riŋget riŋge
    dieđán dieđe gávnnan gávnna geahččat geahččalan áššis ášši sámegillii sisa olggos rahpat
"""
ENGLISH = """
    the and is are was were be been being i i'm i've i'd you your we our us they them their he she his her it its it's
    my mine me this that these those not don't doesn't didn't isn't can't cannot couldn't won't wasn't haven't a an of
    in on at to from by with for about into after before since until when what how why where who which there here have
    has had do does did can could would should will may must shall please thank thanks hello hi dear regards sincerely
    kindly hey and or but if so as no any some all just still only also again already yet very more than then now as off
    help need needs want get got getting give try tried work works working use using know see find send sent open log
    login password account user email emails phone printer screen laptop computer software meeting access error attached
    attachment change changed start stop stopped ask call called let would like how long great best soon possible able
    unable new last first please day today tomorrow yesterday week urgent out up down because while myself someone
    something anything everything nothing sorry problem solved
"""
SWEDISH = """
    jag du han hon vi ni de dom det den som är var har hade kan ska skall vill måste får fick går gick står kommer kom
    ta tar se ser ge ger och i på till av med för om från hos vid under över utan mot mellan efter före innan när där
    här nu att men eller än både också bara lite allt alla andra annan annat fler flera mer mest många en ett två tre
    min mitt mina din ditt dina er ert era vår vårt våra ingen inget inga inte in ut upp ner hem hemma nytt ny nya hej
    hejsan hälsning hälsningar hälsar tack mvh god dag vecka igen redan alltid hjälp hjälpa hjälpen lösenord lösenordet
    logga loggat inloggning fel felmeddelande skrivare skrivaren dator datorn skärm telefon nätverk konto kontot fil
    länk möte jobbet kontor anställd faktura beställning beställa chef någon något några vad hur varför vem vilken vilka
    kanske behöver önskar undrar vet hittar saknar öppna blivit blir blev varit vara gör göra gjort rätt fungerar
    fungerade gång gånger tid samma sist nästa förra måndag tisdag onsdag torsdag fredag lördag söndag skicka skickat
    eftersom mig dig sig oss snälla mycket tacksam vänliga bråttom ännu sedan så
"""
DANISH = """
    jeg du han hun vi i de det den som er var har havde kan skal vil må bør få får fik går gik står kommer kom tage
    tager tog se ser give giver sige siger og på til af med for om fra hos ved under over uden mod mellem efter før når
    der her nu at men eller end både også kun bare lidt alt alle andre anden andet flere mere mest mange en et to tre
    min mit mine din dit dine sin sit sine vores jeres jer ingen intet ikke ind ud op ned hjem hjemme nyt ny nye hej
    hilsen hilsner tak mange mvh god dag aften uge igen endnu allerede altid hjælp hjælpe hjælpen hjælper adgangskode
    adgangskoden kodeord kodeordet login logge logget fejl fejlmeddelelse adgang printer printeren computer computeren
    skærm skærmen telefon mobil bærbar netværk mail mailen konto kontoen mappe fil link møde mødet arbejde kontor
    afdeling afdelingen ansat faktura bestilling leder noget nogen nogle hvad hvordan hvorfor hvem hvor hvornår hvilken
    hvilke måske gerne behøver brug ved finder mangler åbne åbner tror blevet bliver blev været være gør gøre gjort
    rigtig virker virkede fungerer gang gange tid samme sidst sidste næste forrige mandag tirsdag onsdag torsdag fredag
    lørdag søndag modtaget mig dig sig os venlig venligst kære så selv skriver sende sendt spørgsmål siden muligt
    hurtigt hurtigst snart kigge prøve prøvet slette ringe hedder stadig starter henter medarbejder nøglen tusind
    meddelelse kunne leveres
"""
GERMAN = """
    ich du er sie wir ihr es der die das den dem des ein eine einen einem einer mein meine meinen ist sind war waren hat
    habe haben kann können könnte soll muss möchte wird werden wurde nicht kein keine und oder aber wenn dass weil wie
    was wer wo wann warum mit für von zu zum zur auf aus bei nach vor über unter im in an am um als auch nur noch schon
    sehr bitte danke vielen guten tag hallo grüße freundlichen hilfe helfen mir mich dich uns ihnen mehr bis passwort
    drucker rechner anmelden funktioniert konto
"""
FINNISH = """
    minä mie sinä hän me te he minun sinun se ei en et emme ole olen on oli olisi ovat että ja tai mutta jos kun kuin
    niin myös vain nyt vielä taas mitä mikä miksi miten missä kuka milloin voi voin voitteko voiko pitäisi tarvitsen
    tarvii kiitos hei moi terveisin apua auttaa tämä tuo nämä minulla meillä teillä saa saan pääse toimii toimi salasana
    salasanani kirjautumaan mie oon sie net ko kans
"""
FRENCH = """
    je tu il elle nous vous ils le la les un une des du de et est suis pas ne que qui pour avec mon ma mes votre merci
    bonjour dans sur
"""
DUTCH = """
    ik jij je hij wij jullie het een en niet van voor met op te zijn is heb heeft kan moet wat hoe waarom mijn dank
    goedemorgen bij
"""
POLISH = """
    nie się jest na w z do że proszę dziękuję dzień dobry mogę konto została jestem mam mój moja moje moim jak dlaczego
    kiedy gdzie który która które czy ale oraz już jeszcze tylko bardzo bo żeby przez przed chciałbym chciałabym muszę
    można pomoc pomóc hasło hasła zalogować drukarka komputer działa pozdrawiam witam
"""
SPANISH = """
    hola no puedo el los mi para por con me gracias al del su es este esta una pudo ser que mensaje
"""
ICELANDIC = """
    ég er ekki og við þið hún að mér hvað góðan
"""
ESTONIAN = """
    tere ma ei saa kas te ole
"""
SAMI_NEIGHBOURS = """
    buaregh manne im ij dle mij leah jïh mån le lav iv gå gus ittjij máhtte muv mov datne dån nuhtjedh se
"""
"""South and Lule Sámi: whoever writes them is answered in the mailbox's language, not in a third one."""

OTHERS = {
    "fr": FRENCH, "nl": DUTCH, "pl": POLISH, "es": SPANISH, "is": ICELANDIC, "et": ESTONIAN, "": SAMI_NEIGHBOURS,
}  # fmt: skip

LISTS = {
    "no": " ".join((NORWEGIAN, BOKMAL, NYNORSK)), "se": SAMI, "en": ENGLISH, "sv": SWEDISH, "da": DANISH, "de": GERMAN,
    "fi": FINNISH, "": " ".join(OTHERS.values()),
}  # fmt: skip
WRITERS = frozenset({
    "i", "i'm", "i've", "i'd", "my", "me", "we", "our", "us", "hi", "hello", "hey", "dear", "good", "thanks", "thank",
    "could", "would", "sorry",
})  # fmt: skip
"""English that a person opens with. Without it an English opening may be a program's message, pasted first."""

LETTERS = {
    "no": frozenset("æøå"),
    "da": frozenset("æøå"),
    "sv": frozenset("äöå"),
    "de": frozenset("äöüß"),
    "fi": frozenset("äö"),
    "se": frozenset("áčđŋšŧž"),
    "": frozenset("çèêëìïñòôùûðþýąęłńśźżćõ"),
}
"""Letters that speak for a language in a word that is no name."""
WRITTEN_OUT = str.maketrans({"å": "aa", "ø": "oe", "æ": "ae"})


def _words(listed: str) -> frozenset[str]:
    """Return the words of a list, also as people without æ, ø and å on their keyboard write them."""
    words = listed.replace("?", "").split()
    return frozenset(words) | {word.translate(WRITTEN_OUT) for word in words}


WORDS = {language: _words(listed) for language, listed in LISTS.items()}
OTHER_WORDS = {language: _words(listed) for language, listed in OTHERS.items()}
CODES = OURS | NEIGHBOURS | {code for code in (*LISTS, *OTHERS) if code not in {"", "no"}}
"""The languages that a mail may be found to be in."""

MARKED = {word[:-1] for word in (BOKMAL + NYNORSK).split() if word.endswith("?")}
BOTH = (_words(BOKMAL) & _words(NYNORSK)) | {word.translate(WRITTEN_OUT) for word in MARKED} | MARKED
FORMS = {"nb": _words(BOKMAL) - BOTH, "nn": _words(NYNORSK) - BOTH}
ENDINGS = {
    "nb": re.compile(r"\w{3,30}(?:lige?|ligere|ene|erne|heten?|ingen|isk?)|hv\w{1,20}"),
    "nn": re.compile(r"\w{3,30}(?:lege?|legare|ane|heita?|inga|arar)|heim\w{1,20}|kv(?:a|e[nr]|ar|i)\w{0,20}"),
}


def language_of(subject: str, reply_text: str) -> str | None:
    """Return the language of a mail by its new words; where they say too little, by its subject and them."""
    found = guess(reply_text)
    if found is not None or OTHER_SCRIPT.search(reply_text[:MAX_CHARACTERS]):
        return found
    return guess(f"{strip_prefixes(subject)}\n{reply_text}")


def guess(text: str) -> str | None:
    """Return "nb", "nn", "se", "en", another language that is surely known ("sv", "de"), or None."""
    kept = text[:MAX_CHARACTERS].replace("’", "'")
    if any(sign in kept for sign in SIGNS_OF_QUOTATION):
        kept = QUOTATION.sub(" ", kept)
    read = (match[0] for match in islice(WORD.finditer(kept), MAX_WORDS))
    sizes = iter((*WINDOWS, MAX_WORDS))
    words: list[str] = []
    found, whole = None, False
    while found is None and not whole:
        size = next(sizes)
        words += islice(read, size - len(words))
        whole = len(words) < size or size == MAX_WORDS
        found = _read(words, whole=whole) if len(words) >= LEAST_WORDS else None
    return found if found is None or found in OURS | NEIGHBOURS else _foreign(found, words)


def _foreign(group: str, words: Sequence[str]) -> str | None:
    """Return which language of a group the words are, where enough of them say so that English is the better answer."""
    said = {word.lower() for word in words}
    known = OTHER_WORDS if group == "" else {group: WORDS[group]}
    hits = {language: len(listed & said) for language, listed in known.items()}
    first, *others = sorted(hits, key=lambda language: hits[language], reverse=True)
    clear = hits[first] >= CLEAR_HITS and all(hits[first] > hits[other] for other in others)
    return first or None if clear else None


def _read(words: Sequence[str], *, whole: bool) -> str | None:
    """Return the language of the opening of a text, or of the whole of it, where one stands out."""
    found = _language(words, whole=whole)
    if found == "en" and not whole and WRITERS.isdisjoint(word.lower() for word in words):
        return None
    return _form(words) if found == "no" else found


def _language(words: Sequence[str], *, whole: bool) -> str | None:
    """Return the group of languages that has the most of the words, or None where none stands out.

    What is as Norwegian as it is Danish is Norwegian here.
    """
    said = {word.lower(): word for word in words}
    odd = [(lower, word) for lower, word in said.items() if not word.isascii() and len(word) > 1 and word.islower()]
    hits = {language: len(known.intersection(said)) + _hinted(odd, language) for language, known in WORDS.items()}
    first, second = sorted(hits, key=lambda language: (hits[language], language == "no"), reverse=True)[:2]
    clear = hits[first] > hits[second] or (whole and first == "no")
    return first if clear and hits[first] >= (LEAST_HITS if whole else CLEAR_HITS) else None


def _hinted(words: Sequence[tuple[str, str]], language: str) -> int:
    """Return how many words that a language does not list are written with its letters."""
    letters, known = LETTERS.get(language, frozenset()), WORDS[language]
    return sum(lower not in known and not letters.isdisjoint(word) for lower, word in words)


def _form(words: Sequence[str]) -> str | None:
    """Return which of the two written forms of Norwegian the words are, or None where both write them so."""
    hits = {form: sum(_is_of(word, form) for word in words) for form in FORMS}
    return None if hits["nb"] == hits["nn"] else max(hits, key=lambda form: hits[form])


def _is_of(word: str, form: str) -> bool:
    lower = word.lower()
    if lower in FORMS[form]:
        return True
    return word.islower() and lower not in BOTH and ENDINGS[form].fullmatch(lower) is not None
