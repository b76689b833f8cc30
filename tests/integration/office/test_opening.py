"""Opening the office, and who stands at its counter."""

import os
import pwd
from pathlib import Path

import pytest

from inboxd.config.file import load
from inboxd.errors import ConfigError, NotAllowed, NotFound
from inboxd.office.checking import check_settings
from inboxd.office.opening import database_path, open_existing, open_office, os_user, template_folders, user_name
from inboxd.office.people.orderer import Actor, OsUser, identify, may_change
from inboxd.store import audit
from tests.integration.paper_desk import PaperDesk, write_config

NOBODY = OsUser(name="nobody", trusted=False)
ROOT = OsUser(name="root", trusted=True)
KARI = OsUser(name="kari", trusted=False)
PER = OsUser(name="per", trusted=False)


def test_a_database_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    settings = load(write_config(tmp_path), env={}, with_secrets=False)
    assert open_existing(settings) is None
    assert list(tmp_path.iterdir()) == [settings.path]
    open_office(settings).store.close()
    office = open_existing(settings)
    assert office is not None
    office.store.close()


def test_a_daemon_with_an_unknown_key_does_not_start(desk: PaperDesk) -> None:
    desk.office.settings.secret_file.unlink()
    with pytest.raises(ConfigError):
        open_office(desk.office.settings)


def test_an_empty_database_beside_an_older_key_is_told_and_put_on_record(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = load(write_config(tmp_path), env={}, with_secrets=False)
    open_office(settings).store.close()
    (tmp_path / "inboxd.db").unlink()
    office = open_office(settings)
    with office.store.reading() as session:
        [noted] = audit.listed(session)
    office.store.close()
    assert (noted.actor, noted.action) == ("inboxd", "began with an empty database")
    assert "put it (or the last backup) back" in noted.detail
    assert "database.empty" in caplog.text


def test_postgresql_has_no_file(tmp_path: Path) -> None:
    config = write_config(tmp_path, more='\n[database]\nurl = "postgresql+psycopg://desk@db.example/desk"\n')
    settings = load(config, env={}, with_secrets=False)
    assert database_path(settings) is None
    assert os_user(settings).trusted


def test_templates_beside_the_config_come_before_the_packages(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    assert template_folders(load(config, env={}, with_secrets=False)) == ()
    (tmp_path / "templates").mkdir()
    assert template_folders(load(config, env={}, with_secrets=False)) == (tmp_path / "templates",)


def test_a_broken_template_is_an_error_of_check(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "nb"
    folder.mkdir(parents=True)
    (folder / "receipt.txt.j2").write_text("{{ nonsense }}")
    document = check_settings(load(write_config(tmp_path), env={}, with_secrets=False))
    assert any("receipt" in error for error in document["errors"])


def test_a_user_is_who_the_system_says(desk: PaperDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "kari")
    monkeypatch.setenv("USER", "kari")
    user = os_user(desk.office.settings)
    assert user == OsUser(name=pwd.getpwuid(os.geteuid()).pw_name, trusted=True)
    assert user_name(4_000_000_000) == "user 4000000000"


def test_an_agent_is_who_logs_in_by_that_name(desk: PaperDesk) -> None:
    assert identify(desk.office.desk, KARI, None).name == "kari"
    assert identify(desk.office.desk, PER, "per").name == "per"


def test_root_and_the_owner_act_as_admin_or_for_whom_they_say(desk: PaperDesk) -> None:
    assert identify(desk.office.desk, ROOT, None) == Actor(name="admin", agent=None)
    assert identify(desk.office.desk, ROOT, "per").name == "per"
    assert identify(desk.office.desk, KARI, "per").name == "per"


@pytest.mark.parametrize(
    ("user", "as_agent"),
    [(NOBODY, None), (NOBODY, "kari"), (PER, "kari"), (ROOT, "nils"), (OsUser(name="nils", trusted=False), None)],
)
def test_who_may_not_act_is_told_so(desk: PaperDesk, user: OsUser, as_agent: str | None) -> None:
    with pytest.raises(NotAllowed):
        identify(desk.office.desk, user, as_agent)


def test_an_unknown_agent_is_told_who_there_is(desk: PaperDesk) -> None:
    with pytest.raises(NotFound, match="no agent hvem") as caught:
        identify(desk.office.desk, ROOT, "hvem")
    assert caught.value.hint == "there are: kari, per, revi"


def test_an_auditor_reads_only(desk: PaperDesk) -> None:
    auditor = identify(desk.office.desk, ROOT, "revi")
    with pytest.raises(NotAllowed, match="may read but not change"):
        may_change(auditor)
    admin = identify(desk.office.desk, ROOT, None)
    assert may_change(admin) is admin


def test_looking_needs_no_secret_file_and_makes_none(tmp_path: Path) -> None:
    settings = load(write_config(tmp_path), env={}, with_secrets=False)
    office = open_office(settings, sign=False)
    office.store.close()
    assert office.keyring.keys == ()
    assert not settings.secret_file.exists()


def test_a_lost_secret_file_is_not_papered_over_by_a_new_one(desk: PaperDesk) -> None:
    secret = desk.office.settings.secret_file
    secret.unlink()
    with pytest.raises(ConfigError):
        open_office(desk.office.settings)
    assert not secret.exists()
