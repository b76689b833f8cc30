"""Promise 6: a note never leaves the desk, whatever mails and orders come in whatever order."""

import tempfile
from operator import itemgetter
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
from inboxd.store.rows import LetterRow
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
NOTE_LINES = st.sampled_from(["#notat", "# notat", "#Note.", "#notat nå", "#lukk", "#ta", "", "Hei,", "> sitat"])
BY_MAIL = st.tuples(
    st.sampled_from(["kari", "per"]),
    st.lists(NOTE_LINES, max_size=4).map("\n".join),
    st.sampled_from([{}, {"Cc": "ola@kommune.example"}, {"In_Reply_To": ""}]),
)
"""An agent's mail, which holds secret words only where it asks, somehow, to be a note."""

STEPS = st.lists(
    st.one_of(st.tuples(st.just("order"), ORDERS), st.tuples(st.just("new"), REGISTERED),
              st.tuples(st.just("mail"), MAILS), st.tuples(st.just("answer"), MAILS),
              st.tuples(st.just("forward"), AGENTS), st.tuples(st.just("lost"), st.integers(0, 5)),
              st.tuples(st.just("by mail"), BY_MAIL)),
    max_size=15,
)  # fmt: skip


def step(desk: PaperDesk, what: str, with_what: Any, number: int) -> None:
    cases = queue(desk.office, include_closed=True)
    case = cases[number % len(cases)] if cases else None
    if what == "mail":
        desk.arrive(mail(number=number, **with_what))
    elif what == "answer" and case:
        desk.arrive(mail(f"SV: [{case['reference']}] Skriveren", number=number, **with_what))
    elif what == "by mail":
        by_mail(desk, *with_what, number=number)
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


def _to_agent(letter: LetterRow) -> bool:
    """Say whether a letter went to agents alone: a stopped mail is shown to who wrote it."""
    return all(person.address.endswith("@agents.example") for person in letter.recipients)


def by_mail(desk: PaperDesk, name: str, top: str, headers: dict[str, str], *, number: int) -> None:
    """Let an agent answer the newest letter to him."""
    address = f"{name}@agents.example"
    mine = [row for row in desk.letters() if row.kind == "agent" and row.recipients[0].address == address]
    if mine:
        more: dict[str, Any] = {"In_Reply_To": mine[0].message_id or "", **headers}
        # a mail that answers nothing is no note: it opens a case of the agent's own, whose mail may be sent on
        note = "not" in top.lower() and more["In_Reply_To"]
        words = f"{SECRET} sendt inn" if note else "Vi ser på det."
        text = f"{top}\n{words}\n"
        desk.arrive(
            mail(
                "SV: Sak",
                sender=address,
                number=5000 + number,
                text=text,
                **dict(filter(itemgetter(1), more.items())),
            )
        )


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_no_note_is_in_any_letter(steps: list[tuple[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = PaperDesk(Path(folder), config=write_config(Path(folder), agent_mail='agent_mail = "token"'))
        desk.arrive(mail(number=1000))
        act(Note(actor="kari", text=f"{SECRET} først"), 1000, desk.office)
        for number, (what, with_what) in enumerate(steps):
            try:
                step(desk, what, with_what, number)
            except InboxdError:
                continue  # a refused order is one of the things that happen
        sent = [desk.octets(letter) for letter in desk.letters() if not _to_agent(letter)]
        desk.close()
    assert sent
    assert not [octets for octets in sent if SECRET.encode() in octets]
