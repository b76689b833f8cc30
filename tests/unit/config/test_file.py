"""config.toml as a whole: the least that works, the design's example, and a file in which much is wrong."""

import datetime as dt
from pathlib import Path

import pytest

from inboxd.config.file import find, load
from inboxd.config.settings import Settings
from inboxd.desk.clocks.service_levels import Target
from inboxd.desk.desk import Cap
from inboxd.errors import ConfigError

ENV = {"KS_PASSWORD": "hemmelig"}
EXAMPLE = Path(__file__).parents[2] / "fixtures" / "config" / "two_people.toml"

MINIMAL = """\
[desk]
name = "Kundeservice"
[[agent]]
name = "kari"
address = "Kari@desk.example"
[[category]]
name = "it"
[[mailbox]]
address = "Kundeservice@desk.example"
  [mailbox.imap]
  host = "imap.desk.example"
  password_env = "KS_PASSWORD"
  [mailbox.smtp]
  host = "smtp.desk.example"
"""

WRONG = """\
[desk]
name = "Kundeservice"
timezone = "Europe/Olso"
send_delay = "ten"

[[agent]]
name = "kari"
adress = "kari@desk.example"
categories = ["it", "prnt"]

[[category]]
name = "it"
manager = "kry"

[[category]]
name = "print"
assignment = "evn"

[[mailbox]]
name = "kundeservice"
address = "kundeservice@desk.example"
category = "it"
  [mailbox.imap]
  host = "10.0.0.1"
  port = 99143
  tls = "none"
  password_env = "NOT_SET"
  [mailbox.smtp]
  host = "127.0.0.1"
  tls = "nune"

[[rule]]
name = "printers"
match = { subject = "(a" }
set = { category = "print" }

[[customer]]
name = "Molde"
category = "prnt"
"""

SAID = """\
config.toml:3: [desk] timezone: "Europe/Olso" is no time zone; did you mean "Europe/Oslo"?
config.toml:4: [desk] send_delay: "ten" is no length of time; for example "10s", "15m", "4h" or "2d"
config.toml:8: [[agent]] adress: unknown key; did you mean "address"?
config.toml:9: [[agent]] categories: no category is named "prnt"; did you mean "print"?
config.toml:13: [[category]] manager: no agent is named "kry"; known here: kari
config.toml:17: [[category]] assignment: "evn" is not known; did you mean "even"?
config.toml:25: [mailbox.imap] port: 99143 is no port; a number from 1 to 65535, without quotes
config.toml:26: [mailbox.imap] tls: "none" would send passwords and mail in plain text to 10.0.0.1; \
"implicit" or "starttls", or add allow_plaintext = true
config.toml:27: [mailbox.imap] password_env: the environment variable NOT_SET is not set; set it, or use password_file
config.toml:30: [mailbox.smtp] tls: "nune" is not known; did you mean "none"?
config.toml:34: [[rule]] match.subject: "(a" is no regular expression (RE2): missing ): (a
config.toml:39: [[customer]] category: no category is named "prnt"; did you mean "print"?"""


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def loaded(text: str, *, with_secrets: bool = True) -> Settings:
    path = Path("config.toml")
    path.write_text(text, encoding="utf-8")
    return load(path, env=ENV, with_secrets=with_secrets)


def test_the_least_that_works_has_what_a_desk_would_choose(there: Path) -> None:
    settings = loaded(MINIMAL)
    desk, box = settings.desk, settings.mailboxes[0]
    assert (desk.prefixes, desk.language, desk.timezone, desk.admin) == (("KS",), "nb", "Europe/Oslo", None)
    assert (desk.agent_mail, desk.send_delay, desk.max_message_size) == ("token", dt.timedelta(seconds=10), 35 * 2**20)
    assert desk.receipts.per_address == Cap(count=5, period=dt.timedelta(hours=1))
    assert desk.receipts.unknown_senders == Cap(count=60, period=dt.timedelta(minutes=1))
    assert (desk.receipts.desk, desk.receipts.return_path_required) == (None, False)
    assert desk.agents[0].address == "kari@desk.example"
    assert (desk.agents[0].categories, desk.categories[0].members) == (("it",), ("kari",))
    assert (desk.categories[0].assignment, desk.categories[0].title) == ("fewest_open", "it")
    assert desk.mailboxes[0].name == "Kundeservice"
    assert desk.mailboxes[0].category == "it"
    assert desk.is_ours("kundeservice+x@desk.example")
    assert (box.imap.server.port, box.imap.server.tls, box.smtp.server.port) == (993, "implicit", 465)
    assert (box.imap.server.username, box.imap.server.password) == ("Kundeservice@desk.example", "hemmelig")
    assert (box.smtp.server.username, box.smtp.server.password) == ("Kundeservice@desk.example", "hemmelig")
    assert (box.imap.folder, box.imap.after, box.imap.poll_seconds, box.imap.first_run) == ("INBOX", "seen", 60, "new")
    assert (box.smtp.null_sender, box.smtp.confirm) == ("auto", "off")
    assert settings.database_url == f"sqlite:///{there}/inboxd.db"
    assert (settings.path, settings.secret_file) == (there / "config.toml", there / "secret.key")
    assert settings.templates is None
    assert "hemmelig" not in repr(settings)


def test_a_copy_of_every_answer_is_asked_for_by_confirm(there: Path) -> None:
    settings = loaded(MINIMAL.replace("[mailbox.smtp]", '[mailbox.smtp]\nconfirm = "bcc"'))
    assert settings.mailboxes[0].smtp.confirm == "bcc"


def test_priorities_and_calendars_are_built_in(there: Path) -> None:
    desk = loaded(MINIMAL).desk
    assert [(p.name, p.title, p.response, p.resolution, p.clock) for p in desk.priorities] == [
        ("critical", "Kritisk", Target(days=0, minutes=15), Target(days=0, minutes=120), "24x7"),
        ("high", "Høy", Target(days=0, minutes=60), Target(days=0, minutes=240), "office"),
        ("normal", "Middels", Target(days=0, minutes=240), Target(days=2, minutes=0), "office"),
        ("low", "Lav", Target(days=1, minutes=0), Target(days=10, minutes=0), "office"),
    ]
    assert [(c.name, c.holidays, c.week[0], c.week[6]) for c in desk.calendars] == [
        ("office", "NO", ((480, 930),), ()),
        ("24x7", None, ((0, 1440),), ((0, 1440),)),
    ]


def test_a_whole_file_is_read_as_it_stands() -> None:
    settings = load(EXAMPLE, env=ENV)
    desk, box = settings.desk, settings.mailboxes[0]
    assert [(a.name, a.categories, a.role) for a in desk.agents] == [
        ("kari", ("it", "print"), "lead"),
        ("ola", ("it", "print"), "agent"),
    ]
    assert desk.categories[1].members == ("kari", "ola")
    rule = desk.rules[0]
    assert (rule.match, rule.category, rule.priority) == ((("subject", "(?i)skriver|printer"),), "print", "low")
    assert (rule.tags, rule.stop, rule.mailbox) == (("printer",), True, "kundeservice")
    office = desk.calendars[0]
    assert office.days == ((dt.date(2026, 12, 24), ()), (dt.date(2026, 4, 1), ((480, 720),)))
    assert (office.seasons[0].first, office.seasons[0].last) == ((6, 15), (8, 15))
    assert office.seasons[0].hours == (((480, 900),), None, None, None, None, None, None)
    assert (box.imap.server.port, box.imap.server.username, box.imap.server.password) == (
        1143,
        "kundeservice",
        "hemmelig",
    )
    assert (box.smtp.server.port, box.smtp.server.username, box.smtp.server.password) == (1025, None, None)


def test_every_error_is_told_at_once_with_its_line_and_what_would_be_right(there: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(WRONG)
    assert caught.value.message == SAID
    assert caught.value.hint == "12 errors in config.toml: correct it, then run `inboxd check`."
    assert caught.value.exit_code == 78


def test_without_secrets_no_password_is_looked_for(there: Path) -> None:
    settings = loaded(MINIMAL.replace("KS_PASSWORD", "NOT_SET"), with_secrets=False)
    assert settings.mailboxes[0].imap.server.password is None


def test_a_trusted_server_makes_dmarc_part_of_the_proof(there: Path) -> None:
    desk = loaded(MINIMAL.replace('"Kundeservice"', '"K"\ntrusted_authserv_ids = ["mx.desk.example"]', 1)).desk
    assert (desk.agent_mail, desk.trusted_authserv_ids) == ("token+dmarc", ("mx.desk.example",))


def test_paths_are_relative_to_the_file_and_postgresql_is_left_alone(there: Path) -> None:
    (there / "letters").mkdir()
    more = '"K"\nsecret_file = "keys/s"\ntemplates = "letters"\n[database]\nurl = "postgresql+psycopg://u@h/d"'
    settings = loaded(MINIMAL.replace('"Kundeservice"', more, 1))
    assert (settings.secret_file, settings.templates) == (there / "keys/s", there / "letters")
    assert settings.database_url == "postgresql+psycopg://u@h/d"
    absolute = MINIMAL.replace('"Kundeservice"', '"K"\n[database]\nurl = "sqlite:////var/lib/inboxd.db"', 1)
    assert loaded(absolute).database_url == "sqlite:////var/lib/inboxd.db"


def test_templates_beside_the_file_are_taken(there: Path) -> None:
    (there / "templates").mkdir()
    assert loaded(MINIMAL).templates == there / "templates"


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (b"[desk]\nname = Kundeservice\n", "config.toml:2:8: not TOML: Invalid value"),
        (b'[desk]\nname = "K', "config.toml:2:10: not TOML: Unterminated string"),
        (b"[desk]\nname = 'bl\xe5'\n", "config.toml:2: not UTF-8; save the file as UTF-8 text"),
    ],
)
def test_a_file_that_is_no_toml_is_told_with_line_and_column(there: Path, octets: bytes, said: str) -> None:
    Path("config.toml").write_bytes(octets)
    with pytest.raises(ConfigError) as caught:
        load(Path("config.toml"), env=ENV)
    assert caught.value.message == said


def test_a_byte_order_mark_does_no_harm(there: Path) -> None:
    assert loaded("\ufeff" + MINIMAL).desk.name == "Kundeservice"


def test_a_file_that_cannot_be_read_is_told(there: Path) -> None:
    with pytest.raises(ConfigError, match=r"config\.toml cannot be read: No such file or directory"):
        load(Path("config.toml"), env=ENV)


def test_the_config_is_looked_for_where_it_was_named_then_in_the_usual_places(there: Path) -> None:
    named, other = there / "named.toml", there / "other.toml"
    for path in (named, other, there / "config.toml"):
        path.touch()
    assert find(named, {"INBOXD_CONFIG": str(other)}) == named
    assert find(None, {"INBOXD_CONFIG": str(other)}) == other
    assert find(None, {}) == Path("config.toml")


@pytest.mark.parametrize(
    ("explicit", "env", "said"),
    [
        (Path("gone.toml"), {}, "there is no file gone.toml (named by --config)"),
        (None, {"INBOXD_CONFIG": "gone.toml"}, "there is no file gone.toml (named by $INBOXD_CONFIG)"),
    ],
)
def test_a_config_that_was_named_and_is_not_there_is_an_error(
    there: Path, explicit: Path | None, env: dict[str, str], said: str
) -> None:
    (there / "config.toml").touch()
    with pytest.raises(ConfigError) as caught:
        find(explicit, env)
    assert caught.value.message == said


@pytest.mark.skipif(Path("/etc/inboxd/config.toml").exists(), reason="this machine has a desk")
def test_without_any_config_it_says_where_it_looked(there: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        find(None, {})
    assert caught.value.message == (
        "there is no config.toml: looked at $INBOXD_CONFIG (not set), ./config.toml and /etc/inboxd/config.toml"
    )
    assert caught.value.hint == "`inboxd init` writes one; or name it by --config."
