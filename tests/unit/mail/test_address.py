import pytest

from inboxd.mail.address import Address, agreed_address, strict_address

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


@pytest.mark.parametrize(
    ("field", "shown", "agreed"),
    [
        ("Kari <kari@desk.example>", "kari@desk.example", "kari@desk.example"),
        ("kari@bærum.example", "kari@bærum.example", "kari@xn--brum-voa.example"),
        ("Kari <kari@desk.example>", "other@desk.example", None),
        ("Kari <kari@desk.example>", "no address", None),
        ("kari@desk.example, ola@desk.example", "kari@desk.example", None),
    ],
)
def test_an_identity_is_what_every_reader_finds(field: str, shown: str, agreed: str | None) -> None:
    found = agreed_address(field, Address(name="Kari", address=shown))
    assert found == (Address(name="Kari", address=agreed) if agreed else None)
