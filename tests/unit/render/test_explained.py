"""What `explain` prints for people."""

from typing import Any

from inboxd.render.explained import explained_text

PLAIN: dict[str, Any] = {
    "path": "a.eml", "subject": "Skriveren", "from": {"name": "Ola", "address": "ola@kommune.example"}, "to": [],
    "cc": [], "date": "2026-03-09T07:00:00+00:00", "kind": "human", "evidence": [], "text": "Hei\n",
    "reply_text": "Hei", "language": "nb", "attachments": [], "bounce": None, "defects": [], "references_found": [],
    "threading": {"case": None, "evidence": "none"}, "routing": None, "decision": "open_case", "reason": None,
    "letters": [{"kind": "receipt", "to": ["ola@kommune.example"], "subject": "[KS-…] Skriveren"}], "suppressed": [],
}  # fmt: skip


def shown(**changes: Any) -> list[str]:
    return explained_text(PLAIN | changes, width=80, colour=False).split("\n")


def test_the_verdict_stands_first_and_says_whether_there_is_a_receipt() -> None:
    assert shown()[0] == "a.eml: human, would open a case; a receipt to ola@kommune.example."
    ignored = shown(kind="auto_reply", decision="ignore", letters=[])
    verdict = "a.eml: auto_reply, would be ignored, and listed by `incoming list --ignored`; no receipt."
    assert " ".join(ignored[:2]) == verdict


def test_what_was_read_is_told_a_line_each_and_the_new_part_last() -> None:
    assert shown()[2:] == [
        "Subject     Skriveren",
        "From        Ola <ola@kommune.example>",
        "Date        2026-03-09 07:00",
        "Language    nb",
        "Letter      receipt to ola@kommune.example: [KS-…] Skriveren",
        "",
        "    Hei",
    ]


def test_a_mail_without_anything_says_so() -> None:
    lines = shown(subject="", date=None, text="", reply_text="", language=None, **{"from": None})
    assert lines[2:5] == ["Subject     (none)", "From        (nobody)", "Date        (none)"]
    assert lines[-1].startswith("Letter")


def test_text_that_is_not_shown_is_announced() -> None:
    assert shown(text="Hei\n\n> gammelt")[-1] == "    [more text is quoted: --json has all]"


def test_every_rule_case_and_objection_has_its_line() -> None:
    lines = shown(
        evidence=[{"rule": "auto-submitted", "detail": "Auto-Submitted: auto-replied"}],
        threading={"case": "KS-10008", "evidence": "token"},
        references_found=[
            {"reference": "KS-10008", "where": "id", "valid": True},
            {"reference": "KS-10009", "where": "subject", "valid": False},
        ],
        routing={"category": "it", "priority": "normal", "assignee": None, "rule": "skrivere"},
        suppressed=[{"kind": "receipt", "reason": "R01: no"}],
        reason="kept",
        defects=["date: missing"],
        bounce={
            "original_message_id": "<1@desk.example>",
            "recipients": [{"address": "b@x.example", "action": "failed", "status": "5.1.1", "diagnostic": ""}],
        },
    )
    for line in (
        "Rule        auto-submitted: Auto-Submitted: auto-replied",
        "Case        KS-10008, by token",
        "Reference   KS-10008, by id",
        "Reference   KS-10009, by subject: a wrong digit",
        "Goes to     category it, priority normal, unassigned (rule skrivere)",
        "No receipt  R01: no",
        "Reason      kept",
        "Defect      date: missing",
        "Bounced     b@x.example failed 5.1.1",
        "About       <1@desk.example>",
    ):
        assert line in lines


def test_who_gets_the_case_is_named() -> None:
    lines = shown(routing={"category": "it", "priority": "normal", "assignee": "kari", "rule": None})
    assert "Goes to     category it, priority normal, assigned to kari" in lines


def test_an_attachment_is_listed_with_what_is_wrong_with_it() -> None:
    file = {"filename": "a.pdf", "content_type": "application/pdf", "size": 1200, "sniffed_type": None}
    program = file | {"filename": None, "sniffed_type": "application/x-executable"}
    lines = shown(attachments=[file, program])
    assert "Attached    a.pdf (application/pdf, 1.2 kB)" in lines
    assert "Attached    (no name) (application/pdf, 1.2 kB): is a Linux program" in lines


def test_a_file_that_cannot_be_read_is_one_line() -> None:
    document = {"path": "b.eml", "error": {"code": "not_found", "message": "there is no file b.eml", "hint": None}}
    assert explained_text(document, width=80, colour=False) == "b.eml: there is no file b.eml"


ROUTING = {
    "category": "print", "priority": "low", "assignee": None, "rule": "skrivere", "type": "fault",
    "customer": "Molde", "tags": ["skriver", "rom 2"],
    "set_by": {"category": "rule skrivere", "priority": "rule skrivere", "type": "mailbox post"},
    "fired": [
        {"rule": "sender_rule *@molde.example", "sets": {"action": "accept"}},
        {"rule": "skrivere", "sets": {"category": "print", "tags": ["a", "b"], "receipt": False}},
        {"rule": "ingenting", "sets": {}},
    ],
    "offers": {
        "category": [{"by": "rule skrivere", "value": "print"}, {"by": "customer Molde", "value": "it"}],
        "priority": [{"by": "rule skrivere", "value": "low"}],
        "type": [{"by": "mailbox post", "value": "fault"}],
        "assignee": [{"by": "rule skrivere", "value": "borte"}],
        "language": [],
    },
}  # fmt: skip


def test_it_is_said_who_set_every_value_and_over_whom() -> None:
    lines = shown(routing=ROUTING)
    assert "Goes to     category print, priority low, unassigned (rule skrivere)" in lines
    assert "Category    print, by rule skrivere (over customer Molde: it)" in lines
    assert "Priority    low, by rule skrivere" in lines
    assert "Type        fault, by mailbox post" in lines
    assert "Assignee    nobody (over rule skrivere: borte)" in lines
    assert "Customer    Molde" in lines
    assert "Tags        skriver, rom 2" in lines


def test_every_rule_that_fired_is_shown_once_with_what_it_would_set() -> None:
    hit = [{"rule": "rule skrivere", "detail": "category = print"}, {"rule": "assign", "detail": "nobody is there"}]
    lines = shown(routing=ROUTING, evidence=hit)
    assert "Fired       sender_rule *@molde.example: action = accept" in lines
    assert "Fired       rule skrivere: category = print, tags = a, b, receipt = false" in lines
    assert "Fired       rule ingenting: nothing" in lines
    assert "Rule        assign: nobody is there" in lines
    assert "Rule        rule skrivere: category = print" not in lines


def test_a_refusal_stands_in_the_verdict() -> None:
    letters = [{"kind": "refusal", "to": ["ola@kommune.example"], "subject": "Skriveren"}]
    verdict = " ".join(shown(decision="ignore", letters=letters)[:2])
    assert verdict.endswith("`incoming list --ignored`; a refusal to ola@kommune.example.")


def test_of_a_mail_that_opens_nothing_only_the_rules_are_shown() -> None:
    lines = shown(routing=ROUTING, decision="ignore")
    assert not any(line.startswith(("Goes to", "Category")) for line in lines)
    assert any(line.startswith("Fired") for line in lines)


def test_where_no_rule_hit_it_is_said_who_settled_where_the_case_goes() -> None:
    lines = shown(routing={**ROUTING, "rule": "mailbox post", "fired": []})
    assert "Goes to     category print, priority low, unassigned (mailbox post)" in lines
