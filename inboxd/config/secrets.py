"""Passwords and the signing keys: read from where only their owner can read them, and never printed."""

import os
import re
import stat
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from inboxd.config.ownership import give_to_folders_owner
from inboxd.errors import ConfigError
from inboxd.mail.message_id import Key, Keyring

CREDENTIALS = "CREDENTIALS_DIRECTORY"
"""Where systemd puts what LoadCredential= names (systemd.exec(5))."""

ONLY_ITS_OWNER = 0o600
OWNER_AND_GROUP = 0o640
"""Agents of one group use the commands, which read secret.key and never write it."""

KEY_OCTETS = 32
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
URL_PASSWORD = re.compile(r"(\bpostgresql[\w+]*://[^\s:@/\"']*):[^\s@]*@", re.IGNORECASE)
URL_PARAMETER = re.compile(r"(\bpostgresql[\w+]*://[^\s\"']*[?&]password=)[^\s&#\"']*", re.IGNORECASE)
KEY_LINE = re.compile(r"([0-9a-z]{1,8})[ \t]+((?:[0-9a-f]{2}){16,128})")


def read_password(
    *, password_env: str | None, password_file: str | None, folder: Path, env: Mapping[str, str]
) -> str | None:
    """Return a password from the environment or a file; None where neither is named.

    A file's path is relative to `folder`; a bare name is looked for in $CREDENTIALS_DIRECTORY first.
    Raises ConfigError.
    """
    if password_env is not None and password_file is not None:
        raise ConfigError("password_env and password_file are both given; keep one")
    if password_env is not None:
        if not env.get(password_env):
            # Some write the password itself here: only what looks like a variable's name is repeated.
            shown = password_env if VARIABLE.fullmatch(password_env) else "of that name"
            raise ConfigError(f"the environment variable {shown} is not set; set it, or use password_file")
        return env[password_env]
    if password_file is None:
        return None
    credential = _credential(password_file, env)
    path = credential or folder / Path(password_file).expanduser()
    # systemd's own files have whatever mode it gives them: their folder guards them
    password = _read_private(path, most=None if credential else ONLY_ITS_OWNER).rstrip("\r\n")
    if not password:
        raise ConfigError(f"{path} is empty; write the password into it")
    return password


def without_passwords(text: str) -> str:
    """Return a text with the passwords left out of every URL of a database in it."""
    return URL_PARAMETER.sub(r"\1", URL_PASSWORD.sub(r"\1@", text))


def load_keyring(path: Path, *, create: bool, random_bytes: Callable[[int], bytes]) -> Keyring:
    """Return the keys of the secret file: one a line, its id and its octets in hex; the last one signs.

    With `create` a missing file is made, 0600, whole or not at all, and whoever comes second takes what is there.
    Its group may read it too (0640), as those must who use the commands without being the daemon's user.
    Raises ConfigError for a file that is missing, readable by others, or holds no key.
    """
    if create and not path.exists():
        _make(path, f"{random_bytes(2).hex()} {random_bytes(KEY_OCTETS).hex()}\n")
    if not path.exists():
        raise ConfigError(
            f"{path} is missing", hint="`inboxd run` makes it on its first start; restore it if one was there."
        )
    keys: dict[str, Key] = {}
    for number, line in enumerate(_read_private(path, most=OWNER_AND_GROUP).splitlines(), start=1):
        if not line.strip():
            continue
        match = KEY_LINE.fullmatch(line.strip())
        if match is None or match[1] in keys:
            raise ConfigError(f"{path}:{number}: not a key of its own; a line is an id and at least 32 hex digits")
        keys[match[1]] = Key(kid=match[1], secret=bytes.fromhex(match[2]))
    if not keys:
        raise ConfigError(f"{path} holds no key", hint="Restore it; a new one would not know the letters sent so far.")
    return Keyring(keys=tuple(keys.values()))


def _credential(name: str, env: Mapping[str, str]) -> Path | None:
    folder = env.get(CREDENTIALS)
    if not folder or "/" in name:
        return None
    path = Path(folder) / name
    return path if path.exists() else None


def _read_private(path: Path, *, most: int | None) -> str:
    """Return a file's text; refused where its mode allows group or others more than `most` does (None: whatever)."""
    try:
        with path.open("rb") as file:
            beyond_owner = stat.S_IMODE(os.fstat(file.fileno()).st_mode) & (stat.S_IRWXG | stat.S_IRWXO)
            if most is not None and beyond_owner & ~most:
                whose = "its owner" if most == ONLY_ITS_OWNER else "its owner and group"
                raise ConfigError(f"{path} is open to others than {whose}; run `chmod {most:o} {path}`")
            return file.read().decode("utf-8")
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise ConfigError(f"{path} is not UTF-8 text") from exc


def _make(path: Path, text: str) -> None:
    """Put a new file in its place at once: written beside it with 0600, then linked, which fails if one is there."""
    try:
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            give_to_folders_owner(Path(beside))
            os.link(beside, path)
        finally:
            Path(beside).unlink()
        _sync_folder(path.parent)
    except FileExistsError:
        return
    except OSError as exc:
        raise ConfigError(f"{path} cannot be made: {exc.strerror}") from exc


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
