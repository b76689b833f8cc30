"""The clock's runner: wakes what was put off until now."""

from inboxd.office.office import Office
from inboxd.office.tick import tick


class TickRunner:
    """Looks at the clock once a call."""

    def __init__(self, office: Office) -> None:
        self.office = office

    def run_once(self) -> int:
        """Wake the cases whose time has come; returns how many changes that made."""
        return tick(self.office)
