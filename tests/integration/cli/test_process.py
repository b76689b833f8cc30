"""The command as a process of its own: on a terminal, in a pipe, on a full disk, two at once."""

import json
import os
import pty
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.paper_desk import PaperDesk, mail

pytestmark = pytest.mark.slow

REF = "KS-10008"
COMMAND = [sys.executable, "-m", "inboxd"]


class Terminal:
    """A command whose input is a terminal on which the answers have been typed ahead."""

    def __init__(self, desk: PaperDesk) -> None:
        self.env = os.environ | {"INBOXD_CONFIG": str(desk.config), "TMPDIR": str(desk.folder), "TERM": "xterm"}
        self.env |= {"COLUMNS": "100"}
        self.env.pop("NO_COLOR", None)

    def __call__(self, *words: str, typed: str = "", code: int = 0, **env: str) -> subprocess.CompletedProcess[str]:
        ours, theirs = pty.openpty()
        try:
            os.write(ours, typed.encode())
            done = subprocess.run(
                [*COMMAND, *words], env=self.env | env, stdin=theirs, capture_output=True, text=True, timeout=60,
                check=False,
            )  # fmt: skip
        finally:
            os.close(theirs)
            os.close(ours)
        assert done.returncode == code, done
        return done

    def screen(self, *words: str, **env: str) -> str:
        """Run a command whose output is the terminal, too."""
        ours, theirs = pty.openpty()
        with subprocess.Popen([*COMMAND, *words], env=self.env | env, stdin=theirs, stdout=theirs) as process:
            os.close(theirs)
            shown = b""
            try:
                while chunk := os.read(ours, 65536):
                    shown += chunk
            except OSError:  # the terminal is gone with the process
                process.wait(60)
        os.close(ours)
        return shown.decode()


@pytest.fixture
def terminal(desk: PaperDesk) -> Terminal:
    desk.arrive(mail())
    return Terminal(desk)


def editor(desk: PaperDesk, script: str) -> str:
    """Return an $EDITOR that runs a shell script on the draft, whose name is $1."""
    path = desk.folder / "editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(stat.S_IRWXU)
    return str(path)


def answers(desk: PaperDesk) -> list[str]:
    return [desk.octets(row).decode() for row in desk.letters() if row.kind == "answer"]


def drafts(desk: PaperDesk) -> list[Path]:
    return list(desk.folder.glob("KS-*.txt"))


def test_an_answer_is_written_in_the_editor_above_the_quoted_mail(terminal: Terminal, desk: PaperDesk) -> None:
    script = f"cp $1 {desk.folder}/seen; sed -i '1s/.*/Hei fra editoren/' $1"
    done = terminal("reply", REF, "--as", "kari", EDITOR=editor(desk, script))
    assert "stops it" in done.stdout
    assert "# Hei, hjelp." in (desk.folder / "seen").read_text()
    (sent,) = answers(desk)
    assert "Hei fra editoren" in sent
    assert "Hei, hjelp." not in sent
    assert drafts(desk) == []


def test_the_undo_window_is_kept_on_a_terminal_only(terminal: Terminal, desk: PaperDesk) -> None:
    terminal("reply", REF, "-m", "Hei")
    (answer,) = (row for row in desk.letters() if row.kind == "answer")
    assert (answer.not_before - answer.created_at).total_seconds() == 10
    terminal("reply", REF, "-m", "Hei", "--now")
    last = desk.letters()[0]
    assert last.not_before == last.created_at


@pytest.mark.parametrize(
    ("script", "code", "says"),
    [
        ("exit 3", 1, "ended with 3; nothing was sent"),
        (":", 2, "an answer needs words"),
        ("printf 'h\\345' > $1", 1, "not UTF-8"),
        ("rm $1", 1, "is gone"),
    ],
)
def test_an_editor_that_fails_sends_nothing(
    terminal: Terminal, desk: PaperDesk, script: str, code: int, says: str
) -> None:
    done = terminal("reply", REF, code=code, EDITOR=editor(desk, script))
    assert says in done.stderr
    assert answers(desk) == []


def test_on_a_terminal_an_answer_says_how_long_it_waits_and_how_to_stop_it(terminal: Terminal, desk: PaperDesk) -> None:
    lines = terminal.screen("reply", REF, "-m", "Hei", COLUMNS="80").replace("\r", "").splitlines()
    (number,) = (row.id for row in desk.letters() if row.kind == "answer")
    assert lines == [
        f"{REF}: the answer goes to ola@kommune.example in 10 seconds.", f"`inboxd outbox cancel {number}` stops it.",
    ]  # fmt: skip
    at_once = terminal("reply", REF, "-m", "Hei", "--now").stdout
    assert at_once == f"{REF}: the answer goes to ola@kommune.example now.\n"


@pytest.mark.parametrize(("command", "code"), [("/nowhere/vi", 1), ("'", 2)])
def test_an_editor_that_is_none_says_how_to_name_one(terminal: Terminal, command: str, code: int) -> None:
    assert "EDITOR=nano" in terminal("reply", REF, code=code, EDITOR=command).stderr


def test_comment_lines_are_not_sent_where_the_cut_was_deleted(terminal: Terminal, desk: PaperDesk) -> None:
    terminal("reply", REF, EDITOR=editor(desk, "sed -i -e '1s/.*/Hei/' -e '2d' $1"))
    assert "Hei, hjelp." not in answers(desk)[0]


def test_an_answer_written_while_the_user_wrote_again_asks_first(terminal: Terminal, desk: PaperDesk) -> None:
    script = f"sed -i '1s/.*/Min tekst/' $1; {sys.executable} -m inboxd note {REF} -m x < /dev/null"
    refused = terminal("reply", REF, typed="n\n", code=5, EDITOR=editor(desk, script))
    assert "changed while you wrote" in refused.stderr
    (draft,) = drafts(desk)
    assert str(draft) in refused.stderr
    assert draft.read_text().startswith("Min tekst")
    assert answers(desk) == []
    terminal("reply", REF, typed="y\n", EDITOR=editor(desk, script))
    assert "Min tekst" in answers(desk)[0]


def test_a_conflict_may_be_overruled_on_a_terminal(terminal: Terminal) -> None:
    terminal("take", REF, "--as", "kari")
    refused = terminal("take", REF, "--as", "per", typed="n\n", code=5)
    assert "Go on all the same?" in refused.stderr
    assert terminal("take", REF, "--as", "per", typed="y\n").stdout.strip() == f"{REF} is yours."


def test_with_json_nobody_is_asked(terminal: Terminal) -> None:
    terminal("take", REF, "--as", "kari")
    done = terminal("take", REF, "--as", "per", "--json", code=5)
    assert json.loads(done.stdout)["error"]["code"] == "conflict"
    assert done.stderr == ""


def test_a_case_is_opened_before_anything_is_asked(terminal: Terminal, desk: PaperDesk) -> None:
    done = terminal("new", "--name", "Ola", "--as", "kari", typed="Ingen nett\nSiden ni\n")
    reference = done.stdout.split()[0]
    assert reference == "KS-10019"
    shown = json.loads(terminal("show", reference, "--json").stdout)
    assert shown["subject"] == "Ingen nett"
    assert shown["journal"][-1]["text"] == "Siden ni"


@pytest.mark.parametrize(("typed", "said"), [("Siden ni\n", ["", "Siden ni"]), ("\n", [""])])
def test_only_what_was_not_given_is_asked(terminal: Terminal, desk: PaperDesk, typed: str, said: list[str]) -> None:
    done = terminal("new", "--subject", "Ingen nett", "--as", "kari", typed=typed)
    shown = json.loads(terminal("show", done.stdout.split()[0], "--json").stdout)
    assert shown["subject"] == "Ingen nett"
    assert [entry["text"] for entry in shown["journal"]] == said


def test_a_call_that_breaks_off_is_registered_all_the_same(terminal: Terminal, desk: PaperDesk) -> None:
    done = terminal("new", "--name", "Ola", typed="\x04", code=1)
    assert "broken off" in done.stderr
    assert json.loads(terminal("show", done.stdout.split()[0], "--json").stdout)["subject"] == "phone, Ola"


def test_a_note_is_asked_for(terminal: Terminal) -> None:
    assert terminal("note", REF, typed="Husk kabel\n").stdout.strip() == f"Noted on {REF}."


def test_the_first_config_is_asked_for(terminal: Terminal, desk: PaperDesk) -> None:
    path = desk.folder / "first.toml"
    terminal("init", str(path), typed="Min desk\nhei@min.example\n\n\nola\n\n")
    text = path.read_text()
    assert 'name = "Min desk"' in text
    assert 'address = "hei@min.example"' in text
    assert 'name = "ola"' in text


def test_colour_is_for_terminals_that_want_it(terminal: Terminal) -> None:
    assert "\x1b[1m" in terminal.screen("queue")
    assert "\x1b[" not in terminal.screen("queue", NO_COLOR="1")


def run(desk: PaperDesk, *words: str, typed: bytes = b"", stdout: int = subprocess.PIPE) -> tuple[int, bytes, bytes]:
    env = os.environ | {"INBOXD_CONFIG": str(desk.config)}
    done = subprocess.run(
        [*COMMAND, *words], env=env, input=typed, stdout=stdout, stderr=subprocess.PIPE, check=False, timeout=60
    )
    return done.returncode, done.stdout, done.stderr


def test_a_reader_who_has_seen_enough_is_no_error(desk: PaperDesk) -> None:
    desk.arrive(mail())
    reading, writing = os.pipe()
    os.close(reading)
    for words in (("queue",), ("queue", "--json"), ("show", REF, "--raw", "1")):
        assert run(desk, *words, stdout=writing) == (0, None, b""), words
    os.close(writing)


def test_a_full_disk_is_said_in_one_line(desk: PaperDesk) -> None:
    with Path("/dev/full").open("wb") as full:
        code, _, said = run(desk, "queue", stdout=full.fileno())
    assert (code, said) == (1, b"inboxd: No space left on device where the output goes\n")


def test_standard_input_is_read_where_it_is_named(desk: PaperDesk) -> None:
    desk.arrive(mail())
    assert run(desk, "note", REF, "-F", "-", typed="Fra røret".encode())[0] == 0
    assert "Fra røret".encode() in run(desk, "show", REF)[1]
    assert json.loads(run(desk, "explain", "-", "--json", typed=mail())[1])["path"] == "-"


def test_of_two_who_take_a_case_at_once_one_is_told_who_won(desk: PaperDesk) -> None:
    desk.arrive(mail())
    env = os.environ | {"INBOXD_CONFIG": str(desk.config)}
    both = [
        subprocess.Popen(
            [*COMMAND, "take", REF, "--as", agent], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for agent in ("kari", "per")
    ]  # fmt: skip
    said = [process.communicate(timeout=60) for process in both]
    assert sorted(process.returncode for process in both) == [0, 5]
    winner = next(agent for agent, process in zip(("kari", "per"), both, strict=True) if process.returncode == 0)
    assert f"{REF} is {winner}'s".encode() in b"".join(err for _, err in said)


def test_nothing_waits_for_an_answer_without_a_terminal(desk: PaperDesk) -> None:
    desk.arrive(mail())
    for words, code in ((("reply", REF), 2), (("note", REF), 2), (("new",), 2), ((), 2), (("incoming",), 2)):
        assert run(desk, *words)[0] == code, words


def test_without_words_the_help_is_shown(desk: PaperDesk) -> None:
    code, shown, said = run(desk)
    assert (code, said) == (2, b"")
    assert b"Example: inboxd queue --mine" in shown
    assert run(desk, "--version")[1].startswith(b"inboxd ")
