import pytest

from inboxd.mail.structured import (
    bare_path,
    domain_part,
    find_addresses,
    is_null_path,
    keyword,
    local_part,
    strip_comments,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("List (of x)", "list"), ('"bulk"', "bulk"), ("; x", ""), ("", ""), ("Auto_Reply; y", "auto_reply")],
)
def test_a_keyword_is_the_first_word_without_comments(value: str, expected: str) -> None:
    assert keyword(value) == expected


def test_comments_nest_but_not_for_ever() -> None:
    assert strip_comments("a (b (c) d) e").split() == ["a", "e"]
    assert strip_comments("(" * 5000 + "x" + ")" * 5000).count("(") == 4990


def test_addresses_are_found_in_whatever_stands_around_them() -> None:
    value = 'Ola <Ola@Kommune.example>, "x, y" <b@c.example> (not@this.example), ola@kommune.example, @, a@'
    assert find_addresses(value) == ("ola@kommune.example", "b@c.example")


@pytest.mark.parametrize(("path", "null"), [("", True), ("<>", True), ("< >", True), (None, False), ("<a@b>", False)])
def test_the_null_path_is_there_and_empty(path: str | None, null: bool) -> None:
    assert is_null_path(path) is null


def test_a_path_and_its_halves() -> None:
    assert bare_path(" <Ola@Kommune.example> ") == "Ola@Kommune.example"
    assert local_part("Ola@Kommune.example") == "ola"
    assert domain_part("Ola@Kommune.example.") == "kommune.example"
