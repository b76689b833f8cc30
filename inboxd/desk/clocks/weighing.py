"""Impact and urgency: the admin's matrix says which priority they make together."""

from collections.abc import Iterable

from inboxd.desk.desk import Desk
from inboxd.desk.order import Refusal

IMPACT = "impact"
URGENCY = "urgency"
"""The fields under which both words stand on a case."""

Fields = tuple[tuple[str, str], ...]


def weigh(
    desk: Desk, *, impact: str | None, urgency: str | None, fields: Iterable[tuple[str, str]] = ()
) -> tuple[str | None, Fields] | Refusal:
    """Return the priority that impact and urgency make, with the fields that keep both words on the case.

    A word that is not given is the one in `fields`, which the case has; with one word alone there is no priority yet.
    """
    given = {IMPACT: impact, URGENCY: urgency}
    wanted: Fields = tuple((key, word) for key, word in given.items() if word is not None)
    if not wanted:
        return None, ()
    matrix = desk.matrix
    if matrix is None:
        hint = "an admin can write a [matrix] in config.toml; --priority sets a priority by its name"
        return Refusal(code="usage", message="this desk has no matrix of impact and urgency", hint=hint)
    known = {IMPACT: matrix.impacts, URGENCY: matrix.urgencies}
    for key, word in wanted:
        if word not in known[key]:
            return Refusal(code="not_found", message=f"no {key} {word}", hint=f"there are: {', '.join(known[key])}")
    both = {key: word for key, word in fields if word in known.get(key, ())} | dict(wanted)
    if len(both) < len(known):
        return None, wanted
    return matrix.priority(both[IMPACT], both[URGENCY]), wanted
