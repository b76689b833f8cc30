"""Who may see what: the cases of a category whose `access` is "members" are its members', its manager's and admins'."""

from inboxd.desk.desk import Agent, Desk


def may_see(desk: Desk, agent: Agent | None, category: str) -> bool:
    """Say whether an agent (None: root or the owner as admin) may know of the cases of a category."""
    seen = seen_categories(desk, agent)
    return seen is None or category in seen


def is_open_to_all(desk: Desk, category: str) -> bool:
    """Say whether every agent may know of the cases of a category; of one that the config has lost nobody is sure."""
    found = desk.category(category)
    return found is not None and found.access == "all"


def seen_categories(desk: Desk, agent: Agent | None) -> tuple[str, ...] | None:
    """Return the categories whose cases an agent may know of; None where nothing at all is kept from him.

    From whom a category is hidden, those are hidden too that the config no longer knows: a category that was taken out
    or given another name must not open its cases to everybody.
    """
    if agent is None or agent.role == "admin":
        return None
    seen = tuple(
        category.name
        for category in desk.categories
        if category.access == "all" or agent.name == category.manager or agent.name in category.members
    )
    return None if len(seen) == len(desk.categories) else seen
