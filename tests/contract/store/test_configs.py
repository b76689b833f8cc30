"""The dated history of the configs that a daemon took, on both databases."""

from sqlmodel import col, select

from inboxd.store import tables as t
from inboxd.store.configs import last_config, remember_config
from inboxd.store.engine import Store
from tests.contract.store.values import HOUR, NOW


def test_a_config_is_kept_when_it_is_another_than_the_last(store: Store) -> None:
    with store.begin() as session:
        assert last_config(session) is None
        assert remember_config(session, "a", NOW)
        assert not remember_config(session, "a", NOW + HOUR)
        assert remember_config(session, "b", NOW + HOUR)
    with store.begin() as session:
        assert remember_config(session, "a", NOW + 2 * HOUR)
    with store.reading() as session:
        assert last_config(session) == "a"
        taken = session.exec(select(t.Config.taken_at, t.Config.text).order_by(col(t.Config.id))).all()
    assert list(taken) == [(NOW, "a"), (NOW + HOUR, "b"), (NOW + 2 * HOUR, "a")]
