"""The README's commands are the ones that run: its first two are the Makefile's and the CI's, the marked ones work."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from inboxd import __version__

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
SHELL_BLOCK = re.compile(r"^```(?:sh|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
MARKED_BLOCK = re.compile(r"^<!-- executed by the tests -->\n```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
MARKED = [command for block in MARKED_BLOCK.findall(README) for command in block.splitlines() if command]


def _commands(block: str) -> list[str]:
    return [line.partition("#")[0].strip() for line in block.splitlines() if line.strip()]


def _run(command: str, folder: Path, seconds: float) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = os.environ | {"PATH": path}
    return subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def _would_run(*arguments: str) -> str:
    command = ["make", "-n", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=20).stdout


def test_the_readme_opens_with_the_two_commands() -> None:
    assert _commands(SHELL_BLOCK.findall(README)[0]) == ["make demo", "make test"]


def test_ci_runs_the_readmes_test_command_and_ends_with_it() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert script[-1] == _commands(SHELL_BLOCK.findall(README)[0])[1]
    assert "set -eu" in script
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_test_command_runs_every_gate_and_every_test() -> None:
    plan = _would_run("test")
    assert "scripts/servers.sh" in plan
    assert "scripts/setup.sh requirements-dev.txt" in plan
    assert "scripts/check.py" in plan


def test_the_demo_command_starts_what_the_e2e_tests_run_and_keeps_it_when_asked_to() -> None:
    assert _would_run("demo") == "sh scripts/setup.sh requirements.txt\n.venv/bin/python -m inboxd.demo \n"
    assert _would_run("demo", "KEEP=1").endswith(".venv/bin/python -m inboxd.demo --keep\n")


def test_some_commands_of_the_readme_are_executed() -> None:
    assert MARKED


@pytest.mark.parametrize("command", MARKED)
def test_a_marked_command_of_the_readme_works(command: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").symlink_to(ROOT / "config.toml")
    done = _run(command, tmp_path, 60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_changelog_and_the_package_name_the_same_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(rf"^## \[?{re.escape(__version__)}\]?", changelog, re.MULTILINE)


def test_every_dependency_is_locked_with_a_hash_and_no_address() -> None:
    toml = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    declared = [*toml["project"]["dependencies"], *toml["dependency-groups"]["setup"]]
    wanted = [re.split(r"[\[<>=]", name)[0] for name in declared]
    for lock in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / lock).read_text("utf-8")
        locked = set(re.findall(r"^([a-z0-9-]+)[=\[]", text, re.MULTILINE))
        assert {name.replace(".", "-") for name in wanted} <= locked
        assert "://" not in text
        assert "--hash=sha256:" in text


def test_links_between_the_documents_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    dead = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert dead == []


def test_the_contents_of_the_readme_name_its_sections() -> None:
    page = (ROOT / "README.md").read_text("utf-8")
    sections = re.findall(r"^## (.+)$", page, re.MULTILINE)
    assert re.findall(r"\[([^\]]+)\]\(#[a-z-]+\)", page) == sections


def test_every_room_in_the_glossary_exists() -> None:
    rows = re.findall(r"^\|.*\| ([^|]+) \|$", (ROOT / "GLOSSARY.md").read_text("utf-8"), re.MULTILINE)
    rooms = {room for row in rows for room in re.findall(r"`([a-z_/]+)`", row)}
    assert {"desk/case", "store"} <= rooms
    assert [room for room in rooms if not list((ROOT / "inboxd").glob(f"{room}*"))] == []


def test_the_contents_name_every_part_and_lead_to_it() -> None:
    contents = re.findall(r"\[([^\]]+)\]\(#([a-z-]+)\)", README.partition("\n## ")[0])
    parts = re.findall(r"^## (.+)$", README, re.MULTILINE)
    assert contents == [(part, part.lower().replace(" ", "-")) for part in parts]
