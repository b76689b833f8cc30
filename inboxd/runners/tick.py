"""The clock's runner: wakes what was put off until now, and looks whether admin and leads must hear of something."""

from inboxd.office.alerts import tell_admin
from inboxd.office.notices.clock import look as look_at_notices
from inboxd.office.office import Office
from inboxd.office.reports.weekly import tell_leads
from inboxd.office.tick import tick

LOOK_SECONDS = 60.0
"""How often the desk's own health is looked at: it counts whole queues."""


class TickRunner:
    """Looks at the clock once a call."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._looked_at: float | None = None

    def run_once(self) -> int:
        """Wake the cases whose time has come, tell admin and leads what is due; returns how many changes that made."""
        woken = tick(self.office) + look_at_notices(self.office)
        now = self.office.clock.monotonic()
        if self._looked_at is not None and now - self._looked_at < LOOK_SECONDS:
            return woken
        self._looked_at = now
        return woken + tell_admin(self.office) + tell_leads(self.office)
