"""The letters about notices of downtime, in batches: each is written and marked in one transaction, so that neither a
crash nor a second run leaves one out or sends one twice. A command sends all of its own; the clock what was left over.
"""

import logging

from inboxd.desk.decision import Decision, Draft
from inboxd.desk.notices.announce import announcement, settled, update_to_case, update_to_receiver
from inboxd.logs import event
from inboxd.office.letters.freezing import write_letters
from inboxd.office.office import Office
from inboxd.store import audit, notice_post, notices, outbox, views
from inboxd.store.apply import apply
from inboxd.store.cases import get_case, survivors
from inboxd.store.engine import Session
from inboxd.store.locks import lock

log = logging.getLogger(__name__)

NOTICES = "notices"
"""The lock under which the post of notices is written."""

BATCH = 20
"""Letters written in one transaction."""


def send_all(office: Office) -> int:
    """Write every letter that is due, batch by batch; return how many steps that took."""
    done = 0
    while step := send_some(office):
        done += step
    return done


def send_some(office: Office) -> int:
    """Write at most one batch of each sort of letters; return how many were dealt with, 0 where nothing was due."""
    if not _anything_due(office):
        return 0
    return sum(step(office) for step in (_announce, _update_receivers, _update_cases, _settle))


def run_out(office: Office) -> int:
    """Put on record what has run out by the clock; return how many notices that were."""
    now = office.clock.now()
    with office.store.reading() as session:
        if not notices.any_running_out(session, now):
            return 0
    with office.store.begin() as session:
        lock(session, (NOTICES,))
        over = notices.run_out(session, now)
        for notice in over:
            audit.note(session, at=now, actor="inboxd", action="notice expired", subject=notice.name)
    for notice in over:
        event(log, logging.INFO, "notice.expired", notice=notice.id)
    return len(over)


def is_unfinished(session: Session, notice_id: int) -> bool:
    """Say whether the end of a closed notice has not been told on every case under it."""
    return bool(notice_post.unsettled(session, 1, notice_id=notice_id))


def _anything_due(office: Office) -> bool:
    """Look first, without the right to write: mostly there is nothing."""
    now = office.clock.now()
    with office.store.reading() as session:
        return bool(
            notice_post.unannounced(session, 1)
            or notice_post.behind(session, now, 1)
            or notice_post.cases_behind(session, 1)
            or notice_post.unsettled(session, 1)
        )


def _announce(office: Office) -> int:
    with office.store.begin() as session:
        lock(session, (NOTICES,))
        batch = notice_post.unannounced(session, BATCH)
        for notice, receiver in batch:
            draft = announcement(notice, receiver, office.desk)
            _write(session, draft, office)  # nothing where it was written before, and only the mark of it was lost
            letter_id = outbox.written_as(session, draft, case_id=None)
            if letter_id is not None:
                notice_post.announced(session, notice.id, receiver.address, letter_id)
    return len(batch)


def _update_receivers(office: Office) -> int:
    now = office.clock.now()
    with office.store.begin() as session:
        lock(session, (NOTICES,))
        batch = notice_post.behind(session, now, BATCH)
        for notice, update, receiver, first in batch:
            letter = update_to_receiver(notice, update, receiver, (first,) if first else (), office.desk)
            _write(session, letter, office)
            notice_post.told_receiver(session, notice.id, receiver.address, update.id)
    return len(batch)


def _update_cases(office: Office) -> int:
    with office.store.begin() as session:
        lock(session, (NOTICES,))
        batch = notice_post.cases_behind(session, BATCH)
        for notice, update, case_id in batch:
            case = get_case(session, survivors(session, (case_id,))[case_id])
            letter = update_to_case(notice, update, case)
            if letter is not None:
                _write(session, letter, office)
            notice_post.told_case(session, notice.id, case_id, update.id)
    return len(batch)


def _settle(office: Office) -> int:
    """Answer and solve the cases of closed notices, each in a transaction of its own."""
    with office.store.reading() as session:
        waiting = [case_id for _, _, case_id in notice_post.unsettled(session, BATCH)]
    for case_id in waiting:
        _settle_one(office, case_id)
    return len(waiting)


def _settle_one(office: Office, case_id: int) -> None:
    now = office.clock.now()
    with office.store.begin() as session:
        lock(session, (NOTICES,))
        for notice, update, _ in notice_post.unsettled(session, BATCH, case_id=case_id):
            number = get_case(session, case_id).number
            view = views.load_case_view(session, number, desk=office.desk, keyring=office.keyring, now=now)
            decision = settled(notice, update, view.cases[0], view, now)
            apply(session, decision, now=now)
            write_letters(session, decision, case_id=view.cases[0].id, office=office)
            notice_post.settle(session, notice.id, case_id, now)


def _write(session: Session, draft: Draft, office: Office) -> None:
    write_letters(session, Decision(kind="ignore", letters=(draft,)), case_id=draft.case_id, office=office)
