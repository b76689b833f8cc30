"""Addresses, names and paths of machines, and people whose own come near them."""

from typing import Any

import pytest

from inboxd.mail.address import Address
from inboxd.mail.machine import senders
from inboxd.mail.message import ParsedMessage
from tests.unit.mail.test_automatic import leaf
from tests.unit.messages import message

NO_REPLY = [
    "noreply", "no-reply", "no_reply", "no.reply", "noreplay", "NoReply-faktura", "donotreply+7f3", "do_not_reply",
    "dont-reply", "ikkesvar", "ikke-svar", "svar-ikke", "svarikke", "ingensvar2", "kan-ikke-besvares", "ikkje-svar",
    "svara-inte", "svaraej", "inte-svara", "besvaras-ej", "ei-vastausta", "ala-vastaa", "nicht-antworten",
    "keine-antwort", "ne-pas-repondre", "no-responder", "non-rispondere", "nao-responda", "nie-odpowiadaj",
    "faktura.noreply", "vipps-ikkesvar", "noreplymail", "devnull", "unmonitored",
]  # fmt: skip
ROBOTS = [
    "nagios", "zabbix", "root", "cron", "www-data", "wordpress", "notifications", "teams-notifications", "varsel",
    "calendar-notification", "scanner", "kopimaskin-2etg", "skriver2", "mfp.resepsjon", "fax", "talepost", "ups2",
    "nas-kontor1", "mfp-2etg",
    "dse_na4", "notify+7f3", "alert",
]  # fmt: skip
PEOPLE = [
    "noel", "casino-reply", "reply", "jan.svare", "ej.svare", "ei.svare", "notto.fjeld", "nora.reply", "bot.olsen",
    "scandi", "skriverstua", "printer-support", "faxe.larsen", "upsahl", "robert", "autohuset", "alertson", "ola+no",
    "ups", "nas", "mfd", "mfp", "dse", "nas.olsen",
]  # fmt: skip


def by(address: str, name: str = "", **changes: Any) -> ParsedMessage:
    author = Address(name=name, address=address)
    return message(**{"from_": (author,), "identity": author, "return_path": address, **changes})


@pytest.mark.parametrize("local", NO_REPLY)
def test_an_address_that_nobody_reads_says_so_in_many_languages(local: str) -> None:
    assert senders.is_no_reply(f"{local}@firma.example")


@pytest.mark.parametrize("local", ROBOTS)
def test_programs_and_devices_are_known_by_their_names(local: str) -> None:
    assert senders.robot_sender(by(f"{local}@firma.example")) == f"From: {local}@firma.example"


@pytest.mark.parametrize("local", PEOPLE)
def test_people_whose_names_come_near_are_people(local: str) -> None:
    parsed = by(f"{local}@firma.example")
    assert senders.no_reply_sender(parsed) is None
    assert senders.robot_sender(parsed) is None
    assert not senders.is_unread(f"{local}@firma.example")


def test_a_domain_or_a_name_may_say_that_nobody_reads() -> None:
    assert senders.no_reply_sender(by("ola@users.noreply.kode.example"))
    assert senders.no_reply_sender(by("faktura@strom.example", "Strøm - ikke svar")) == "From: Strøm - ikke svar"
    assert senders.no_reply_sender(message(from_=(), identity=None)) is None


def test_a_name_that_goes_on_is_a_persons() -> None:
    assert senders.no_reply_sender(by("nro@firma.example", "No Reply Olsen")) is None
    assert senders.no_reply_sender(by("post@firma.example", "No-Reply (Firma)"))


def test_initials_are_a_device_with_its_name_or_with_a_file_and_no_text() -> None:
    file = (leaf("application/pdf"),)
    assert senders.robot_sender(by("mfp@firma.example", text="", attachments=file))
    assert senders.robot_sender(by("nas@firma.example", "Synology DS220"))
    assert senders.robot_sender(by("mfp@firma.example", "Mina Foss Pettersen", attachments=file)) is None


def test_a_web_servers_path_is_a_program_whoever_stands_in_from() -> None:
    assert senders.robot_sender(by("ola@post.example", return_path="www-data@web1.example"))
    assert senders.robot_sender(message(from_=(), identity=None, return_path=None)) is None


@pytest.mark.parametrize(
    "path",
    [
        "bounce@p.example", "bounces+7@p.example", "liste-bounces@p.example", "bounce-mc.us1_7@p.example",
        "vakt+ola=kommune.example@p.example", "msprvs1=7f3@p.example", "bounces+88-kundeservice=desk.example@p.example",
    ],
)  # fmt: skip
def test_a_path_made_for_a_mailing_is_a_sign(path: str) -> None:
    assert senders.bulk_path(message(return_path=path)) == f"Return-Path: <{path}>"


@pytest.mark.parametrize(
    "path",
    [
        "ola@post.example", "ola+tag@post.example", "SRS0=a=XK=post.example=ola@v.example", None, "",
        "SRS1=a=v.example==b=XK=post.example=ola@w.example", "prvs=7712=ola@post.example", "btv1==7==ola@post.example",
        "bounces+SRS=44=IX@v.example", f"bounces+{'x' * 300}@p.example",
    ],
)  # fmt: skip
def test_what_forwarding_and_tagging_make_of_a_persons_path_is_no_sign(path: str | None) -> None:
    assert senders.bulk_path(message(return_path=path)) is None


def test_mass_mail_is_told_by_a_field_and_a_path_together() -> None:
    field, path = ("X-MC-User", "7f3"), "bounces+7@p.example"
    assert senders.mass_mail(message(field, return_path=path))
    assert senders.mass_mail(message(field)) is None
    assert senders.mass_mail(message(return_path=path)) is None


def test_a_number_at_a_gateway_is_a_text_message() -> None:
    assert senders.sms_gateway(by("4791234567@sms.operator.example"))
    assert senders.sms_gateway(by("+4791234567@mmsgw.example"))
    assert senders.sms_gateway(by("4791234567@post.example")) is None
    assert senders.sms_gateway(by("ola@sms.operator.example")) is None
    assert senders.sms_gateway(message(from_=(), identity=None)) is None


def test_a_service_that_writes_in_a_persons_name_is_seen() -> None:
    assert senders.via_name(by("d@s.example", "Kari Berg via Signering"))
    assert senders.via_name(by("d@s.example", "Via Maria Hansen")) is None
    assert senders.via_name(message(from_=(), identity=None)) is None


def test_a_reply_to_or_a_sender_that_nobody_reads_is_seen() -> None:
    nobody = Address(name="", address="no-reply@bank.example")
    assert senders.unread_reply_to(message(reply_to=(nobody,))) == "Reply-To: no-reply@bank.example"
    assert senders.unread_reply_to(message(sender=nobody)) == "Sender: no-reply@bank.example"
    assert senders.unread_reply_to(message(sender=Address(name="", address="kari@bank.example"))) is None
