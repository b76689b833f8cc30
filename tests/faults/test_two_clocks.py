"""Two daemons whose clocks tick at once on one PostgreSQL, and two imports at once: everything happens once."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inboxd.desk.order import Close
from inboxd.office import documents
from inboxd.office.act import act, number_of
from inboxd.office.importing import import_mail
from inboxd.office.notices import notices
from inboxd.office.notices.notices import NewNotice
from inboxd.runners.tick import TickRunner
from tests.integration.paper_desk import PaperDesk, mail, plain_parser, write_config

MORE = """
[database]
url = "{url}"

[notices]
subscribers = ["a@sub.example", "b@sub.example", "c@sub.example"]

[[agent]]
name = "gro"
address = "gro@agents.example"
role = "lead"
categories = ["it"]

[[priority]]
name = "normal"
escalation = [
  {{ of = "response", at = "0m", to = ["manager", "requester"] }},
  {{ of = "resolution", at = "2h", to = ["drift@vakt.example"], reassign = "per" }},
]
"""


@pytest.fixture
def two(tmp_path: Path, postgres_url: str) -> Iterator[tuple[PaperDesk, PaperDesk]]:
    """One desk as two daemons have it, with a clock that they share."""
    config = write_config(
        tmp_path, more=MORE.format(url=postgres_url), send_delay='send_delay = "10s"\nweekly_letter = true'
    )
    one = PaperDesk(tmp_path, config=config)
    other = PaperDesk(tmp_path, config=config, clock=one.clock)
    yield one, other
    other.close()
    one.close()


def at_once(*pieces: Callable[[], object]) -> None:
    """Do these at the same time; none may fail."""
    start, failed = threading.Barrier(len(pieces)), []

    def do(piece: Callable[[], object]) -> None:
        start.wait()
        try:
            piece()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must know
            failed.append(error)

    threads = [threading.Thread(target=do, args=(piece,)) for piece in pieces]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_two_clocks_that_tick_at_once_ring_each_timer_once_and_write_each_letter_once(
    two: tuple[PaperDesk, PaperDesk],
) -> None:
    one, other = two
    one.arrive(*(mail(f"Sak {n}", number=n, sender=f"p{n}@kommune.example", text=f"Sak {n}\n") for n in range(1, 5)))
    refs = [case["reference"] for case in documents.queue(one.office)]
    act(Close(actor="kari"), number_of(refs[0], one.office.desk), one.office)
    ticks = [TickRunner(desk.office) for desk in two]
    new = NewNotice(
        actor="kari", kind="unplanned", starts_at=one.clock.now(), ends_at=None, affects=("it",), text="Nede",
        references=tuple(refs[2:]),
    )  # fmt: skip
    at_once(lambda: notices.make(one.office, new), *(runner.run_once for runner in ticks))
    for _ in range(8):
        one.clock.forward(hours=20)
        at_once(*(runner.run_once for runner in ticks))
    at_once(lambda: notices.close(other.office, 1, "Oppe", actor="kari"), *(runner.run_once for runner in ticks))
    letters = Counter((letter.kind, letter.to, letter.subject) for letter in one.letters())
    twice = {what: count for what, count in letters.items() if count > 1}
    assert twice == {}
    assert Counter(kind for kind, _, _ in letters)["escalation"] >= 3 * 2, "every level of the three open cases"
    assert Counter(kind for kind, _, _ in letters)["notice"] == 3 + 3 + 2, "each subscriber twice, each case once"


def test_two_imports_at_once_take_turns_and_each_mail_comes_in_once(
    two: tuple[PaperDesk, PaperDesk], tmp_path: Path
) -> None:
    for number in range(6):
        (tmp_path / f"{number}.eml").write_bytes(mail(number=number, sender=f"o{number}@x.example", text=f"{number}\n"))
    seen: list[dict[str, int]] = []
    at_once(
        *(
            lambda desk=desk: seen.append(
                import_mail([tmp_path], desk.office, mailbox="kundeservice", receipts=False, parser=plain_parser)
            )
            for desk in two
        )
    )
    assert sum(document["opened"] for document in seen) == 6
    assert sum(document["duplicate"] for document in seen) == 6
