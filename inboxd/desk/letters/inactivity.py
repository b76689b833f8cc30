"""Asking a customer about agents who do nothing: whom to ask, and the letter. Pure."""

from collections.abc import Collection

from inboxd.desk.decision import Draft
from inboxd.desk.desk import Desk
from inboxd.desk.routing.customer import Customer, contact_of
from inboxd.mail.address import Address


def whom_to_ask(customer: Customer) -> tuple[str, ...]:
    """Return the addresses of those who order for a customer, else its contact's; () where it has neither."""
    return tuple(dict.fromkeys(customer.orderers)) or ((customer.contact,) if customer.contact else ())


def language_for(address: str, desk: Desk) -> str:
    """Return the language of letters to somebody who may have settings of his own."""
    known = contact_of(address, desk)
    return known.language if known is not None and known.language else desk.language


def asks(customer: Customer, address: str, desk: Desk, *, text: str, once: str, actor: str) -> Draft:
    """Return the letter to one person: `text` lists the agents. An answer to it is a new case of the customer's."""
    serving = (mailbox.name for mailbox in desk.mailboxes if mailbox.category == customer.category)
    return Draft(
        kind="alert",
        case_id=None,
        mailbox=next(serving, desk.mailboxes[0].name),
        template="inactive",
        language=language_for(address, desk),
        to=(Address(name="", address=address),),
        text=text,
        about=customer.title,
        actor=actor,
        once=once,
    )


def once_key(day: str, customer: str, address: str, agents: Collection[str]) -> str:
    """Return what makes the same list go to somebody once a day."""
    return f"inactive:{day}:{customer}:{address.casefold()}:{' '.join(sorted(agents))}"
