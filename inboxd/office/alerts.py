"""What goes wrong with the desk itself reaches its admin: once when it has lasted, and once more when it is over."""

import datetime as dt
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from inboxd.desk.decision import Decision, Draft
from inboxd.logs import event
from inboxd.mail.address import Address
from inboxd.office.health import Problem, examine
from inboxd.office.letters.freezing import write_letters
from inboxd.office.office import Office
from inboxd.render.dates import moment
from inboxd.store import alerts
from inboxd.store.engine import Session
from inboxd.store.rows import AlertRow

log = logging.getLogger(__name__)

LASTS = dt.timedelta(minutes=5)
"""A problem that goes within this time is told to nobody, and one that comes back within it was never over."""

ALERTED = frozenset({
    "disk_full", "mailbox_failing", "mailbox_late", "mailbox_unseen",  # no mail comes in, and nobody can see that
    "relay_failing",  # no letter leaves
    "sent_folder",  # what agents send in their mail clients does not come on its cases
    "sent_copies",  # the Sent folder is full or missing
    "letters_stranded",  # letters wait for a mailbox that the admin took away
    "incoming_held",  # a mail that no machine may decide on
    "receipts_breaker",  # some machine answers what the desk's machine writes
    "receipts_held",  # somebody floods the desk, or makes it flood somebody
    "template_broken",  # letters do not say what the admin wrote
    "config_refused",  # the desk does not work as the admin wrote
    "notices_folder",  # an intranet shows what is no longer true
    "clock_failing",  # something of what the clock does is not done, and only the log says so
})  # fmt: skip
"""The problems of `health` that only an admin can mend. Letters that failed are not among them: whoever's words they
carried is told on the case, and an alert about an alert that did not arrive would never end."""

SINCE = {"nb": ("siden", "til"), "nn": ("sidan", "til"), "en": ("since", "to")}
"""Since when something lasts, and until when it lasted, in the desk's language."""

Key = tuple[str, str]
"""A problem's code, and the mailbox it is about ("" for the whole desk)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _News:
    """What one look found: the alerts to tell of, those whose end is to be told, and what only has to be noted."""

    due: tuple[AlertRow, ...]
    over: tuple[AlertRow, ...]
    back: tuple[AlertRow, ...]
    gone: tuple[AlertRow, ...]
    forgotten: tuple[AlertRow, ...]


def tell_admin(office: Office) -> int:
    """Compare what is wrong with what was told, write what is due to `[desk] admin`, and return how many letters.

    All that is due at one look stands in one letter, all that is over in another one.
    """
    if office.desk.admin is None:
        return 0
    now = office.clock.now()
    problems = _problems(office)
    with office.store.begin() as session:
        alerts.none_ahead(session, now)
        known = alerts.open_alerts(session)
        news = _news(known, problems, now)
        _note(session, news, now)
        for code, mailbox in problems.keys() - {(alert.code, alert.subject) for alert in known}:
            what = problems[code, mailbox].what
            alerts.open_alert(session, code=code, subject=mailbox, what=what, since=now)
        letters = tuple(_drafts(news, problems, office))
        write_letters(session, Decision(kind="ignore", letters=letters), case_id=None, office=office)
    for name, told in (("alert.told", news.due), ("alert.over", news.over)):
        for alert in told:
            event(log, logging.WARNING, name, code=alert.code, mailbox=alert.subject)
    return len(letters)


def _problems(office: Office) -> dict[Key, Problem]:
    return {(p.code, p.mailbox): p for p in examine(office)[1] if p.code in ALERTED}


def _news(known: Sequence[AlertRow], problems: Mapping[Key, Problem], now: dt.datetime) -> _News:
    there = [alert for alert in known if (alert.code, alert.subject) in problems]
    away = [alert for alert in known if (alert.code, alert.subject) not in problems]
    untold = [alert for alert in there if alert.told_at is None]
    return _News(
        due=tuple(alert for alert in untold if now - _lasting_since(alert, problems, now) >= LASTS),
        over=tuple(alert for alert in away if alert.ended_at is not None and now - alert.ended_at >= LASTS),
        back=tuple(alert for alert in there if alert.ended_at is not None),
        gone=tuple(alert for alert in away if alert.told_at is not None and alert.ended_at is None),
        forgotten=tuple(alert for alert in away if alert.told_at is None),
    )


def _lasting_since(alert: AlertRow, problems: Mapping[Key, Problem], now: dt.datetime) -> dt.datetime:
    """Return since when a problem was there at every look: not before it last began, as one between two looks may.

    One that began in the future began before the clock was put back.
    """
    since = _since(alert, problems)
    return alert.since if since > now else max(alert.since, since)


def _since(alert: AlertRow, problems: Mapping[Key, Problem]) -> dt.datetime:
    problem = problems.get((alert.code, alert.subject))
    return problem.since if problem and problem.since else alert.since


def _note(session: Session, news: _News, now: dt.datetime) -> None:
    alerts.told(session, _ids(news.due), now)
    alerts.closed(session, _ids(news.over), now)
    alerts.ended(session, _ids(news.back), None)
    alerts.ended(session, _ids(news.gone), now)
    alerts.forget(session, _ids(news.forgotten))


def _ids(rows: Iterable[AlertRow]) -> list[int]:
    return [row.id for row in rows]


def _drafts(news: _News, problems: Mapping[Key, Problem], office: Office) -> Iterable[Draft]:
    failing = {mailbox for code, mailbox in problems if code == "relay_failing"}
    for told, over in ((news.due, False), (news.over, True)):
        if told:
            what = [alert.what if over else problems[alert.code, alert.subject].what for alert in told]
            spans = [(_since(alert, problems), alert.ended_at if over else None) for alert in told]
            yield _draft(what, spans, office, avoid=failing, over=over)


def _draft(
    what: Sequence[str], spans: Sequence[tuple[dt.datetime, dt.datetime | None]], office: Office,
    *, avoid: set[str], over: bool,
) -> Draft:  # fmt: skip
    """Return one letter, through a mailbox whose relay works if there is one. A span is since when, and until when."""
    desk = office.desk
    names = [mailbox.name for mailbox in desk.mailboxes]
    lines = [f"{one} ({_when(*span, office)})" for one, span in zip(what, spans, strict=True)]
    return Draft(
        kind="alert",
        case_id=None,
        mailbox=next((name for name in names if name not in avoid), names[0]),
        template="alert",
        language=desk.language,
        to=(Address(name="", address=desk.admin or ""),),
        about=" / ".join(what),
        text="\n\n".join(lines),
        null_sender=True,
        closed=over,
    )


def _when(since: dt.datetime, ended: dt.datetime | None, office: Office) -> str:
    language, zone = office.desk.language, ZoneInfo(office.desk.timezone)
    lasting, over = SINCE.get(language, SINCE["nb"])
    if ended is None:
        return f"{lasting} {moment(since, zone, language)}"
    return f"{moment(since, zone, language)} {over} {moment(ended, zone, language)}"
