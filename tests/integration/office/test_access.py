"""A case of a closed category is as good as not there for everybody else, in every document that the office makes."""

import datetime as dt
import inspect
import json
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import inboxd.office
from inboxd.desk.case import Channel, Status
from inboxd.desk.order import Assign, Note, Register, SetFields
from inboxd.desk.reference import reference
from inboxd.desk.report import month_of
from inboxd.errors import InboxdError, NotFound
from inboxd.mail.parse import parse
from inboxd.office import act, documents, files, finding, naming, queues, rescue, told_fields
from inboxd.office.explain import Explainer
from inboxd.office.letters import forwarding, replies
from inboxd.office.notices import documents as notice_documents
from inboxd.office.notices import notices
from inboxd.office.notices.notices import NewNotice
from inboxd.office.office import Office
from inboxd.office.people import agents
from inboxd.office.reports import inactive, months, now, weekly
from inboxd.store import folders, incoming
from inboxd.store.cases import case_by_number, journal
from inboxd.store.letters import list_letters
from tests.integration.paper_desk import NOW, PaperDesk, mail, plain_parser, write_config

HR = """
[[agent]]
name = "ada"
address = "ada@agents.example"
categories = ["hr"]

[[category]]
name = "hr"
title = "Personalsaker"
access = "members"

[[rule]]
name = "hr"
match = { subject = "(?i)sykemelding" }
set = { category = "hr" }

[[mailbox]]
name = "personal"
address = "personal@desk.example"
category = "hr"
  [mailbox.imap]
  host = "127.0.0.1"
  port = 1
  tls = "none"
  username = "hr"
  password_env = "KS_PASSWORD"
  [mailbox.smtp]
  host = "127.0.0.1"
  port = 1
  tls = "none"
"""

ANNA = "Anna Hemmelig <anna@kommune.example>"
SECRET = mail("Sykemelding", sender=ANNA, number=2, text="Dette er hemmelig.\n", files={"hemmelig.pdf": b"%PDF"})
SECRETS = re.compile(r"(?i)hemmelig|sykemelding|anna@|personalsaker|KS-10019|case 2\b")
NOBODYS = 900_000


@dataclass(frozen=True)
class Ids:
    """What the hidden case goes by: its id and number, its mail's, an entry of it, a letter about it, a notice."""

    case: int
    number: int
    mail: int
    entry: int
    letter: int
    duplicate: int
    ignored: int
    notice: int

    @property
    def reference(self) -> str:
        return reference("KS", self.number)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaperDesk]:
    folder = tmp_path_factory.mktemp("desk")
    paper = PaperDesk(folder, config=write_config(folder, more=HR))
    yield paper
    paper.close()


@pytest.fixture(scope="module")
def ids(desk: PaperDesk) -> Ids:
    """Return what the hidden case goes by, on a desk that has an open case besides."""
    desk.arrive(mail(number=1))
    (filed,) = desk.arrive(SECRET)
    (again,) = desk.arrive(SECRET)
    ignored = lay_in_personal(desk, mail("Autosvar", sender=ANNA, number=3, Auto_Submitted="auto-replied"))
    desk.arrive(mail("Sykemelding to", sender=ANNA, number=4))
    office = desk.office
    act.act(SetFields(actor="ada", status=Status.SOLVED), 1002, office)
    down = NewNotice(actor="admin", kind="unplanned", starts_at=NOW, ends_at=None, affects=("it",), text="Nede.")
    number = notices.make(office, down)["id"]
    notices.link(office, number, ("KS-10019",), actor="admin")
    act.act(Note(actor="ada", text="hemmelig notat"), 1001, office)
    desk.clock.forward(hours=1)
    with office.store.reading() as session:
        case = case_by_number(session, 1001)
        assert case is not None
        entry = journal(session, case.id)[0].id
        letter = next(row.id for row in list_letters(session) if row.case_id == case.id and row.kind == "receipt")
    assert case.category == "hr"
    return Ids(case=case.id, number=1001, mail=filed, entry=entry, letter=letter, duplicate=again, ignored=ignored,
               notice=number)  # fmt: skip


def lay_in_personal(desk: PaperDesk, octets: bytes) -> int:
    """Put a mail into the folder of the closed category's mailbox and decide on it."""
    (first,) = desk.lay(octets)
    with desk.office.store.begin() as session:
        folders.start_folder(
            session, mailbox="personal", folder="INBOX", uidvalidity=7, baseline_uid=0, now=desk.clock.now()
        )
        session.connection().exec_driver_sql(
            f"UPDATE incoming SET folder_id = (SELECT id FROM folders WHERE mailbox = 'personal') WHERE id = {first}"
        )
    while desk.intake():
        continue
    with desk.office.store.reading() as session:
        assert incoming.get(session, first).outcome == "ignored"
    return first


Probe = Callable[[Office, Ids, Path], object]

BY_ID: dict[str, Probe] = {
    "documents.show": lambda office, ids, _: documents.show(office, ids.case),
    "act.act": lambda office, ids, _: act.act(Note(actor=name_of(office), text="x"), ids.number, office),
    "naming.case_id_of": lambda office, ids, _: naming.case_id_of(ids.number, office),
    "files.raw": lambda office, ids, _: files.raw(office, ids.case, ids.entry),
    "files.save_attachments": lambda office, ids, folder: files.save_attachments(office, ids.case, folder),
    "letters.forwarding.original": lambda office, ids, _: forwarding.original(office, ids.case),
    "letters.replies.reply_words": lambda office, ids, _: replies.reply_words(
        ids.number, "x", office, actor=name_of(office)
    ),
    "told_fields.told_fields": lambda office, ids, _: told_fields.told_fields(ids.number, "x", office=office),
    "queues.incoming_show": lambda office, ids, _: queues.incoming_show(office, ids.mail),
    "queues.incoming_show of a copy": lambda office, ids, _: queues.incoming_show(office, ids.duplicate),
    "queues.incoming_show without a case": lambda office, ids, _: queues.incoming_show(office, ids.ignored),
    "queues.incoming_raw": lambda office, ids, _: queues.incoming_raw(office, ids.mail),
    "queues.incoming_retry": lambda office, ids, _: queues.incoming_retry(office, ids.mail),
    "queues.incoming_discard": lambda office, ids, _: queues.incoming_discard(office, ids.mail, "x"),
    "queues.outbox_show": lambda office, ids, _: queues.outbox_show(office, ids.letter),
    "queues.outbox_raw": lambda office, ids, _: queues.outbox_raw(office, ids.letter),
    "queues.outbox_order": lambda office, ids, _: queues.outbox_order(office, ids.letter, "hold", actor="per"),
    "rescue.open_ignored": lambda office, ids, _: rescue.open_ignored(
        office, ids.mail, actor="per", parser=plain_parser
    ),
    "notices.notices.link": lambda office, ids, _: notices.link(
        office, ids.notice % NOBODYS, (ids.reference,), actor="per"
    ),
}
"""One thing by its id: for whom it is hidden, it is not found, in the very words of one that is not there."""

LISTS: dict[str, Probe] = {
    "documents.queue": lambda office, _ids, _: documents.queue(office, include_closed=True),
    "documents.found": lambda office, ids, _: documents.found(office, (1, ids.case)),
    "finding.find": lambda office, _ids, _: [f"case {one}" for one in finding.find(office, "hemmelig", limit=9)],
    "finding.find by number": lambda office, ids, _: [
        f"case {one}" for one in finding.find(office, ids.reference, limit=9)
    ],
    "queues.incoming_list": lambda office, _ids, _: [
        f"mail {one['id']} {one['sha256']}" for one in queues.incoming_list(office)
    ],
    "queues.audit_list": lambda office, _ids, _: queues.audit_list(office),
    "queues.outbox_list": lambda office, _ids, _: queues.outbox_list(office),
    "notices.documents.show": lambda office, ids, _: notice_documents.show(office, ids.notice),
    "notices.documents.listed": lambda office, _ids, _: notice_documents.listed(office),
    "reports.now.now_report": lambda office, _ids, _: now.now_report(office),
    "reports.months.channels": lambda office, _ids, _: months.channels(office, month_of(NOW, "Europe/Oslo")),
    "reports.months.time": lambda office, _ids, _: months.time(office, month_of(NOW, "Europe/Oslo")),
    "reports.months.sla": lambda office, _ids, _: months.sla(office, month_of(NOW, "Europe/Oslo")),
    "people.agents.agent_list": lambda office, _ids, _: [
        f"{one['name']} has case {one['open_cases']}" for one in agents.agent_list(office) if one["open_cases"]
    ],
    "reports.inactive.inactive": lambda office, _ids, _: [
        f"{one['name']} has case {one['open_cases']}" for one in inactive.inactive(office, -1) if one["open_cases"]
    ],
    "reports.weekly.weekly": lambda office, _ids, _: weekly.weekly(
        office, weekly.week_before(NOW + dt.timedelta(days=7), "Europe/Oslo")
    ),
}
"""Several things: what is hidden from somebody is left out, and out of the counts."""

NOT_FOR_READERS: dict[str, str] = {
    "documents.result": "what the reader's own order has just left",
    "documents.sent_document": "the letter that the reader's own order has just written",
    "people.agents.registered_on": "people, not cases",
    "people.agents.agent_away": "cases that were handed over: see test_what_was_handed_over_is_told_as_far_as_one_may",
    "people.agents.agent_back": "people, not cases",
    "people.agents.hand_over_lost": "the daemon's own",
    "claims.ask_agents": "the daemon's own: each letter goes to the one agent whose mails wait",
    "claims.carry_out_confirmed": "the daemon's own: what its agent may do is looked at again",
    "exporting.export": "everything, for admins only: see cli.moving",
    "exporting.restore": "everything, for admins only: see cli.moving",
    "importing.import_mail": "mail that comes in, for admins only: see cli.moving",
    "health.health": "counts that nobody can tell a case by",
    "health.examine": "counts that nobody can tell a case by",
    "reports.months.inactive_agents": "people, not cases",
    "reports.inactive_letters.ask_customers": "people, not cases",
    "reports.months.rules": "rules of the config and how often they hit",
    "reports.months.period": "a span of time",
    "reports.rule_hits.rule_hits": "rules of the config and how often they hit",
    "taking.earlier.desk_at": "a config",
    "taking.earlier.desk_of": "a config",
    "letters.responses.take_back_response": "the daemon's own: a letter that reached nobody",
    "letters.responses.respond_again": "a letter whose reader it was asked for by queues.outbox_order",
    "notices.notices.make": "a notice, which is for everybody",
    "notices.notices.unlink": "finds its cases as notices.link does",
    "notices.notices.change": "answers as notices.documents.show does",
    "notices.notices.close": "answers as notices.documents.show does",
    "notices.documents.acknowledgements": "customers' contacts, not cases",
    "reports.morning.tell_agents": "each agent's letter lists what he may know (tests/unit/desk/test_morning.py)",
    "reports.weekly.tell_leads": "each lead's letter is weekly.weekly of what he may know",
    "queues.hold_sending": "mailboxes, not letters",
    "queues.release_sending": "mailboxes, not letters",
    "queues.sending": "mailboxes, not letters",
}
"""Functions that take an office and tell of no case, each with the reason."""

DAEMONS = frozenset({
    "alerts", "intake", "letters.freezing", "letters.undelivered", "notices.clock", "notices.feeds", "notices.post",
    "notices.surge", "opening", "people.access", "taking.renaming", "taking.take", "taking.timers", "tick",
})  # fmt: skip
"""Modules that work for no reader: the daemon's own, and the one that keeps to what readers may know."""


def name_of(office: Office) -> str:
    assert office.reader is not None
    return office.reader.name


def working_for(desk: PaperDesk, name: str) -> Office:
    return replace(desk.office, reader=desk.office.desk.agent(name))


def told(probe: Probe, office: Office, ids: Ids, folder: Path) -> str:
    """Return what a document tells, or why it does not."""
    try:
        found = probe(office, ids, folder)
    except InboxdError as error:
        return f"{type(error).__name__}: {error.message} ({error.hint})"
    return found.decode("latin-1") if isinstance(found, bytes) else json.dumps(found, default=str, ensure_ascii=False)


def not_there(ids: Ids) -> Ids:
    fields = {name: value + NOBODYS for name, value in vars(ids).items()}
    return Ids(**fields)


def shape(text: str) -> str:
    return re.sub(r"\d+", "#", text)


@pytest.mark.parametrize("what", BY_ID)
def test_whom_a_category_is_closed_to_is_told_of_its_case_as_of_one_that_is_not_there(
    what: str, desk: PaperDesk, ids: Ids, tmp_path: Path
) -> None:
    per, ada = working_for(desk, "per"), working_for(desk, "ada")
    hidden = told(BY_ID[what], per, ids, tmp_path / "per")
    assert hidden.startswith("NotFound: ")
    assert shape(hidden) == shape(told(BY_ID[what], per, not_there(ids), tmp_path / "nobody"))
    assert shape(told(BY_ID[what], ada, ids, tmp_path / "ada")) != shape(hidden)
    assert not (tmp_path / "per").exists()


@pytest.mark.parametrize("what", LISTS)
def test_whom_a_category_is_closed_to_does_not_see_its_case_in_any_list(
    what: str, desk: PaperDesk, ids: Ids, tmp_path: Path
) -> None:
    hidden = told(LISTS[what], working_for(desk, "per"), ids, tmp_path)
    shown = told(LISTS[what], working_for(desk, "ada"), ids, tmp_path)
    assert SECRETS.search(hidden) is None, hidden
    assert not hidden.startswith("NotFound"), hidden
    assert hidden != shown


def office_modules() -> Iterator[ModuleType]:
    for module in pkgutil.walk_packages(inboxd.office.__path__, "inboxd.office."):
        yield import_module(module.name)


def within_the_room(module: ModuleType) -> str:
    return module.__name__.removeprefix("inboxd.office.")


def test_every_function_that_takes_an_office_is_looked_at_here() -> None:
    looked_at = {name.split(" ")[0] for name in (*BY_ID, *LISTS, *NOT_FOR_READERS)}
    there = {
        f"{within_the_room(module)}.{name}"
        for module in office_modules()
        if within_the_room(module) not in DAEMONS
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and any(
            parameter.annotation in {Office, "Office"} for parameter in inspect.signature(function).parameters.values()
        )
    }
    assert there - looked_at == set(), "put each into BY_ID or LISTS, or say why it tells of no case"
    assert looked_at - there == set()
    assert {within_the_room(module) for module in office_modules()} >= DAEMONS


def test_an_answer_to_a_hidden_case_is_explained_as_if_the_case_were_not_there(desk: PaperDesk, ids: Ids) -> None:
    answer = mail("SV: Sykemelding", sender=ANNA, number=9, In_Reply_To="<m2@kommune.example>")
    explained = {}
    for name in ("per", "ada"):
        explainer = Explainer(
            desk=desk.office.desk, office=working_for(desk, name), parser=plain_parser, clock=desk.clock
        )
        explained[name] = explainer.explain("answer.eml", answer)
    assert explained["ada"]["threading"] == {"case": ids.reference, "evidence": "in_reply_to"}
    assert explained["per"]["threading"] == {"case": None, "evidence": "none"}
    assert explained["per"]["decision"] == "open_case"


def test_who_registers_or_moves_a_case_out_of_his_own_sight_is_told_so_once(desk: PaperDesk, ids: Ids) -> None:
    office = working_for(desk, "per")
    call = Register(actor="per", channel=Channel.PHONE, subject="Ringte", text="x", category="hr")
    registered = act.act(call, None, office)
    assert documents.result(office, registered.case_id)["assignee"] == "ada"
    with pytest.raises(NotFound):
        documents.show(office, registered.case_id)
    moved = act.act(SetFields(actor="per", category="hr"), 1000, office)
    assert documents.result(office, moved.case_id)["category"] == "hr"
    with pytest.raises(NotFound):
        act.act(SetFields(actor="per", category="it"), 1000, office)
    act.act(SetFields(actor="ada", category="it"), 1000, desk.office)


@pytest.mark.parametrize("listed", [queues.incoming_list, queues.outbox_list])
def test_a_list_has_as_many_as_were_asked_for_whatever_is_left_out(
    listed: Callable[..., list[documents.Document]], desk: PaperDesk, ids: Ids
) -> None:
    desk.arrive(mail("Enda en", sender="Eva <eva@kommune.example>", number=21), mail("Og en", number=22))
    per = working_for(desk, "per")
    whole = listed(per)
    assert 2 <= len(whole) < len(listed(desk.office))
    for limit in (1, 2, 500):
        assert listed(per, limit=limit) == whole[:limit]


def test_links_to_hidden_cases_are_left_out(desk: PaperDesk, ids: Ids) -> None:
    stranger = mail("Gjelder KS-10019", sender="Fremmed <fremmed@annen.example>", number=12)
    (arrived,) = desk.arrive(stranger)
    with desk.office.store.reading() as session:
        case_id = incoming.get(session, arrived).case_id
    assert case_id is not None
    assert documents.show(working_for(desk, "ada"), case_id)["links"] == [{"reference": "KS-10019", "kind": "claims"}]
    assert documents.show(working_for(desk, "per"), case_id)["links"] == []


def test_no_agent_gives_a_case_to_somebody_who_may_not_know_of_it(desk: PaperDesk, ids: Ids) -> None:
    with pytest.raises(InboxdError, match="per does not serve hr"):
        act.act(Assign(actor="ada", to="per"), ids.number, desk.office)


def test_letters_about_the_case_went_to_its_members_only(desk: PaperDesk, ids: Ids) -> None:
    with desk.office.store.reading() as session:
        letters = [row for row in list_letters(session, case_id=ids.case) if row.kind == "agent"]
    assert {recipient.address for row in letters for recipient in row.recipients} == {"ada@agents.example"}


def test_the_mail_that_this_is_about_can_be_read() -> None:
    assert parse(SECRET).subject == "Sykemelding"
