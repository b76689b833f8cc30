"""What `inboxd queue` is asked for: whose, where, since when."""

from pathlib import Path

import pytest

from tests.integration.paper_desk import Console, PaperDesk, mail, write_config

CUSTOMER = """
[[customer]]
name = "Molde"
domains = ["molde.example"]
"""


@pytest.fixture
def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, console: Console) -> dict[str, str]:
    """Four cases: one of Molde's, one that waits, one that is closed, and one past its target that is a fault."""
    desk = PaperDesk(tmp_path, config=write_config(tmp_path, more=CUSTOMER))
    monkeypatch.setenv("INBOXD_CONFIG", str(desk.config))
    desk.arrive(mail(number=1, sender="Åse <ase@molde.example>"), mail(number=2), mail(number=3), mail(number=4))
    desk.close()
    molde, waits, closed, late = sorted(case["reference"] for case in console.ask("queue"))
    console("assign", molde, "kari")
    console("set", waits, "--status", "waiting")
    console("close", closed, "--silent")
    console("set", late, "--type", "fault")
    return {"molde": molde, "waits": waits, "closed": closed, "late": late}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ((), ["late", "molde", "waits"]),
        (("--all",), ["closed", "late", "molde", "waits"]),
        (("--waiting",), ["waits"]),
        (("--closed",), ["closed"]),
        (("--status", "closed"), ["closed"]),
        (("--customer", "Molde"), ["molde"]),
        (("--customer", "none"), ["late", "waits"]),
        (("--type", "fault"), ["late"]),
        (("--type", "none", "--all"), ["closed", "molde", "waits"]),
        (("--mine", "--as", "kari"), ["molde"]),
        (("--unassigned", "--category", "it"), ["late", "waits"]),
        (("--overdue",), ["late", "molde", "waits"]),
        (("--since", "1h"), ["late", "molde", "waits"]),
        (("--since", "2026-03-09", "--closed"), ["closed"]),
    ],
)
def test_the_queue_shows_what_is_asked_for(
    console: Console, cases: dict[str, str], words: tuple[str, ...], found: list[str]
) -> None:
    listed = {case["reference"] for case in console.ask("queue", *words)}
    assert sorted(name for name, reference in cases.items() if reference in listed) == found


@pytest.mark.parametrize(
    "words",
    [
        ("--customer", "tull"),
        ("--type", "tull"),
        ("--since", "tomorrow"),
        ("--since", "tull"),
        ("--waiting", "--closed"),
        ("--status", "open", "--closed"),
    ],
)
def test_what_nothing_can_be_is_a_usage_error(console: Console, cases: dict[str, str], words: tuple[str, ...]) -> None:
    assert console.error("queue", *words, code=2)["code"] == "usage"


def test_show_without_a_reference_opens_my_case_that_is_due_next(console: Console, cases: dict[str, str]) -> None:
    assert console.ask("show", "--as", "kari")["reference"] == cases["molde"]
    assert console.error("show", "--as", "per", code=4)["hint"] == "inboxd queue --unassigned"
