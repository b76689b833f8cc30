"""A notice of downtime on cases that are merged: told of once, on the case that lives on."""

from typing import Any

from inboxd.desk.order import Merge, Unmerge
from inboxd.office.act import act, case_id_of
from inboxd.office.documents import queue, show
from inboxd.office.notices import notices, post
from inboxd.office.notices.notices import NewNotice, NoticeChange
from tests.integration.paper_desk import OLA, PaperDesk, mail


def under_notice(desk: PaperDesk, number: int) -> Any:
    """Put a case under a new notice; return that."""
    now = desk.clock.now()
    new = NewNotice(actor="kari", kind="unplanned", starts_at=now, ends_at=None, affects=("it",), text="Nede")
    notice = notices.make(desk.office, new)
    reference = next(str(row["reference"]) for row in queue(desk.office) if row["number"] == number)
    notices.link(desk.office, notice["id"], [reference], actor="kari")
    return notice


def test_the_requester_of_a_merged_case_hears_of_its_notice_once_on_the_survivor(desk: PaperDesk) -> None:
    desk.arrive(mail(), mail("Samme", text="Igjen.\n", number=2))
    first, second = sorted(row["number"] for row in queue(desk.office))
    notice = under_notice(desk, second)
    act(Merge(actor="kari", number=second, into=first), second, desk.office)
    links = show(desk.office, case_id_of(first, desk.office))["links"]
    assert {"reference": notice["reference"], "kind": "notice"} in links
    desk.clock.forward(minutes=5)
    notices.change(desk.office, notice["id"], NoticeChange(actor="kari", text="Feilen er funnet", to_cases=True))
    while post.send_some(desk.office):
        continue
    told = [letter for letter in desk.letters() if letter.kind in {"notice", "answer"} and OLA in letter.to]
    assert len(told) == 1
    notices.close(desk.office, notice["id"], "Alt virker", actor="kari")
    while post.send_some(desk.office):
        continue
    assert show(desk.office, case_id_of(first, desk.office))["status"] == "solved"
    told = [letter for letter in desk.letters() if letter.kind in {"notice", "answer"} and OLA in letter.to]
    assert len(told) == 2


def test_a_merge_that_is_undone_takes_the_survivor_off_the_notice(desk: PaperDesk) -> None:
    desk.arrive(mail(), mail("Samme", text="Igjen.\n", number=2))
    first, second = sorted(row["number"] for row in queue(desk.office))
    under_notice(desk, second)
    act(Merge(actor="kari", number=second, into=first), second, desk.office)
    act(Unmerge(actor="kari", number=second), second, desk.office)
    assert show(desk.office, case_id_of(first, desk.office))["links"] == []
    assert [link["kind"] for link in show(desk.office, case_id_of(second, desk.office))["links"]] == ["notice"]
