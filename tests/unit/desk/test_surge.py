"""Several new cases about the same are told once, and an ordinary Monday is not."""

from typing import Any

import pytest

from inboxd.desk.desk import Cap
from inboxd.desk.evidence import Evidence
from inboxd.desk.notices.surge import (
    KnownSurge,
    Opened,
    Surge,
    alert,
    is_written_by_people,
    leads,
    names_of,
    readers,
    seen_of,
    shared_words,
    surges,
    with_known,
    words_of,
)
from tests.unit.desk.desks import HOUR, agent, category, desk
from tests.unit.desk.mondays import MONDAY, VISMA_DOWN
from tests.unit.desk.test_notice import notice

CAP = Cap(count=4, period=HOUR / 2)


def opened(number: int, subject: str, text: str = "", **changes: Any) -> Opened:
    values: dict[str, Any] = {
        "case_id": number,
        "prefix": "KS",
        "number": 1000 + number,
        "category": "it",
        "subject": subject,
        "who": f"person{number}@kommune.example",
        "words": words_of(subject, text),
        "names": names_of(subject, text),
    }
    return Opened(**{**values, **changes})


def window(*mails: tuple[str, str], first: int = 1) -> tuple[Opened, ...]:
    return tuple(opened(first + n, subject, text) for n, (subject, text) in enumerate(mails))


def found(cases: tuple[Opened, ...], *known: KnownSurge, before: tuple[Opened, ...] = ()) -> tuple[Surge, ...]:
    """Return the surges among cases, by the history of those before."""
    words = shared_words(cases, CAP)
    seen = {word: sum(word in case.words for case in before) for word in words}
    return surges(cases, seen, len(before), CAP, known)


MORNING = (*MONDAY[:17], *VISMA_DOWN, *MONDAY[17:34])
HISTORY = window(*(MONDAY * 8), first=-1000)


@pytest.mark.parametrize("before", [(), HISTORY], ids=["a desk of today", "a desk with a history"])
def test_six_of_forty_mails_about_visma_are_one_surge_that_names_the_word_and_the_six(before: Any) -> None:
    (surge,) = found(window(*MORNING), before=before)
    assert surge.words[0] == "visma"
    assert {case.case_id for case in surge.cases} >= {18, 19, 20, 21, 22, 23}
    assert len(surge.cases) <= 7  # the one who asks for access to Visma wrote of it, too


@pytest.mark.parametrize("before", [(), HISTORY], ids=["a desk of today", "a desk with a history"])
def test_an_ordinary_monday_of_sixty_mails_is_none(before: Any) -> None:
    assert found(window(*MONDAY), before=before) == ()
    for start in range(0, 60, 5):
        assert found(window(*MONDAY[start : start + 20]), before=before) == ()


def test_a_word_that_the_desk_hears_every_day_is_no_surge_in_as_many_cases() -> None:
    five = window(*[(f"Vigo sak{n}abc", "") for n in range(5)])
    often = window(*[(f"Vigo {n}abcd", "") for n in range(100)], first=-500)
    assert [surge.words for surge in found(five)] == [("vigo",)]
    assert found(five, before=often) == ()


def test_what_every_desk_hears_takes_more_of_it() -> None:
    printers = window(*[(f"Skriveren nummer{n}xyz", "") for n in range(4)], *MONDAY[30:46])
    assert found(printers) == ()
    many = window(*[(f"Skriveren nummer{n}xyz", "") for n in range(9)], *MONDAY[30:46])
    assert [surge.words for surge in found(many)] == [("skriveren",)]


ZENYA_DOWN = (
    ("Zenya svarer ikke", "Zenya har vært nede hele formiddagen."),
    ("Avvik", "Får ikke meldt avvik i Zenya, det har vart hele formiddagen."),
    ("Zenya", "Hvit skjerm hele formiddagen."),
    ("Prosedyrer borte", "Hele formiddagen har Zenya vært tomt."),
    ("Ny mus", "Musa har hakket hele formiddagen."),
    ("Kvalitetssystemet", "Vi kommer ikke inn i Zenya, hele formiddagen."),
)
"""Five people about Zenya and one about a mouse, all of the same part of the day."""


def test_words_of_time_are_about_nothing() -> None:
    assert (
        words_of("I ettermiddag", "Hele formiddagen og denne morgenen, i dag og i går kveld, ikkje i føremiddag")
        == set()
    )


@pytest.mark.parametrize("word", ["formiddagen", "omorganiseringen"])
def test_the_system_is_what_a_surge_is_about_and_not_a_common_word_of_more_cases(word: str) -> None:
    mails = [(subject, text.replace("formiddagen", word)) for subject, text in ZENYA_DOWN]
    (surge,) = found(window(*mails))
    assert surge.words[0] == "zenya"
    assert [case.case_id for case in surge.cases] == [1, 2, 3, 4, 6]
    assert (word in surge.words) is (word != "formiddagen")


def test_of_two_names_the_one_that_was_never_heard_before_is_what_it_is_about() -> None:
    often = window(*[(f"Molde {n}abcd", "") for n in range(10)], *MONDAY, first=-500)
    (surge,) = found(window(*[("Zenya i Molde", "")] * 5, ("Molde", "")), before=often)
    assert surge.words == ("zenya", "molde")


def test_of_words_as_rare_and_as_many_the_one_with_the_capital_is_what_it_is_about() -> None:
    (surge,) = found(window(*[("Spørsmål", "Jeg får ikke meldt avvik i Zenya")] * 4))
    assert surge.words[0] == "zenya"


def test_a_surge_that_turns_out_to_be_about_another_word_is_told_again() -> None:
    mails = [(subject, text.replace("formiddagen", "omorganiseringen")) for subject, text in ZENYA_DOWN]
    first = found(window(*mails[2:5], ("Annet", "Det er omorganiseringen")))[0]
    assert first.words == ("omorganiseringen",)
    assert [surge.words[0] for surge in found(window(*mails), with_known(first, ()))] == ["zenya"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Vi kommer ikke inn i Zenya. Skjermen er hvit.", {"zenya"}),
        ("Hei! Skjermen blinker\nMusa og Gerica, Visma", {"gerica", "visma"}),
        ("verken eHelse eller zenya", set()),
    ],
)
def test_a_name_has_a_capital_in_the_subject_or_inside_a_sentence(text: str, names: set[str]) -> None:
    assert names_of("", text) == names
    assert names_of("Avvik i Profil", text) == names | {"avvik", "profil"}
    assert names_of("avvik", text) == names


def test_one_person_who_writes_four_times_is_no_surge() -> None:
    alone = tuple(opened(n, "Gerica er treg", who="ola@kommune.example") for n in range(4))
    assert found(alone) == ()


def test_two_things_at_once_are_two_surges() -> None:
    both = (
        *[(f"Gerica {n}abcd", "") for n in range(5)],
        *[(f"Trådløst Rauma {n}efgh", "") for n in range(4)],
    )
    assert [surge.words for surge in found(window(*both))] == [("gerica",), ("rauma", "trådløst")]


def test_a_surge_is_told_again_only_when_it_has_doubled() -> None:
    mails = [(f"Gerica {n}abcd", "") for n in range(8)]
    first = found(window(*mails[:4]))[0]
    known = with_known(first, ())
    assert found(window(*mails[:7]), known) == ()
    (again,) = found(window(*mails), known)
    assert len(with_known(again, (known,)).case_ids) == 8
    later = window(*mails[4:7], first=5)
    assert found((*later, opened(8, "Gerica 7abcd")), known) != ()


def test_another_surge_is_told_though_one_is_known() -> None:
    known = KnownSurge(words=("visma",), case_ids=(91, 92, 93, 94))
    assert len(found(window(*[(f"Gerica {n}abcd", "") for n in range(4)]), known)) == 1


def test_a_cap_of_one_still_means_two() -> None:
    assert shared_words(window(("Gerica", "")), Cap(count=1, period=HOUR)) == frozenset()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Visma VISMA visma", {"visma"}),
        ("Ikke mulig å logge inn", set()),
        ("TV2 og F5 men ikke pc", {"tv2", "f5"}),
        ("Feil 503 på nr 12345678", set()),
        ("Visma-innlogging", {"visma", "innlogging"}),
        ("Gerica" + " x" * 2000 + " Rauma", {"gerica"}),
    ],
)
def test_what_a_mail_may_be_about_are_its_longer_words_and_names(text: str, words: set[str]) -> None:
    assert words_of("", text) == words


@pytest.mark.parametrize("closing", ["Med vennlig hilsen", "Mvh", "Vennleg helsing", "Hilsen", "Kind regards"])
def test_a_signature_is_about_nothing(closing: str) -> None:
    text = f"Skjermen blinker\n\n{closing}\nKari Vik\nRådgiver, seksjon Oppvekst"
    assert words_of("", text) == {"skjermen", "blinker"}


def test_the_names_in_a_writers_address_are_about_nothing() -> None:
    assert words_of("Molde", "Gerica henger. Hilsen Kari, Molde", "kari@molde.example") == {"gerica", "henger"}


def test_an_ordinary_monday_is_none_though_all_sign_with_their_municipality() -> None:
    signature = "\n\nMed vennlig hilsen\nRådgiver\nMolde kommune, Sektor Oppvekst\nTelefon 71 11 10 00"
    assert found(window(*[(subject, text + signature) for subject, text in MONDAY[:20]])) == ()


def test_mail_of_machines_is_told_by_its_evidence() -> None:
    assert is_written_by_people([Evidence(rule="known_customer", detail="")])
    assert is_written_by_people([])
    assert not is_written_by_people([Evidence(rule="auto-submitted", detail="Auto-Submitted: auto-generated")])


@pytest.mark.parametrize(
    ("agents", "away", "told"),
    [
        ((agent("kari"), agent("gro", role="lead"), agent("liv", role="lead", active=False)), "", ["gro"]),
        ((agent("kari"), agent("gro")), "", ["gro"]),
        ((agent("kari"), agent("adm", role="admin")), "", ["adm"]),
        ((agent("kari"),), "", []),
        ((agent("ola", role="lead"), agent("liv", role="lead"), agent("gro")), "ola", ["liv"]),
        ((agent("liv", role="lead"), agent("gro")), "liv", ["gro"]),
        ((agent("liv", role="lead"), agent("gro"), agent("adm", role="admin")), "liv gro", ["adm"]),
        ((agent("liv", role="lead"),), "liv", []),
    ],
)
def test_leads_who_are_there_are_told_else_managers_else_admins(agents: Any, away: str, told: list[str]) -> None:
    staffed = desk(agents=agents, categories=(category(manager="gro"),))
    assert [one.name for one in leads(staffed, frozenset(away.split()))] == told


def gerica() -> Surge:
    cases = (opened(1, "Gerica nede"), opened(2, "Gerica henger 010190 12345", category="drift"), opened(3, "Gerica"))
    return Surge(words=("gerica", "henger"), cases=cases)


def test_the_alert_names_words_and_cases_and_has_the_command_ready() -> None:
    letter = alert(gerica(), (), desk(), "gro@desk.example", gerica().cases)
    assert (letter.kind, letter.template, letter.null_sender) == ("alert", "surge", True)
    assert letter.words == ("gerica", "henger")
    assert letter.text.splitlines()[0] == "KS-10019  Gerica nede"
    assert letter.about == (
        'inboxd notice new --unplanned --from now --affects it drift --link KS-10019 KS-10024 KS-10035 -m "…"'
    )


@pytest.mark.parametrize(
    ("away", "told"),
    [
        ("", {"gro": [1, 3], "siv": [2]}),
        ("siv", {"gro": [1, 3], "nina": [2]}),
        ("siv nina", {"gro": [1, 3], "siv": [2]}),
        ("gro", {"siv": [1, 2, 3], "adm": [1, 3]}),
    ],
)
def test_of_cases_that_are_closed_to_every_lead_those_hear_who_answer_for_the_category(away: str, told: Any) -> None:
    agents = (agent("gro", role="lead"), agent("siv"), agent("nina"), agent("adm"))
    open_, closed = category(name="it", manager="adm"), category(
        name="drift", access="members", manager="siv", members=("nina",)
    )  # fmt: skip
    found = readers(gerica(), desk(agents=agents, categories=(open_, closed)), frozenset(away.split()))
    assert {to.split("@")[0]: [case.case_id for case in cases] for to, cases in found} == told


def test_of_cases_whose_category_is_gone_or_has_nobody_the_admin_hears_nothing() -> None:
    empty = category(name="drift", access="members", manager=None, members=())
    there = desk(agents=(agent("ola"),), categories=(category(name="it", manager=None), empty), admin="drift@d.example")
    cases = (*gerica().cases, opened(4, "Gerica", category="gone"))
    found = readers(Surge(words=("gerica",), cases=cases), there, frozenset())
    assert [(to, [case.case_id for case in seen]) for to, seen in found] == [("drift@d.example", [1, 3])]


def test_words_of_cases_that_a_lead_may_not_know_of_are_not_told_to_him() -> None:
    assert alert(gerica(), (), desk(), "gro@desk.example", gerica().cases[2:]).words == ("gerica",)


def test_where_a_notice_tells_of_it_already_the_command_puts_the_cases_under_that() -> None:
    active = (notice(id=1, text="Skriverne står"), notice(id=2, text="Gerica er nede"))
    letter = alert(gerica(), active, desk(), "gro@desk.example", gerica().cases[:1])
    assert letter.about == "inboxd notice link D-2 KS-10019"
    assert [one.id for one in letter.notices] == [2]


NET_DOWN = (
    ("Internett", "Internett er borte hos oss."),
    ("Internettet", "Har internettet falt ut?"),
    ("internettet", "Vi er uten internettet igjen"),
    ("Internetts", "Internetts hastighet er null"),
)


def test_forms_of_one_word_are_one_word_and_the_commonest_is_told() -> None:
    mails = [
        (subject.replace("nternett", "ntranett"), text.replace("nternett", "ntranett")) for subject, text in NET_DOWN
    ]
    (surge,) = found(window(*mails))
    assert (surge.words[0], len(surge.cases)) == ("intranettet", 4)


def test_a_word_that_every_desk_hears_is_one_in_every_form() -> None:
    forms = ("Skriverne", "Skrivarane", "Skriverens", "Skrivarar")
    assert found(window(*[(f"{form} nummer{n}xyz", "") for n, form in enumerate(forms)], *MONDAY[30:46])) == ()


def test_what_was_told_in_one_form_is_not_told_in_another() -> None:
    known = KnownSurge(words=("intranettets",), case_ids=(1, 2, 3, 4))
    assert found(window(*[(f"Intranettet {n}abcd", "") for n in range(4)]), known) == ()


def test_of_the_past_every_form_counts_once_a_case() -> None:
    past = [{"skriveren", "skrivere"}, {"skriver"}, {"musa"}]
    assert seen_of(["skrivarane", "gerica"], past) == {"skrivarane": 2}


def test_a_notice_in_another_form_of_the_word_is_the_one_to_link_to() -> None:
    cases = (opened(1, "Intranettet"), opened(2, "Intranettet"))
    surge = Surge(words=("intranettet",), cases=cases)
    letter = alert(surge, (notice(id=1, text="Intranett er nede"),), desk(), "gro@desk.example", cases)
    assert letter.about.startswith("inboxd notice link D-1")
