"""Sample letters: what `check` and every start render all templates against, so that a broken one is found first."""

import difflib
from collections.abc import Collection
from functools import lru_cache

from inboxd.errors import TemplateBroken
from inboxd.render.letters import LetterContext, Templates

LANGUAGES = ("nb", "nn", "en")
"""The languages in which the package has every letter."""

NAMES = (
    "receipt", "receipt_encrypted", "status_letter", "preliminary", "answer", "closed", "rejected", "refused",
    "forward", "referral", "referred", "agent_new_case", "agent_answer", "agent_assigned", "agent_handover",
    "agent_woken", "agent_undelivered", "agent_unreadable", "alert", "escalation_warning", "escalation",
    "escalation_requester", "escalation_asked", "escalation_digest", "notice", "notice_update",
    "notice_over", "notice_closed", "surge", "weekly", "morning", "inactive", "agent_stopped", "agent_help", "confirm",
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
    customer_title="Molde kommune",
    type_title="Avrop",
    item_title="Ny PC",
    category_title="IT-hjelp",
    priority_title="Middels",
    assignee="kari",
    agent_name="Kari Nes",
    author="Åse Sørbø <aase@kommune.example>",
    text="Hei!\n\nPrøv å slå skriveren av og på.",
    about="Hei,\n\nskriveren virker ikke.\n\nÅse",
    attachments=("skjermbilde.png", "logg.txt"),
    not_attached=("logg.txt",),
    answers_go_to="Åse Sørbø <aase@kommune.example>",
    held_answers=(17,),
    notices=(
        ("Visma er nede for alle kommunene", "Feilen er funnet", "mandag 23. november kl. 14.00", "e-post og Teams"),
    ),
    notice="D-3",
    notice_when="søndag 22. november kl. 20.00–23.00",
    notice_until="søndag 22. november kl. 23.00",
    planned_work=True,
    short_warning=True,
    affects=("IT-hjelp", "Utskrift"),
    still_works="e-post og Teams",
    words=("visma", "gerica"),
    failed_recipients=("aase@kommune.example",),
    response_due="mandag 23. november kl. 12.00",
    due="tirsdag 24. november kl. 12.00",
    closed=True,
    reopen_days=14,
    planned="I juli har vi færre på jobb.\n\nGod sommer!",
    critical=True,
    status_title="Åpen",
    fields=("Brukernavn: aaso01",),
    missing=("PC-navn",),
    opened="mandag 23. november",
    answer_by="mandag 23. november kl. 12.00",
    next_letter="mandag 7. desember",
    reason="Vi venter på deler.",
    referred_to="Faggruppe oppvekst",
    target="resolution",
    target_due="mandag 23. november kl. 12.00",
    points=("Daglig leder, Anne Berg, 71 11 11 00",),
    serves=("Aukra kommune", "Molde kommune", "Rauma kommune"),
    due_today=(
        ("KS-10429", "response_late", "fredag 20. november kl. 14.00", "Skriveren virker ikke", "Åse Sørbø"),
        ("KS-10437", "resolution", "kl. 12.00", "Ny PC til Per", "Ola Nordmann"),
    ),
    mine=(("KS-10445", "", "", "", ""), ("", "", "3", "", "")),
    unassigned=(("KS-10452", "response", "tirsdag 24. november kl. 09.00", "Passord", "Kari Nes"),),
    problems=(("# lukk", "damaged", "#lukk", ""), ("#til peer", "no_agent", "", "kari, per"), ("", "quoted", "", "")),
    waiting=(("[KS-10429] Skriveren", "Hei, prøv nå."),),
    commands=(("take", "#ta, #take"), ("wait", "#vent, #wait")),
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
    notices=(("{{ 7*7 }}\r\nBcc: alle@kommune.example", "{% raw %}", "", "{{ x }}"),),
    still_works="{% include 'nb/receipt.txt.j2' %}",
    closed_now=True,
    closed_reply="reject",
)
"""Mail that tries to be a template."""

SAMPLES = (FULL, BARE, HOSTILE)


@lru_cache(maxsize=2)
def check(templates: Templates, categories: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Render every template in every language against the samples; return what is broken, a line each.

    Also named: a letter missing in one of the package's languages, and a template that no letter will ever use.
    `NAME.CATEGORY` is a category's own. A letter that only the admin has must be where every language can fall back.
    Templates are read once for each config that is taken, so the daemon's look at its health every minute asks once.
    """
    there = templates.names()
    missing = [
        f"{code}/{name}.txt.j2: no such template" for code in LANGUAGES for name in NAMES if (code, name) not in there
    ]
    missing += [why for name in sorted(templates.own - {*NAMES}) if (why := _nowhere(templates, name)) is not None]
    others = [(code, name) for code, name in there if name not in templates.own]
    unknown = [why for code, name in others if (why := _unknown(code, name, categories)) is not None]
    broken = [why for code, name in there if (why := _problem(templates, code, name)) is not None]
    replies = [why for code, name in templates.replies() if (why := _reply_problem(templates, code, name)) is not None]
    return (*missing, *unknown, *broken, *replies)


def _problem(templates: Templates, language: str, name: str) -> str | None:
    try:
        for sample in SAMPLES:
            templates.render(name, language, sample)
    except TemplateBroken as broken:
        return broken.message
    return None


def _reply_problem(templates: Templates, language: str, name: str) -> str | None:
    try:
        for sample in SAMPLES:
            templates.reply(name, language, sample)
    except TemplateBroken as broken:
        return broken.message
    return None


def _nowhere(templates: Templates, name: str) -> str | None:
    try:
        templates.language_for(name, templates.language)
    except TemplateBroken as broken:
        return f"{broken.message} config.toml names it."
    return None


def _unknown(language: str, name: str, categories: Collection[str]) -> str | None:
    """Say why no letter will ever use a template, None where one will."""
    letter, _, category = name.partition(".")
    if letter not in NAMES:
        near = difflib.get_close_matches(letter, NAMES, n=1)
        meant = f"; did you mean {near[0]}.txt.j2?" if near else ""
        return f"{language}/{name}.txt.j2: no letter has that name{meant}"
    if not category or category in categories:
        return None
    near = difflib.get_close_matches(category, list(categories), n=1)
    meant = f"; did you mean {letter}.{near[0]}.txt.j2?" if near else ""
    return f"{language}/{name}.txt.j2: no category has that name{meant}"
