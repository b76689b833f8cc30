"""Write docs/cli.md and docs/inboxd.1 from the command line itself (`make docs`); a test compares them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import typer

REFERENCE = Path(__file__).parents[1] / "docs" / "cli.md"
MANUAL = REFERENCE.with_name("inboxd.1")

HEAD = """# The command line

Written by `make docs` from the commands' own help; change the help, not this page.

`inboxd [--config PATH] COMMAND ...`; config.toml is looked for in `--config`, `$INBOXD_CONFIG`, `./config.toml`,
`/etc/inboxd/config.toml`.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | the thing asked for failed (`health`: degraded) |
| 2 | usage (`health`: failing; its usage errors are 64) |
| 4 | not found |
| 5 | conflict: somebody else was first |
| 75 | temporary; try again |
| 77 | not allowed |
| 78 | config.toml is wrong |

With `--json` a command prints one JSON document on standard output and nothing else; an error is
`{"error": {"code", "message", "hint"}}`.
"""


def commands(group: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Walk the commands in the order of their help; yields their words and the command."""
    for name, command in getattr(group, "commands", {}).items():
        if getattr(command, "hidden", False):
            continue
        if getattr(command, "commands", None):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


def page(app: typer.Typer) -> str:
    """Return docs/cli.md for a command line."""
    root = typer.main.get_command(app)
    sections = [HEAD, *_options(root)]
    panel = None
    for words, command in commands(root):
        owner = root.commands[words[0]]
        if owner.rich_help_panel != panel:
            panel = owner.rich_help_panel
            sections.append(f"\n## {panel}\n")
        sections.append(_section(words, command))
    return "".join(sections)


def _section(words: tuple[str, ...], command: object) -> str:
    arguments = [_argument(each) for each in command.params if each.param_type_name == "argument"]
    words_of_help = " ".join(f"{command.help or ''} {command.epilog or ''}".split())
    what, _, example = words_of_help.partition("Example: ")
    lines = [f"\n### `{' '.join(('inboxd', *words, *arguments))}`\n\n{what.strip()}\n", *_options(command)]
    if example:
        lines.append(f"\nExample: `{example}`\n")
    return "".join(lines)


def _argument(param: object) -> str:
    name = (param.metavar or param.name.upper()) + ("..." if param.nargs == -1 else "")
    return name if param.required else f"[{name}]"


def _options(command: object) -> list[str]:
    rows = []
    for param in command.params:
        if param.param_type_name != "option" or param.hidden or param.name == "help":
            continue
        names = ", ".join(sorted(param.opts, key=len)) + (
            f" / {param.secondary_opts[0]}" if param.secondary_opts else ""
        )
        value = "" if param.is_flag else f" {param.metavar or param.name.upper()}"
        help_text = " ".join((param.help or "").split()).replace("|", "\\|")
        rows.append(f"| `{names}{value}` | {help_text}{' May be repeated.' if param.multiple else ''} |\n")
    return ["\n| option | |\n|---|---|\n", *rows] if rows else []


MANUAL_HEAD = """.\\" Written by `make docs` from the commands' own help; change the help, not this page.
.TH INBOXD 1
.SH NAME
inboxd \\- a shared mailbox for service desks
.SH SYNOPSIS
.B inboxd
[\\-\\-config PATH] COMMAND ...
.SH DESCRIPTION
Mail becomes cases, agents answer, nothing is lost. config.toml is looked for in \\-\\-config, $INBOXD_CONFIG,
\\&./config.toml and /etc/inboxd/config.toml. With \\-\\-json a command prints one JSON document on standard output and
nothing else.
"""

MANUAL_END = """.SH EXIT STATUS
0 done; 1 the thing asked for failed (health: degraded); 2 usage (health: failing; its usage errors are 64); 4 not
found; 5 conflict: somebody else was first; 75 temporary, try again; 77 not allowed; 78 config.toml is wrong.
"""


def manual(app: typer.Typer) -> str:
    """Return the manual page of a command line, in man's own macros."""
    root = typer.main.get_command(app)
    sections, panel = [MANUAL_HEAD, ".SH OPTIONS\n", *_manual_options(root)], None
    for words, command in commands(root):
        owner = root.commands[words[0]]
        if owner.rich_help_panel != panel:
            panel = owner.rich_help_panel
            sections.append(f".SH COMMANDS: {_roff(panel.upper())}\n")
        sections.append(_manual_section(words, command))
    return "".join([*sections, MANUAL_END])


def _manual_section(words: tuple[str, ...], command: object) -> str:
    arguments = [_argument(each) for each in command.params if each.param_type_name == "argument"]
    what, _, example = " ".join(f"{command.help or ''} {command.epilog or ''}".split()).partition("Example: ")
    lines = [f".SS {_roff(' '.join((*words, *arguments)))}\n{_roff(what.strip())}\n", *_manual_options(command)]
    if example:
        lines.append(f".PP\nExample:\n.B {_roff(example.strip())}\n")
    return "".join(lines)


def _manual_options(command: object) -> list[str]:
    rows = _options(command)[1:]
    pairs = (row.strip("| \n").split(" | ", 1) for row in rows)
    return [f".TP\n.B {_roff(names.strip('`'))}\n{_roff(said.replace(chr(92) + '|', '|'))}\n" for names, said in pairs]


def _roff(text: str) -> str:
    """Return words as roff prints them: no sign is a command."""
    safe = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{safe}" if safe[:1] in {".", "'"} else safe


if __name__ == "__main__":
    from inboxd.cli.app import app

    REFERENCE.write_text(page(app), encoding="utf-8")
    MANUAL.write_text(manual(app), encoding="utf-8")
    sys.stdout.write(f"wrote {REFERENCE.name} and {MANUAL.name}\n")
