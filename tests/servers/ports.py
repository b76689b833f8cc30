"""What every server here needs: a short folder that other users may enter, free ports, and waiting with a deadline."""

import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

LOOPBACK = "127.0.0.1"


def new_folder(name: str) -> Path:
    """Make a folder with mode 0755 and a path short enough for unix sockets (107 octets)."""
    folder = Path(tempfile.mkdtemp(prefix=f"ix-{name}-", dir="/tmp"))
    folder.chmod(0o755)
    return folder


@contextmanager
def a_folder(name: str) -> Iterator[Path]:
    """Lend a `new_folder` and remove it afterwards."""
    folder = new_folder(name)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_ports(count: int) -> tuple[int, ...]:
    """Return `count` different TCP ports on which nothing listens."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return tuple(each.getsockname()[1] for each in sockets)


def banner(port: int) -> bytes:
    """Read the first octets that a server sends to a new client; empty while it is not there."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=2) as client:
            return client.recv(200)
    except OSError:
        return b""


def wait_until(true: Callable[[], object], *, seconds: float = 20, what: str = "the condition") -> None:
    """Ask again every 10 ms until the answer is true; raises TimeoutError with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:g} s for {what}")
        time.sleep(0.01)


def wait_for_banner(port: int, begins: bytes, *, log: Path | None = None, seconds: float = 20) -> None:
    """Wait for a greeting that begins so: only then is a server ready. The end of its log goes into the error."""
    try:
        wait_until(lambda: banner(port).startswith(begins), seconds=seconds, what=f"a greeting on port {port}")
    except TimeoutError as exc:
        tail = log.read_text(errors="replace")[-2000:] if log and log.exists() else ""
        raise TimeoutError(f"{exc}\n{tail}") from exc
