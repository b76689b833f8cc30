"""Fixtures that every test may use, and the rule for tests whose server this machine does not have.

A test names the servers it needs by its fixtures, or by `pytest.mark.servers("dovecot")` where it starts its own.
"""

import os
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.servers import WHY_ABSENT, may_be_left_out
from tests.servers.dovecot import Dovecot
from tests.servers.imap_users import User
from tests.servers.postfix import Postfix
from tests.servers.postgres import Postgres
from tests.servers.pymap import PymapServer
from tests.servers.smtp_sink import SmtpSink

SERVER_OF_FIXTURE = {"dovecot": "dovecot", "mail_user": "dovecot", "postfix": "postfix", "postgres": "postgres"}
WHOLE_DESKS = {"e2e", "faults", "fuzz"}
LEFT_OUT = pytest.StashKey[Counter[str]]()

settings.register_profile("dev", max_examples=25, deadline=None)
settings.register_profile("ci", max_examples=200, deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEFT_OUT] = Counter()


def _servers_of(item: pytest.Item) -> set[str]:
    named = {SERVER_OF_FIXTURE[name] for name in getattr(item, "fixturenames", ()) if name in SERVER_OF_FIXTURE}
    return named.union(*(marker.args for marker in item.iter_markers("servers")))


# First of all hooks, so that `-m "not servers"` sees the marks that are added here.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    absent = {server: reason for server, why in WHY_ABSENT.items() if (reason := why())}
    left_out = config.stash[LEFT_OUT]
    kept: list[pytest.Item] = []
    dropped: list[pytest.Item] = []
    for item in items:
        needed = _servers_of(item)
        if needed:
            item.add_marker("servers")
        reasons = [absent[server] for server in sorted(needed) if server in absent]
        if reasons and may_be_left_out():
            left_out[reasons[0]] += 1
            dropped.append(item)
        else:
            kept.append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
    # whole desks first: a long test that starts last leaves all other workers idle
    items[:] = sorted(kept, key=lambda item: not WHOLE_DESKS & {*item.path.parts})


def pytest_sessionfinish(session: pytest.Session) -> None:
    worker = getattr(session.config, "workeroutput", None)
    left_out = session.config.stash[LEFT_OUT]
    if worker is not None:
        worker["left_out"] = dict(left_out)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take over what an xdist worker left out; every worker collects all tests, so the last word is enough."""
    config: pytest.Config = node.config  # type: ignore[attr-defined]
    left_out: Counter[str] = Counter(getattr(node, "workeroutput", {}).get("left_out", {}))
    config.stash[LEFT_OUT] = left_out


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for reason, number in sorted(config.stash[LEFT_OUT].items()):
        terminalreporter.write_line(f"left out: {number} tests, because {reason}")


def _here(server: str) -> None:
    """Fail, or where it is allowed skip, a test whose server is absent: also one that asks by `getfixturevalue`."""
    reason = WHY_ABSENT[server]()
    if reason and may_be_left_out():
        pytest.skip(reason)
    if reason:
        pytest.fail(reason)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for server in sorted(_servers_of(item)):
        _here(server)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One Dovecot for the session. A test takes a `new_user()`, and its own Dovecot if it wants to stop it."""
    _here("dovecot")
    with Dovecot(sasl_for_postfix=WHY_ABSENT["postfix"]() is None) as server:
        yield server


@pytest.fixture
def mail_user(dovecot: Dovecot) -> User:
    """A user of Dovecot's with an INBOX that nobody has used yet."""
    return dovecot.new_user()


@pytest.fixture(scope="session")
def session_postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    """The session's Postfix, in front of the session's Dovecot."""
    _here("postfix")
    with Postfix(dovecot) as server:
        yield server


@pytest.fixture
def postfix(session_postfix: Postfix) -> Iterator[Postfix]:
    """The session's Postfix; what the test said to its policy is forgotten afterwards."""
    yield session_postfix
    session_postfix.policy.forget()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL cluster for the session."""
    _here("postgres")
    with Postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> str:
    """The URL of an empty PostgreSQL database of the test's own."""
    return postgres.database()


@pytest.fixture(scope="session")
def pymap() -> Iterator[PymapServer]:
    """One pymap for the session. A test takes a `new_user()`."""
    with PymapServer() as server:
        yield server


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """A relay of the test's own that keeps every envelope."""
    with SmtpSink() as sink:
        yield sink
