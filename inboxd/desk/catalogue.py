"""The catalogue of services: what can be ordered, and what an order of it makes of a case."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from inboxd.desk.letters.wording import Wording, worded
from inboxd.desk.order import Refusal, Register, SetFields

CALLOF = "callof"
"""The type of a case that orders something: nothing else has an item."""

Naming = TypeVar("Naming", Register, SetFields)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueItem:
    """Something that can be ordered. New cases that order it go to `category`, unless more is said."""

    name: str
    title: Wording = ()
    category: str | None = None

    def title_in(self, language: str) -> str:
        """Return what it is called in a language; its name where that has no words for it."""
        return worded(self.title, language, otherwise=self.name)

    def is_called(self, text: str) -> bool:
        """Say whether people mean it: by its name or a title, in capitals or not."""
        key = text.casefold()
        return key in {self.name.casefold(), *(words.casefold() for _, words in self.title)}


def find_item(catalogue: Sequence[CatalogueItem], text: str) -> CatalogueItem | None:
    """Return the item that is called so."""
    return next((item for item in catalogue if item.is_called(text)), None)


def item_title(catalogue: Sequence[CatalogueItem], name: str | None, language: str) -> str:
    """Return an item's title in a language, its name where the catalogue has it no longer, "" for none."""
    found = next((item for item in catalogue if item.name == name), None)
    return found.title_in(language) if found else name or ""


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
