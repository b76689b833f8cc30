"""How often the admin's rules hit: for `report rules`."""

import datetime as dt
from zoneinfo import ZoneInfo

from inboxd.office.documents import Document
from inboxd.office.office import Office
from inboxd.store.routing import hits_by_rule


def rule_hits(office: Office, since: dt.datetime | None = None, until: dt.datetime | None = None) -> list[Document]:
    """Return for every rule and sender rule of the config how many mails it hit from `since` to before `until`.

    In the order of the config, sender rules first, for they are tried first; those that never hit are among them.
    Behind them stand rules that hit and are no longer in the config.
    """
    desk = office.desk
    with office.store.reading() as session:
        hits = hits_by_rule(session, since, until)
    names = dict.fromkeys((*(rule.name for rule in desk.sender_rules), *(rule.name for rule in desk.rules)))
    zone = ZoneInfo(desk.timezone)
    return [_row(name, hits.get(name), zone) for name in (*names, *sorted(hits.keys() - names.keys()))]


def _row(name: str, hit: tuple[int, dt.datetime] | None, zone: ZoneInfo) -> Document:
    count, last = hit or (0, None)
    return {
        "rule": name,
        "hits": count,
        "last_at": last.astimezone(zone).isoformat(timespec="seconds") if last else None,
    }
