"""Twenty thousand damaged mails, each filed by the real office: none lost, none that anything stumbles over."""

import pytest

from tests.fuzz.filing import MAX_HELD, Filing
from tests.fuzz.mutator import mutated, originals

MAILS = 20_000
CHUNKS = 8


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(CHUNKS))
def test_damaged_mail_is_filed(seed: int) -> None:
    filing = Filing()
    filing.file(mutated(MAILS // CHUNKS, seed))
    assert filing.count == MAILS // CHUNKS
    assert filing.unsettled == {}
    assert sorted(filing.stumbled) == []
    assert len(filing.held) <= MAX_HELD * filing.count, filing.held


def test_damage_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    assert list(mutated(50, 1)) == list(mutated(50, 1))
    assert list(mutated(50, 1)) != list(mutated(50, 2))
    assert not set(mutated(50, 1)) <= set(originals())
