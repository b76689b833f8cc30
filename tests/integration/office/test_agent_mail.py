"""An agent answers from his own mail client: what the requester gets of it, and what never leaves the desk."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import Any

import pytest

from inboxd.office.claims import ask_agents
from inboxd.office.documents import show
from inboxd.store.rows import LetterRow
from tests.integration.paper_desk import DESK, OLA, PaperDesk, mail, write_config

KARI = "kari@agents.example"
PER = "per@agents.example"
FROM_KARI = f"Kari Nes <{KARI}>"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PaperDesk]:
    paper = PaperDesk(tmp_path, config=write_config(tmp_path, agent_mail='agent_mail = "token"'))
    yield paper
    paper.close()


def test_an_agent_who_answers_the_letter_about_a_case_answers_its_requester(desk: PaperDesk) -> None:
    desk.arrive(mail())
    answered = reply(notice(desk), text="#vent 3d\n\nHei Ola, prøv nå.\n")
    desk.arrive(answered)
    assert [row.recipients[0].address for row in letters(desk, "answer")] == [OLA]
    letter = octets(desk, letters(desk, "answer")[0])
    assert letter["From"] == f"Kundeservice <{DESK}>"
    assert letter["To"] == f"Ola Nordmann <{OLA}>"
    assert letter["In-Reply-To"] == "<m1@kommune.example>"
    assert "Auto-Submitted" not in letter
    assert letter.get_content().splitlines()[0] == "Hei Ola, prøv nå."
    case = show(desk.office, 1)
    assert (case["status"], case["assignee"]) == ("waiting", "kari")


def test_nothing_of_commands_quotation_or_the_agents_address_reaches_the_requester(desk: PaperDesk) -> None:
    desk.arrive(mail(text="Hei, hjelp, skriveren i andre etasje er død.\n"))
    letter = notice(desk)
    quoted = "\n".join(f"> {line}" for line in octets(desk, letter).get_content().splitlines())
    said = f"#ta.\n#VENT fredag \n\nHei, se på dette.\n\nSkriv til {KARI}.\n\n"
    wrote = f"Den 9. mars 2026 kl. 10:00 skrev Kundeservice <{DESK}>:\n\n"
    desk.arrive(reply(letter, text=said + wrote + quoted))
    (sent,) = letters(desk, "answer")
    whole = desk.octets(sent).decode() + octets(desk, sent).get_content()
    for trace in ("#ta", "#vent", KARI, "inboxd", "Prioritet", "andre etasje er", letter.message_id or "?"):
        assert trace not in whole, trace
    assert f"Skriv til {DESK}." in whole


def marked(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines())


def paragraphs(text: str) -> str:
    return "".join(f'<p class="MsoNormal">{escape(line) or "&nbsp;"}</p>' for line in text.splitlines())


WROTE = {
    "Gmail": lambda said, quoted: (
        f"{said}\n\nman. 9. mars 2026 kl. 10:00 skrev Kundeservice <\n{DESK}>:\n\n{marked(quoted)}"
    ),
    "Apple Mail": lambda said, quoted: (
        f"{said}\n\nSendt fra min iPhone\n\n> 9. mars 2026 kl. 10:00 skrev Kundeservice <{DESK}>:\n> \n{marked(quoted)}"
    ),
    "Thunderbird": lambda said, quoted: f"{said}\n\nDen 09.03.2026 10:00, skrev Kundeservice:\n{marked(quoted)}",
    "Outlook, plain": lambda said, quoted: (
        f"{said}\n\n________________________________\nFra: Kundeservice <{DESK}>\nSendt: mandag 9. mars 2026 10:00\n"
        f"Til: kari <{KARI}>\nEmne: [KS-10008] Ny sak: Skriveren virker ikke\n\n{quoted}"
    ),
    "Outlook": lambda said, quoted: (
        f"<html><body>{paragraphs(said)}<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm'>"
        f"<p class='MsoNormal'><b>Fra:</b> Kundeservice &lt;{DESK}&gt; <br><b>Sendt:</b> mandag 9. mars 2026 10:00<br>"
        f"<b>Til:</b> kari &lt;{KARI}&gt;<br><b>Emne:</b> [KS-10008] Ny sak: Skriveren virker ikke</p></div></div>"
        f"{paragraphs(quoted)}</body></html>"
    ),
}
"""How programs write an answer above what it answers."""


@pytest.mark.parametrize("program", WROTE)
def test_an_answer_as_programs_write_it_leaves_without_a_trace_of_ours(desk: PaperDesk, program: str) -> None:
    desk.arrive(mail(text="Hei, skriveren i andre etasje er død.\n"))
    letter = notice(desk)
    body = WROTE[program]("#Vent 3d\n\nHei Ola,\n\nprøv nå.", octets(desk, letter).get_content())
    desk.arrive(_as_html(reply(letter, text=body)) if body.startswith("<html>") else reply(letter, text=body))
    (sent,) = letters(desk, "answer")
    words = octets(desk, sent).get_content()
    assert " ".join(words.split()).startswith("Hei Ola, prøv nå. Vennlig hilsen")
    for trace in ("#", KARI, "inboxd", "Prioritet", "iPhone", "Fra:", "andre etasje er"):
        assert trace not in words, trace
    assert (letter.message_id or "?").strip("<>").encode() not in desk.octets(sent)
    assert show(desk.office, 1)["status"] == "waiting"


def _as_html(octets_of_it: bytes) -> bytes:
    return octets_of_it.replace(b"text/plain", b"text/html", 1)


def test_the_requesters_answer_comes_back_and_a_last_command_closes_the_case(desk: PaperDesk) -> None:
    desk.arrive(mail())
    desk.arrive(reply(notice(desk), text="#vent\n\nPrøv nå.\n"))
    (sent,) = letters(desk, "answer")
    desk.arrive(mail("SV: Skriveren", number=3, text="Den virker, takk!\n", In_Reply_To=sent.message_id or ""))
    assert show(desk.office, 1)["status"] == "open"
    desk.arrive(reply(notice(desk), number=4, text="#lukk\n"))
    assert show(desk.office, 1)["status"] == "closed"
    assert len(letters(desk, "answer")) == 1


def test_attachments_go_along_and_a_note_stays_with_its_own(desk: PaperDesk) -> None:
    desk.arrive(mail())
    desk.arrive(reply(notice(desk), text="Se vedlegget.\n", files={"veiledning.pdf": b"%PDF-1.7"}))
    (sent,) = letters(desk, "answer")
    assert [part.get_filename() for part in octets(desk, sent).iter_attachments()] == ["veiledning.pdf"]
    desk.arrive(reply(notice(desk), number=3, text="#notat\nHan er sur.\n", files={"sur.txt": b"sur"}))
    assert len(letters(desk, "answer")) == 1
    note = show(desk.office, 1)["journal"][-1]
    assert (note["kind"], note["actor"], note["text"]) == ("note", "kari", "Han er sur.")
    assert [file["filename"] for file in note["attachments"]] == ["sur.txt"]


STOPPED = {
    "# lukk\n\nHei.\n": "Skriv i stedet: #lukk",
    "#lukkk\n\nHei.\n": "Skriv i stedet: #lukk",
    "#til ole\n\nHei.\n": "kari, per",
    "#vent når jeg gidder\n\nHei.\n": "Skriv i stedet: #vent 3d",
    "Hei.\n#lukk\n": "Skriv i stedet: #lukk",
    "#notat\n#kopi turid@kommune.example\nHei.\n": "sier imot",
    "": "verken tekst eller kommando",
}


def test_a_mail_that_cannot_be_carried_out_is_stopped_and_the_agent_told_what_to_write(desk: PaperDesk) -> None:
    desk.arrive(mail())
    for number, (text, right) in enumerate(STOPPED.items(), start=2):
        before = len(desk.letters())
        desk.arrive(reply(notice(desk), number=number, text=text))
        (told,) = desk.letters()[: len(desk.letters()) - before]
        assert [person.address for person in told.recipients] == [KARI]
        assert "Ingenting er gjort" in octets(desk, told).get_content()
        assert right in octets(desk, told).get_content()
    case = show(desk.office, 1)
    assert (case["status"], case["assignee"], letters(desk, "answer")) == ("new", None, [])


def test_the_letter_about_a_stopped_mail_is_answered_with_the_right_commands_and_the_same_text(desk: PaperDesk) -> None:
    desk.arrive(mail())
    desk.arrive(reply(notice(desk), text="# lukk\n\nHei Ola, skriveren er skiftet ut i dag.\n"))
    told = notice(desk)
    assert "Ikke gjort" in told.subject
    desk.arrive(reply(told, number=3, text="#lukk\n\nHei Ola, skriveren er skiftet ut i dag.\n"))
    assert len(letters(desk, "answer")) == 1
    assert show(desk.office, 1)["status"] == "closed"


def test_help_lists_every_command_and_sends_the_requester_nothing(desk: PaperDesk) -> None:
    desk.arrive(mail())
    desk.arrive(reply(notice(desk), text="#hjelp\n"))
    assert "#til, #tildel, #assign kari" in octets(desk, notice(desk)).get_content()
    assert letters(desk, "answer") == []


def test_commands_in_the_subject_tag_count(desk: PaperDesk) -> None:
    desk.arrive(mail())
    letter = notice(desk)
    desk.arrive(reply(letter, subject="SV: [KS-10008 lukk] Ny sak", text="Ferdig.\n"))
    assert show(desk.office, 1)["status"] == "closed"
    assert "lukk]" not in octets(desk, letters(desk, "answer")[0])["Subject"]


def test_a_case_goes_on_to_a_supplier_with_the_mail_that_opened_it(desk: PaperDesk) -> None:
    desk.arrive(mail(text="Skriveren er død.\n"))
    desk.arrive(reply(notice(desk), text="#videresend hjelp@leverandor.example\n\nKan dere se på den?\n"))
    (sent,) = letters(desk, "forward")
    assert sent.recipients[0].address == "hjelp@leverandor.example"
    body = octets(desk, sent)
    assert "Kan dere se på den?" in body.get_body().get_content()  # type: ignore[union-attr]
    assert [part.get_filename() for part in body.iter_attachments()] == ["Skriveren virker ikke.eml"]
    assert letters(desk, "answer") == []


def test_an_agent_who_copies_the_requester_doubles_nothing_and_his_letter_proves_nothing_any_more(
    desk: PaperDesk,
) -> None:
    desk.arrive(mail())
    letter = notice(desk)
    desk.arrive(reply(letter, text="Prøv nå.\n", Cc=OLA))
    assert letters(desk, "answer") == []
    assert "Prøv nå." in [entry["text"] for entry in show(desk.office, 1)["journal"]]
    desk.arrive(reply(letter, number=3, text="Fra den som fikk kopi.\n"))
    assert letters(desk, "answer") == []


def test_a_mail_that_others_got_is_carried_out_once(desk: PaperDesk) -> None:
    desk.arrive(mail())
    letter = notice(desk)
    desk.arrive(reply(letter, text="Prøv nå.\n", Cc="turid@kommune.example"))
    assert len(letters(desk, "answer")) == 1
    desk.arrive(reply(letter, number=3, text="#lukk\nEn gang til.\n"))
    assert len(letters(desk, "answer")) == 1
    assert show(desk.office, 1)["status"] == "open"


def test_an_out_of_office_answer_to_a_letter_is_only_noted(desk: PaperDesk) -> None:
    desk.arrive(mail())
    before = len(desk.letters())
    desk.arrive(reply(notice(desk), text="#lukk\nJeg er på ferie.\n", Auto_Submitted="auto-replied"))
    assert len(desk.letters()) == before
    assert show(desk.office, 1)["journal"][-1]["kind"] == "note"
    assert show(desk.office, 1)["status"] == "new"


def test_history_that_is_imported_carries_out_nothing(desk: PaperDesk) -> None:
    desk.arrive(mail())
    desk.arrive(reply(notice(desk), text="#lukk\nFerdig.\n"), silent=True)
    assert (letters(desk, "answer"), show(desk.office, 1)["status"]) == ([], "new")


def test_a_letter_older_than_thirty_days_proves_nothing(desk: PaperDesk) -> None:
    desk.arrive(mail())
    letter = notice(desk)
    desk.clock.forward(days=30, seconds=1)
    desk.arrive(reply(letter, text="Prøv nå.\n"))
    assert letters(desk, "answer") == []


FORGERIES: dict[str, dict[str, Any]] = {
    "no parent": {"In_Reply_To": ""},
    "only in References": {"In_Reply_To": "", "References": "{kari}"},
    "another agent's letter": {"In_Reply_To": "{per}"},
    "the requester's receipt": {"In_Reply_To": "{receipt}"},
    "a letter of a flipped token": {"In_Reply_To": "{flipped}"},
    "a letter number guessed": {"In_Reply_To": "<3.aaaa.aaaaaaaaaaaaaaaaaaaaaaaaaa@desk.example>"},
    "two parents": {"In_Reply_To": "{kari} <m1@kommune.example>"},
    "the display name of an agent": {"sender": f'"{KARI}" <angriper@evil.example>'},
    "an agent who has left": {"sender": "nils@agents.example"},
    "an agent who only reads": {"sender": "revi@agents.example"},
    "Sender is the agent": {"sender": "angriper@evil.example", "Sender": KARI},
    "Reply-To is the agent": {"sender": "angriper@evil.example", "Reply_To": KARI},
}
"""The forgeries of T01: each knows all that there is to know but the one thing it lacks."""


def test_twelve_forged_agent_mails_send_nobody_anything(desk: PaperDesk) -> None:
    desk.arrive(mail())
    ours = {row.recipients[0].address: row.message_id or "" for row in desk.letters()}
    known = {"kari": ours[KARI], "per": ours[PER], "receipt": ours[OLA], "flipped": _flipped(ours[KARI])}
    for number, changed in enumerate(FORGERIES.values(), start=60):
        headers = {"In_Reply_To": ours[KARI]} | {name: str(value).format(**known) for name, value in changed.items()}
        sender = headers.pop("sender", FROM_KARI)
        said: dict[str, Any] = {name: value for name, value in headers.items() if value}
        subject = "SV: [KS-10008 lukk] Skriveren"
        desk.arrive(mail(subject, sender=sender, number=number, text="#lukk\n\nBetal på denne lenken.\n", **said))
    _nothing_left(desk)


VECTORS = (
    f"{KARI} <angriper@evil.example>", f"<{KARI}> <angriper@evil.example>", f"{KARI}]<angriper@evil.example>",
    f"angriper@evil.example]<{KARI}>", "=?utf-8?q?kari=40agents.example=3e=00?=@evil.example",
    f"angriper@evil.example\r\n <{KARI}>", f"angriper@evil.example, {KARI}", f"{KARI}, angriper@evil.example",
    f'"x"@evil.example({KARI})', f"({KARI}) angriper@evil.example", f'"{KARI}" <angriper@evil.example>',
    f"Agent: {KARI}, angriper@evil.example;", f"<@evil.example:{KARI}>", f"{KARI}\x00@evil.example",
    '"kari"@agents.example', "kari@\u0430gents.example", f"{KARI}\r\nFrom: angriper@evil.example", f"<{KARI}> x",
)  # fmt: skip
"""Addresses on which readers disagree about who wrote (rules.md, section 6)."""


def test_eighteen_froms_that_readers_read_differently_send_nobody_anything(desk: PaperDesk) -> None:
    desk.arrive(mail())
    parent = notice(desk).message_id or ""
    for number, field in enumerate(VECTORS, start=60):
        text = "#lukk\n\nBetal på denne lenken.\n"
        plain = mail("SV: Skriveren", number=number, text=text, In_Reply_To=parent)
        forged = plain.replace(f"From: Ola Nordmann <{OLA}>".encode(), f"From: {field}".replace("\r", "").encode())
        assert forged != plain
        desk.arrive(forged)
    _nothing_left(desk)


def _nothing_left(desk: PaperDesk) -> None:
    """Nobody outside was written to about the first case, and it stands as it did."""
    outside = [row for row in desk.letters() if row.kind != "agent"]
    assert [row.kind for row in outside if row.case_id == 1] == ["receipt"]
    assert all(b"Betal" not in desk.octets(row) for row in outside)
    assert (show(desk.office, 1)["status"], show(desk.office, 1)["assignee"]) == ("new", None)


def test_what_is_not_proven_waits_for_the_agents_word_and_is_carried_out_with_it(desk: PaperDesk) -> None:
    desk.arrive(mail())
    receipt = letters(desk, "receipt")[0]
    desk.arrive(reply(receipt, text="#ta\nHei Ola, prøv nå.\n"), reply(receipt, number=3, text="#notat\nRing ham.\n"))
    assert letters(desk, "answer") == []
    assert show(desk.office, 1)["journal"][-1]["evidence"][-1]["rule"] == "claimed_by"
    assert ask_agents(desk.office) == 1
    (asked,) = letters(desk, "confirm")
    words = octets(desk, asked).get_content()
    assert asked.recipients[0].address == KARI
    assert "[KS-10008] Skriveren virker ikke" in words
    assert "Hei Ola, prøv nå." in words
    assert "Ring ham." in words
    desk.arrive(reply(asked, number=4, text="#Ja.\n"))
    (sent,) = letters(desk, "answer")
    assert octets(desk, sent).get_content().splitlines()[0] == "Hei Ola, prøv nå."
    case = show(desk.office, 1)
    assert (case["assignee"], case["status"]) == ("kari", "open")
    assert "Ring ham." in [entry["text"] for entry in case["journal"] if entry["kind"] == "note"]
    desk.arrive(reply(asked, number=5, text="#ja\n"))
    assert len(letters(desk, "answer")) == 1


def test_an_agent_is_asked_once_an_hour_about_all_that_waits(desk: PaperDesk) -> None:
    desk.arrive(mail())
    receipt = letters(desk, "receipt")[0]
    desk.arrive(reply(receipt, text="En.\n"))
    assert (ask_agents(desk.office), ask_agents(desk.office)) == (1, 0)
    desk.arrive(reply(receipt, number=3, text="To.\n"))
    desk.clock.forward(minutes=59)
    assert ask_agents(desk.office) == 0
    desk.clock.forward(minutes=1)
    assert (ask_agents(desk.office), ask_agents(desk.office)) == (1, 0)
    words = octets(desk, letters(desk, "confirm")[0]).get_content()
    assert "En." in words
    assert "To." in words


def test_an_answer_to_the_question_without_a_yes_sends_nothing(desk: PaperDesk) -> None:
    desk.arrive(mail())
    desk.arrive(reply(letters(desk, "receipt")[0], text="En.\n"))
    ask_agents(desk.office)
    (asked,) = letters(desk, "confirm")
    desk.arrive(reply(asked, number=3, text="Nei, det var ikke meg.\n"))
    desk.arrive(
        mail("SV: Har du", sender="Ola <ola@kommune.example>", number=4, In_Reply_To=asked.message_id or "", text="#ja")
    )
    assert letters(desk, "answer") == []


def test_what_came_after_the_question_is_not_confirmed_by_its_answer(desk: PaperDesk) -> None:
    desk.arrive(mail())
    receipt = letters(desk, "receipt")[0]
    desk.arrive(reply(receipt, text="En.\n"))
    ask_agents(desk.office)
    (asked,) = letters(desk, "confirm")
    desk.clock.forward(minutes=1)
    desk.arrive(reply(receipt, number=3, text="Betal her.\n"))
    desk.arrive(reply(asked, number=4, text="#ja\n"))
    assert [octets(desk, row).get_content().splitlines()[0] for row in letters(desk, "answer")] == ["En."]


def test_where_agents_do_nothing_by_mail_any_longer_nobody_is_asked(desk: PaperDesk) -> None:
    desk.arrive(mail())
    desk.arrive(reply(letters(desk, "receipt")[0], text="En.\n"))
    settings = desk.office.settings
    desk.office = replace(desk.office, settings=replace(settings, desk=replace(settings.desk, agent_mail="off")))
    assert (ask_agents(desk.office), letters(desk, "confirm")) == (0, [])


def test_of_an_agent_who_may_not_act_nothing_waits(desk: PaperDesk) -> None:
    desk.arrive(mail())
    parent = letters(desk, "receipt")[0].message_id
    desk.arrive(mail("SV: x", sender="nils@agents.example", number=3, In_Reply_To=parent or "", text="#lukk"))
    assert ask_agents(desk.office) == 0


def _flipped(message_id: str) -> str:
    head, _, rest = message_id.rpartition("@")
    return f"{head[:-1]}{'b' if head[-1] != 'b' else 'c'}@{rest}"


def letters(desk: PaperDesk, kind: str) -> list[LetterRow]:
    return [row for row in desk.letters() if row.kind == kind]


def notice(desk: PaperDesk, to: str = KARI) -> LetterRow:
    """Return the newest letter to an agent."""
    return next(row for row in desk.letters() if row.kind == "agent" and row.recipients[0].address == to)


def octets(desk: PaperDesk, letter: LetterRow) -> EmailMessage:
    found = message_from_bytes(desk.octets(letter), policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def reply(letter: LetterRow, subject: str = "SV: Ny sak", *, text: str, number: int = 2, **more: Any) -> bytes:
    """Return an agent's answer to a letter to him."""
    more = {"sender": FROM_KARI, "In_Reply_To": letter.message_id, **more}
    return mail(subject, number=number, text=text, **more)
