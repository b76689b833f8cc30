"""The few things in style sheets and style attributes that change a text: what is hidden, tiny, tight, or as typed."""

import re
from dataclasses import dataclass

MAX_SHEET = 100_000
"""Characters of style sheets that are read."""

SPLIT = re.compile(r"([{}])")
COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
HIDDEN = re.compile(
    r"(?:^|[;{\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)|"
    r"max-height\s*:\s*0(?:px|pt|em)?\s*(?:;|!|$))",
    re.IGNORECASE,
)
FONT_SIZE = re.compile(r"(?:^|[;\s])font-size\s*:\s*([\d.]*)", re.IGNORECASE)
WHITE_SPACE = re.compile(r"(?:^|[;\s])white-space\s*:\s*(pre|break-spaces|normal|nowrap)", re.IGNORECASE)
MARGIN = re.compile(r"(?:^|[;\s])margin(-top|-bottom)?\s*:\s*([^;]*)", re.IGNORECASE)
BOTTOM = 2
"""The place of the lower margin among three or four."""

STYLED = frozenset({"class", "id", "style"})
"""Attributes by which one element looks different from another."""

NUMBER = re.compile(r"[+-]?(\d*\.?\d*)")
SELECTOR = re.compile(r"([a-z][a-z0-9]*)?([.#][\w-]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """What a style says; None where it says nothing."""

    hidden: bool = False
    tiny: bool | None = None
    as_typed: bool | None = None
    no_space_before: bool | None = None
    no_space_after: bool | None = None
    list_marker: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of a style sheet that matter, by simple selectors in lower case: `p`, `.name`, `#name`, `p.name`."""

    by_selector: dict[str, Style]


NO_RULES = Rules(by_selector={})
NO_STYLE = Style()


def read_sheet(css: str) -> Rules:
    """Return the rules of a style sheet, those for certain screens left out."""
    found: dict[str, Style] = {}
    selectors, depth = "", 0
    for piece in SPLIT.split(COMMENT.sub(" ", css[:MAX_SHEET].replace("<!--", " ").replace("-->", " "))):
        if piece == "{":
            depth += 1
        elif piece == "}":
            depth = max(depth - 1, 0)
        elif depth == 0:
            selectors = piece.rpartition(";")[2]
        elif depth == 1 and "@" not in selectors and (style := _declared(piece)) != NO_STYLE:
            for selector in selectors.lower().split(","):
                simple = selector.strip()
                if SELECTOR.fullmatch(simple):
                    found[simple] = _over(found.get(simple, NO_STYLE), style)
    return Rules(by_selector=found)


def read_style(name: str, attributes: dict[str, str], rules: Rules) -> Style:
    """Return the style of an element from the sheet and from its own attribute, which goes before the sheet's."""
    if not attributes.keys() & STYLED:
        return rules.by_selector.get(name, NO_STYLE)
    style = NO_STYLE
    classes = attributes.get("class", "").lower().split()
    if any(one.startswith("mso") for one in classes):
        style = Style(no_space_before=True, no_space_after=True)
    if rules.by_selector:
        for selector in (name, *(f".{one}" for one in classes), *(f"{name}.{one}" for one in classes), _id(attributes)):
            style = _over(style, rules.by_selector.get(selector, NO_STYLE))
    own = attributes.get("style", "")
    return _over(style, _declared(own)) if own else style


def _id(attributes: dict[str, str]) -> str:
    return "#" + attributes.get("id", "").lower()


def _over(style: Style, other: Style) -> Style:
    """Return a style with another one laid over it."""
    if other is NO_STYLE:
        return style
    return Style(
        hidden=style.hidden or other.hidden,
        tiny=style.tiny if other.tiny is None else other.tiny,
        as_typed=style.as_typed if other.as_typed is None else other.as_typed,
        no_space_before=style.no_space_before if other.no_space_before is None else other.no_space_before,
        no_space_after=style.no_space_after if other.no_space_after is None else other.no_space_after,
        list_marker=style.list_marker or other.list_marker,
    )


def _declared(declarations: str) -> Style:
    """Return what declarations say."""
    size = FONT_SIZE.search(declarations)
    white = WHITE_SPACE.search(declarations)
    before, after = _margins(declarations)
    return Style(
        hidden=HIDDEN.search(declarations) is not None,
        tiny=_is_nothing(size[1]) if size and size[1].strip(".") else False if size else None,
        as_typed=white[1].lower() in {"pre", "break-spaces"} if white else None,
        no_space_before=before,
        no_space_after=after,
        list_marker="mso-list:ignore" in declarations.lower().replace(" ", ""),
    )


def _margins(declarations: str) -> tuple[bool | None, bool | None]:
    """Return whether there is no space above and below."""
    before: bool | None = None
    after: bool | None = None
    for match in MARGIN.finditer(declarations) if "argin" in declarations or "ARGIN" in declarations else ():
        values = match[2].split()
        if not values:
            continue
        side = (match[1] or "").lower()
        if side != "-bottom":
            before = _is_nothing(values[0])
        if side != "-top":
            after = _is_nothing(values[BOTTOM] if not side and len(values) > BOTTOM else values[0])
    return before, after


def _is_nothing(length: str) -> bool:
    """Say whether a length is nothing that a reader would see: 0, or Word's 0.0001pt."""
    number = NUMBER.match(length)
    return bool(number and number[1].strip(".")) and float(number[1] if number else 1) < 1 and "em" not in length
