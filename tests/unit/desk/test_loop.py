"""Mail that goes in circles is told from a person's by what opened the case that it brings back."""

from dataclasses import replace
from typing import Any

import pytest

from inboxd.desk.classify import classify
from inboxd.desk.decision import AddEntry, Draft
from inboxd.desk.desk import Cap
from inboxd.desk.intake import decide
from inboxd.desk.letters.gate import GATE, Allowed, Held, Verdict, receipt_gate
from inboxd.desk.letters.loop import ANSWERED_TO_ALL, ANSWERED_TO_ONE, CHOSEN_WORDS, CIRCLES
from inboxd.desk.reference import check_digit, quoted_references, reference
from inboxd.desk.thread import lookup
from inboxd.desk.view import KnownReceipt, View
from tests.unit.desk.desks import HOUR, NOW, OLA, REF, STRANGER, case, changes_of, desk, mailbox, view
from tests.unit.desk.mails import PICTURE, mail

RECEIPT = f"Hei!\n\nNå ligger {REF} på bordet\nhos oss på torget i byen.\n"
BACK = KnownReceipt(number=1042, prefix="KS", text=RECEIPT, brought_back=True)
FIRST = replace(BACK, brought_back=False)


def gate(known: KnownReceipt | None = None, **parts: Any) -> Verdict:
    facts: View = view(case(), known_receipts=(known,) if known else (), **parts.pop("facts", {}))
    writer = parts.pop("writer", STRANGER)
    parsed = mail(from_=(writer,), identity=writer, return_path=writer.address, **parts)
    return receipt_gate(parsed, classify(parsed), mailbox(), facts)


def rule(verdict: Verdict) -> str:
    assert isinstance(verdict, Held), verdict
    return verdict.rule


def test_a_stranger_s_reference_to_a_case_that_was_opened_so_is_held() -> None:
    assert rule(gate(BACK, subject=f"Re: [{REF}] Skriver")) == "R18-going-round"


def test_a_stranger_s_reference_to_any_other_case_is_answered() -> None:
    assert isinstance(gate(FIRST, subject=f"Re: [{REF}] Skriver"), Allowed)


def test_a_party_may_name_the_case() -> None:
    assert isinstance(gate(BACK, subject=f"[{REF}]", writer=OLA), Allowed)


def test_a_case_that_is_not_named_is_no_matter() -> None:
    assert isinstance(gate(BACK, subject="Skriver"), Allowed)


@pytest.mark.parametrize("quoted", [RECEIPT, RECEIPT.replace("\n", "\n> "), " ".join(RECEIPT.split()).upper()])
def test_our_words_are_known_however_they_are_quoted(quoted: str) -> None:
    assert rule(gate(BACK, subject="Noe", text=f"Du skrev:\n{quoted}")) == "R18-going-round"


def test_a_bare_reference_in_the_text_and_short_words_are_nobody_s() -> None:
    assert isinstance(gate(BACK, subject="Noe", text=f"Hei! Se {REF}, takk."), Allowed)


def test_without_a_receipt_there_are_no_words_of_ours() -> None:
    assert isinstance(gate(replace(BACK, text=""), subject="Noe", text=RECEIPT), Allowed)


def test_a_writer_who_cannot_be_told_is_no_party() -> None:
    parsed = mail(from_=(), identity=None, subject=f"[{REF}]", return_path=STRANGER.address)
    verdict = receipt_gate(parsed, classify(parsed), mailbox(), view(case(), known_receipts=(BACK,)))
    assert rule(verdict) == "R18-going-round"


def test_a_case_that_the_view_does_not_hold_has_no_parties() -> None:
    parsed = mail(subject=f"[{REF}]")
    verdict = receipt_gate(parsed, classify(parsed), mailbox(), view(known_receipts=(BACK,)))
    assert rule(verdict) == "R18-going-round"


CAPPED = replace(desk().receipts, unknown_senders=Cap(count=60, period=HOUR))


LONG = ("ord " * CHOSEN_WORDS)[: CHOSEN_WORDS - 1] + "s"


def again(text: str = LONG, subject: str = "Takk", **facts: Any) -> Verdict:
    return gate(subject=subject, text=text, facts={"desk": desk(receipts=CAPPED), **facts})


def test_the_same_words_of_one_writer_are_held_however_short() -> None:
    assert rule(again("test", same_words_by_writer=ANSWERED_TO_ONE, known_sender=True)) == "R18-same-words"
    assert isinstance(again("test", same_words_by_writer=ANSWERED_TO_ONE - 1, known_sender=True), Allowed)
    assert isinstance(again(same_words_by_writer=ANSWERED_TO_ONE, desk=desk()), Allowed)


def test_the_same_words_of_strangers_are_held_where_they_are_too_many_to_be_chance() -> None:
    assert rule(again(same_words=ANSWERED_TO_ALL)) == "R18-same-words"
    assert isinstance(again(same_words=ANSWERED_TO_ALL - 1), Allowed)
    assert isinstance(again(LONG[:-1] + " \n\n", same_words=20), Allowed)
    assert isinstance(again(same_words=20, known_sender=True), Allowed)


@pytest.mark.parametrize("subject", ["Re: Skriver", "[EKSTERN] SV: Skriver", "Svar: Skriver"])
def test_an_answer_to_nothing_is_held_though_its_words_are_few(subject: str) -> None:
    assert rule(again("test", subject, same_words=ANSWERED_TO_ONE)) == "R18-same-words"
    assert isinstance(again("test", subject, same_words=ANSWERED_TO_ONE - 1), Allowed)
    threaded = mail(subject=subject, text="test", in_reply_to=("<x@firma.example>",))
    facts = view(desk=desk(receipts=CAPPED), same_words=ANSWERED_TO_ONE)
    assert isinstance(receipt_gate(threaded, classify(threaded), mailbox(), facts), Allowed)


@pytest.mark.parametrize("subject", ["VS: Skriver", "Ang: Skriver", "[EKSTERN] Skriver", "Re Skriver"])
def test_what_people_put_before_a_subject_themselves_is_no_answer(subject: str) -> None:
    assert isinstance(again("test", subject, same_words=20), Allowed)


def test_every_rule_that_holds_without_being_a_cap_is_one_of_circles() -> None:
    """`health` counts by these names: a rule of another name would blind it."""
    assert tuple(one.name for one in GATE if one.holds and not one.name.startswith("R12-cap")) == CIRCLES


def test_the_case_tells_of_our_words_and_of_the_receipt_that_waits() -> None:
    decision = decide(mail(subject="Noe", text=RECEIPT), view(known_receipts=(BACK,)), NOW)
    (opening,) = changes_of(decision, AddEntry)
    found = {one.rule: one.detail for one in opening.evidence}
    assert found["our_words"] == f"repeats our receipt of {REF}"
    assert found["receipt-held"].startswith("R18-going-round: ")
    assert set(found) <= {one.rule for one in decision.evidence} | {"no-receipt", "first-time"}
    (receipt,) = (letter for letter in decision.letters if letter.kind == "receipt")
    assert isinstance(receipt, Draft)
    assert receipt.held == found["receipt-held"]


# ---- What is looked up.
def test_references_in_a_text_are_found_with_a_right_check_digit_each_once() -> None:
    other = reference("DR", 1043)
    wrong = f"KS-1042{(check_digit(1042) + 1) % 10}"
    text = f"Gjelder {REF.lower()} og {other}, ikke {wrong}. Igjen: {REF}; KS 2024."
    assert [found.number for found in quoted_references(text, ("KS", "DR"))] == [1042, 1043]


def test_no_more_of_a_text_is_searched_than_a_receipt_has() -> None:
    assert quoted_references(f"{'x ' * 20_000}{REF}", ("KS",)) == ()
    assert quoted_references(f"{'KS-10001 ' * 30}{REF}", ("KS",)) == ()


def test_the_look_up_names_what_a_mail_may_bring_back() -> None:
    wanted = lookup(mail(subject=f"[{REF}]", text=f"Se {reference('KS', 1050)}."), ("KS",))
    assert wanted.quoted == (1042, 1050)
    assert wanted.words == (f"[{REF}]", f"Se {reference('KS', 1050)}.")


@pytest.mark.parametrize("parts", [{"text": " \n"}, {"text": "lang " * 5000}, {"attachments": (PICTURE,)}])
def test_a_mail_with_files_or_without_words_or_with_very_many_is_not_compared(parts: dict[str, Any]) -> None:
    assert lookup(mail(**parts), ("KS",)).words is None
