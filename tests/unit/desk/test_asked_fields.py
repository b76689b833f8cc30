"""What a category wants to know of a case: read from the words, asked for where it is missing, never overwritten."""

import pytest

from inboxd.desk.case import Case, Channel
from inboxd.desk.decision import Decision, SetCustomField, SetMissing
from inboxd.desk.intake import decide
from inboxd.desk.letters.asked_fields import found_fields, missing_fields
from inboxd.desk.letters.wording import AskedField
from inboxd.desk.order import Register, SetFields
from inboxd.desk.orders import act
from inboxd.desk.view import View
from inboxd.mail.personal_number import mask_personal_numbers
from tests.unit.desk.desks import NOW, OLA, STRANGER, case, category, changes_of, decided, view, with_category
from tests.unit.desk.mails import answer, mail, on, opened

USER = AskedField(name="brukernavn", pattern=r"(?i)brukernavn: *(\S+)", ask=True)
MACHINE = AskedField(name="PC-navn", pattern=r"(?i)PC(?:-navn)?: *(\S+)", ask=True)
ROOM = AskedField(name="rom", pattern=r"(?i)rom \d+")
IT = category(fields=(USER, MACHINE, ROOM))
DESK = with_category(fields=(USER, MACHINE, ROOM))


def told(text: str, *, subject: str = "Hjelp", known: Case | None = None) -> Decision:
    """Return what a mail with this text makes of a new case, or of one that is known."""
    if known is None:
        return decide(mail(reply_text=text, subject=subject), view(desk=DESK), NOW)
    return decide(answer(reply_text=text), on(known, desk=DESK), NOW)


def test_a_mail_that_tells_both_fills_both_and_lacks_nothing() -> None:
    new = opened(told("Hei!\nBrukernavn: kno01 / PC: MOL-12345.\nDen starter ikke."))
    assert dict(new.fields) == {"brukernavn": "kno01", "PC-navn": "MOL-12345"}
    assert new.missing == ()


def test_what_is_not_told_is_missing_in_the_order_of_the_config() -> None:
    assert opened(told("Den starter ikke.")).missing == ("brukernavn", "PC-navn")
    assert opened(told("PC: MOL-1")).missing == ("brukernavn",)


def test_what_is_only_read_is_never_asked_for() -> None:
    assert "rom" not in opened(told("Den starter ikke.")).missing
    assert dict(opened(told("Den står i Rom 214, innerst.")).fields)["rom"] == "Rom 214"


def test_the_first_hit_counts() -> None:
    assert found_fields(IT, "Brukernavn: en01\nBrukernavn: to02") == (("brukernavn", "en01"),)


def test_the_subject_is_read_where_the_text_says_nothing() -> None:
    assert found_fields(IT, "Hjelp", "PC: MOL-7 er død") == (("PC-navn", "MOL-7"),)
    assert found_fields(IT, "PC: MOL-8", "PC: MOL-7 er død") == (("PC-navn", "MOL-8"),)


@pytest.mark.parametrize("number", ["01817012345", "21875112345"])
def test_a_value_that_holds_a_personal_number_is_not_kept_and_asked_for(number: str) -> None:
    valid = next(f"{number[:9]}{end:02}" for end in range(100) if "*" in mask_personal_numbers(f"{number[:9]}{end:02}"))
    new = opened(told(f"Brukernavn: {valid}"))
    assert new.fields == ()
    assert "brukernavn" in new.missing


def test_a_value_is_one_short_line_without_what_stands_around_it() -> None:
    assert found_fields(IT, 'Brukernavn: "kno01",') == (("brukernavn", "kno01"),)
    assert len(dict(found_fields(IT, f"Brukernavn: {'x' * 5000}"))["brukernavn"]) == 200
    assert found_fields(IT, "Brukernavn: ...") == ()


def test_what_stands_quoted_between_ones_own_words_fills_nothing() -> None:
    assert found_fields(IT, "Hei!\n> Brukernavn: gammel\n>> PC: MOL-1\nDet stemmer ikke.\nPC: MOL-2") == (
        ("PC-navn", "MOL-2"),
    )


def test_a_category_that_is_gone_from_the_config_asks_nothing() -> None:
    assert found_fields(None, "Brukernavn: kno01") == ()
    assert missing_fields(None, ()) == ()


def test_a_later_mail_fills_what_was_missing() -> None:
    later = told("Brukernavn: kno01", known=case(missing=("brukernavn", "PC-navn")))
    filled = changes_of(later, SetCustomField)
    assert [(c.key, c.value, c.actor) for c in filled] == [("brukernavn", "kno01", OLA.address)]
    assert [c.missing for c in changes_of(later, SetMissing)] == [("PC-navn",)]


def test_a_later_mail_never_replaces_what_stands_there() -> None:
    known = case(fields=(("brukernavn", "retta-av-kari"),), missing=("PC-navn",))
    later = told("Brukernavn: kno01", known=known)
    assert changes_of(later, SetCustomField) == []
    assert changes_of(later, SetMissing) == []


def test_a_later_field_that_nobody_asked_for_leaves_what_is_missing_alone() -> None:
    later = told("Jeg sitter i rom 12.", known=case(missing=("brukernavn", "PC-navn")))
    assert [c.key for c in changes_of(later, SetCustomField)] == ["rom"]
    assert changes_of(later, SetMissing) == []


def test_an_outsiders_words_fill_nothing() -> None:
    facts = on(case(missing=("brukernavn",)), desk=DESK)
    decision = decide(answer(writer=STRANGER, reply_text="Brukernavn: hack"), facts, NOW)
    assert decision.kind == "add_to_case"
    assert changes_of(decision, SetCustomField) == []


def order(facts: View, **fields: object) -> Decision:
    return decided(act(SetFields(actor="kari", **fields), facts, NOW))  # type: ignore[arg-type]  # a test names what it sets


def test_what_an_agent_sets_is_no_longer_missing_and_what_he_removes_is() -> None:
    facts = view(case(missing=("brukernavn", "PC-navn")), desk=DESK)
    assert changes_of(order(facts, fields=(("brukernavn", "kno01"),)), SetMissing)[0].missing == ("PC-navn",)
    known = view(case(fields=(("brukernavn", "kno01"),), missing=("PC-navn",)), desk=DESK)
    assert changes_of(order(known, fields=(("brukernavn", ""),)), SetMissing)[0].missing == ("brukernavn", "PC-navn")


def test_another_category_asks_for_what_it_wants() -> None:
    facts = view(case(missing=("brukernavn", "PC-navn")), desk=DESK)
    assert changes_of(order(facts, category="drift"), SetMissing)[0].missing == ()
    assert changes_of(order(facts, priority="high"), SetMissing) == []


def test_a_call_is_read_like_a_mail() -> None:
    call = Register(actor="kari", channel=Channel.PHONE, subject="PC: MOL-9", text="Brukernavn: ola01", category="it")
    new = opened(decided(act(call, view(desk=DESK), NOW)))
    assert dict(new.fields) == {"brukernavn": "ola01", "PC-navn": "MOL-9"}
    assert new.missing == ()


def test_a_pattern_that_would_hang_other_engines_is_searched_at_once() -> None:
    slow = category(fields=(AskedField(name="x", pattern=r"(a+)+$", ask=True),))
    assert found_fields(slow, "a" * 15_000 + "b") == ()
