"""Certificates for localhost from an authority that nobody else trusts."""

from pathlib import Path

import trustme


def write_certificates(folder: Path) -> Path:
    """Write cert.pem and key.pem for localhost and 127.0.0.1; returns the file of the authority to trust."""
    authority = trustme.CA()
    leaf = authority.issue_cert("localhost", "127.0.0.1")
    leaf.private_key_pem.write_to_path(folder / "key.pem")
    for number, certificate in enumerate(leaf.cert_chain_pems):
        certificate.write_to_path(folder / "cert.pem", append=number > 0)
    authority.cert_pem.write_to_path(folder / "ca.pem")
    return folder / "ca.pem"
