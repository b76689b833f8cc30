import datetime as dt
import os

import pytest

from inboxd.errors import Conflict, LeaseLost, NotFound, StoreBusy
from inboxd.store import folders, incoming
from inboxd.store.engine import Store
from inboxd.store.octets import octets_of
from inboxd.store.rows import Heading
from tests.contract.conftest import OpenStore
from tests.contract.store.values import NOW, case_of, inbox, raw

OVER_AT_ONCE = dt.timedelta(0)
NOTHING = {"reason": "", "case_id": None, "entry_id": None, "mail_key": None, "now": NOW}


def test_octets_come_back_byte_for_byte(store: Store) -> None:
    awkward = [b"", b"\x00", bytes(range(256)), b"a" * 100_000, os.urandom(5000), "blåbær\r\n".encode("iso-8859-1")]
    with store.begin() as session:
        batch = tuple(raw(uid, octets) for uid, octets in enumerate(awkward, start=1))
        assert incoming.save(session, inbox(session), batch, now=NOW, silent=False) == len(awkward)
        claimed = incoming.claim(session, limit=99)
        assert [mail.octets for mail in claimed] == awkward
        assert [octets_of(session, mail.octets_id) for mail in claimed] == awkward


def test_the_same_octets_are_kept_once(store: Store) -> None:
    with store.begin() as session:
        folder, other = inbox(session), inbox(session, "it")
        incoming.save(session, folder, (raw(1, b"x"), raw(2, b"x")), now=NOW, silent=False)
        incoming.save(session, other, (raw(1, b"x"),), now=NOW, silent=False)
        assert len({row.octets_id for row in incoming.list_incoming(session)}) == 1


def test_a_uid_is_saved_once_for_a_folder_and_uidvalidity(store: Store) -> None:
    with store.begin() as session:
        folder = inbox(session)
        assert incoming.save(session, folder, (raw(1), raw(3), raw(3)), now=NOW, silent=False) == 2
        assert incoming.save(session, folder, (raw(1), raw(2), raw(3)), now=NOW, silent=True) == 1
        assert incoming.save(session, folder, (), now=NOW, silent=False) == 0
        assert incoming.save(session, inbox(session, "it"), (raw(1),), now=NOW, silent=False) == 1
        again = folders.change_uidvalidity(session, folder.id, uidvalidity=6, baseline_uid=0)
        assert incoming.save(session, again, (raw(1),), now=NOW, silent=False) == 1
        assert folders.known_uids(session, folder.id, 7, above=0) == {1, 2, 3}
        assert folders.known_uids(session, folder.id, 7, above=1, upto=2) == {2}
        assert folders.known_uids(session, folder.id, 6, above=0) == {1}


def test_the_largest_uid_and_uidvalidity_of_imap_fit(store: Store) -> None:
    top = 2**32 - 1
    with store.begin() as session:
        folder = folders.start_folder(
            session, mailbox="it", folder="INBOX", uidvalidity=top, baseline_uid=top - 1, now=NOW
        )
        incoming.save(session, folder, (raw(top, size=top),), now=NOW, silent=False)
        (row,) = incoming.list_incoming(session)
    assert (row.uid, row.uidvalidity, row.size) == (top, top, top)


def test_mails_are_claimed_oldest_first_and_once(store: Store) -> None:
    with store.begin() as session:
        incoming.save(session, inbox(session), tuple(raw(uid) for uid in (3, 1, 2)), now=NOW, silent=True)
        first = incoming.claim(session, limit=2)
    assert [(mail.uid, mail.attempts, mail.silent, mail.mailbox) for mail in first] == [
        (3, 1, True, "kundeservice"),
        (1, 1, True, "kundeservice"),
    ]


def test_a_crash_while_a_mail_was_active_counts_as_an_attempt(another: OpenStore) -> None:
    store = another()
    with store.begin() as session:
        incoming.save(session, inbox(session), (raw(1),), now=NOW, silent=False)
    for attempt in (1, 2, 3, 4):
        with another().begin() as session:
            (mail,) = incoming.claim(session, limit=9, lease=OVER_AT_ONCE)
        assert mail.attempts == attempt


def test_a_mail_given_back_counts_no_attempt(store: Store) -> None:
    with store.begin() as session:
        incoming.save(session, inbox(session), (raw(1),), now=NOW, silent=False)
        (mail,) = incoming.claim(session, limit=9)
        incoming.unclaim(session, (mail,))
        (mail,) = incoming.claim(session, limit=9)
    assert mail.attempts == 1


def test_a_claim_on_postgresql_is_others_only_when_its_lease_is_over_by_the_databases_clock(store: Store) -> None:
    with store.begin() as session:
        incoming.save(session, inbox(session), (raw(1),), now=NOW, silent=False)
        (mail,) = incoming.claim(session, limit=9, lease=OVER_AT_ONCE)
        if store.dialect == "postgresql":
            incoming.renew(session, (mail,))
            assert incoming.claim(session, limit=9) == ()
            incoming.renew(session, (mail,), OVER_AT_ONCE)
        (again,) = incoming.claim(session, limit=9)
        assert (again.id, again.attempts) == (mail.id, 2)


def test_whoever_claimed_a_mail_that_was_taken_over_meanwhile_writes_nothing_about_it(store: Store) -> None:
    with store.begin() as session:
        incoming.save(session, inbox(session), (raw(1),), now=NOW, silent=False)
        (mine,) = incoming.claim(session, limit=9, lease=OVER_AT_ONCE)
        (others,) = incoming.claim(session, limit=9, lease=OVER_AT_ONCE)
        incoming.renew(session, (mine,))
        incoming.unclaim(session, (mine,))
        assert incoming.get(session, mine.id).attempts == 2
    with store.begin() as session, pytest.raises(LeaseLost):
        incoming.finish(session, mine.id, outcome="opened", claimed=mine.attempts, **NOTHING)  # type: ignore[arg-type]
    with store.begin() as session, pytest.raises(LeaseLost):
        incoming.hold(session, mine.id, "its reader died", claimed=mine.attempts)
    with store.begin() as session:
        incoming.finish(session, others.id, outcome="ignored", claimed=others.attempts, **NOTHING)  # type: ignore[arg-type]
    with store.begin() as session, pytest.raises(LeaseLost):  # also where a person could still open it
        incoming.finish(session, mine.id, outcome="opened", claimed=others.attempts, **NOTHING)  # type: ignore[arg-type]
    with store.begin() as session:
        assert incoming.get(session, mine.id).outcome == "ignored"


def test_a_claimed_mail_that_is_held_keeps_the_case_it_had(store: Store) -> None:
    with store.begin() as session:
        incoming.save(session, inbox(session), (raw(1),), now=NOW, silent=False)
        case_id = case_of(session, 1)
        for told in (case_id, None):
            (mail,) = incoming.claim(session, limit=9)
            incoming.hold(session, mail.id, "its reader died", now=NOW, case_id=told, claimed=mail.attempts)
            row = incoming.get(session, mail.id)
            assert (row.state, row.reason, row.case_id) == ("hold", "its reader died", case_id)
            incoming.retry(session, mail.id)


def test_who_wrote_what_is_known_once_it_was_read(store: Store) -> None:
    read = Heading(sender="Ola <ola@x.example>", subject="Hei")
    with store.begin() as session:
        incoming.save(session, inbox(session), (raw(1), raw(2)), now=NOW, silent=False)
        held, finished = incoming.claim(session, limit=9)
        rows = incoming.list_incoming(session)
        assert {(row.sender, row.subject) for row in rows} == {(None, None)}
        incoming.hold(session, held.id, "rule", now=NOW, heading=read, claimed=held.attempts)
        ignored = {"outcome": "ignored"} | NOTHING
        incoming.finish(session, finished.id, heading=read, claimed=finished.attempts, **ignored)  # type: ignore[arg-type]
        incoming.finish(session, finished.id, **ignored)  # type: ignore[arg-type]
        rows = incoming.list_incoming(session)
        assert {(row.sender, row.subject) for row in rows} == {("Ola <ola@x.example>", "Hei")}


def test_a_claim_is_bounded_by_octets_but_never_empty(store: Store) -> None:
    huge = incoming.CLAIM_OCTETS
    with store.begin() as session:
        incoming.save(session, inbox(session), (raw(1, size=huge + 1), raw(2), raw(3)), now=NOW, silent=False)
        assert [mail.uid for mail in incoming.claim(session, limit=9)] == [1]


def test_a_finished_mail_keeps_its_outcome(store: Store) -> None:
    with store.begin() as session:
        incoming.save(session, inbox(session), (raw(1),), now=NOW, silent=False)
        (mail,) = incoming.claim(session, limit=9)
        case_id = case_of(session, 1)
        incoming.finish(
            session, mail.id, outcome="opened", reason="none", case_id=case_id, entry_id=1, mail_key="k", now=NOW
        )
        row = incoming.get(session, mail.id)
        assert (row.state, row.outcome, row.reason, row.case_id) == ("done", "opened", "none", case_id)
        assert incoming.claim(session, limit=9) == ()


def test_a_mail_is_finished_by_one_only(store: Store) -> None:
    with store.begin() as session:
        incoming.save(session, inbox(session), (raw(1),), now=NOW, silent=False)
        (mail,) = incoming.claim(session, limit=9)
        incoming.finish(session, mail.id, outcome="duplicate", **NOTHING)  # type: ignore[arg-type]
        with pytest.raises(StoreBusy):
            incoming.finish(session, mail.id, outcome="opened", **NOTHING)  # type: ignore[arg-type]
        with pytest.raises(NotFound):
            incoming.finish(session, 99, outcome="opened", **NOTHING)  # type: ignore[arg-type]
        assert incoming.get(session, mail.id).outcome == "duplicate"


def test_an_ignored_mail_can_still_be_rescued(store: Store) -> None:
    with store.begin() as session:
        incoming.save(session, inbox(session), (raw(1),), now=NOW, silent=False)
        (mail,) = incoming.claim(session, limit=9)
        incoming.finish(session, mail.id, outcome="ignored", **NOTHING)  # type: ignore[arg-type]
        case_id = case_of(session, 1)
        incoming.finish(
            session, mail.id, outcome="opened", reason="", case_id=case_id, entry_id=None, mail_key="k", now=NOW
        )
        assert incoming.get(session, mail.id).case_id == case_id


def test_a_held_mail_is_retried_from_the_start_or_discarded_with_a_reason(store: Store) -> None:
    with store.begin() as session:
        incoming.save(session, inbox(session), (raw(1), raw(2)), now=NOW, silent=False)
        first, second = incoming.claim(session, limit=9)
        incoming.hold(session, first.id, "crashed the parser", now=NOW)
        incoming.hold(session, second.id, "rule", now=NOW)
        assert incoming.claim(session, limit=9) == ()
        incoming.retry(session, first.id)
        assert [(mail.id, mail.attempts) for mail in incoming.claim(session, limit=9)] == [(first.id, 1)]
        incoming.discard(session, second.id, "advertising")
        row = incoming.get(session, second.id)
        assert (row.state, row.outcome, row.reason) == ("done", "ignored", "advertising")


def test_a_mail_with_a_case_is_neither_retried_nor_discarded(store: Store) -> None:
    with store.begin() as session:
        incoming.save(session, inbox(session), (raw(1),), now=NOW, silent=False)
        (mail,) = incoming.claim(session, limit=9)
        incoming.finish(session, mail.id, outcome="added", **NOTHING)  # type: ignore[arg-type]
        with pytest.raises(Conflict):
            incoming.retry(session, mail.id)
        with pytest.raises(Conflict):
            incoming.discard(session, mail.id, "")
        with pytest.raises(NotFound):
            incoming.retry(session, 99)


def test_what_vanished_is_accounted_for_without_octets(store: Store) -> None:
    with store.begin() as session:
        folder = inbox(session)
        incoming.save(session, folder, (raw(2),), now=NOW, silent=False)
        incoming.save_vanished(session, folder, (1, 2, 3), NOW)
        incoming.save_vanished(session, folder, (), NOW)
        rows = incoming.list_incoming(session, state=("vanished",))
        assert [(row.uid, row.octets_id) for row in rows] == [(3, None), (1, None)]
        assert folders.known_uids(session, folder.id, 7, above=0) == {1, 2, 3}
        assert [mail.uid for mail in incoming.claim(session, limit=9)] == [2]


def test_the_server_is_told_of_what_is_done_until_it_stuck(store: Store) -> None:
    with store.begin() as session:
        folder = inbox(session)
        batch = (raw(3), raw(1), raw(2, headers_only=True), raw(4))
        incoming.save(session, folder, batch, now=NOW, silent=False)
        for mail in incoming.claim(session, limit=3):
            incoming.finish(session, mail.id, outcome="ignored", **NOTHING)  # type: ignore[arg-type]
        told = incoming.to_file_away(session, folder.id, 9)
        assert [uid for _, uid in told] == [1, 3]
        assert incoming.to_file_away(session, folder.id, 1) == told[:1]
        incoming.filed_away(session, (told[0][0],))
        assert incoming.to_file_away(session, folder.id, 9) == told[1:]
        folders.change_uidvalidity(session, folder.id, uidvalidity=8, baseline_uid=0)
        assert incoming.to_file_away(session, folder.id, 9) == ()


def test_lists_and_counts(store: Store) -> None:
    with store.begin() as session:
        incoming.save(session, inbox(session), (raw(1), raw(2), raw(3)), now=NOW, silent=False)
        (mail,) = incoming.claim(session, limit=1)
        incoming.finish(session, mail.id, outcome="ignored", **NOTHING)  # type: ignore[arg-type]
        assert [row.uid for row in incoming.list_incoming(session, limit=2)] == [3, 2]
        assert [row.uid for row in incoming.list_incoming(session, outcome=("ignored",))] == [1]
        counted = incoming.counts(session)
    assert (counted.of("incoming"), counted.of("done"), counted.of("hold")) == (2, 1, 0)
    assert counted.oldest_waiting == NOW


def test_times_come_back_aware_and_as_the_same_moment(store: Store) -> None:
    oslo = dt.timezone(dt.timedelta(hours=2))
    summer = dt.datetime(2026, 7, 1, 0, 30, tzinfo=oslo)
    with store.begin() as session:
        incoming.save(
            session, inbox(session), (raw(1, internaldate=summer), raw(2, internaldate=None)), now=NOW, silent=False
        )
        second, first = incoming.list_incoming(session)
    assert first.internaldate == summer
    assert first.internaldate.utcoffset() == dt.timedelta(0)
    assert second.internaldate is None


def test_what_the_desk_sent_is_taken_last_and_only_after_a_look_at_what_came_by_then(store: Store) -> None:
    minute = dt.timedelta(minutes=1)
    with store.begin() as session:
        came, sent = (
            inbox(session),
            folders.start_folder(
                session, mailbox="kundeservice", folder="Sent", uidvalidity=7, baseline_uid=0, now=NOW
            ),
        )
        incoming.save(session, sent, (raw(1, b"sent"),), now=NOW, silent=False, sent=True)
        incoming.save(session, came, (raw(1, b"came"),), now=NOW, silent=False)
        first = incoming.claim(session, limit=9)
        assert [(mail.folder, mail.sent) for mail in first] == [(came.folder, False)]
        folders.looked(session, came.id, NOW - minute)
        folders.looked(session, sent.id, NOW + minute)
        finish = {"outcome": "ignored", **NOTHING}
        incoming.finish(session, first[0].id, **finish)
        assert incoming.claim(session, limit=9) == ()
        folders.looked(session, came.id, NOW)
        assert [(mail.octets, mail.sent) for mail in incoming.claim(session, limit=9)] == [(b"sent", True)]
