"""Run every gate, each with its own exit code, and end with pytest's closing line. `make check` calls it in .venv."""

import compileall
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
EXIT_PYTEST = 14

STATIC_GATES = (
    (10, "lint", ["ruff", "check", "--quiet"]),
    (11, "format", ["ruff", "format", "--check", "--quiet"]),
    (12, "types", ["mypy"]),
    (13, "rooms", ["lint-imports"]),
)
TESTS = ["pytest", "-q", "-n", "4", "--dist", "worksteal", "--cov", "--cov-report="]
"""More workers than two cores, because tests of daemons often wait; in long runs of neighbours, who share fixtures."""
PURE_ROOMS = (
    15,
    "coverage of mail and desk",
    ["coverage", "report", "--include=inboxd/mail/*,inboxd/desk/*", "--fail-under=100"],
)
WHOLE = (16, "coverage", ["coverage", "report", "--fail-under=95"])
LEFT_OUT = "left out:"
"""How tests/conftest.py begins the line that says which tests could not be run here."""


def gate(name: str, command: list[str]) -> bool:
    """Run one gate; its output is shown only when it fails."""
    program, *arguments = command
    done = subprocess.run([BIN / program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    print(f"{name}: {'ok' if done.returncode == 0 else 'FAILED'}", flush=True)
    if done.returncode != 0:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def tests() -> tuple[int, list[str]]:
    """Run pytest, showing its output as it comes; returns its exit code and its lines."""
    lines = []
    program, *arguments = TESTS
    with subprocess.Popen([BIN / program, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        for line in running.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    return running.returncode, [line for line in lines if line.strip()]


def main() -> int:
    """Return 0, or the code of the first gate that failed; all are run in any case."""
    # tests start hundreds of processes: where Python may write no byte code, each would compile the product anew
    compileall.compile_dir(ROOT / "inboxd", quiet=1)
    failed = [code for code, name, command in STATIC_GATES if not gate(name, command)]
    pytest_exit, lines = tests()
    if pytest_exit != 0:
        failed.append(EXIT_PYTEST)
    judged = [PURE_ROOMS]
    if any(line.startswith(LEFT_OUT) for line in lines):
        print("coverage as a whole: not judged, because tests were left out")
    else:
        judged.append(WHOLE)
    failed += [code for code, name, command in judged if not gate(name, command)]
    print(lines[-1] if lines else "", end="")
    return failed[0] if failed else 0


if __name__ == "__main__":
    sys.exit(main())
