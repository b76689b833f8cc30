"""Two cases made one on a real store, one made two, and both undone: mail, letters, lists, search, reports, access."""

import datetime as dt
from typing import Any

import pytest

from inboxd.desk.case import Status
from inboxd.desk.order import Merge, Note, Reply, SetFields, Split, Take, Unmerge, Unsplit
from inboxd.errors import Conflict, NotAllowed, NotFound
from inboxd.office import files
from inboxd.office.act import Acted, act, case_id_of
from inboxd.office.documents import found, queue, show
from inboxd.office.finding import find
from inboxd.store.letters import list_letters
from inboxd.store.reports import measured_cases, opened_cases
from tests.integration.paper_desk import NOW, OLA, PaperDesk, mail, write_config

TURID = "turid@kommune.example"
DAY = dt.timedelta(days=1)


def open_two(desk: PaperDesk) -> tuple[int, int]:
    """Ola's case about the printer, and Turid's about the same."""
    desk.arrive(mail(number=1), mail("Skriver", sender=f"Turid <{TURID}>", text="Papirstopp igjen.\n", number=2))
    first, second = sorted(row["number"] for row in queue(desk.office))
    return first, second


def merge(desk: PaperDesk, number: int, into: int) -> Acted:
    return act(Merge(actor="kari", number=number, into=into), number, desk.office)


def undo(desk: PaperDesk, number: int) -> Acted:
    return act(Unmerge(actor="kari", number=number), number, desk.office)


def shown(desk: PaperDesk, number: int) -> dict[str, Any]:
    return show(desk.office, case_id_of(number, desk.office))


def texts(desk: PaperDesk, number: int) -> list[str]:
    return [e["text"].strip() for e in shown(desk, number)["journal"] if e["kind"] in {"mail_in", "note"}]


def reference(desk: PaperDesk, number: int) -> str:
    return str(shown(desk, number)["reference"])


def follow_up(desk: PaperDesk, number: int, *, sender: str = TURID, text: str = "Enda mer.\n", n: int = 9) -> None:
    desk.arrive(mail(f"SV: [{reference(desk, number)}] Skriver", sender=sender, text=text, number=n))


def test_both_cases_tell_of_the_merge_and_nobody_is_written_to(desk: PaperDesk) -> None:
    first, second = open_two(desk)
    before = len(desk.letters())
    acted = merge(desk, second, first)
    gone, survivor = shown(desk, second), shown(desk, first)
    assert (gone["status"], gone["merged_into"]) == ("merged", survivor["reference"])
    assert gone["links"] == [{"reference": survivor["reference"], "kind": "merged"}]
    assert survivor["links"] == [{"reference": gone["reference"], "kind": "merged"}]
    assert texts(desk, first) == ["Hei, hjelp.", "Papirstopp igjen."]
    assert texts(desk, second) == ["Papirstopp igjen."]
    assert {"address": TURID, "name": "Turid", "role": "cc"} in survivor["participants"]
    assert [row["number"] for row in queue(desk.office)] == [first]
    assert len(desk.letters()) == before
    assert acted.reference == gone["reference"]
    assert "reply --all" in acted.warnings[0]


def test_mail_to_the_old_number_and_answers_to_its_letters_reach_the_survivor(desk: PaperDesk) -> None:
    first, second = open_two(desk)
    act(Reply(actor="kari", text="Vi ser på det."), second, desk.office)
    answer = next(letter for letter in desk.letters() if letter.kind == "answer")
    merge(desk, second, first)
    follow_up(desk, second)
    desk.arrive(mail("Helt annet", sender=TURID, text="Takk.\n", number=10, In_Reply_To=str(answer.message_id)))
    assert texts(desk, first)[-2:] == ["Enda mer.", "Takk."]
    assert len(queue(desk.office, include_closed=True)) == 2


def test_orders_on_the_old_number_are_carried_out_on_the_survivor(desk: PaperDesk) -> None:
    first, second = open_two(desk)
    merge(desk, second, first)
    assert act(Note(actor="per", text="ringte"), second, desk.office).number == first


def test_what_came_with_the_merged_case_can_be_read_and_saved_from_the_survivor(desk: PaperDesk) -> None:
    first, second = open_two(desk)
    merge(desk, second, first)
    entry = next(e for e in shown(desk, first)["journal"] if e["text"].startswith("Papirstopp"))
    assert b"Papirstopp" in files.raw(desk.office, case_id_of(first, desk.office), entry["id"])


def test_an_undone_merge_gives_back_the_very_case(desk: PaperDesk) -> None:
    first, second = open_two(desk)
    before, other = shown(desk, second), shown(desk, first)
    merge(desk, second, first)
    undo(desk, second)
    after, again = shown(desk, second), shown(desk, first)
    same = ("status", "category", "assignee", "participants", "links", "merged_into", "response_due", "resolution_due")
    assert {key: after[key] for key in same} == {key: before[key] for key in same}
    assert {key: again[key] for key in same} == {key: other[key] for key in same}
    assert texts(desk, second) == ["Papirstopp igjen."]
    with pytest.raises(Conflict):
        undo(desk, second)
    merge(desk, second, first)
    assert shown(desk, second)["merged_into"]


def test_what_came_since_stays_and_mail_to_the_old_number_goes_home_again(desk: PaperDesk) -> None:
    first, second = open_two(desk)
    merge(desk, second, first)
    follow_up(desk, second)
    act(SetFields(actor="kari", priority="high"), first, desk.office)
    acted = undo(desk, second)
    assert "split" in acted.warnings[0]
    follow_up(desk, second, text="Hjemme igjen.\n", n=11)
    assert texts(desk, second) == ["Papirstopp igjen.", "Hjemme igjen."]
    assert texts(desk, first) == ["Hei, hjelp.", "Enda mer."]
    assert shown(desk, first)["priority"] == "high"
    assert TURID in {p["address"] for p in shown(desk, first)["participants"]}


def test_of_two_merges_in_a_row_all_lead_to_the_last_one(desk: PaperDesk) -> None:
    first, second = open_two(desk)
    desk.arrive(mail("Tredje", sender="ali@kommune.example", text="Samme her.\n", number=3))
    third = max(row["number"] for row in queue(desk.office))
    merge(desk, third, second)
    merge(desk, second, first)
    assert texts(desk, first) == ["Hei, hjelp.", "Papirstopp igjen.", "Samme her."]
    follow_up(desk, third, sender="ali@kommune.example", text="Fortsatt.\n")
    assert texts(desk, first)[-1] == "Fortsatt."
    with pytest.raises(Conflict):
        undo(desk, third)
    with pytest.raises(Conflict):
        merge(desk, first, third)
    with pytest.raises(Conflict):
        merge(desk, first, first)
    undo(desk, second)
    assert texts(desk, second) == ["Papirstopp igjen.", "Samme her."]


def test_an_answer_in_its_undo_window_is_held_when_the_old_case_is_written_to(desk: PaperDesk) -> None:
    first, second = open_two(desk)
    act(Reply(actor="kari", text="Straks.", delay=dt.timedelta(seconds=10)), second, desk.office)
    merge(desk, second, first)
    follow_up(desk, second)
    assert [letter.state for letter in desk.letters() if letter.kind == "answer"] == ["hold"]


def test_the_search_finds_the_survivor_once(desk: PaperDesk) -> None:
    first, second = open_two(desk)
    merge(desk, second, first)
    hits = found(desk.office, find(desk.office, "papirstopp", limit=10))
    assert [hit["number"] for hit in hits] == [first]
    both = find(desk.office, "kommune", limit=10)
    assert [hit["number"] for hit in found(desk.office, both)] == [first]


def test_reports_count_merged_cases_once_and_months_that_were_told_stay_as_they_were(desk: PaperDesk) -> None:
    first, second = open_two(desk)
    act(Reply(actor="kari", text="Ja."), second, desk.office)
    with desk.office.store.reading() as db:
        assert len(list(opened_cases(db, NOW, NOW + DAY))) == 2
    desk.clock.forward(days=2)
    merge(desk, second, first)
    with desk.office.store.reading() as db:
        assert len(list(opened_cases(db, NOW, NOW + DAY))) == 2
        assert len(list(opened_cases(db, NOW, NOW + 3 * DAY))) == 1
        assert len(list(measured_cases(db, NOW, NOW + DAY))) == 1
        assert list(measured_cases(db, NOW, NOW + 3 * DAY)) == []


def test_a_case_that_lives_on_in_a_closed_category_is_as_closed(tmp_path: Any) -> None:
    hr = '[[category]]\nname = "hr"\naccess = "members"\nassignment = "none"\n'
    desk = PaperDesk(tmp_path, config=write_config(tmp_path, more=hr))
    first, second = open_two(desk)
    act(SetFields(actor="kari", category="hr"), first, desk.office)
    per = desk.office.desk.agent("per")
    assert per is not None
    with pytest.raises(NotFound):
        act(Merge(actor="per", number=second, into=first), second, desk.office)
    with pytest.raises(NotAllowed):
        merge(desk, first, second)
    merge(desk, second, first)
    with pytest.raises(NotFound):
        act(Unmerge(actor="per", number=second), second, desk.office)
    act(SetFields(actor="kari", category="it"), first, desk.office)
    assert shown(desk, second)["category"] == "it"
    act(SetFields(actor="kari", category="hr"), first, desk.office)
    assert shown(desk, second)["category"] == "hr"
    undo(desk, second)
    assert shown(desk, second)["category"] == "it"
    desk.close()


def test_a_merge_into_a_number_that_no_case_has_is_not_found(desk: PaperDesk) -> None:
    first, _ = open_two(desk)
    with pytest.raises(NotFound):
        merge(desk, first, 4711)


# ---- split
def split(desk: PaperDesk, number: int, *texts_of: str) -> Acted:
    ids = [e["id"] for e in shown(desk, number)["journal"] if e["text"].strip() in texts_of]
    return act(Split(actor="kari", number=number, entry_ids=tuple(ids)), number, desk.office)


def test_a_mail_that_was_about_something_else_gets_a_case_and_its_answers_come_there(desk: PaperDesk) -> None:
    first, _ = open_two(desk)
    act(Take(actor="kari"), first, desk.office)
    desk.clock.forward(hours=1)
    follow_up(desk, first, sender=OLA, text="Dessuten er skjermen svart.\n")
    before = len(desk.letters())
    acted = split(desk, first, "Dessuten er skjermen svart.")
    made = shown(desk, acted.number)
    assert (made["requester"]["address"], made["assignee"], made["status"]) == (OLA, "kari", "open")
    assert made["links"] == [{"reference": reference(desk, first), "kind": "split"}]
    assert (texts(desk, first), texts(desk, acted.number)) == (["Hei, hjelp."], ["Dessuten er skjermen svart."])
    assert len(desk.letters()) == before
    desk.arrive(
        mail("Re: Skjerm", sender=OLA, text="Kabelen var løs.\n", number=12, In_Reply_To="<m9@kommune.example>")
    )
    assert texts(desk, acted.number)[-1] == "Kabelen var løs."
    answer = act(Reply(actor="kari", text="Fint."), acted.number, desk.office).letters[0]
    with desk.office.store.reading() as db:
        letter = next(row for row in list_letters(db) if row.id == answer.letter_id)
    assert b"In-Reply-To: <m12@kommune.example>" in desk.octets(letter)
    assert reference(desk, acted.number) in letter.subject


def test_an_undone_split_keeps_what_came_since(desk: PaperDesk) -> None:
    first, _ = open_two(desk)
    follow_up(desk, first, sender=OLA, text="Skjermen er svart.\n")
    made = split(desk, first, "Skjermen er svart.").number
    act(Note(actor="kari", text="byttet"), made, desk.office)
    act(Unsplit(actor="kari", number=first), first, desk.office)
    assert texts(desk, first) == ["Hei, hjelp.", "Skjermen er svart.", "byttet"]
    assert shown(desk, made)["merged_into"] == reference(desk, first)
    with pytest.raises(Conflict):
        act(Unsplit(actor="kari", number=first), first, desk.office)


def test_a_letter_goes_with_the_mail_that_it_answers(desk: PaperDesk) -> None:
    first, _ = open_two(desk)
    follow_up(desk, first, sender=OLA, text="Skjermen er svart.\n")
    answered = act(Reply(actor="kari", text="Slå den på."), first, desk.office).letters[0].letter_id
    with desk.office.store.begin() as db:
        from inboxd.store import tables as t

        row = db.get(t.Letter, answered)
        assert row is not None
        row.state = "sent"
        message_id = row.message_id
        ids = [e["id"] for e in shown(desk, first)["journal"] if (e["delivery"] or {}).get("letter") == answered]
    ids += [e["id"] for e in shown(desk, first)["journal"] if e["text"].startswith("Skjermen")]
    made = act(Split(actor="kari", number=first, entry_ids=tuple(ids)), first, desk.office).number
    desk.beyond_account = "the letter was called sent by hand"
    desk.arrive(mail("Re: Svar", sender=OLA, text="Takk!\n", number=14, In_Reply_To=str(message_id)))
    assert texts(desk, made) == ["Skjermen er svart.", "Takk!"]
    assert shown(desk, made)["response_due"] is None


def test_a_solved_case_that_is_merged_and_taken_out_again_is_solved(desk: PaperDesk) -> None:
    first, second = open_two(desk)
    act(SetFields(actor="kari", status=Status.SOLVED), second, desk.office)
    merge(desk, second, first)
    undo(desk, second)
    assert shown(desk, second)["status"] == "solved"
