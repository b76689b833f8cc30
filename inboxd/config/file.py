"""config.toml: found, read whole with every error at once, and made into frozen Settings."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from inboxd.config.build import build_desk
from inboxd.config.checks import check_document
from inboxd.config.lines import locate
from inboxd.config.notices.checks import notices_folder
from inboxd.config.problems import Problems
from inboxd.config.reading import read_document
from inboxd.config.routing.customers import with_own_categories
from inboxd.config.schema import DeskTable
from inboxd.config.secrets import without_passwords
from inboxd.config.servers import ServerBuilder, Surroundings
from inboxd.config.settings import Settings
from inboxd.config.unbuilt import refuse_unbuilt
from inboxd.errors import ConfigError

VARIABLE = "INBOXD_CONFIG"
HERE = Path("config.toml")
SYSTEM = Path("/etc/inboxd/config.toml")
SQLITE = "sqlite:///"
PLACE = re.compile(r" \(at line (\d+), column (\d+)\)")
"""How tomllib of Python 3.11 tells the place; it has no attribute for it before 3.14."""


def find(explicit: Path | None, env: Mapping[str, str]) -> Path:
    """Return the config file to read: --config, $INBOXD_CONFIG, ./config.toml, /etc/inboxd/config.toml.

    Raises ConfigError where the one that was named, or every usual one, is missing.
    """
    named = explicit or (Path(env[VARIABLE]) if env.get(VARIABLE) else None)
    if named is not None:
        if not named.is_file():
            told = "--config" if explicit else f"${VARIABLE}"
            raise ConfigError(f"there is no file {named} (named by {told})", hint="`inboxd init` writes one.")
        return named
    found = next((path for path in (HERE, SYSTEM) if path.is_file()), None)
    if found is None:
        looked = f"looked at ${VARIABLE} (not set), ./{HERE} and {SYSTEM}"
        raise ConfigError(
            f"there is no config.toml: {looked}", hint="`inboxd init` writes one; or name it by --config."
        )
    return found


def load(path: Path, *, env: Mapping[str, str], with_secrets: bool = True) -> Settings:
    """Return the settings in a file, as `load_text` does its text. Raises ConfigError."""
    return load_text(_read(path), path=path, env=env, with_secrets=with_secrets)


def load_text(text: str, *, path: Path, env: Mapping[str, str], with_secrets: bool = True) -> Settings:
    """Return the settings in the text of a file; relative paths in it are relative to the file.

    Without `with_secrets` passwords are neither read nor looked for, so that people who may not read them can work.
    Raises ConfigError, whose message has one line for every error: `config.toml:LINE: [section] key: what is wrong`.
    """
    raw = _parse(path, text)
    problems = Problems(path, locate(text))
    refuse_unbuilt(raw, problems)
    document = with_own_categories(read_document(raw, problems), problems)
    check_document(document, problems)
    folder = path.absolute().parent
    builder = ServerBuilder(Surroundings(folder=folder, env=env, with_secrets=with_secrets), problems)
    mailboxes = tuple(builder.mailbox(table, ("mailbox", n)) for n, table in enumerate(document.mailbox))
    templates = _templates(document.desk, folder, problems)
    problems.raise_if_any()
    return Settings(
        path=path.absolute(),
        desk=build_desk(document),
        database_url=database_url(document.database.url, folder),
        secret_file=folder / Path(document.desk.secret_file).expanduser(),
        templates=templates,
        notices_folder=notices_folder(document.notices, folder),
        mailboxes=mailboxes,
        text=without_passwords(text),
    )


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read: {exc.strerror}", hint="`inboxd init` writes a first one.") from exc
    except UnicodeDecodeError as exc:
        line = path.read_bytes()[: exc.start].count(b"\n") + 1
        raise ConfigError(f"{path}:{line}: not UTF-8; save the file as UTF-8 text") from exc


def _parse(path: Path, text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        told = str(exc)
        match = PLACE.search(told)
        end = (text.count("\n") + 1, len(text) - text.rfind("\n"))
        line, column = match.groups() if match else end
        what = told[: match.start()] if match else told.removesuffix(" (at end of document)")
        raise ConfigError(
            f"{path}:{line}:{column}: not TOML: {what}",
            hint='Text stands in "quotes"; numbers, true and false do not; a table is [name] or [[name]].',
        ) from exc


def _templates(desk: DeskTable, folder: Path, problems: Problems) -> Path | None:
    """Return the folder of the admin's own templates: the one that is named, else the one beside the file, if any."""
    if desk.templates is None:
        beside = folder / "templates"
        return beside if beside.is_dir() else None
    path = folder / Path(desk.templates).expanduser()
    if not path.is_dir():
        problems.add(("desk", "templates"), f"there is no folder {path}; make it, or take the key out")
    return path


def database_url(url: str, folder: Path) -> str:
    """Return the URL with the path of an SQLite file made absolute."""
    if not url.startswith(SQLITE):
        return url
    return f"{SQLITE}{folder / url.removeprefix(SQLITE)}"
