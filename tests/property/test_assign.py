"""Sharing cases out: exact shares, nobody ever far from his own, and nobody flooded when he comes back."""

import datetime as dt
from collections import Counter
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from inboxd.desk.desk import Desk
from inboxd.desk.routing.assign import assign
from inboxd.desk.routing.destination import Routing
from tests.unit.desk.desks import NOW, agent, category, desk, view

NAMES = ("kari", "ola", "per", "gro", "nils")
ROUTING = Routing(category="it", priority="normal", assignee=None, rule="mailbox")

Weights = dict[str, int]


class Sharing:
    """One category that shares its cases out; `give` gives one case, `given` is what was given so far."""

    def __init__(self, weights: Weights, assignment: str = "weighted") -> None:
        shared = category(members=tuple(weights), assignment=assignment, weights=tuple(weights.items()), manager=None)
        self.desk: Desk = desk(agents=tuple(agent(name) for name in weights), categories=(shared,))
        self.given: Counter[str] = Counter()
        self.turns: Counter[str] = Counter()

    def give(self, absent: frozenset[str] = frozenset(), now: dt.datetime = NOW) -> str | None:
        turns = tuple(("it", name, number) for name, number in self.turns.items())
        to = assign(ROUTING, view(desk=self.desk, turns=turns, absent=absent), now)
        if to.agent is not None:
            self.given[to.agent] += 1
        for turn in to.turns:
            self.turns[turn.agent] += turn.missed + 1
        return to.agent


def shares() -> st.SearchStrategy[Weights]:
    return st.dictionaries(st.sampled_from(NAMES), st.integers(1, 7), min_size=1)


def test_weights_of_1_2_and_5_over_800_cases_give_exactly_100_200_and_500() -> None:
    sharing = Sharing({"kari": 1, "ola": 2, "per": 5})
    for _ in range(800):
        sharing.give()
    assert sharing.given == {"kari": 100, "ola": 200, "per": 500}


@given(weights=shares(), rounds=st.integers(1, 5))
def test_after_every_full_round_each_has_exactly_his_share(weights: Weights, rounds: int) -> None:
    sharing = Sharing(weights)
    for _ in range(rounds * sum(weights.values())):
        sharing.give()
    assert sharing.given == {name: rounds * weight for name, weight in weights.items()}


@given(names=st.sets(st.sampled_from(NAMES), min_size=1), cases=st.integers(1, 40))
def test_shared_out_evenly_nobody_ever_has_two_more_than_another(names: set[str], cases: int) -> None:
    sharing = Sharing(dict.fromkeys(sorted(names), 3), "even")
    for _ in range(cases):
        sharing.give()
        counts = [sharing.given[name] for name in names]
        assert max(counts) - min(counts) <= 1


@given(weights=shares(), days=st.lists(st.tuples(st.sets(st.sampled_from(NAMES)), st.integers(1, 12)), max_size=8))
def test_who_was_away_gets_no_case_and_is_not_flooded_when_he_is_back(
    weights: Weights, days: list[tuple[set[str], int]]
) -> None:
    sharing = Sharing(weights)
    for away, cases in days:
        for _ in range(cases):
            given_to = sharing.give(frozenset(away))
            assert given_to not in away
            assert (given_to is None) == (set(weights) <= away)
    before = Counter(sharing.given)
    round_of_all = sum(weights.values())
    for cases in range(1, 2 * round_of_all + 1):  # now everybody is there
        sharing.give()
        for name, weight in weights.items():
            fair = Fraction(weight * cases, round_of_all)
            assert abs(sharing.given[name] - before[name] - fair) <= 1 + weight


@given(weights=shares(), cases=st.integers(1, 60))
def test_the_same_facts_give_the_same_agent(weights: Weights, cases: int) -> None:
    one, other = Sharing(weights), Sharing(weights)
    assert [one.give() for _ in range(cases)] == [other.give() for _ in range(cases)]
