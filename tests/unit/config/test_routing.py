"""Customers, contacts, senders and rules of config.toml: what the desk gets of them, and what is said to be wrong."""

from collections.abc import Callable

import pytest

from inboxd.config.report import changes, describe
from inboxd.config.settings import Settings
from inboxd.desk.catalogue import CatalogueItem
from inboxd.desk.routing.customer import Contact, Customer, SenderRule, customer_of

Load = Callable[[str], Settings]
Said = Callable[[str], list[str]]

MOLDE = "[[customer]]\nname = 'Molde'\ndomains = ['molde.kommune.no']\n"


def test_a_customer_is_read_whole(load_text: Load, small: str) -> None:
    text = """
[[customer]]
name = "Molde"
title = "Molde kommune"
domains = ["Molde.Kommune.no", "ørsta.kommune.no"]
addresses = ["Vikar@firma.no"]
contact = "ikt@molde.kommune.no"
category = "it"
priority = "high"
price = "per_user"
orderers = ["Leder@molde.kommune.no"]
"""
    assert load_text(small + text).desk.customers == (
        Customer(
            name="Molde",
            title="Molde kommune",
            domains=("molde.kommune.no", "xn--rsta-fra.kommune.no"),
            addresses=("vikar@firma.no",),
            contact="ikt@molde.kommune.no",
            category="it",
            priority="high",
            price="per_user",
            orderers=("leder@molde.kommune.no",),
        ),
    )


def test_a_customer_with_a_name_alone_is_one_of_the_basic_services(load_text: Load, small: str) -> None:
    assert load_text(f"{small}[[customer]]\nname = 'Molde'").desk.customers == (Customer(name="Molde", title="Molde"),)


def test_a_customer_starts_with_a_category_of_its_own_made_at_once(load_text: Load, small: str) -> None:
    desk = load_text(
        f"{small}{MOLDE}title = 'Molde kommune'\nown_category = true\nmanager = 'kari'\nmembers = ['kari']"
    ).desk
    made = desk.category("Molde")
    assert made is not None
    assert (made.title, made.manager, made.members) == ("Molde kommune", "kari", ("kari",))
    found = customer_of("ola@molde.kommune.no", desk)
    assert found is not None
    assert found.category == "Molde"
    assert desk.agents[0].categories == ("it", "Molde")


def test_the_only_category_of_the_file_stays_the_mailboxs_and_everybodys(load_text: Load, small: str) -> None:
    desk = load_text(f"{small}{MOLDE}own_category = true").desk
    assert desk.mailboxes[0].category == "it"
    assert [(c.name, c.members) for c in desk.categories] == [("it", ("kari",)), ("Molde", ())]


def test_agents_and_rules_may_name_the_category_of_a_customer(load_text: Load, small: str) -> None:
    text = small.replace('"kari@desk.example"', '"kari@desk.example"\ncategories = ["it", "Molde"]')
    desk = load_text(
        f"{text}{MOLDE}own_category = true\n[[rule]]\nname='r'\nmailbox='post'\nset={{category='Molde'}}"
    ).desk
    made = desk.category("Molde")
    assert made is not None
    assert made.members == ("kari",)


def test_one_persons_own_settings_are_read(load_text: Load, small: str) -> None:
    text = f"{small}{MOLDE}[[contact]]\naddress = 'Ordforer@x.no'\nname = 'Ordføreren'\npriority = 'high'\n"
    desk = load_text(f"{text}language = 'nn'\ncustomer = 'Molde'").desk
    assert desk.contacts == (
        Contact(address="ordforer@x.no", name="Ordføreren", priority="high", language="nn", customer="Molde"),
    )


def test_sender_rules_keep_their_order(load_text: Load, small: str) -> None:
    text = f"{small}[[sender_rule]]\nmatch = 'Per@Elev.no'\naction = 'accept'\n"
    text += "[[sender_rule]]\nmatch = '*@elev.*'\nmailbox = 'post'\naction = 'refuse'\n"
    text += "[[sender_rule]]\nmatch = '*@ørsta.no'\naction = 'hold'"
    assert load_text(text).desk.sender_rules == (
        SenderRule(match="per@elev.no", action="accept"),
        SenderRule(match="*@elev.*", action="refuse", mailbox="post"),
        SenderRule(match="*@xn--rsta-fra.no", action="hold"),
    )


def rule(match: str, sets: str = "type = 'fault'") -> str:
    return f"[[rule]]\nname = 'r'\nmatch = {{ {match} }}\nset = {{ {sets} }}\n"


def test_a_rule_may_match_words_and_hours_beside_patterns(load_text: Load, small: str) -> None:
    match = "attachment = 'pdf$', recipient = '[+]skriver@', customer = 'Molde', kind = ['human', 'list'], hour = "
    (read,) = load_text(small + MOLDE + rule(f"{match}'15:30-08:00'")).desk.rules
    assert read.match == (("attachment", "pdf$"), ("recipient", "[+]skriver@"))
    assert read.among == (("customer", ("Molde",)), ("kind", ("human", "list")))
    assert read.hour == (930, 480)


@pytest.mark.parametrize("hour", ["open", "closed"])
def test_a_rule_may_be_for_opening_hours(load_text: Load, small: str, hour: str) -> None:
    assert load_text(small + rule(f"hour = '{hour}'")).desk.rules[0].hour == hour


def test_a_rule_may_set_a_type_a_template_and_no_receipt(load_text: Load, small: str) -> None:
    text = small + rule("subject = 'x'", "type = 'callof', template = 'receipt_ferie', receipt = false")
    (read,) = load_text(text).desk.rules
    assert (read.type, read.template, read.receipt) == ("callof", "receipt_ferie", False)
    assert load_text(small + rule("customer = 'none'")).desk.rules[0].among == (("customer", ("none",)),)


ITEMS = """
[[item]]
name = "Ny PC"
title = { nn = "Ny datamaskin", en = "New PC" }
category = "it"
[[item]]
name = "Ny bruker"
title = "Ny bruker"
"""


def test_a_catalogue_is_read_and_a_rule_that_orders_sets_type_and_category(load_text: Load, small: str) -> None:
    text = (
        small
        + ITEMS
        + rule("subject = 'x'", "item = 'Ny PC'")
        + rule("subject = 'y'", "item = 'Ny bruker'").replace("'r'", "'b'")
    )
    settings = load_text(text)
    pc, user = settings.desk.catalogue
    assert pc == CatalogueItem(name="Ny PC", title=(("nn", "Ny datamaskin"), ("en", "New PC")), category="it")
    assert user.title_in("en") == "Ny bruker"
    sets = [(found.item, found.type, found.category) for found in settings.desk.rules]
    assert sets == [("Ny PC", "callof", "it"), ("Ny bruker", "callof", None)]
    shown = describe(settings)
    assert shown["items"] == [
        {"name": "Ny PC", "title": {"nn": "Ny datamaskin", "en": "New PC"}, "category": "it"},
        {"name": "Ny bruker", "title": {"": "Ny bruker"}, "category": None},
    ]
    assert changes(load_text(small), load_text(small + ITEMS)) == [
        'The item "Ny PC" is added.', 'The item "Ny bruker" is added.',
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("[[item]]\nname = 'None'", '"none" means no item to `inboxd set`; take another name'),
        ("[[item]]\nname = 'A'\n[[item]]\nname = 'a'", '"a" is given twice, first in line 17; one item each'),
        ("[[item]]\nname = 'A'\n[[item]]\nname = 'B'\ntitle = 'a'", '"a" is given twice, first in line 17'),
        ("[[item]]\nname = 'A'\ncategory = 'tt'", 'no category is named "tt"; known here: it'),
        ("[[item]]\nname = 'A'\n" + rule("subject = 'x'", "item = 'B'"), 'no item is named "B"; known here: A'),
        (
            "[[item]]\nname = 'A'\n" + rule("subject = 'x'", "item = 'A', type = 'fault'"),
            'only a "callof" orders an item; write that, or take it out',
        ),
        (f"{MOLDE}orderers = ['Post@desk.example']", "name who orders for the customer"),
    ],
)
def test_what_is_wrong_with_a_catalogue_or_an_orderer_is_said(said_of: Said, small: str, more: str, told: str) -> None:
    (line,) = said_of(small + more)
    assert told in line


def test_a_mailbox_may_have_a_priority_and_a_type(load_text: Load, small: str) -> None:
    desk = load_text(small.replace('name = "post"', 'name = "post"\npriority = "low"\ntype = "question"')).desk
    assert (desk.mailboxes[0].priority, desk.mailboxes[0].type) == ("low", "question")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            "[[customer]]\nname = 'none'",
            '2: [[customer]] name: "none" means no customer to `inboxd set`; take another name',
        ),
        (
            f"{MOLDE}[[customer]]\nname = 'Molde'",
            '5: [[customer]] name: "Molde" is given twice, first in line 2; one customer name each',
        ),
        (
            f"{MOLDE}[[customer]]\nname = 'Aukra'\ndomains = ['MOLDE.kommune.no']",
            '6: [[customer]] domains: "molde.kommune.no" is given twice, first in line 3; one customer each',
        ),
        (
            "[[customer]]\nname = 'A'\naddresses = ['x@y.no']\n[[customer]]\nname = 'B'\naddresses = ['X@y.no']",
            '6: [[customer]] addresses: "x@y.no" is given twice, first in line 3; one customer each',
        ),
        (f"{MOLDE}category = 'tt'", '4: [[customer]] category: no category is named "tt"; known here: it'),
        (f"{MOLDE}priority = 'hgh'", '4: [[customer]] priority: no priority is named "hgh"; did you mean "high"?'),
        (
            f"{MOLDE}contact = 'Post@desk.example'",
            (
                "4: [[customer]] contact: is a mailbox of the desk, which would write to itself; "
                "name an address of the customer"
            ),
        ),
        (
            f"{MOLDE}own_category = true\nmanager = 'kar'",
            '5: [[customer]] manager: no agent is named "kar"; did you mean "kari"?',
        ),
        (
            f"{MOLDE}own_category = true\nmembers = ['kari', 'ol']",
            '5: [[customer]] members: no agent is named "ol"; known here: kari',
        ),
        (
            f"{MOLDE}manager = 'kari'",
            "4: [[customer]] manager: is about the customer's own category; write own_category = true, or take it out",
        ),
        (
            f"{MOLDE}own_category = true\ncategory = 'it'",
            "5: [[customer]] category: cannot stand beside own_category = true; take one of them out",
        ),
        (
            "[[customer]]\nname = 'it'\nown_category = true",
            '3: [[customer]] own_category: there is a category "it", in line -9; write category = "it" instead',
        ),
        (
            "[[customer]]\nname = 'A'\ndomains = ['x@y.no']",
            (
                '3: [[customer]] domains: "x@y.no" is no domain; '
                'for example "molde.kommune.no", which means all below it, too'
            ),
        ),
        (
            "[[customer]]\nname = 'A'\nprice = 'free'",
            '3: [[customer]] price: "free" is not known; one of "basis", "per_user"',
        ),
        (
            "[[contact]]\naddress = 'a@b.no'\npriority = 'x'\ncustomer = 'y'",
            '3: [[contact]] priority: no priority is named "x"; known here: critical, high, low, normal',
        ),
        (
            f"{MOLDE}[[contact]]\naddress = 'a@b.no'\ncustomer = 'Molda'",
            '6: [[contact]] customer: no customer is named "Molda"; did you mean "Molde"?',
        ),
        (
            "[[contact]]\naddress = 'a@b.no'\n[[contact]]\naddress = 'A@b.no'",
            '4: [[contact]] address: "a@b.no" is given twice, first in line 2; one contact each',
        ),
        (
            (
                f"{MOLDE}addresses = ['a@b.no']\n[[customer]]\nname = 'Aukra'\n"
                "[[contact]]\naddress = 'A@b.no'\ncustomer = 'Aukra'"
            ),
            '9: [[contact]] customer: the customer "Molde" has A@b.no among its addresses',
        ),
        (
            "[[sender_rule]]\nmatch = '@elev.no'\naction = 'refuse'",
            (
                '2: [[sender_rule]] match: "@elev.no" is no address or domain; '
                'for example "*@elev.*", "per@firma.no" or "firma.no"'
            ),
        ),
        ("[[sender_rule]]\nmatch = '*'", '1: [[sender_rule]] action: missing; write action = "refuse"'),
        (
            "[[sender_rule]]\nmatch = '*'\naction = 'refuse'\nmailbox = 'pst'",
            '4: [[sender_rule]] mailbox: no mailbox is named "pst"; did you mean "post"?',
        ),
        (
            f"[[sender_rule]]\nmatch = '*@{'æ' * 70}.no'\naction = 'hold'",
            f'2: [[sender_rule]] match: "*@{"æ" * 70}.no" has a domain that cannot be; for example "*@elev.*"',
        ),
        (
            "[[rule]]\nname = 'r'\nmatch = { customer = 'Molda' }\nset = { type = 'fault' }",
            '3: [[rule]] match.customer: no customer is named "Molda"; known here: none',
        ),
        (
            "[[rule]]\nname = 'r'\nmatch = { kind = ['humn'] }\nset = { type = 'fault' }",
            '3: [[rule]] match.kind: no kind is named "humn"; did you mean "human"?',
        ),
        (
            "[[rule]]\nname = 'r'\nmatch = { kind = 5 }\nset = { type = 'fault' }",
            '3: [[rule]] match.kind: must be a name, or a list of names; for example ["one", "two"]',
        ),
        (
            "[[rule]]\nname = 'r'\nmatch = { hour = '25:00-08:00' }\nset = { type = 'fault' }",
            (
                '3: [[rule]] match.hour: "25:00-08:00" is no time of the day; '
                'for example "15:30-08:00", "open" or "closed"'
            ),
        ),
        (
            "[[rule]]\nname = 'r'\nmatch = { hour = 8 }\nset = { type = 'fault' }",
            "3: [[rule]] match.hour: must be text; write it in quotes",
        ),
        (
            "[[rule]]\nname = 'r'\nmatch = { subject = 'x' }\nset = { type = 'feil' }",
            '4: [[rule]] set.type: "feil" is not known; one of "fault", "callof", "question"',
        ),
        (
            "[[rule]]\nname = 'r'\nmatch = { subjct = 'x' }\nset = { type = 'fault' }",
            '3: [[rule]] match.subjct: no field of a mail; did you mean "subject"?',
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(said_of: Said, small: str, more: str, said: str) -> None:
    before = small.count("\n")
    line, _, what = said.partition(": ")
    what = what.replace("in line -9", f"in line {small.splitlines().index('[[category]]') + 1}")
    for n in range(9, 0, -1):
        what = what.replace(f"first in line {n};", f"first in line {n + before};")
    assert f"{int(line) + before}: {what}" in said_of(small + more)


def test_a_mailboxs_priority_must_be_one_of_the_desks(said_of: Said, small: str) -> None:
    (told,) = said_of(small.replace('name = "post"', 'name = "post"\npriority = "hast"'))
    assert told.endswith('[[mailbox]] priority: no priority is named "hast"; known here: critical, high, low, normal')


def test_a_customer_that_no_sender_can_be_of_is_warned_of(load_text: Load, small: str) -> None:
    told = '[[customer]] "Aukra": neither domains nor addresses; no sender is known to be its'
    text = f"{small}{MOLDE}[[customer]]\nname = 'Aukra'\n"
    assert told in describe(load_text(text))["warnings"]  # type: ignore[operator]
    with_contact = load_text(f"{text}[[contact]]\naddress = 'a@b.no'\ncustomer = 'Aukra'")
    assert told not in describe(with_contact)["warnings"]  # type: ignore[operator]


def test_what_is_set_up_is_told_as_the_file_writes_it(load_text: Load, small: str) -> None:
    text = f"{small}{MOLDE}[[sender_rule]]\nmatch = '*@elev.*'\naction = 'refuse'\n"
    told = describe(load_text(text + rule("hour = '15:30-08:00', kind = 'human'", "receipt = false, tags = ['natt']")))
    assert told["customers"][0]["domains"] == ["molde.kommune.no"]  # type: ignore[index]
    assert told["sender_rules"] == [{"match": "*@elev.*", "action": "refuse", "mailbox": None}]
    assert told["rules"] == [
        {
            "name": "r",
            "mailbox": None,
            "match": {"kind": ["human"], "hour": "15:30-08:00"},
            "set": {"receipt": False, "tags": ["natt"]},
            "stop": False,
        }
    ]


def test_what_a_changed_file_changes_of_them_is_told_in_sentences(load_text: Load, small: str) -> None:
    first, second = (
        "[[sender_rule]]\nmatch = 'a.no'\naction = '{}'\n",
        "[[sender_rule]]\nmatch = 'b.no'\naction = 'hold'\n",
    )
    old = load_text(f"{small}{MOLDE}[[contact]]\naddress = 'a@b.no'\n{first.format('hold')}{second}")
    more = "[[contact]]\naddress = 'a@b.no'\nlanguage = 'nn'\n"
    new = load_text(f"{small}{MOLDE}priority = 'high'\n{more}{second}{first.format('refuse')}")
    assert changes(old, new) == [
        'The customer "Molde": priority becomes high (was nothing).',
        "The contact a@b.no: language becomes nn (was nothing).",
        "The sender rule a.no: action becomes refuse (was hold).",
        "The sender rules are tried in another order: b.no, a.no.",
    ]
