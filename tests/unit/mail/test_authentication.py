"""Whose word counts for a sender: only our own servers', and only above what the sender could have written."""

import pytest

from inboxd.mail.authentication import dmarc_failed, dmarc_passed, organisation
from inboxd.mail.message import ParsedMessage
from tests.unit.messages import RECEIVED, headers, message

OURS = ("mx.desk.example",)
PASS = "mx.desk.example; dmarc=pass (p=reject) header.from=kommune.example"


def with_results(*values: str) -> ParsedMessage:
    return message(*(("Authentication-Results", value) for value in values))


@pytest.mark.parametrize(
    "value",
    [
        PASS,
        "MX.desk.example 1; spf=fail smtp.mailfrom=x.example; dmarc=pass header.from=Kommune.example.",
        "mx.desk.example; dmarc = pass",
        "mx.desk.example; dmarc/1=PASS header.from=kommune.example",
    ],
)
def test_a_pass_of_a_trusted_server_counts(value: str) -> None:
    assert dmarc_passed(with_results(value), OURS)


@pytest.mark.parametrize(
    "value",
    [
        "mx.evil.example; dmarc=pass header.from=kommune.example",
        "mx.desk.example; dmarc=fail header.from=kommune.example",
        "mx.desk.example; dmarc=pass header.from=evil.example",
        "mx.desk.example; dmarc=pass; dmarc=fail",
        "mx.desk.example; spf=pass (dmarc=pass)",
        "mx.desk.example; none",
        "; dmarc=pass",
        "",
    ],
)
def test_any_other_result_does_not(value: str) -> None:
    assert not dmarc_passed(with_results(value), OURS)


def test_a_field_below_the_first_received_is_the_senders_own() -> None:
    parsed = message(headers=headers(("Received", RECEIVED), ("Authentication-Results", PASS)))
    assert not dmarc_passed(parsed, OURS)


def test_the_topmost_field_of_a_trusted_server_counts() -> None:
    fail = "mx.desk.example; dmarc=fail"
    assert not dmarc_passed(with_results(fail, PASS), OURS)
    assert dmarc_passed(with_results("mx.other.example; dmarc=fail", PASS), OURS)


def test_nothing_passes_without_a_trusted_server_or_without_one_strict_from() -> None:
    assert not dmarc_passed(with_results(PASS), ())
    assert not dmarc_passed(message(("Authentication-Results", PASS), identity=None), OURS)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("ola@kommune.example", "kommune.example"),
        ("ola@mail.avd.kommune.example", "kommune.example"),
        ("ola@news.bbc.co.uk", "bbc.co.uk"),
        ("ola@post.molde.kommune.no", "molde.kommune.no"),
        ("ola@dep.no", "dep.no"),
        ("ola@co.no", "co.no"),
        ("ola@localhost", "localhost"),
    ],
)
def test_an_organisation_is_what_was_registered(address: str, expected: str) -> None:
    assert organisation(address) == expected


@pytest.mark.parametrize(
    "value",
    [
        'mx.desk.example; spf=pass smtp.mailfrom="x;dmarc=pass"@evil.example',
        'mx.desk.example; spf=pass smtp.mailfrom="x;dmarc=pass;("@evil.example; dmarc=fail; dkim=pass header.i=")"@x',
    ],
)
def test_what_a_sender_wrote_within_quotes_is_no_result(value: str) -> None:
    assert not dmarc_passed(with_results(value), OURS)


@pytest.mark.parametrize(
    ("value", "failed"),
    [
        ("mx.desk.example; spf=pass; dmarc=fail (p=none) header.from=kommune.example", True),
        ("mx.desk.example; dmarc=FAIL", True),
        ("mx.desk.example; dmarc=none", False),
        (PASS, False),
        ("mx.other.example; dmarc=fail", False),
    ],
)
def test_a_failure_counts_only_where_a_trusted_server_says_so(value: str, failed: bool) -> None:
    assert dmarc_failed(with_results(value), OURS) is failed
