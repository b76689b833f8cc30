"""What a letter may say of where its case stands: fields, what is missing, status, and when there will be an answer."""

import datetime as dt
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from inboxd.desk.agent_mail.commands import commands_in_words
from inboxd.desk.case import Case
from inboxd.desk.case_type import type_title
from inboxd.desk.catalogue import item_title
from inboxd.desk.clocks.complaint import may_acknowledge
from inboxd.desk.clocks.lifecycle import PRELIMINARY
from inboxd.desk.clocks.weighing import IMPACT, URGENCY
from inboxd.desk.decision import Draft
from inboxd.desk.desk import Category, Desk
from inboxd.desk.forwarding import REFERRED
from inboxd.desk.letters.status_title import status_title
from inboxd.desk.letters.wording import Wording, worded
from inboxd.mail.personal_number import mask_personal_numbers
from inboxd.render.dates import day, moment
from inboxd.render.letters import LetterContext

CRITICAL = "critical"
"""The built-in priority at which a requester is asked to ring."""

AGENT_HELP = "agent_help"

TITLES: dict[str, Wording] = {
    IMPACT: (("nb", "Virkning"), ("nn", "Verknad"), ("en", "Impact")),
    URGENCY: (("nb", "Hastegrad"), ("nn", "Hastegrad"), ("en", "Urgency")),
    REFERRED: (("nb", "Henvist til"), ("nn", "Vist vidare til"), ("en", "Referred to")),
}
"""What the fields that inboxd itself writes on a case are called, where the category has no title for them."""


def with_case_words(context: LetterContext, draft: Draft, case: Case, desk: Desk, now: dt.datetime) -> LetterContext:
    """Return the context with what there is to say of a case; personal numbers are masked.

    What people told comes back in no letter that a machine writes to them: who forges a sender must not make us carry
    his words (rules.md T06).
    """
    tz, language = ZoneInfo(desk.timezone), draft.language
    category = desk.category(case.category)
    answer_by = _answer_by(draft, case, desk, now)
    return replace(
        context,
        planned=draft.planned,
        critical=case.priority == CRITICAL,
        customer_title=_customer(case, desk),
        type_title=type_title(case.type, language),
        item_title=item_title(desk.catalogue, case.item, language),
        response_due=_response_due(case, tz, language),
        status_title=status_title(desk, case.status, language),
        fields=() if draft.null_sender else _fields(case, desk, language),
        missing=tuple(title_of(category, name, language) for name in case.missing),
        opened=day(case.opened_at, tz, language),
        answer_by=moment(answer_by, tz, language) if answer_by else "",
        next_letter=day(draft.next_letter_at, tz, language) if draft.next_letter_at else "",
        reason=worded(category.preliminary_reason, language) if category else "",
        reopen_days=(category.reopen_days or 0) if category else 0,
        problems=draft.problems,
        commands=commands_in_words() if draft.template == AGENT_HELP else (),
        **_reader(draft, case, desk),
    )


def _reader(draft: Draft, case: Case, desk: Desk) -> dict[str, Any]:
    """Return what a letter has to know of the one who reads it."""
    keys = {address.key for address in draft.to}
    agents = [agent for agent in desk.agents if agent.address.casefold() in keys]
    above = desk.admin is not None and desk.admin.casefold() in keys
    outside = draft.template == "escalation_requester"
    return {
        "to_agent": bool(agents) or above,
        "has_case": any(agent.name == case.assignee for agent in agents),
        "may_acknowledge": above or any(may_acknowledge(agent, case, desk) for agent in agents),
        "for_contact": outside and case.requester.address.casefold() not in keys,
    }


def _customer(case: Case, desk: Desk) -> str:
    customer = desk.customer(case.customer) if case.customer else None
    return customer.title if customer else case.customer or ""


def _fields(case: Case, desk: Desk, language: str) -> tuple[str, ...]:
    category = desk.category(case.category)
    told = ((name, title_of(category, name, language), mask_personal_numbers(value)) for name, value in case.fields)
    return tuple(f"{title}: {_referred_to(desk, value) if name == REFERRED else value}" for name, title, value in told)


def _referred_to(desk: Desk, name: str) -> str:
    point = desk.point(name)
    return point.title if point else name


def title_of(category: Category | None, name: str, language: str) -> str:
    """Return what a field is called in a language."""
    fields = category.fields if category else ()
    own = next((worded(field.title, language) for field in fields if field.name == name), "")
    return own or worded(TITLES.get(name, ()), language) or name


def _answer_by(draft: Draft, case: Case, desk: Desk, now: dt.datetime) -> dt.datetime | None:
    """Return by when a receipt promises an answer, and a preliminary answer expects one; never a time that is past."""
    wanted = None
    if draft.kind == "receipt" and desk.receipts.promise_response:
        wanted = case.response_due
    elif draft.template == PRELIMINARY:
        wanted = case.resolution_due
    return wanted if wanted is not None and wanted > now else None


def _response_due(case: Case, tz: dt.tzinfo, language: str) -> str:
    """Return by when somebody should answer, in words; "" where somebody has, and where there is no such time."""
    return moment(case.response_due, tz, language) if case.response_due and case.responded_at is None else ""
