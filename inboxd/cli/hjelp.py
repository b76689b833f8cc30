"""`inboxd hjelp`: what every command is for, in Norwegian, with an example of each."""

from typing import Annotated

import typer

from inboxd.cli.call import Json, begin
from inboxd.errors import NotFound

PANEL = "Why"

INDENT = " " * 6
HEADINGS = {"Daily": "Hver dag", "Desk": "Tjenesten", "Why": "Hvorfor", "Admin": "Drift"}

LAST_LINES = """\
Saksnummeret kan skrives KS-10429, ks10429 eller 10429.
Alle valg for en kommando: inboxd KOMMANDO --help (på engelsk).
--as NAVN handler for en saksbehandler, --json gir ett JSON-dokument,
--yes svarer ja på alle spørsmål."""

HELP: dict[str, tuple[tuple[str, str, str], ...]] = {
    "Daily": (
        ("queue", "Vis køen: det som har kortest frist, står øverst.", "inboxd queue --mine"),
        ("show", "Vis en sak: hvem som skrev hva, og hva det ble til.", "inboxd show KS-10429"),
        ("new", "Registrer en telefon eller et besøk. Saksnummeret er det første som skrives ut.",
         'inboxd new --phone 71111166 --subject "Ikke nett" -m "Siden ni"'),
        ("reply", "Svar melder fra fellesadressen. Uten -m eller -F åpnes teksteditoren din.",
         'inboxd reply KS-10429 -m "Nå virker det." --close'),
        ("note", "Skriv et internt notat. Det forlater aldri huset.", 'inboxd note KS-10429 -m "Bestilte ny kabel"'),
        ("take", "Ta en sak: den blir din.", "inboxd take KS-10429"),
        ("assign", "Gi en sak til en kollega, eller til ingen.", "inboxd assign KS-10429 kari"),
        ("set", "Endre status, prioritet, kategori, emne, språk, merkelapper eller felt.",
         "inboxd set KS-10429 --priority high --tag skriver"),
        ("close", "Lukk en sak. Melder får bare brev hvis du skriver noe med -m, eller kategorien vil det.",
         'inboxd close KS-10429 -m "Skriveren virker igjen."'),
        ("reopen", "Åpne en lukket sak igjen.", "inboxd reopen KS-10429"),
        ("search", "Søk i saker: ord, adresser, navn, telefonnummer.", "inboxd search skriver"),
        ("watch", "Følg med mens det skjer: nye saker, svar, frister som går ut. Ctrl-C avslutter.", "inboxd watch"),
    ),
    "Desk": (
        ("merge", "Flett en sak inn i en annen; --undo skiller dem igjen.", "inboxd merge KS-10429 KS-10311"),
        ("split", "Del ut e-poster eller notater som en egen sak; --undo fletter den tilbake.",
         "inboxd split KS-10429 17 18"),
        ("forward", "Send en sak videre til noen utenfor, eller henvis den til dem som avgjør.",
         "inboxd forward KS-10429 --to leverandor@firma.example"),
        ("escalate", "Løft en sak: kunden klager, eller du har sett varselet.",
         'inboxd escalate KS-10429 -m "Kunden har ventet i tre dager"'),
        ("agent list", "Vis saksbehandlerne, hvem som er borte og hvor mange saker de har.", "inboxd agent list"),
        ("agent away", "Meld noen borte, og gi sakene videre i ett steg.",
         "inboxd agent away kari --until 2026-12-01 --to ola"),
        ("agent back", "Meld noen tilbake.", "inboxd agent back kari"),
        ("notice new", "Lag en driftsmelding, planlagt eller ikke.",
         'inboxd notice new --unplanned --from now -m "E-posten er nede"'),
        ("notice link", "Legg saker under en driftsmelding.", "inboxd notice link 1 KS-10429"),
        ("notice unlink", "Ta saker ut av en driftsmelding.", "inboxd notice unlink 1 KS-10429"),
        ("notice update", "Fortell nytt om en driftsmelding.", 'inboxd notice update 1 -m "Feilen er funnet"'),
        ("notice close", "Avslutt en driftsmelding og svar alle sakene under den.",
         'inboxd notice close 1 -m "Alt virker igjen"'),
        ("notice list", "Vis driftsmeldingene.", "inboxd notice list"),
        ("notice show", "Vis en driftsmelding med alt som er sagt om den.", "inboxd notice show 1"),
        ("notice acks", "Vis hvem som har bekreftet at de har lest en driftsmelding.", "inboxd notice acks 1"),
        ("report now", "Hvordan det står til nå: åpne, ufordelte og forfalte saker.", "inboxd report now"),
        ("report sla", "Svartid og løsningstid i en måned, målt mot fristene.", "inboxd report sla --month 2026-03"),
        ("report channels", "Hvor mange saker som kom på e-post, telefon og over skranken.",
         "inboxd report channels --month 2026-03"),
        ("report time", "Hvor lenge saker sto i kø, ble arbeidet med og ventet på andre.",
         "inboxd report time --month 2026-03"),
        ("report rules", "Hvilke regler som slo til, og hvor ofte.", "inboxd report rules"),
        ("report inactive", "Saksbehandlere som ikke har gjort noe på lenge.", "inboxd report inactive --days 90"),
    ),
    "Why": (
        ("explain", "Forklar hva som ville skje med en e-post, uten å gjøre det.", "inboxd explain mail.eml"),
        ("health", "Er alt i orden? Postkasser, utboks, og hva som er galt.", "inboxd health"),
        ("about", "Tjenesten slik den er satt opp: kanaler, åpningstider, frister, grenser.", "inboxd about"),
        ("hjelp", "Denne oversikten.", "inboxd hjelp reply"),
        ("incoming list", "Vis e-post som har kommet inn, og hva det ble av den.", "inboxd incoming list --ignored"),
        ("incoming show", "Vis én innkommet e-post.", "inboxd incoming show 17"),
        ("incoming open", "Lag sak av en e-post som ble sett bort fra.", "inboxd incoming open 17"),
        ("incoming retry", "Prøv en tilbakeholdt e-post på nytt.", "inboxd incoming retry 17"),
        ("incoming discard", "Legg bort en tilbakeholdt e-post for godt.",
         'inboxd incoming discard 17 -m "søppelpost"'),
        ("incoming reconcile", "Bevis at det er gjort rede for alt på e-postserveren.", "inboxd incoming reconcile"),
        ("outbox list", "Vis brevene som er sendt eller venter.", "inboxd outbox list"),
        ("outbox show", "Vis ett brev og hvordan det gikk med hver mottaker.", "inboxd outbox show 12"),
        ("outbox retry", "Send et brev som ikke kom fram, på nytt.", "inboxd outbox retry 12"),
        ("outbox hold", "Hold tilbake et brev, eller stopp all sending.", "inboxd outbox hold 12"),
        ("outbox release", "Slipp fram det som er holdt tilbake.", "inboxd outbox release 12"),
        ("outbox cancel", "Avbryt et brev som ikke er sendt ennå.", "inboxd outbox cancel 12"),
    ),
    "Admin": (
        ("demo", "Se en hel dag ved skranken på ett minutt.", "inboxd demo"),
        ("init", "Lag en ny config.toml med forklaringer.", "inboxd init"),
        ("check", "Se om config.toml og brevmalene er i orden.", "inboxd check --connect"),
        ("run", "Start tjenesten.", "inboxd run"),
        ("import", "Hent inn gammel e-post fra filer, uten å sende noe.",
         "inboxd import arkiv.mbox --mailbox kundeservice"),
        ("export", "Skriv ut alt: saker som JSON-linjer og e-posten som .eml.", "inboxd export arkiv"),
        ("db upgrade", "Bring databasen til dagens skjema.", "inboxd db upgrade"),
        ("db check", "Prøv om databasen er hel og regnskapet stemmer.", "inboxd db check"),
        ("db backup", "Ta en sikkerhetskopi mens tjenesten går.", "inboxd db backup inboxd-kopi.db"),
        ("audit list", "Hva noen har gjort med selve systemet.", "inboxd audit list"),
    ),
}  # fmt: skip
"""By panel: the command, what it is for, an example."""


def hjelp(
    ctx: typer.Context,
    command: Annotated[list[str] | None, typer.Argument(metavar="[KOMMANDO]", help="Only this command.")] = None,
    json: Json = False,
) -> None:
    """Say in Norwegian what every command is for (hjelp på norsk).

    Example: inboxd hjelp reply
    """
    call = begin(ctx, json=json)
    asked = " ".join(command or ())
    document = [
        {"panel": HEADINGS[panel], "command": name, "help": about, "example": example}
        for panel, rows in HELP.items()
        for name, about, example in rows
        if asked in {"", name, name.partition(" ")[0]}
    ]
    if not document:
        raise NotFound(f"ingen kommando heter {asked}", hint="inboxd hjelp viser alle")
    call.answer(document, lambda: _page(document, call.width))


def _page(document: list[dict[str, str]], width: int) -> str:
    """Return the page: under each heading a command, what it is for beneath it, and an example."""
    from inboxd.render.screen import wrapped

    lines: list[str] = []
    for row in document:
        if row["panel"] not in lines:
            lines += ["", row["panel"]] if lines else [row["panel"]]
        lines.append(f"  inboxd {row['command']}")
        lines.append(wrapped(row["help"], width=width, indent=INDENT))
        lines.append(f"{INDENT}Eksempel: {row['example']}")  # never wrapped: it is there to be copied
    return "\n".join([*lines, "", LAST_LINES])
