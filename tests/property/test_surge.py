"""However mails come in, a cluster of cases is told of once, and once more only when it has doubled."""

from hypothesis import given, settings
from hypothesis import strategies as st

from inboxd.desk.notices.surge import KnownSurge, with_known
from tests.unit.desk.mondays import MONDAY, VISMA_DOWN
from tests.unit.desk.test_surge import found, window


@settings(max_examples=60, deadline=None)
@given(order=st.permutations([*VISMA_DOWN, *MONDAY[:10]]), steps=st.lists(st.integers(1, 16), min_size=1, max_size=6))
def test_however_the_mails_come_in_a_cluster_is_told_once_until_it_doubles(
    order: list[tuple[str, str]], steps: list[int]
) -> None:
    known: tuple[KnownSurge, ...] = ()
    cases = window(*order)
    for step in sorted(steps):
        for surge in found(cases[:step], *known):
            before = [one for one in known if not set(one.case_ids).isdisjoint(c.case_id for c in surge.cases)]
            now = with_known(surge, known)
            assert all(len(now.case_ids) >= 2 * len(one.case_ids) for one in before)
            known = (*known, now)
        assert found(cases[:step], *known) == ()
