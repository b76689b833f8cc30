"""The first config.toml, as `inboxd init` writes it, loads."""

from collections.abc import Callable

from inboxd.config.init import Answers, starter
from inboxd.config.report import describe
from inboxd.config.settings import Settings

Load = Callable[[str], Settings]


def test_the_starter_of_the_defaults_loads(load_text: Load) -> None:
    settings = load_text(starter(Answers()))
    assert settings.desk.agents[0].categories == ("it",)
    assert settings.mailboxes[0].imap.server.username == "kundeservice@desk.example"
    assert describe(settings)["warnings"] == ["[desk] admin: not given; alerts reach nobody"]


def test_the_starter_keeps_every_answer_whatever_its_letters(load_text: Load) -> None:
    answers = Answers(
        desk='Sør-"Varanger"\\\x7f\n',
        reference_prefix="SV",
        language="se",
        phone="78 97 74 00",
        admin="drift@desk.example",
        agent="åse",
        agent_address="ase@desk.example",
        login="aase",
        category="drift",
        mailbox="post",
        address="post@desk.example",
        imap_host="127.0.0.1",
        imap_tls="none",
        smtp_host="::1",
        smtp_tls="starttls",
        username="post",
    )
    settings = load_text(starter(answers))
    desk, box = settings.desk, settings.mailboxes[0]
    assert (desk.name, desk.prefixes, desk.language, desk.phone) == (answers.desk, ("SV",), "se", "78 97 74 00")
    assert (desk.admin, desk.agents[0].name, desk.agents[0].login) == ("drift@desk.example", "åse", "aase")
    assert (desk.mailboxes[0].name, desk.mailboxes[0].category) == ("post", "drift")
    assert (box.imap.server.host, box.imap.server.tls, box.imap.server.username) == ("127.0.0.1", "none", "post")
    assert (box.smtp.server.host, box.smtp.server.port, box.smtp.server.username) == ("::1", 587, None)
