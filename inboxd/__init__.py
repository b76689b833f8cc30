"""inboxd: a shared mailbox for service desks."""

__version__ = "0.1.0"
