"""What is typed most answers fast: what the help, completion, `queue` and `show` may load is listed here.

A line that is added to a list is a few milliseconds that every agent waits, every time; `benchmarks.startup` has them.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.integration.paper_desk import PaperDesk, mail

HELP = {"rich", "typer", "shellingham", "annotated_doc", "markdown_it", "mdurl", "pygments", "attr"}
"""typer, and what draws its help."""

PARAMETERS = {"pydantic", "pydantic_core", "annotated_types", "typing_extensions", "typing_inspection"}
"""What typer reads the words of a call with."""

READING = {"rich", "typer", "shellingham", "annotated_doc", "sqlalchemy", "sqlmodel", "re2", "greenlet"} | PARAMETERS
"""sqlmodel, and re2 for the admin's rules; no letters (jinja2), no servers, no calendars (holidays), no help."""

ANY = {"cli", "config", "errors"}
"""Rooms of which everything may be loaded: they are small, or read whole to check config.toml."""

DESK = {
    "access", "case", "case_type", "catalogue", "clocks", "clocks.deadline", "clocks.escalation", "clocks.hours",
    "clocks.service_levels", "desk", "evidence", "joined", "letters", "letters.status_title", "letters.wording",
    "notices", "notices.notice", "reference", "routing", "routing.customer", "routing.matching", "view", "when",
}  # fmt: skip
MAIL = {
    "address", "charset", "charset_guess", "encoded_words", "formats", "formats.sniff", "headers", "language",
    "message", "message_id", "personal_number", "structured", "subject", "text",
}  # fmt: skip
OFFICE = {
    "documents", "letters", "letters.written", "naming", "notices", "notices.documents", "office", "opening", "people",
    "people.access", "people.orderer",
}  # fmt: skip
RENDER = {"attached", "letters", "notices", "queue", "screen", "timeline"}
STORE = {
    "access", "audit", "cases", "columns", "desk_tables", "engine", "entries", "escalations", "failures", "insert",
    "keys", "letters", "merged", "notices", "octets", "prepared", "revision", "rows", "space", "tables",
}  # fmt: skip
ROOMS = {
    "clock": set[str](), "logs": set[str](), "desk": DESK, "mail": MAIL, "office": OFFICE, "render": RENDER,
    "store": STORE,
}  # fmt: skip

PROBE = """
import sys
from inboxd.__main__ import main
sys.argv = ["inboxd", *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    print("\\n" + " ".join(sorted(sys.modules)))
    sys.exit(end.code)
"""

COMPLETING = {"_INBOXD_COMPLETE": "complete_bash", "COMP_WORDS": "inboxd qu", "COMP_CWORD": "1"}


def loaded(*arguments: str, env: Mapping[str, str] | None = None) -> set[str]:
    """Return the names of all modules that a call of the command line has loaded when it ends."""
    command = [sys.executable, "-c", PROBE, *arguments]
    known = dict(os.environ) | dict(env or {})
    done = subprocess.run(command, env=known, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def from_others(modules: set[str]) -> set[str]:
    """Return the packages that are neither ours nor Python's, nor an interpreter's or an installation's own."""
    packages = {name.partition(".")[0] for name in modules} - sys.stdlib_module_names - {"inboxd", "tests"}
    return {name for name in packages if not name.startswith(("_", "cython"))}


def ours(modules: set[str]) -> set[str]:
    """Return our own modules that stand on no list above."""
    names = {name.removeprefix("inboxd.") for name in modules if name.startswith("inboxd.")} - {"__main__"}
    return {name for name in names if not is_listed(*name.partition(".")[::2])}


def is_listed(room: str, module: str) -> bool:
    return room in ANY or (room in ROOMS and (not module or module in ROOMS[room]))


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["queue", "--help"], ["run", "--help"]], ids=" ".join)
def test_help_and_version_load_nothing_but_the_command_line(arguments: Sequence[str]) -> None:
    modules = loaded(*arguments)
    assert from_others(modules) <= HELP | (PARAMETERS if len(arguments) > 1 else set())
    assert {name.split(".")[1] for name in modules if name.startswith("inboxd.")} <= {"__main__", "cli", "errors"}


def test_completion_of_a_command_loads_no_database() -> None:
    modules = loaded(env=COMPLETING)
    assert from_others(modules) <= HELP | PARAMETERS
    assert {name.split(".")[1] for name in modules if name.startswith("inboxd.")} <= {"__main__", "cli", "errors"}


@pytest.mark.parametrize("arguments", [["queue"], ["show", "KS-10008"]], ids=" ".join)
def test_queue_and_show_load_what_reads_and_nothing_that_writes_or_judges(
    tmp_path: Path, arguments: Sequence[str]
) -> None:
    desk = PaperDesk(tmp_path)
    desk.arrive(mail(number=1))
    desk.close()
    modules = loaded(*arguments, env={"INBOXD_CONFIG": str(tmp_path / "config.toml")})
    assert from_others(modules) <= READING
    assert ours(modules) == set()
