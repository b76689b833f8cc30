"""What a config promises, for `inboxd check` and `about`: priorities, target sets, the matrix, escalation points."""

from collections.abc import Mapping

from inboxd.desk.clocks.escalation import is_used
from inboxd.desk.clocks.service_levels import EscalationLevel, Matrix, Point, Priority, Target, TargetSet
from inboxd.desk.desk import Desk

Document = dict[str, object]


def describe_promises(desk: Desk) -> Document:
    """Return what is promised, written as in config.toml; who shares a target set, and who has none."""
    return {
        "priorities": [_priority(priority, desk.language) for priority in desk.priorities],
        "target_sets": [_target_set(shared, desk) for shared in desk.target_sets],
        "own_targets": [c.name for c in desk.categories if c.targets is None] if desk.target_sets else [],
        "matrix": None if desk.matrix is None else _matrix(desk.matrix),
        "points": [_point(point) for point in desk.points],
    }


def promised_things(desk: Desk) -> dict[str, Mapping[str, object]]:
    """Return target sets, points and the matrix under the names that readers of a change know them by."""
    things: dict[str, Mapping[str, object]] = {
        f'The target set "{shared.name}"': dict(_levels(shared)) for shared in desk.target_sets
    }
    things |= {f'The point "{point.name}"': _point(point) for point in desk.points}
    if desk.matrix is not None:
        things["The matrix"] = _cells(desk.matrix)
    return things


def described_priority(priority: Priority) -> Document:
    """Return the keys of a priority as a change of them is told."""
    events = [f"{event} {reaction}" for event, reaction in priority.events]
    return {
        "title": priority.title,
        "titles": [f"{language} {title}" for language, title in priority.titles],
        "definition": priority.definition,
        "definitions": [text for _, text in priority.definitions],
        "response": target_text(priority.response) or "off",
        "resolution": target_text(priority.resolution) or "off",
        "clock": priority.clock,
        "escalation": [_spelt(level) for level in priority.escalation],
        "events": events,
    }


def target_text(target: Target | None) -> str | None:
    """Return a target as config.toml writes it, "1d2h30m"; None where there is none."""
    if target is None:
        return None
    parts = ((target.days, "d"), (target.minutes // 60, "h"), (target.minutes % 60, "m"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0m"


def _priority(priority: Priority, language: str) -> Document:
    return {
        "name": priority.name,
        "title": priority.title_in(language),
        "titles": dict(priority.titles),
        "definition": priority.definition_in(language),
        "response": target_text(priority.response),
        "resolution": target_text(priority.resolution),
        "clock": priority.clock,
        "escalation": [_level(level) for level in priority.escalation],
        "events": dict(priority.events),
    }


def _level(level: EscalationLevel) -> Document:
    more: Document = {"reassign": level.reassign, "template": level.template}
    return {"of": level.of, "at": _at(level), "to": list(level.to)} | {k: v for k, v in more.items() if v is not None}


def _spelt(level: EscalationLevel) -> str:
    return f"{level.of} {_at(level)} to {', '.join(level.to) or level.reassign}"


def _at(level: EscalationLevel) -> str:
    return f"{'-' if level.before else ''}{target_text(level.after)}"


def _target_set(shared: TargetSet, desk: Desk) -> Document:
    return {
        "name": shared.name,
        "levels": {
            name: {"response": target_text(response), "resolution": target_text(resolution)}
            for name, response, resolution in shared.levels
        },
        "categories": [c.name for c in desk.categories if c.targets == shared.name],
    }


def _levels(shared: TargetSet) -> list[tuple[str, str]]:
    return [
        (f"{name} {kind}", target_text(target) or "off")
        for name, *targets in shared.levels
        for kind, target in zip(("response", "resolution"), targets, strict=True)
    ]


def _matrix(matrix: Matrix) -> Document:
    return {
        impact: dict(zip(matrix.urgencies, row, strict=True))
        for impact, row in zip(matrix.impacts, matrix.rows, strict=True)
    }


def _cells(matrix: Matrix) -> Document:
    return {
        f"{impact} × {urgency}": matrix.priority(impact, urgency)
        for impact in matrix.impacts
        for urgency in matrix.urgencies
    }


def _point(point: Point) -> Document:
    return {
        "name": point.name,
        "title": point.title,
        "person": point.person or None,
        "phone": point.phone or None,
        "address": point.address,
        "for": list(point.purposes),
    }


def promise_warnings(desk: Desk) -> tuple[str, ...]:
    """Return where an escalation would reach nobody for want of a manager, a lead and an admin."""
    leads = any(agent.role == "lead" and agent.active for agent in desk.agents)
    if leads or desk.admin is not None or not is_used(desk):
        return ()
    active = {agent.name for agent in desk.agents if agent.active}
    return tuple(
        f'[[category]] "{category.name}": no manager, no lead, no admin; an escalation may reach nobody'
        for category in desk.categories
        if category.manager not in active
    )
