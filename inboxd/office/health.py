"""Whether the desk gets and sends its mail: what `inboxd health` says, from the database alone."""

import datetime as dt

from inboxd.config.settings import MailboxSettings
from inboxd.desk.uid_plan import FolderState
from inboxd.office.documents import Document
from inboxd.office.office import Office
from inboxd.store import folders, incoming, letters
from inboxd.store.rows import Counts, RelayRow

LATE_AFTER = dt.timedelta(minutes=5)
"""A mailbox without a good look for this long is late, or for three of its polls if that is longer."""

EXITS = {"ok": 0, "degraded": 1, "failing": 2}


def health(office: Office) -> Document:
    """Return the `health` document. It does not ask whether a daemon runs, only whether the work gets done."""
    now = office.clock.now()
    with office.store.reading() as session:
        known = {(state.mailbox, state.folder): state for state in folders.list_folders(session)}
        mails, post = incoming.counts(session), letters.counts(session)
        relays, held = letters.list_relays(session), letters.held_receipts(session)
    boxes = [_mailbox(box, known.get((box.name, box.imap.folder)), now) for box in office.settings.mailboxes]
    problems = [problem for box in boxes for problem in _mailbox_problems(box)]
    problems += [problem for relay in relays for problem in _relay_problems(relay)]
    problems += _waiting_problems(mails, post, held)
    failing = {"mailbox_failing", "mailbox_late", "mailbox_unseen", "relay_failing"}
    worst = "failing" if any(p["code"] in failing for p in problems) else "degraded" if problems else "ok"
    return {
        "status": worst,
        "mailboxes": boxes,
        "outbox": dict(post.states) | {"oldest_waiting": _time(post.oldest_waiting)},
        "incoming": dict(mails.states) | {"oldest_waiting": _time(mails.oldest_waiting)},
        "receipts": {"held": held},
        "problems": problems,
    }


def _mailbox(box: MailboxSettings, state: FolderState | None, now: dt.datetime) -> Document:
    look = state.last_look_at if state else None
    patience = max(LATE_AFTER, dt.timedelta(seconds=3 * box.imap.poll_seconds))
    return {
        "name": box.name,
        "folder": box.imap.folder,
        "last_look_at": _time(look),
        "late": look is not None and now - look > patience,
        "failing_since": _time(state.failing_since) if state else None,
        "last_error": state.last_error if state else None,
    }


def _mailbox_problems(box: Document) -> list[Document]:
    name = f"{box['name']} ({box['folder']})"
    if box["failing_since"]:
        return [_problem("mailbox_failing", f"{name}: {box['last_error']}", box["failing_since"])]
    if box["late"]:
        return [_problem("mailbox_late", f"{name} was not looked at in time; does a daemon run?", box["last_look_at"])]
    if box["last_look_at"] is None:
        return [_problem("mailbox_unseen", f"{name} was never looked at; `inboxd run` does", None)]
    return []


def _relay_problems(relay: RelayRow) -> list[Document]:
    if relay.failing_since is None:
        return []
    return [_problem("relay_failing", f"the relay of {relay.mailbox}: {relay.last_error}", _time(relay.failing_since))]


def _waiting_problems(mails: Counts, post: Counts, held_receipts: int) -> list[Document]:
    found = (
        ("incoming_held", mails.of("hold"), "mails are held; `inboxd incoming list --state hold`"),
        ("letters_unknown", post.of("unknown"), "letters of unknown outcome; `inboxd outbox list --state unknown`"),
        ("letters_failed", post.of("failed"), "letters failed; `inboxd outbox list --state failed`"),
        ("receipts_held", held_receipts, "receipts are held above a cap; `inboxd outbox list --state hold`"),
    )
    return [_problem(code, f"{count} {what}", None) for code, count, what in found if count]


def _problem(code: str, what: str, since: str | None) -> Document:
    return {"code": code, "what": what, "since": since}


def _time(when: dt.datetime | None) -> str | None:
    return None if when is None else when.isoformat(timespec="seconds")
