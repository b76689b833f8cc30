"""The catalogue as the file writes it: its items, what they may be called, and where orders of them go."""

from inboxd.config.letters.build import wording
from inboxd.config.lines import KeyPath
from inboxd.config.names import check_known, check_once
from inboxd.config.problems import Problems
from inboxd.config.routing.tables import ItemTable, RuleTable
from inboxd.config.schema import Document
from inboxd.desk.catalogue import CALLOF, CatalogueItem

NO_ITEM = "none"
"""`inboxd set REF --item none` takes an item off."""


def build_catalogue(document: Document) -> tuple[CatalogueItem, ...]:
    """Return what can be ordered."""
    return tuple(_item(table) for table in document.item)


def with_implied(document: Document) -> Document:
    """Return the document with the type, and the category if none is given, written into rules that set an item."""
    categories = {table.name: table.category for table in document.item}
    return document.model_copy(update={"rule": [_ordering(rule, categories) for rule in document.rule]})


def check_catalogue(document: Document, problems: Problems) -> None:
    """Note items that are given twice, or called what another one is; unknown categories; rules that say two things."""
    said: list[tuple[str, KeyPath]] = []
    for index, table in enumerate(document.item):
        place: KeyPath = ("item", index)
        if table.name.casefold() == NO_ITEM:
            problems.add((*place, "name"), '"none" means no item to `inboxd set`; take another name')
        check_known(table.category, [c.name for c in document.category], "category", (*place, "category"), problems)
        titles = {words.casefold() for _, words in wording(table.title)} - {table.name.casefold()}
        said.append((table.name.casefold(), (*place, "name")))
        said += [(title, (*place, "title")) for title in sorted(titles)]
    check_once(said, "item", problems)
    for index, rule in enumerate(document.rule):
        where: KeyPath = ("rule", index, "set")
        check_known(rule.set.item, [table.name for table in document.item], "item", (*where, "item"), problems)
        if rule.set.item is not None and rule.set.type not in {None, CALLOF}:
            problems.add((*where, "type"), f'only a "{CALLOF}" orders an item; write that, or take it out')


def _item(table: ItemTable) -> CatalogueItem:
    return CatalogueItem(name=table.name, title=wording(table.title), category=table.category)


def _ordering(rule: RuleTable, categories: dict[str, str | None]) -> RuleTable:
    if rule.set.item is None:
        return rule
    implied = {"type": CALLOF, "category": rule.set.category or categories.get(rule.set.item)}
    return rule.model_copy(update={"set": rule.set.model_copy(update=implied)})
