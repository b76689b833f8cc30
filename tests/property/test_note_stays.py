"""Promise 6: a note never leaves the desk, whatever mails and orders come in whatever order."""

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inboxd.desk.case import Channel, Status
from inboxd.desk.order import Assign, Close, Forward, Note, Register, Reopen, Reply, SetFields, Take
from inboxd.errors import InboxdError
from inboxd.mail.address import Address
from inboxd.office.act import act, case_id_of
from inboxd.office.documents import queue
from inboxd.office.letters.forwarding import original
from inboxd.office.letters.undelivered import tell_undelivered
from tests.integration.paper_desk import PaperDesk, mail, write_config

SECRET = "HEMMELIGNOTAT"
SUPPLIER = Address(name="", address="support@supplier.example")
AGENTS = st.sampled_from(["kari", "per", "admin"])
STATUSES = st.sampled_from([status for status in Status if status is not Status.MERGED])

ORDERS = st.one_of(
    st.builds(Note, actor=AGENTS, text=st.integers(0, 99).map(lambda number: f"{SECRET} {number}")),
    st.builds(Reply, actor=AGENTS, text=st.just("Vi ser på det."), to_all=st.booleans(), status=STATUSES),
    st.builds(Close, actor=AGENTS, text=st.sampled_from([None, "Ferdig."]), silent=st.booleans()),
    st.builds(Close, actor=AGENTS, text=st.just(f"{SECRET} sagt stille"), silent=st.just(True)),
    st.builds(Take, actor=AGENTS, sure=st.booleans()),
    st.builds(Assign, actor=AGENTS, to=st.sampled_from([None, "kari", "per"])),
    st.builds(SetFields, actor=AGENTS, category=st.sampled_from([None, "it", "print"]), status=st.none() | STATUSES),
    st.builds(Reopen, actor=AGENTS),
)
REGISTERED = st.builds(
    Register, actor=AGENTS, channel=st.sampled_from(Channel), subject=st.just("Ringte"), text=st.just("Ingen nett"),
    address=st.sampled_from(["", "liv@kommune.example"]),
)  # fmt: skip
MAILS = st.sampled_from(
    [{}, {"Auto_Submitted": "auto-replied"}, {"Cc": "liv@kommune.example"}, {"List_Id": "<nytt.example>"}]
)
STEPS = st.lists(
    st.one_of(st.tuples(st.just("order"), ORDERS), st.tuples(st.just("new"), REGISTERED),
              st.tuples(st.just("mail"), MAILS), st.tuples(st.just("answer"), MAILS),
              st.tuples(st.just("forward"), AGENTS), st.tuples(st.just("lost"), st.integers(0, 5))),
    max_size=15,
)  # fmt: skip


def step(desk: PaperDesk, what: str, with_what: Any, number: int) -> None:
    cases = queue(desk.office, include_closed=True)
    case = cases[number % len(cases)] if cases else None
    if what == "mail":
        desk.arrive(mail(number=number, **with_what))
    elif what == "answer" and case:
        desk.arrive(mail(f"SV: [{case['reference']}] Skriveren", number=number, **with_what))
    elif what == "new":
        act(with_what, None, desk.office)
    elif what == "order" and case:
        act(with_what, case["number"], desk.office)
    elif what == "forward" and case:
        began = original(desk.office, case_id_of(case["number"], desk.office))
        act(Forward(actor=with_what, to=SUPPLIER, about=began.words, files=began.files), case["number"], desk.office)
    elif what == "lost" and desk.letters():
        letter_id = desk.letters()[with_what % len(desk.letters())].id
        with desk.office.store.begin() as db:
            tell_undelivered(desk.office, db, letter_id, "failed")


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_no_note_is_in_any_letter(steps: list[tuple[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = PaperDesk(Path(folder), config=write_config(Path(folder)))
        desk.arrive(mail(number=1000))
        act(Note(actor="kari", text=f"{SECRET} først"), 1000, desk.office)
        for number, (what, with_what) in enumerate(steps):
            try:
                step(desk, what, with_what, number)
            except InboxdError:
                continue  # a refused order is one of the things that happen
        sent = [desk.octets(letter) for letter in desk.letters()]
        desk.close()
    assert sent
    assert not [octets for octets in sent if SECRET.encode() in octets]
