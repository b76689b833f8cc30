"""Message-IDs as they come in, and tokens of ours that prove themselves."""

import base64
from dataclasses import replace

import pytest

from inboxd.mail.message_id import Key, Keyring, Token, find_ids, find_token, mint, pseudo_id, token, verify

OLD = Key(kid="k1", secret=b"old secret")
NEW = Key(kid="k2", secret=b"new secret")
KEYS = Keyring(keys=(OLD, NEW))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("<a@x.example>", ("<a@x.example>",)),
        ("<a@x.example> <b@x.example>\t<a@x.example>", ("<a@x.example>", "<b@x.example>")),
        ("Ola's mail of 9 March <a@x.example> (sent)", ("<a@x.example>",)),
        ("a@x.example", ("<a@x.example>",)),
        (" a@x.example ", ("<a@x.example>",)),
        ("two words@x.example", ()),
        ("<a@x.example", ("<a@x.example>",)),
        ("<a@x.example <b@x.example>", ("<b@x.example>",)),
        ("a@x.example b@x.example", ("<a@x.example>", "<b@x.example>")),
        ("<a b@x.example>,<c@x.example>", ("<ab@x.example>", "<c@x.example>")),
        ("<<a@x.example>>", ("<a@x.example>",)),
        ("< > <a@x.example>", ("<a@x.example>",)),
        ("<4711>", ("<4711>",)),
        ("4711.AB", ("<4711.AB>",)),
        ("Your message of 3 March", ()),
        ("a@x.example>b@x.example", ()),
        ("<>", ()),
        ("nothing", ()),
        ("", ()),
        (f"<{'x' * 2000}@x.example>", ()),
        (f"{'x' * 2000}@x.example", ()),
    ],
)
def test_ids_are_read_from_whatever_stands_around_them(value: str, expected: tuple[str, ...]) -> None:
    assert find_ids(value) == expected


def test_our_id_is_read_back_and_verified() -> None:
    minted = mint(417, "answer", "desk.example", KEYS)
    found = find_token(minted)
    assert minted == f"<{token(417, 'answer', KEYS)}@desk.example>"
    assert find_ids(minted) == (minted,)
    assert found is not None
    assert (found.letter_id, found.kid) == (417, "k2")
    assert verify(found, "answer", KEYS)


def test_the_token_is_found_in_every_place_where_we_put_it() -> None:
    expected = find_token(mint(417, "answer", "desk.example", KEYS))
    assert find_token(pseudo_id(417, "answer", "desk.example", KEYS)) == expected
    assert find_token(f"Kundeservice+{token(417, 'answer', KEYS).upper()}@Desk.example") == expected


@pytest.mark.parametrize(
    "text", ["<417.k2.short@desk.example>", "", "<1@kommune.example>", f"1.k2.{'a' * 27}@x.example"]
)
def test_what_has_not_the_shape_is_no_token(text: str) -> None:
    assert find_token(text) is None


def test_a_token_proves_one_letter_of_one_kind() -> None:
    found = find_token(token(417, "answer", KEYS))
    assert found is not None
    assert not verify(found, "agent", KEYS)
    assert not verify(replace(found, letter_id=418), "answer", KEYS)
    assert not verify(replace(found, kid="k1"), "answer", KEYS)
    assert not verify(replace(found, kid="k9"), "answer", KEYS)


def test_any_flipped_bit_of_the_mac_is_refused() -> None:
    found = find_token(token(417, "answer", KEYS))
    assert found is not None
    octets = base64.b32decode(found.mac.upper() + "=" * 6)
    assert len(octets) * 8 >= 128
    for place, letter in enumerate(found.mac):
        number = "abcdefghijklmnopqrstuvwxyz234567".index(letter)
        for bit in range(5):
            other = "abcdefghijklmnopqrstuvwxyz234567"[number ^ (1 << bit)]
            forged = found.mac[:place] + other + found.mac[place + 1 :]
            assert not verify(Token(letter_id=417, kid="k2", mac=forged), "answer", KEYS)


def test_an_old_key_still_verifies_after_a_new_one_signs() -> None:
    old = find_token(token(417, "answer", Keyring(keys=(OLD,))))
    assert old is not None
    assert verify(old, "answer", KEYS)
    assert not verify(old, "answer", Keyring(keys=(NEW,)))


def test_a_key_has_a_public_name_and_never_shows_its_secret() -> None:
    assert OLD.fingerprint != NEW.fingerprint
    assert "secret" not in repr(OLD)
    assert "old secret" not in repr(KEYS)
