"""`python -m tests.faults.quick_leases COMMAND …` is inboxd with leases of four seconds instead of thirty.

They are parameters of the product's constructors and functions; here their defaults are others, and PostgreSQL ends the
transaction of whoever sleeps in it after two seconds instead of fifteen. Tests of real processes that die or sleep past
their leases need not wait for half a minute then.
"""

import datetime as dt
import sys

LEASE = dt.timedelta(seconds=4)
RENEW_SECONDS = 1.0


def main() -> None:
    """Shorten the leases, then be inboxd."""
    from inboxd.cli.app import run
    from inboxd.runners.deliver import DeliverRunner
    from inboxd.runners.fetch import FetchRunner
    from inboxd.runners.renewal import leases_kept
    from inboxd.store import engine, incoming

    quick = engine.PG_OPTIONS.replace("session_timeout=15s", "session_timeout=2s")
    assert quick != engine.PG_OPTIONS
    engine.PG_OPTIONS = quick
    for leased in (DeliverRunner.__init__, FetchRunner.__init__, incoming.claim):
        assert leased.__kwdefaults__
        leased.__kwdefaults__["lease"] = LEASE
    incoming.renew.__defaults__ = (LEASE,)
    leases_kept.__wrapped__.__kwdefaults__["seconds"] = RENEW_SECONDS  # type: ignore[attr-defined]  # contextmanager's
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
