"""The wheel and the sdist hold all that runs: they are built, installed and used outside the checkout."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from inboxd import __version__

ROOT = Path(__file__).parents[1]
TEMPLATES = {path.relative_to(ROOT).as_posix() for path in (ROOT / "templates").rglob("*.j2")}

LETTER = """
import inboxd
from inboxd.render.letters import LetterContext, Templates
context = LetterContext(reference="KS-10429", desk_name="Kundeservice", mailbox_address="ks@desk.example")
print(inboxd.__file__)
print(Templates().render("receipt", "nb", context).text)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Build the sdist, and the wheel from the sdist, without fetching anything; returns (sdist, wheel)."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return sdist, wheel


@pytest.fixture(scope="module")
def outside(built: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a folder of its own; the libraries it needs are this environment's."""
    folder = tmp_path_factory.mktemp("outside")
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--target",
        str(folder),
        str(built[1]),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder


def _run(outside: Path, *command: str) -> str:
    env = os.environ | {"PYTHONPATH": str(outside), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(command, cwd=outside, env=env, check=True, capture_output=True, text=True, timeout=60)
    return done.stdout


def test_templates_are_in_the_wheel_and_in_the_sdist(built: tuple[Path, Path]) -> None:
    assert TEMPLATES
    with zipfile.ZipFile(built[1]) as wheel:
        held = {name.removeprefix("inboxd/") for name in wheel.namelist() if name.endswith(".j2")}
    assert held == TEMPLATES | {"render/reports/report.html.j2"}
    with tarfile.open(built[0]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert names >= TEMPLATES | {"LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml", "docs/config.md"}


def test_the_wheel_holds_the_migrations_and_its_types_and_no_tests(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[1]) as wheel:
        names = set(wheel.namelist())
    sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "inboxd").rglob("*.py")}
    assert names >= sources | {"inboxd/py.typed"}
    assert [name for name in names if name.startswith(("tests", "scripts", "benchmarks"))] == []


def test_the_installed_command_runs_outside_the_checkout(outside: Path) -> None:
    assert _run(outside, sys.executable, str(outside / "bin" / "inboxd"), "--version") == f"inboxd {__version__}\n"


def test_an_installed_inboxd_finds_its_letters(outside: Path) -> None:
    where, letter = _run(outside, sys.executable, "-c", LETTER).split("\n", 1)
    assert Path(where).is_relative_to(outside)
    assert "KS-10429" in letter
