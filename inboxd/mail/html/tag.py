"""What one tag of HTML mail means for its text: whether it breaks a line, quotes, or hides what is in it."""

import re
from dataclasses import dataclass, field
from html import unescape

from inboxd.mail.html.style import NO_RULES, Rules, read_style

PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"})
BLOCKS = PARAGRAPHS | frozenset(
    {"address", "article", "aside", "body", "caption", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt",
     "fieldset", "figcaption", "figure", "footer", "form", "frame", "frameset", "header", "html", "legend", "main",
     "menu", "nav", "noframes", "ol", "option", "pre", "section", "select", "summary", "table", "tbody", "tfoot",
     "thead", "ul", "blockquote", "li", "tr", "td", "th", "hr", "listing", "xmp", "plaintext"}
)  # fmt: skip
VOID = frozenset(
    {"br", "hr", "img", "input", "meta", "link", "base", "basefont", "area", "col", "embed", "frame", "param", "source",
     "track", "wbr", "isindex", "bgsound", "keygen"}
)  # fmt: skip
NEVER_SHOWN = frozenset({"title", "style", "script", "template", "datalist", "xml", "audio", "video"})
AS_TYPED = frozenset({"pre", "listing", "xmp", "plaintext", "textarea"})

NAME = re.compile(r"/?\s*([^\s/>]+)")
ATTRIBUTE = re.compile(r"([^\s=\"'/>]+)\s*(?:=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]*)))?")
HINT = re.compile(r"style|class|\bid\b|hidden|type|name|href|alt|src|start|value|tabindex|cite", re.IGNORECASE)
WRITTEN = re.compile(r"mailto:|https?://|www\.|[^\s\"'=<>@]+@[^\s\"'=<>@][^\s\"'=<>@.]*\.[^\s\"'=<>@]+$", re.IGNORECASE)
QUOTES = re.compile(r"cite|quote|yahoo|gmail|reply|zmail|proton|msgbody", re.IGNORECASE)
NO_BAR = re.compile(r"border-left:(?:none|0|medium)")
INDENTED = re.compile(r"margin(?:-left)?:(?!0(?:px|pt|cm|in)?(?:;|$))|margin-right:")
NO_CHARACTER = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9A-Fa-f]{8,});?")
CLOSES_ITSELF = re.compile(r"(?:\A|[\s\"'])/\Z")
MAX_ATTRIBUTES = 100


@dataclass(slots=True, kw_only=True)
class Tag:
    """A tag as read. `before` and `after`: the line breaks it wants; `written`: words that only look like a tag."""

    name: str
    closing: bool = False
    empty: bool = False
    before: int = 0
    after: int = 0
    hidden: bool = False
    tiny: bool | None = None
    as_typed: bool | None = None
    quote: bool = False
    outlook_reply: bool = False
    list_marker: bool = False
    attributes: dict[str, str] = field(default_factory=dict)
    written: str = ""


def read_tag(inside: str, rules: Rules = NO_RULES) -> Tag:
    """Return what stands between `<` and `>` as a tag; an address that somebody put in angle brackets as words."""
    if WRITTEN.match(inside):
        return Tag(name="", empty=True, written=f"<{inside}>")
    match = NAME.match(inside)
    name = match[1].lower() if match else ""
    if inside[:1] == "/":
        return Tag(name=name, closing=True, after=_breaks(name))
    rest = inside[match.end() :] if match else ""
    attributes = _attributes(rest) if HINT.search(rest) else {}
    style = read_style(name, attributes, rules)
    quote = _is_quote(name, attributes)
    breaks = _breaks(name)
    is_paragraph = name in PARAGRAPHS
    return Tag(
        name=name,
        empty=name in VOID or (rest[-1:] == "/" and CLOSES_ITSELF.search(rest) is not None),
        before=1 if is_paragraph and style.no_space_before else breaks,
        after=2 if quote else 1 if is_paragraph and style.no_space_after else breaks,
        hidden=name in NEVER_SHOWN or "hidden" in attributes or style.hidden,
        tiny=style.tiny,
        as_typed=True if name in AS_TYPED else style.as_typed,
        quote=quote,
        outlook_reply=_is_outlook_reply(name, attributes),
        list_marker=style.list_marker,
        attributes=attributes,
    )


def _breaks(name: str) -> int:
    """Return the line breaks that an element wants before and after it, its style aside."""
    return 2 if name in PARAGRAPHS else 1 if name in BLOCKS else 0


def decode_references(text: str) -> str:
    """Return text with its character references decoded; a number that no character has is one that is lost."""
    return unescape(NO_CHARACTER.sub("\ufffd", text) if "&#" in text else text) if "&" in text else text


def _attributes(rest: str) -> dict[str, str]:
    """Return attributes by their names in lower case; of two alike the first counts."""
    found: dict[str, str] = {}
    for at, match in enumerate(ATTRIBUTE.finditer(rest)):
        if at >= MAX_ATTRIBUTES:
            break
        found.setdefault(match[1].lower(), decode_references(match[2] or match[3] or (match[4] or "").strip("\"'")))
    return found


def _is_quote(name: str, attributes: dict[str, str]) -> bool:
    """Say whether an element is quoted mail: a blockquote that does not only indent, or the bar of some programs."""
    if name not in {"div", "blockquote"}:
        return False
    style = attributes.get("style", "").lower().replace(" ", "")
    if name == "div":
        return attributes.get("name", "").lower() == "quote" or "border:none;border-left:solid" in style
    named = attributes.get("class", "") + " " + attributes.get("id", "")
    if "indent" in named:
        return False
    if attributes.get("type", "").lower() == "cite" or "cite" in attributes or QUOTES.search(named):
        return True
    has_bar = "border-left:" in style and not NO_BAR.search(style)
    return has_bar or not INDENTED.search(style)


def _is_outlook_reply(name: str, attributes: dict[str, str]) -> bool:
    """Say whether this is the line that Outlook draws above the block From, Sent, To, Subject."""
    if name == "hr":
        return attributes.get("tabindex") == "-1"
    if name != "div":
        return False
    style = attributes.get("style", "").lower().replace(" ", "")
    return "border-top:solid#" in style and "padding:3.0pt" in style
