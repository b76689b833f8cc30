"""The first config.toml of a desk, as `inboxd init` writes it."""

import json
from dataclasses import dataclass
from typing import Literal

HEAD = """\
# The desk's config. `inboxd check` says what it sets up and what is wrong with it;
# a running daemon takes a changed file on SIGHUP, whole or not at all.
"""

TAIL = """
# Rules are tried in order. Take the marks off to use this one.
# [[rule]]
# name = "printers"
# match = { subject = "(?i)skriver|printer" }
# set = { priority = "low", tags = ["printer"] }

# Built in: the calendar "office" (Monday to Friday 08:00-15:30, closed on Norwegian holidays) and
# the priorities critical, high, normal and low. A table of the same name replaces one.
# [[calendar]]
# name = "office"
# days = [{ date = "2026-12-24", hours = [] }]
"""

COMMENT_AT = 39


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What `inboxd init` asks; the defaults are what `--yes` takes. `login` is the OS user who is the first agent."""

    desk: str = "Kundeservice"
    reference_prefix: str = "KS"
    language: Literal["nb", "nn", "se", "en"] = "nb"
    phone: str = ""
    admin: str | None = None
    agent: str = "kari"
    agent_address: str = "kari@desk.example"
    login: str | None = None
    category: str = "it"
    mailbox: str = "kundeservice"
    address: str = "kundeservice@desk.example"
    imap_host: str = "imap.desk.example"
    imap_tls: Literal["implicit", "starttls", "none"] = "implicit"
    smtp_host: str = "smtp.desk.example"
    smtp_tls: Literal["implicit", "starttls", "none"] = "implicit"
    username: str | None = None
    password_env: str = "KS_PASSWORD"  # noqa: S105 - the name of a variable


def starter(answers: Answers) -> str:
    """Return the text of a config.toml that works once its password is in the environment."""
    return "\n".join([HEAD, *_desk(answers), *_people(answers), *_mailbox(answers), TAIL])


def _desk(a: Answers) -> list[str]:
    admin = _key("admin", a.admin or "drift@desk.example", "alerts go here")
    return [
        "[desk]",
        _key("name", a.desk),
        _key("reference_prefix", a.reference_prefix, f"references look like {a.reference_prefix}-10429"),
        _key("language", a.language, "nb | nn | se | en"),
        _key("timezone", "Europe/Oslo"),
        _key("phone", a.phone, "stands in every letter"),
        admin if a.admin else f"# {admin}",
    ]


def _people(a: Answers) -> list[str]:
    login = _key("login", a.login or a.agent, "this person's user on the desk's machine")
    return [
        "",
        "# Who works at the desk.",
        "[[agent]]",
        _key("name", a.agent),
        _key("address", a.agent_address),
        login if a.login else f"# {login}",
        f"categories = [{_toml(a.category)}]",
        _key("role", "admin", "agent | lead | admin | auditor"),
        "",
        "# What cases are about.",
        "[[category]]",
        _key("name", a.category),
        _key("assignment", "fewest_open", "to the agent with the fewest open cases, or none"),
        _key("closed_reply", "reopen", "what an answer to a closed case does: reopen | new | reject"),
    ]


def _mailbox(a: Answers) -> list[str]:
    return [
        "",
        "# A shared mailbox: watched over IMAP, answered from over SMTP.",
        "[[mailbox]]",
        _key("name", a.mailbox),
        _key("address", a.address),
        _key("category", a.category),
        "  [mailbox.imap]",
        _key("  host", a.imap_host),
        _key("  tls", a.imap_tls, "implicit (993) | starttls (143) | none (this machine only)"),
        _key("  username", a.username or a.address),
        _key("  password_env", a.password_env, 'or password_file = "…", readable by its owner only'),
        _key("  folder", "INBOX"),
        _key("  after", "seen", "keep | seen | move:FOLDER | delete"),
        _key("  first_run", "new", "new | since:DATE | all: what was there before comes in silently"),
        "  [mailbox.smtp]".ljust(COMMENT_AT) + "# the login of IMAP, unless one is given here",
        _key("  host", a.smtp_host),
        _key("  tls", a.smtp_tls, "implicit (465) | starttls (587) | none (this machine only)"),
    ]


def _key(key: str, value: str, comment: str = "") -> str:
    line = f"{key} = {_toml(value)}"
    return f"{line.ljust(COMMENT_AT - 1)} # {comment}" if comment else line


def _toml(text: str) -> str:
    """Return a text as a TOML basic string, whose escapes are JSON's but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
