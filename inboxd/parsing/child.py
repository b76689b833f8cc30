"""The child process: reads one mail after the other from its standard input and answers on its standard output.

It ends with its input, so it never outlives its parent for longer than one mail. A mail may cost it so much memory and
time and no more: the kernel sees to that.
"""

import resource
import signal
import sys
from collections.abc import Callable
from typing import BinaryIO

from inboxd.mail.parse import parse
from inboxd.parsing.wire import REPLY, REQUEST, pack

MEMORY = 512 * 1024 * 1024
"""Octets of address space (rules.md T20)."""

CPU_SECONDS = 10
"""Seconds of processor time that one mail may take (rules.md T20)."""


def allow_cpu_seconds(seconds: int) -> None:
    """Let the process live for so much more processor time; behind that the kernel ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, resource.RLIM_INFINITY))


def serve(requests: BinaryIO, replies: BinaryIO, *, allow: Callable[[int], None] = allow_cpu_seconds) -> None:
    """Answer requests until there are no more; `allow` sets the processor time that the next one may take."""
    while head := requests.read(REQUEST.size):
        headers_only, length = REQUEST.unpack(head)
        allow(CPU_SECONDS)
        reply = pack(parse(requests.read(length), headers_only=headers_only))
        replies.write(REPLY.pack(len(reply)))
        replies.write(reply)
        replies.flush()


def main() -> None:
    """Set the limits and serve. A stop of the daemon's is no stop of the mail in hand: the end of the input is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
