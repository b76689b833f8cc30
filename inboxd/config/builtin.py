"""The priorities and calendars that every desk has until its config says otherwise."""

from inboxd.desk.desk import Calendar, Priority, Target

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
        response=Target(days=0, minutes=15),
        resolution=Target(days=0, minutes=120),
        clock=ROUND_THE_CLOCK,
    ),
    Priority(
        name="high",
        title="Høy",
        response=Target(days=0, minutes=60),
        resolution=Target(days=0, minutes=240),
        clock=OFFICE,
    ),
    Priority(
        name="normal",
        title="Middels",
        response=Target(days=0, minutes=240),
        resolution=Target(days=2, minutes=0),
        clock=OFFICE,
    ),
    Priority(
        name="low",
        title="Lav",
        response=Target(days=1, minutes=0),
        resolution=Target(days=10, minutes=0),
        clock=OFFICE,
    ),
)
