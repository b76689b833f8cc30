import pytest

from inboxd.mail.encryption import without_armour
from inboxd.mail.parse import parse
from tests.unit.mail import der
from tests.unit.mail.test_opened import TEXT, leaf, mixed

ARMOUR = "-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA1f8\r\n-----END PGP MESSAGE-----\r\n"
OCTETS = 'application/octet-stream; name="{}"'


def plain(text: str) -> str | None:
    return parse(f"From: a@b.example\r\n\r\n{text}".encode()).encryption


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (ARMOUR, "PGP"),
        (f"Hei,\r\n\r\n{ARMOUR}\r\nHilsen Kari", "PGP"),
        (f"{ARMOUR}\r\n-- \r\n{'ord ' * 30}", "PGP"),
        (ARMOUR[:40], "PGP"),
        (f"Hva står det her?\r\n{ARMOUR}", None),
        (f"{'Det er mye å si. ' * 5}\r\n{ARMOUR}", None),
        (f"Teksten «{ARMOUR[:27]}» er hva jeg ser.", None),
        ("> -----BEGIN PGP MESSAGE-----\r\n> x", None),
        ("-----BEGIN PGP PUBLIC KEY BLOCK-----\r\nx", None),
    ],
)
def test_armour_is_encryption_where_nothing_else_is_said(text: str, how: str | None) -> None:
    assert plain(text) == how


QUESTION = b"Content-Type: text/plain\r\n\r\nKan dere se til dette?"
BANNER = b"Content-Type: text/plain\r\n\r\nCAUTION: external sender. " + b"Do not open links. " * 5
FORM = b'<form action="https://x.example/Encryption/a">'
P7M = 'application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"'


@pytest.mark.parametrize(
    ("parts", "how"),
    [
        ((leaf(P7M, der.enveloped()),), "S/MIME"),
        ((leaf(P7M, der.enveloped()), QUESTION), "S/MIME"),
        ((BANNER, leaf(P7M, der.enveloped())), "S/MIME"),
        ((TEXT, leaf(P7M, der.enveloped())), "S/MIME"),
        ((QUESTION, leaf(P7M, der.enveloped())), None),
        ((leaf(OCTETS.format("smime.p7m"), der.enveloped()),), "S/MIME"),
        ((leaf(OCTETS.format("smime.p7m"), b"rubbish"),), "S/MIME"),
        ((leaf("application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", b"rubbish"),), None),
        ((leaf(OCTETS.format("brev.doc"), der.enveloped()),), None),
        ((leaf(P7M, der.signed(b"\r\nHei")),), None),
        ((leaf("application/pkcs7-mime; name=smime.p7c", der.signed(None)),), None),
        ((TEXT, leaf("application/pgp-encrypted", b"Version: 1"), leaf(OCTETS.format("a.asc"), b"x")), "PGP/MIME"),
        ((TEXT, leaf("application/x-microsoft-rpmsg-message", b"x")), "rights-managed"),
        ((TEXT, leaf(OCTETS.format("message_v4.rpmsg"), b"x")), "rights-managed"),
        ((TEXT, leaf('text/html; name="message.html"', FORM)), "rights-managed"),
        ((TEXT, leaf('text/html; name="message.html"', b'<form action="https://x.example/a">')), None),
        ((TEXT, leaf('text/html; name="x.html"', FORM)), None),
    ],
)  # fmt: skip
def test_what_a_key_opens_is_told_from_what_can_be_read(parts: tuple[bytes, ...], how: str | None) -> None:
    assert parse(mixed(*parts)).encryption == how


def test_clear_signed_text_loses_its_armour_and_nothing_else() -> None:
    signed = "Først.\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHei\n- - punkt\n- -- \nKari\n"
    signature = "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\nTil slutt."
    assert without_armour(signed + signature) == "Først.\nHei\n- punkt\n-- \nKari\nTil slutt."
    assert without_armour("- - ikke vår\n") == "- - ikke vår\n"
