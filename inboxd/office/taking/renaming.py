"""A mailbox whose name changes in the config and whose address stays is the same one: nothing of it begins anew."""

import logging

from inboxd.desk.desk import Desk
from inboxd.logs import event
from inboxd.office.office import Office
from inboxd.office.taking.earlier import desk_of
from inboxd.store import audit
from inboxd.store.engine import Session
from inboxd.store.mailboxes import rename_mailbox

log = logging.getLogger(__name__)


def rename_mailboxes(office: Office, session: Session, before: str | None) -> None:
    """Keep under their new names the mailboxes that the config taken `before` this one called otherwise.

    Without that, a letter that waits would wait for ever, and mail of the time between would count as history.
    """
    desk = desk_of(office, before)
    if desk is None:
        return
    for old, new in renamed(desk, office.desk):
        rename_mailbox(session, old, new)
        audit.note(session, at=office.clock.now(), actor="inboxd", action="mailbox renamed", subject=new, detail=old)
        event(log, logging.INFO, "mailbox.renamed", mailbox=new, before=old)


def renamed(before: Desk, after: Desk) -> tuple[tuple[str, str], ...]:
    """Return (old name, new name) of the mailboxes whose address stayed: neither name is in both configs."""
    old = {mailbox.address.casefold(): mailbox.name for mailbox in before.mailboxes}
    new = {mailbox.address.casefold(): mailbox.name for mailbox in after.mailboxes}
    both = {*old.values()} & {*new.values()}
    pairs = ((old[address], name) for address, name in new.items() if address in old)
    return tuple((was, name) for was, name in pairs if was not in both and name not in both)
