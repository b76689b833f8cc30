"""What letters say of notices of downtime, in words: when, for whom, and what still works."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from inboxd.desk.decision import Draft
from inboxd.desk.desk import Desk
from inboxd.desk.notices.notice import Notice
from inboxd.render.dates import moment, span


def notice_words(draft: Draft, desk: Desk) -> dict[str, Any]:
    """Return the words of a letter's context that are about notices; none for a letter without any."""
    if not draft.notices:
        return {}
    tz = ZoneInfo(desk.timezone)
    if draft.kind in {"receipt", "refusal"}:
        told = ((n.text, n.latest, _until(n, tz, draft.language), n.still_works) for n in draft.notices)
        return {"notices": tuple(told)}
    notice = draft.notices[0]
    return {
        "notice": notice.name,
        "notice_when": span(notice.starts_at, notice.ends_at, tz, draft.language),
        "notice_until": _until(notice, tz, draft.language),
        "planned_work": notice.kind == "planned",
        "short_warning": notice.short_warning,
        "affects": titles(notice, desk),
        "still_works": notice.still_works,
    }


def titles(notice: Notice, desk: Desk) -> tuple[str, ...]:
    """Return the categories that a notice names, as people read them; one that the desk has no more by its name."""
    known = {category.name: category.title for category in desk.categories}
    return tuple(known.get(name, name) for name in notice.affects)


def _until(notice: Notice, tz: dt.tzinfo, language: str) -> str:
    return moment(notice.ends_at, tz, language) if notice.ends_at else ""
