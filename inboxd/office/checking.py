"""`inboxd check`: what the config sets up, what in it is hardly meant, and whether every template renders."""

from inboxd.config.report import describe
from inboxd.config.settings import Settings
from inboxd.office.documents import Document
from inboxd.office.opening import templates_of
from inboxd.render.samples import check


def check_settings(settings: Settings) -> Document:
    """Return the `check` document: the description, `errors` (broken templates) and `warnings`."""
    return describe(settings) | {"errors": list(check(templates_of(settings)))}
