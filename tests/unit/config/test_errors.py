"""What is said of each thing that can be wrong in config.toml, and that nothing is said of what is right."""

from collections.abc import Callable

import pytest

from inboxd.config.schema import DeskTable, Document
from inboxd.config.settings import Settings

Load = Callable[[str], Settings]
Said = Callable[[str], list[str]]

OFFICE = '[[calendar]]\nname = "office"\n'
RULE = '[[rule]]\nname = "r"\n'


def test_a_good_file_has_no_errors(said_of: Said, small: str) -> None:
    assert said_of(small) == []


def test_an_empty_file_is_told_every_section_it_needs(said_of: Said) -> None:
    assert said_of("") == [
        '1: [desk]: missing; write a table [desk] with name = "Kundeservice"',
        "1: [[agent]]: missing; write a table [[agent]] for each person who works at the desk",
        "1: [[category]]: missing; write a table [[category]] for each kind of case",
        "1: [[mailbox]]: missing; write a table [[mailbox]] for each shared mailbox",
    ]


def test_empty_tables_are_told_every_key_they_need(said_of: Said) -> None:
    assert said_of("[desk]\n[[agent]]\n[[category]]\n[[mailbox]]\n[mailbox.smtp]") == [
        '1: [desk] name: missing; write name = "Kundeservice"',
        '2: [[agent]] name: missing; write name = "kari"',
        '2: [[agent]] address: missing; write address = "kari@desk.no"',
        '3: [[category]] name: missing; write name = "it"',
        '4: [[mailbox]] address: missing; write address = "kundeservice@desk.no"',
        '4: [mailbox.imap]: missing; write a table [mailbox.imap] with host = "imap.desk.no"',
        '5: [mailbox.smtp] host: missing; write host = "smtp.desk.no"',
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[desk]]\nname = 'K'", "1: [desk]: write [desk]"),
        ("[desk]\nname = 'K'\n[mailboxes]", '3: [mailboxes]: unknown section; did you mean "mailbox"?'),
        (
            "nme = 1\n[desk]\nname = 'K'",
            f"1: [nme]: unknown key; known here: {', '.join(sorted(Document.model_fields))}",
        ),
        (
            "[desk]\nname = 'K'\n[agent]\nname = 'kari'",
            ("3: [[agent]]: write [[agent]], in double brackets: there can be several"),
        ),
    ],
)
def test_a_section_that_is_none_is_told(said_of: Said, text: str, said: str) -> None:
    assert said in said_of(text)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("web = 1", "web: must be text; write it in quotes"),
        ("phone = ''\nadmin = ''", "admin: is empty; write something or take the key out"),
        ("admin = 5", "admin: must be text; write it in quotes"),
        (
            "admin = 'Drift <drift@desk.example>'",
            ('admin: "Drift <drift@desk.example>" is no e-mail address; for example "it@desk.no"'),
        ),
        (
            "admin = 'post@desk.example'",
            "admin: is a mailbox of the desk; alerts must go to a mailbox that people read",
        ),
        (
            "reference_prefix = 'K9'",
            'reference_prefix: "K9" is no reference prefix; two to ten letters, for example "KS"',
        ),
        ("language = 'no'", 'language: "no" is not known; one of "nb", "nn", "se", "en"'),
        ("timezone = 'Nowhere at all'", 'timezone: "Nowhere at all" is no time zone; for example "Europe/Oslo"'),
        ("timezone = '../x'", 'timezone: "../x" is no time zone; for example "Europe/Oslo"'),
        ("send_delay = '10'", 'send_delay: "10" is no length of time; for example "10s", "15m", "4h" or "2d"'),
        ("max_message_size = '35'", 'max_message_size: "35" is no size; for example "35MB" or "500KB"'),
        ("max_message_size = '0MB'", 'max_message_size: "0MB" is no size; for example "35MB" or "500KB"'),
        ("trusted_authserv_ids = 'mx'", 'trusted_authserv_ids: must be a list; for example ["one", "two"]'),
        (
            "agent_mail = 'token+dmarc'",
            ('agent_mail: "token+dmarc" needs trusted_authserv_ids; name the server that checks DMARC for you'),
        ),
        ("agent_mail = 'tokn'", 'agent_mail: "tokn" is not known; did you mean "token"?'),
        (
            "password = 'hemmelig'",
            f"password: unknown key; known here: {', '.join(sorted(DeskTable.model_fields))}",
        ),
    ],
)
def test_a_wrong_value_of_the_desk_is_told(said_of: Said, small: str, key: str, said: str) -> None:
    line = 3 + key.count("\n")
    assert said_of(small.replace('name = "Kundeservice"\n', f'name = "Kundeservice"\n{key}\n')) == [
        f"{line}: [desk] {said}"
    ]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://u:hemmelig@h/d", "is no database;"),
        ("sqlite:///", "is no database;"),
        ("mysql://u:hemmelig@h/d", "is no database;"),
    ],
)
def test_a_wrong_database_is_told_without_its_password(said_of: Said, small: str, url: str, said: str) -> None:
    (only,) = said_of(f'{small}[database]\nurl = "{url}"')
    assert only.startswith(f"17: [database] url: {said}")
    assert "hemmelig" not in only


def test_a_missing_folder_of_templates_is_told(said_of: Said, small: str) -> None:
    (only,) = said_of(small.replace("[desk]\n", "[desk]\ntemplates = 'gone'\n"))
    assert only.startswith("2: [desk] templates: there is no folder ")


@pytest.mark.parametrize("cap", ["5", "5/", "x/1h", "5/0h", "5/1y"])
def test_a_cap_that_is_none_is_told(said_of: Said, small: str, cap: str) -> None:
    assert said_of(f"{small}[receipts]\nper_address = '{cap}'") == [
        f'17: [receipts] per_address: "{cap}" is no cap; for example "5/1h" (five in an hour), or "off" for none'
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            "name = 'none'\naddress = 'a@b.no'",
            [('17: [[agent]] name: "none" means nobody to `inboxd assign`; take another name')],
        ),
        (
            "name = 'kari'\naddress = 'kari@desk.example'",
            [
                '17: [[agent]] name: "kari" is given twice, first in line 4; one agent name each',
                '18: [[agent]] address: "kari@desk.example" is given twice, first in line 5; one agent\'s address each',
            ],
        ),
        (
            "name = 'ola nordmann'\naddress = 'a@b.no'",
            [
                (
                    '17: [[agent]] name: "ola nordmann" is no name; letters, digits, "-", '
                    '"_" and ".", no spaces, at most 40'
                )
            ],
        ),
        (
            "name = 'ola'\naddress = 'POST@desk.example'",
            [("18: [[agent]] address: is a mailbox of the desk; give the agent's own address")],
        ),
        (
            "name = 'ola'\naddress = 'a@b.no'\nactive = 'yes'",
            ["19: [[agent]] active: must be true or false, without quotes"],
        ),
        (
            "name = 'ola'\naddress = 'a@b.no'\ncategories = ['it', 5, 'tt']",
            [
                "19: [[agent]] categories: must be text; write it in quotes",
                '19: [[agent]] categories: no category is named "tt"; known here: it',
            ],
        ),
    ],
)
def test_a_wrong_agent_is_told(said_of: Said, small: str, more: str, said: list[str]) -> None:
    assert said_of(f"{small}[[agent]]\n{more}") == said


def test_an_error_behind_another_is_told_too(said_of: Said, small: str) -> None:
    assert said_of(f"{small}{OFFICE}hours = {{ mon = ['8-9', '08:00-12:00', '11:00-13:00'] }}") == [
        '18: [[calendar]] hours.mon: "8-9" are no opening hours; for example "08:00-15:30"',
        "18: [[calendar]] hours.mon: the hours overlap; write each span of the day once",
    ]


def test_two_agents_cannot_have_one_login(said_of: Said, small: str) -> None:
    both = small.replace('"kari@desk.example"', '"kari@desk.example"\nlogin = "k"')
    assert said_of(f"{both}[[agent]]\nname='ola'\naddress='o@desk.example'\nlogin='k'") == [
        '20: [[agent]] login: "k" is given twice, first in line 6; one login each'
    ]


def test_a_category_names_what_there_is(said_of: Said, small: str) -> None:
    asked = small.replace('"it"', '"it"\nmembers = ["karo"]\ncalendar = "ofice"\nmanager = "x"\nreopen_days = 0')
    assert said_of(asked) == [
        '8: [[category]] members: no agent is named "karo"; did you mean "kari"?',
        '9: [[category]] calendar: no calendar is named "ofice"; did you mean "office"?',
        '10: [[category]] manager: no agent is named "x"; known here: kari',
        "11: [[category]] reopen_days: 0 is no number of one or more; write it without quotes",
    ]


def test_a_mailbox_names_its_category_where_there_are_several(said_of: Said, small: str) -> None:
    assert said_of(f"{small}[[category]]\nname = 'print'") == [
        "8: [[mailbox]] category: missing; there are several: it, print"
    ]
    assert said_of(small.replace('name = "post"', 'name = "post"\ncategory = "its"')) == [
        '10: [[mailbox]] category: no category is named "its"; did you mean "it"?'
    ]


def test_a_wrong_category_of_a_mailbox_is_told_once(said_of: Said, small: str) -> None:
    two = f"{small}[[category]]\nname = 'print'"
    assert said_of(two.replace('name = "post"', 'name = "post"\ncategory = 5')) == [
        "10: [[mailbox]] category: must be text; write it in quotes"
    ]


def test_two_mailboxes_share_neither_addresses_nor_a_folder(said_of: Said, small: str) -> None:
    second = small[small.index("[[mailbox]]") :].replace('name = "post"', 'name = "andre"\nusername = ""')
    second = second.replace('username = ""', 'aliases = ["Post@desk.example"]').replace('"post@', '"andre@')
    second = second.replace("KS_PASSWORD", 'KS_PASSWORD"\nusername = "post@desk.example')
    assert said_of(small + second) == [
        '18: [[mailbox]] aliases: "post@desk.example" is given twice, first in line 10; one address of a mailbox each',
        "20: [mailbox.imap] folder: INBOX is already read by the mailbox of line 8; each folder by one mailbox",
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("port = 0", "port: 0 is no port; a number from 1 to 65535, without quotes"),
        ("port = '993'", 'port: "993" is no port; a number from 1 to 65535, without quotes'),
        ("poll_seconds = '60'", 'poll_seconds: "60" is no number of one or more; write it without quotes'),
        ("after = 'move:'", 'after: "move:" is not known; "keep", "seen", "delete" or "move:FOLDER"'),
        (
            "first_run = 'since:1.1.26'",
            'first_run: "1.1.26" is no date; write year-month-day, for example "2026-12-24"',
        ),
        ("first_run = 'alle'", 'first_run: "alle" is not known; "new", "all" or "since:2026-01-31"'),
        ("tls = 'ssl'", 'tls: "ssl" is not known; one of "implicit", "starttls", "none"'),
        ("ca_file = 5", "ca_file: must be text; write it in quotes"),
        (
            "null_sender = 'auto'",
            (
                "null_sender: unknown key; known here: after, allow_plaintext, ca_file, first_run, folder, "
                "host, password_env, password_file, poll_seconds, port, sent_folder, tls, username"
            ),
        ),
        ("pasword_env = 'X'", 'pasword_env: unknown key; did you mean "password_env"?'),
    ],
)
def test_a_wrong_way_to_a_server_is_told(said_of: Said, small: str, more: str, said: str) -> None:
    assert said_of(small.replace('"imap.desk.example"', f'"imap.desk.example"\n{more}')) == [
        f"13: [mailbox.imap] {said}"
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            "set = { category = 'it' }",
            [('16: [[rule]] match: missing; write match = { subject = "…" }, or mailbox = "…" for all its mail')],
        ),
        (
            "match = { subject = 'a' }",
            ['16: [[rule]] set: missing; write what the rule does: set = { category = "…" }'],
        ),
        (
            "match = { subjct = 'a' }\nstop = true",
            ['18: [[rule]] match.subjct: no field of a mail; did you mean "subject"?'],
        ),
        (
            "match = { header = { X-A = 5 } }\nstop = true",
            [("18: [[rule]] match.header.X-A: must be a regular expression; write it in quotes")],
        ),
        (
            "match = { subject = 5 }\nstop = true",
            [("18: [[rule]] match.subject: must be a regular expression; write it in quotes")],
        ),
        ("match = 'a'\nstop = true", ["18: [[rule]] match: must be one table of keys and values"]),
        (
            "match = { body = '(?=x)' }\nstop = true",
            [('18: [[rule]] match.body: "(?=x)" is no regular expression (RE2): invalid perl operator: (?=')],
        ),
        (
            "mailbox = 'pst'\nset = { priority = 'hgh', assignee = 'kar', categry = 'it', action = 'drop' }",
            [
                '18: [[rule]] mailbox: no mailbox is named "pst"; did you mean "post"?',
                '19: [[rule]] set.action: "drop" is not known; one of "ignore", "hold", "open"',
                '19: [[rule]] set.categry: unknown key; did you mean "category"?',
                '19: [[rule]] set.priority: no priority is named "hgh"; did you mean "high"?',
                '19: [[rule]] set.assignee: no agent is named "kar"; did you mean "kari"?',
            ],
        ),
    ],
)
def test_a_wrong_rule_is_told(said_of: Said, small: str, more: str, said: list[str]) -> None:
    assert said_of(f"{small}{RULE}{more}") == said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("response = '30s'", 'response: "30s" is no target time; for example "15m", "4h", "2d", or "off" for none'),
        ("response = '0h'", 'response: "0h" is no target time; for example "15m", "4h", "2d", or "off" for none'),
        (
            "resolution = 'soon'",
            'resolution: "soon" is no target time; for example "15m", "4h", "2d", or "off" for none',
        ),
        ("clock = 'offce'", 'clock: no calendar is named "offce"; did you mean "office"?'),
    ],
)
def test_a_wrong_priority_is_told(said_of: Said, small: str, more: str, said: str) -> None:
    assert said_of(f"{small}[[priority]]\nname = 'normal'\n{more}") == [f"18: [[priority]] {said}"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("hours = { mon = ['8-15'] }", 'hours.mon: "8-15" are no opening hours; for example "08:00-15:30"'),
        ("hours = { mon = ['08:00-24:30'] }", 'hours.mon: "08:00-24:30" ends after midnight; a day ends at 24:00'),
        (
            "hours = { mon = ['22:00-06:00'] }",
            ('hours.mon: "22:00-06:00" ends before it begins; hours over midnight are written on two days'),
        ),
        (
            "hours = { mon = ['08:00-12:00', '11:00-15:00'] }",
            "hours.mon: the hours overlap; write each span of the day once",
        ),
        ("hours = { man = ['08:00-12:00'], tue = ['08:00-12:00'] }", 'hours.man: unknown key; did you mean "mon"?'),
        ("hours = { mon = [] }", 'hours: never open; write for example hours = { mon = ["08:00-15:30"] }'),
        (
            "holidays = 'Norge'",
            'holidays: "Norge" is no country with known holidays; two capitals such as "NO", or "off"',
        ),
        (
            "days = [{ date = '24.12.2026', hours = [] }]",
            ('days.date: "24.12.2026" is no date; write year-month-day, for example "2026-12-24"'),
        ),
        ("days = [{ date = 2026-12-24 }]", "days.hours: missing; write hours = [] for closed"),
        (
            "seasons = [{ from = '15-06', to = '08-15', hours = {} }]",
            ('seasons.from: "15-06" is no day of the year; write month-day, for example "06-15"'),
        ),
        ("seasons = [{ from = '06-15', hours = {} }]", 'seasons.to: missing; write to = "08-15"'),
    ],
)
def test_a_wrong_calendar_is_told(said_of: Said, small: str, more: str, said: str) -> None:
    assert said_of(f"{small}{OFFICE}{more}") == [f"18: [[calendar]] {said}"]


def test_the_folder_of_incoming_mail_is_no_sent_folder(said_of: Said, small: str) -> None:
    same = small.replace('"imap.desk.example"', '"imap.desk.example"\nsent_folder = "INBOX"')
    told = "the folder of incoming mail; name the one where mail clients keep what they sent, or take it out"
    assert said_of(same) == [f"13: [mailbox.imap] sent_folder: {told}"]


@pytest.mark.parametrize(
    ("where", "more", "said"),
    [
        (
            "[[category]]",
            "assignment = 'fewest'",
            ('2: [[category]] assignment: "fewest" is not known; did you mean "fewest_open"?'),
        ),
        (
            "[[mailbox]]",
            "save_sent = 'Sent'",
            '2: [[mailbox]] save_sent: "Sent" is not known; one of "auto", "always", "off"',
        ),
        ("[mailbox.imap]", "oauth2 = {}", "2: [mailbox.imap] oauth2: not yet built; take it out"),
        ("[mailbox.smtp]", "oauth2 = {}", "2: [mailbox.smtp] oauth2: not yet built; take it out"),
    ],
)
def test_what_is_not_built_yet_is_refused_by_name(said_of: Said, small: str, where: str, more: str, said: str) -> None:
    if where in small and where:
        text, at = small.replace(where, f"{where}\n{more}"), small[: small.index(where)].count("\n")
    else:
        text, at = f"{small}{where}\n{more}" if where else f"{small}{more}", small.count("\n")
    line, _, rest = said.partition(":")
    assert said_of(text) == [f"{at + int(line)}:{rest}"]
