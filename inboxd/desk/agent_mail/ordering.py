"""What an agent's commands and words come to: orders of the desk, the same as those of the command line. Pure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from inboxd.desk.agent_mail.commands import CommandName, Given, Problem, Said, Why
from inboxd.desk.case import Case, Status
from inboxd.desk.decision import AddParticipant, Change, Draft, SetField
from inboxd.desk.desk import Agent, Desk
from inboxd.desk.order import Assign, CaseOrder, Close, Forward, Note, Refusal, Reply, SetFields, Take
from inboxd.desk.orders import ordered
from inboxd.desk.view import View
from inboxd.desk.when import read_when
from inboxd.mail.address import Address, strict_address

NOBODY = frozenset({"ingen", "none", "nobody"})
MYSELF = frozenset({"meg", "me"})

ENDS: tuple[CommandName, ...] = ("close", "solved", "wait")
"""How a case stands afterwards: one of them at the most."""

ONCE: tuple[CommandName, ...] = ("assign", "category", "priority", "forward", *ENDS)

CLASHES: tuple[tuple[CommandName, CommandName], ...] = (
    ("close", "solved"), ("close", "wait"), ("solved", "wait"), ("note", "cc"), ("note", "forward"), ("forward", "cc"),
    ("take", "assign"),
)  # fmt: skip
"""Commands that contradict each other; a note in particular goes to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an agent asks for, in order; or why nothing of it is done."""

    orders: tuple[CaseOrder, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What several orders come to, one upon the other; or why one of them is refused."""

    changes: tuple[Change, ...] = ()
    letters: tuple[Draft, ...] = ()
    refused: tuple[Problem, ...] = ()


def plan(said: Said, agent: Agent, case: Case, view: View, now: dt.datetime) -> Plan:
    """Read what an agent asks for on a case: commands into orders, the text into an answer, a note or a last word."""
    given = {one.name: one for one in said.commands}
    problems = [*said.problems, *_clashes(said.commands)]
    orders: list[CaseOrder] = []
    for found in (
        _taking(given, agent, case, view),
        _moving(given, agent, view),
        _words(given, said.text, agent, view, now),
    ):
        if isinstance(found, list):
            problems.extend(found)
        else:
            orders.extend(found)
    return Plan(orders=() if problems else tuple(orders), problems=tuple(problems))


def carry_out(orders: Iterable[CaseOrder], case: Case, view: View, now: dt.datetime) -> Carried:
    """Decide on orders one upon the other; the first refusal stops them all."""
    changes: tuple[Change, ...] = ()
    letters: tuple[Draft, ...] = ()
    others = tuple(other for other in view.cases if other.id != case.id)
    for order in orders:
        outcome = ordered(order, replace(view, cases=(case, *others)), now)
        if isinstance(outcome, Refusal):
            right = "#notat" if isinstance(order, Reply) else ""
            return Carried(refused=(Problem(line="", why="refused", right=right, detail=outcome.message),))
        changes, letters = (*changes, *outcome.changes), (*letters, *outcome.letters)
        case = changed(case, outcome.changes)
    return Carried(changes=changes, letters=letters)


def changed(case: Case, changes: Iterable[Change]) -> Case:
    """Return a case as the next order finds it."""
    for change in changes:
        if isinstance(change, SetField) and change.case_id == case.id:
            value = Status(str(change.value)) if change.field == "status" else change.value
            case = replace(case, **{change.field: value})  # type: ignore[arg-type]  # fields of the case by their names
        elif isinstance(change, AddParticipant) and change.case_id == case.id:
            case = replace(case, participants=(*case.participants, change.participant))
    return case


def _clashes(commands: tuple[Given, ...]) -> list[Problem]:
    names = [one.name for one in commands]
    twice = [one for one in commands if one.name in ONCE and names.count(one.name) > 1]
    against = [one for one in commands for pair in CLASHES if one.name in pair and set(pair) <= set(names)]
    return [_problem(one, "clash") for one in dict.fromkeys((*twice, *against))]


def _taking(
    given: dict[CommandName, Given], agent: Agent, case: Case, view: View
) -> list[Problem] | tuple[CaseOrder, ...]:
    orders: tuple[CaseOrder, ...] = ()
    if "take" in given:
        if case.assignee not in {None, agent.name}:
            return [_problem(given["take"], "taken", f"#til {agent.name}", case.assignee or "")]
        orders = (Take(actor=agent.name),)
    if "assign" not in given:
        return orders
    who = given["assign"].argument.casefold()
    if who in NOBODY:
        return (Assign(actor=agent.name, to=None),)
    to = agent if who in MYSELF else _agent(who, view.desk)
    if to is None:
        return [_problem(given["assign"], "no_agent", detail=_names(a.name for a in view.desk.agents if a.active))]
    return (*orders, Assign(actor=agent.name, to=to.name))


def _moving(given: dict[CommandName, Given], agent: Agent, view: View) -> list[Problem] | tuple[CaseOrder, ...]:
    desk = view.desk
    wrong: list[Problem] = []
    category = priority = None
    if "category" in given:
        names = {name.casefold(): c.name for c in desk.categories for name in (c.name, c.title)}
        category = names.get(given["category"].argument.casefold())
        if category is None:
            wrong.append(_problem(given["category"], "no_category", detail=_names(c.name for c in desk.categories)))
    if "priority" in given:
        named = {name.casefold(): p.name for p in desk.priorities for name in (p.name, p.title)}
        priority = named.get(given["priority"].argument.casefold())
        if priority is None:
            wrong.append(_problem(given["priority"], "no_priority", detail=_names(p.name for p in desk.priorities)))
    if wrong:
        return wrong
    return (SetFields(actor=agent.name, category=category, priority=priority),) if category or priority else ()


def _words(
    given: dict[CommandName, Given], text: str, agent: Agent, view: View, now: dt.datetime
) -> list[Problem] | tuple[CaseOrder, ...]:
    """Return what becomes of the text, and how the case stands afterwards."""
    until = read_when(given["wait"].argument, now, view.desk) if "wait" in given else None
    if "wait" in given and given["wait"].argument and until is None:
        return [_problem(given["wait"], "no_time", "#vent 3d")]
    addresses = _addresses(given, view)
    if isinstance(addresses, list):
        return addresses
    if "cc" in given and not text:
        return [_problem(given["cc"], "needs_text")]
    after = _after(given, agent.name, until)
    if "note" in given:
        return (Note(actor=agent.name, text=text), *after) if text else [_problem(given["note"], "needs_text")]
    if "forward" in given:
        return (Forward(actor=agent.name, to=addresses["forward"], text=text), *after)
    if not text:
        return after
    cc = (addresses["cc"],) if "cc" in addresses else ()
    return (Reply(actor=agent.name, text=text, cc=cc, status=_status(given), until=until),)


def _addresses(given: dict[CommandName, Given], view: View) -> dict[str, Address] | list[Problem]:
    found: dict[str, Address] = {}
    names: tuple[CommandName, ...] = ("cc", "forward")
    for name in names:
        one = given.get(name)
        address = strict_address(one.argument) if one else None
        if one is not None and (address is None or view.desk.is_ours(address)):
            return [_problem(one, "no_address", f"{one.line.split()[0]} turid@kommune.example")]
        if address is not None:
            found[name] = address
    return found


def _after(given: dict[CommandName, Given], actor: str, until: dt.datetime | None) -> tuple[CaseOrder, ...]:
    """Return how a case stands after a note or a mail of commands: nobody outside hears of it."""
    if "close" in given:
        return (Close(actor=actor, silent=True),)
    if "solved" in given or "wait" in given:
        return (SetFields(actor=actor, status=_status(given), until=until),)
    return ()


def _status(given: dict[CommandName, Given]) -> Status:
    if "close" in given:
        return Status.CLOSED
    if "solved" in given:
        return Status.SOLVED
    return Status.WAITING if "wait" in given else Status.OPEN


def _agent(who: str, desk: Desk) -> Agent | None:
    return next((a for a in desk.agents if a.active and who in {a.name.casefold(), a.address.casefold()}), None)


def _problem(given: Given, why: Why, right: str = "", detail: str = "") -> Problem:
    return Problem(line=given.line, why=why, right=right, detail=detail)


def _names(names: Iterable[str]) -> str:
    return ", ".join(names)
