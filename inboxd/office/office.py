"""What every use case works with: the settings, the database, the keys, the templates and the clock."""

from dataclasses import dataclass

from inboxd.clock import Clock
from inboxd.config.settings import Settings
from inboxd.desk.desk import Agent, Desk
from inboxd.mail.message_id import Keyring
from inboxd.render.letters import Templates
from inboxd.store.engine import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One desk at work. Built once by the supervisor or a command, then handed on.

    `reader` is the agent for whom documents are made; None for the daemon, root and the owner, who may know everything.
    """

    settings: Settings
    store: Store
    keyring: Keyring
    templates: Templates
    clock: Clock
    reader: Agent | None = None

    @property
    def desk(self) -> Desk:
        """The desk as its admin describes it."""
        return self.settings.desk
