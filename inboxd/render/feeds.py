"""Notices as others read them: notices.json, notices.txt, and an Atom feed (RFC 4287). Same facts, same octets."""

import datetime as dt
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from inboxd.desk.notices.notice import Notice, NoticeState, NoticeUpdate
from inboxd.render.dates import moment, span

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""

SINCE = "2026"
"""The year of the tag URIs (RFC 4151): any in which the desk had its domain, as long as it stays the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the text file and the feed say around a notice, in one language."""

    heading: str
    nothing: str
    planned: str
    unplanned: str
    states: dict[NoticeState, str]
    when: str
    concerns: str
    works: str
    news: str


WORDS = {
    "nb": Words(
        heading="Driftsmeldinger",
        nothing="Det er ingen driftsmeldinger.",
        planned="Planlagt vedlikehold",
        unplanned="Driftsmelding",
        states={"planned": "varslet", "active": "pågår", "closed": "avsluttet", "expired": "tiden er ute"},
        when="Når",
        concerns="Gjelder",
        works="Dette virker som vanlig",
        news="Oppdatert",
    ),
    "nn": Words(
        heading="Driftsmeldingar",
        nothing="Det er ingen driftsmeldingar.",
        planned="Planlagt vedlikehald",
        unplanned="Driftsmelding",
        states={"planned": "varsla", "active": "går føre seg", "closed": "avslutta", "expired": "tida er ute"},
        when="Når",
        concerns="Gjeld",
        works="Dette verkar som vanleg",
        news="Oppdatert",
    ),
    "en": Words(
        heading="Service notices",
        nothing="There are no service notices.",
        planned="Planned maintenance",
        unplanned="Service notice",
        states={"planned": "announced", "active": "in progress", "closed": "closed", "expired": "time is up"},
        when="When",
        concerns="Concerns",
        works="This works as usual",
        news="Updated",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A notice as everybody may read it: no names of agents. `affects` are (name, title) of categories."""

    notice: Notice
    affects: tuple[tuple[str, str], ...]
    updates: tuple[NoticeUpdate, ...]

    def changed_at(self, now: dt.datetime) -> dt.datetime:
        """Return when it last became something else: made, updated, begun, run out or closed."""
        notice = self.notice
        passed = (notice.starts_at, notice.ends_at, notice.closed_at)
        moments = [at for at in passed if at is not None and notice.made_at < at <= now]
        return max([notice.made_at, *(update.at for update in self.updates), *moments])


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """All that the three files are made of."""

    desk_name: str
    domain: str
    language: str
    tz: dt.tzinfo
    published: Sequence[Published]

    @property
    def words(self) -> Words:
        """The words of the feed's language, Bokmål where there are none."""
        return WORDS.get(self.language, WORDS["nb"])

    def updated_at(self, now: dt.datetime) -> dt.datetime:
        """Return when the newest of it changed; a feed without notices has not changed since the year of its ids."""
        return max(
            (one.changed_at(now) for one in self.published), default=dt.datetime(int(SINCE), 1, 1, tzinfo=dt.UTC)
        )


def as_json(feed: Feed, now: dt.datetime) -> str:
    """Return notices.json: one document, times with their offset."""
    document = {
        "desk": feed.desk_name,
        "language": feed.language,
        "updated": _time(feed.updated_at(now), feed),
        "notices": [
            {
                "id": one.notice.id,
                "reference": one.notice.name,
                "kind": one.notice.kind,
                "state": one.notice.state(now),
                "from": _time(one.notice.starts_at, feed),
                "to": _time(one.notice.ends_at, feed),
                "affects": [{"name": name, "title": title} for name, title in one.affects],
                "text": one.notice.text,
                "still_works": one.notice.still_works or None,
                "short_warning": one.notice.short_warning,
                "updates": [{"at": _time(news.at, feed), "text": news.text} for news in one.updates if news.text],
            }
            for one in feed.published
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def as_text(feed: Feed, now: dt.datetime) -> str:
    """Return notices.txt: what people read, or a page includes."""
    if not feed.published:
        return f"{feed.words.heading}: {feed.desk_name}\n\n{feed.words.nothing}\n"
    parts = ["\n".join([_title(one, feed, now), *_lines(one, feed)]) for one in feed.published]
    return "\n\n".join([f"{feed.words.heading}: {feed.desk_name}", *parts]) + "\n"


def as_atom(feed: Feed, now: dt.datetime) -> str:
    """Return notices.atom (RFC 4287): an entry a notice, under an id that never changes."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(feed.language)}>',
        f"  <id>{_id(feed, 'notices')}</id>",
        f"  <title>{_xml(f'{feed.words.heading}: {feed.desk_name}')}</title>",
        f"  <updated>{_time(feed.updated_at(now), feed)}</updated>",
        f"  <author><name>{_xml(feed.desk_name)}</name></author>",
        *(line for one in feed.published for line in _entry(one, feed, now)),
        "</feed>",
    ]
    return "\n".join(lines) + "\n"


def _entry(one: Published, feed: Feed, now: dt.datetime) -> Iterator[str]:
    yield "  <entry>"
    yield f"    <id>{_id(feed, f'notice/{one.notice.id}')}</id>"
    yield f"    <title>{_xml(_title(one, feed, now))}</title>"
    yield f"    <published>{_time(one.notice.made_at, feed)}</published>"
    yield f"    <updated>{_time(one.changed_at(now), feed)}</updated>"
    for name, title in one.affects:
        yield f"    <category term={quoteattr(_legal(name))} label={quoteattr(_legal(title))}/>"
    content = "\n".join(_lines(one, feed))
    yield f'    <content type="text">{_xml(content)}</content>'
    yield "  </entry>"


def _title(one: Published, feed: Feed, now: dt.datetime) -> str:
    notice, words = one.notice, feed.words
    kind = words.planned if notice.kind == "planned" else words.unplanned
    return f"{notice.name} {kind} ({words.states[notice.state(now)]}): {notice.title}"


def _lines(one: Published, feed: Feed) -> Iterator[str]:
    notice, words = one.notice, feed.words
    yield notice.text
    yield f"{words.when}: {span(notice.starts_at, notice.ends_at, feed.tz, feed.language)}"
    if one.affects:
        yield f"{words.concerns}: {', '.join(title for _, title in one.affects)}"
    if notice.still_works:
        yield f"{words.works}: {notice.still_works}"
    for news in one.updates:
        if news.text:
            yield f"{words.news} {moment(news.at, feed.tz, feed.language)}: {news.text}"


def _id(feed: Feed, what: str) -> str:
    return f"tag:{_xml(feed.domain)},{SINCE}:inboxd/{what}"


def _time(when: dt.datetime | None, feed: Feed) -> str | None:
    return None if when is None else when.astimezone(feed.tz).isoformat(timespec="seconds")


def _xml(text: str) -> str:
    return escape(_legal(text))


def _legal(text: str) -> str:
    return NOT_XML.sub("", text)
