"""One call of the command line: its options, and what they open. Everything heavy is imported when it is needed."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from inboxd.errors import ConfigError, InboxdError, UsageError

if TYPE_CHECKING:
    from inboxd.config.settings import Settings
    from inboxd.office.office import Office
    from inboxd.office.people.orderer import Actor

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document, and nothing else on stdout.")]
Yes = Annotated[bool, typer.Option("--yes", help="Answer every question with yes.")]
As = Annotated[str | None, typer.Option("--as", metavar="AGENT", help="Act for an agent (root, owner, admins).")]

DEFAULT_WIDTH = 80


@dataclass(frozen=True, kw_only=True)
class Call:
    """What was said on the command line besides the command's own words."""

    config: Path | None = None
    json: bool = False
    yes: bool = False
    as_agent: str | None = None
    looks: bool = False

    @property
    def settings(self) -> "Settings":
        """config.toml, without the secrets. Raises ConfigError with every error in it."""
        return self._settings[0]

    @property
    def broken(self) -> str | None:
        """What is wrong with config.toml, where a command that only looks works by the config in force instead."""
        return self._settings[1]

    @cached_property
    def _settings(self) -> "tuple[Settings, str | None]":
        from inboxd.config.file import load

        path = self.config_path
        try:
            return load(path, env=os.environ, with_secrets=False), None
        except ConfigError as error:
            if not self.looks:
                raise
            from inboxd.office.taking.in_force import settings_in_force

            return settings_in_force(path, error)

    @property
    def config_path(self) -> Path:
        """Where config.toml is. Raises ConfigError, which says where was looked."""
        from inboxd.config.file import find

        return find(self.config, os.environ)

    @cached_property
    def settings_with_secrets(self) -> "Settings":
        """config.toml with its passwords, for commands that log in somewhere."""
        from inboxd.config.file import load

        return load(self.config_path, env=os.environ)

    @property
    def zone(self) -> ZoneInfo:
        """The desk's time zone."""
        return ZoneInfo(self.settings.desk.timezone)

    @cached_property
    def office(self) -> "Office":
        """The desk's office on its database, for orders: it can sign letters."""
        from inboxd.office.opening import open_office

        reader = self.actor.agent
        return replace(open_office(self.settings), reader=reader)

    @cached_property
    def records(self) -> "Office":
        """The office for looking only: whoever may read the database needs no key."""
        from inboxd.office.opening import open_office

        reader = self.actor.agent
        return replace(open_office(self.settings, sign=False), reader=reader)

    @cached_property
    def actor(self) -> "Actor":
        """Who acts. Raises NotAllowed (exit 77)."""
        from inboxd.office.opening import os_user
        from inboxd.office.people.orderer import identify

        return identify(self.settings.desk, os_user(self.settings), self.as_agent)

    @property
    def worker(self) -> "Actor":
        """Who acts, if it is one who may change something. Raises NotAllowed (exit 77) for an auditor."""
        from inboxd.office.people.orderer import may_change

        return may_change(self.actor)

    @property
    def interactive(self) -> bool:
        """Whether a person sits at the other end and can be asked."""
        return sys.stdin.isatty() and not self.json

    def number(self, text: str) -> int:
        """Read a case reference."""
        from inboxd.office.naming import number_of

        return number_of(text, self.settings.desk)

    def answer(self, document: object, text: Callable[[], str]) -> None:
        """Print the result: the document with --json, else its rendering."""
        if self.json:
            sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=None) + "\n")
            return
        sys.stdout.write(text().rstrip("\n") + "\n")

    def say(self, text: str) -> None:
        """Tell a person something that is no result."""
        sys.stderr.write(text.rstrip("\n") + "\n")

    def say_what_is_in_force(self) -> None:
        """Tell a person that config.toml has errors, and what this went by instead."""
        if self.broken is not None:
            self.say(f"inboxd: {self.broken}")

    def ask(self, question: str) -> bool:
        """Ask a person; where nobody can be asked the answer is no."""
        return self.interactive and typer.confirm(question, err=True)

    @property
    def width(self) -> int:
        """The columns to write in: the terminal's, 80 where there is none."""
        return shutil.get_terminal_size((DEFAULT_WIDTH, 24)).columns if sys.stdout.isatty() else DEFAULT_WIDTH

    @property
    def colour(self) -> bool:
        """Whether colour may be used: on a terminal, and not against the reader's will."""
        return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def begin(
    ctx: typer.Context, *, json: bool = False, yes: bool = False, as_agent: str | None = None, looks: bool = False
) -> Call:
    """Return the call of a command: the global options and its own.

    A command that only looks goes on by the config in force where config.toml has errors, and says so.
    """
    known = ctx.obj if isinstance(ctx.obj, Call) else Call()
    call = replace(known, json=json, yes=yes, as_agent=as_agent, looks=looks)
    ctx.find_root().obj = call
    return call


def error_document(error: InboxdError) -> dict[str, dict[str, str | None]]:
    """Return the document of an error."""
    return {"error": {"code": error.code, "message": error.message, "hint": error.hint}}


def report(error: InboxdError, *, as_json: bool) -> None:
    """Tell what went wrong and what to do: on stdout as a document with --json, else on stderr."""
    if as_json:
        sys.stdout.write(json.dumps(error_document(error), ensure_ascii=False) + "\n")
        return
    sys.stderr.write(f"inboxd: {error.message}\n")
    if error.hint:
        sys.stderr.write("".join(f"        {line}\n" for line in error.hint.splitlines()))


def one_of(names: Iterable[str], given: str | None, what: str) -> None:
    """Refuse a word that is none of those there are. Raises UsageError, which names them."""
    known = list(names)
    if given is not None and given not in known:
        raise UsageError(f"no {what} {given}", hint=f"one of {', '.join(known)}")


def read_text(message: str | None, file: Path | None) -> str | None:
    """Return the words of -m or -F (`-` is standard input), None where neither was given."""
    if message is not None and file is not None:
        raise UsageError("-m and -F say the same thing", hint="give one of them")
    if file is None:
        return message
    if str(file) == "-":
        return sys.stdin.read()
    try:
        return file.read_text(encoding="utf-8")
    except OSError as exc:
        raise UsageError(f"cannot read {file}: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise UsageError(f"{file} is not UTF-8 text", hint="attach it with --attach instead") from exc
