"""Every named rule for kinds of mail has a mail in tests/fixtures/mail whose TOML wants that rule to hit."""

from inboxd.desk.classify import classify
from inboxd.mail.automatic import RULES
from inboxd.mail.parse import parse
from tests.integration.office.test_fixture_mails import MAILS, expected

NOT_IN_A_FILE = {"headers-only"}
"""Only a server says that a mail is too large to be fetched; a file is always whole."""


def test_every_rule_hits_in_a_mail_that_wants_it() -> None:
    shown: set[str] = set()
    for path in MAILS:
        wanted = {each["rule"] for each in expected(path)["explain"].get("evidence", [])}
        shown |= wanted & {each.rule for each in classify(parse(path.read_bytes())).evidence}
    assert {rule.name for rule in RULES} - shown == NOT_IN_A_FILE
