"""The command line as a whole: its commands by panel, and how it ends."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from inboxd import __version__
from inboxd.cli import admin, daily, queues, verbs, why, writing
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
        verbs.close, verbs.reopen, daily.search,
    ),
    "Why": (why.explain, why.health, why.about),
    "Admin": (admin.demo, admin.init, admin.check, admin.run),
}  # fmt: skip
"""The commands as `--help` groups them, in its order."""

for panel, commands in PANELS.items():
    for command in commands:
        app.command(command.__name__.removesuffix("_fields"), rich_help_panel=panel)(command)
for group, panel in ((queues.incoming, "Why"), (queues.outbox, "Why"), (admin.db, "Admin")):
    app.add_typer(group, rich_help_panel=panel)


def main() -> None:
    """Run the command line and exit as the contract says."""
    sys.exit(run(sys.argv[1:]))


def run(argv: list[str]) -> int:
    """Run one command; returns its exit code."""
    as_json = "--json" in argv
    argv = _with_wait_value(argv)
    try:
        result = app(argv, standalone_mode=False)
    except InboxdError as error:
        report(error, as_json=as_json)
        return error.exit_code
    except typer.Abort:
        sys.stderr.write("inboxd: broken off; nothing was changed\n")
        return 1
    except TyperException as error:
        report(UsageError(str(error), hint="`inboxd COMMAND --help` has an example"), as_json=as_json)
        return HEALTH_USAGE if "health" in argv else UsageError.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    return result if isinstance(result, int) else 0


def _with_wait_value(argv: list[str]) -> list[str]:
    """Let `--wait` stand without its value: `--wait` and `--wait 3d` are both in the contract."""
    spelt = []
    for word, following in zip(argv, [*argv[1:], "-"], strict=True):
        spelt.append("--wait=" if word == "--wait" and following.startswith("-") else word)
    return spelt
