"""Every key of a TOML text is found in its line, however it is written."""

import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from inboxd.config.lines import KeyPath, locate

TEXT = '''\
# a comment with [brackets] = "and more"
top = 1
[desk]
name = "one # no comment" # a comment
"quoted key" = 'literal'
a.b . c = true
text = """
[not] = a table
"" quotes ""\\""" """
raw = \'\'\'
x = 'y\'\'\'\'
[[mailbox]]
name = "a"
aliases = [
  "b", # first
  # nothing
  ["c",
   "d"],
  { x = 1, y = { z = 2 } },
]
  [mailbox.imap]
  host = "h"
[[mailbox]]
  [mailbox.imap]
  port = 1
  [[mailbox.imap.deep]]
  k = 2026-01-01T10:00:00Z
'''

EXPECTED: dict[KeyPath, int] = {
    ("top",): 2,
    ("desk",): 3,
    ("desk", "name"): 4,
    ("desk", "quoted key"): 5,
    ("desk", "a", "b", "c"): 6,
    ("desk", "text"): 7,
    ("desk", "raw"): 10,
    ("mailbox", 0): 12,
    ("mailbox", 0, "name"): 13,
    ("mailbox", 0, "aliases"): 14,
    ("mailbox", 0, "aliases", 0): 15,
    ("mailbox", 0, "aliases", 1): 17,
    ("mailbox", 0, "aliases", 1, 1): 18,
    ("mailbox", 0, "aliases", 2, "x"): 19,
    ("mailbox", 0, "aliases", 2, "y", "z"): 19,
    ("mailbox", 0, "imap"): 21,
    ("mailbox", 0, "imap", "host"): 22,
    ("mailbox", 1): 23,
    ("mailbox", 1, "imap"): 24,
    ("mailbox", 1, "imap", "port"): 25,
    ("mailbox", 1, "imap", "deep", 0): 26,
    ("mailbox", 1, "imap", "deep", 0, "k"): 27,
}

LINES = st.lists(
    st.sampled_from(
        [
            *TEXT.splitlines(),
            "[a]",
            "[[a]]",
            "[[b]]",
            "k = 1",
            "k = [",
            "k = {",
            "[=",
            "{]",
            "{}}",
            '"k"=[1,{a=2}]',
            "x.y={}",
            "'",
            '"""',
            "}",
            "]",
            "=",
            "\\",
        ]
    )
).map("\n".join)


def test_every_key_is_found_in_its_line() -> None:
    tomllib.loads(TEXT)
    found = locate(TEXT)
    assert {place: found.get(place) for place in EXPECTED} == EXPECTED


def test_lines_ended_by_carriage_return_count_the_same() -> None:
    assert locate(TEXT.replace("\n", "\r\n")) == locate(TEXT)


@settings(deadline=None)
@given(LINES)
def test_every_place_of_a_good_text_has_a_line_and_the_walk_over_a_bad_one_ends(text: str) -> None:
    found = locate(text)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(places(document, ())) <= set(found)


def places(node: object, place: KeyPath) -> list[KeyPath]:
    if isinstance(node, dict):
        return [p for key, value in node.items() for p in [(*place, key), *places(value, (*place, key))]]
    if isinstance(node, list):
        return [p for n, value in enumerate(node) for p in [(*place, n), *places(value, (*place, n))]]
    return []
