"""Address fields as people's programs write them, read for showing."""

import pytest

from inboxd.mail.address import Address
from inboxd.mail.address_list import MAX_ADDRESSES, local_user, read_addresses


def pairs(field: str) -> list[tuple[str, str]]:
    return [(address.name, address.address) for address in read_addresses(field)]


OLA = ("Ola Nordmann", "ola@x.example")
ONE = {
    "ola@x.example": ("", "ola@x.example"),
    "Ola Nordmann <ola@x.example>": OLA,
    '"Ola Nordmann" <ola@x.example>': OLA,
    "ola@x.example (Ola Nordmann)": OLA,
    "<ola@x.example> (Ola Nordmann)": OLA,
    "(Ola Nordmann) <ola@x.example>": OLA,
    "<ola@x.example> Ola Nordmann": OLA,
    "Ola Nordmann ola@x.example": OLA,
    "Ola Nordmann ola@x.example (mobil)": OLA,
    "Ola Nordmann <ola@x.example> (jobb)": OLA,
    "Ola\r\n  Nordmann\t<ola@x.example>": OLA,
    "'Ola Nordmann' <ola@x.example>": OLA,
    "“Ola Nordmann” <ola@x.example>": OLA,
    "=?utf-8?Q?=22Ola_Nordmann=22?= <ola@x.example>": OLA,
    "=?utf-8?Q?Ola_Nordmann_=3Cola=40x=2Eexample=3E?=": OLA,
    '"Ola Nordmann <ola@x.example>"': OLA,
    'Ola Nordmann" <ola@x.example>': OLA,
    "Ola Nordmann <ola@x.example": OLA,
    "Ola Nordmann <<ola@x.example>>": OLA,
    "Ola Nordmann < ola@x.example >": OLA,
    "Ola Nordmann <ola @x.example>": OLA,
    "Ola Nordmann <mailto:ola@x.example>": OLA,
    "Ola Nordmann <SMTP:ola@x.example>": OLA,
    "Ola Nordmann <@a.example,@b.example:ola@x.example>": OLA,
    "Ola Nordmann <ola(jobb (ny))@x.example>": OLA,
    "Ola Nordmann <ola@x.example.>": OLA,
    f"Ola Nordmann <ola{'(' * 12}{')' * 12}@x.example>": ("Ola Nordmann", "ola(())@x.example"),
    "=?iso-8859-1?Q?B=F8, =20Ola?= <ola@x.example>": ("Bø, Ola", "ola@x.example"),
    "Ola Nordmann<ola@x.example": OLA,
    "Ola Nordmann <=?utf-8?B?b2xhQHguZXhhbXBsZQ==?=>": OLA,
    "Ola Nordmann ola@x.example <>": OLA,
    "Ola Nordmann <ola@x.example>;": OLA,
    "Nordmann, Ola <ola@x.example>": ("Nordmann, Ola", "ola@x.example"),
    "=?utf-8?Q?Nordmann, Ola?= <ola@x.example>": ("Nordmann, Ola", "ola@x.example"),
    "Nordmann, =?utf-8?Q?K=C3=A5re?= <kare@x.example>": ("Nordmann, Kåre", "kare@x.example"),
    "Ola Nordmann (IKT (drift)) <ola@x.example>": ("Ola Nordmann (IKT (drift))", "ola@x.example"),
    r'"Ola \"Ole\" Nordmann" <ola@x.example>': ('Ola "Ole" Nordmann', "ola@x.example"),
    'Ola "Ole" Nordmann <ola@x.example>': ("Ola Ole Nordmann", "ola@x.example"),
    r"Ola \(IKT\) <ola@x.example>": ("Ola (IKT)", "ola@x.example"),
    "Ola (IKT <ola@x.example>": ("Ola (IKT", "ola@x.example"),
    "Ola :) <ola@x.example>": ("Ola :)", "ola@x.example"),
    "Support: Kari <kari@x.example>": ("Support: Kari", "kari@x.example"),
    "[Kari] <kari@x.example>": ("[Kari]", "kari@x.example"),
    "'ola@x.example'": ("", "ola@x.example"),
    "'ola@x.example' <ola@x.example>": ("", "ola@x.example"),
    "Ola@x.example <ola@x.example>": ("", "ola@x.example"),
    "mailto:ola@x.example": ("", "ola@x.example"),
    "E-post: ola@x.example": ("E-post", "ola@x.example"),
    "ola @ x.example": ("", "ola@x.example"),
    "Ola Nordmann [ola@x.example]": OLA,
    "Ola Nordmann [mailto:ola@x.example]": OLA,
    "Ola Nordmann <mailto:ola@x.example?subject=Hei>": OLA,
    "IKT:ola@x.example": ("", "ola@x.example"),
    "<IKT:ola@x.example>": ("", "ola@x.example"),
    "ola(jobb)@x.example": ("jobb", "ola@x.example"),
    "(ola@x.example)": ("", "ola@x.example"),
    "ola＠x.example": ("", "ola@x.example"),
    "info@x.example>": ("", "info@x.example"),
    '"a b"@x.example': ("", '"a b"@x.example'),
    '<"a,b"@x.example>': ("", '"a,b"@x.example'),
    "ola@[192.0.2.1]": ("", "ola@[192.0.2.1]"),
    "ola@[IPv6:2001:db8::1]": ("", "ola@[IPv6:2001:db8::1]"),
    "ola@skole@x.example": ("", "ola@skole@x.example"),
    "kåre@bærum.example": ("", "kåre@bærum.example"),
    "=?utf-8?q?agent=40kommune.no=3e?=@evil.example": ("", "=?utf-8?q?agent=40kommune.no=3e?=@evil.example"),
    "agent@kommune.no <attacker@evil.example>": ("agent@kommune.no", "attacker@evil.example"),
    "a@evil.example\r\n <agent@kommune.no>": ("a@evil.example", "agent@kommune.no"),
    "alice@x.example]<bob@evil.example>": ("alice@x.example]", "bob@evil.example"),
    '"Rektor <r@x.example>" <per@evil.example>': ("Rektor <r@x.example>", "per@evil.example"),
    '"x"@evil.example(agent@kommune.no)': ("agent@kommune.no", '"x"@evil.example'),
    "=?utf-8?q?Kari=0d=0aBcc=3A_x?= <kari@x.example>": ("Kari Bcc: x", "kari@x.example"),
    "H\udcf8yden <h@x.example>": ("Høyden", "h@x.example"),
}


@pytest.mark.parametrize("field", ONE)
def test_one_mailbox_is_read_as_a_person_would(field: str) -> None:
    assert pairs(field) == [ONE[field]]


@pytest.mark.parametrize(
    ("field", "addresses"),
    [
        ("a@x.example, b@x.example", ["a@x.example", "b@x.example"]),
        ("a@x.example; b@x.example;", ["a@x.example", "b@x.example"]),
        ("a@x.example\r\n b@x.example", ["a@x.example", "b@x.example"]),
        ("<a@x.example> <b@x.example>", ["a@x.example", "b@x.example"]),
        ("<a@x.example>, a@x.example", ["a@x.example"]),
        ("IKT: a@x.example, b@x.example;, c@x.example", ["a@x.example", "b@x.example", "c@x.example"]),
        ("A: a@x.example; B: b@x.example;", ["a@x.example", "b@x.example"]),
        ("Kari <a@x.example, Ola <b@x.example>", ["a@x.example", "b@x.example"]),
        ('"a@x.example", b@x.example', ["a@x.example", "b@x.example"]),
        ("Kari, a@x.example", ["a@x.example"]),
        ("a@x.example, Kari", ["a@x.example"]),
        ("=?utf-8?Q?Ola_<a=40x.example>,_Kari_<b?= =?utf-8?Q?=40x.example>?=", ["a@x.example", "b@x.example"]),
        ("undisclosed-recipients:;", []),
        ("undisclosed-recipients: ;", []),
        ("Kari <>", []),
        ("ola@", []),
        ("@x.example", []),
        ("Kari", []),
        ("", []),
    ],
)
def test_every_mailbox_of_a_list_is_read_once(field: str, addresses: list[str]) -> None:
    assert [address for _, address in pairs(field)] == addresses


def test_a_name_with_an_unquoted_comma_does_not_swallow_the_mailbox_before_it() -> None:
    field = '"Nordmann, Ola" <a@x.example>, Vik, Kari <b@x.example>, "Li" , Per <c@x.example>'
    assert pairs(field) == [
        ("Nordmann, Ola", "a@x.example"),
        ("Vik, Kari", "b@x.example"),
        ("Per", "c@x.example"),
    ]


def test_no_more_than_a_thousand_addresses_are_read() -> None:
    assert len(read_addresses(", ".join(f"a{n}@x.example" for n in range(1_500)))) == MAX_ADDRESSES


@pytest.mark.parametrize(
    "field", ['"', "(" * 5_000 + "a@x.example", "<" * 5_000 + "@", "@", '"@', "\ud800@x", "(" * 3_000 + ")" * 3_000,
              '"\\' * 5_000, "=?a?q?" * 5_000, ":;" * 5_000, " @" * 5_000, "<@" * 5_000, "a@x.example " * 20_000]
)  # fmt: skip
def test_reading_never_raises(field: str) -> None:
    assert isinstance(read_addresses(field), tuple)


@pytest.mark.parametrize(
    ("field", "name", "address"),
    [
        ("root", "", "root"),
        ("root (Cron Daemon)", "Cron Daemon", "root"),
        ("Mail System <MAILER-DAEMON>", "Mail System", "MAILER-DAEMON"),
        ('"Ola" </O=KOMMUNE/OU=FIRST GROUP/CN=OLA>', "Ola", "/O=KOMMUNE/OU=FIRST GROUP/CN=OLA"),
        ("ola@", "", "ola@"),
        (", root", "", "root"),
    ],
)
def test_a_user_without_a_domain_is_shown_as_written(field: str, name: str, address: str) -> None:
    assert local_user(field) == Address(name=name, address=address)


@pytest.mark.parametrize("field", ["", "Ola Nordmann", '"Ola"', "Ola <>", "undisclosed-recipients:;"])
def test_a_name_alone_is_no_user(field: str) -> None:
    assert local_user(field) is None
