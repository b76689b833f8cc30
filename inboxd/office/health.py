"""Whether the desk gets and sends its mail: what `inboxd health` says, from the database and the templates alone."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from inboxd.config.settings import ImapSettings, MailboxSettings
from inboxd.desk.uid_plan import FolderState
from inboxd.office.documents import Document
from inboxd.office.notices import feeds
from inboxd.office.office import Office
from inboxd.render.letters import until_mended
from inboxd.render.samples import check
from inboxd.store import audit, folders, incoming, letters, returns, sent_copies
from inboxd.store.engine import NO_ROOM
from inboxd.store.mailboxes import Stranded, stranded
from inboxd.store.relays import held_sending
from inboxd.store.rows import AuditRow, Counts, RelayRow, SendingHeld
from inboxd.store.sent_copies import Unsaved

LATE_AFTER = dt.timedelta(minutes=5)
"""A mailbox without a good look for this long is late, or for three of its polls if that is longer."""

FAILING = frozenset({"disk_full", "mailbox_failing", "mailbox_late", "mailbox_unseen", "relay_failing"})
"""Problems with which mail does not come in or go out; with any other one the desk is degraded."""

EXITS = {"ok": 0, "degraded": 1, "failing": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that is wrong. `since` is None where nobody noted it, `mailbox` "" where it is the whole desk's."""

    code: str
    what: str
    since: dt.datetime | None = None
    mailbox: str = ""


def health(office: Office, *, broken: str | None = None) -> Document:
    """Return the `health` document. It does not ask whether a daemon runs, only whether the work gets done.

    `broken` says what is wrong with a config.toml that could not be read, and which one is in force.
    """
    return examine(office, broken=broken)[0]


def examine(office: Office, *, broken: str | None = None) -> tuple[Document, tuple[Problem, ...]]:
    """Return the `health` document, and its problems as those see them who tell the admin."""
    now, free = office.clock.now(), office.store.short_of_room()
    names = {box.name for box in office.settings.mailboxes}
    with office.store.reading() as session:
        known = {(state.mailbox, state.folder): state for state in folders.list_folders(session)}
        mails, post = incoming.counts(session), letters.counts(session)
        relays, held = letters.list_relays(session), letters.held_receipts(session)
        since = {state: letters.standing_since(session, state) for state in ("unknown", "failed")}
        stopped, (circling, circling_since) = held_sending(session), returns.receipts_going_round(session)
        answers, answers_since = letters.held_answers(session)
        refused = audit.standing(session, audit.CONFIG_REFUSED, until=audit.CONFIG_TAKEN)
        failing = audit.standing(session, audit.STEP_FAILED, until=audit.STEPS_WORK)
        lost, unsaved = stranded(session, [*names]), sent_copies.unsaved(session, now)
    boxes = [one for box in office.settings.mailboxes for one in _watched(box, known, now)]
    problems = (
        *_disk_problems(boxes, free),
        *(problem for box in boxes for problem in _mailbox_problems(box, short=free is not None)),
        *(problem for relay in relays if relay.mailbox in names for problem in _relay_problems(relay)),
        *(_stopped_problem(one) for one in stopped),
        *(_stranded_problem(one) for one in lost),
        *(_unsaved_problem(one) for one in unsaved if one.mailbox in _saving(office)),
        *_waiting_problems(mails, post, held - circling, since),
        *_circling_problems(circling, circling_since),
        *_answers_problems(answers, answers_since),
        *_template_problems(check(office.templates, frozenset(category.name for category in office.desk.categories))),
        *_feed_problems(office, now),
        *_config_problems(refused),
        *_clock_problems(failing),
        *([] if broken is None else [Problem(code="config_broken", what=broken)]),
    )
    document = {
        "status": _status(problems),
        "mailboxes": boxes,
        "outbox": dict(post.states) | {"oldest_waiting": _time(post.oldest_waiting)},
        "incoming": dict(mails.states) | {"oldest_waiting": _time(mails.oldest_waiting)},
        "receipts": {"held": held, "going_round": circling, "going_round_since": _time(circling_since)},
        "problems": [{"code": p.code, "what": p.what, "since": _time(p.since)} for p in problems],
    }
    return document, problems


def _status(problems: tuple[Problem, ...]) -> str:
    if any(problem.code in FAILING for problem in problems):
        return "failing"
    return "degraded" if problems else "ok"


def _watched(box: MailboxSettings, known: Mapping[tuple[str, str], FolderState], now: dt.datetime) -> list[Document]:
    return [_mailbox(box.name, imap, known.get((box.name, imap.folder)), now) for imap in box.watched]


def _mailbox(name: str, imap: ImapSettings, state: FolderState | None, now: dt.datetime) -> Document:
    look = state.last_look_at if state else None
    patience = max(LATE_AFTER, dt.timedelta(seconds=3 * imap.poll_seconds))
    return {
        "name": name,
        "folder": imap.folder,
        "sent": imap.sent,
        "last_look_at": _time(look),
        "late": look is not None and now - look > patience,
        "failing_since": _time(state.failing_since) if state else None,
        "last_error": state.last_error if state else None,
    }


def _disk_problems(boxes: Sequence[Document], free: int | None) -> list[Problem]:
    """Say that no mail is taken in for want of room: since the daemon noted it, or since now."""
    if free is None:
        return []
    noted = [dt.datetime.fromisoformat(box["failing_since"]) for box in boxes if box["last_error"] == NO_ROOM]
    what = f"{NO_ROOM} {free // 1_000_000} MB are free; it goes on by itself above the reserve"
    return [Problem(code="disk_full", what=what, since=min(noted, default=None))]


def _mailbox_problems(box: Document, *, short: bool) -> list[Problem]:
    name, folder = box["name"], f"{box['name']} ({box['folder']})"
    if short and box["last_error"] == NO_ROOM:
        return []  # it is said once, for the whole desk
    if box["sent"]:  # what comes in comes in all the same
        return [replace(problem, code="sent_folder", mailbox=folder) for problem in _look_problems(box, name, folder)]
    return _look_problems(box, name, folder)


def _look_problems(box: Document, name: str, folder: str) -> list[Problem]:
    if box["failing_since"]:
        what, since = f"{folder}: {box['last_error']}", dt.datetime.fromisoformat(box["failing_since"])
        return [Problem(code="mailbox_failing", what=what, since=since, mailbox=name)]
    if box["late"]:
        what = f"{folder} was not looked at in time; does a daemon run?"
        since = dt.datetime.fromisoformat(box["last_look_at"])
        return [Problem(code="mailbox_late", what=what, since=since, mailbox=name)]
    if box["last_look_at"] is None:
        what = f"{folder} was never looked at; `inboxd run` does"
        return [Problem(code="mailbox_unseen", what=what, mailbox=name)]
    return []


def _relay_problems(relay: RelayRow) -> list[Problem]:
    if relay.failing_since is None:
        return []
    what = f"the relay of {relay.mailbox}: {relay.last_error}"
    return [Problem(code="relay_failing", what=what, since=relay.failing_since, mailbox=relay.mailbox)]


def _stopped_problem(held: SendingHeld) -> Problem:
    what = f"sending {_where_held(held)} was stopped by {held.by}; `inboxd outbox release --all` lets it go on"
    return Problem(code="outbox_held", what=what, since=held.at, mailbox=held.mailbox)


def _stranded_problem(lost: Stranded) -> Problem:
    what = f"{lost.count} letters wait for the mailbox {lost.mailbox}, which is not in the config: nothing sends them"
    hint = "put it back, or `inboxd outbox cancel ID`"
    return Problem(code="letters_stranded", what=f"{what}; {hint}", since=lost.since, mailbox=lost.mailbox)


def _unsaved_problem(one: Unsaved) -> Problem:
    what = f"{one.count} letters of {one.mailbox} are not in its Sent folder: {one.why}; they left all the same"
    return Problem(code="sent_copies", what=what, since=one.since, mailbox=one.mailbox)


def _saving(office: Office) -> frozenset[str]:
    return frozenset(box.name for box in office.settings.mailboxes if box.save_sent != "off")


def _where_held(held: SendingHeld) -> str:
    """Say in words whose sending is stopped."""
    return f"of {held.mailbox}" if held.mailbox else "of every mailbox"


def _waiting_problems(
    mails: Counts, post: Counts, held_receipts: int, since: Mapping[str, dt.datetime | None]
) -> list[Problem]:
    unknown, failed = since["unknown"], since["failed"]
    found = (
        ("incoming_held", mails.of("hold"), "mails are held; `inboxd incoming list --state hold`", None),
        (
            "letters_unknown", post.of("unknown"),
            "letters of unknown outcome; `inboxd outbox list --state unknown`", unknown,
        ),
        ("letters_failed", post.of("failed"), "letters failed; `inboxd outbox list --state failed`", failed),
        ("receipts_held", held_receipts, "receipts are held above a cap; `inboxd outbox list --state hold`", None),
    )  # fmt: skip
    return [Problem(code=code, what=f"{count} {what}", since=at) for code, count, what, at in found if count]


def _circling_problems(circling: int, since: dt.datetime | None) -> list[Problem]:
    if not circling:
        return []
    what = f"{circling} receipts are held because mail seems to go in circles; `inboxd outbox list --state hold`"
    return [Problem(code="receipts_breaker", what=what, since=since)]


def _answers_problems(held: int, since: dt.datetime | None) -> list[Problem]:
    if not held:
        return []
    what = f"{held} answers are held, and wait for their agents; `inboxd outbox list --state hold`"
    return [Problem(code="answers_held", what=what, since=since)]


def _template_problems(broken: tuple[str, ...]) -> list[Problem]:
    if not broken:
        return []
    more = f", and {len(broken) - 1} more" if len(broken) > 1 else ""
    what = f"{broken[0]}{more}; until it is mended {until_mended(broken[0])}; `inboxd check`"
    return [Problem(code="template_broken", what=what)]


def _feed_problems(office: Office, now: dt.datetime) -> list[Problem]:
    """Say that the folder of notices is not up to date, once the clock has had its time to see to it."""
    what, since = feeds.behind(office), feeds.changed_at(office)
    return [] if what is None or now - since < LATE_AFTER else [Problem(code="notices_folder", what=what, since=since)]


def _config_problems(refused: Sequence[AuditRow]) -> list[Problem]:
    """Say that a changed config was not taken: why the last time, and since when."""
    if not refused:
        return []
    what = f"the changed config was not taken: {refused[0].detail}; the daemon goes on with the old one; `inboxd check`"
    return [Problem(code="config_refused", what=what, since=refused[-1].at)]


def _clock_problems(failing: Sequence[AuditRow]) -> list[Problem]:
    """Say that something the clock does meets a fault of ours: what, and since when."""
    if not failing:
        return []
    what = f"a part of the clock's work fails: {failing[0].detail}; the rest is done; the log says where; report it"
    return [Problem(code="clock_failing", what=what, since=failing[-1].at)]


def _time(when: dt.datetime | None) -> str | None:
    return None if when is None else when.isoformat(timespec="seconds")
