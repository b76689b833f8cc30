"""A mail that no reader survives is held, and a person gets a case about it."""

import pytest

from inboxd.desk.decision import AddEntry, Hold, OpenCase
from inboxd.desk.unreadable import unreadable
from tests.unit.desk.desks import NOW, changes_of, desk, mailbox, sent_to, view

REASON = "reading it took more than 30 seconds"


def test_an_unreadable_mail_is_held_and_opens_one_case_with_the_reason() -> None:
    decision = unreadable(view(), REASON, NOW)
    (opened,) = changes_of(decision, OpenCase)
    (entry,) = changes_of(decision, AddEntry)
    assert (decision.kind, decision.reason) == ("hold", REASON)
    assert changes_of(decision, Hold) == [Hold(reason=REASON)]
    assert (opened.subject, opened.mailbox, opened.category, opened.prefix) == (
        "Uleselig e-post",
        "kundeservice",
        "it",
        "KS",
    )
    assert (opened.requester.address, opened.assignee, opened.opened_at) == ("", None, NOW)
    assert opened.response_due is None  # nobody is known who could be answered
    assert opened.resolution_due is not None
    assert (entry.kind, entry.actor, entry.text) == ("mail_in", "inboxd", REASON)


def test_the_members_are_told_and_nobody_else() -> None:
    decision = unreadable(view(), REASON, NOW)
    assert sent_to(decision, "agent") == ["kari@desk.example", "per@desk.example"]
    assert {(draft.kind, draft.template, draft.about) for draft in decision.letters} == {
        ("agent", "agent_unreadable", REASON)
    }


def test_unreadable_history_is_told_to_nobody() -> None:
    assert unreadable(view(silent=True), REASON, NOW).letters == ()


@pytest.mark.parametrize(
    ("language", "subject"),
    [("nb", "Uleselig e-post"), ("nn", "Uleseleg e-post"), ("se", "E-poasta maid ii sáhte lohkat"),
     ("en", "Unreadable e-mail")],
)  # fmt: skip
def test_the_case_is_named_in_the_desks_language(language: str, subject: str) -> None:
    (opened,) = changes_of(unreadable(view(desk=desk(language=language)), REASON, NOW), OpenCase)
    assert opened.subject == subject


@pytest.mark.parametrize(("arrived_in", "category"), [("drift", "drift"), ("nedlagt", "it")])
def test_the_case_is_in_the_mailbox_where_the_mail_lay_else_in_the_first(arrived_in: str, category: str) -> None:
    (opened,) = changes_of(unreadable(view(arrived_in=arrived_in), REASON, NOW), OpenCase)
    assert opened.category == category


def test_its_priority_is_the_mailboxs_like_that_of_any_mail_there() -> None:
    box = desk(mailboxes=(mailbox(priority="high"),))
    assert changes_of(unreadable(view(desk=box), REASON, NOW), OpenCase)[0].priority == "high"
    assert changes_of(unreadable(view(), REASON, NOW), OpenCase)[0].priority == "normal"
