"""What an agent's proven mail comes to: orders, one answer, or a word to the agent why nothing was done."""

from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.agent_mail.acting import CC_OF_THE_AGENT
from inboxd.desk.agent_mail.changes import RevokeToken
from inboxd.desk.agent_mail.words import LONGEST, quotes_the_desk, to_send
from inboxd.desk.case import Case, Role
from inboxd.desk.decision import AddEntry, AddParticipant, Decision, Draft, Measured
from inboxd.desk.intake import decide
from inboxd.mail.message import Attachment
from tests.unit.desk.desks import NOW, OLA, REF, TURID, agent, case, changes_of, desk, fields_set, mailbox, party, view
from tests.unit.desk.test_agent_proof import KARI, PASSED, dmarc, mail, notice

FILE = Attachment(part=2, filename="a.pdf", content_type="application/pdf", size=1, sha256="0" * 64, inline=False)


def acted(text: str, known: Case | None = None, **changes: Any) -> Decision:
    facts = {name: changes.pop(name) for name in ("parent_text", "desk") if name in changes}
    there = view(known or case(), **{"desk": desk(agent_mail="token"), "letters": (notice(),), **facts})
    return decide(mail(text=text, reply_text=text, **changes), there, NOW)


def answer_of(decision: Decision) -> Draft:
    (letter,) = decision.letters
    assert letter.kind == "answer"
    return letter


def stopped(decision: Decision) -> tuple[tuple[str, str, str, str], ...]:
    (letter,) = decision.letters
    assert (letter.template, letter.to[0].address) == ("agent_stopped", "kari@desk.example")
    assert fields_set(decision) == {}
    return letter.problems


def test_a_text_is_an_answer_to_the_requester() -> None:
    decision = acted("Hei, prøv nå.", case(assignee=None), attachments=(FILE,))
    letter = answer_of(decision)
    assert (letter.to, letter.text, letter.actor, letter.carries) == ((OLA,), "Hei, prøv nå.", "kari", (FILE,))
    assert (decision.kind, decision.outcome) == ("agent_order", "command")
    assert fields_set(decision)["assignee"] == "kari"
    (entry,) = changes_of(decision, AddEntry)
    assert (entry.kind, entry.text, entry.actor) == ("event", "answered by mail", "kari")


@pytest.mark.parametrize(
    ("command", "status"),
    [("#lukk", "closed"), ("#løst", "solved"), ("#vent", "waiting"), ("#vent fredag", "waiting"), ("", None)],
)
def test_the_case_stands_afterwards_as_the_command_says(command: str, status: str | None) -> None:
    decision = acted(f"{command}\nHei.")
    assert fields_set(decision).get("status") == status
    assert answer_of(decision).closed == (status == "closed")
    alone = acted(command) if command else None
    if alone is not None:
        assert (fields_set(alone).get("status"), alone.letters) == (status, ())


def test_a_note_goes_to_nobody_and_is_the_mail_itself() -> None:
    decision = acted("#notat\n#løst\nHan er sur.", attachments=(FILE,))
    (entry,) = changes_of(decision, AddEntry)
    assert (entry.kind, entry.text, entry.attachments) == ("note", "Han er sur.", (FILE,))
    assert (decision.letters, fields_set(decision)["status"]) == ((), "solved")


def test_commands_change_the_case_one_upon_the_other() -> None:
    decision = acted("#ta\n#kategori DRIFT\n#prio Høy\n#kopi turid@kommune.example\nHei.", case(assignee=None))
    found = fields_set(decision)
    assert (found["category"], found["priority"], found["assignee"]) == ("drift", "high", "kari")
    letter = next(draft for draft in decision.letters if draft.kind == "answer")
    assert [copy.address for copy in letter.cc] == ["turid@kommune.example"]
    (added,) = changes_of(decision, AddParticipant)
    assert added.participant.role is Role.ADDED


@pytest.mark.parametrize(("who", "to"), [("per", "per"), ("PER@desk.example", "per"), ("ingen", None), ("meg", "kari")])
def test_a_case_is_given_to_who_is_named(who: str, to: str | None) -> None:
    decision = acted(f"#til {who}", case(assignee="gro"))
    assert fields_set(decision)["assignee"] == to


def test_only_priority_moves_too() -> None:
    assert fields_set(acted("#prio high"))["priority"] == "high"


@pytest.mark.parametrize(
    ("text", "why", "right", "detail"),
    [
        ("#ta\nHei.", "taken", "#til kari", "gro"),
        ("#til ole\nHei.", "no_agent", "", "kari, per, gro, revi"),
        ("#kategori x\nHei.", "no_category", "", "it, drift"),
        ("#prio x\nHei.", "no_priority", "", "normal, high"),
        ("#vent i fjor\nHei.", "no_time", "#vent 3d", ""),
        ("#kopi turid\nHei.", "no_address", "#kopi turid@kommune.example", ""),
        ("#videresend kundeservice@desk.example\nHei.", "no_address", "#videresend turid@kommune.example", ""),
        ("#kopi turid@kommune.example", "needs_text", "", ""),
        ("#notat", "needs_text", "", ""),
        ("# lukk\nHei.", "damaged", "#lukk", ""),
        ("", "empty", "", ""),
        ("Hei.\n> Takk for sist", "quoted", "", ""),
        ("#til revi\nHei.", "refused", "", "revi takes no cases"),
    ],
)
def test_what_cannot_be_done_stops_everything_and_the_agent_alone_hears_why(
    text: str, why: str, right: str, detail: str
) -> None:
    decision = acted(text, case(assignee="gro"))
    ((_, *said),) = stopped(decision)
    assert said == [why, right, detail]
    (entry,) = changes_of(decision, AddEntry)
    assert (entry.kind, entry.text) == ("note", text)


@pytest.mark.parametrize(
    "text", ["#lukk\n#løst", "#notat\n#kopi a@b.example\nHei.", "#vent 3d\n#vent 4d", "#ta\n#til per"]
)
def test_commands_that_contradict_each_other_stop_everything(text: str) -> None:
    assert [why for _, why, _, _ in stopped(acted(text, case(assignee=None)))] == ["clash", "clash"]


def test_a_caller_without_an_address_can_be_noted_of_and_not_answered() -> None:
    caller = replace(party(OLA), address="")
    known = case(requester=caller, participants=(caller,))
    ((_, why, right, _),) = stopped(acted("Hei.", known))
    assert (why, right) == ("refused", "#notat")


def test_help_is_one_letter_to_the_agent() -> None:
    (letter,) = acted("#hjelp").letters
    assert (letter.template, letter.to[0].address) == ("agent_help", "kari@desk.example")


def test_a_case_is_sent_on_with_the_text_and_the_mails_files() -> None:
    (letter,) = acted("#videresend support@firma.example\nHei.", attachments=(FILE,)).letters
    assert (letter.kind, letter.text, letter.carries) == ("forward", "Hei.", (FILE,))
    assert [draft.text for draft in acted("#videresend support@firma.example").letters] == [""]


def test_who_copies_the_requester_has_answered_him_already() -> None:
    decision = acted("Hei.", case(assignee=None), cc=(OLA,))
    assert (decision.letters, decision.suppressed) == ((), (CC_OF_THE_AGENT,))
    assert fields_set(decision)["assignee"] == "kari"
    (entry,) = changes_of(decision, AddEntry)
    assert entry.text == "Hei."
    assert changes_of(decision, RevokeToken) == [RevokeToken(letter_id=7)]


def test_a_stopped_mail_that_others_got_revokes_the_token_too() -> None:
    assert changes_of(acted("# lukk", cc=(TURID,)), RevokeToken) != []


def test_a_proven_mail_measures_the_first_answer() -> None:
    decision = acted("Hei.", case(responded_at=None))
    assert [one.target for one in changes_of(decision, Measured)] == ["response"]


def test_history_is_not_acted_upon() -> None:
    there = view(case(), desk=desk(agent_mail="token"), letters=(notice(),), silent=True)
    assert decide(mail(text="#lukk", reply_text="#lukk"), there, NOW).kind == "add_to_case"


def test_a_new_mail_with_the_tag_is_an_order_where_dmarc_vouches_for_it() -> None:
    new = mail(in_reply_to=(), headers=PASSED, subject=f"[{REF} lukk] x", text="Hei.", reply_text="Hei.")
    decision = decide(new, view(case(), desk=dmarc()), NOW)
    assert fields_set(decision)["status"] == "closed"
    assert changes_of(decision, RevokeToken) == []


def test_an_agent_on_his_own_case_is_its_requester_unless_he_gives_a_command() -> None:
    own = case(requester=party(KARI), participants=(party(KARI),))
    new = mail(in_reply_to=(), headers=PASSED, subject=f"[{REF}] x", text="Hei.", reply_text="Hei.")
    assert decide(new, view(own, desk=dmarc()), NOW).kind == "add_to_case"
    ordered = replace(new, reply_text="#notat\nHei.")
    assert decide(ordered, view(own, desk=dmarc()), NOW).kind == "agent_order"


PARENT = "Ny sak KS-10429 er ufordelt.\n\nMelder:   Ola Nordmann <ola@kommune.example>\nKort\n"


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("Hei, prøv nå.", False),
        ("Hei.\n\nMelder: Ola Nordmann\n<ola@kommune.example>", True),
        ("Hei.\nny sak ks-10429 er UFORDELT", True),
        ("Kort", False),
        ("> Hei", True),
        ("x" * (LONGEST + 1), True),
    ],
)
def test_what_our_letter_said_is_not_the_agents_own_word(text: str, quotes: bool) -> None:
    assert quotes_the_desk(text, PARENT) is quotes


def test_an_agents_own_address_becomes_that_of_the_desk() -> None:
    sent = to_send("Skriv til Kari@Desk.example (\\1)", agent("kari"), mailbox())
    assert sent == "Skriv til kundeservice@desk.example (\\1)"
