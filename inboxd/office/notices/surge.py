"""Looking for a surge: several new cases of a short time that are about the same make one alert to the leads."""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import replace

from inboxd.desk.decision import Decision, Draft
from inboxd.desk.notices.notice import Notice
from inboxd.desk.notices.surge import REMEMBERED, Surge, alert, readers, shared_words, surges, with_known
from inboxd.logs import event
from inboxd.office.letters.freezing import write_letters
from inboxd.office.office import Office
from inboxd.store import notices
from inboxd.store import surges as store
from inboxd.store.absences import absent
from inboxd.store.engine import Session
from inboxd.store.locks import lock

log = logging.getLogger(__name__)


def look_for_surge(office: Office) -> int:
    """Tell the leads of surges that they have not been told of; return how many there were."""
    if office.desk.surge is None:
        return 0
    now = office.clock.now()
    with office.store.reading() as session:
        if not _news(session, office, now):
            return 0
    with office.store.begin() as session:
        lock(session, ("surges",))
        found = _news(session, office, now)  # asked again under the lock: another daemon may have told meanwhile
        known = store.known_surges(session, now - REMEMBERED)
        active = notices.in_force(session, now)
        for surge in found:
            number = store.remember(session, with_known(surge, known), now)
            letters = _letters(surge, active, office, number, absent(session, now))
            write_letters(session, Decision(kind="ignore", letters=letters), case_id=None, office=office)
    for surge in found:
        event(log, logging.WARNING, "surge.raised", words=", ".join(surge.words), cases=len(surge.cases))
    return len(found)


def _news(session: Session, office: Office, now: dt.datetime) -> tuple[Surge, ...]:
    cap = office.desk.surge
    if cap is None or not store.enough_opened(session, now - cap.period, cap.count):
        return ()
    opened = store.opened_since(session, now - cap.period)
    words = shared_words(opened, cap)
    if not words:
        return ()
    seen, before = store.words_before(session, opened[0].case_id, words)
    return surges(opened, seen, before, cap, store.known_surges(session, now - REMEMBERED))


def _letters(
    surge: Surge, active: Sequence[Notice], office: Office, number: int, away: frozenset[str]
) -> tuple[Draft, ...]:
    return tuple(
        replace(alert(surge, active, office.desk, address, seen), once=f"surge:{number}:{address}")
        for address, seen in readers(surge, office.desk, away)
    )
