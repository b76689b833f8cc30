"""What a web form writes into every mail is about nothing; what people fill in is."""

from inboxd.desk.notices.forms import without_forms
from inboxd.desk.notices.surge import names_of, words_of
from tests.unit.desk.test_surge import Opened, found, opened

SUBJECT = "Melding fra skjemaet på intranettsiden"


def form(name: str, place: str, what: str) -> str:
    return f"Innsendt via Kundeportalen.\n\nNavn: {name}\nTjenestested: {place}\nBeskrivelse av hendelsen:\n{what}\n"


MAILS = [
    (SUBJECT, form("Ola Vik", "Rauma skole", "Får ikke skrevet ut på A3.")),
    (SUBJECT, form("Kari Nes", "Sykehjemmet", "Trenger ny mus.\nDen gamle henger.")),
    (SUBJECT, form("Per Li", "Rådhuset", "Kan jeg få en skjerm til?")),
    (SUBJECT, form("Siv Moe", "Teknisk", "Hvordan bestiller jeg bil?")),
    (SUBJECT, form("Nina By", "Kulturskolen", "Lyden er borte på møterommet.")),
]


def cases(mails: list[tuple[str, str]]) -> tuple[Opened, ...]:
    said = without_forms(mails)
    return tuple(
        opened(n, subject, words=words_of(subject, text), names=names_of(subject, text))
        for n, (subject, text) in enumerate(said, start=1)
    )


def test_five_mails_of_one_form_are_no_surge_on_a_new_desk() -> None:
    assert found(tuple(opened(n, *mail) for n, mail in enumerate(MAILS, start=1))) != ()  # or nothing is shown here
    assert found(cases(MAILS)) == ()


def test_what_people_fill_in_still_makes_one() -> None:
    down = ["Gerica henger.", "Kommer ikke inn i Gerica", "Gerica er hvit", "Hva skjer med Gerica?"]
    mails = [(SUBJECT, form(f"Person {n}", "Helse", what)) for n, what in enumerate(down)]
    (surge,) = found(cases(mails))
    assert surge.words == ("gerica", "helse")


def test_of_a_single_mail_of_a_form_only_the_labels_go() -> None:
    ((subject, text),) = without_forms(MAILS[:1])
    assert subject == SUBJECT
    assert words_of("", text) >= {"kundeportalen", "rauma", "skrevet"}
    assert words_of("", text).isdisjoint({"navn", "tjenestested", "beskrivelse", "hendelsen"})


def test_mails_of_people_stay_as_they_are() -> None:
    mails = [
        ("Visma", "Hei!\nFeil: Visma er nede\nse https://visma.example"),
        ("Visma", "Hei!\nVisma er nede\n\nMvh\nKari\nTlf: 71\nMobil: 90\nE-post: kari@x.example"),
    ]
    assert without_forms(mails) == mails


def test_a_mail_of_another_form_keeps_what_it_shares_with_the_first() -> None:
    other = ("Gerica", "A: 1\nB: 2\nC: 3\nInnsendt via Kundeportalen.")
    assert without_forms([*MAILS, other])[-1] == ("Gerica", " 1\n 2\n 3\nInnsendt via Kundeportalen.")
