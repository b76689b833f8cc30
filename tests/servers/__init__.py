"""Real servers on loopback for the tests: each in a folder of its own, on ports of its own, gone when its `with` ends.

Which of them this machine can run is said here; conftest.py leaves out the tests of an absent one, or fails them.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path


def postgres_bin() -> Path | None:
    """Return the folder of the newest PostgreSQL's programs, or None where there is none."""
    found = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").exists()]
    if found:
        return max(found, key=lambda folder: float(folder.parent.name))
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _dovecot() -> str | None:
    if os.geteuid() != 0:
        return "Dovecot needs root to deliver as the user mail"
    return None if _program("dovecot") else "Dovecot is not installed (dovecot-imapd, dovecot-lmtpd)"


def _postfix() -> str | None:
    if os.geteuid() != 0:
        return "Postfix needs root"
    return _dovecot() if _program("postfix") else "Postfix is not installed (postfix)"


def _postgres() -> str | None:
    return None if postgres_bin() else "PostgreSQL is not installed (postgresql)"


def _strace() -> str | None:
    return None if _program("strace") else "strace is not installed (strace)"


def _faketime() -> str | None:
    return None if faketime_library() else "libfaketime is not installed (faketime)"


def faketime_library() -> Path | None:
    """Return the library that moves a process's clock, or None where there is none."""
    return next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)


def _root() -> str | None:
    return "only root may mount a disk, or become somebody else" if os.geteuid() != 0 else None


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


WHY_ABSENT: dict[str, Callable[[], str | None]] = {
    "dovecot": _dovecot,
    "postfix": _postfix,
    "postgres": _postgres,
    "strace": _strace,
    "faketime": _faketime,
    "root": _root,
}
"""Server -> the reason why this machine cannot run it, or None if it can."""


def may_be_left_out() -> bool:
    """Return whether an absent server may cost tests: never in CI and never for root, who can install it."""
    return os.geteuid() != 0 and os.environ.get("CI", "").lower() not in {"1", "true", "yes"}
