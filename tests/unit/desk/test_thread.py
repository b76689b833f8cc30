"""Which case a mail belongs to: each kind of evidence, and which of two goes first."""

import pytest

from inboxd.desk.case import Case, Role
from inboxd.desk.reference import reference
from inboxd.desk.thread import REFERENCES_LOOKED_AT, Match, lookup, match_case, our_own_letter
from inboxd.desk.view import KnownMessageId, View
from inboxd.mail.address import Address
from inboxd.mail.message import ParsedMessage
from inboxd.mail.message_id import Key, Keyring, mint, pseudo_id, token
from tests.unit.desk.desks import KEYRING, OLA, REF, STRANGER, TURID, case, letter, party, report, view
from tests.unit.messages import message

OTHER = case(id=2, number=1043, participants=(party(OLA),))
THIRD = case(id=3, number=1044)
OURS = letter().message_id
PSEUDO = pseudo_id(7, "answer", "desk.example", KEYRING)
SUB_ADDRESS = f"kundeservice+{token(7, 'answer', KEYRING)}@desk.example"


def known(message_id: str, case_id: int, source: str = "theirs") -> KnownMessageId:
    return KnownMessageId(message_id=message_id, case_id=case_id, source=source)


def facts(*message_ids: KnownMessageId) -> View:
    return view(case(), OTHER, THIRD, letters=(letter(),), message_ids=message_ids)


def found(parsed: ParsedMessage, facts_known: View) -> tuple[int | None, str]:
    match = match_case(parsed, facts_known)
    assert match.threading.case_id == (match.case.id if match.case else None)
    return match.threading.case_id, match.threading.evidence


def rules(match: Match) -> list[str]:
    return [evidence.rule for evidence in match.evidence]


def forged(message_id: str) -> str:
    """Flip one character of the MAC."""
    at = message_id.rindex("@") - 1
    return f"{message_id[:at]}{'a' if message_id[at] != 'a' else 'b'}{message_id[at + 1 :]}"


def test_a_mail_that_points_nowhere_has_no_case() -> None:
    assert found(message(), facts()) == (None, "none")


@pytest.mark.parametrize(
    "parsed",
    [
        message(in_reply_to=(OURS,)),
        message(references=("<a@b>", OURS)),
        message(references=(PSEUDO, "<rewritten@relay.example>")),
        message(in_reply_to=(PSEUDO,)),
        message(recipients=(SUB_ADDRESS,)),
        message(in_reply_to=(OURS.upper(),)),
    ],
)
def test_our_token_finds_the_case_wherever_it_stands(parsed: ParsedMessage) -> None:
    assert found(parsed, facts()) == (1, "token")


def test_a_token_of_an_older_key_still_counts() -> None:
    old = Keyring(keys=KEYRING.keys[:1])
    assert found(message(in_reply_to=(mint(7, "answer", "desk.example", old),)), facts()) == (1, "token")


def test_a_token_with_one_character_changed_proves_nothing() -> None:
    assert found(message(in_reply_to=(forged(OURS),)), facts()) == (None, "none")


def test_a_token_of_a_foreign_key_proves_nothing() -> None:
    foreign = Keyring(keys=(Key(kid="b", secret=b"somebody else's"),))
    assert found(message(in_reply_to=(mint(7, "answer", "desk.example", foreign),)), facts()) == (None, "none")


def test_a_token_for_a_letter_of_another_kind_proves_nothing() -> None:
    assert found(message(in_reply_to=(mint(7, "receipt", "desk.example", KEYRING),)), facts()) == (None, "none")


def test_a_token_for_another_letter_proves_nothing() -> None:
    stolen = OURS.replace("<7.", "<8.")
    both = view(case(), OTHER, letters=(letter(), letter(id=8, case_id=2, message_id="<8@desk.example>")))
    assert found(message(in_reply_to=(stolen,)), both) == (None, "none")


def test_a_token_of_an_alert_leads_to_no_case() -> None:
    alert = letter(case_id=None, kind="alert")
    assert found(message(in_reply_to=(alert.message_id,)), view(letters=(alert,))) == (None, "none")


def test_a_token_leads_to_the_letters_present_case() -> None:
    merged = view(OTHER, letters=(letter(case_id=2),))
    assert found(message(in_reply_to=(OURS,)), merged) == (2, "token")


def test_a_stored_parent_finds_the_case() -> None:
    parsed = message(in_reply_to=("<p@x>",))
    assert found(parsed, facts(known("<p@x>", 2))) == (2, "in_reply_to")
    assert found(parsed, facts(known("<p@x>", 2, "ours"))) == (2, "in_reply_to")


def test_of_references_the_newest_known_one_counts() -> None:
    parsed = message(references=("<old@x>", "<new@x>", "<unknown@x>"))
    assert found(parsed, facts(known("<old@x>", 2), known("<new@x>", 3))) == (3, "references")


def test_an_id_only_ever_cited_finds_the_case_too() -> None:
    parsed = message(in_reply_to=("<p@x>",), references=("<q@x>",))
    assert found(parsed, facts(known("<p@x>", 2, "cited"))) == (2, "cited")
    assert found(parsed, facts(known("<q@x>", 2, "cited"))) == (2, "cited")


def test_an_id_of_a_case_that_is_gone_finds_nothing() -> None:
    assert found(message(in_reply_to=("<p@x>",)), facts(known("<p@x>", 99))) == (None, "none")


def test_a_reference_from_the_requester_finds_the_case() -> None:
    match = match_case(message(subject=f"SV: [{REF}] Skriveren"), facts())
    assert (match.case, match.threading.evidence) == (case(), "reference_participant")


@pytest.mark.parametrize("writer", [OLA, TURID, Address(name="OLA", address="OLA@Kommune.Example")])
def test_any_party_may_use_the_reference(writer: Address) -> None:
    assert found(message(subject=REF, identity=writer, from_=(writer,)), facts()) == (1, "reference_participant")


@pytest.mark.parametrize("writer", [STRANGER, None])
def test_a_reference_from_anyone_else_only_claims_the_case(writer: Address | None) -> None:
    match = match_case(message(subject=REF, identity=writer), facts())
    assert (match.case, match.claimed, match.threading.evidence) == (None, case(), "reference_stranger")
    assert rules(match) == ["reference_stranger"]


def test_an_outsider_is_no_party_by_having_written_once() -> None:
    known_outsider = case(participants=(party(OLA), party(STRANGER, Role.OUTSIDER)))
    assert found(message(subject=REF, identity=STRANGER), view(known_outsider)) == (None, "reference_stranger")


def test_of_two_references_the_one_to_the_writers_own_case_counts() -> None:
    strangers = case(id=2, number=1043, participants=(party(STRANGER),))
    parsed = message(subject=f"{reference('KS', 1043)} og {REF}")
    assert found(parsed, view(case(), strangers)) == (1, "reference_participant")


def test_a_reference_to_no_case_at_all_is_nothing() -> None:
    assert found(message(subject=reference("KS", 1043)), view(case())) == (None, "none")


def test_a_wrong_check_digit_finds_nothing_and_is_noted() -> None:
    match = match_case(message(subject="[KS-10428] Skriveren"), facts())
    assert (match.case, match.claimed, match.threading.evidence) == (None, None, "none")
    assert rules(match) == ["wrong_check_digit"]
    assert "KS-10428" in match.evidence[0].detail


def test_a_number_in_the_body_finds_nothing() -> None:
    assert found(message(text=f"Gjelder {REF}", reply_text=REF), facts()) == (None, "none")


def test_the_same_subject_finds_nothing() -> None:
    assert found(message(subject=f"SV: {case().subject}"), facts()) == (None, "none")


def test_a_report_is_known_by_the_id_of_our_letter() -> None:
    match = match_case(message(report=report("x@y.example", original_message_id=OURS)), facts())
    assert (match.case, match.letter, match.threading.evidence) == (case(), letter(), "report")


def test_a_report_is_known_by_our_token_in_an_id_that_a_relay_rewrote() -> None:
    moved = view(case(), letters=(letter(message_id="<another@desk.example>"),))
    parsed = message(report=report("x@y.example", original_message_id=PSEUDO))
    assert match_case(parsed, moved).letter == letter(message_id="<another@desk.example>")


def test_a_report_is_known_by_the_token_in_its_envelope_id() -> None:
    envelope_id = OURS.strip("<>").partition("@")[0]
    assert found(message(report=report("x@y.example", envelope_id=envelope_id)), facts()) == (1, "report")


@pytest.mark.parametrize("envelope_id", ["", "7", "x7", "-7", "9" * 40, forged(OURS).strip("<>")])
def test_an_envelope_id_that_is_not_ours_is_nothing(envelope_id: str) -> None:
    assert found(message(report=report(OLA.address, envelope_id=envelope_id)), facts()) == (None, "none")


def test_a_report_is_known_by_a_token_in_its_references() -> None:
    match = match_case(message(report=report("x@y.example"), references=(OURS,)), facts())
    assert (match.letter, match.threading.evidence) == (letter(), "report")


def test_a_report_with_a_forged_token_is_about_nothing() -> None:
    parsed = message(report=report("x@y.example", original_message_id=forged(OURS)))
    assert found(parsed, facts()) == (None, "none")


def test_a_report_about_an_alert_knows_the_letter_and_no_case() -> None:
    alert = letter(case_id=None, kind="alert")
    match = match_case(message(report=report(original_message_id=alert.message_id)), view(letters=(alert,)))
    assert (match.letter, match.case, match.threading.evidence) == (alert, None, "report")


FOREIGN = reference("KS", 1001)
STRONGEST_FIRST: tuple[tuple[str, dict[str, object], int | None], ...] = (
    ("report", {"report": report("x@y.example", original_message_id="<8@desk.example>")}, 2),
    ("token", {"recipients": (SUB_ADDRESS,)}, 1),
    ("in_reply_to", {"in_reply_to": ("<parent@x>",)}, 3),
    ("references", {"references": ("<cited@x>", "<known@x>")}, 4),
    ("cited", {"references": ("<cited@x>",)}, 5),
    ("reference_participant", {"subject": f"{FOREIGN} {REF}"}, 1),
    ("reference_stranger", {"subject": FOREIGN}, None),
    ("none", {}, None),
)
CASES: tuple[Case, ...] = (
    case(), OTHER, THIRD, case(id=4, number=1004), case(id=5, number=1005), case(id=6, number=1001, participants=()),
)  # fmt: skip


@pytest.mark.parametrize("rank", range(len(STRONGEST_FIRST)))
def test_the_stronger_evidence_goes_before_all_that_is_weaker(rank: int) -> None:
    everything = view(
        *CASES,
        letters=(letter(), letter(id=8, case_id=2, message_id="<8@desk.example>")),
        message_ids=(known("<parent@x>", 3), known("<known@x>", 4), known("<cited@x>", 5, "cited")),
    )
    weaker_too: dict[str, object] = {}
    for _, fields, _ in reversed(STRONGEST_FIRST[rank:]):
        weaker_too |= fields
    evidence, _, case_id = STRONGEST_FIRST[rank]
    assert found(message(**weaker_too), everything) == (case_id, evidence)


def test_a_mail_under_our_own_id_is_our_letter_come_back() -> None:
    assert our_own_letter(message(message_id=OURS), facts())


@pytest.mark.parametrize("message_id", [None, "<1@kommune.example>", forged(OURS)])
def test_any_other_mail_is_not_our_letter(message_id: str | None) -> None:
    assert not our_own_letter(message(message_id=message_id), facts())


def test_the_look_up_names_all_that_a_decision_may_need() -> None:
    wanted = lookup(
        message(
            in_reply_to=("<p@x>",),
            references=("<old@x>", "<p@x>", mint(11, "answer", "desk.example", KEYRING)),
            message_id=mint(12, "answer", "desk.example", KEYRING),
            recipients=("kundeservice@desk.example", f"a+{token(13, 'receipt', KEYRING)}@desk.example"),
            subject=f"{REF} KS-10428",
            report=report("x@y.example", original_message_id=PSEUDO, envelope_id=token(14, "answer", KEYRING)),
            return_path="Ola+retur@kommune.example",
        ),
        ("KS",),
    )
    assert wanted.mail_key == "key"
    assert wanted.message_ids == ("<p@x>", mint(11, "answer", "desk.example", KEYRING), "<old@x>", PSEUDO)
    assert wanted.letter_ids == (12, 11, 7, 14, 13)
    assert wanted.numbers == (1042,)
    assert wanted.addresses == ("ola@kommune.example", "ola+retur@kommune.example")


def test_a_mail_that_says_nothing_of_itself_asks_for_nothing() -> None:
    bare = message(message_id=None, from_=(), identity=None, return_path=None, recipients=(), report=report())
    wanted = lookup(bare, ("KS",))
    assert (wanted.message_ids, wanted.letter_ids, wanted.addresses, wanted.numbers) == ((), (), ("",), ())


def test_of_endless_references_only_the_newest_are_looked_up() -> None:
    ids = tuple(f"<{number}@x>" for number in range(1000))
    assert lookup(message(references=ids), ("KS",)).message_ids == tuple(reversed(ids[-REFERENCES_LOOKED_AT:]))
