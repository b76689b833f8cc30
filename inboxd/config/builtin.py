"""The priorities and calendars that every desk has until its config says otherwise."""

from inboxd.desk.clocks.service_levels import Priority, Target
from inboxd.desk.desk import Calendar

OFFICE = "office"
ROUND_THE_CLOCK = "24x7"

CALENDARS = (
    Calendar(name=OFFICE, week=(((8 * 60, 15 * 60 + 30),),) * 5 + ((),) * 2, holidays="NO"),
    Calendar(name=ROUND_THE_CLOCK, week=(((0, 24 * 60),),) * 7),
)

PRIORITIES = (
    Priority(
        name="critical",
        title="Kritisk",
        titles=(("nb", "Kritisk"), ("nn", "Kritisk"), ("en", "Critical")),
        definition="Liv og helse, eller en tjeneste som alltid skal virke, er rammet.",
        definitions=(
            ("nb", "Liv og helse, eller en tjeneste som alltid skal virke, er rammet."),
            ("nn", "Liv og helse, eller ei teneste som alltid skal verke, er ramma."),
            ("en", "Life and health, or a service that must always work, is affected."),
        ),
        response=Target(days=0, minutes=15),
        resolution=Target(days=0, minutes=120),
        clock=ROUND_THE_CLOCK,
    ),
    Priority(
        name="high",
        title="Høy",
        titles=(("nb", "Høy"), ("nn", "Høg"), ("en", "High")),
        definition="Et helt system er nede for minst én virksomhet, eller en tjeneste for innbyggerne er det.",
        definitions=(
            ("nb", "Et helt system er nede for minst én virksomhet, eller en tjeneste for innbyggerne er det."),
            ("nn", "Eit heilt system er nede for minst éi verksemd, eller ei teneste for innbyggjarane er det."),
            ("en", "A whole system is down for at least one organisation, or a service for the public is."),
        ),
        response=Target(days=0, minutes=60),
        resolution=Target(days=0, minutes=240),
        clock=OFFICE,
    ),
    Priority(
        name="normal",
        title="Middels",
        titles=(("nb", "Middels"), ("nn", "Middels"), ("en", "Normal")),
        definition="Noe er helt ute av drift for minst én bruker.",
        definitions=(
            ("nb", "Noe er helt ute av drift for minst én bruker."),
            ("nn", "Noko er heilt ute av drift for minst éin brukar."),
            ("en", "Something does not work at all for at least one user."),
        ),
        response=Target(days=0, minutes=240),
        resolution=Target(days=2, minutes=0),
        clock=OFFICE,
    ),
    Priority(
        name="low",
        title="Lav",
        titles=(("nb", "Lav"), ("nn", "Låg"), ("en", "Low")),
        definition="Feil og spørsmål som ikke hindrer vanlig arbeid.",
        definitions=(
            ("nb", "Feil og spørsmål som ikke hindrer vanlig arbeid."),
            ("nn", "Feil og spørsmål som ikkje hindrar vanleg arbeid."),
            ("en", "Faults and questions that do not keep anybody from working."),
        ),
        response=Target(days=1, minutes=0),
        resolution=Target(days=10, minutes=0),
        clock=OFFICE,
    ),
)
