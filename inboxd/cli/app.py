"""The command line as a whole: its commands by panel, and how it ends."""

import gc
import os
import re
import sys
from itertools import zip_longest
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from inboxd import __version__
from inboxd.cli import (
    admin,
    agents,
    daily,
    desk,
    forwarding,
    hjelp,
    merging,
    moving,
    notices,
    queues,
    reports,
    verbs,
    watching,
    why,
    writing,
)
from inboxd.cli.call import Call, report
from inboxd.errors import InboxdError, UsageError

app = typer.Typer(
    name="inboxd",
    help="A shared mailbox for service desks: mail becomes cases, agents answer, nothing is lost.",
    epilog="Example: inboxd queue --mine",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

NO_TEXT = re.compile("[\ud800-\udfff]")
"""What stands in a word of the call for octets that are not of the terminal's alphabet."""

HEALTH_USAGE = 64
"""`inboxd health` means something by exit 1 and 2, so that its usage errors are EX_USAGE."""


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"inboxd {__version__}\n")
        raise typer.Exit


@app.callback()
def options(
    ctx: typer.Context,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="PATH", help="Where config.toml is (else $INBOXD_CONFIG, ...).")
    ] = None,
    _version_wanted: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Take the options that stand before the command."""
    ctx.obj = Call(config=config)


PANELS = {
    "Daily": (
        daily.queue, daily.show, writing.new, writing.reply, verbs.note, verbs.take, verbs.assign, verbs.set_fields,
        verbs.close, verbs.reopen, daily.search, watching.watch,
    ),
    "Desk": (
        merging.merge, merging.split, forwarding.forward, desk.escalate,
    ),
    "Why": (why.explain, why.health, why.about, hjelp.hjelp),
    "Admin": (admin.demo, admin.init, admin.check, admin.run, moving.import_, moving.export),
}  # fmt: skip
"""The commands as `--help` groups them, in its order."""

for panel, commands in PANELS.items():
    for command in commands:
        app.command(command.__name__.removesuffix("_fields").removesuffix("_"), rich_help_panel=panel)(command)
GROUPS = (
    (agents.agent, "Desk"),
    (notices.notice, "Desk"),
    (reports.report, "Desk"),
    (queues.incoming, "Why"), (queues.outbox, "Why"), (admin.db, "Admin"), (admin.audit, "Admin"),
)  # fmt: skip
for group, panel in GROUPS:
    app.add_typer(group, rich_help_panel=panel)


def main() -> None:
    """Run the command line and exit as the contract says."""
    code = run(sys.argv[1:])
    gc.freeze()  # else the interpreter looks through all that was loaded for garbage, once more, before it ends
    sys.exit(code)


def run(argv: list[str]) -> int:
    """Run one command; returns its exit code."""
    as_json = "--json" in argv
    try:
        result = app(notices.with_several(_with_wait_value(argv)), standalone_mode=False)
        sys.stdout.flush()
    except InboxdError as error:
        report(error, as_json=as_json)
        return error.exit_code
    except typer.Abort:
        sys.stderr.write("\ninboxd: broken off\n")
        return InboxdError.exit_code
    except TyperException as error:
        _report_usage(error.format_message(), as_json=as_json)
        return HEALTH_USAGE if "health" in argv else UsageError.exit_code
    except UnicodeEncodeError:
        if not any(map(NO_TEXT.search, argv)):
            raise
        hint = "the terminal writes another alphabet; set it to UTF-8"
        report(UsageError("a word of the call is not UTF-8 text", hint=hint), as_json=as_json)
        return UsageError.exit_code
    except (BrokenPipeError, SystemExit):  # typer and rich make the one into the other
        _forget_output()
        return 0
    except OSError as error:
        _forget_output()
        sys.stderr.write(f"inboxd: {error.strerror}{_named(error)}\n")
        return InboxdError.exit_code
    return result if isinstance(result, int) else 0


def _report_usage(message: str, *, as_json: bool) -> None:
    """Say what is off about the words of the call; where there were none at all the help has been printed."""
    if message:
        report(UsageError(message, hint="`inboxd COMMAND --help` has an example"), as_json=as_json)


def _named(error: OSError) -> str:
    return f": {error.filename}" if error.filename else " where the output goes"


def _forget_output() -> None:
    """Let nothing more be written to an output that takes nothing: not by the interpreter's exit, either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _with_wait_value(argv: list[str]) -> list[str]:
    """Let `--wait` stand without its value: `--wait` and `--wait 3d` are both in the contract."""
    spelt = []
    for word, following in zip_longest(argv, argv[1:], fillvalue="-"):
        spelt.append("--wait=" if word == "--wait" and following.startswith("-") else word)
    return spelt
