"""The tables about letters: fields that a category asks for, texts planned for receipts, statuses by other words."""

import datetime as dt

import pytest

from inboxd.config.letters.report import coming, receipt_texts, status_words
from inboxd.config.report import changes, describe
from inboxd.desk.desk import Category
from inboxd.desk.letters.asked_fields import found_fields
from inboxd.desk.letters.wording import AskedField
from tests.unit.config.conftest import Load, Said

TODAY = dt.date(2026, 3, 9)


def with_category(small: str, keys: str) -> str:
    return small.replace('name = "it"\n', f'name = "it"\n{keys}\n')


def category_of(load_text: Load, text: str) -> Category:
    found = load_text(text).desk.category("it")
    assert found is not None
    return found


def test_a_field_has_words_a_pattern_and_a_question(load_text: Load, small: str) -> None:
    keys = r"""fields = [
      { name = "brukernavn", ask = true, pattern = "(?i)brukernavn: *(\\S+)", title = { nb = "Brukernavn", en = "Username" } },
      { name = "rom" },
    ]"""  # noqa: E501 - an inline table of TOML is one line
    user, room = category_of(load_text, with_category(small, keys)).fields
    assert user == AskedField(
        name="brukernavn", ask=True, pattern=r"(?i)brukernavn: *(\S+)", title=(("nb", "Brukernavn"), ("en", "Username"))
    )
    assert (room.ask, room.title) == (False, (("", "rom"),))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("PC-navn: MOL-12345", "MOL-12345"),
        ("pc-navn = mol-1, i kjelleren", "mol-1"),
        ("Min PC-navn:x", "x"),
        ("Ny-PC-navn: feil", "feil"),
        ("PC-navnet: nei", None),
        ("PC-navn:\nMOL-9", None),
    ],
)
def test_without_a_pattern_a_field_is_a_word_behind_its_name(
    load_text: Load, small: str, text: str, value: str | None
) -> None:
    category = category_of(load_text, with_category(small, 'fields = [{ name = "PC-navn" }]'))
    assert dict(found_fields(category, text)).get("PC-navn") == value


@pytest.mark.parametrize("said", ["PC-navn: MOL-1", "PC name (Windows)= MOL-1", "pc: MOL-1"])
def test_without_a_pattern_a_field_is_also_read_behind_the_title_by_which_letters_ask_for_it(
    load_text: Load, small: str, said: str
) -> None:
    keys = 'fields = [{ name = "pc", title = { nb = "PC-navn", en = "PC name (Windows)" } }]'
    assert found_fields(category_of(load_text, with_category(small, keys)), said) == (("pc", "MOL-1"),)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("fields = [{ ask = true }]", 'fields.name: missing; write name = "brukernavn"'),
        ("fields = [{ name = 'x' }, { name = 'x' }]", 'fields.name: "x" is given twice; one field each'),
        (
            "fields = [{ name = 'x', pattern = '(' }]",
            'fields.pattern: "(" is no regular expression (RE2): missing ): (',
        ),
        (
            "fields = [{ name = 'x', title = { no = 'X' } }]",
            'fields.title: "no" is no language; nb, nn, se, en',
        ),
        ("status_letter_days = 0", "status_letter_days: 0 is no number of one or more; write it without quotes"),
        ("preliminary_days = '5'", 'preliminary_days: "5" is no number of one or more; write it without quotes'),
    ],
)
def test_a_wrong_key_of_a_categorys_letters_is_told(said_of: Said, small: str, keys: str, said: str) -> None:
    assert said_of(with_category(small, keys)) == [f"8: [[category]] {said}"]


def test_a_desk_that_says_nothing_reopens_for_a_fortnight_and_tells_nobody(load_text: Load, small: str) -> None:
    plain = category_of(load_text, small)
    assert (plain.reopen_days, plain.status_letter_days, plain.preliminary_days) == (14, None, None)


def test_off_is_no_limit(load_text: Load, small: str) -> None:
    keys = 'reopen_days = "off"\nstatus_letter_days = "off"\npreliminary_days = 5\npreliminary_reason = "Ferie."'
    found = category_of(load_text, with_category(small, keys))
    assert (found.reopen_days, found.status_letter_days, found.preliminary_days) == (None, None, 5)
    assert found.preliminary_reason == (("", "Ferie."),)


def test_a_status_may_be_called_otherwise(load_text: Load, said_of: Said, small: str) -> None:
    called = load_text(small.replace("[[agent]]", 'statuses = { waiting = "Venter på svar" }\n[[agent]]', 1))
    assert called.desk.statuses == (("waiting", (("", "Venter på svar"),)),)
    each = load_text(
        small.replace("[[agent]]", 'statuses = { open = { nb = "I arbeid", en = "At work" } }\n[[agent]]', 1)
    )
    assert each.desk.statuses == (("open", (("nb", "I arbeid"), ("en", "At work"))),)
    assert status_words(called.desk) == {"waiting": "Venter på svar"}
    assert status_words(each.desk) == {"open": {"nb": "I arbeid", "en": "At work"}}
    for wrong, said in (
        ("{ wating = 'x' }", '"wating" is no status; new, open, waiting, postponed, solved, closed'),
        ("{ merged = 'x' }", '"merged" is no status; new, open, waiting, postponed, solved, closed'),
        ("'x'", 'must be a table; for example { waiting = "Venter på svar" }'),
        ("{ open = { no = 'x' } }", '"no" is no language; nb, nn, se, en'),
        ("{ open = '' }", "is empty; write something or take the key out"),
    ):
        assert said_of(small.replace("[[agent]]", f"statuses = {wrong}\n[[agent]]", 1)) == [
            f"3: [desk] statuses: {said}"
        ]


def test_a_receipt_promises_an_answer_where_the_desk_says_so(load_text: Load, small: str) -> None:
    assert load_text(small).desk.receipts.promise_response is False
    assert load_text(f"{small}[receipts]\npromise_response = true\n").desk.receipts.promise_response is True


BOTH_DAYS = 'needs both days of every year: from = "06-15" and to = "08-15"'

SUMMER = """
[[receipt_text]]
name = "summer"
from = "06-15"
to = "08-15"
categories = ["it"]
text = { nb = "God sommer!", en = "Summer!" }
[[receipt_text]]
name = "move"
from = 2026-05-01
to = "2026-05-31"
text = "Vi flytter."
[[receipt_text]]
name = "night"
on = "closed"
text = "Stengt."
"""


def test_the_planned_texts_are_described_and_say_when_they_come(load_text: Load, small: str) -> None:
    desk = load_text(small + SUMMER).desk
    assert [text["name"] for text in receipt_texts(desk)] == ["summer", "move", "night"]
    assert receipt_texts(desk)[0] == {
        "name": "summer", "from": "06-15", "to": "08-15", "on": None, "categories": ["it"], "languages": ["nb", "en"],
    }  # fmt: skip
    assert receipt_texts(desk)[1]["from"] == "2026-05-01"
    assert coming(desk, TODAY) == [
        "night: while the desk is closed",
        "move: from 2026-05-01 to 2026-05-31",
        "summer: from 2026-06-15 to 2026-08-15",
    ]
    assert coming(desk, dt.date(2026, 6, 20)) == [
        "night: while the desk is closed",
        "summer: now to 2026-08-15",
        "move: over; take it out",
    ]


def test_check_describes_them_and_tells_what_a_changed_file_changes(load_text: Load, small: str) -> None:
    old, new = load_text(small + SUMMER), load_text(small + SUMMER.replace("06-15", "06-20").replace("Vi f", "F"))
    assert describe(new)["receipt_texts"] == receipt_texts(new.desk)
    assert changes(old, new) == [
        'The receipt text "summer": from becomes 06-20 (was 06-15).',
        'The receipt text "move": text changes.',
    ]
    assert 'The receipt text "night" is added.' in changes(load_text(small), new)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("text = 'x'", 'says no time; write from and to, or on = "holidays" or "closed"'),
        ("on = 'closed'", 'text: missing; write text = { nb = "…", nn = "…", en = "…" }'),
        ("text = 'x'\nfrom = '06-15'", BOTH_DAYS),
        ("text = 'x'\nto = '08-15'", BOTH_DAYS),
        ("text = 'x'\nfrom = '06-15'\nto = '2026-08-15'", BOTH_DAYS),
        ("text = 'x'\nfrom = '2026-08-15'\nto = '2026-08-01'", "to: lies before 2026-08-15, where it begins"),
        (
            "text = 'x'\nfrom = '31.12'\nto = '01-01'",
            'from: "31.12" is no day of the year; write month-day, for example "06-15"',
        ),
        (
            "text = 'x'\nfrom = '2026-13-01'",
            'from: "2026-13-01" is no date; write year-month-day, for example "2026-12-24"',
        ),
        ("text = 'x'\non = 'always'", 'on: "always" is not known; one of "holidays", "closed"'),
        ("text = 'x'\non = 'closed'\ncategories = ['id']", 'categories: no category is named "id"; known here: it'),
        (
            f"text = '{'x' * 1001}'\non = 'closed'",
            "text: has 1001 characters; at most 1000, for a receipt must stay short",
        ),
    ],
)  # fmt: skip
def test_a_wrong_planned_text_is_told(said_of: Said, small: str, keys: str, said: str) -> None:
    (told,) = said_of(f"{small}[[receipt_text]]\nname = 'x'\n{keys}\n")
    assert (
        told.partition(": ")[2] == f"[[receipt_text]] {said}" or told.partition(": ")[2] == f"[[receipt_text]]: {said}"
    )


def test_a_text_of_exactly_the_longest_length_is_taken(load_text: Load, small: str) -> None:
    text = f"{small}[[receipt_text]]\nname = 'x'\non = 'closed'\ntext = '{'x' * 1000}'\n"
    assert len(load_text(text).desk.receipt_texts) == 1
