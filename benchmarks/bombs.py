"""What each hostile shape costs the parsing child: processor time and peak memory, at three sizes.

`python -m benchmarks.bombs [PART-OF-A-NAME …]`. One warm child reads all; its peak is reset before each mail.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import children, cpu_seconds, peak_rss_mb, verdict
from inboxd.errors import InboxdError
from inboxd.mail.message import ParsedMessage
from inboxd.parsing import ParsingChild
from tests.hostile import LARGE, MIDDLE, SHAPES, SMALL

SECONDS, MEGABYTES = 1.0, 200
SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one mail cost, and what was said of it."""

    name: str
    size: int
    seconds: float
    megabytes: float
    said: str

    @property
    def line(self) -> str:
        return f"{self.name:32} {self.size / 1e6:6.2f} MB {self.seconds:6.2f} s {self.megabytes:5.0f} MB  {self.said}"


def measure(child: ParsingChild, name: str, octets: bytes) -> Cost:
    """Have one mail read by the child, whose peak begins anew."""
    child.warm_up()
    [pid] = children()
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    before = cpu_seconds(pid)
    try:
        said = remarks(child.parse(octets))
        seconds, megabytes = cpu_seconds(pid) - before, peak_rss_mb(pid)
    except InboxdError as error:
        said, seconds, megabytes = f"KILLED: {error.message}", float("inf"), float("inf")
    return Cost(name=name, size=len(octets), seconds=seconds, megabytes=megabytes, said=said)


def remarks(read: ParsedMessage) -> str:
    return f"{len(read.text)} characters, {len(read.attachments)} files; {'; '.join(read.defects)[:150]}"


def main() -> int:
    wanted = sys.argv[1:]
    costs = []
    child = ParsingChild()
    for name, shape in SHAPES.items():
        for size in (SMALL, MIDDLE, LARGE) if not wanted or any(part in name for part in wanted) else ():
            costs.append(measure(child, name, shape(size)))
            if wanted:
                print(costs[-1].line, flush=True)
    child.close()
    print(f"{len(costs)} mails; the dearest:")
    by_time = sorted(costs, key=lambda cost: -cost.seconds)[:SHOWN]
    by_memory = sorted(costs, key=lambda cost: -cost.megabytes)[:SHOWN]
    for cost in dict.fromkeys((*by_time, *by_memory)):
        print(f"  {cost.line}")
    seconds, megabytes = by_time[0].seconds, by_memory[0].megabytes
    held = (seconds < SECONDS, megabytes < MEGABYTES)
    print(verdict("processor seconds of the dearest", seconds, f"< {SECONDS}", held=held[0]))
    print(verdict("peak RSS of the child, MB", megabytes, f"< {MEGABYTES}", held=held[1]))
    return 0 if all(held) else 1


if __name__ == "__main__":
    raise SystemExit(main())
