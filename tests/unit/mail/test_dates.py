"""Dates as people's programs write them."""

import datetime as dt

import pytest

from inboxd.mail.dates import last_stop, read_date


def at(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[arg-type,misc]  # year, month, day and so on


MORNING = at(2026, 3, 3, 9, 12)


@pytest.mark.parametrize(
    "value",
    ["Tue, 3 Mar 2026 10:12:00 +0100", "Tue, 03 Mar 2026 10:12:00 +0100 (CET)", "3 Mar 26 10:12 +0100",
     "Tue, 3 Mar 126 10:12:00 +0100", "TUE, 3 MAR 2026 10:12:00 +0100", "Tue , 3\r\n Mar 2026\r\n 10:12:00 +0100",
     "Tue, (en (dobbel)) 3 Mar 2026 10:12 +0100", "Tue, 3 Mar 2026 10 : 12 : 00 +0100",
     "Tue, 3 Mar 2026 10:12:00+0100", "Tue, 3 Mar 2026 10:12:00 +01:00", "Tue, 3 Mar 2026 05:12:00 \u22120400",
     "Tue, 3 Mar 2026 10:12:00 GMT+1", "Tue, 3 Mar 2026 10:12:00 UTC+01:00", "Tue, 3 Mar 2026 10:12:00 CET",
     "Tue, 3 Mar 2026 10:12:00 (CET)", "Tue, 3 Mar 2026 11:12:00 cest", "Tue, 3 Mar 2026 05:12:00 EDT",
     "Tue, 3 Mar 2026 10.12.00 +0100", "Tue Mar  3 10:12:00 2026 +0100", "Tue Mar  3 10:12:00 CET 2026",
     "2026-03-03T10:12:00+01:00", "2026-03-03T09:12:00.123456Z", "2026-03-03 09:12:00", "2026 Mar 3 09:12",
     "03.03.2026 09:12", "3.3.2026 kl. 09.12", "2026/03/03 09:12:00", "tir, 3 mars 2026 10:12 +0100",
     "tirsdag 3. mars 2026 10:12:00 +0100", "ti, 3 maalis 2026 11:12:00 +0200", "Di, 3 Mär 2026 10:12:00 +0100",
     "mar., 3 mars 2026 10:12:00 +0100", "wt, 3 mar 2026 10:12:00 +0100", "Tue, 03-Mar-2026 09:12:00 GMT",
     "Tue Mar 03 2026 10:12:00 GMT+0100 (Central European Standard Time)", "Tue, 3 Mar 2026 09:12:00 XYZ",
     "Tue, 3 Mar 2026 9:12 AM", "Tue, 3 Mar 2026 09:12:00", "=?utf-8?Q?Tue,_3_Mar_2026_10:12:00_+0100?="],
)  # fmt: skip
def test_many_ways_to_write_one_moment(value: str) -> None:
    assert read_date(value) == MORNING


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("9 Jun 92 03:45:24 JST", at(1992, 6, 8, 18, 45, 24)),
        ("03/15/2026 3:12 p.m.", at(2026, 3, 15, 15, 12)),
        ("12:12 AM, 3 March 2026", at(2026, 3, 3, 0, 12)),
        ("mar. 3 févr. 2026 10:12:00 +0100", at(2026, 2, 3, 9, 12)),
        ("2026-03-03", at(2026, 3, 3)),
        ("Thu, 31 Dec 2026 23:59:60 +0000", at(2027, 1, 1)),
        ("Fri, 31 Dec 9999 23:59:59 +0000", at(9999, 12, 31, 23, 59, 59)),
        ("Fri, 2 Jan 1970 00:00:00 +0000", at(1970, 1, 2)),
    ],
)
def test_other_moments(value: str, date: dt.datetime) -> None:
    assert read_date(value) == date


@pytest.mark.parametrize(
    "value",
    ["", "i går", "10:12", "3 Mar", "3.3. 10:12", "Tue, 99 Mar 2026 10:12:00 +0100", "Mon, 30 Feb 2026 10:00:00 +0100",
     "Tue, 3 Mar 2026 24:00:00 +0100", "Tue, 3 Mar 20261 10:12:00 +0100", "Fri, 31 Dec 9999 23:59:59 -0100",
     "Mon, 1 Jan 0001 00:00:00 +9900", "Thu, 1 Jan 1970 00:00:00 +0000", "20260303101200", "3/3/3/3", "9" * 5_000],
)  # fmt: skip
def test_what_is_no_date_of_a_mail_is_none(value: str) -> None:
    assert read_date(value) is None


STAMP, OLD = b"Tue, 3 Mar 2026 10:12:00 +0100", b"Mon, 2 Mar 2020 10:00:00 +0100"


@pytest.mark.parametrize(
    ("octets", "when"),
    [
        (b"Received: by a with LMTP;\r\n\t%b\r\nReceived: by b; %b\r\nDate: %b\r\n\r\nx" % (STAMP, OLD, OLD), MORNING),
        (b"Received: by a without a stamp\r\ndate : %b\r\n\r\n" % STAMP, MORNING),
        (b"Subject: x\nDate: %b\n\nx" % STAMP, MORNING),
        (b"Subject: x\r\n\r\nDate: %b\r\n" % STAMP, None),
        (b"Date: i dag\r\n\r\n", None),
        (b"", None),
    ],
)
def test_the_last_stop_of_a_mail_is_its_first_received_else_its_date(octets: bytes, when: dt.datetime | None) -> None:
    assert last_stop(octets) == when


def test_a_header_of_nothing_but_folds_is_read_in_bounded_time() -> None:
    assert last_stop(b"Received: x" + b"\r\n " * 100_000 + b"received:" * 10_000) is None
