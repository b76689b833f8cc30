"""What ordering something of the catalogue makes of an agent's order."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from inboxd.desk.catalogue import CALLOF, CatalogueItem, find_item
from inboxd.desk.order import Refusal, Register, SetFields

Naming = TypeVar("Naming", Register, SetFields)


def with_item(order: Naming, catalogue: Sequence[CatalogueItem]) -> Naming | Refusal:
    """Return an order with the item's own name, and the type that it implies; an unknown item is refused."""
    if not order.item:
        return order
    found = find_item(catalogue, order.item)
    if found is None:
        names = ", ".join(item.name for item in catalogue)
        hint = f"there are: {names}" if names else "the desk has no item at all; [[item]] in config.toml makes one"
        return Refusal(code="not_found", message=f"no item {order.item}", hint=hint)
    if order.type not in {None, CALLOF}:
        told = f"an item is ordered by a case of type {CALLOF}, not {order.type or 'none'}"
        return Refusal(code="usage", message=told, hint="leave out --type")
    return replace(order, item=found.name, type=CALLOF)
