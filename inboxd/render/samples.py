"""Sample letters: what `check` and every start render all templates against, so that a broken one is found first."""

import difflib

from inboxd.errors import TemplateBroken
from inboxd.render.letters import LetterContext, Templates

LANGUAGES = ("nb", "nn", "en")
"""The languages in which the package has every letter."""

NAMES = (
    "receipt", "receipt_encrypted", "answer", "closed", "rejected", "forward",
    "agent_new_case", "agent_answer", "agent_assigned", "agent_woken", "agent_undelivered", "agent_unreadable", "alert",
)  # fmt: skip
"""Every letter that inboxd writes. A template by another name is never used."""

FULL = LetterContext(
    reference="KS-10429",
    subject="Skriveren i 2. etasje virker ikke",
    desk_name="Kundeservice",
    mailbox_address="kundeservice@desk.example",
    phone="71 11 11 66",
    web="https://desk.example/hjelp",
    opening_hours="mandag–fredag kl. 08.00–15.30",
    opens_at="mandag 23. november kl. 08.00",
    closed_now=True,
    requester_name="Åse Sørbø",
    requester_address="aase@kommune.example",
    requester_phone="71 11 11 70",
    category_title="IT-hjelp",
    priority_title="Middels",
    assignee="kari",
    agent_name="Kari Nes",
    author="Åse Sørbø <aase@kommune.example>",
    text="Hei!\n\nPrøv å slå skriveren av og på.",
    about="Hei,\n\nskriveren virker ikke.\n\nÅse",
    attachments=("skjermbilde.png", "logg.txt"),
    held_answers=(17,),
    failed_recipients=("aase@kommune.example",),
    due="tirsdag 24. november kl. 12.00",
    closed=True,
)
"""Everything is known: during a night, of a case that an answer closes."""

BARE = LetterContext(reference="KS-10429", desk_name="Kundeservice", mailbox_address="kundeservice@desk.example")
"""Only what every letter has: a desk with nothing else configured."""

HOSTILE = LetterContext(
    reference="KS-10429",
    subject="{{ 7*7 }} {% include 'nb/receipt.txt.j2' %}\r\nBcc: alle@kommune.example",
    desk_name="Kundeservice",
    mailbox_address="kundeservice@desk.example",
    requester_name="{{ ''.__class__ }}",
    text="<b>{{ reference }}</b>\x1b[2J",
    about="{% raw %}",
    attachments=("{{ x }}.png",),
    closed_now=True,
    closed_reply="reject",
)
"""Mail that tries to be a template."""

SAMPLES = (FULL, BARE, HOSTILE)


def check(templates: Templates) -> tuple[str, ...]:
    """Render every template in every language against the samples; return what is broken, a line each.

    Also named: a letter missing in one of the package's languages, and a template that no letter will ever use.
    """
    there = templates.names()
    missing = [
        f"{code}/{name}.txt.j2: no such template" for code in LANGUAGES for name in NAMES if (code, name) not in there
    ]
    unknown = [_unknown(code, name) for code, name in there if name not in NAMES]
    broken = [why for code, name in there if (why := _problem(templates, code, name)) is not None]
    return (*missing, *unknown, *broken)


def _problem(templates: Templates, language: str, name: str) -> str | None:
    try:
        for sample in SAMPLES:
            templates.render(name, language, sample)
    except TemplateBroken as broken:
        return broken.message
    return None


def _unknown(language: str, name: str) -> str:
    near = difflib.get_close_matches(name, NAMES, n=1)
    meant = f"; did you mean {near[0]}.txt.j2?" if near else ""
    return f"{language}/{name}.txt.j2: no letter has that name{meant}"
