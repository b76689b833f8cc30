"""`inboxd check`: what the config sets up, what in it is hardly meant, and whether every template renders.

Also what would change if the daemon took it, compared with the one that it took last.
"""

from zoneinfo import ZoneInfo

from inboxd.clock import Clock, SystemClock
from inboxd.config.file import load_text
from inboxd.config.letters.report import coming
from inboxd.config.report import changes, describe
from inboxd.config.settings import Settings
from inboxd.desk.desk import Desk
from inboxd.desk.letters.language import LETTERS
from inboxd.errors import ConfigError, InboxdError
from inboxd.office.documents import Document
from inboxd.office.opening import database_path, templates_of
from inboxd.render.letters import Templates
from inboxd.render.samples import LANGUAGES, NAMES, check
from inboxd.store.configs import last_config
from inboxd.store.engine import open_store

UNREADABLE = "The config that the daemon took last is not valid any more, so nobody can say what changes."


def check_settings(settings: Settings, clock: Clock | None = None) -> Document:
    """Return the `check` document: the description, `errors` (broken templates) and `warnings`.

    `changes` is there only where a daemon took another text before. The database is only read.
    """
    templates, zone = templates_of(settings), ZoneInfo(settings.desk.timezone)
    today = (clock or SystemClock()).now().astimezone(zone).date()
    categories = frozenset(category.name for category in settings.desk.categories)
    document: Document = describe(settings) | {"errors": list(check(templates, categories))}
    document["receipt_texts_coming"] = coming(settings.desk, today)
    document["letters"] = {code: _lacking(templates, code) or "every letter is there" for code in LETTERS}
    document["warnings"] += [*fall_backs(templates, settings.desk), *replies_lacking(templates)]
    try:
        taken = _taken(settings)
    except InboxdError as error:
        document["warnings"].append(f"what would change cannot be told: {error.message}")
        return document
    if taken is not None and taken != settings.text:
        document["changes"] = _changes(taken, settings)
    return document


def fall_backs(templates: Templates, desk: Desk) -> list[str]:
    """Return which languages of the desk lack letters, and in which one these go out instead."""
    wanted = dict.fromkeys(
        (desk.language, *(m.language for m in desk.mailboxes), *(c.language for c in desk.contacts if c.language))
    )
    return [f'language "{code}": {why}' for code in wanted if (why := _lacking(templates, code)) is not None]


def replies_lacking(templates: Templates) -> list[str]:
    """Return which reply templates are not there in every language of the letters."""
    known = set(templates.replies())
    lacking = {
        name: [code for code in LANGUAGES if (code, name) not in known] for name in sorted({n for _, n in known})
    }
    return [f'reply template "{name}" is not there in {", ".join(codes)}' for name, codes in lacking.items() if codes]


def _lacking(templates: Templates, language: str) -> str | None:
    """Return which letters a language lacks and in which ones they go out; None where it has every letter."""
    used = {name: templates.language_for(name, language) for name in NAMES}
    others = sorted({code for code in used.values() if code != language})
    lacking = [name for name, code in used.items() if code != language]
    some = "all letters" if len(lacking) == len(NAMES) else ", ".join(lacking)
    return f"{some} fall back to {', '.join(others)}" if lacking else None


def _taken(settings: Settings) -> str | None:
    """Return the text that the daemon took last, None where there is no database, or no daemon ran on it yet."""
    path = database_path(settings)
    if path is not None and not path.exists():
        return None
    store = open_store(settings.database_url, read_only=True)
    try:
        with store.reading() as session:
            return last_config(session)
    finally:
        store.close()


def _changes(taken: str, settings: Settings) -> list[str]:
    """Return the changes in sentences; both texts are read alike, without any password."""
    new = load_text(settings.text, path=settings.path, env={}, with_secrets=False)
    try:
        old = load_text(taken, path=settings.path, env={}, with_secrets=False)
    except ConfigError:
        return [UNREADABLE]
    return changes(old, new)
