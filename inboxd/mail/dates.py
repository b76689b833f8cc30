"""Date fields as people's programs really write them: RFC 5322 and 822, ctime, ISO 8601, in several languages."""

import datetime as dt
import re

from inboxd.mail.headers import decode_header

EARLIEST = dt.datetime(1970, 1, 2, tzinfo=dt.UTC)
"""No mail is older; a clock that was never set says 1 January 1970, or the year 1."""

MAX_LENGTH = 200
"""Characters of a Date that are looked at."""

MAX_HEADER = 65_536
END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
DATE_FIELD = re.compile(rb"^date[ \t]{0,9}:([^\r\n]{0,500})", re.IGNORECASE | re.MULTILINE)
RECEIVED_FIELD = re.compile(rb"^received[ \t]{0,9}:((?:[^\r\n]|\r?\n[ \t]){0,2000})", re.IGNORECASE | re.MULTILINE)

TIME = re.compile(
    r"(?<![\d.])(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)?(?![\d.])(?:\s*([ap])\.?m\b)?", re.IGNORECASE
)
ZONE = re.compile(r"(?<![\w+-])(?:gmt|utc?)?([+-])(\d{1,2}):?(\d{2})?(?!\d)", re.IGNORECASE)
COLON = re.compile(r" ?: ?")
NUMBER = re.compile(r"\d+")
WORD = re.compile(r"[^\W\d_]+")

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar januari janvier enero ene gennaio gen tammi tammikuuta styczeń sty janv ođđajagimánnu",
            "feb february februar februari februarie février fév févr febrero febbraio helmi helmikuuta luty lut febr",
            "mar march mars märz mrz mär maart mrt marzo maalis maaliskuuta marzec",
            "apr april avril avr abril abr aprile huhti huhtikuuta kwiecień kwi",
            "may mai maj mei mayo maggio mag touko toukokuuta",
            "jun june juni juin junio giugno giu kesä kesäkuuta czerwiec cze",
            "jul july juli juillet juil julio luglio lug heinä heinäkuuta lipiec lip",
            "aug august augusti augustus août aou agosto ago elo elokuuta sierpień sie",
            "sep sept september septembre septiembre settembre set syys syyskuuta wrzesień wrz",
            "oct october okt oktober octobre octubre ottobre ott loka lokakuuta październik paź",
            "nov november novembre noviembre marras marraskuuta listopad lis",
            "dec december des desember dez dezember décembre déc diciembre dic dicembre joulu joulukuuta grudzień gru",
        ),
        start=1,
    )
    for name in names.split()
}
MONTHS_OF_A_YEAR = 12
ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "bst": 60, "met": 60, "mez": 60, "cet": 60, "cest": 120,
    "mest": 120, "mesz": 120, "mst": -420, "mdt": -360, "eet": 120, "eest": 180, "msk": 180, "est": -300, "edt": -240,
    "cst": -360, "cdt": -300, "pst": -480, "pdt": -420, "jst": 540, "kst": 540, "aest": 600, "aedt": 660, "nzst": 720,
}  # fmt: skip
"""Minutes east of UTC; what stands for several zones has that of RFC 5322 4.3."""


def last_stop(octets: bytes) -> dt.datetime | None:
    """Return when a mail that was not parsed yet reached its last server: by its first Received field, else its Date.

    None where neither can be read. Looks at the first MAX_HEADER octets.
    """
    header = END_OF_HEADER.split(octets[:MAX_HEADER], maxsplit=1)[0]
    received, date = RECEIVED_FIELD.search(header), DATE_FIELD.search(header)
    stamps = [received[1].rpartition(b";")[2]] if received else []
    stamps += [date[1]] if date else []
    return next((when for raw in stamps if (when := read_date(raw.decode("ascii", "replace")))), None)


def read_date(raw: str) -> dt.datetime | None:
    """Return a raw Date in UTC, None where it is no date or none that can be (see EARLIEST); never raises.

    Where the zone is missing or unknown it is UTC (RFC 5322 4.3). In numbers alone the day stands before the month,
    unless that cannot be or the year comes first.
    """
    text = COLON.sub(":", decode_header(raw)[:MAX_LENGTH].replace("\u2212", "-"))
    try:
        found = _read(text)
    except (ValueError, OverflowError):
        return None
    return found if found and found >= EARLIEST else None


def _read(text: str) -> dt.datetime | None:
    time = TIME.search(text)
    hour, minute, second = (int(part or 0) for part in time.group(1, 2, 3)) if time else (0, 0, 0)
    if time and time[4]:
        hour = hour % 12 + (12 if time[4].lower() == "p" else 0)
    rest = f"{text[: time.start()]} {text[time.end() :]}" if time else text
    zone = ZONE.search(rest) if time else None
    words = [word.lower() for word in WORD.findall(rest)]
    offset = _minutes(zone) if zone else next((ZONES[word] for word in words if word in ZONES), 0)
    day = _day(NUMBER.findall(rest[: zone.start()] + rest[zone.end() :] if zone else rest), words)
    if day is None:
        return None
    leap = dt.timedelta(seconds=1 if second == 60 else 0)  # noqa: PLR2004 # the 61st second of RFC 5322 3.3
    moment = dt.datetime.combine(day, dt.time(hour, minute, min(second, 59)), dt.UTC)
    return moment + leap - dt.timedelta(minutes=offset)


def _minutes(zone: re.Match[str]) -> int:
    minutes = int(zone[2]) * 60 + int(zone[3] or 0)
    return -minutes if zone[1] == "-" else minutes


def _day(numbers: list[str], words: list[str]) -> dt.date | None:
    """Return the day that numbers and words name; of several words for a month the last (`mar. 3 févr.`)."""
    month = next((MONTHS[word] for word in reversed(words) if word in MONTHS), None)
    if len(numbers) < (3 if month is None else 2):
        return None
    first, second = numbers[0], numbers[1]
    if month is not None:
        day, year = (second, first) if _is_year(first) else (first, second)
        return dt.date(_year(year), month, int(day))
    third = numbers[2]
    if _is_year(first):
        return dt.date(_year(first), int(second), int(third))
    day_first = int(second) <= MONTHS_OF_A_YEAR
    return dt.date(_year(third), int(second if day_first else first), int(first if day_first else second))


def _is_year(number: str) -> bool:
    return len(number) > 2 or int(number) > 31  # noqa: PLR2004 # no day of a month has such a number


def _year(number: str) -> int:
    """Return a year of two or three digits as RFC 5322 4.3 says."""
    year = int(number)
    if len(number) == 2:  # noqa: PLR2004
        return year + (2000 if year < 50 else 1900)  # noqa: PLR2004
    return year + 1900 if len(number) == 3 else year  # noqa: PLR2004
