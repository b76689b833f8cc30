"""Certificates for the tests of the room `smtp`."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.tls import write_certificates


@dataclass(frozen=True)
class Certificates:
    """A server's TLS context, and the file of the authority that a client is to trust."""

    server: ssl.SSLContext
    ca_file: Path


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    folder = tmp_path_factory.mktemp("smtp-tls")
    ca_file = write_certificates(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return Certificates(server=context, ca_file=ca_file)
