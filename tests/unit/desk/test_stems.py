"""Forms of one word have one stem, and words that only look alike have not."""

import pytest

from inboxd.desk.notices.stems import stem


@pytest.mark.parametrize(
    "forms",
    [
        "internett internettet internetts",
        "nett nettet nettene netta",
        "skriver skriveren skrivere skriverne skrivar skrivaren skrivarar skrivarane skriverens",
        "printer printeren printers printere print",
        "program programmet programmer programma programmene",
        "skjema skjemaet skjemaer skjemaene",
        "skole skolen skoler skolene",
        "visma vismas",
        "gerica gericas",
        "server serveren servere servers",
        "konto kontoen kontoer",
        "timeliste timelister timelisten timelistene timelistane",
    ],
)
def test_forms_of_one_word_have_one_stem(forms: str) -> None:
    assert len({stem(word) for word in forms.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("konto", "kontor"), ("teams", "team"), ("teams", "teamet"), ("forms", "form"), ("windows", "window"),
        ("visma", "visning"), ("nett", "netto"), ("internett", "intranett"), ("nett", "internett"), ("leder", "leden"),
        ("lærer", "lære"), ("sak", "saks"), ("profil", "profet"), ("access", "acces"), ("elev", "elevator"),
        ("server", "service"), ("gerica", "gericom"), ("bil", "bile"), ("norsk", "norse"),
    ],
)  # fmt: skip
def test_words_that_only_look_alike_stay_apart(one: str, other: str) -> None:
    assert stem(one) != stem(other)
