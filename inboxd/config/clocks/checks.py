"""What no single table about promises can know: priorities and agents that nothing defines, roles without a person."""

from collections.abc import Iterable

from inboxd.config.build import mailbox_name
from inboxd.config.builtin import PRIORITIES
from inboxd.config.categories import with_inherited
from inboxd.config.clocks.tables import LevelTable
from inboxd.config.clocks.values import RECEIVERS, ROLES
from inboxd.config.lines import KeyPath
from inboxd.config.names import is_ours
from inboxd.config.problems import Problems, meant
from inboxd.config.schema import CategoryTable, Document, MailboxTable

ROLE = "role:"


def check_promises(document: Document, problems: Problems) -> None:
    """Note everything that is wrong with the targets, the matrix, the roles and the escalations of a document."""
    _check_roles(document, problems)
    _check_target_sets(document, problems)
    _check_matrix(document, problems)
    _check_points(document, problems)
    for index, priority in enumerate(document.priority):
        for n, level in enumerate(priority.escalation):
            _check_level(level, ("priority", index, "escalation", n), document, problems)


def _check_roles(document: Document, problems: Problems) -> None:
    """Note a role that names nobody who works here; an address may be anybody's."""
    sections: tuple[tuple[str, Iterable[CategoryTable | MailboxTable]], ...] = (
        ("category", document.category),
        ("mailbox", document.mailbox),
    )
    for kind, tables in sections:
        for index, table in enumerate(tables):
            for role in ROLES:
                _check_person(getattr(table, role), (kind, index, role), document, problems)
                _check_not_ours(getattr(table, role), (kind, index, role), document, problems)


def _check_person(person: str | None, place: KeyPath, document: Document, problems: Problems) -> None:
    if person is None or "@" in person or problems.at(place):
        return
    agent = next((a for a in document.agent if a.name == person), None)
    if agent is None:
        names = [a.name for a in document.agent if a.name]
        problems.add(place, f'no agent is named "{person}", and it is no address; {meant(person, names)}')
    elif not agent.active:
        problems.add(place, f"{person} is no longer active; name somebody who is, or an address")


def _check_target_sets(document: Document, problems: Problems) -> None:
    known = _priorities(document)
    for index, table in enumerate(document.targets):
        for name in table.levels:
            _known(name, known, "priority", ("targets", index, "levels", name), problems)
    sets = [table.name for table in document.targets]
    for index, category in enumerate(document.category):
        _known(category.targets, sets, "target set", ("category", index, "targets"), problems)


def _check_matrix(document: Document, problems: Problems) -> None:
    matrix = document.matrix
    if matrix is None:
        return
    for key, words in (("impact", matrix.impact), ("urgency", matrix.urgency)):
        if len(set(words)) != len(words) and not problems.at(("matrix", key)):
            problems.add(("matrix", key), "a word stands there twice; each once")
    rows = matrix.priority
    if len(rows) != len(matrix.impact) or any(len(row) != len(matrix.urgency) for row in rows):
        wanted = f"{len(matrix.impact)} rows (impact) of {len(matrix.urgency)} priorities (urgency)"
        if not problems.at(("matrix", "priority")):
            problems.add(("matrix", "priority"), f"has another shape than the words; write {wanted}")
    for number, row in enumerate(rows):
        for n, name in enumerate(row):
            _known(name, _priorities(document), "priority", ("matrix", "priority", number, n), problems)


def _check_points(document: Document, problems: Problems) -> None:
    for index, point in enumerate(document.point):
        place: KeyPath = ("point", index)
        if point.phone is None and point.address is None and not problems.at(place):
            problems.add(place, "cannot be reached; give it a phone, an address, or both")
        _check_not_ours(point.address, (*place, "address"), document, problems)


def _check_not_ours(address: str | None, place: KeyPath, document: Document, problems: Problems) -> None:
    """Note where the desk would write to itself."""
    if address is not None and is_ours(address, document) and not problems.at(place):
        problems.add(place, "is a mailbox of the desk; name somebody who reads it elsewhere")


def _check_level(level: LevelTable, place: KeyPath, document: Document, problems: Problems) -> None:
    if "to" in level.model_fields_set and not level.to and level.reassign is None and not problems.at((*place, "to")):
        problems.add((*place, "to"), 'is empty; name somebody, for example ["manager"], or reassign the case')
    for n, receiver in enumerate(level.to):
        if receiver.startswith(ROLE):
            _check_filled(receiver.removeprefix(ROLE), (*place, "to", n), document, problems)
        elif receiver not in RECEIVERS:
            _check_person(receiver, (*place, "to", n), document, problems)
            _check_not_ours(receiver, (*place, "to", n), document, problems)
    _check_heir(level.reassign, (*place, "reassign"), document, problems)


def _check_heir(agent: str | None, place: KeyPath, document: Document, problems: Problems) -> None:
    """Note where a case would be given to nobody who works on cases."""
    found = next((a for a in document.agent if a.name == agent), None)
    if agent is None or problems.at(place):
        return
    if found is None:
        problems.add(place, f'no agent is named "{agent}"; {meant(agent, [a.name for a in document.agent if a.name])}')
    elif not found.active or found.role == "auditor":
        why = "is an auditor, who takes no cases" if found.active else "is no longer active"
        problems.add(place, f"{agent} {why}; name somebody who works on cases")


def _check_filled(role: str, place: KeyPath, document: Document, problems: Problems) -> None:
    """Note where an escalation to a role would reach nobody: a case of that category that came by that mailbox."""
    lacking = [category for category in with_inherited(document).category if getattr(category, role) is None]
    boxes = [box for box in document.mailbox if getattr(box, role) is None]
    if not lacking or not boxes or problems.at(place):
        return
    where = f'category "{lacking[0].name}" (mailbox "{mailbox_name(boxes[0])}")'
    problems.add(place, f"nobody is {role} of {where}; write {role} = … under its [[category]] or [[mailbox]]")


def _priorities(document: Document) -> list[str]:
    return [*(p.name for p in PRIORITIES), *(p.name for p in document.priority)]


def _known(name: str | None, defined: list[str], kind: str, place: KeyPath, problems: Problems) -> None:
    if name is not None and name not in defined and not problems.at(place):
        problems.add(place, f'no {kind} is named "{name}"; {meant(name, [d for d in defined if d])}')
