import pytest

from inboxd.mail.address import MAX_ADDRESSES, Address, read_addresses, strict_address

ACCEPTED = {
    "kari@desk.example": ("", "kari@desk.example"),
    "<kari@desk.example>": ("", "kari@desk.example"),
    " Kari Nordmann <Kari.N@desk.example> ": ("Kari Nordmann", "Kari.N@desk.example"),
    '"Nordmann, Kari" <kari@desk.example>': ("Nordmann, Kari", "kari@desk.example"),
    '"kari@desk.example" <kari@desk.example>': ("kari@desk.example", "kari@desk.example"),
    "kari@desk.example <kari@desk.example>": ("kari@desk.example", "kari@desk.example"),
    "=?utf-8?Q?K=C3=A5re?= <kare@desk.example>": ("Kåre", "kare@desk.example"),
    '"=?utf-8?Q?K=C3=A5re?=" <kare@desk.example>': ("Kåre", "kare@desk.example"),
    "=?utf-8?Q?K=C3=A5re?=\r\n =?utf-8?Q?_Vik?=\r\n <kare@desk.example>": ("Kåre Vik", "kare@desk.example"),
    "Kåre Vik <kare@desk.example>": ("Kåre Vik", "kare@desk.example"),
    "K\udcc3\udca5re <kare@desk.example>": ("Kåre", "kare@desk.example"),
    "kari+sak@desk.example": ("", "kari+sak@desk.example"),
    "kari@bærum.example": ("", "kari@xn--brum-voa.example"),
    "kari@xn--brum-voa.example": ("", "kari@xn--brum-voa.example"),
    "kari@kommunе.example": ("", "kari@xn--kommun-8of.example"),
    "root@localhost": ("", "root@localhost"),
}

REFUSED = [
    "",
    "   ",
    "Kari Nordmann",
    "kari@",
    "@desk.example",
    "agent@kommune.no <attacker@evil.example>",
    "alice@example.org]<bob@evil.example>",
    "=?utf-8?q?agent=40kommune.no=3e=00?=@evil.example",
    "a@evil.example\r\n <agent@kommune.no>",
    "a@evil.example\r\n\t<agent@kommune.no>",
    '"x"@evil.example(agent@kommune.no)',
    "agent@kommune.no, attacker@evil.example",
    "agent@kommune.no,",
    "<agent@kommune.no>, <attacker@evil.example>",
    "<agent@kommune.no> <attacker@evil.example>",
    "<agent@kommune.no><attacker@evil.example>",
    "<<agent@kommune.no>>",
    "agent@kommune.no>",
    "<agent@kommune.no",
    "Kari <agent@kommune.no> x",
    "agent@kommune.no (Kari)",
    "(Kari) agent@kommune.no",
    "Kari (IKT) <agent@kommune.no>",
    "Nordmann, Kari <agent@kommune.no>",
    "IKT: agent@kommune.no;",
    "undisclosed-recipients:;",
    "<@relay.example:agent@kommune.no>",
    '"a b"@kommune.no',
    'Kari "x" <agent@kommune.no>',
    '"Kari" x <agent@kommune.no>',
    '"Kari \\" <agent@kommune.no>, \\"" <attacker@evil.example>',
    '"Rektor <rektor@kommune.no>" <attacker@evil.example>',
    "agent@kommune.no@evil.example",
    "agent@[192.0.2.1]",
    "agent@evil_host.example",
    "agent@-evil.example",
    "agent@evil-.example",
    "agent@kommune.no.",
    "agent@kommune..no",
    ".agent@kommune.no",
    "agent.@kommune.no",
    "ag..ent@kommune.no",
    "agent @kommune.no",
    "agent@ kommune.no",
    "Kari < agent@kommune.no>",
    "kåre@kommune.no",
    "agent@kommune.no\x00",
    "agent\x00@kommune.no",
    "Kari\x07 <agent@kommune.no>",
    "Kari\u2028 <agent@kommune.no>",
    "Kari\ufffd <agent@kommune.no>",
    "a" * 65 + "@kommune.no",
    "a@" + "b" * 64 + ".no",
    "a@" + "b.c." * 64 + "no",
    "a@ß.example",
    "a@æ..example",
    "a@" + "æ" * 70 + ".example",
    "a@x。example",
    "=?utf-8?q?agent?=@kommune.no",
    "Kari <=?utf-8?q?agent?=@kommune.no>",
    "Kari: <agent@kommune.no>",
    "Kari; <agent@kommune.no>",
    "Kari@IKT <agent@kommune.no>",
]


@pytest.mark.parametrize("field", ACCEPTED)
def test_one_plain_mailbox_is_an_identity(field: str) -> None:
    name, address = ACCEPTED[field]
    assert strict_address(field) == Address(name=name, address=address)


@pytest.mark.parametrize("field", REFUSED)
def test_whatever_readers_may_disagree_about_is_no_identity(field: str) -> None:
    assert strict_address(field) is None


def test_addresses_compare_in_lower_case() -> None:
    assert Address(name="", address="Kari@Desk.Example").key == "kari@desk.example"


def pairs(field: str) -> list[tuple[str, str]]:
    return [(address.name, address.address) for address in read_addresses(field)]


def test_a_list_of_mailboxes_is_read_with_decoded_names() -> None:
    field = '=?utf-8?Q?K=C3=A5re?= <kare@x.example>, "=?iso-8859-1?Q?=D8yvind?=" <o@x.example>,\r\n p@x.example'
    assert pairs(field) == [("Kåre", "kare@x.example"), ("Øyvind", "o@x.example"), ("", "p@x.example")]


def test_a_group_gives_its_members_and_an_empty_one_nobody() -> None:
    assert pairs("IKT: a@x.example, b@x.example;") == [("", "a@x.example"), ("", "b@x.example")]
    assert pairs("undisclosed-recipients:;") == []


def test_raw_eight_bit_names_are_read() -> None:
    assert pairs("H\udcf8yden <h@x.example>") == [("Høyden", "h@x.example")]
    assert pairs("H\udcc3\udcb8yden <h@x.example>") == [("Høyden", "h@x.example")]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("a@x.example; b@x.example", ["b@x.example", "a@x.example"]),
        ("alice@x.example]<bob@evil.example>", ["alice@x.example", "bob@evil.example"]),
        ("Kari <kari@x.example", ["kari@x.example"]),
        ('Kari " <kari@x.example>', ["kari@x.example"]),
    ],
)
def test_what_no_grammar_reads_still_shows_who_it_may_be(field: str, expected: list[str]) -> None:
    assert [address.address for address in read_addresses(field)] == expected


def test_a_name_that_repeats_the_address_is_no_name() -> None:
    assert pairs("kari@x.example <kari@x.example>") == [("", "kari@x.example")]


def test_control_characters_are_gone_from_names_and_addresses() -> None:
    assert pairs("=?utf-8?q?Kari=0d=0aBcc=3A_x?= <kari@x.example>") == [("Kari Bcc: x", "kari@x.example")]


def test_no_more_than_a_thousand_addresses_are_read() -> None:
    assert len(read_addresses(", ".join(f"a{n}@x.example" for n in range(1_500)))) == MAX_ADDRESSES


@pytest.mark.parametrize(
    "field", ["", "Kari", '"', "(" * 5_000 + "a@x.example", "<" * 5_000 + "@", "@", '"@', "\ud800@x"]
)
def test_reading_never_raises(field: str) -> None:
    assert isinstance(read_addresses(field), tuple)
