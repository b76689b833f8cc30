"""Ports, TLS or a refusal, and whose login a relay takes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from inboxd.config.servers import is_loopback
from inboxd.config.settings import Settings

Load = Callable[[str], Settings]
Said = Callable[[str], list[str]]


def with_keys(small: str, imap: str = "", smtp: str = "") -> str:
    text = small.replace('host = "imap.desk.example"', f'host = "imap.desk.example"\n{imap}')
    return text.replace('host = "smtp.desk.example"', f'host = "smtp.desk.example"\n{smtp}')


@pytest.mark.parametrize(("tls", "ports"), [("implicit", (993, 465)), ("starttls", (143, 587)), ("none", (143, 25))])
def test_the_port_follows_from_tls(load_text: Load, small: str, tls: str, ports: tuple[int, int]) -> None:
    keys = f"tls = '{tls}'\nallow_plaintext = true"
    box = load_text(with_keys(small, keys, keys)).mailboxes[0]
    assert (box.imap.server.port, box.smtp.server.port) == ports


def test_a_port_that_is_given_stays(load_text: Load, small: str) -> None:
    assert load_text(with_keys(small, "port = 1993")).mailboxes[0].imap.server.port == 1993


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "localhost", "LOCALHOST"])
def test_plain_text_is_allowed_on_this_machine(load_text: Load, small: str, host: str) -> None:
    assert is_loopback(host)
    text = with_keys(small, "tls = 'none'").replace("imap.desk.example", host)
    assert load_text(text).mailboxes[0].imap.server.tls == "none"


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "imap.desk.example", "127.0.0.1.desk.example", "localhost.desk.example", "::2"]
)
def test_plain_text_to_another_machine_is_refused_unless_allowed(said_of: Said, small: str, host: str) -> None:
    text = with_keys(small, "tls = 'none'").replace("imap.desk.example", host)
    assert said_of(text) == [
        (
            f'13: [mailbox.imap] tls: "none" would send passwords and mail in plain text to {host}; '
            '"implicit" or "starttls", or add allow_plaintext = true'
        )
    ]
    assert said_of(text.replace("'none'", "'none'\nallow_plaintext = true")) == []


@pytest.mark.parametrize(
    ("smtp", "login"),
    [
        ("", ("post@desk.example", "hemmelig")),
        ("tls = 'starttls'", ("post@desk.example", "hemmelig")),
        ("tls = 'none'\nallow_plaintext = true", (None, None)),
        ("username = 'relay'\npassword_env = 'KS_PASSWORD'", ("relay", "hemmelig")),
        ("password_env = 'KS_PASSWORD'\ntls = 'none'\nallow_plaintext = true", ("post@desk.example", "hemmelig")),
    ],
)
def test_the_relays_login_is_its_own_else_that_of_imap_else_none_in_plain_text(
    load_text: Load, small: str, smtp: str, login: tuple[str | None, str | None]
) -> None:
    server = load_text(with_keys(small, smtp=smtp)).mailboxes[0].smtp.server
    assert (server.username, server.password) == login


def test_a_relay_on_this_machine_needs_no_login(load_text: Load, small: str) -> None:
    server = load_text(small.replace("smtp.desk.example", "localhost")).mailboxes[0].smtp.server
    assert (server.username, server.password) == (None, None)


def test_a_login_needs_a_password_and_it_is_said_where(said_of: Said, small: str) -> None:
    missing = 'missing; write password_env = "KS_PASSWORD", or password_file = "…"'
    assert said_of(small.replace('password_env = "KS_PASSWORD"\n', "")) == [
        f"11: [mailbox.imap] password_env: {missing}"
    ]
    assert said_of(with_keys(small, smtp="username = 'relay'")) == [f"15: [mailbox.smtp] password_env: {missing}"]


def test_a_wrong_password_key_is_told_once(said_of: Said, small: str) -> None:
    assert said_of(small.replace('password_env = "KS_PASSWORD"', "password_file = 5")) == [
        "13: [mailbox.imap] password_file: must be text; write it in quotes"
    ]


def test_a_password_that_cannot_be_had_is_told_in_the_line_that_names_it(
    said_of: Said, small: str, tmp_path: Path
) -> None:
    assert said_of(small.replace('password_env = "KS_PASSWORD"', "password_file = 'gone'")) == [
        f"13: [mailbox.imap] password_file: {tmp_path}/gone cannot be read: No such file or directory"
    ]


def test_certificates_to_trust_are_found_beside_the_file(
    load_text: Load, said_of: Said, small: str, tmp_path: Path
) -> None:
    text = with_keys(small, "ca_file = 'ca.pem'")
    assert said_of(text) == [
        f"13: [mailbox.imap] ca_file: there is no file {tmp_path}/ca.pem; the certificates to trust, in PEM"
    ]
    (tmp_path / "ca.pem").touch()
    assert load_text(text).mailboxes[0].imap.server.ca_file == tmp_path / "ca.pem"
