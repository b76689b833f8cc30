"""File damaged mails, 200,000 or as many as asked, and print what became of them. `make fuzz` calls it in .venv."""

import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from tests.fuzz.filing import MAX_HELD, Filing
from tests.fuzz.mutator import mutated

CHUNK = 2_500


def file_chunk(seed: int) -> Filing:
    """File the mails of one seed."""
    filing = Filing()
    filing.file(mutated(CHUNK, seed))
    return filing


def main() -> int:
    """Return 1 where a mail was lost, a guard had to catch an exception, or too many mails were held."""
    chunks = int(sys.argv[1]) // CHUNK if len(sys.argv) > 1 else 80
    became, stumbled, held = Counter[str](), Counter[str](), []
    with ProcessPoolExecutor() as pool:
        for seed, filing in enumerate(pool.map(file_chunk, range(1_000, 1_000 + chunks)), start=1_000):
            became += filing.became
            stumbled.update(filing.stumbled.keys())
            held += [f"seed {seed}, {sha256[:12]}: {reason}" for sha256, reason in filing.held]
            print(f"seed {seed}: {filing.count} filed", flush=True)
    print(f"\n{became.total()} damaged mails")
    for word, number in became.most_common():
        print(f"  {word:24} {number:7}")
    for line in held:
        print(f"  held: {line}")
    for defect, number in stumbled.most_common():
        print(f"  caught in {number} chunks: {defect}")
    unsettled = sum(number for word, number in became.items() if not word.startswith(("done ", "hold")))
    lost = chunks * CHUNK - became.total() + unsettled
    print(f"lost {lost}, held {len(held) / max(became.total(), 1):.3%}, exceptions caught {len(stumbled)}")
    return int(lost > 0 or bool(stumbled) or len(held) > MAX_HELD * became.total())


if __name__ == "__main__":
    raise SystemExit(main())
