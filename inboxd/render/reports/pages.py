"""The documents of `report` as pages in words: one function for each report."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from inboxd.render.reports.page import Bar, Chart, Page, Section, Table
from inboxd.render.reports.service_page import annex_sections
from inboxd.render.reports.words import NOTHING, Words
from inboxd.render.screen import Document

TARGETS = ("response", "resolution")
TIMES = ("queue", "internal", "external")
TYPES = ("fault", "callof", "question", "none")
STANDING = ("open", "unassigned", "overdue", "due_today", "waiting")
STANDING_HEADS = ("open_short", "unassigned_short", "overdue", "today_short", "waiting_short", "age", "oldest")
SLA_NOTE = ("own_clock", "wall_clock", "left_out", "nine_in_ten", "its_month")
TIME_NOTE = ("queue_is", "internal_is", "external_is", "within_month")
MONDAY = 0


def page_of(document: Document, language: str) -> Page:
    """Return a report as a page in a language; another than ours reads Bokmål."""
    return PAGES[document["report"]](document, Words(language))


def now_page(doc: Document, words: Words) -> Page:
    """Return `report now`."""
    total = doc["all"]
    oldest = words.age(total["oldest_age_minutes"])
    facts = [(words(key), str(total[key])) for key in STANDING]
    facts.append((words("median_age"), words.age(total["median_age_minutes"])))
    facts.append((words("oldest_case"), f"{total['oldest']} ({oldest})" if total["oldest"] else oldest))
    most = max((row["open"] for row in doc["categories"]), default=0)
    bars = tuple(
        Bar(label=row["title"], share=row["open"] / most if most else 0, shown=str(row["open"]))
        for row in doc["categories"]
    )
    by_category = [(row["title"], row) for row in doc["categories"]]
    by_agent = [(row["agent"] or words("nobody"), row) for row in doc["agents"]]
    return Page(
        language=words.language,
        title=words("now"),
        over=f"{doc['desk']}, {words.moment(doc['at'])}",
        facts=tuple(facts),
        sections=(
            Section(
                title=words("by_category"),
                charts=(Chart(caption=words("open_by_category"), bars=bars),),
                tables=(_standing("category", by_category, words),),
            ),
            Section(
                title=words("by_agent"),
                tables=(_standing("agent", by_agent, words),),
                note=_notes(doc, words, "age_note"),
            ),
        ),
    )


def _standing(kind: str, rows: Iterable[tuple[str, Document]], words: Words) -> Table:
    return Table(
        caption=words(f"by_{kind}"),
        heads=(words(kind), *map(words, STANDING_HEADS)),
        rows=tuple(
            (
                name,
                *(str(row[key]) for key in STANDING),
                words.age(row["median_age_minutes"]),
                words.age(row["oldest_age_minutes"]),
            )
            for name, row in rows
        ),
    )


def sla_page(doc: Document, words: Words) -> Page:
    """Return `report sla`; with a customer it is the annex to the service agreement, with the desk's terms."""
    whose = doc["customer_title"]
    sections = [_kept(target, doc, words) for target in TARGETS]
    if doc["terms"]:
        sections = [*annex_sections(doc["terms"], words), *sections]
    return Page(
        language=words.language,
        title=words("annex" if whose else "sla"),
        over=", ".join((doc["desk"], *([whose] if whose else []), words.month(doc["month"]))),
        sections=tuple(sections),
        note=_notes(doc, words, *SLA_NOTE),
    )


def _kept(target: str, doc: Document, words: Words) -> Section:
    rows = [*((row["title"], row[target]) for row in doc["priorities"]), (words("all"), doc["all"][target])]
    bars = (
        Bar(label=name, share=kept["percent"] / 100, shown=f"{words.percent(kept['percent'])} ({kept['n']})")
        for name, kept in rows
        if kept["n"]
    )
    return Section(
        title=words(target),
        charts=(Chart(caption=words("within_chart"), bars=tuple(bars)),),
        tables=(
            Table(
                caption=words(target),
                heads=tuple(map(words, ("priority", "n", "within", "median", "p90", "wall_median", "wall_p90"))),
                rows=tuple((name, *_kept_cells(kept, words)) for name, kept in rows),
                last_is_sum=True,
            ),
        ),
    )


def _kept_cells(kept: Document, words: Words) -> tuple[str, ...]:
    return (
        str(kept["n"]),
        words.percent(kept["percent"]),
        words.duration(kept["office_median_minutes"]),
        words.duration(kept["office_p90_minutes"]),
        words.duration(kept["wall_median_minutes"], days=True),
        words.duration(kept["wall_p90_minutes"], days=True),
    )


def channels_page(doc: Document, words: Words) -> Page:
    """Return `report channels`."""
    kinds = [kind for kind in TYPES if doc["types"][kind]]
    rows = [*((words(row["channel"]), row) for row in doc["channels"])]
    rows.append((words("sum"), {"opened": doc["opened"], **doc["types"]}))
    return Page(
        language=words.language,
        title=words("channels"),
        over=f"{doc['desk']}, {words.month(doc['month'])}",
        facts=((words("opened"), str(doc["opened"])),),
        sections=(
            Section(
                title=words("channels"),
                tables=(
                    Table(
                        caption=words("channels"),
                        heads=(words("channel"), words("opened"), *map(words, kinds)),
                        rows=tuple(
                            (name, str(row["opened"]), *(str(row[kind]) for kind in kinds)) for name, row in rows
                        ),
                        last_is_sum=True,
                    ),
                ),
            ),
            _by_day(doc["days"], words),
            *_counted("ordered", "item", doc["items"], words),
            *_counted("referred", "referred_to", doc["referred"], words),
        ),
        note=_notes(doc, words),
    )


def _counted(title: str, head: str, counted: Sequence[Document], words: Words) -> Iterable[Section]:
    """Yield how many cases order what, or were referred to whom, if any were."""
    if counted:
        table = Table(
            caption=words(title),
            heads=(words(head), words("n")),
            rows=tuple((one["title"], str(one["cases"])) for one in counted),
        )
        yield Section(title=words(title), tables=(table,))


def _by_day(days: Sequence[Document], words: Words) -> Section:
    most = max((day["opened"] for day in days), default=0)
    dated = [(dt.date.fromisoformat(day["date"]), day["opened"]) for day in days]
    bars = (
        Bar(label=f"{day.day}." if day.weekday() == MONDAY else "", share=count / most if most else 0, shown=str(count))
        for day, count in dated
    )
    table = Table(
        caption=words("by_day"),
        heads=(words("date"), words("opened")),
        rows=tuple((words.day(day), str(count)) for day, count in dated),
        of_chart=True,
    )
    chart = Chart(caption=words("by_day"), bars=tuple(bars), upright=True)
    return Section(title=words("by_day"), charts=(chart,), tables=(table,))


def time_page(doc: Document, words: Words) -> Page:
    """Return `report time`."""
    rows = [*((row["title"], row) for row in doc["categories"]), (words("sum"), doc["all"])]
    whole = sum(doc["all"][kept]["office_minutes"] for kept in TIMES)
    shares = [(kept, doc["all"][kept]["office_minutes"] / whole if whole else 0) for kept in TIMES]
    bars = (Bar(label=words(kept), share=share, shown=words.percent(int(share * 1000) / 10)) for kept, share in shares)
    return Page(
        language=words.language,
        title=words("time"),
        over=f"{doc['desk']}, {words.month(doc['month'])}",
        sections=(
            Section(
                title=words("in_office"),
                charts=(Chart(caption=words("time_chart"), bars=tuple(bars)),),
                tables=(_times("office", rows, words),),
            ),
            Section(title=words("in_wall"), tables=(_times("wall", rows, words),)),
        ),
        note=_notes(doc, words, *TIME_NOTE),
    )


def _times(clock: str, rows: Iterable[tuple[str, Document]], words: Words) -> Table:
    def cells(row: Mapping[str, Document]) -> Iterable[str]:
        spent = [row[kept][f"{clock}_minutes"] for kept in TIMES]
        return (words.duration(minutes, days=clock == "wall") for minutes in (*spent, sum(spent)))

    return Table(
        caption=words(f"in_{clock}"),
        heads=tuple(map(words, ("category", *TIMES, "sum"))),
        rows=tuple((name, *cells(row)) for name, row in rows),
        last_is_sum=True,
    )


def rules_page(doc: Document, words: Words) -> Page:
    """Return `report rules`."""
    table = Table(
        caption=words("rules"),
        heads=tuple(map(words, ("rule", "hits", "last"))),
        rows=tuple((row["rule"], str(row["hits"]), words.moment(row["last_at"])) for row in doc["rules"]),
    )
    when = words.month(doc["month"]) if doc["month"] else words("since_start")
    return Page(
        language=words.language,
        title=words("rules"),
        over=f"{doc['desk']}, {when}",
        sections=(_list(table, words),),
        note=_notes(doc, words),
    )


def inactive_page(doc: Document, words: Words) -> Page:
    """Return `report inactive`."""
    rows = tuple(
        (
            row["name"],
            row["address"],
            ", ".join(row["categories"]) or NOTHING,
            words.date(row["last_at"]) if row["last_at"] else words("never"),
            str(row["open_cases"]),
        )
        for row in doc["agents"]
    )
    heads = tuple(map(words, ("name", "mail", "categories", "last", "open")))
    table = Table(caption=words("inactive"), heads=heads, rows=rows, numbers=4)
    return Page(
        language=words.language,
        title=words("inactive"),
        over=f"{doc['desk']}, {words('quiet_for').format(days=doc['days'])}",
        sections=(_list(table, words), *_mailed(doc, words)),
    )


def _mailed(doc: Document, words: Words) -> Iterable[Section]:
    """Yield to whom letters about these agents were written, where that was asked for."""
    if "mailed" not in doc:
        return
    said = {"written": words("written"), "already": words("already"), "nobody": words("nobody_to_ask")}
    table = Table(
        caption=words("mailed"),
        heads=tuple(map(words, ("customer", "referred_to", "letter", "agents"))),
        rows=tuple(
            (one["customer"], one["to"] or NOTHING, said[one["outcome"]], ", ".join(one["agents"]))
            for one in doc["mailed"]
        ),
        numbers=4,
    )
    names = ", ".join(doc["no_customer"])
    section = _list(table, words)
    yield replace(section, note=words("no_customer").format(names=names) if names else section.note)


def _list(table: Table, words: Words) -> Section:
    """Return a section with one table, or the word that there is nothing."""
    return Section(
        title=table.caption, tables=(table,) if table.rows else (), note="" if table.rows else words("nothing")
    )


def _notes(doc: Document, words: Words, *keys: str) -> str:
    """Return a report's note: that its month is not over, that something is left out, and what its words mean."""
    told = [] if doc.get("complete", True) else [words("so_far").format(at=words.moment(doc["until"]))]
    partial = ("partial",) if doc.get("partial") else ()
    return " ".join((*told, *map(words, (*partial, *keys))))


PAGES: Mapping[str, Callable[[Document, Words], Page]] = {
    "now": now_page,
    "sla": sla_page,
    "channels": channels_page,
    "time": time_page,
    "rules": rules_page,
    "inactive": inactive_page,
}
"""The reports by the name that their documents have."""
