"""Hostile mail goes through the real parsing child: each costs it bounded time and memory, and none its life."""

import os
import sys
from collections.abc import Iterator

import pytest

from benchmarks.measure import peak_rss_mb
from inboxd.config.anywhere import built_in_desk
from inboxd.mail.parse import parse
from inboxd.office.explain import Explainer
from inboxd.parsing import ParsingChild
from tests.hostile import FOLDER, LARGE, MIDDLE, SHAPES, SMALL, files
from tests.integration.paper_desk import MovedClock

CPU_SECONDS = 3
"""Processor time that a mail may take here; `benchmarks.bombs` shows that each takes less than one."""

MAX_RSS_MB = 200

CHILD = f"from inboxd.parsing import child; child.CPU_SECONDS = {CPU_SECONDS}; child.main()"


@pytest.fixture(scope="module")
def child() -> Iterator[ParsingChild]:
    """One warm child for all; without coverage, which would count its lines at its cost."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("COVERAGE_")]:
            patch.delenv(name)
        child = ParsingChild(command=(sys.executable, "-c", CHILD))
        child.warm_up()
    yield child
    child.close()


def test_the_folder_is_what_its_generator_makes() -> None:
    assert {path.name: path.read_bytes() for path in FOLDER.glob("*.eml")} == files()
    assert max(len(octets) for octets in files().values()) <= 30_000
    assert sum(len(octets) for octets in files().values()) <= 1_000_000


@pytest.mark.parametrize("size", [SMALL, MIDDLE, LARGE], ids=["small", "middle", "large"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_hostile_mail_is_read_within_its_bounds(child: ParsingChild, shape: str, size: int) -> None:
    octets = SHAPES[shape](size)
    child.warm_up()
    process = child._process
    assert process is not None
    assert child.parse(octets).size == len(octets)
    assert child._process is process, "the child was killed"
    assert peak_rss_mb(process.pid) <= MAX_RSS_MB


@pytest.mark.parametrize("name", files())
def test_a_hostile_mail_opens_a_case_or_is_ignored(name: str) -> None:
    explainer = Explainer(desk=built_in_desk(), office=None, parser=parse, clock=MovedClock())
    document = explainer.explain(name, (FOLDER / name).read_bytes())
    assert document["decision"] in {"open_case", "ignore"}


@pytest.mark.parametrize("name", [name for name in files() if name.startswith("from-")])
def test_no_from_line_that_fools_readers_makes_anybody_an_agent(name: str) -> None:
    identity = parse((FOLDER / name).read_bytes()).identity
    assert identity is None or identity.key != "agent@desk.example"
