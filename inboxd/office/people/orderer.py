"""Who gives an order: the agent behind an OS user, or whom root, the owner or an admin says with `--as`."""

from dataclasses import dataclass

from inboxd.desk.desk import Agent, Desk
from inboxd.errors import NotAllowed, NotFound

ADMIN = "admin"
"""The name under which root and the owner act where they are no agent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OsUser:
    """The user who runs the command; `trusted` for root and the owner of the database."""

    name: str
    trusted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts; `agent` is None for root or the owner as admin."""

    name: str
    agent: Agent | None


def identify(desk: Desk, user: OsUser, as_agent: str | None) -> Actor:
    """Return who acts. Raises NotAllowed (exit 77) or NotFound (exit 4)."""
    own = next((a for a in desk.agents if a.login is not None and a.login == user.name), None)
    if as_agent is not None:
        return _as(desk, user, own, as_agent)
    if own is not None:
        return _active(own)
    if user.trusted:
        return Actor(name=ADMIN, agent=None)
    raise NotAllowed(
        f"{user.name} is no agent of this desk",
        hint=f'an admin can write `login = "{user.name}"` under an [[agent]] in config.toml',
    )


def may_change(actor: Actor) -> Actor:
    """Return the actor if it is one who may change something. Raises NotAllowed for an auditor."""
    if actor.agent is not None and actor.agent.role == "auditor":
        raise NotAllowed(f"{actor.name} may read but not change", hint="an admin gives another role in config.toml")
    return actor


def _as(desk: Desk, user: OsUser, own: Agent | None, as_agent: str) -> Actor:
    is_admin = own is not None and own.active and own.role == "admin"
    if not user.trusted and not is_admin and (own is None or own.name != as_agent):
        raise NotAllowed("only root, the owner of the database and admins may act for others", hint="leave out --as")
    agent = desk.agent(as_agent)
    if agent is None:
        names = ", ".join(a.name for a in desk.agents if a.active)
        raise NotFound(f"no agent {as_agent}", hint=f"there are: {names}")
    return _active(agent)


def _active(agent: Agent) -> Actor:
    if not agent.active:
        raise NotAllowed(f"{agent.name} is no longer an active agent", hint="an admin can set active = true")
    return Actor(name=agent.name, agent=agent)
