"""Looking at servers without changing anything: `check --connect` and `incoming reconcile`."""

import asyncio
from typing import Any

from inboxd.config.settings import ImapSettings, MailboxSettings, Settings
from inboxd.desk import uid_plan
from inboxd.errors import InboxdError
from inboxd.imap.session import ImapSession
from inboxd.runners.fetch import reconcile as compare
from inboxd.smtp.session import SmtpSession
from inboxd.store import folders, letters
from inboxd.store.checks import wrong_letters
from inboxd.store.engine import Store

Document = dict[str, Any]


def reconcile(settings: Settings, store: Store) -> Document:
    """Return the `incoming reconcile` document: every folder's mails against the ledger, every letter's state likewise.

    For each folder `on_server` = `before_baseline` + the sum of `by_state` + the number of `missing`, and the sums of
    `by_state` and `gone` are all rows under its present UIDVALIDITY. `wrong` says which letters' states are not borne
    out by their recipients'. Raises what a server says.
    """
    found = [_reconciled(box, imap, store) for box in settings.mailboxes for imap in box.watched]
    with store.reading() as session:
        by_state = dict(letters.counts(session).states)
        wrong = list(wrong_letters(session))
    complete = [folder.pop("ok") for folder in found]
    ok = all(complete) and not wrong
    return {
        "folders": found,
        "letters": {"total": sum(by_state.values()), "by_state": by_state, "wrong": wrong},
        "ok": ok,
    }


def _reconciled(box: MailboxSettings, imap: ImapSettings, store: Store) -> Document:
    with ImapSession(box.imap.server) as session:
        account = compare(session, store, box, imap)
    with store.reading() as db:
        state = folders.get_folder(db, box.name, imap.folder)
        earlier = folders.rows_before(db, state.id, state.uidvalidity) if state else 0
    return {
        "mailbox": box.name,
        "folder": imap.folder,
        "uidvalidity": state.uidvalidity if state else None,
        "on_server": account.on_server,
        "before_baseline": account.before_baseline,
        "accounted": account.accounted,
        "by_state": dict(account.by_state),
        "missing": list(account.missing),
        "settled_uid": state.settled_uid if state else 0,
        "gone": dict(account.gone),
        "earlier_uidvalidity": earlier,
        "ok": account.ok,
    }


def check_servers(settings: Settings) -> list[Document]:
    """Log in to every IMAP and SMTP server and tell what is there; nothing is changed, and no error stops the rest."""
    return [found for box in settings.mailboxes for found in (_imap(box), asyncio.run(_smtp(box)))]


def _imap(box: MailboxSettings) -> Document:
    server = f"imap {box.imap.server.host}:{box.imap.server.port}"
    try:
        with ImapSession(box.imap.server) as session:
            status = session.select(box.imap.folder, readonly=True)
            since = session.search_since(box.imap.since) if box.imap.since else ()
            baseline = uid_plan.baseline(box.imap.first_run, status.uidnext, since)
            return {
                "mailbox": box.name,
                "server": server,
                "ok": True,
                "capabilities": sorted(session.capabilities),
                "folder": box.imap.folder,
                "uidvalidity": status.uidvalidity,
                "mails": status.exists,
                "would_fetch": len(session.search_uids(baseline)),
                "rights": session.rights(box.imap.folder),
                "lacks": _lacking(session, box),
                "sent_folder": session.named(box.sent_folder) if box.watch_sent else None,
            }
    except InboxdError as error:
        return _failed(box, server, error)


def _lacking(session: ImapSession, box: MailboxSettings) -> list[str]:
    """Return what `after` needs and the server lacks: ACL rights (RFC 4314) if it tells them, the folder to move to."""
    after, rights = box.imap.after, session.rights(box.imap.folder)
    target = after.removeprefix("move:")
    if target != after and not session.has_folder(target):
        return [f"folder {target}"]
    needed = {"keep": "lr", "seen": "lrs", "delete": "lrste"}.get(after, "lrste")
    return [] if rights is None else [right for right in needed if right not in rights]


async def _smtp(box: MailboxSettings) -> Document:
    server = f"smtp {box.smtp.server.host}:{box.smtp.server.port}"
    try:
        async with SmtpSession(box.smtp.server) as session:
            return {"mailbox": box.name, "server": server, "ok": True, "capabilities": sorted(session.extensions)}
    except InboxdError as error:
        return _failed(box, server, error)


def _failed(box: MailboxSettings, server: str, error: InboxdError) -> Document:
    return {"mailbox": box.name, "server": server, "ok": False, "error": error.message, "hint": error.hint}
