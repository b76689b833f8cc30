"""The words of reports in Bokmål, Nynorsk and English, and how reports write numbers, months and lengths of time."""

import datetime as dt

from inboxd.render.dates import MONTHS, WEEKDAYS
from inboxd.render.reports.service_words import SERVICE_WORDS

LANGUAGES = ("nb", "nn", "en")
NOTHING = "–"
HOUR, DAY = 60, 24 * 60
LONG = 100 * HOUR
"""Minutes from which a length of time in hours needs no minutes."""

WORDS: dict[str, tuple[str, str, str]] = {
    "now": ("Slik står det nå", "Slik står det no", "How it stands now"),
    "sla": ("Svar- og løsningstider", "Svar- og løysingstider", "Response and resolution times"),
    "annex": (
        "Vedlegg til tjenesteavtalen: avtalte og oppnådde tider",
        "Vedlegg til tenesteavtalen: avtalte og oppnådde tider",
        "Annex to the service agreement: times agreed and achieved",
    ),
    "channels": ("Saker etter kanal", "Saker etter kanal", "Cases by channel"),
    "time": ("Tidsbruk", "Tidsbruk", "Where the time went"),
    "rules": ("Regler som slo til", "Reglar som slo til", "Rules that hit"),
    "inactive": ("Saksbehandlere uten aktivitet", "Sakshandsamarar utan aktivitet", "Agents without activity"),
    "open": ("Åpne saker", "Opne saker", "Open cases"),
    "open_short": ("Åpne", "Opne", "Open"),
    "unassigned": ("Uten saksbehandler", "Utan sakshandsamar", "Without an agent"),
    "unassigned_short": ("Ufordelt", "Ufordelt", "No agent"),
    "overdue": ("Over frist", "Over frist", "Overdue"),
    "due_today": ("Frist i dag", "Frist i dag", "Due today"),
    "today_short": ("I dag", "I dag", "Today"),
    "waiting": ("Venter på svar", "Ventar på svar", "Waiting for an answer"),
    "waiting_short": ("Venter", "Ventar", "Waiting"),
    "age": ("Alder", "Alder", "Age"),
    "median_age": ("Alder, median", "Alder, median", "Age, median"),
    "oldest": ("Eldste", "Eldste", "Oldest"),
    "oldest_case": ("Eldste sak", "Eldste sak", "Oldest case"),
    "by_category": ("Etter kategori", "Etter kategori", "By category"),
    "by_agent": ("Etter saksbehandler", "Etter sakshandsamar", "By agent"),
    "open_by_category": ("Åpne saker etter kategori", "Opne saker etter kategori", "Open cases by category"),
    "category": ("Kategori", "Kategori", "Category"),
    "agent": ("Saksbehandler", "Sakshandsamar", "Agent"),
    "nobody": ("ingen", "ingen", "nobody"),
    "age_note": (
        "Alder er tiden siden saken ble åpnet; kolonnen «Alder» er medianen.",
        "Alder er tida sidan saka vart opna; kolonnen «Alder» er medianen.",
        "Age is the time since the case was opened; the column “Age” is the median.",
    ),
    "response": ("Svar", "Svar", "Response"),
    "resolution": ("Løsning", "Løysing", "Resolution"),
    "priority": ("Prioritet", "Prioritet", "Priority"),
    "n": ("Antall", "Tal", "Cases"),
    "within": ("Innen frist", "Innan frist", "In time"),
    "median": ("Median", "Median", "Median"),
    "p90": ("90 %", "90 %", "90%"),
    "wall_median": ("Median døgn", "Median døgn", "Median 24 h"),
    "wall_p90": ("90 % døgn", "90 % døgn", "90% 24 h"),
    "within_chart": ("Innen frist, i prosent", "Innan frist, i prosent", "In time, per cent"),
    "own_clock": (
        "«Median» og «90 %» teller tiden i prioritetens egen klokke, oftest åpningstiden.",
        "«Median» og «90 %» tel tida i klokka til prioriteten, oftast opningstida.",
        "“Median” and “90%” count time by the priority's own clock, mostly the opening hours.",
    ),
    "wall_clock": (
        "«Døgn» teller alle timer.",
        "«Døgn» tel alle timar.",
        "“24 h” counts every hour.",
    ),
    "left_out": (
        "Tid der saken ventet på andre, er ikke med.",
        "Tid der saka venta på andre, er ikkje med.",
        "Time in which the case waited for others is left out.",
    ),
    "nine_in_ten": (
        "Ni av ti saker tok ikke lenger enn «90 %».",
        "Ni av ti saker tok ikkje lenger enn «90 %».",
        "Nine cases in ten took no longer than “90%”.",
    ),
    "its_month": (
        "En sak teller i måneden den ble besvart eller løst.",
        "Ei sak tel i månaden ho vart svart på eller løyst.",
        "A case counts in the month in which it was answered or solved.",
    ),
    "all": ("Alle", "Alle", "All"),
    "channel": ("Kanal", "Kanal", "Channel"),
    "mail": ("E-post", "E-post", "E-mail"),
    "phone": ("Telefon", "Telefon", "Phone"),
    "web": ("Nettskjema", "Nettskjema", "Web form"),
    "counter": ("Skranke", "Skranke", "Counter"),
    "opened": ("Nye saker", "Nye saker", "New cases"),
    "fault": ("Feil", "Feil", "Fault"),
    "callof": ("Avrop", "Avrop", "Call-off"),
    "question": ("Spørsmål", "Spørsmål", "Question"),
    "none": ("Uten type", "Utan type", "No type"),
    "by_day": ("Nye saker per dag", "Nye saker per dag", "New cases per day"),
    "date": ("Dato", "Dato", "Date"),
    "queue": ("I kø", "I kø", "In queue"),
    "internal": ("Hos oss", "Hos oss", "With us"),
    "external": ("Hos andre", "Hos andre", "With others"),
    "referred": ("Henvist til andre", "Viste vidare til andre", "Referred to others"),
    "referred_to": ("Til", "Til", "To"),
    "ordered": ("Bestilt fra tjenestekatalogen", "Bestilt frå tenestekatalogen", "Ordered from the catalogue"),
    "item": ("Vare eller tjeneste", "Vare eller teneste", "Item"),
    "sum": ("Sum", "Sum", "Sum"),
    "in_office": ("I åpningstiden", "I opningstida", "In opening hours"),
    "in_wall": ("Alle timer", "Alle timar", "All hours"),
    "time_chart": (
        "Åpningstiden, fordelt i prosent", "Opningstida, fordelt i prosent", "Opening hours, shares in per cent",
    ),
    "queue_is": (
        "I kø: saken var ny, eller ingen hadde den.",
        "I kø: saka var ny, eller ingen hadde ho.",
        "In queue: the case was new, or nobody had it.",
    ),
    "internal_is": (
        "Hos oss: en saksbehandler arbeidet med den.",
        "Hos oss: ein sakshandsamar arbeidde med ho.",
        "With us: an agent worked on it.",
    ),
    "external_is": (
        "Hos andre: den ventet på melder eller leverandør.",
        "Hos andre: ho venta på meldar eller leverandør.",
        "With others: it waited for the requester or a supplier.",
    ),
    "within_month": (
        "Bare tiden innenfor måneden er med.",
        "Berre tida innanfor månaden er med.",
        "Only time within the month counts.",
    ),
    "week": ("uke", "veke", "week"),
    "response_given": ("Fikk sitt første svar", "Fekk sitt første svar", "Got their first answer"),
    "resolution_given": ("Løst", "Løyst", "Solved"),
    "in_time": ("innen frist", "innan frist", "in time"),
    "name": ("Navn", "Namn", "Name"),
    "never": ("aldri", "aldri", "never"),
    "quiet_for": ("{days} dager eller mer", "{days} dagar eller meir", "{days} days or more"),
    "quiet_of": (
        "Registrert som saksbehandler for {customer}, men uten aktivitet på {days} dager eller mer:",
        "Registrert som sakshandsamar for {customer}, men utan aktivitet på {days} dagar eller meir:",
        "Registered as an agent for {customer}, but without activity for {days} days or more:",
    ),
    "last_active": ("sist aktiv", "sist aktiv", "last active"),
    "never_active": ("aldri aktiv", "aldri aktiv", "never active"),
    "registered": ("registrert", "registrert", "registered"),
    "mailed": ("Brev til kundene", "Brev til kundane", "Letters to the customers"),
    "agents": ("Saksbehandlere", "Sakshandsamarar", "Agents"),
    "letter": ("Brev", "Brev", "Letter"),
    "written": ("sendes nå", "blir sendt no", "goes out now"),
    "already": ("sendt før i dag", "sendt før i dag", "sent earlier today"),
    "nobody_to_ask": ("ingen å spørre", "ingen å spørje", "nobody to ask"),
    "no_customer": (
        "Ikke registrert for noen kunde: {names}. Om dem er ingen spurt.",
        "Ikkje registrert for nokon kunde: {names}. Om dei er ingen spurd.",
        "Registered for no customer: {names}. Nobody is asked about them.",
    ),
    "rule": ("Regel", "Regel", "Rule"),
    "hits": ("Treff", "Treff", "Hits"),
    "last": ("Sist", "Sist", "Last"),
    "since_start": ("fra starten av", "frå starten av", "since the start"),
    "nothing": ("Ingen.", "Ingen.", "None."),
    "so_far": (
        "Måneden er ikke over; tallene gjelder til {at}.",
        "Månaden er ikkje over; tala gjeld til {at}.",
        "The month is not over; the numbers are as of {at}.",
    ),
    "partial": (
        "Kategorier som du ikke har innsyn i, er ikke med.",
        "Kategoriar som du ikkje har innsyn i, er ikkje med.",
        "Categories that are closed to you are left out.",
    ),
    "customer": ("Kunde", "Kunde", "Customer"),
    "sections": ("Innhold", "Innhald", "Contents"),
    "hour_sign": ("t", "t", "h"),
    "day_sign": ("d", "d", "d"),
}  # fmt: skip
"""Every word, in the order of LANGUAGES."""


class Words:
    """The words of one language; another than ours reads Bokmål."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else "nb"
        self._at = LANGUAGES.index(self.language)

    def __call__(self, key: str) -> str:
        """Return a word."""
        return (WORDS.get(key) or SERVICE_WORDS[key])[self._at]

    def number(self, value: float | int | None) -> str:
        """Write a number with the language's decimal mark, – for none."""
        if value is None:
            return NOTHING
        return str(value) if self.language == "en" else str(value).replace(".", ",")

    def percent(self, value: float | None) -> str:
        """Write "85,7 %", – for none."""
        if value is None:
            return NOTHING
        shown = self.number(int(value) if value == int(value) else value)
        return f"{shown}%" if self.language == "en" else f"{shown} %"

    def duration(self, minutes: float | None, *, days: bool = False) -> str:
        """Write a length of time in its two largest units; `days`: of 24 hours, where there are that many."""
        if minutes is None:
            return NOTHING
        whole = round(minutes)
        hour, day = self("hour_sign"), self("day_sign")
        if whole < HOUR:
            return f"{whole} min"
        if not days and whole >= LONG:
            return f"{round(whole / HOUR)} {hour}"
        if whole < DAY or not days:
            return f"{whole // HOUR} {hour}" + (f" {whole % HOUR} min" if whole % HOUR else "")
        return f"{whole // DAY} {day}" + (f" {whole % DAY // HOUR} {hour}" if whole % DAY // HOUR else "")

    def age(self, minutes: float | None) -> str:
        """Write an age in its largest unit."""
        if minutes is None:
            return NOTHING
        for length, sign in ((DAY, self("day_sign")), (HOUR, self("hour_sign"))):
            if minutes >= length:
                return f"{int(minutes // length)} {sign}"
        return f"{int(minutes)} min"

    def month(self, text: str) -> str:
        """Write "2026-10" as "oktober 2026"."""
        year, number = text.split("-")
        return f"{MONTHS[self.language][int(number) - 1]} {int(year)}"

    def day(self, day: dt.date) -> str:
        """Write a date with its weekday: "mandag 5. oktober"."""
        dot = "" if self.language == "en" else "."
        return f"{WEEKDAYS[self.language][day.weekday()]} {day.day}{dot} {MONTHS[self.language][day.month - 1]}"

    def date(self, text: str) -> str:
        """Write the date of an ISO moment as "5. oktober 2026"."""
        at = dt.datetime.fromisoformat(text)
        return f"{at.day}{'' if self.language == 'en' else '.'} {MONTHS[self.language][at.month - 1]} {at.year}"

    def moment(self, text: str | None) -> str:
        """Write an ISO moment as "5. oktober 2026 kl. 08.00", with the offset it came with; – for none."""
        if not text:
            return NOTHING
        at = dt.datetime.fromisoformat(text)
        return f"{self.date(text)} at {at:%H:%M}" if self.language == "en" else f"{self.date(text)} kl. {at:%H.%M}"
