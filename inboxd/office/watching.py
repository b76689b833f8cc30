"""Following the desk live: new cases, what was written on others, whose target has just passed."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from inboxd.mail.personal_number import mask_personal_numbers
from inboxd.office.office import Office
from inboxd.office.people.access import categories_seen
from inboxd.store import cases, watching
from inboxd.store.engine import Session
from inboxd.store.rows import CaseRow, EntryRow

Document: TypeAlias = dict[str, Any]
"""An office document: what JSON can hold."""

WHAT = {"mail_in": "mail", "mail_out": "answer", "note": "note", "call": "call"}


class Watch:
    """One reader who follows the desk; `look` returns what is new since the last look, each once."""

    def __init__(self, office: Office) -> None:
        """Begin with what is there: nothing of it is new."""
        self._office = office
        self._since = office.clock.now()
        with office.store.reading() as session:
            self._entry, self._case = watching.newest(session)
            self._entries = {row.id for row in watching.entries_after(session, self._entry)}
            self._cases = set(watching.cases_after(session, self._case))

    def look(self) -> list[Document]:
        """Return what happened, as far as the reader may know: `{"at","what","reference","who",…}`, oldest first."""
        now = self._office.clock.now()
        with self._office.store.reading() as session:
            opened = [one for one in watching.cases_after(session, self._case) if one not in self._cases]
            written = [row for row in watching.entries_after(session, self._entry) if row.id not in self._entries]
            passed = watching.passed_between(session, self._since, now)
            rows = self._rows(session, {*opened, *passed, *(row.case_id for row in written)})
        self._since = now
        self._remember(opened, written)
        found = [
            *(_line(rows[one], "new", rows[one].requester.name or rows[one].requester.address, rows[one].opened_at)
              for one in opened if one in rows),
            *self._written(written, opened, rows),
            *(_line(rows[one], "overdue", rows[one].assignee, now) for one in passed if one in rows),
        ]  # fmt: skip
        return sorted(found, key=lambda document: str(document["at"]))

    def _rows(self, session: Session, case_ids: set[int]) -> dict[int, CaseRow]:
        """Return the cases that the reader may know of; a merged one is told of as the one that it lives on in."""
        home = cases.survivors(session, case_ids)
        seen = categories_seen(self._office)
        listed = cases.queue(session, include_closed=True, ids=list(set(home.values())), category=seen)
        rows = {row.id: row for row in listed}
        return {one: rows[survivor] for one, survivor in home.items() if survivor in rows}

    def _remember(self, opened: Iterable[int], written: Iterable[EntryRow]) -> None:
        self._cases.update(opened)
        self._entries.update(row.id for row in written)
        self._case, self._entry = max(self._cases, default=0), max(self._entries, default=0)
        self._cases = {one for one in self._cases if one > self._case - watching.LOOKED_BACK}
        self._entries = {one for one in self._entries if one > self._entry - watching.LOOKED_BACK}

    def _written(
        self, written: Iterable[EntryRow], opened: Iterable[int], rows: dict[int, CaseRow]
    ) -> Iterator[Document]:
        """Yield what was written, but for the words by which a case was opened: it is told of as new."""
        fresh = set(opened)
        for entry in written:
            if entry.case_id in fresh:
                fresh.discard(entry.case_id)
            elif entry.case_id in rows:
                who = (entry.from_.name or entry.from_.address) if entry.from_ else entry.actor
                yield _line(rows[entry.case_id], WHAT[entry.kind], who, entry.at)


def _line(case: CaseRow, what: str, who: str | None, at: Any) -> Document:
    from inboxd.office.documents import case_document

    whole = case_document(case, at)
    named = ("reference", "category", "priority", "status", "assignee", "due")
    return {
        "at": at.isoformat(timespec="seconds"),
        "what": what,
        "who": mask_personal_numbers(who) if who else None,
        "subject": mask_personal_numbers(case.subject),
        **{name: whole[name] for name in named},
    }
