"""What the clock does about notices: they run out, their letters go on, the feeds follow, and surges are seen."""

from inboxd.office.notices.feeds import publish
from inboxd.office.notices.post import run_out, send_some
from inboxd.office.notices.surge import look_for_surge

STEPS = (("run_out", run_out), ("notice_letters", send_some), ("surge", look_for_surge), ("feeds", publish))
"""By name, in their order. Each does what is due and says how much that was; of letters one batch at a time."""
