"""A case as a timeline that stays calm: long names, letters that no person wrote, signatures, links both ways."""

from typing import Any

import pytest
from rich.cells import cell_len

from tests.unit.render.test_terminal import AASE, after_head, entry, shown

LONG = {"name": "Kari Bråten Øvrebø-Langfeldt", "address": "kari.bratenovrebolangfeldt@kristiansund.kommune.example"}
MINE = {"letter": 7, "kind": "answer", "state": "sent", "recipients": []}


def test_no_line_but_one_long_word_is_wider_than_the_terminal() -> None:
    text = shown(
        entry("mail_in", **{"from": LONG}, cc=[LONG, AASE], text="ord " * 60),
        entry("mail_out", to=[LONG, AASE], text="ord", delivery=MINE | {"state": "unknown"}),
        subject="Får ikke logget inn i fagsystemet " * 4,
        requester={**LONG, "phone": "71 11 11 70", "verified": False},
        participants=[LONG | {"role": "cc"}, AASE | {"role": "outsider"}],
        customer="Kristiansund",
    )
    assert max(map(cell_len, text.splitlines())) <= 80


@pytest.mark.parametrize(("kind", "heading"), [("receipt", "receipt to "), ("escalation", "automatic letter to ")])
def test_a_letter_that_no_person_wrote_is_two_lines_until_all_is_wanted(kind: str, heading: str) -> None:
    receipt = entry("mail_out", actor="inboxd", to=[AASE], text="Vi har mottatt", delivery=MINE | {"kind": kind})
    assert after_head(shown(receipt)) == (
        f"2026-11-23 08:01  {heading}Åse Sørbø <aase@kommune.example>  #7\n    Delivery: sent"
    )
    assert "Vi har mottatt" in shown(receipt, full=True)


def test_an_answer_is_shown_without_the_desks_signature_and_how_it_fared_stands_apart() -> None:
    answer = entry("mail_out", to=[AASE], text="Det virker nå.\n\n-- \nKundeservice\n", delivery=MINE)
    assert after_head(shown(answer)) == (
        "2026-11-23 08:01  letter from kari to Åse Sørbø <aase@kommune.example>  #7\n"
        "    Det virker nå.\n"
        "\n"
        "    Delivery: sent"
    )
    assert "    Kundeservice" in shown(answer, full=True)


def test_many_empty_lines_are_one() -> None:
    spread = entry("mail_in", **{"from": AASE}, text="a\r\n\r\n \r\n\r\nb\nc\n\nd")
    assert after_head(shown(spread)).splitlines()[1:] == ["    a", "", "    b", "    c", "", "    d"]
    assert "    a\n\n\n\n    b" in shown(spread, full=True)


@pytest.mark.parametrize(
    ("kind", "other", "said"),
    [
        ("claims", "KS-10003", "says it belongs to KS-10003"),
        ("claims", "KS-10437", "named by KS-10437"),
        ("split", "KS-10003", "split from KS-10003"),
        ("split", "KS-10437", "split into KS-10437"),
        ("follows", "KS-10437", "followed by KS-10437"),
        ("notice", "D-3", "notice D-3"),
    ],
)
def test_a_link_reads_right_on_both_its_ends(kind: str, other: str, said: str) -> None:
    text = shown(links=[{"reference": other, "kind": kind}])
    assert f"Linked:    {said}" in text
    assert ("! Names" in text) is (said == "says it belongs to KS-10003")


@pytest.mark.parametrize("rule", ["not-authentic", "first-time"])
def test_what_is_known_against_a_sender_stands_above_his_words(rule: str) -> None:
    warned: dict[str, Any] = entry(
        "mail_in", **{"from": AASE}, text="Hei", evidence=[{"rule": rule, "detail": "Ukjent."}]
    )
    assert after_head(shown(warned)).splitlines()[1:] == ["    ! Ukjent.", "    Hei"]
