"""Passwords and keys are taken from where only their owner can read them."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from inboxd.config.secrets import load_keyring, read_password, without_passwords
from inboxd.errors import ConfigError


@pytest.fixture
def secret(tmp_path: Path) -> Callable[[str, str, int], Path]:
    def write(name: str, text: str, mode: int = 0o600) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return path

    return write


def counting() -> Callable[[int], bytes]:
    numbers = itertools.count(1)
    return lambda length: bytes([next(numbers)]) * length


def test_a_password_comes_from_the_environment(tmp_path: Path) -> None:
    given = {"KS_PASSWORD": "hemmelig "}
    assert read_password(password_env="KS_PASSWORD", password_file=None, folder=tmp_path, env=given) == "hemmelig "


def test_no_password_is_none(tmp_path: Path) -> None:
    assert read_password(password_env=None, password_file=None, folder=tmp_path, env={}) is None


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("KS_PASSWORD", "the environment variable KS_PASSWORD is not set; set it, or use password_file"),
        ("hemmelig!", "the environment variable of that name is not set; set it, or use password_file"),
    ],
)
def test_a_variable_that_is_not_set_is_told_but_not_what_may_be_a_password(
    tmp_path: Path, variable: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read_password(password_env=variable, password_file=None, folder=tmp_path, env={"KS_PASSWORD": ""})
    assert caught.value.message == said


def test_a_password_comes_from_a_file_without_its_line_end(tmp_path: Path, secret: Callable[..., Path]) -> None:
    secret("p", "hemmelig\r\n")
    assert read_password(password_env=None, password_file="p", folder=tmp_path, env={}) == "hemmelig"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610])
def test_a_file_that_others_can_read_is_refused_with_the_cure(
    tmp_path: Path, secret: Callable[..., Path], mode: int
) -> None:
    path = secret("p", "hemmelig", mode)
    with pytest.raises(ConfigError) as caught:
        read_password(password_env=None, password_file="p", folder=tmp_path, env={})
    assert caught.value.message == f"{path} is open to others than its owner; run `chmod 600 {path}`"


def test_a_bare_name_is_taken_from_systemds_credentials_whatever_their_mode(
    tmp_path: Path, secret: Callable[..., Path]
) -> None:
    (tmp_path / "credentials").mkdir()
    secret("credentials/imap", "theirs", 0o440)
    secret("imap", "beside")
    env = {"CREDENTIALS_DIRECTORY": str(tmp_path / "credentials")}
    names = ("imap", "./imap", str(tmp_path / "imap"))
    found = [read_password(password_env=None, password_file=name, folder=tmp_path, env=env) for name in names]
    assert found == ["theirs", "beside", "beside"]


def test_a_bare_name_that_is_no_credential_is_a_file_beside_the_config(
    tmp_path: Path, secret: Callable[..., Path]
) -> None:
    secret("imap", "beside")
    env = {"CREDENTIALS_DIRECTORY": str(tmp_path / "gone")}
    assert read_password(password_env=None, password_file="imap", folder=tmp_path, env=env) == "beside"


def test_two_places_for_one_password_are_one_too_many(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="both given; keep one"):
        read_password(password_env="A", password_file="b", folder=tmp_path, env={"A": "x"})


@pytest.mark.parametrize(
    ("octets", "said"), [(b"\n", "p is empty; write the password into it"), (b"\xe5", "p is not UTF-8 text")]
)
def test_a_file_without_a_password_is_refused(
    tmp_path: Path, secret: Callable[..., Path], octets: bytes, said: str
) -> None:
    secret("p", "").write_bytes(octets)
    with pytest.raises(ConfigError) as caught:
        read_password(password_env=None, password_file="p", folder=tmp_path, env={})
    assert caught.value.message == f"{tmp_path}/{said}"


def test_the_first_start_makes_the_secret_file_and_the_next_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    made = load_keyring(path, create=True, random_bytes=counting())
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text() == f"0101 {'02' * 32}\n"
    assert load_keyring(path, create=True, random_bytes=counting()) == made
    assert (made.signing.kid, made.signing.secret) == ("0101", b"\2" * 32)
    assert "02" * 32 not in repr(made)
    assert [found.name for found in tmp_path.iterdir()] == ["secret.key"]


def test_whoever_makes_the_secret_file_second_takes_what_is_there(tmp_path: Path, secret: Callable[..., Path]) -> None:
    def slow(length: int) -> bytes:
        if not (tmp_path / "secret.key").exists():
            secret("secret.key", f"first {'ab' * 16}\n")
        return b"\1" * length

    keyring = load_keyring(tmp_path / "secret.key", create=True, random_bytes=slow)
    assert [key.kid for key in keyring.keys] == ["first"]
    assert [found.name for found in tmp_path.iterdir()] == ["secret.key"]


def test_the_last_key_signs_and_all_are_known(tmp_path: Path, secret: Callable[..., Path]) -> None:
    path = secret("secret.key", f"old {'00' * 32}\n\nnew\t{'ff' * 16}\n")
    keyring = load_keyring(path, create=False, random_bytes=counting())
    assert [key.kid for key in keyring.keys] == ["old", "new"]
    assert keyring.signing.secret == b"\xff" * 16


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "secret.key holds no key"),
        ("k1 abcd\n", "secret.key:1: not a key of its own; a line is an id and at least 32 hex digits"),
        (
            f"k {'ab' * 16}\nk {'cd' * 16}\n",
            "secret.key:2: not a key of its own; a line is an id and at least 32 hex digits",
        ),
    ],
)
def test_a_secret_file_that_holds_no_keys_is_refused(
    tmp_path: Path, secret: Callable[..., Path], text: str, said: str
) -> None:
    path = secret("secret.key", text)
    with pytest.raises(ConfigError) as caught:
        load_keyring(path, create=True, random_bytes=counting())
    assert caught.value.message == f"{tmp_path}/{said}"


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o660, 0o602])
def test_a_secret_file_that_others_can_read_or_its_group_change_is_refused(
    secret: Callable[..., Path], mode: int
) -> None:
    path = secret("secret.key", f"k {'ab' * 16}\n", mode)
    with pytest.raises(ConfigError) as caught:
        load_keyring(path, create=False, random_bytes=counting())
    assert caught.value.message == f"{path} is open to others than its owner and group; run `chmod 640 {path}`"


def test_a_secret_file_may_be_read_by_the_group_of_the_agents(secret: Callable[..., Path]) -> None:
    path = secret("secret.key", f"k {'ab' * 16}\n", 0o640)
    assert load_keyring(path, create=False, random_bytes=counting()).signing.kid == "k"


@pytest.mark.parametrize(
    ("text", "without"),
    [
        (
            'url = "postgresql+psycopg://u:hemm/elig@h:5432/d" # ola@x',
            'url = "postgresql+psycopg://u@h:5432/d" # ola@x',
        ),
        ("# url = 'postgresql://:hemmelig@/d'", "# url = 'postgresql://@/d'"),
        ('"postgresql+psycopg://h/d?user=u&password=hemmelig&x=1"', '"postgresql+psycopg://h/d?user=u&password=&x=1"'),
        ('"postgresql+psycopg://h:5432/d" # ola@x', '"postgresql+psycopg://h:5432/d" # ola@x'),
        ('url = "sqlite:///a:b@c.db"', 'url = "sqlite:///a:b@c.db"'),
    ],
)
def test_a_config_is_kept_without_the_passwords_in_its_urls(text: str, without: str) -> None:
    assert without_passwords(text) == without


def test_a_missing_secret_file_is_not_made_by_who_may_not(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"secret\.key is missing"):
        load_keyring(tmp_path / "secret.key", create=False, random_bytes=counting())
    with pytest.raises(ConfigError, match=r"secret\.key cannot be made: No such file or directory"):
        load_keyring(tmp_path / "gone" / "secret.key", create=True, random_bytes=counting())
