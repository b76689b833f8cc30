"""A personal number in an answer: held back until the agent says why it must go."""

from inboxd.office.documents import queue
from tests.integration.paper_desk import Console, PaperDesk, mail


def test_an_answer_with_a_personal_number_needs_a_reason(console: Console, desk: PaperDesk) -> None:
    desk.arrive(mail())
    reference = str(queue(desk.office)[0]["reference"])
    words = ("reply", reference, "-m", "Gjelder 01010750160.", "--yes", "--as", "kari")
    assert console.error(*words, code=77)["code"] == "not_allowed"
    assert [letter for letter in desk.letters() if letter.kind == "answer"] == []
    assert console.error(*words, "--override", " ", code=2)["code"] == "usage"
    assert console.ask(*words, "--override", "NAV ba om det")["letter"]["state"] == "queued"
    assert "NAV ba om det" in console("show", reference, "--events", "--as", "kari")
