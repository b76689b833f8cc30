"""The three files of notices: the same facts for a program, for people, and for a feed reader."""

import datetime as dt
import json
import xml.etree.ElementTree as ET
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from inboxd.desk.notices.notice import Notice, NoticeUpdate
from inboxd.render.feeds import Feed, Published, as_atom, as_json, as_text

NOW = dt.datetime(2026, 3, 9, 9, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
ATOM = "{http://www.w3.org/2005/Atom}"


def notice(**changes: Any) -> Notice:
    values: dict[str, Any] = {
        "id": 3,
        "kind": "unplanned",
        "starts_at": NOW - HOUR,
        "ends_at": NOW + 3 * HOUR,
        "affects": ("it",),
        "text": "Visma er nede. Vi arbeider med saken.",
        "still_works": "e-post",
        "made_at": NOW - HOUR,
        "made_by": "kari",
    }
    return Notice(**{**values, **changes})


def told(text: str = "Det tar lenger tid.", *, hours_ago: float = 0.5) -> NoticeUpdate:
    return NoticeUpdate(id=1, notice_id=3, at=NOW - hours_ago * HOUR, actor="kari", text=text)


def feed(*notices: Notice, updates: tuple[NoticeUpdate, ...] = (), language: str = "nb") -> Feed:
    return Feed(
        desk_name="Kundeservice & drift",
        domain="desk.example",
        language=language,
        tz=ZoneInfo("Europe/Oslo"),
        published=[Published(notice=one, affects=(("it", "IT-hjelp"),), updates=updates) for one in notices],
    )


def test_the_text_says_what_when_for_whom_what_works_and_what_is_new() -> None:
    assert as_text(feed(notice(), updates=(told(), told(""))), NOW) == (
        "Driftsmeldinger: Kundeservice & drift\n"
        "\n"
        "D-3 Driftsmelding (pågår): Visma er nede\n"
        "Visma er nede. Vi arbeider med saken.\n"
        "Når: mandag 9. mars kl. 09.00–13.00\n"
        "Gjelder: IT-hjelp\n"
        "Dette virker som vanlig: e-post\n"
        "Oppdatert mandag 9. mars kl. 09.30: Det tar lenger tid.\n"
    )


@pytest.mark.parametrize(
    ("language", "nothing"),
    [
        ("nb", "Det er ingen driftsmeldinger."),
        ("nn", "Det er ingen driftsmeldingar."),
        ("en", "There are no service notices."),
        ("se", "Det er ingen driftsmeldinger."),
    ],
)
def test_without_notices_it_says_so(language: str, nothing: str) -> None:
    assert nothing in as_text(feed(language=language), NOW)
    assert json.loads(as_json(feed(language=language), NOW))["notices"] == []


def test_the_json_has_every_fact_with_the_desks_own_time_and_no_agents_name() -> None:
    document = json.loads(as_json(feed(notice(), updates=(told(),)), NOW))
    assert document["updated"] == "2026-03-09T09:30:00+01:00"
    assert document["notices"] == [
        {
            "id": 3,
            "reference": "D-3",
            "kind": "unplanned",
            "state": "active",
            "from": "2026-03-09T09:00:00+01:00",
            "to": "2026-03-09T13:00:00+01:00",
            "affects": [{"name": "it", "title": "IT-hjelp"}],
            "text": "Visma er nede. Vi arbeider med saken.",
            "still_works": "e-post",
            "short_warning": False,
            "updates": [{"at": "2026-03-09T09:30:00+01:00", "text": "Det tar lenger tid."}],
        }
    ]
    assert "kari" not in as_json(feed(notice(), updates=(told(),)), NOW)


@pytest.mark.parametrize(
    ("changes", "updates", "hours"),
    [
        ({}, (), -1.0),
        ({}, (told(hours_ago=0.5),), -0.5),
        ({"ends_at": NOW - HOUR / 4}, (told(),), -0.25),
        ({"closed_at": NOW}, (told(),), 0.0),
        ({"starts_at": NOW + HOUR}, (), -1.0),
        ({"made_at": NOW - 9 * HOUR}, (), -1.0),
        ({"starts_at": NOW - 20 * HOUR}, (), -1.0),
    ],
)
def test_it_changed_when_it_was_made_told_begun_run_out_or_closed(
    changes: dict[str, Any], updates: tuple[NoticeUpdate, ...], hours: float
) -> None:
    assert feed(notice(**changes), updates=updates).updated_at(NOW) == NOW + hours * HOUR


def test_the_feed_has_all_that_atom_demands() -> None:
    root = ET.fromstring(as_atom(feed(notice(), notice(id=4, kind="planned")), NOW))
    assert root.tag == f"{ATOM}feed"
    for part in (root, *root.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            (one,) = part.findall(f"{ATOM}{name}")
            assert (one.text or "").strip()
        assert dt.datetime.fromisoformat(part.findtext(f"{ATOM}updated") or "").tzinfo is not None
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "Kundeservice & drift"
    entries = root.findall(f"{ATOM}entry")
    assert [one.findtext(f"{ATOM}id") for one in entries] == [
        "tag:desk.example,2026:inboxd/notice/3", "tag:desk.example,2026:inboxd/notice/4",
    ]  # fmt: skip
    assert all(one.find(f"{ATOM}content") is not None for one in entries)
    assert entries[1].findtext(f"{ATOM}title") == "D-4 Planlagt vedlikehold (pågår): Visma er nede"


def test_an_entrys_id_stays_whatever_becomes_of_the_notice() -> None:
    def ids(at: dt.datetime, **changes: Any) -> list[str | None]:
        root = ET.fromstring(as_atom(feed(notice(**changes)), at))
        return [one.text for one in root.iter(f"{ATOM}id")]

    assert ids(NOW) == ids(NOW + 100 * HOUR, text="Noe annet", closed_at=NOW)


def test_text_that_xml_cannot_hold_leaves_a_valid_feed() -> None:
    odd = notice(text='<b>&amp;</b> "x" \x00\x1b[2J\ufffe ]]> 👍', affects=("it",))
    root = ET.fromstring(as_atom(feed(odd), NOW))
    assert '<b>&amp;</b> "x" [2J ]]> 👍' in (root.findtext(f"{ATOM}entry/{ATOM}content") or "")


def test_the_same_facts_are_the_same_octets() -> None:
    one, other = feed(notice(), updates=(told(),)), feed(notice(), updates=(told(),))
    for render in (as_json, as_text, as_atom):
        assert render(one, NOW) == render(other, NOW + HOUR)
