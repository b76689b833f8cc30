"""What the measurements share: memory and processor time of this process and its children, and printing ratios."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

TICKS = os.sysconf("SC_CLK_TCK")


def peak_rss_mb(pid: int | str = "self") -> float:
    """Return the largest resident memory of a process so far, in MB; of rusage's it would inherit its parent's."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def children() -> tuple[int, ...]:
    """Return the ids of this process's children."""
    found: list[int] = []
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError):  # a thread that has ended since; its children went to another
            found += map(int, (task / "children").read_text().split())
    return tuple(found)


def cpu_seconds(pid: int | str = "self") -> float:
    """Return a process's processor time so far, in user and kernel, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def in_a_process(module: str, *arguments: str, env: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run one part of a measurement in a process of its own; it prints one JSON document as its last line."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{module} {' '.join(arguments)} failed:\n{done.stderr[-5000:]}")
    document: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return document


def median(values: Sequence[float]) -> float:
    """Return the middle value."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def verdict(name: str, value: float, target: str, *, held: bool) -> str:
    """Return one line of the result."""
    return f"{'held ' if held else 'MISSED'}  {name}: {value:.2f} (target {target})"
