"""The clock's runner: wakes what was put off until now, and looks whether admin and leads must hear of something."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from inboxd.errors import StoreBusy
from inboxd.office.alerts import tell_admin
from inboxd.office.claims import ask_agents
from inboxd.office.notices import clock as notices
from inboxd.office.office import Office
from inboxd.office.reports.morning import tell_agents
from inboxd.office.reports.weekly import tell_leads
from inboxd.office.tick import due, tick
from inboxd.runners.runner import guarded
from inboxd.store import audit

LOOK_SECONDS = 60.0
"""How often the desk's own health is looked at: it counts whole queues."""

Steps: TypeAlias = Sequence[tuple[str, Callable[[Office], int]]]


class CaseFailed(Exception):
    """The clock's work on some case met a bug; that of all others is done."""


def wake(office: Office) -> int:
    """Do what the time has come for; where that meets a bug, case by case, so that one stops no other's clock.

    Raises CaseFailed once all others are done.
    """
    bugs: list[str] = []

    def failed(error: str) -> int:
        bugs.append(error)
        return 0

    done = guarded(partial(tick, office), what="the clock's cases", otherwise=failed)
    if not bugs:
        return done
    bugs.clear()
    for case_id in due(office):
        done += guarded(partial(tick, office, only=case_id), what=f"case {case_id}", otherwise=failed)
    if bugs:
        raise CaseFailed(bugs[0])
    return done


OFTEN: Steps = (("cases", wake), ("confirm_letters", ask_agents), *notices.STEPS)
EVERY_MINUTE: Steps = (("alerts", tell_admin), ("weekly_letter", tell_leads), ("morning_letter", tell_agents))


class TickRunner:
    """Looks at the clock once a call. A step that fails keeps no other one from its work."""

    def __init__(self, office: Office, *, often: Steps = OFTEN, every_minute: Steps = EVERY_MINUTE) -> None:
        self.office = office
        self._often, self._every_minute = often, every_minute
        self._looked_at: float | None = None
        self._failing: dict[str, str] = {}
        self._noted: dict[str, str] | None = None

    def run_once(self) -> int:
        """Wake the cases whose time has come, tell admin and leads what is due; returns how many changes that made.

        Raises StoreBusy once everything else is done, and at once what concerns the database as a whole.
        """
        done, busy = 0, None
        for name, step in self._due():
            try:
                done += self._taken(name, step)
            except StoreBusy as error:
                busy = error
        self._note()
        if busy is not None:
            raise busy
        return done

    def _due(self) -> Steps:
        now = self.office.clock.monotonic()
        if self._looked_at is not None and now - self._looked_at < LOOK_SECONDS:
            return self._often
        self._looked_at = now
        return (*self._often, *self._every_minute)

    def _taken(self, name: str, step: Callable[[Office], int]) -> int:
        failing = dict(self._failing)
        failing.pop(name, None)

        def failed(error: str) -> int:
            failing[name] = error
            return 0

        done = guarded(partial(step, self.office), what=name, otherwise=failed)
        self._failing = failing
        return done

    def _note(self) -> None:
        """Put on record what fails now, or that all works again, once each: `health` and the admin's letter tell it."""
        if self._failing == self._noted:
            return
        store, told = self.office.store, ", ".join(f"{name} ({error})" for name, error in sorted(self._failing.items()))
        with store.reading() as session:
            known = audit.standing(session, audit.STEP_FAILED, until=audit.STEPS_WORK)
        if told != (known[0].detail if known else ""):  # a daemon before this one may have noted it
            action = audit.STEP_FAILED if told else audit.STEPS_WORK
            with store.begin() as session:
                audit.note(session, at=self.office.clock.now(), actor="inboxd", action=action, detail=told)
        self._noted = self._failing
