"""The Message-ID that is cited in the words of a returned mail."""

import pytest

from inboxd.mail.bounce.returned_part import find_cited


@pytest.mark.parametrize(
    "text",
    [
        "Message-ID: <a@b.example>",
        "> Original-Message-Id:<a@b.example>",
        "Hei\nmessage-id :\t\n> <a@b.example>",
        "message-id:" + " " * 200 + "\n" + " " * 200 + "<a@b.example>",
    ],
)
def test_an_id_may_be_quoted_or_stand_on_the_next_line(text: str) -> None:
    assert find_cited(text) == "<a@b.example>"


@pytest.mark.parametrize(
    "text",
    [
        "message-id:" + " " * 100_000,
        "message-id:" + " " * 201 + "<a@b.example>",
        "message-id:\n\n<a@b.example>",
        "the message-id: <a@b.example>",
    ],
)
def test_far_behind_its_name_there_is_none(text: str) -> None:
    assert find_cited(text) is None
