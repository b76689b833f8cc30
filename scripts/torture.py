"""Run every fault test, those of hours too, and print one table: cases, trials, violations. `make torture` calls it.

A case is a test, a trial one fault in it (a test that fails the n-th call for every n has many). INBOXD_KILLS is how
many random kills there are, 500 if it is not set.
"""

import ast
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
SUITE = ("tests/faults", "tests/e2e")
MARKS = ("-m", "torture or not torture", "-o", "faulthandler_timeout=7200")
"""All tests; some take far longer than the ten minutes after which one that hangs is ended."""

WIDTH = 62


def main() -> int:
    """Run the suite; returns pytest's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", *MARKS, *sys.argv[1:]]
        done = subprocess.run([*command, f"--junitxml={report}", *SUITE], cwd=ROOT, check=False)
        if report.exists():
            print_table(ElementTree.parse(report).getroot())
    return done.returncode


def print_table(report: ElementTree.Element) -> None:
    """Print a row for every module, and the sum."""
    cases: Counter[str] = Counter()
    trials: Counter[str] = Counter()
    violations: Counter[str] = Counter()
    for case in report.iter("testcase"):
        module = case.get("classname", "").replace(".", "/") + ".py"
        cases[module] += 1
        trials[module] += sum(int(p.get("value", "1")) for p in case.iter("property") if p.get("name") == "trials") or 1
        violations[module] += any(True for tag in ("failure", "error") for _ in case.iter(tag))
    print(f"\n{'':{WIDTH}} cases trials violations")
    for module in sorted(cases):
        print(f"{title(module):{WIDTH}} {cases[module]:5} {trials[module]:6} {violations[module]:10}")
    print(f"{'all':{WIDTH}} {cases.total():5} {trials.total():6} {violations.total():10}")


def title(module: str) -> str:
    """Return the first sentence of a module's docstring, cut to the column."""
    said = ast.get_docstring(ast.parse((ROOT / module).read_text())) or module
    sentence = said.splitlines()[0].partition(": ")[0].rstrip(".")
    return sentence if len(sentence) <= WIDTH else f"{sentence[: WIDTH - 1]}…"


if __name__ == "__main__":
    sys.exit(main())
