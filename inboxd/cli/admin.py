"""The Admin panel: setting up, running, looking after the database."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from inboxd.cli.call import Json, Yes, begin
from inboxd.errors import ConfigError, Conflict, InboxdError

db = typer.Typer(
    name="db", help="The database: its schema, its soundness, its copies.", no_args_is_help=True,
    epilog="Example: inboxd db backup /var/backups/inboxd.db",
)  # fmt: skip

audit = typer.Typer(
    name="audit", help="What was done to the desk itself, and by whom.", no_args_is_help=True,
    epilog="Example: inboxd audit list --limit 20",
)  # fmt: skip


def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave it running, to look in with a mail client.")] = False,
) -> None:
    """Show the whole job on this machine, with servers and a database of its own.

    Example: inboxd demo
    """
    import subprocess

    try:
        import aiosmtpd  # noqa: F401 - asked for only to know whether it is there
        import pymap  # noqa: F401
    except ImportError as exc:
        raise ConfigError("the demo needs its own servers", hint="pip install 'inboxd[demo]'") from exc
    command = [sys.executable, "-m", "inboxd.demo", *(["--keep"] if keep else [])]
    done = subprocess.run(command, check=False)  # noqa: S603 - our own module
    raise typer.Exit(done.returncode)


def init(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="Where to write it.")] = Path("config.toml"),
    yes: Yes = False,
) -> None:
    """Write a commented config.toml; asks on a terminal, --yes takes the defaults.

    Example: inboxd init
    """
    from inboxd.config.init import Answers, starter

    if path.exists():
        raise Conflict(f"{path} is there already", hint="move it away, or name another file")
    answers = Answers()
    if sys.stdin.isatty() and not yes:
        asked = {
            "desk": typer.prompt("Name of the desk", answers.desk, err=True),
            "address": typer.prompt("Its e-mail address", answers.address, err=True),
            "imap_host": typer.prompt("IMAP server", answers.imap_host, err=True),
            "smtp_host": typer.prompt("SMTP server", answers.smtp_host, err=True),
            "agent": typer.prompt("First agent (a short name)", answers.agent, err=True),
            "agent_address": typer.prompt("The agent's e-mail address", answers.agent_address, err=True),
        }
        answers = Answers(**asked)
    try:
        path.write_text(starter(answers), encoding="utf-8")
    except OSError as exc:
        raise InboxdError(f"cannot write {path}: {exc.strerror}") from exc
    sys.stdout.write(f"{path} written. Read it, set the password's variable, then: inboxd check --connect\n")


def check(
    ctx: typer.Context,
    connect: Annotated[bool, typer.Option("--connect", help="Log in to every server, too; changes nothing.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="All that is set up, key by key.")] = False,
    json: Json = False,
) -> None:
    """Validate config.toml and the templates, and print what they set up.

    Example: inboxd check --connect
    """
    call = begin(ctx, json=json)
    from inboxd.office.checking import check_settings
    from inboxd.render.terminal import check_text

    settings = call.settings_with_secrets if connect else call.settings
    document = check_settings(settings)
    if connect:
        from inboxd.runners.probe import check_servers

        document["servers"] = check_servers(settings)
    call.answer(document, lambda: check_text(document, width=call.width, colour=call.colour, verbose=verbose))
    refused = connect and not all(server["ok"] for server in document["servers"])
    if refused or document["errors"]:
        raise typer.Exit(ConfigError.exit_code if document["errors"] else InboxdError.exit_code)


def run(
    ctx: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Do all that is due, then stop.")] = False,
    json_logs: Annotated[bool, typer.Option("--json-logs", help="Log one JSON object a line.")] = False,
) -> None:
    """Run the daemon: fetch, decide, send. SIGTERM stops it, SIGHUP reads config.toml again.

    Example: inboxd run --once
    """
    call = begin(ctx)
    from inboxd import logs
    from inboxd.supervisor import run as run_daemon

    logs.set_up(json_lines=json_logs)
    raise typer.Exit(run_daemon(call.config_path, env=os.environ, once=once))


@db.command("upgrade")
def db_upgrade(ctx: typer.Context, json: Json = False) -> None:
    """Bring the database's schema up to date; makes the database where there is none.

    Example: inboxd db upgrade
    """
    call = begin(ctx, json=json)
    from inboxd.store.schema import upgrade

    upgrade(call.settings.database_url)
    call.answer({"ok": True}, lambda: "The schema is up to date.")


@db.command("check")
def db_check(ctx: typer.Context, json: Json = False) -> None:
    """Prove that the database is sound and that every mail and letter is accounted for.

    Example: inboxd db check
    """
    call = begin(ctx, json=json)
    from inboxd.store.schema import check as examine

    _ = call.actor
    problems = list(examine(call.records.store))
    call.answer({"ok": not problems, "problems": problems}, lambda: "\n".join(problems) or "The database is sound.")
    if problems:
        raise typer.Exit(InboxdError.exit_code)


@db.command("backup")
def db_backup(
    ctx: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes; must not exist.")],
    json: Json = False,
) -> None:
    """Copy the database while the daemon runs, and open the copy to prove it.

    Example: inboxd db backup /var/backups/inboxd.db
    """
    call = begin(ctx, json=json)
    from inboxd.store.schema import backup

    _ = call.actor
    backup(call.settings.database_url, target)
    call.answer({"file": str(target), "octets": target.stat().st_size}, lambda: f"Copied to {target}.")


@audit.command("list")
def audit_list(
    ctx: typer.Context,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many.")] = None,
    json: Json = False,
) -> None:
    """List what people and the daemon did to the desk itself, newest first.

    Example: inboxd audit list --limit 20
    """
    call = begin(ctx, json=json)
    from inboxd.office.queues import audit_list as listed
    from inboxd.render.terminal import audit_table

    _ = call.actor
    document = listed(call.records, limit=limit)
    call.answer(document, lambda: audit_table(document, width=call.width, tz=call.zone))
