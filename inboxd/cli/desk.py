"""The Desk panel: taking a case up with those above."""

from typing import Annotated

import typer

from inboxd.cli.call import As, Call, Json, begin
from inboxd.cli.ordering import Ref, act_asking
from inboxd.errors import InboxdError, UsageError

PANEL = "Desk"


def escalate(
    ctx: typer.Context,
    ref: Ref,
    why: Annotated[str | None, typer.Option("-m", "--message", metavar="WHY", help="What the customer says.")] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="POINT", help="An escalation point of the desk's; else the first.")
    ] = None,
    acknowledge: Annotated[
        bool, typer.Option("--acknowledge", help="You have seen it, and it goes no further (leads, managers, admins).")
    ] = False,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Take a case up with those above, because the customer asks for it; priority and targets stay as they are.

    With --acknowledge: say that what was escalated of it has been seen.

    Where that reaches nobody it is on record all the same, and the command fails.

    Example: inboxd escalate KS-10429 -m "Nobody has called back since Monday"
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    reason = (why or "").strip()
    if acknowledge and (reason or to):
        raise UsageError("--acknowledge says nothing more", hint="leave -m and --to out")
    if not acknowledge and not reason:
        raise UsageError("an escalation needs a reason", hint='-m "what the customer says"')
    if acknowledge:
        _acknowledge(call, ref)
    else:
        _take_up(call, ref, reason, to)


def _acknowledge(call: Call, ref: str) -> None:
    from inboxd.desk.order import Acknowledge
    from inboxd.office import documents

    acted = act_asking(call, Acknowledge(actor=call.worker.name), call.number(ref))
    document = documents.result(call.office, acted.case_id)
    call.answer(document, lambda: f"{acted.reference}: acknowledged; what was escalated of it goes no further.")


def _take_up(call: Call, ref: str, why: str, to: str | None) -> None:
    """Escalate, and say whom it reached. Raises InboxdError where that is nobody."""
    from inboxd.desk.clocks.complaint import escalation_points
    from inboxd.desk.order import Escalate
    from inboxd.office import documents

    acted = act_asking(call, Escalate(actor=call.worker.name, why=why, to=to), call.number(ref))
    points = escalation_points(call.settings.desk)
    point = next((p for p in points if to in {None, p.name}), None)
    people = ", ".join(address.address for letter in acted.letters for address in letter.draft.to)
    ring = f"Ring {point.person or point.title}: {point.phone}" if point is not None and point.phone else ""
    if not people:
        raise InboxdError(
            f"nobody was reached: it is on record on {acted.reference}, but nobody above it can have a letter",
            hint=ring or "tell somebody yourself; config.toml can name a manager, a lead, [desk] admin or a [[point]]",
        )
    said = "\n".join(filter(None, (f"{acted.reference} is escalated: a letter goes to {people}.", ring)))
    call.answer(documents.result(call.office, acted.case_id), lambda: said)
