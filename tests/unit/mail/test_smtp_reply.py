import pytest

from inboxd.mail.smtp_reply import Outcome, outcome_of, reply


@pytest.mark.parametrize(
    ("code", "text", "enhanced", "line"),
    [
        (250, "2.0.0 Ok: queued as AA11", "2.0.0", "2.0.0 Ok: queued as AA11"),
        (550, "5.1.1 <x@y.example>: no such\r\n5.1.1 user", "5.1.1", "5.1.1 <x@y.example>: no such 5.1.1 user"),
        (550, "5.1.1", "5.1.1", "5.1.1"),
        (550, "no such user 5.1.1", "", "no such user 5.1.1"),
        (550, "4.2.1 of another class", "", "4.2.1 of another class"),
        (550, "5.1.1234 too long", "", "5.1.1234 too long"),
        (0, "connection lost", "", "connection lost"),
        (554, "\x1b[31mred\x00", "", "[31mred"),
        (250, "", "", ""),
    ],
)
def test_a_reply_is_one_clean_line_with_its_enhanced_status(code: int, text: str, enhanced: str, line: str) -> None:
    made = reply(code, text)
    assert (made.code, made.enhanced_status, made.text) == (code, enhanced, line)


def test_a_reply_is_cut_where_a_server_talks_for_ever() -> None:
    assert len(reply(550, "x" * 10_000).text) == 500


def test_a_reply_is_shown_with_its_code_if_it_has_one() -> None:
    assert str(reply(250, "2.0.0 Ok")) == "250 2.0.0 Ok"
    assert str(reply(0, "connection lost")) == "connection lost"


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (250, Outcome.DELIVERED),
        (251, Outcome.DELIVERED),
        (421, Outcome.TRANSIENT),
        (450, Outcome.TRANSIENT),
        (550, Outcome.PERMANENT),
        (552, Outcome.PERMANENT),
        (354, Outcome.UNKNOWN),
        (199, Outcome.UNKNOWN),
        (600, Outcome.UNKNOWN),
        (0, Outcome.UNKNOWN),
        (-1, Outcome.UNKNOWN),
    ],
)
def test_the_first_digit_says_what_became_of_it(code: int, outcome: Outcome) -> None:
    assert outcome_of(reply(code, "")) is outcome


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Too many recipients", Outcome.TRANSIENT),
        ("5.5.3 Too many recipients", Outcome.TRANSIENT),
        ("5.2.2 Mailbox full", Outcome.PERMANENT),
        ("5.3.4 Message too big", Outcome.PERMANENT),
    ],
)
def test_a_bare_552_at_rcpt_means_too_many_recipients_for_now(text: str, outcome: Outcome) -> None:
    assert outcome_of(reply(552, text), at_rcpt=True) is outcome
    assert outcome_of(reply(552, text)) is Outcome.PERMANENT


def test_any_other_code_at_rcpt_means_what_it_always_does() -> None:
    assert outcome_of(reply(550, "no"), at_rcpt=True) is Outcome.PERMANENT
    assert outcome_of(reply(250, "ok"), at_rcpt=True) is Outcome.DELIVERED
