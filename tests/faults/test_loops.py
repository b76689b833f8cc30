"""Loops (T06, T07, T08, R12, R13): whatever machine answers ours, three letters leave at most, and it is seen why."""

import itertools
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from inboxd.mail.smtp_reply import Outcome, RecipientOutcome, SmtpReply
from inboxd.office.alerts import tell_admin
from inboxd.office.documents import queue
from inboxd.office.explain import Explainer
from inboxd.office.health import health
from inboxd.office.queues import outbox_order, outbox_show
from inboxd.store import outbox
from inboxd.store.rows import LetterRow
from tests.integration.paper_desk import DESK, PaperDesk, mail, plain_parser, write_config

MOST = 3
ROUNDS = 12
"""Many more than a loop may have."""

Machine = Callable[[EmailMessage, int], bytes | None]
"""What somebody's machine makes of a letter of ours: a mail to us, or nothing. It is told how many it wrote before."""

OURSELVES = "Ellers takk, dette er en prøve.\n"


RECEIPT = """Subject: [{{ reference }}] {{ subject }}

Hei! Nå ligger {{ reference }} på bordet hos oss.

Kom gjerne innom skranken på torget om det haster.
"""
OK = SmtpReply(code=250, enhanced_status="", text="ok")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PaperDesk]:
    """A desk whose receipt an admin wrote, in words that no list of machines' words has."""
    folder = tmp_path / "templates" / "nb"
    folder.mkdir(parents=True)
    (folder / "receipt.txt.j2").write_text(RECEIPT)
    paper = PaperDesk(tmp_path)
    yield paper
    paper.close()


def delivered(desk: PaperDesk) -> list[bytes]:
    """Send what is due, as a relay that takes everything; returns each letter as its recipient's server keeps it."""
    desk.clock.forward(seconds=11)
    out = []
    with desk.office.store.begin() as db:
        for letter in outbox.claim(db, owner="post", lease=desk.office.desk.send_delay, now=desk.clock.now(), limit=99):
            outbox.record(
                db, letter.id, owner="post", state="sent", next_attempt_at=None, now=desk.clock.now(),
                recipients=[taken(address) for address in letter.rcpt_tos], last_reply="250 ok",
            )  # fmt: skip
            if letter.kind in {"receipt", "answer", "refusal"}:
                out.append(b"Return-Path: <" + letter.mail_from.encode() + b">\r\n" + letter.octets)
    return out


def taken(address: str) -> RecipientOutcome:
    return RecipientOutcome(address=address, outcome=Outcome.DELIVERED, reply=OK)


def read(octets: bytes) -> EmailMessage:
    return message_from_bytes(octets, policy=policy.default)


def go_round(desk: PaperDesk, machine: Machine, first: bytes) -> list[LetterRow]:
    """Let a mail arrive, and a machine answer every letter of ours; returns the letters that left, newest first."""
    desk.arrive(first)
    made = 0
    for _ in range(ROUNDS):
        back = []
        for letter in delivered(desk):
            made += 1
            back.append(machine(read(letter), made))
        if not desk.arrive(*(octets for octets in back if octets is not None)):
            break
    return sent(desk)


def sent(desk: PaperDesk) -> list[LetterRow]:
    outside = [one for one in desk.letters() if one.kind in {"receipt", "refusal", "answer"}]
    return [one for one in outside if one.state in {"sent", "bounced"}]


def waiting(desk: PaperDesk) -> list[LetterRow]:
    return [one for one in desk.letters() if one.kind == "receipt" and one.state == "hold"]


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def without_tag(subject: str) -> str:
    return subject.partition("]")[2].strip() or "hei"


def bare(subject: str, text: str, *, number: int, sender: str) -> bytes:
    """A machine's mail that no field and no word betrays."""
    return mail(subject, text=text, number=1000 + number, sender=f"Post <{sender}>", Return_Path=f"<{sender}>")


def echo(letter: EmailMessage, number: int) -> bytes:
    return bare(f"Re: {letter['Subject']}", text_of(letter), number=number, sender="ekko@firma.example")


def echo_without_tag(letter: EmailMessage, number: int) -> bytes:
    return bare(without_tag(letter["Subject"]), text_of(letter), number=number, sender="ekko@firma.example")


def quoting_echo(letter: EmailMessage, number: int) -> bytes:
    quoted = "".join(f"> {line}\n" for line in text_of(letter).splitlines())
    return bare(f"Hei {number}", f"Du skrev:\n{quoted}", number=number, sender=f"ekko{number}@firma.example")


def wanderer(letter: EmailMessage, number: int) -> bytes:
    return bare(f"Re: {letter['Subject']}", f"Meldingen kom fram, {number}.\n", number=number,
                sender=f"p{number}@firma.example")  # fmt: skip


def wanderer_without_tag(letter: EmailMessage, number: int) -> bytes:
    return bare(f"Svar {number}", text_of(letter), number=number, sender=f"p{number}@firma{number}.example")


def set_phrase(letter: EmailMessage, number: int) -> bytes:
    return bare("Takk", "Vi har lest det du skrev.\n", number=number, sender="mottak@firma.example")


def short_phrase_from_anywhere(letter: EmailMessage, number: int) -> bytes:
    """An answer to the mail that it is told of by its subject alone; no program of a person's writes one so."""
    subject = f"Re: {without_tag(letter['Subject'])}"
    return bare(subject, "Vi har lest det.\n", number=number, sender=f"p{number}@firma{number}.example")


LONG_PHRASE = "Vi har lest det du skrev til oss i dag, og vi skal svare deg\nså snart noen av oss får tid.\n"


def long_phrase_from_anywhere(letter: EmailMessage, number: int) -> bytes:
    return bare("Takk", LONG_PHRASE, number=number, sender=f"p{number}@firma{number}.example")


def few_words_from_anywhere(letter: EmailMessage, number: int) -> bytes:
    return bare("Takk", "Vi har lest det du skrev.\n", number=number, sender=f"p{number}@firma{number}.example")


def bouncer(letter: EmailMessage, number: int) -> bytes:
    """A server so broken that it reports on mail that came from nobody (RFC 5321 6.1 forbids it)."""
    return mail(
        "Undelivered Mail Returned to Sender", sender="Mail Delivery System <MAILER-DAEMON@firma.example>",
        text=f"I could not deliver your mail.\n\n<en@firma.example>: 550 5.1.1 unknown\n\n{letter.as_string()[:500]}",
        number=2000 + number, Return_Path="<>", Auto_Submitted="auto-replied",
    )  # fmt: skip


CAUGHT_BY_THE_BREAKER: list[Machine] = [
    echo_without_tag, quoting_echo, wanderer, wanderer_without_tag, set_phrase, short_phrase_from_anywhere,
]  # fmt: skip


@pytest.mark.parametrize("machine", [echo, bouncer])
def test_a_machine_whose_mails_belong_to_the_case_gets_one_letter(desk: PaperDesk, machine: Machine) -> None:
    first = bare("Skriveren virker ikke", OURSELVES, number=0, sender="ekko@firma.example")
    assert len(go_round(desk, machine, first)) == 1
    assert len(queue(desk.office)) == 1


@pytest.mark.parametrize("machine", CAUGHT_BY_THE_BREAKER)
def test_a_machine_that_hides_gets_three_letters_at_most_and_the_breaker_is_seen(
    desk: PaperDesk, machine: Machine
) -> None:
    assert 1 <= len(go_round(desk, machine, mail(text=OURSELVES))) <= MOST
    held = waiting(desk)
    reason = outbox_show(desk.office, held[0].id)["hold_reason"]
    assert reason.startswith("R18-")
    assert reason.endswith("they seem to go in circles.")
    document = health(desk.office)
    assert document["receipts"]["going_round"] == len(held)
    (problem,) = (p for p in document["problems"] if p["code"] == "receipts_breaker")
    assert problem["since"] == document["receipts"]["going_round_since"]
    assert "receipts_held" not in {p["code"] for p in document["problems"]}
    outbox_order(desk.office, held[0].id, "cancel", actor="kari")
    assert health(desk.office)["receipts"]["going_round"] == len(held) - 1


def test_a_set_phrase_that_answers_nothing_and_comes_from_anywhere_gets_three_letters(desk: PaperDesk) -> None:
    """Its first three mails could be three persons': with the receipt that set it off that is four letters."""
    assert len(go_round(desk, long_phrase_from_anywhere, mail(text=OURSELVES))) == 1 + MOST
    assert outbox_show(desk.office, waiting(desk)[0].id)["hold_reason"].startswith("R18-same-words: ")


def test_a_few_words_from_anywhere_are_bounded_by_the_cap_for_strangers_alone(tmp_path: Path) -> None:
    """The limit that docs/reliability.md names: such a machine is not told from many people in one plight."""
    more = '\n[receipts]\nunknown_senders = "5/1h"\n'
    desk = PaperDesk(tmp_path, config=write_config(tmp_path, more=more))
    assert len(go_round(desk, few_words_from_anywhere, mail(text=OURSELVES))) == 5
    assert outbox_show(desk.office, waiting(desk)[0].id)["hold_reason"].startswith("R12-cap-unknown-senders: ")
    assert "receipts_held" in {problem["code"] for problem in health(desk.office)["problems"]}
    desk.close()


def test_explain_names_the_rule(desk: PaperDesk) -> None:
    go_round(desk, wanderer, mail(text=OURSELVES))
    newest = desk.octets(sent(desk)[0])
    explainer = Explainer(desk=desk.office.desk, office=desk.office, parser=plain_parser, clock=desk.clock)
    again = explainer.explain("x.eml", wanderer(read(newest), 77))
    assert [why["detail"].partition(":")[0] for why in again["evidence"] if why["rule"] == "receipt-held"] == [
        "R18-going-round"
    ]


# ---- Two desks.
@pytest.fixture
def other(tmp_path: Path) -> Iterator[PaperDesk]:
    """Another desk of the same make, annen@kommune.example."""
    folder = tmp_path / "other"
    folder.mkdir()
    config = write_config(folder)
    config.write_text(config.read_text().replace(DESK, "annen@kommune.example"))
    paper = PaperDesk(folder, config=config)
    yield paper
    paper.close()


@pytest.mark.parametrize("stripped", [False, True], ids=["as they are", "through a server that drops their fields"])
def test_two_desks_that_write_to_each_other_stop(desk: PaperDesk, other: PaperDesk, stripped: bool) -> None:
    first = mail(sender="Den andre <annen@kommune.example>", Return_Path="<annen@kommune.example>")
    desk.arrive(first)
    for _ in range(ROUNDS):
        over = [as_another(letter, stripped=stripped) for letter in delivered(desk)]
        if over:
            other.arrive(*over)
        back = [as_another(letter, stripped=stripped) for letter in delivered(other)]
        if not over and not back:
            break
        if back:
            desk.arrive(*back)
    assert len(sent(desk)) + len(sent(other)) <= MOST
    assert len(queue(desk.office)) + len(queue(other.office)) <= MOST


def as_another(octets: bytes, *, stripped: bool) -> bytes:
    """What a server makes of a letter that takes every sign of a machine off it, and every id."""
    letter = read(octets)
    if stripped:
        for name in ("Auto-Submitted", "X-Auto-Response-Suppress", "Precedence", "References", "In-Reply-To"):
            del letter[name]
        number = abs(hash(letter["Message-ID"]))
        letter.replace_header("Message-ID", f"<{number}@relay.example>")
        sender = letter["From"].addresses[0].addr_spec
        letter.replace_header("Return-Path", f"<{sender}>")
    return letter.as_bytes()


# ---- Lists.
def list_copy(octets: bytes, number: int) -> bytes:
    """What a list without any list field sends its members, of which we are one: same writer, its own address in To."""
    post = read(octets)
    del post["Return-Path"]
    post["Return-Path"] = f"<liste-bounces+{number}@lister.example>"
    post.replace_header("To", "Alle <alle@lister.example>")
    post.replace_header("Subject", f"[alle] {post['Subject']}")
    return post.as_bytes()


LIST = {"List_Id": "<alle.lister.example>", "Precedence": "list"}


@pytest.mark.parametrize("fields", [{}, LIST], ids=["bare", "list"])
def test_a_list_of_which_we_are_a_member_gets_no_receipt(desk: PaperDesk, fields: dict[str, str]) -> None:
    posts = (mail(f"Til alle {n}", number=n, sender="Liv <liv@firma.example>", **fields) for n in range(5))
    desk.arrive(*(list_copy(post, number) for number, post in enumerate(posts)))
    delivered(desk)
    assert sent(desk) == []


def test_a_list_that_is_its_own_member_and_ours_stops(desk: PaperDesk) -> None:
    def back_from_the_list(letter: EmailMessage, number: int) -> bytes:
        return list_copy(letter.as_bytes(), number)

    first = mail(sender="Alle <alle@lister.example>", Return_Path="<alle@lister.example>")
    assert len(go_round(desk, back_from_the_list, first)) <= MOST


# ---- Persons.
def test_a_person_who_cites_a_case_from_a_private_address_gets_a_receipt(desk: PaperDesk) -> None:
    desk.arrive(mail(sender="Kari <kari@kommune.example>", Return_Path="<kari@kommune.example>"))
    (receipt,) = delivered(desk)
    subject, quoted = read(receipt)["Subject"], text_of(read(receipt))
    desk.arrive(bare(f"VS: {subject}", f"Dette gjelder meg.\n\n{quoted}", number=5, sender="kari@privat.example"))
    assert waiting(desk) == []
    delivered(desk)
    assert len(sent(desk)) == 2


@pytest.mark.parametrize("words", [("test", "test\n"), ("Nettet er nede", "Ingen kommer inn.\n")])
def test_however_many_people_write_the_same_few_words_all_are_answered(desk: PaperDesk, words: tuple[str, str]) -> None:
    for number in range(12):
        desk.arrive(bare(*words, number=number, sender=f"a{number}@kommune.example"))
    assert waiting(desk) == []
    assert len([one for one in desk.letters() if one.kind == "receipt"]) == 12


def test_of_strangers_with_one_long_text_three_are_answered_in_an_hour_and_known_ones_always(desk: PaperDesk) -> None:
    desk.arrive(bare("Hei", "Skriveren er tom.\n", number=20, sender="kjent@kommune.example"))
    for number in range(4):
        desk.arrive(bare("Takk", LONG_PHRASE, number=number, sender=f"a{number}@kommune.example"))
    assert len(waiting(desk)) == 1
    desk.arrive(bare("Takk", LONG_PHRASE, number=8, sender="kjent@kommune.example"))
    assert len(waiting(desk)) == 1
    desk.clock.forward(hours=2)
    desk.arrive(bare("Takk", LONG_PHRASE, number=9, sender="a9@kommune.example"))
    assert len(waiting(desk)) == 1


def test_where_caps_for_strangers_are_off_the_same_words_are_no_loop(tmp_path: Path) -> None:
    desk = PaperDesk(tmp_path, config=write_config(tmp_path, more='\n[receipts]\nunknown_senders = "off"\n'))
    for number in range(5):
        desk.arrive(bare("Prøve", "Det samme hver gang.\n", number=number, sender=f"a{number}@kommune.example"))
    assert waiting(desk) == []
    desk.close()


def test_files_and_empty_mails_are_no_words(desk: PaperDesk) -> None:
    for number in range(4):
        desk.arrive(mail("Skann", text="\n", number=number, sender=f"s{number}@kommune.example"))
        scan = {"side.bin": b"x"}
        desk.arrive(mail("Skann", text="Se vedlegg.\n", files=scan, number=50 + number,
                         sender=f"t{number}@kommune.example"))  # fmt: skip
    assert waiting(desk) == []


# ---- A flood.
@pytest.mark.slow
def test_a_thousand_forged_senders_in_a_minute_make_cases_and_sixty_receipts_and_one_alert(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    config.write_text(config.read_text().replace("[desk]", '[desk]\nadmin = "drift@agents.example"'))
    desk = PaperDesk(tmp_path, config=config)
    numbers = itertools.count()
    for _ in range(20):
        desk.arrive(*(forged(next(numbers)) for _ in range(50)))
        desk.clock.forward(seconds=2)
    receipts = [one for one in desk.letters() if one.kind == "receipt"]
    assert len(queue(desk.office)) == 1000
    assert [sum(one.state == state for one in receipts) for state in ("queued", "hold")] == [60, 940]
    assert health(desk.office)["receipts"]["held"] == 940
    for _ in range(5):
        tell_admin(desk.office)
        desk.clock.forward(minutes=6)
    alerts = [desk.octets(one) for one in desk.letters() if one.kind == "alert"]
    assert sum(b"receipts are held above a cap" in octets for octets in alerts) == 1
    desk.close()


def forged(number: int) -> bytes:
    sender = f"offer{number}@domene{number}.example"
    return mail(f"Faktura {number}", text=f"Betal {number}.\n", number=number, sender=sender, Return_Path=f"<{sender}>")
