"""`about`: the service as its users and admins may know it, from the live config."""

import datetime as dt

from inboxd import __version__
from inboxd.config.report import describe
from inboxd.config.settings import Settings
from inboxd.office.documents import Document
from inboxd.office.reports.limits import limits
from inboxd.office.reports.service import terms

LEFT_OUT = frozenset({"path", "database", "warnings"})


def about(settings: Settings, actor: str, now: dt.datetime) -> Document:
    """Return the `about` document: who asks, the config without its servers' secrets, the service, and every limit."""
    desk = settings.desk
    described: Document = describe(settings)
    kept = {key: value for key, value in described.items() if key not in LEFT_OUT}
    contact = {"phone": desk.phone or None, "web": desk.web or None}
    stated = limits(settings, described["receipts"])
    return {"inboxd": __version__, "you": actor, **kept, **contact, "service": terms(desk, now), "limits": stated}
