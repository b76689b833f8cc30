"""Words that do not tell what a mail to a service desk is about, in Norwegian and English."""

import re

CLOSING = re.compile(
    r"(?im)^[ \t]*(?:mvh|vh|(?:med )?(?:venn?l[ei]ge?|best[ae]?|god[ae]?|mange) h[ei]ls(?:en|ing)(?:er|ar)?|"
    r"hilsen|helsing|(?:kind|best|warm)? ?regards|sincerely|sent from|sendt fra|sendt frå)\b"
)
"""Where a signature begins that was not told apart from the text."""

_COMMON = """
alle allerede allereie også alt andre annan annen annet bare berre begge beste bort borte bruke bruker brukere
brukar brukarar burde både dag dagen dager dagar denne dere dykk deres dersom dessuten dette desse disse ditt eller
elles ellers ennå enno etter fått feil feilmelding fikk fekk fint flere fleire forrige forsøkt forsøker fortsatt
framleis fram først første fordi gang ganger gangar ganske gikk gjekk gjelder gjeld gjennom gjør gjer gjøre gjere
gjort god godt grunn hadde hallo hans hei heisann hele heile helsing hilsen hjelp hjelpe hjelper hjelpa hver hvert
hverken hvis hvor hvordan håper håpar igjen ikke ikkje ingen inga inne innen innan ingenting jobb jobbe jobber
jobbar kanskje kjør klar klare klarer klarar komme kommer kjem kommet kommune kommunen kontor kontoret korleis kunne
kveld lagt later legge lenger lengre like litt logg logge logger loggar logget logga lurer lurar lykkes løse løst
løyst mange mann mellom melding meldinga meldingen mener meiner mens medan mente mest meir meldt mine mitt morgen
morgon morges mulig mogleg måtte måtta mye mykje mangler manglar mvh ned nede nei noen noko nokon nokre opp oppe
over overalt person personer personar prøve prøver prøvd prøvde prøvar riktig rett samme same seg selv sjølv sender
sendt siden sidan sine sist siste sitt skal skjer skjedde skulle slik slutt snart startet starta starte står stå
takk tidligere tidlegare tilbake tid tiden tida ting tilgang time trenger treng tror trur under ulike unna uten utan
vanlig vanleg vanligvis vanskelig vanskeleg vart ble blir vedlegg vedlagt veldig vennlig venleg venter ventar vere
vært vore være vet veit vil ville virke virker virka virket verkar verka vist viser visste åpen åpne åpner åpnet
open opna opnar opne ønsker ønskjer about after again also because been before being cannot could does doesn done
dear each error from getting good have hello help here just kind know login more morning need only our please
problem problemer problema problemet regards since some still thank thanks that their them then there these they
this today trying user users very want week well were what when where which will with work working works would your
datamaskin datamaskinen maskin maskinen mail mailen epost eposten e-post telefon telefonen nummer nummeret
henvendelse henvending haster hastar viktig raskt kollega kollegaer kollegaene kollegaar ansatt ansatte tilsett
tilsette avdeling avdelingen avdelinga mandag tirsdag onsdag torsdag fredag måndag tysdag laurdag lørdag søndag
januar februar mars april juni juli august september oktober november desember gjerne straks idag igår imorgen rundt
formiddag formiddagen føremiddag føremiddagen ettermiddag ettermiddagen kvelden natt natten natta morgenen morgonen
morgonkvisten middag lunsj lunsjen helg helgen helga uke uken uka veke veken veka ukene vekene måned måneden månaden
minutt minutter minuttar minuttene timen timene timar timane klokka klokken dagene dagane nettopp akkurat hittil
spørsmål spørsmålet question
hvorfor kvifor hvem kven hva kva nytt gammelt alltid aldri plutselig brått helt heilt fungerer fungerar sånn
"""

_EVERY_DESKS = """
passord passordet pc pc-en skriver skriveren skrivaren skrivar printer printeren utskrift skrive outlook teams word
excel office bankid nettet nett nettverk wifi internett konto kontoen pålogging innlogging skjerm skjermen tastatur
vpn lisens programmet program bestille bestilling
"""

COMMON = frozenset(_COMMON.split())
"""Words that say nothing; a desk learns its own from its cases."""

EVERY_DESKS = frozenset(_EVERY_DESKS.split())
"""What people write to every service desk about, each on his own."""
