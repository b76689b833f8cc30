"""What `check` shows at a glance."""

from pathlib import Path

from inboxd.config.file import load
from inboxd.office.checking import check_settings
from inboxd.render.checked import WHOLE, summary
from inboxd.render.screen import Document
from inboxd.render.terminal import check_text

EXAMPLE = Path(__file__).parents[3] / "config.toml"

SMALL: Document = {
    "desk": "Kundeservice", "language": "nb", "timezone": "Europe/Oslo", "admin": None, "database": "sqlite:///x.db",
    "mailboxes": [{"name": "post", "address": "post@desk.example", "category": "it"}],
    "categories": [
        {
            "name": "it", "members": [], "assignment": "none", "calendar": "office", "access": "members",
            "parent": "alt",
        }
    ],
    "agents": [{"name": "kari", "role": "agent", "categories": [], "active": False}],
    "customers": [{"name": "sund", "domains": [], "addresses": [], "category": None}],
    "priorities": [
        {"name": "low", "title": "Lav", "response": None, "resolution": "2d", "clock": "office", "escalation": []}
    ],
    "calendars": [
        {
            "name": "office",
            "hours": {"mon": ["08:00-15:30"], "tue": ["08:00-15:30"], "wed": [], "thu": ["10:00-12:00"]},
            "holidays": None, "days": [], "seasons": [],
        },
        {"name": "never", "hours": {}, "holidays": "NO", "days": [1], "seasons": [1, 2]},
    ],
    "letters": {"se": "all letters fall back to nb"},
}  # fmt: skip


def test_a_small_desk_at_a_glance() -> None:
    assert summary(SMALL, width=80) == [
        "Kundeservice (nb, Europe/Oslo); alerts go to nobody",
        "Database: sqlite:///x.db",
        "Mailboxes: 1",
        "  post: post@desk.example to it",
        "Categories: 1",
        "  it: nobody; assignment none; hours: office; members only; part of alt",
        "Agents: 1",
        "  kari: agent; no category; not active",
        "Customers: 1",
        "  sund: no address",
        "Priorities: 1",
        "  low (Lav): answer -, solution 2d, office",
        "Calendars: 2",
        "  office: mon-tue 08:00-15:30, thu 10:00-12:00",
        "  never: closed; holidays NO; own days: 1; seasons: 2",
        "Letters: se: all letters fall back to nb",
        WHOLE,
    ]


def test_the_example_of_a_whole_desk_fits_on_a_screen_or_two() -> None:
    document = check_settings(load(EXAMPLE, env={}, with_secrets=False))
    lines = check_text(document, width=80, colour=False).splitlines()
    assert 30 <= len(lines) <= 60
    assert max(map(len, lines)) <= 80
    text = " ".join(" ".join(lines).split())
    for key in ("mailboxes", "categories", "agents", "customers", "rules", "priorities", "calendars"):
        assert all(thing["name"] in text for thing in document[key])
    assert len(check_text(document, width=80, colour=False, verbose=True).splitlines()) > 200
