"""What an agent waits for: whole processes of the command line, against those that only import what it stands on.

`python -m benchmarks.startup [ROUNDS]`. The commands run in turn, round after round, so that a busy machine slows all.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.ingest import CONFIG
from benchmarks.measure import median

CASES = 20
PYTHON = (sys.executable, "-c")
INBOXD = (sys.executable, "-m", "inboxd")
FLOORS = {
    "python": (*PYTHON, "pass"),
    "import typer": (*PYTHON, "import typer"),
    "import sqlmodel, typer": (*PYTHON, "import sqlmodel, typer"),
}
COMMANDS = {
    "inboxd --help": ((*INBOXD, "--help"), "import typer", 2.0),
    "inboxd queue --help": ((*INBOXD, "queue", "--help"), "import typer", 2.0),
    "inboxd --version": ((*INBOXD, "--version"), "import typer", 2.0),
    "inboxd queue": ((*INBOXD, "queue"), "import sqlmodel, typer", 1.5),
    "inboxd show": ((*INBOXD, "show", "{reference}"), "import sqlmodel, typer", 1.5),
}
"""Each with what it is measured against, and how many times that it may take."""


def seconds(command: tuple[str, ...], env: dict[str, str]) -> float:
    """Run a process to its end; return the processor time that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def fill(env: dict[str, str]) -> str:
    """Open a few cases; return the reference of the last."""
    reference = ""
    for number in range(CASES):
        words = ("new", "--as", "kari", "--channel", "phone", "--name", f"Bruker {number}", "--subject", "Passord")
        done = subprocess.run(
            [*INBOXD, *words, "-m", "Ringte om passordet."], env=env, check=True, capture_output=True, text=True,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        reference = done.stdout.split()[0]
    return reference


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the command line's start.")
    parser.add_argument("rounds", nargs="?", type=int, default=15)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="ix-bench-") as folder:
        config = Path(folder) / "config.toml"
        config.write_text(CONFIG.format(address="kundeservice@desk.example", port=1, notify="false"))
        given = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        compiled = {"PYTHONPYCACHEPREFIX": str(Path(folder) / "compiled")}
        env = given | compiled | {"INBOXD_CONFIG": str(config), "KS_PASSWORD": "secret"}
        reference = fill(env)
        commands = {name: command for name, (command, _, _) in COMMANDS.items()} | FLOORS
        times: dict[str, list[float]] = {name: [] for name in commands}
        for nth in range(rounds + 1):
            for name, command in commands.items():
                spent = seconds(tuple(word.format(reference=reference) for word in command), env)
                times[name] += [spent] if nth else []  # the first time compiles
    for name in FLOORS:
        print(f"  {name:24} {1000 * median(times[name]):5.0f} ms")
    for name, (_, floor, target) in COMMANDS.items():
        ratio = median(times[name]) / median(times[floor])
        held = "held" if ratio <= target else "missed"
        print(f"  {name:24} {1000 * median(times[name]):5.0f} ms, {ratio:.2f} times `{floor}`; {target} is {held}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
