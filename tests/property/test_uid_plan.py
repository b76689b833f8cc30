"""The cursor of a folder never skips a mail and never takes one twice, whatever fails in between."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from inboxd.desk.uid_plan import account, batches, missing, settled

UID = st.integers(1, 4294967295)
UIDS = st.sets(UID, max_size=60)


@given(UIDS, UIDS, st.integers(0, 4294967295))
def test_what_is_missing_is_on_the_server_unknown_and_above(server: set[int], known: set[int], reached: int) -> None:
    found = missing(server, known, reached)
    assert list(found) == sorted(set(found))
    assert set(found) == {uid for uid in server - known if uid > reached}


@given(UIDS, UIDS, st.integers(0, 4294967295), st.integers(1, 4294967296))
def test_settled_never_passes_a_missing_mail(server: set[int], known: set[int], reached: int, uidnext: int) -> None:
    after = settled(server, known, reached, uidnext)
    assert after >= reached
    assert missing(server, known, after) == missing(server, known, reached)


@given(st.lists(st.integers(0, 1000)), st.integers(1, 7), st.integers(1, 1500))
def test_batches_hold_every_mail_once_in_order_within_both_bounds(sizes: list[int], count: int, octets: int) -> None:
    pairs = list(enumerate(sizes, 1))
    groups = batches(pairs, max_count=count, max_octets=octets)
    assert [uid for group in groups for uid in group] == [uid for uid, _ in pairs]
    for group in groups:
        assert 1 <= len(group) <= count
        assert len(group) == 1 or sum(sizes[uid - 1] for uid in group) <= octets


STATES = st.sampled_from(["incoming", "active", "done", "hold", "vanished"])


@given(UIDS, st.dictionaries(UID, STATES), st.integers(0, 4294967295))
def test_an_account_adds_up(server: set[int], ledger: dict[int, str], base: int) -> None:
    proof = account(server, ledger, base)
    assert proof.before_baseline + proof.accounted + len(proof.missing) == proof.on_server == len(server)
    assert all(ledger.get(uid, "vanished") == "vanished" for uid in proof.missing)
    gone = sum(number for _, number in proof.gone)
    reappeared = sum(ledger.get(uid) == "vanished" for uid in server)
    assert proof.accounted + gone + reappeared == len(ledger)


class Folder(RuleBasedStateMachine):
    """A folder into which mail comes, from which people delete, and whose fetches fail at will."""

    def __init__(self) -> None:
        super().__init__()
        self.server: set[int] = set()
        self.known: set[int] = set()
        self.deleted_unseen: set[int] = set()
        self.taken: list[int] = []
        self.uidnext = 1
        self.reached = 0

    @rule(gap=st.integers(0, 3))
    def a_mail_arrives(self, gap: int) -> None:
        self.server.add(self.uidnext + gap)
        self.uidnext += gap + 1

    @rule(pick=st.randoms(use_true_random=False))
    def somebody_deletes(self, pick: object) -> None:
        if self.server:
            uid = pick.choice(sorted(self.server))  # type: ignore[attr-defined]
            self.server.discard(uid)
            if uid not in self.known:
                self.deleted_unseen.add(uid)

    @rule(pick=st.randoms(use_true_random=False), late=st.booleans())
    def a_pass_fetches_some_and_fails_at_others(self, pick: object, late: bool) -> None:
        uidnext = self.uidnext
        if late:  # between SELECT and SEARCH
            self.a_mail_arrives(0)
        seen = {uid for uid in self.server if uid > self.reached}
        for uid in missing(seen, self.known, self.reached):
            if pick.random() < 0.6:  # type: ignore[attr-defined]
                self.known.add(uid)
                self.taken.append(uid)
        self.reached = settled(seen, self.known, self.reached, uidnext)

    @invariant()
    def nothing_is_taken_twice(self) -> None:
        assert len(self.taken) == len(set(self.taken))

    @invariant()
    def all_at_or_below_settled_is_known_or_gone(self) -> None:
        assert {uid for uid in self.server if uid <= self.reached} <= self.known


TestFolder = Folder.TestCase
