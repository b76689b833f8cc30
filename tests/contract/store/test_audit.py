"""What was done to the desk itself is on record, newest first."""

from inboxd.store import audit
from inboxd.store.engine import Store
from tests.contract.store.values import HOUR, NOW


def test_what_was_done_is_listed_newest_first(store: Store) -> None:
    with store.begin() as session:
        audit.note(session, at=NOW, actor="inboxd", action="resynchronised", subject="kundeservice", detail="7 → 8")
        audit.note(session, at=NOW + HOUR, actor="kari", action="sending held")
    with store.reading() as session:
        newest, oldest = audit.listed(session)
        assert audit.listed(session, 1) == (newest,)
    assert (newest.at, newest.actor, newest.action, newest.subject, newest.detail) == (
        NOW + HOUR, "kari", "sending held", "", "",
    )  # fmt: skip
    assert (oldest.actor, oldest.subject, oldest.detail) == ("inboxd", "kundeservice", "7 → 8")
