"""Failpoints: `python -m tests.faults.failpoints NAME[:N] COMMAND …` runs inboxd and kills it when NAME is reached.

They are hung onto the product's functions from outside, so that the product has no line of them. A name that is never
reached kills nothing, and its test fails: so none can go stale unseen.
"""

import asyncio
import functools
import importlib
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Failpoint:
    """A step of the path: `target` is MODULE:NAME as its caller finds it; `first` limits it to calls whose first
    argument (after self) is that, `final_dot` to the wait for the answer to a letter.
    """

    target: str
    before: bool = False
    first: object = None
    final_dot: bool = False


FAILPOINTS: dict[str, Failpoint] = {
    # how mail comes in
    "selected": Failpoint(target="inboxd.imap.session:ImapSession.select"),
    "searched": Failpoint(target="inboxd.imap.session:ImapSession.search_uids"),
    "measured": Failpoint(target="inboxd.imap.session:ImapSession.sizes"),
    "fetched": Failpoint(target="inboxd.imap.session:ImapSession.fetch_octets"),
    "octets-written": Failpoint(target="inboxd.store.incoming:save"),
    "cursor-written": Failpoint(target="inboxd.store.folders:settle"),
    "octets-committed": Failpoint(target="inboxd.runners.folder_ledger:FolderLedger.save"),
    "mails-claimed": Failpoint(target="inboxd.store.incoming:claim"),
    "claim-committed": Failpoint(target="inboxd.parsing.parsing_child:ParsingChild.parse", before=True),
    "parsed": Failpoint(target="inboxd.parsing.parsing_child:ParsingChild.parse"),
    "facts-loaded": Failpoint(target="inboxd.store.views:load_view"),
    "case-written": Failpoint(target="inboxd.office.intake:apply"),
    "letters-written": Failpoint(target="inboxd.office.intake:write_letters"),
    "mail-finished": Failpoint(target="inboxd.store.incoming:finish"),
    "case-committed": Failpoint(target="inboxd.office.intake:_log", before=True),
    "server-not-told": Failpoint(target="inboxd.runners.fetch:file_away", before=True),
    "server-told": Failpoint(target="inboxd.runners.fetch:file_away"),
    "telling-noted": Failpoint(target="inboxd.runners.folder_ledger:FolderLedger.filed_away"),
    # how mail goes out
    "letter-claimed": Failpoint(target="inboxd.store.outbox:claim"),
    "letter-active": Failpoint(target="inboxd.smtp.session:SmtpSession.submit", before=True),
    "mail-accepted": Failpoint(target="inboxd.smtp.wire:Wire.command", first="MAIL"),
    "rcpt-accepted": Failpoint(target="inboxd.smtp.wire:Wire.command", first="RCPT"),
    "data-accepted": Failpoint(target="inboxd.smtp.wire:Wire.command", first="DATA"),
    "body-written": Failpoint(target="inboxd.smtp.wire:Wire._write_body"),
    "dot-written": Failpoint(target="aiosmtplib.protocol:SMTPProtocol.read_response", before=True, final_dot=True),
    "dot-answered": Failpoint(target="inboxd.smtp.wire:Wire.send"),
    "outcome-written": Failpoint(target="inboxd.store.outbox:record"),
    "outcome-committed": Failpoint(target="inboxd.runners.deliver:DeliverRunner._write"),
}

UNSENT = frozenset({
    "letter-active", "mail-accepted", "rcpt-accepted", "data-accepted", "body-written", "outcome-committed",
})  # fmt: skip
"""A letter is active there, its final dot not yet written. (An outcome is committed with the next letter's claim.)"""

FINAL_DOT_SECONDS = 600.0


def main() -> None:
    """Hang the named failpoint onto its function, then be inboxd."""
    name, _, nth = sys.argv[1].partition(":")
    _hang(FAILPOINTS[name], int(nth or "1"))
    from inboxd.cli.app import run

    sys.exit(run(sys.argv[2:]))


def _hang(point: Failpoint, nth: int) -> None:
    module, _, path = point.target.partition(":")
    owner: Any = importlib.import_module(module)
    *classes, name = path.split(".")
    for one in classes:
        owner = getattr(owner, one)
    setattr(owner, name, _deadly(getattr(owner, name), point, nth))


def _deadly(function: Callable[..., Any], point: Failpoint, nth: int) -> Callable[..., Any]:
    left = nth

    def reached(args: tuple[object, ...], kwargs: dict[str, object], *, before: bool) -> None:
        nonlocal left
        meant = point.first is None or point.first in args[:2]
        if point.final_dot:
            meant = kwargs.get("timeout") == FINAL_DOT_SECONDS
        if before is not point.before or not meant:
            return
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        reached(args, kwargs, before=True)
        result = function(*args, **kwargs)
        reached(args, kwargs, before=False)
        return result

    @functools.wraps(function)
    async def awaited(*args: Any, **kwargs: Any) -> Any:
        reached(args, kwargs, before=True)
        result = await function(*args, **kwargs)
        reached(args, kwargs, before=False)
        return result

    return awaited if asyncio.iscoroutinefunction(function) else called


if __name__ == "__main__":
    main()
