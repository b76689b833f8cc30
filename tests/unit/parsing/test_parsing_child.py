import io
import os
import pickle
import signal
import struct
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from inboxd.clock import SystemClock
from inboxd.mail.parse import parse
from inboxd.parsing import ParseFailed, ParserClosed, ParsingChild
from inboxd.parsing.child import CPU_SECONDS, serve
from inboxd.parsing.wire import REPLY, REQUEST, pack, unpack
from tests.servers.ports import wait_until

MAIL = b"From: ola@kommune.example\r\nSubject: Skriveren\r\n\r\nHei, jeg vil ha passord.\r\n"

ECHO_PID = "import os, struct, sys; sys.stdin.buffer.read(9);"
"""A child that takes a request's head before it misbehaves."""


class FastClock(SystemClock):
    """A clock on which a minute is over at every look."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        self.seconds += 60.0
        return self.seconds


@pytest.fixture
def child() -> Iterator[ParsingChild]:
    child = ParsingChild()
    yield child
    child.close()


def misbehaving(code: str) -> ParsingChild:
    return ParsingChild(command=(sys.executable, "-c", ECHO_PID + code))


def pid(child: ParsingChild) -> int:
    assert child._process is not None
    return child._process.pid


def test_a_mail_is_read_as_it_would_be_here(child: ParsingChild) -> None:
    assert child.parse(MAIL) == parse(MAIL)
    assert child.parse(MAIL, headers_only=True) == parse(MAIL, headers_only=True)
    assert child.parse(b"") == parse(b"")


def test_one_process_reads_mail_after_mail(child: ParsingChild) -> None:
    child.parse(MAIL)
    first = pid(child)
    child.parse(MAIL)
    assert pid(child) == first


def test_a_mail_larger_than_any_pipe_is_read(child: ParsingChild) -> None:
    octets = MAIL + b"En linje til.\r\n" * 200_000
    assert child.parse(octets).size == len(octets)


def test_a_child_that_died_between_two_mails_is_replaced(child: ParsingChild) -> None:
    child.parse(MAIL)
    os.kill(pid(child), signal.SIGKILL)
    assert child._process is not None
    child._process.wait()
    assert child.parse(MAIL).subject == "Skriveren"


def test_a_child_that_ignores_a_stop_ends_with_its_input(child: ParsingChild) -> None:
    child.parse(MAIL)
    process = child._process
    assert process is not None
    assert process.stdin is not None
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGINT)
    assert child.parse(MAIL).subject == "Skriveren"
    process.stdin.close()
    assert process.wait(10) == 0


def test_closing_twice_is_closing_once(child: ParsingChild) -> None:
    child.parse(MAIL)
    child.close()
    child.close()
    with pytest.raises(ParserClosed):
        child.parse(MAIL)
    assert child._process is None


def test_two_threads_get_each_its_own_mail(child: ParsingChild) -> None:
    mails = [MAIL.replace(b"Skriveren", b"Sak %d" % number) for number in range(60)]
    with ThreadPoolExecutor(6) as threads:
        assert [message.subject for message in threads.map(child.parse, mails)] == [f"Sak {n}" for n in range(60)]


def test_a_mail_that_is_being_read_at_the_end_is_not_blamed() -> None:
    child = misbehaving("sys.stdin.buffer.read()")
    with ThreadPoolExecutor(2) as threads:
        readings = [threads.submit(child.parse, MAIL) for _ in range(2)]
        wait_until(lambda: child._process is not None, what="the child")
        child.close()
        for reading in readings:
            assert isinstance(reading.exception(20), ParserClosed)
    assert child._process is None


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("os.kill(os.getpid(), 9)", "signal 9"),
        ("sys.exit(3)", "exit 3"),
        ("os.close(1); sys.stdin.buffer.read()", "it hung up"),
        ("sys.stdout.buffer.write(struct.pack('>Q', 2**60))", "nonsense"),
        ("sys.stdout.buffer.write(struct.pack('>Q', 3) + b'abc')", "UnpicklingError"),
        ("sys.stdout.buffer.write(struct.pack('>Q', 0))", "EOFError"),
        (
            "import pickle; p = pickle.dumps(os.system); sys.stdout.buffer.write(struct.pack('>Q', len(p)) + p)",
            "UnpicklingError",
        ),
        (
            "import pickle; p = pickle.dumps(1); sys.stdout.buffer.write(struct.pack('>Q', len(p)) + p)",
            "UnpicklingError",
        ),
    ],
)
def test_a_child_that_breaks_is_told_of_and_gone(code: str, said: str) -> None:
    child = misbehaving(code)
    with pytest.raises(ParseFailed, match=said):
        child.parse(MAIL)
    assert child._process is None


def test_a_child_that_dies_while_it_is_written_to_is_told_of() -> None:
    with pytest.raises(ParseFailed, match="died"):
        misbehaving("sys.exit(1)").parse(b"x" * 10_000_000)


def test_a_late_child_is_ended() -> None:
    child = ParsingChild(clock=FastClock(), command=(sys.executable, "-c", "import sys; sys.stdin.buffer.read()"))
    with pytest.raises(ParseFailed, match="within 20 seconds"):
        child.parse(MAIL)
    assert child._process is None


def test_a_child_that_cannot_be_started_is_a_failure() -> None:
    with pytest.raises(ParseFailed):
        ParsingChild(command=("/nonexistent/python",)).parse(MAIL)


@pytest.mark.parametrize("limit", ["Max address space", "Max cpu time", "Max core file size"])
def test_the_kernel_bounds_what_a_mail_may_cost(child: ParsingChild, limit: str) -> None:
    child.parse(MAIL)
    lines = Path(f"/proc/{pid(child)}/limits").read_text(encoding="ascii").splitlines()
    soft = next(line for line in lines if line.startswith(limit)).removeprefix(limit).split()[0]
    assert soft != "unlimited"


def test_requests_are_answered_until_there_are_no_more() -> None:
    replies = io.BytesIO()
    request = REQUEST.pack(False, len(MAIL)) + MAIL
    allowed: list[int] = []
    serve(io.BytesIO(request + request), replies, allow=allowed.append)  # not this process's own time
    assert allowed == [CPU_SECONDS, CPU_SECONDS]
    length = REPLY.unpack_from(replies.getvalue())[0]
    frame = REPLY.size + length
    assert len(replies.getvalue()) == 2 * frame
    assert unpack(replies.getvalue()[REPLY.size : frame]) == parse(MAIL)


def test_a_reply_is_made_of_known_types_only() -> None:
    assert unpack(pack(parse(MAIL))) == parse(MAIL)
    with pytest.raises(pickle.UnpicklingError, match="no place"):
        unpack(pickle.dumps(struct.Struct))
    for module in ("inboxd.mail.message", "inboxd.mail.address", "datetime"):
        with pytest.raises(pickle.UnpicklingError, match="no place"):
            unpack(f"c{module}\n__builtins__\n.".encode())
