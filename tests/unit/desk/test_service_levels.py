"""Words in several languages, and the matrix."""

import pytest

from inboxd.config.builtin import PRIORITIES
from inboxd.desk.clocks.service_levels import Matrix, Point, Priority
from tests.unit.desk.desks import desk


@pytest.mark.parametrize(
    ("name", "nb", "nn", "en"),
    [
        ("critical", "Kritisk", "Kritisk", "Critical"),
        ("high", "Høy", "Høg", "High"),
        ("normal", "Middels", "Middels", "Normal"),
        ("low", "Lav", "Låg", "Low"),
    ],
)
def test_the_built_in_priorities_have_their_names_and_definitions_in_every_language(
    name: str, nb: str, nn: str, en: str
) -> None:
    found = next(priority for priority in PRIORITIES if priority.name == name)
    assert [found.title_in(language) for language in ("nb", "nn", "en", "se")] == [nb, nn, en, nb]
    definitions = [found.definition_in(language) for language in ("nb", "nn", "en")]
    assert all(definitions)
    assert len(set(definitions)) == 3


def test_one_title_serves_for_all_languages() -> None:
    plain = Priority(name="vip", title="VIP", response=None, resolution=None, clock="office")
    assert (plain.title_in("en"), plain.definition_in("en")) == ("VIP", "")


def test_a_matrix_says_which_priority_two_words_make() -> None:
    matrix = Matrix(impacts=("one", "many"), urgencies=("later", "now"), rows=(("low", "normal"), ("high", "critical")))
    assert [matrix.priority(i, u) for i in matrix.impacts for u in matrix.urgencies] == [
        "low",
        "normal",
        "high",
        "critical",
    ]


def test_a_point_is_found_by_its_name() -> None:
    leader = Point(name="leader", title="Leder", person="Ann", phone="", address=None, purposes=("escalation",))
    known = desk(points=(leader,))
    assert (known.point("leader"), known.point("nobody")) == (leader, None)
