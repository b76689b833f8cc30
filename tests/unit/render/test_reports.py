"""Reports in words: the same numbers in every format, and nothing in a name that a reader's program would obey."""

import csv
import io
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from inboxd.render.reports.html import html_of
from inboxd.render.reports.page import Page, Section, Table
from inboxd.render.reports.pages import page_of
from inboxd.render.reports.service_words import SERVICE_WORDS
from inboxd.render.reports.text import markdown_of, text_of
from inboxd.render.reports.words import LANGUAGES, WORDS, Words
from inboxd.render.reports.written import FORMATS, report_text

KEPT = {
    "n": 40, "within": 37, "percent": 92.5, "office_median_minutes": 95.0, "office_p90_minutes": 480.0,
    "wall_median_minutes": 120.0, "wall_p90_minutes": 3000.0,
}  # fmt: skip
NONE_KEPT = dict.fromkeys(KEPT) | {"n": 0, "within": 0}
STANDING = {
    "open": 12, "unassigned": 3, "overdue": 2, "due_today": 4, "waiting": 1, "median_age_minutes": 95,
    "oldest_age_minutes": 17_400, "oldest": "KS-10429",
}  # fmt: skip
EMPTY = dict.fromkeys(STANDING, 0) | dict.fromkeys(("median_age_minutes", "oldest_age_minutes", "oldest"))
MONTH = {
    "desk": "Kundeservice",
    "month": "2026-10",
    "complete": True,
    "partial": False,
    "until": "2026-11-01T00:00:00+01:00",
}
TIMES = {kept: {"office_minutes": 450.0, "wall_minutes": 9000.0} for kept in ("queue", "internal", "external")}
TERMS: dict[str, Any] = {
    "channels": [{"channel": "mail", "address": "kundeservice@desk.example", "category": "it"}],
    "hours": [{"calendar": "office", "categories": ["it"], "week": {"mon": ["08:00-15:30"]}, "coming": []}],
    "targets": [
        {"priority": "normal", "title": "Middels", "definition": "Én bruker er rammet.", "response": "4h",
         "resolution": "2d", "clock": "office"},
    ],
    "target_sets": [],
    "points": [
        {"title": "Daglig leder", "person": "Anne", "phone": "71 11 11 00", "address": None,
         "purposes": ["escalation"]},
    ],
}  # fmt: skip

NOW: dict[str, Any] = {
    "report": "now", "desk": "Kundeservice", "at": "2026-10-05T08:00:00+02:00", "partial": False, "all": STANDING,
    "categories": [
        {"category": "it", "title": "IT-hjelp", **STANDING}, {"category": "print", "title": "Utskrift", **EMPTY},
    ],
    "agents": [{"agent": "kari", **STANDING}, {"agent": None, **STANDING}],
}  # fmt: skip
SLA: dict[str, Any] = {
    **MONTH, "report": "sla", "customer": None, "customer_title": None, "terms": None,
    "priorities": [
        {"priority": "high", "title": "Høy", "response": KEPT, "resolution": KEPT},
        {"priority": "low", "title": "Lav", "response": NONE_KEPT, "resolution": NONE_KEPT},
    ],
    "all": {"response": KEPT, "resolution": KEPT},
}  # fmt: skip
ANNEX = {**SLA, "customer": "Molde", "customer_title": "Molde kommune", "terms": TERMS}
CHANNELS: dict[str, Any] = {
    **MONTH, "report": "channels", "opened": 9, "types": {"fault": 4, "callof": 0, "question": 0, "none": 5},
    "channels": [{"channel": "mail", "opened": 9, "fault": 4, "callof": 0, "question": 0, "none": 5}],
    "days": [{"date": f"2026-10-{n:02}", "opened": n % 7} for n in range(1, 32)],
    "items": [],
    "referred": [{"point": "faggruppe", "title": "Faggruppe oppvekst", "cases": 2}],
}  # fmt: skip
TIME: dict[str, Any] = {
    **MONTH, "report": "time", "all": TIMES, "categories": [{"category": "it", "title": "IT-hjelp", **TIMES}],
}  # fmt: skip
RULES: dict[str, Any] = {
    **MONTH, "report": "rules",
    "rules": [
        {"rule": "skrivere", "hits": 7, "last_at": "2026-10-05T08:00:00+02:00"},
        {"rule": "vip", "hits": 0, "last_at": None},
    ],
}  # fmt: skip
ALWAYS = {"report": "rules", "desk": "Kundeservice", "month": None, "rules": []}
INACTIVE: dict[str, Any] = {
    "report": "inactive", "desk": "Kundeservice", "at": "2026-10-05T08:00:00+02:00", "days": 90,
    "agents": [
        {"name": "per", "address": "per@desk.example", "categories": ["it"], "registered_since": None,
         "last_at": "2026-06-01T10:00:00+02:00", "open_cases": 2},
        {"name": "ny", "address": "ny@desk.example", "categories": [], "registered_since": None, "last_at": None,
         "open_cases": 0},
    ],
}  # fmt: skip
ALL = {
    "now": NOW, "sla": SLA, "annex": ANNEX, "channels": CHANNELS, "time": TIME, "rules": RULES, "always": ALWAYS,
    "inactive": INACTIVE,
}  # fmt: skip

every_report = pytest.mark.parametrize("document", ALL.values(), ids=ALL)


def told(document: dict[str, Any], language: str = "nb", form: str = "text", width: int = 80) -> str:
    return report_text(document, form, language=language, width=width, colour=False)


def rows_of(document: dict[str, Any]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(told(document, form="csv"), newline="")))


class Reader(HTMLParser):
    """What stands in a page: its elements with their attributes, and whether every one that opens also closes."""

    VOID = frozenset({"meta", "line", "rect"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID or tag == "rect":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@every_report
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMATS)
def test_every_report_can_be_written_in_every_format_and_language(
    document: dict[str, Any], language: str, form: str
) -> None:
    assert told(document, language, form).strip()


@every_report
@pytest.mark.parametrize("language", LANGUAGES)
def test_text_fits_a_terminal_of_80_columns(document: dict[str, Any], language: str) -> None:
    assert max(map(len, told(document, language).splitlines())) <= 80


def test_what_lies_open_reads_calmly() -> None:
    assert (
        told(NOW)
        == """\
Slik står det nå
Kundeservice, 5. oktober 2026 kl. 08.00

Åpne saker          12
Uten saksbehandler  3
Over frist          2
Frist i dag         4
Venter på svar      1
Alder, median       1 t
Eldste sak          KS-10429 (12 d)

Etter kategori
Kategori  Åpne  Ufordelt  Over frist  I dag  Venter  Alder  Eldste
IT-hjelp    12         3           2      4       1    1 t    12 d
Utskrift     0         0           0      0       0      –       –

Etter saksbehandler
Saksbehandler  Åpne  Ufordelt  Over frist  I dag  Venter  Alder  Eldste
kari             12         3           2      4       1    1 t    12 d
ingen            12         3           2      4       1    1 t    12 d

Alder er tiden siden saken ble åpnet; kolonnen «Alder» er medianen."""
    )


def test_a_long_title_gives_way_to_the_numbers() -> None:
    long = {
        **NOW,
        "categories": [{"category": "x", "title": "En kategori med et navn som er altfor langt", **STANDING}],
    }
    line = next(line for line in told(long, width=72).splitlines() if line.startswith("En ka"))
    assert len(line) <= 72
    assert line.split("…")[1].split() == ["12", "3", "2", "4", "1", "1", "t", "12", "d"]


def test_the_annex_says_what_was_agreed_before_what_was_achieved() -> None:
    text = told(ANNEX, form="md")
    parts = ["Vedlegg til tjenesteavtalen", "Molde kommune, oktober 2026", "kundeservice@desk.example",
             "mandag kl. 08.00–15.30", "| Middels | 4 timer | 2 arbeidsdager |", "Én bruker er rammet.",
             "| Daglig leder | Anne | 71 11 11 00 |",
             "| Høy | 40 | 92,5 % | 1 t 35 min | 8 t | 2 t | 2 d 2 t |"]  # fmt: skip
    places = [text.find(part.replace("(", "\\(")) for part in parts]
    assert -1 not in places
    assert text.find("## Svar") > max(text.find("## Prioriteter"), text.find("## Åpningstider"))


def test_a_month_that_is_not_over_and_a_desk_not_seen_whole_are_said_to_be_so() -> None:
    running = {**CHANNELS, "complete": False, "until": "2026-10-05T08:00:00+02:00", "partial": True}
    text = told(running, "en", width=200)
    assert "The month is not over; the numbers are as of 5 October 2026 at 08:00." in text
    assert "Categories that are closed to you are left out." in text


def test_a_list_without_anything_says_so() -> None:
    assert told(ALWAYS).endswith("Ingen.")


def test_types_that_nobody_gave_have_no_column() -> None:
    assert "Avrop" not in told(CHANNELS)
    assert "Feil" in told(CHANNELS)


@pytest.mark.parametrize("cell", ["=1+1", "+47", "-2", "@cmd", "\tx", "\rx"])
def test_no_cell_of_csv_is_a_formula(cell: str) -> None:
    hostile = {**RULES, "rules": [{"rule": cell, "hits": 1, "last_at": None}]}
    assert rows_of(hostile)[1] == ["2026-10", f"'{cell}", "1", ""]


def test_csv_holds_the_numbers_of_the_document_under_names_that_stay() -> None:
    head, first, *_ = rows_of(SLA)
    values = dict(zip(head, first, strict=True))
    assert values == {
        "month": "2026-10", "customer": "", "priority": "high", "target": "response",
        **{key: str(value) for key, value in KEPT.items()},
    }  # fmt: skip
    assert told(SLA, "nb", "csv") == told(SLA, "en", "csv")
    assert told(SLA, form="csv").count("\r\n") == len(rows_of(SLA))


@every_report
def test_every_line_of_csv_has_as_many_cells(document: dict[str, Any]) -> None:
    assert len({len(row) for row in rows_of(document)}) == 1


@every_report
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_needs_nothing_from_outside_and_names_its_language(document: dict[str, Any], language: str) -> None:
    text = told(document, language, "html")
    page = Reader(text)
    assert page.open == []
    assert page.all("html") == [{"lang": language}]
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in page.elements}
    assert "http" not in text
    assert "url(" not in text


@every_report
def test_every_chart_has_a_name_and_a_table_of_the_same_section(document: dict[str, Any]) -> None:
    page = page_of(document, "nb")
    assert all(section.tables for section in page.sections if section.charts)
    read = Reader(html_of(page))
    ids = {attributes.get("id") for _, attributes in read.elements}
    for chart in read.all("svg"):
        assert chart["role"] == "img"
        assert chart["aria-labelledby"] in ids


@every_report
def test_every_table_can_be_heard_and_scrolled_by_keyboard(document: dict[str, Any]) -> None:
    read = Reader(told(document, form="html"))
    assert len(read.all("table")) == len(read.all("caption"))
    assert all(head["scope"] in {"col", "row"} for head in read.all("th"))
    scrolled = [one for one in read.all("div") if one.get("class") == "scroll"]
    assert len(scrolled) == len(read.all("table"))
    assert all(one["tabindex"] == "0" and one["aria-label"] for one in scrolled)
    assert all(one["role"] == "group" for one in scrolled)  # a landmark would have the name of the section around it


def test_every_link_of_a_page_leads_to_a_part_of_it() -> None:
    read = Reader(told(ANNEX, form="html"))
    ids = {attributes.get("id") for _, attributes in read.elements}
    assert read.all("a")
    assert all(str(link["href"])[1:] in ids for link in read.all("a"))


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
def test_colours_keep_the_contrast_that_wcag_aa_asks_for(scheme: int) -> None:
    rules = re.findall(r":root \{([^}]*)\}", told(NOW, form="html"))
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", rules[scheme]))
    for text in ("ink", "faint"):
        assert _contrast(colours[text], colours["paper"]) >= 4.5
        assert _contrast(colours[text], colours["band"]) >= 4.5
    assert _contrast(colours["bar"], colours["paper"]) >= 3
    assert _contrast(colours["bar"], colours["band"]) >= 3


HOSTILE = Page(
    language="nb",
    title="<script>alert(1)</script>",
    over="\x1b[2J\u202egnirts",
    facts=(("**fet**", "a|b"),),
    sections=(
        Section(title="[x](http://x)", tables=(Table(caption="c", heads=("h",), rows=(("<b>&\x1b]0;x\x07",),)),)),
    ),
)


def test_a_name_is_neither_markup_nor_a_command_in_any_format() -> None:
    html, text, md = html_of(HOSTILE), text_of(HOSTILE, width=80, colour=False), markdown_of(HOSTILE)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert not {"\x1b", "\x07", "\u202e"} & {*html, *text, *md}
    assert "\\[x\\](http://x)" in md
    assert "a\\|b" in md
    assert "\\*\\*fet" in md


def test_a_terminal_gets_bold_heads_and_a_pipe_gets_none() -> None:
    page = page_of(NOW, "nb")
    assert text_of(page, width=80, colour=True).startswith("\x1b[1mSlik står det nå\x1b[0m")


@pytest.mark.parametrize(
    ("minutes", "days", "shown"),
    [
        (None, False, "–"), (0, False, "0 min"), (59.4, False, "59 min"), (60, False, "1 t"), (95, False, "1 t 35 min"),
        (3000, False, "50 t"), (6001, False, "100 t"), (3000, True, "2 d 2 t"), (2880, True, "2 d"),
        (1439, True, "23 t 59 min"),
    ],
)  # fmt: skip
def test_a_length_of_time_is_told_in_its_two_largest_units(minutes: float | None, days: bool, shown: str) -> None:
    assert Words("nb").duration(minutes, days=days) == shown


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert (Words("nb").percent(92.5), Words("en").percent(92.5), Words("nn").percent(100.0)) == (
        "92,5 %",
        "92.5%",
        "100 %",
    )
    assert (Words("nb").percent(None), Words("se").language) == ("–", "nb")
    assert (Words("nb").age(45), Words("nb").age(None)) == ("45 min", "–")


def test_every_word_is_there_in_every_language_under_one_name() -> None:
    assert not WORDS.keys() & SERVICE_WORDS.keys()
    assert all(len(words) == len(LANGUAGES) and all(words) for words in (WORDS | SERVICE_WORDS).values())
