"""The commands at the top of an agent's mail, and those in the case tag that its subject begins with. Pure.

A command stands on a line of its own, before any text: `#lukk`, `#vent fredag`. What looks like one and is none is a
problem, which stops the whole mail: nobody outside is to read `#lukkk`.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from inboxd.mail.subject import strip_prefixes

CommandName: TypeAlias = Literal[
    "take", "note", "close", "solved", "wait", "assign", "category", "priority", "cc", "forward", "help"
]

Why: TypeAlias = Literal[
    "unknown", "damaged", "extra", "missing", "below", "clash", "no_time", "no_agent", "no_category", "no_priority",
    "no_address", "taken", "needs_text", "empty", "quoted", "refused",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command: its words, the Norwegian ones first, and whether something must or may follow."""

    name: CommandName
    words: tuple[str, ...]
    follows: Literal["nothing", "something", "perhaps"] = "nothing"
    example: str = ""


COMMANDS: tuple[Command, ...] = (
    Command(name="take", words=("ta", "take")),
    Command(name="note", words=("notat", "note")),
    Command(name="close", words=("lukk", "close")),
    Command(name="solved", words=("løst", "løyst", "solved")),
    Command(name="wait", words=("vent", "wait"), follows="perhaps", example="fredag"),
    Command(name="assign", words=("til", "tildel", "assign"), follows="something", example="kari"),
    Command(name="category", words=("kategori", "category"), follows="something", example="print"),
    Command(name="priority", words=("prio", "prioritet", "priority"), follows="something", example="high"),
    Command(name="cc", words=("kopi", "cc"), follows="something", example="turid@kommune.example"),
    Command(name="forward", words=("videresend", "forward"), follows="something", example="hjelp@leverandor.example"),
    Command(name="help", words=("hjelp", "help")),
)
"""Every command there is; the help that agents get by mail and docs/agents.md are held to it."""

BY_WORD = {word: command for command in COMMANDS for word in command.words}

CLEAN = re.compile(r"#(\w+)(?:[ :]+(.*))?", re.DOTALL)
MARKED = re.compile(r"[^\w#＃]{0,8}[#＃][^\w]{0,8}(\w*)(.*)", re.DOTALL)
"""A line that begins with a #, or with one behind a few other marks."""

CLOSE_ENOUGH = 0.6
"""How like a command a word must be to be taken for it, of 1."""

NEARLY = 0.8
"""How like one a word must be that stands alone on a line below the text, of 1."""

LONGEST_LINE = 200
"""Characters of a line that are looked at, and shown of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A command as given: which one, what follows it, and the line as it should be written."""

    name: CommandName
    argument: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a mail was stopped: the line, what is wrong with it, and the right one to copy ("" where none is known).

    `detail` is a name or an order's own word on it.
    """

    line: str
    why: Why
    right: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What an agent's mail says: commands, problems, and the text that is left without them."""

    commands: tuple[Given, ...]
    problems: tuple[Problem, ...]
    text: str


def read_commands(text: str, *, subject: str = "", prefixes: tuple[str, ...] = ()) -> Said:
    """Read the new part of an agent's mail, and the case tag its decoded subject begins with: `[KS-10429 lukk]`."""
    lines = text.split("\n")
    top = 0
    read: list[Given | Problem] = list(_in_subject(subject, prefixes))
    while top < len(lines) and (not (line := visible(lines[top])) or _is_marked(line)):
        if line:
            read.append(_read(line))
        top += 1
    rest = lines[top:]
    read.extend(_stray(rest))
    return Said(
        commands=tuple(dict.fromkeys(one for one in read if isinstance(one, Given))),
        problems=tuple(dict.fromkeys(one for one in read if isinstance(one, Problem))),
        text="\n".join(rest).strip("\n").rstrip(),
    )


def visible(line: str) -> str:
    """Return a line without what nobody sees, on both ends and in the middle; other blanks are spaces."""
    plain = unicodedata.normalize("NFC", line)
    kept = (" " if unicodedata.category(ch) in {"Zs", "Cc"} else ch for ch in plain if unicodedata.category(ch) != "Cf")
    return " ".join("".join(kept).split())


def commands_in_words() -> tuple[tuple[str, str], ...]:
    """Return every command's name and words, as in `#ta, #take`, with what follows them."""
    return tuple(
        (command.name, f"{', '.join(f'#{word}' for word in command.words)} {command.example}".rstrip())
        for command in COMMANDS
    )


def _is_marked(line: str) -> bool:
    return MARKED.fullmatch(line) is not None


def _read(line: str) -> Given | Problem:
    """Read a line that begins like a command."""
    shown = line[:LONGEST_LINE]
    clean = CLEAN.fullmatch(line.rstrip(" ."))
    command = BY_WORD.get(clean[1].lower()) if clean else None
    if clean is None or command is None:
        return _unreadable(line)
    argument = (clean[2] or "").strip()
    word = clean[1].lower()
    if argument and command.follows == "nothing":
        return Problem(line=shown, why="extra", right=f"#{word}")
    if not argument and command.follows == "something":
        return Problem(line=shown, why="missing", right=f"#{word} {command.example}")
    if len(argument) > LONGEST_LINE:
        return Problem(line=shown, why="extra", right=f"#{word} {command.example}")
    return Given(name=command.name, argument=argument, line=f"#{word} {argument}".rstrip())


def _unreadable(line: str) -> Problem:
    """Return what is wrong with a line that begins with a #, and which command was meant, where that can be told."""
    marked = MARKED.fullmatch(line)
    word, rest = (marked[1].lower(), marked[2]) if marked else ("", "")
    near = difflib.get_close_matches(word[:LONGEST_LINE], BY_WORD, n=1, cutoff=CLOSE_ENOUGH)
    command = BY_WORD.get(word) or (BY_WORD[near[0]] if near else None)
    meant = word if word in BY_WORD else near[0] if near else ""
    follows = "" if command is None or command.follows == "nothing" else rest.strip(" :.*_\"'!")[:LONGEST_LINE]
    needs = command.example if command and command.follows == "something" and not follows else follows
    return Problem(
        line=line[:LONGEST_LINE],
        why="damaged" if word in BY_WORD else "unknown",
        right=f"#{meant} {needs}".rstrip() if meant else "",
    )


def _stray(lines: list[str]) -> Iterator[Problem]:
    """Yield the lines below the text that are commands: they stand too low, and nobody outside is to read them."""
    for line in map(visible, lines):
        marked = MARKED.fullmatch(line)
        alone = marked is not None and not marked[2].strip(" .!*_")
        known = _meant(marked[1].lower(), guessed=alone) if marked else None
        if known is not None and (known.follows != "nothing" or alone):
            yield Problem(line=line[:LONGEST_LINE], why="below", right=_right(line))


def _meant(word: str, *, guessed: bool) -> Command | None:
    """Return the command of a word; where it may be guessed, also that of one which is nearly its word."""
    near = difflib.get_close_matches(word[:LONGEST_LINE], BY_WORD, n=1, cutoff=NEARLY) if guessed else []
    return BY_WORD.get(word) or (BY_WORD[near[0]] if near else None)


def _right(line: str) -> str:
    read = _read(line)
    return read.line if isinstance(read, Given) else read.right


def _in_subject(subject: str, prefixes: tuple[str, ...]) -> Iterator[Given | Problem]:
    """Yield the commands of the case tag that a subject begins with; one that only asks for help is a command, too.

    What stands behind that tag is the subject of the case: whoever wrote it must not give orders in the agent's name.
    """
    bare = visible(strip_prefixes(subject)).lstrip("#").rstrip(" .").lower()
    if bare in {"hjelp", "help"}:
        yield Given(name="help", argument="", line=f"#{bare}")
    names = "|".join(re.escape(prefix) for prefix in prefixes)
    tag = rf"\[ ?(?:{names}) ?[-‐-―−]? ?[0-9]{{5,12}} ([^\[\]]{{1,{LONGEST_LINE}}})\]"
    first = re.match(tag, strip_prefixes(visible(subject)), re.IGNORECASE) if names else None
    for part in re.split(r"[,;]", first[1]) if first else ():
        if part.strip():
            yield _read(part.strip() if part.strip().startswith("#") else f"#{part.strip()}")
