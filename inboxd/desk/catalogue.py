"""The catalogue of services: what can be ordered."""

from collections.abc import Sequence
from dataclasses import dataclass

from inboxd.desk.letters.wording import Wording, worded

CALLOF = "callof"
"""The type of a case that orders something: nothing else has an item."""


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
