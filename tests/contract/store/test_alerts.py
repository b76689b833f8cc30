"""What was told of the desk's own troubles: one open alert of a code and subject, on both databases."""

import pytest
from sqlmodel import Session

from inboxd.errors import StoreBusy
from inboxd.store import alerts
from inboxd.store.engine import Store
from tests.contract.conftest import OpenStore
from tests.contract.store.values import HOUR, MINUTE, NOW


def relay_down(session: Session, subject: str = "kundeservice") -> int:
    alerts.open_alert(session, code="relay_failing", subject=subject, what="connection refused", since=NOW)
    return alerts.open_alerts(session)[-1].id


def test_an_alert_is_open_until_its_end_is_told(store: Store) -> None:
    with store.begin() as session:
        assert alerts.open_alerts(session) == ()
        alert_id = relay_down(session)
    with store.begin() as session:
        (alert,) = alerts.open_alerts(session)
        assert (alert.id, alert.code, alert.subject, alert.what) == (
            alert_id, "relay_failing", "kundeservice", "connection refused",
        )  # fmt: skip
        assert (alert.since, alert.told_at, alert.ended_at) == (NOW, None, None)
        alerts.told(session, [alert_id], NOW + MINUTE)
        alerts.ended(session, [alert_id], NOW + HOUR)
    with store.begin() as session:
        (alert,) = alerts.open_alerts(session)
        assert (alert.told_at, alert.ended_at) == (NOW + MINUTE, NOW + HOUR)
        alerts.closed(session, [alert_id], NOW + HOUR)
        assert alerts.open_alerts(session) == ()
        assert relay_down(session) != alert_id


def test_an_alert_that_is_back_has_not_ended(store: Store) -> None:
    with store.begin() as session:
        alert_id = relay_down(session)
        alerts.ended(session, [alert_id], NOW)
        alerts.ended(session, [alert_id], None)
        (alert,) = alerts.open_alerts(session)
    assert alert.ended_at is None


def test_only_those_that_are_named_change(store: Store) -> None:
    with store.begin() as session:
        first, second = relay_down(session, "it"), relay_down(session, "print")
        alerts.told(session, [second], NOW)
        alerts.forget(session, [first])
        alerts.forget(session, [])
        (alert,) = alerts.open_alerts(session)
    assert (alert.id, alert.told_at) == (second, NOW)


def test_one_problem_has_one_open_alert_whoever_sees_it(another: OpenStore) -> None:
    with another().begin() as session:
        relay_down(session)
    with pytest.raises(StoreBusy), another().begin() as session:
        relay_down(session)
