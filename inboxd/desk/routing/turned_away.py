"""What becomes of a mail that opens no case because a rule of the admin says so: ignored, held, or politely refused."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from inboxd.desk.arrived import Arrived, on_record
from inboxd.desk.decision import Decision, Draft, Hold, Suppressed
from inboxd.desk.letters.notify import machine_letter
from inboxd.desk.routing.route import Route
from inboxd.desk.view import View
from inboxd.mail.subject import receipt_subject


def turned_away(arrived: Arrived, found: Route, view: View) -> Decision | None:
    """Return what a rule does with a mail instead of opening a case; None where none does."""
    match found.action:
        case "refuse":
            return _refused(arrived, found, view)
        case "ignore":
            return _ignored(arrived, found)
        case "hold":
            return held(arrived, found)
        case _:
            return None


def counted(decision: Decision, found: Route) -> Decision:
    """Return the decision with the rules counted that led to it."""
    return replace(decision, changes=(*decision.changes, *found.hits))


def held(arrived: Arrived, found: Route) -> Decision:
    """Park a mail for a person, as a rule wants it."""
    reason = f"{found.by} holds it"
    decision = Decision(kind="hold", changes=(Hold(reason=reason), *found.hits), evidence=found.evidence, reason=reason)
    return on_record(arrived, replace(decision, routing=found.routing))


def _ignored(arrived: Arrived, found: Route) -> Decision:
    decision = Decision(
        kind="ignore",
        outcome="ignored",
        changes=found.hits,
        evidence=found.evidence,
        routing=found.routing,
        reason=f"{found.by} {found.action}s it",
    )
    return on_record(arrived, decision)


def _refused(arrived: Arrived, found: Route, view: View) -> Decision:
    """No case, and one letter that says so, to each writer at most one a day; its words are the template's alone."""
    letter = _letter(arrived, found, view)
    decision = _ignored(arrived, found)
    if isinstance(letter, Suppressed):
        return replace(decision, suppressed=(letter,))
    return replace(decision, letters=(letter,))


def _letter(arrived: Arrived, found: Route, view: View) -> Draft | Suppressed:
    draft = machine_letter(arrived.message, arrived.classification, arrived.mailbox, view, kind="refusal")
    if isinstance(draft, Suppressed):
        return draft
    day = arrived.now.astimezone(ZoneInfo(view.desk.timezone)).date()
    return replace(
        draft,
        case_id=None,
        template="refused",
        language=found.language,
        about=receipt_subject(arrived.message.subject),
        once=f"refusal:{draft.to[0].key}:{day}",
    )
