"""What the desk is after the file was read: who serves what, prefixes, rules, priorities and calendars of its own."""

import datetime as dt
from collections.abc import Callable

from inboxd.config.settings import Settings
from inboxd.desk.clocks.service_levels import Target
from inboxd.desk.desk import Cap

Load = Callable[[str], Settings]


def test_who_serves_a_category_is_said_on_either_side(load_text: Load, small: str) -> None:
    desk = load_text(
        small.replace('"it"', '"it"\nmembers = ["ola"]').replace('name = "post"', 'name = "post"\ncategory = "it"')
        + "[[agent]]\nname = 'ola'\naddress = 'ola@desk.example'\n"
        "[[category]]\nname = 'print'\nmembers = ['ola', 'kari']"
    ).desk
    assert [(c.name, c.members) for c in desk.categories] == [("it", ("ola",)), ("print", ("kari", "ola"))]
    assert [(a.name, a.categories) for a in desk.agents] == [("kari", ("print",)), ("ola", ("it", "print"))]


def test_the_only_category_is_everybodys_but_an_auditors_unless_said_otherwise(load_text: Load, small: str) -> None:
    more = "[[agent]]\nname = 'rev'\naddress = 'r@desk.example'\nrole = 'auditor'\n"
    more += "[[agent]]\nname = 'ola'\naddress = 'o@desk.example'\ncategories = []"
    assert load_text(small + more).desk.categories[0].members == ("kari",)


def test_every_prefix_is_known_the_desks_own_first(load_text: Load, small: str) -> None:
    desk = load_text(small.replace('name = "post"', 'name = "post"\nreference_prefix = "drift"\nlanguage = "nn"')).desk
    assert desk.prefixes == ("KS", "DRIFT")
    assert (desk.mailboxes[0].prefix, desk.mailboxes[0].language) == ("DRIFT", "nn")


def test_aliases_are_ours_in_any_letter_case(load_text: Load, small: str) -> None:
    desk = load_text(small.replace('name = "post"', 'name = "post"\naliases = ["IT@ørsta.example"]')).desk
    assert desk.mailboxes[0].addresses == ("post@desk.example", "it@xn--rsta-fra.example")
    assert desk.is_ours("it@XN--rsta-fra.example")


def test_a_header_is_matched_by_its_name_in_either_spelling(load_text: Load, small: str) -> None:
    for match in ("header.List-Id = 'a', from = 'b'", "'Header.LIST-ID' = 'a', from = 'b'"):
        rules = load_text(f"{small}[[rule]]\nname='r'\nmatch = {{ {match} }}\nset = {{ action = 'hold' }}").desk.rules
        assert rules[0].match == (("header.list-id", "a"), ("from", "b"))
        assert rules[0].action == "hold"


def test_a_rule_may_take_all_mail_of_a_mailbox(load_text: Load, small: str) -> None:
    rule = load_text(f"{small}[[rule]]\nname='r'\nmailbox='post'\nset = {{ assignee = 'kari' }}").desk.rules[0]
    assert (rule.mailbox, rule.match, rule.assignee, rule.stop) == ("post", (), "kari", False)


def test_caps_can_be_changed_and_taken_off(load_text: Load, small: str) -> None:
    receipts = load_text(
        f"{small}[receipts]\nper_address = 'off'\nunknown_senders = '9/1m'\ndesk = '100/1d'\nreturn_path = 'required'"
    ).desk.receipts
    assert receipts.per_address is None
    assert receipts.unknown_senders == Cap(count=9, period=dt.timedelta(minutes=1))
    assert receipts.desk == Cap(count=100, period=dt.timedelta(days=1))
    assert receipts.return_path_required


def test_a_priority_of_a_built_in_name_keeps_what_it_does_not_say(load_text: Load, small: str) -> None:
    desk = load_text(
        f"{small}[[priority]]\nname = 'normal'\nresolution = 'off'\n"
        "[[priority]]\nname = 'project'\nresponse = '1d4h'\n[[priority]]\nname = 'low'\ntitle='Lågt'\nclock='24x7'"
    ).desk
    assert [p.name for p in desk.priorities] == ["critical", "high", "normal", "low", "project"]
    normal, project, low = (desk.priority(name) for name in ("normal", "project", "low"))
    assert normal is not None
    assert project is not None
    assert low is not None
    assert (normal.title, normal.response, normal.resolution) == ("Middels", Target(days=0, minutes=240), None)
    assert (project.title, project.response, project.resolution, project.clock) == (
        "project",
        Target(days=1, minutes=240),
        None,
        "office",
    )
    assert (low.title, low.response, low.clock) == ("Lågt", Target(days=1, minutes=0), "24x7")


def test_a_calendar_may_change_only_some_days_of_the_office(load_text: Load, small: str) -> None:
    desk = load_text(
        f"{small}[[calendar]]\nname = 'office'\nholidays = 'off'\ndays = [{{ date = 2026-12-24, hours = [] }}]\n"
        "[[calendar]]\nname = 'vakt'\nhours = { sat = ['12:00-24:00', '08:00-10:00'] }\n"
        "seasons = [{ from = '02-29', to = '03-01', hours = { sat = [] } }]"
    ).desk
    assert [c.name for c in desk.calendars] == ["office", "24x7", "vakt"]
    office, _, watch = desk.calendars
    assert (office.week[4], office.week[5], office.holidays) == (((480, 930),), (), None)
    assert office.days == ((dt.date(2026, 12, 24), ()),)
    assert (watch.week[0], watch.week[5], watch.holidays) == ((), ((480, 600), (720, 1440)), "NO")
    assert watch.seasons[0].hours == (None, None, None, None, None, (), None)


def test_first_run_and_after_are_kept_as_written(load_text: Load, small: str) -> None:
    imap = load_text(
        small.replace('"imap.desk.example"', '"i"\nfirst_run = "since:2026-01-31"\nafter = "move:Gjort arbeid"')
    ).mailboxes[0].imap  # fmt: skip
    assert (imap.first_run, imap.since, imap.after) == ("since:2026-01-31", dt.date(2026, 1, 31), "move:Gjort arbeid")
