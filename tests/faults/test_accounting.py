"""The accounting identity: `db check` and `incoming reconcile` agree after all that happens, and see all that is wrong.

Every desk of tests/e2e, tests/faults and tests/integration proves it when its test ends (`DeskAtWork.account`,
`PaperDesk.close`); here it is shown that the proof has teeth.
"""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, create_engine, text

from inboxd.mail.message import ParsedMessage
from inboxd.parsing.failure import ParseFailed
from inboxd.store.checks import check
from tests.faults.conftest import UnderFire
from tests.faults.once import run_once
from tests.integration.paper_desk import MovedClock, PaperDesk, mail


@contextmanager
def by_hand(url: str) -> Iterator[Connection]:
    """Write into a database past all the product's own words."""
    engine = create_engine(url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


@pytest.mark.servers("dovecot")
async def test_every_mail_on_the_server_stands_in_one_column(under_fire: UnderFire) -> None:
    """I1: mails before us, done, held, removed later and removed before we could fetch them: the sums agree."""
    desk, clock = under_fire.desk, MovedClock()
    clock.moment = dt.datetime.now(dt.UTC)
    under_fire.arrive(4)
    assert await run_once(desk, clock) is None
    with by_hand(desk.database_url) as connection:
        connection.execute(text("UPDATE incoming SET state = 'hold', outcome = NULL, filed_away = false WHERE uid = 2"))
        connection.execute(text("UPDATE folders SET baseline_uid = 1"))
        connection.execute(text("DELETE FROM incoming WHERE uid = 1"))
    with under_fire.dovecot.client(desk.user) as client:
        client.select_folder("INBOX")
        client.delete_messages([4])
        client.expunge()
    document = desk.ask("incoming", "reconcile")
    [folder] = document["folders"]
    assert (folder["on_server"], folder["before_baseline"], folder["missing"]) == (3, 1, [])
    assert (folder["by_state"], folder["gone"]) == ({"done": 1, "hold": 1}, {"done": 1})
    assert folder["accounted"] == sum(folder["by_state"].values())
    letters = document["letters"]
    assert (letters["total"], letters["wrong"]) == (sum(letters["by_state"].values()), [])
    assert letters["total"] == 4
    said = desk.run("incoming", "reconcile").stdout
    assert "by state:" in said
    assert "hold: 1" in said


@pytest.mark.servers("dovecot")
def test_a_mail_that_the_ledger_passed_over_is_told(under_fire: UnderFire) -> None:
    """I1: a cursor beyond a mail that is in no row is a mail lost, and every test that ends so fails."""
    desk = under_fire.desk
    under_fire.arrive(1)
    with by_hand(desk.database_url) as connection:
        connection.execute(text("UPDATE folders SET settled_uid = 5"))
    refused = desk.run("incoming", "reconcile", "--json", check=False)
    assert (refused.returncode, json.loads(refused.stdout)["folders"][0]["missing"]) == (1, [5])
    with pytest.raises(AssertionError):
        desk.account()
    with by_hand(desk.database_url) as connection:
        connection.execute(text("UPDATE folders SET settled_uid = 4"))
    desk.account()


@pytest.mark.servers("dovecot")
def test_a_letter_that_is_not_what_its_recipients_are_fails_the_account(under_fire: UnderFire) -> None:
    """I5: the letters of `incoming reconcile` are compared with their recipients, not counted twice."""
    desk = under_fire.desk
    under_fire.arrive(1)
    desk.run("run", "--once")
    desk.account()
    with by_hand(desk.database_url) as connection:
        connection.execute(text("UPDATE letter_recipients SET state = 'deferred'"))
        connection.execute(text("UPDATE letters SET state = 'sent'"))
    refused = desk.run("incoming", "reconcile", "--json", check=False)
    with by_hand(desk.database_url) as connection:
        connection.execute(text("UPDATE letter_recipients SET state = 'sent'"))
    document = json.loads(refused.stdout)
    assert (refused.returncode, document["ok"], document["folders"][0]["missing"]) == (1, False, [])
    (wrong,) = document["letters"]["wrong"]
    assert wrong.endswith("letters are called sent though a recipient is not")
    assert desk.ask("incoming", "reconcile")["letters"]["wrong"] == []


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaperDesk]:
    """A desk with one case, its receipt on the way."""
    desk = PaperDesk(tmp_path_factory.mktemp("desk"))
    desk.arrive(mail())
    yield desk
    desk.close()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("UPDATE incoming SET entry_id = NULL", "without an entry"),
        ("UPDATE incoming SET state = 'hold'", "though they are not done"),
        ("UPDATE incoming SET outcome = NULL, case_id = NULL", "done without an outcome"),
        ("UPDATE incoming SET filed_away = true, headers_only = true", "filed away on the server"),
        ("UPDATE incoming SET filed_away = true, finished_at = NULL", "filed away on the server"),
        ("UPDATE incoming SET octets_id = NULL", "lost their octets"),
        ("UPDATE entries SET letter_id = NULL WHERE kind = 'mail_out'", "a letter that is not there"),
        ("UPDATE entries SET kind = 'note', letter_id = NULL WHERE kind = 'mail_out'", "do not stand on their case"),
        ("DELETE FROM letter_recipients", "no recipient"),
        ("UPDATE letters SET state = 'sent'", "called sent though"),
        ("UPDATE letters SET state = 'active'", "without an owner"),
        ("UPDATE letters SET owner = 'x'", "without an owner"),
        ("UPDATE letters SET state = 'failed'", "given up though"),
        ("UPDATE letters SET state = 'unknown'", "though no recipient is"),
        ("UPDATE letters SET state = 'bounced'", "given up though"),
        ("UPDATE letter_recipients SET state = 'sent'", "though no recipient waits"),
        ("UPDATE letter_recipients SET state = 'failed'; UPDATE letters SET state = 'sent'", "called sent though"),
        ("UPDATE letter_recipients SET state = 'sent'; UPDATE letters SET state = 'cancelled'", "everybody has them"),
        ("UPDATE letter_recipients SET state = 'sent'; UPDATE letters SET state = 'hold'", "though no recipient waits"),
        ("PRAGMA ignore_check_constraints = ON; UPDATE letters SET state = 'lost'", "a state that there is none of"),
        (
            "PRAGMA ignore_check_constraints = ON; UPDATE letter_recipients SET state = ''",
            "a state that there is none of",
        ),
        ("UPDATE octets SET content = x'00', codec = 'raw'", "not what was stored"),
    ],
)
def test_db_check_sees_what_is_wrong(desk: PaperDesk, wrong: str, said: str) -> None:
    """I5: each account of `db check` finds its own mistake, in a database that is sound to the letter."""
    assert check(desk.office.store) == ()
    desk.beyond_account = "it is wrong by hand"
    with by_hand(desk.office.settings.database_url) as connection:
        for statement in wrong.split("; "):
            connection.execute(text(statement))
    assert any(said in problem for problem in check(desk.office.store))


def test_an_unreadable_mail_that_comes_again_opens_no_second_case(desk: PaperDesk) -> None:
    """F32 F64: restored under another UID it is the same mail, and a person has it already."""

    def dies(octets: bytes, *, headers_only: bool = False) -> ParsedMessage:
        raise ParseFailed("the reader died")

    desk.parser = dies
    desk.arrive(mail("Farlig", number=2))
    desk.arrive(mail("Farlig", number=2))
    with by_hand(desk.office.settings.database_url) as connection:
        rows = connection.execute(text("SELECT state, outcome FROM incoming WHERE id > 1 ORDER BY id")).all()
        cases = connection.execute(text("SELECT count(*) FROM cases")).scalar()
    assert [tuple(row) for row in rows] == [("hold", None), ("done", "duplicate")]
    assert cases == 2
