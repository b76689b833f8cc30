"""What the clock brings: cases that wake, decided and applied like everything else."""

from inboxd.desk.tick import tick as decide_tick
from inboxd.office.letters.freezing import write_letters
from inboxd.office.office import Office
from inboxd.store import views
from inboxd.store.apply import apply


def tick(office: Office, *, only: int | None = None) -> int:
    """Wake the cases whose time has come, or that one alone; returns how many changes that made."""
    now = office.clock.now()
    with office.store.begin() as session:
        view = views.load_tick_view(session, desk=office.desk, keyring=office.keyring, now=now, only=only)
        decision = decide_tick(view, now)
        apply(session, decision, now=now)
        write_letters(session, decision, case_id=None, office=office)
    return len(decision.changes)


def due(office: Office) -> tuple[int, ...]:
    """Return the store's ids of the cases that `tick` would wake now."""
    with office.store.reading() as session:
        return views.due_cases(session, office.clock.now())
