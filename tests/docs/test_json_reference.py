"""docs/json.md says what every document holds; here real documents are held against it, key by key."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from inboxd.office.watching import Watch
from tests.integration.conftest import console, desk, empty_database  # noqa: F401 - fixtures
from tests.integration.paper_desk import OLA, Console, PaperDesk, mail

PAGE = (Path(__file__).parents[2] / "docs" / "json.md").read_text("utf-8")
SECTION = re.compile(r"^## `([^`]+)`$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"```json\n(.*?)```", re.DOTALL)
DOCUMENTED = {name: json.loads(block[1]) for name, text in SECTION.findall(PAGE) if (block := BLOCK.search(text))}

KINDS = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}


def differences(found: Any, told: Any, where: str = "") -> list[str]:
    """Return where a document is not what the page tells of it."""
    if isinstance(told, list):
        if not isinstance(found, list):
            return [f"{where}: no list"]
        return [line for n, one in enumerate(found) for line in differences(one, told[0], f"{where}[{n}]")]
    if isinstance(told, dict):
        optional = told.get("?") == "null"
        if found is None and optional:
            return []
        if not isinstance(found, dict):
            return [f"{where}: {found!r} is no object"]
        keys = set(told) - {"?"}
        wrong = [f"{where}: {key} is not told of or not there" for key in sorted(keys ^ set(found))]
        return wrong + [
            line for key in keys & set(found) for line in differences(found[key], told[key], f"{where}.{key}")
        ]
    if told == "object":
        return [] if isinstance(found, dict) else [f"{where}: {found!r} is no object"]
    kind = KINDS.get(type(found), "list or object")
    return [] if kind in str(told).split("|") else [f"{where}: {found!r} is no {told}"]


def at_work(console: Console, desk: PaperDesk) -> dict[str, Any]:  # noqa: F811
    """Let a desk live a little; return one document of every kind, by the name that it has on the page."""
    me = ("--as", "kari")
    desk.arrive(
        mail(files={"bilde.pdf": b"%PDF-1.4"}), mail("Samme", sender="turid@kommune.example", text="Igjen.\n", number=2)
    )
    first, second = sorted(row["reference"] for row in console.ask("queue", *me))
    documents = {
        "queue": console.ask("queue", *me),
        "new": console.ask("new", "--phone", "71111166", "--subject", "PC", "-m", "Svart", "--from", OLA, *me),
        "reply": console.ask("reply", first, "-m", "Prøv nå.", *me),
        "forward": console.ask("forward", first, "--to", "hjelp@firma.example", "-m", "Ser dere?", *me),
        "close": console.ask("close", first, *me),
        "take": console.ask("take", second, *me),
    }
    console.ask("reopen", first, *me)
    documents["merge"] = console.ask("merge", second, first, *me)
    watch = Watch(desk.office)
    console.ask("note", first, "-m", "ringte", *me)
    documents["watch"] = watch.look()[0]
    (desk.folder / "one.eml").write_bytes(mail(number=7))
    return documents | {
        "show": console.ask("show", first, *me),
        "search": console.ask("search", "skriveren", *me),
        "outbox list": console.ask("outbox", "list", *me),
        "incoming list": console.ask("incoming", "list", *me),
        "explain": console.ask("explain", str(desk.folder / "one.eml")),
        "agent list": console.ask("agent", "list", *me),
        "notice new": console.ask(
            "notice", "new", "--unplanned", "--from", "now", "--affects", "it", "-m", "Nede", *me
        ),
        "notice list": console.ask("notice", "list", *me),
        "report now": console.ask("report", "now", *me),
        "import": console.ask("import", str(desk.folder / "one.eml"), "--mailbox", "kundeservice"),
        "error": console.ask("show", "KS-99992", *me, code=4),
    }


@pytest.mark.slow
def test_every_document_is_what_the_page_tells(console: Console, desk: PaperDesk) -> None:  # noqa: F811
    documents = at_work(console, desk)
    assert set(documents) == set(DOCUMENTED)
    wrong = [line for name, found in documents.items() for line in differences(found, DOCUMENTED[name], name)]
    assert wrong == []


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ({"a": 1, "b": 2}, {"a": "integer"}),
        ({}, {"a": "integer"}),
        ({"a": "1"}, {"a": "integer"}),
        ({"a": True}, {"a": "integer"}),
        ([{"a": None}], [{"a": "integer"}]),
        (None, {"a": "integer"}),
        ({}, [{"a": "integer"}]),
        ([], "object"),
    ],
)
def test_a_document_that_is_another_is_noticed(found: Any, told: Any) -> None:
    assert differences(found, told)


def test_what_may_be_absent_may_be_absent() -> None:
    assert (
        differences(
            {"a": None, "b": None, "c": {}}, {"a": {"?": "null", "x": "integer"}, "b": "string|null", "c": "object"}
        )
        == []
    )
