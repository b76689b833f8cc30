"""What a letter to an agent says besides its case: who wrote, what came along, and where an answer goes."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from inboxd.desk.case import Case
from inboxd.desk.decision import Draft
from inboxd.desk.desk import Desk
from inboxd.desk.letters.answerable import may_answer
from inboxd.desk.letters.morning import MOST, ListedCase, Morning
from inboxd.mail.personal_number import mask_personal_numbers
from inboxd.mail.subject import one_line
from inboxd.render.dates import clock_time, moment

NAME_LENGTH = 60
"""Characters of a requester's name in the line that says where an answer goes: it must not hide the address."""


def agent_words(draft: Draft, case: Case | None, desk: Desk) -> dict[str, Any]:
    """Return these words of a letter's context, without personal numbers."""
    return {
        "author": mask_personal_numbers(draft.author),
        "attachments": tuple(map(mask_personal_numbers, draft.attachments)),
        "not_attached": tuple(map(mask_personal_numbers, draft.left_out)),
        "answers_go_to": _requester(case) if case is not None and may_answer(draft, case, desk) else "",
        **(_lists(draft.morning, ZoneInfo(desk.timezone), draft.language) if draft.morning else {}),
    }


def _requester(case: Case) -> str:
    name = one_line(mask_personal_numbers(case.requester.name), NAME_LENGTH)
    return f"{name} <{case.requester.address}>" if name else case.requester.address


def _lists(told: Morning, tz: dt.tzinfo, language: str) -> dict[str, Any]:
    lists = {"due_today": told.due_today, "mine": told.mine, "unassigned": told.unassigned}
    return {name: _lines(cases, told.at, tz, language) for name, cases in lists.items()}


def _lines(cases: Sequence[ListedCase], now: dt.datetime, tz: dt.tzinfo, language: str) -> tuple[tuple[str, ...], ...]:
    shown = tuple(_line(case, now, tz, language) for case in cases[:MOST])
    return shown if len(cases) <= MOST else (*shown, ("", "", str(len(cases) - MOST), "", ""))


def _line(case: ListedCase, now: dt.datetime, tz: dt.tzinfo, language: str) -> tuple[str, ...]:
    when = ""
    if case.due is not None:
        today = case.due.astimezone(tz).date() == now.astimezone(tz).date()
        when = clock_time(case.due, tz, language) if today else moment(case.due, tz, language)
    late = case.due is not None and case.due < now
    subject, requester = (mask_personal_numbers(one_line(said, NAME_LENGTH)) for said in (case.subject, case.requester))
    return case.reference, f"{case.target}_late" if late else case.target, when, subject, requester
