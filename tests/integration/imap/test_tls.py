"""TLS is verified, or there is no session (RFC 8314 5.2)."""

from pathlib import Path
from typing import Literal

import pytest

from inboxd.errors import MailboxUnreachable
from inboxd.imap.session import ImapSession
from tests.integration.imap.conftest import settings_of
from tests.servers.dovecot import Dovecot, User
from tests.servers.tls import write_certificates

Tls = Literal["implicit", "starttls"]


def _port(dovecot: Dovecot, tls: Tls) -> int:
    return dovecot.imaps_port if tls == "implicit" else dovecot.imap_port


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_trusted_certificate_opens_a_session(dovecot: Dovecot, mail_user: User, tls: Tls) -> None:
    port = _port(dovecot, tls)
    server = settings_of(dovecot, mail_user, tls=tls, port=port, host="localhost", ca_file=dovecot.ca_file)
    with ImapSession(server) as session:
        assert session.select("INBOX").exists == 0


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_certificate_of_an_unknown_authority_is_refused_with_a_hint(
    dovecot: Dovecot, mail_user: User, tls: Tls
) -> None:
    with pytest.raises(MailboxUnreachable, match="certificate is not trusted") as refused:
        ImapSession(settings_of(dovecot, mail_user, tls=tls, port=_port(dovecot, tls), host="localhost"))
    assert "ca_file" in str(refused.value.hint)


def test_another_authority_than_ours_is_refused(dovecot: Dovecot, mail_user: User, tmp_path: Path) -> None:
    other = write_certificates(tmp_path)
    with pytest.raises(MailboxUnreachable, match="certificate is not trusted"):
        ImapSession(
            settings_of(dovecot, mail_user, tls="implicit", port=dovecot.imaps_port, host="localhost", ca_file=other)
        )


def test_a_certificate_for_another_name_is_refused(dovecot: Dovecot, mail_user: User) -> None:
    with pytest.raises(MailboxUnreachable, match="certificate is not trusted"):
        ImapSession(
            settings_of(
                dovecot,
                mail_user,
                tls="implicit",
                port=dovecot.imaps_port,
                host="127.1",  # resolves to 127.0.0.1, but is no name in the certificate
                ca_file=dovecot.ca_file,
            )
        )


def test_tls_to_a_plain_port_is_unreachable(dovecot: Dovecot, mail_user: User) -> None:
    with pytest.raises(MailboxUnreachable, match="TLS failed"):
        ImapSession(settings_of(dovecot, mail_user, tls="implicit", port=dovecot.imap_port, host="localhost"))
