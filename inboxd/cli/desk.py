"""The Desk panel: taking a case up with those above."""

from typing import Annotated

import typer

from inboxd.cli.call import As, Json, begin
from inboxd.cli.ordering import Ref, act_asking
from inboxd.errors import UsageError

PANEL = "Desk"


def escalate(
    ctx: typer.Context,
    ref: Ref,
    why: Annotated[str | None, typer.Option("-m", "--message", metavar="WHY", help="What the customer says.")] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="POINT", help="An escalation point of the desk's; else the first.")
    ] = None,
    acknowledge: Annotated[
        bool, typer.Option("--acknowledge", help="You have seen it: no further levels (leads, managers, admins).")
    ] = False,
    json: Json = False,
    as_agent: As = None,
) -> None:
    """Take a case up with those above, because the customer asks for it; priority and targets stay as they are.

    With --acknowledge: say that what was escalated of it has been seen.

    Example: inboxd escalate KS-10429 -m "Nobody has called back since Monday"
    """
    call = begin(ctx, json=json, as_agent=as_agent)
    from inboxd.desk.clocks.complaint import escalation_points
    from inboxd.desk.order import Acknowledge, Escalate
    from inboxd.office import documents

    reason = (why or "").strip()
    if acknowledge and (reason or to):
        raise UsageError("--acknowledge says nothing more", hint="leave -m and --to out")
    if not acknowledge and not reason:
        raise UsageError("an escalation needs a reason", hint='-m "what the customer says"')
    actor = call.worker.name
    order = Acknowledge(actor=actor) if acknowledge else Escalate(actor=actor, why=reason, to=to)
    acted = act_asking(call, order, call.number(ref))
    document = documents.result(call.office, acted.case_id)
    points = escalation_points(call.settings.desk)
    point = next((p for p in points if not acknowledge and to in {None, p.name}), None)

    def said() -> str:
        if acknowledge:
            return f"{acted.reference}: acknowledged; no further level of it is reached."
        people = ", ".join(address.address for letter in acted.letters for address in letter.draft.to)
        lines = [
            f"{acted.reference} is escalated: {f'a letter goes to {people}' if people else 'nobody has a letter'}."
        ]
        if point is not None and point.phone:
            lines.append(f"Ring {point.person or point.title}: {point.phone}")
        return "\n".join(lines)

    call.answer(document, said)
