from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inboxd.desk.decision import NEW_CASE, AddEntry, SetField
from inboxd.mail.address import Address
from inboxd.store.apply import apply
from inboxd.store.engine import Store
from inboxd.store.search import search
from tests.contract.store.values import NOW, OPEN, case_of, decision, letter_of, mail


def case_with(store: Store, number: int, text: str, subject: str = "Hei", name: str = "Ola") -> int:
    entry = mail(number, text=text, subject=subject, from_=Address(name=name, address="ola.nordmann@firma.example"))
    with store.begin() as session:
        case_id = apply(session, decision(replace(OPEN, subject=subject), entry), now=NOW).case_id
    assert case_id is not None
    return case_id


def find(store: Store, text: str, limit: int = 9) -> tuple[int, ...]:
    with store.reading() as session:
        return search(session, text, limit=limit)


FOUND = (
    "passord", "PASSORDET", "passordet glemt", "skriverkø", "skriver", "SKRIVERKØ", "blåbær", "ålesund", "Kjærsti",
    "firma", "nordmann", "ola.nordmann@firma.example", "faktura",
)  # fmt: skip
NOT_FOUND = ("blabær", "alesund", "elefant", "glemt elefant", "assord")


def test_words_are_found_by_their_beginning_norwegian_letters_and_all(store: Store) -> None:
    text = "Jeg har glemt Passordet. Skriverkøen i Ålesund er full av blåbær."
    case_id = case_with(store, 1, text, "Faktura 2024", "Kjærsti Ås")
    assert {query: find(store, query) for query in FOUND} == dict.fromkeys(FOUND, (case_id,))
    assert {query: find(store, query) for query in NOT_FOUND} == dict.fromkeys(NOT_FOUND, ())


def test_the_better_match_comes_first_and_each_case_once(store: Store) -> None:
    weak = case_with(store, 1, "Bygget har en skriver. " + "Noe helt annet står her. " * 50)
    strong = case_with(store, 2, "Skriver skriver skriver", "Skriver")
    assert find(store, "skriver") == (strong, weak)
    assert find(store, "skriver", limit=1) == (strong,)


def test_only_cases_of_the_categories_asked_for_are_found(store: Store) -> None:
    first, second = case_with(store, 1, "skriver"), case_with(store, 2, "skriver")
    with store.begin() as session:
        moved = SetField(case_id=first, field="category", value="hr", actor="kari")
        apply(session, decision(moved), now=NOW)
    found = {}
    with store.reading() as session:
        for categories in ((OPEN.category,), ("hr",), ("hr", OPEN.category), (), None):
            found[categories] = set(search(session, "skriver", limit=9, categories=categories))
    assert found == {(OPEN.category,): {second}, ("hr",): {first}, ("hr", OPEN.category): {first, second},
                     (): set(), None: {first, second}}  # fmt: skip


def test_our_own_answers_are_found_and_receipts_and_events_are_not(store: Store) -> None:
    with store.begin() as session:
        case_id = case_of(session, 1)
        letter_of(session, "receipt", case_id, "kvittering@annet.example")
        letter_of(session, "answer", case_id, "mottaker@annet.example")
        changed = SetField(case_id=case_id, field="category", value="zzzkategori", actor="kari")
        apply(session, decision(changed), now=NOW)
    assert find(store, "mottaker") == (case_id,)
    assert find(store, "zzzkategori") == ()
    assert find(store, "kvittering") == ()


def test_a_rolled_back_entry_is_not_found(store: Store) -> None:
    def stopped() -> None:
        with store.begin() as session:
            case_of(session, 1)
            raise KeyError

    with pytest.raises(KeyError):
        stopped()
    assert find(store, "passordet") == ()


def test_a_very_long_mail_can_be_filed_and_found(store: Store) -> None:
    case_id = case_with(store, 1, "begynnelse " + " ".join(f"å{n}𝔘" for n in range(200_000)))
    assert find(store, "begynnelse") == (case_id,)


SYNTAX = (
    "", " ",
    '"', "'", "* OR *", 'NEAR("a" "b")', "subject:", "a AND", "(", "\\", "a:*", "!", "<->", "%", "\0", "_", "-x", "^a",
)  # fmt: skip


def test_a_query_has_no_syntax_that_could_be_wrong(store: Store) -> None:
    assert {query: find(store, query) for query in SYNTAX} == dict.fromkeys(SYNTAX, ())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_no_query_is_an_error(store: Store, query: str) -> None:
    assert find(store, query) == ()


def test_a_call_is_found_by_who_called_and_from_which_number(store: Store) -> None:
    call = AddEntry(case_id=NEW_CASE, kind="call", actor="kari", text="PC-en", found_by=("Ole Hansen", "91 22", "9122"))
    with store.begin() as session:
        case_id = apply(session, decision(OPEN, call), now=NOW).case_id
    assert {find(store, text) for text in ("ole hansen", "91 22", "9122", "pc")} == {(case_id,)}
