"""Subjects of returned and late mail, of which the machine's own process reads the beginning only."""

import pytest

from inboxd.mail.bounce.subjects import MAX_START, says_arrived, says_delayed, says_returned


@pytest.mark.parametrize(
    "subject",
    [
        "Undeliverable: Hei",
        "[EKSTERN] [Spam?]  Undeliverable: Hei",
        "**SPAM** Mail delivery failed",
        "[a]***b***Warning: returned mail",
        "Fwd: Undelivered Mail Returned to Sender",
        "[ndn]: Hei",
        "  [x]\t \n Ikke levert: Hei",
    ],
)
def test_a_subject_of_returned_mail_may_stand_behind_tags_and_blanks(subject: str) -> None:
    assert says_returned(subject)


@pytest.mark.parametrize(
    "subject", ["[a] [b] [c] [d] Undeliverable: Hei", "Fwd: Hei", "Re: Undeliverable: Hei", "[x] y"]
)
def test_behind_other_words_it_says_nothing(subject: str) -> None:
    assert not says_returned(subject)


def test_a_warning_is_no_returned_mail_and_an_arrival_neither() -> None:
    assert says_delayed("Warning:  could not send message for past 4 hours")
    assert not says_returned("[x]  Delivery Status Notification (Delay)")
    assert says_arrived("  Levert : Hei")


@pytest.mark.parametrize("piece", [" ", "\t ", "[x] ", "[", "*", "** ", "- ", "ord ", "\u3000"])
def test_of_any_subject_only_the_beginning_is_looked_at(piece: str) -> None:
    assert not says_returned("[x]" + piece * MAX_START + "Undeliverable: Hei")
    assert not says_delayed("[x]" + piece * MAX_START + "y")
