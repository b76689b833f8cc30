"""What the clock does about notices: they run out, their letters go on, the feeds follow, and surges are seen."""

from inboxd.office.notices.feeds import publish
from inboxd.office.notices.post import run_out, send_some
from inboxd.office.notices.surge import look_for_surge
from inboxd.office.office import Office


def look(office: Office) -> int:
    """Do what is due; returns how much that was. Only as many letters as one batch: the next look goes on."""
    return run_out(office) + send_some(office) + look_for_surge(office) + publish(office)
