"""Categories in config.toml: subcategories inherit, and who is named must serve what he is named for."""

import datetime as dt
from collections.abc import Callable

import pytest

from inboxd.config.settings import Settings
from inboxd.desk.desk import Category

Load = Callable[[str], Settings]
Said = Callable[[str], list[str]]

DESK = """
[desk]
name = "Kundeservice"
[[agent]]
name = "kari"
address = "kari@desk.example"
categories = ["it"]
[[agent]]
name = "ola"
address = "ola@desk.example"
categories = ["it"]
[[agent]]
name = "per"
address = "per@desk.example"
[[mailbox]]
address = "ks@desk.example"
aliases = ["hjelp@desk.example"]
category = "it"
  [mailbox.imap]
  host = "127.0.0.1"
  tls = "none"
  password_env = "KS_PASSWORD"
  [mailbox.smtp]
  host = "127.0.0.1"
  tls = "none"
"""
FIRST = DESK.count("\n") + 2
"""The line of the first key of the first category: its name."""


def categories(*tables: str) -> str:
    return DESK + "\n".join(f"[[category]]\n{table}" for table in tables)


def built(load_text: Load, *tables: str) -> dict[str, Category]:
    return {category.name: category for category in load_text(categories(*tables)).desk.categories}


def test_a_subcategory_inherits_every_key_that_it_does_not_give_itself(load_text: Load) -> None:
    parent = """name = "it"\ntitle = "IT"\nmanager = "per"\nassignment = "weighted"\nweights = { kari = 3 }
        access = "members"\nnotify = "none"\nstatus = "open"\nclosed_reply = "reject"\nreopen_days = 9
        duty = ["ola"]\nduty_from = "2026-01-05"\nduty_weeks = { "2026-W52" = "kari" }"""
    found = built(load_text, parent, 'name = "print"\nparent = "it"\nnotify = "members"\nreopen_days = 3')["print"]
    assert (found.title, found.parent, found.notify, found.reopen_days) == ("print", "it", "members", 3)
    assert (found.members, found.manager, found.access, found.status) == (("kari", "ola"), "per", "members", "open")
    assert (found.assignment, found.weights, found.closed_reply) == ("weighted", (("kari", 3),), "reject")
    assert (found.duty, found.duty_from) == (("ola",), dt.date(2026, 1, 5))
    assert found.duty_weeks == ((2026, 52, "kari"),)


def test_it_inherits_through_several_categories_whichever_stands_first(load_text: Load) -> None:
    found = built(
        load_text,
        'name = "c"\nparent = "b"',
        'name = "b"\nparent = "it"\nstatus = "open"',
        'name = "it"\nmanager = "per"',
    )["c"]
    assert (found.manager, found.status, found.members) == ("per", "open", ("kari", "ola"))


@pytest.mark.parametrize("own", ['members = ["per"]', "members = []"])
def test_a_subcategory_with_members_of_its_own_has_only_those(load_text: Load, own: str) -> None:
    found = built(load_text, 'name = "it"', f'name = "print"\nparent = "it"\n{own}')["print"]
    assert found.members == (("per",) if "per" in own else ())


def test_an_agent_who_names_the_subcategory_serves_it_alone(load_text: Load) -> None:
    text = categories('name = "it"', 'name = "print"\nparent = "it"').replace(
        'address = "per@desk.example"', 'address = "per@desk.example"\ncategories = ["print"]'
    )
    desk = load_text(text).desk
    assert [category.members for category in desk.categories] == [("kari", "ola"), ("per",)]
    assert [agent.categories for agent in desk.agents] == [("it",), ("it",), ("print",)]


def test_who_inherits_a_membership_serves_the_subcategory_too(load_text: Load) -> None:
    desk = load_text(categories('name = "it"', 'name = "print"\nparent = "it"')).desk
    assert [agent.categories for agent in desk.agents] == [("it", "print"), ("it", "print"), ()]
    assert desk.lineage("print") == ("print", "it")
    assert desk.lineage("nedlagt") == ("nedlagt",)


@pytest.mark.parametrize(
    ("tables", "line", "said"),
    [
        (('name = "it"\nparent = "it"',), 1, "[[category]] parent: goes in a circle: it > it; take one parent out"),
        (
            ('name = "it"\nparent = "b"', 'name = "b"\nparent = "it"'),
            1,
            "[[category]] parent: goes in a circle: it > b > it; take one parent out",
        ),
        (('name = "it"\nparent = "ti"',), 1, '[[category]] parent: no category is named "ti"; none is defined'),
        (
            ('name = "it"', *(f'name = "c{n}"\nparent = "{f"c{n - 1}" if n else "it"}"' for n in range(5))),
            5 * 3,
            "[[category]] parent: is more than 5 categories deep; hang it higher",
        ),
        (
            ('name = "it"\nassignment = "weighted"\nweights = { per = 2 }', 'name = "drift"'),
            2,
            '[[category]] weights.per: "per" does not serve it; known here: kari, ola',
        ),
        (
            ('name = "it"\nweights = { kari = 2 }',),
            1,
            '[[category]] weights: does nothing without assignment = "weighted"; write that, or take it out',
        ),
        (
            ('name = "it"\nassignment = "weighted"\nweights = { kari = -1 }',),
            2,
            "[[category]] weights.kari: -1 is no share; a whole number from 0 to 100",
        ),
        (
            ('name = "it"\nduty = ["kari", "per"]\nduty_from = "2026-01-05"', 'name = "drift"'),
            1,
            '[[category]] duty: "per" does not serve it; known here: kari, ola',
        ),
        (
            ('name = "it"\nduty = ["kari"]',),
            1,
            '[[category]] duty: needs the first one\'s week: duty_from = "2026-01-05"',
        ),
        (
            ('name = "it"\nduty_from = "2026-01-05"',),
            1,
            '[[category]] duty_from: does nothing without a roster: duty = ["kari", "ola"]',
        ),
        (
            ('name = "it"\nduty_weeks = { "2026-W54" = "kari" }',),
            1,
            '[[category]] duty_weeks.2026-W54: "2026-W54" is no week; write year and ISO week, for example "2026-W52"',
        ),
        (
            ('name = "it"\nduty_weeks = { "uke 52" = "kari" }',),
            1,
            '[[category]] duty_weeks.uke 52: "uke 52" is no week; write year and ISO week, for example "2026-W52"',
        ),
        (
            ('name = "it"\nduty_weeks = { "2026-W52" = "per" }', 'name = "drift"'),
            1,
            '[[category]] duty_weeks.2026-W52: "per" does not serve it; known here: kari, ola',
        ),
        (
            ('name = "it"\nnotify = "Hjelp@desk.example"',),
            1,
            "[[category]] notify: is a mailbox of the desk, which would write to itself; ",
        ),
        (
            ('name = "it"\nnotify = "alle"',),
            1,
            '[[category]] notify: "alle" is not known; "members", "none" or an address',
        ),
        (
            ('name = "it"\naccess = "all members"',),
            1,
            '[[category]] access: "all members" is not known; did you mean "members"?',
        ),
        (('name = "it"\nassignment = "rettferdig"',), 1, '[[category]] assignment: "rettferdig" is not known;'),
    ],
)
def test_what_is_wrong_is_told_with_its_line(said_of: Said, tables: tuple[str, ...], line: int, said: str) -> None:
    (told,) = said_of(categories(*tables))
    assert told.startswith(f"{FIRST + line}: {said}")
