"""The queue on terminals of several widths."""

import datetime as dt
import itertools

import pytest
from rich.cells import cell_len

from inboxd.render import terminal
from tests.unit.render.test_terminal import AASE, OSLO, TODAY, case


def test_a_wider_terminal_shows_requester_category_and_customer_and_whole_moments() -> None:
    doc = [case(customer="Molde")]
    heads = [
        terminal.queue_table(doc, width=width, colour=False, tz=OSLO, now=TODAY).splitlines()[2].split()
        for width in (99, 100, 120, 140)
    ]
    added = [set(wider) - set(narrower) for narrower, wider in itertools.pairwise(heads)]
    assert added == [{"Requester"}, {"Category"}, {"Customer"}]
    assert "23.11 12:01  open" in terminal.queue_table(doc, width=100, colour=False, tz=OSLO, now=TODAY)


def test_what_is_due_on_another_day_shows_its_date_and_a_case_at_rest_nothing() -> None:
    doc = [case(last={"who": "kari", "at": "2026-11-22T23:05:00+00:00"}), case(status="closed", due=None)]
    tomorrow = TODAY + dt.timedelta(days=1)
    today, closed = terminal.queue_table(doc, width=80, colour=False, tz=OSLO, now=TODAY).splitlines()[3:5]
    assert "kari 00:05" in today
    assert closed.startswith("KS-10429         closed ")
    assert "  23.11  " in terminal.queue_table(doc, width=80, colour=False, tz=OSLO, now=tomorrow).splitlines()[3]


@pytest.mark.parametrize("width", [80, 100, 132, 200])
def test_forty_cases_keep_to_the_width_and_one_line_each(width: int) -> None:
    doc = [
        case(number=1000 + n, subject="Å" * n * 3, requester={**AASE, "name": "日本" * n}, assignee="kari" * (n % 5))
        for n in range(40)
    ]
    lines = terminal.queue_table(doc, width=width, colour=False, tz=OSLO, now=TODAY).splitlines()
    assert len(lines) == 43
    assert max(map(cell_len, lines)) <= width
