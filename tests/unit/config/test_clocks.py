"""Priorities, target sets, the matrix, escalation, roles and points in config.toml."""

from collections.abc import Callable

import pytest

from inboxd.config.clocks.report import describe_promises
from inboxd.config.report import changes, warnings
from inboxd.config.settings import Settings
from inboxd.desk.clocks.service_levels import EscalationLevel, Matrix, Point, Target

Load = Callable[[str], Settings]
Said = Callable[[str], list[str]]

OLA = "[[agent]]\nname = 'ola'\naddress = 'ola@desk.example'\n"
SECOND = f"{OLA}[[category]]\nname = 'print'\nmembers = ['ola']\n"
MATRIX = "[matrix]\nimpact = ['one', 'many']\nurgency = ['later', 'now']\n"


def normal(more: str) -> str:
    return f"[[priority]]\nname = 'normal'\n{more}\n"


def minutes(count: int, days: int = 0) -> Target:
    return Target(days=days, minutes=count)


# ---- What is read.
def test_a_priority_may_be_named_and_defined_in_several_languages(load_text: Load, small: str) -> None:
    text = normal("title = { en = 'Standard', nn = 'Vanleg' }\ndefinition = { en = 'Anything else' }\nresponse = '2h'")
    found = load_text(small + text).desk.priority("normal")
    assert found is not None
    assert (found.title, found.title_in("nn"), found.title_in("en")) == ("Standard", "Vanleg", "Standard")
    assert (found.definition, found.response, found.resolution) == ("Anything else", minutes(120), minutes(0, 2))


def test_one_title_takes_the_place_of_all_the_built_ins_and_no_title_of_none(load_text: Load, small: str) -> None:
    one = load_text(small + normal("title = 'Vanlig'")).desk.priority("normal")
    none = load_text(small + normal("response = '1h'")).desk.priority("normal")
    assert one is not None
    assert none is not None
    assert (one.title_in("nn"), none.title_in("en"), bool(one.definition)) == ("Vanlig", "Normal", True)


def test_levels_are_read_as_they_are_written(load_text: Load, small: str) -> None:
    levels = (
        "{ of = 'response', at = '-1d30m', to = ['assignee', 'assignee'] }, { at = '0m', to = ['Kari@Desk.example'] },"
        "{ at = '+2h', to = ['manager', 'role:owner'], reassign = 'kari', template = 'vakt' }"
    )
    desk = load_text(small.replace('"it"', '"it"\nowner = "kari"') + normal(f"escalation = [{levels}]")).desk
    found = desk.priority("normal")
    assert found is not None
    assert found.escalation == (
        EscalationLevel(of="response", before=True, after=minutes(30, 1), to=("assignee",)),
        EscalationLevel(of="resolution", before=False, after=minutes(0), to=("kari@desk.example",)),
        EscalationLevel(
            of="resolution", before=False, after=minutes(120), to=("manager", "role:owner"), reassign="kari",
            template="vakt",
        ),
    )  # fmt: skip


def test_what_escalation_heeds_is_said_for_a_priority(load_text: Load, small: str) -> None:
    found = load_text(small + normal("events = { answered_back = 'restart', closed = 'stop' }")).desk.priority("normal")
    assert found is not None
    assert found.events == (("answered_back", "restart"), ("closed", "stop"))


def test_a_target_set_is_shared_and_what_it_does_not_say_stays(load_text: Load, small: str) -> None:
    shared = "[[targets]]\nname = 'standard'\nlevels = { normal = { response = '1h' }, low = { resolution = 'off' } }\n"
    desk = load_text(small.replace('"it"', '"it"\ntargets = "standard"') + shared).desk
    assert (desk.categories[0].targets, desk.target_sets[0].levels) == (
        "standard",
        (("normal", minutes(60), minutes(0, 2)), ("low", minutes(0, 1), None)),
    )


def test_a_point_is_for_complaints_unless_it_says_what_for(load_text: Load, small: str) -> None:
    points = (
        "[[point]]\nname = 'leder'\ntitle = 'Daglig leder'\nperson = 'Anne'\nphone = '71'\n"
        "[[point]]\nname = 'fag'\naddress = 'fag@annen.example'\nfor = ['referral', 'escalation']"
    )
    assert load_text(small + points).desk.points == (
        Point(name="leder", title="Daglig leder", person="Anne", phone="71", address=None, purposes=("escalation",)),
        Point(
            name="fag", title="fag", person="", phone="", address="fag@annen.example",
            purposes=("referral", "escalation"),
        ),
    )  # fmt: skip


def test_a_matrix_has_a_row_for_each_impact(load_text: Load, small: str) -> None:
    desk = load_text(f"{small}{MATRIX}priority = [['low', 'normal'], ['normal', 'critical']]").desk
    assert desk.matrix == Matrix(
        impacts=("one", "many"), urgencies=("later", "now"), rows=(("low", "normal"), ("normal", "critical"))
    )


def test_roles_are_agents_or_addresses_of_a_category_and_of_a_mailbox(load_text: Load, small: str) -> None:
    text = small.replace('"it"', '"it"\nowner = "kari"\noperations = "Vakt@annen.example"')
    desk = load_text(text.replace('name = "post"', 'name = "post"\nservice_manager = "kari"')).desk
    (it,), (post,) = desk.categories, desk.mailboxes
    assert (it.owner, it.service_manager, it.operations) == ("kari", None, "vakt@annen.example")
    assert (post.owner, post.service_manager, post.operations) == (None, "kari", None)


# ---- What is wrong.
@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("title = { fr = 'X' }", 'title: "fr" is no language; nb, nn, se, en'),
        ("title = {}", 'title: is empty; write for example { nb = "Middels", en = "Normal" }'),
        ("title = ''", "title: is empty; write something or take the key out"),
        ("events = 1", 'events: must be a table; for example { assigned = "restart" }'),
        ("events = { read = 'stop' }", ('events: "read" is no event; known here: answered_back, assigned, closed, '
         "opened, priority, taken")),
        ("events = { taken = 'stopp' }", 'events: "stopp" is no reaction; did you mean "stop"?'),
        ("escalation = [{ to = ['manager'] }]", 'escalation.at: missing; write at = "-30m"'),
        ("escalation = [{ at = '0m' }]", 'escalation.to: missing; write to = ["assignee"]'),
        ("escalation = [{ at = '0m', to = [] }]", ("escalation.to: is empty; name somebody, for example [\"manager\"], "
         "or reassign the case")),
        ("escalation = [{ at = '30s', to = ['manager'] }]", ('escalation.at: "30s" is no time from a target; "-30m" '
         '(before it), "0m" (at it), "2h" or "1d" (after)')),
        ("escalation = [{ at = '0m', to = ['role:boss'] }]", ('escalation.to: "role:boss" is no role; role:owner, '
         "role:service_manager, role:operations")),
        ("escalation = [{ at = '0m', to = ['karl'] }]", ('escalation.to: no agent is named "karl", and it is no '
         'address; did you mean "kari"?')),
        ("escalation = [{ at = '0m', to = ['post@desk.example'] }]", ("escalation.to: is a mailbox of the desk; name "
         "somebody who reads it elsewhere")),
        ("escalation = [{ at = '0m', to = [], reassign = 'nobody' }]", ('escalation.reassign: no agent is named '
         '"nobody"; known here: kari')),
    ],
)  # fmt: skip
def test_a_wrong_priority_is_told_with_its_line(said_of: Said, small: str, more: str, said: str) -> None:
    assert said_of(small + normal(more)) == [f"18: [[priority]] {said}"]


def test_a_role_that_an_escalation_tells_must_have_a_person_wherever_a_case_can_be(said_of: Said, small: str) -> None:
    levels = normal("escalation = [\n  { at = '0m', to = ['manager', 'role:owner'] },\n]")
    missing = "[[priority]] escalation.to: nobody is owner of category"
    hint = "write owner = … under its [[category]] or [[mailbox]]"
    text = small.replace('name = "post"', 'name = "post"\ncategory = "it"')
    half = text.replace('"it"\n[[', '"it"\nowner = "kari"\n[[', 1)
    assert said_of(text + levels) == [f'20: {missing} "it" (mailbox "post"); {hint}']
    assert said_of(half + SECOND + levels) == [f'27: {missing} "print" (mailbox "post"); {hint}']
    assert said_of(half + levels) == []
    assert said_of(text.replace('"post"\n', '"post"\nowner = "x@annen.example"\n', 1) + SECOND + levels) == []


def test_a_subcategory_has_the_roles_of_its_parent(said_of: Said, small: str) -> None:
    text = small.replace('name = "post"', 'name = "post"\ncategory = "it"').replace(
        '"it"\n[[', '"it"\nowner = "kari"\n[[', 1
    )
    below = "[[category]]\nname = 'print'\nparent = 'it'\n"
    assert said_of(text + below + normal("escalation = [{ at = '0m', to = ['role:owner'] }]")) == []


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("nils", "[[category]] owner: nils is no longer active; name somebody who is, or an address"),
        ("karl", '[[category]] owner: no agent is named "karl", and it is no address; did you mean "kari"?'),
        ("x@", '[[category]] owner: "x@" is no e-mail address; for example "it@desk.no"'),
        (
            "Post+vakt@desk.example",
            "[[category]] owner: is a mailbox of the desk; name somebody who reads it elsewhere",
        ),
        ("post@desk.example", "[[category]] owner: is a mailbox of the desk; name somebody who reads it elsewhere"),
    ],
)
def test_a_role_names_somebody_who_works_here_or_an_address(said_of: Said, small: str, value: str, said: str) -> None:
    left = "[[agent]]\nname = 'nils'\naddress = 'nils@desk.example'\nactive = false\n"
    assert said_of(small.replace('"it"\n', f'"it"\nowner = "{value}"\n') + left) == [f"8: {said}"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("[[targets]]\nname = 'a'\nlevels = { norml = { response = '1h' } }",
         '18: [[targets]] levels.norml: no priority is named "norml"; did you mean "normal"?'),
        ("[[targets]]\nname = 'a'\nlevels = { normal = { answer = '1h' } }",
         "18: [[targets]] levels.normal.answer: unknown key; known here: resolution, response"),
        ("[[targets]]\nname = 'a'", ('16: [[targets]] levels: missing; write levels = { normal = { response = "4h", '
         'resolution = "2d" } }')),
        (f"{MATRIX}priority = [['low', 'normal']]",
         "19: [matrix] priority: has another shape than the words; write 2 rows (impact) of 2 priorities (urgency)"),
        (f"{MATRIX}priority = [['low', 'lw'], ['low', 'low']]",
         '19: [matrix] priority: no priority is named "lw"; did you mean "low"?'),
        ("[matrix]\nimpact = ['a', 'a']\nurgency = ['b']\npriority = [['low'], ['low']]",
         "17: [matrix] impact: a word stands there twice; each once"),
        ("[[point]]\nname = 'leder'", "16: [[point]]: cannot be reached; give it a phone, an address, or both"),
        ("[[point]]\nname = 'leder'\naddress = 'post@desk.example'",
         "18: [[point]] address: is a mailbox of the desk; name somebody who reads it elsewhere"),
        ("[[point]]\nname = 'leder'\nphone = '1'\nfor = ['complaints']",
         '19: [[point]] for: "complaints" is not known; one of "escalation", "referral"'),
    ],
)  # fmt: skip
def test_what_else_is_wrong_is_told_with_its_line(said_of: Said, small: str, more: str, said: str) -> None:
    assert said_of(f"{small}{more}") == [said]


def test_each_known_name_is_told_once(said_of: Said, small: str) -> None:
    own = "".join(f"[[priority]]\nname = '{name}'\nresponse = '1h'\n" for name in ("critical", "high"))
    said = said_of(own + small.replace('name = "post"', 'name = "post"\npriority = "hast"'))
    assert said[-1].endswith("known here: critical, high, low, normal"), said


def test_a_target_set_that_is_none_is_told(said_of: Said, small: str) -> None:
    text = small.replace('"it"\n', '"it"\ntargets = "standard"\n')
    assert said_of(text) == ['8: [[category]] targets: no target set is named "standard"; none is defined']


# ---- What `check` and `about` tell.
FULL = (
    OLA
    + "[[category]]\nname = 'print'\ntargets = 'standard'\nmembers = ['ola']\n"
    + "[[targets]]\nname = 'standard'\nlevels = { normal = { response = '1h', resolution = 'off' } }\n"
    + f"{MATRIX}priority = [['low', 'normal'], ['normal', 'critical']]\n"
    + "[[point]]\nname = 'leder'\nphone = '71'\n"
    + normal("escalation = [{ at = '-30m', to = ['manager'] }, { at = '1d2h', to = [], reassign = 'ola' }]")
)


@pytest.fixture
def full(load_text: Load, small: str) -> Settings:
    return load_text(small.replace('name = "post"', 'name = "post"\ncategory = "it"') + FULL)


def test_promises_are_described_as_they_are_written(full: Settings) -> None:
    told = describe_promises(full.desk)
    assert told["target_sets"] == [
        {
            "name": "standard",
            "levels": {"normal": {"response": "1h", "resolution": None}},
            "categories": ["print"],
        }
    ]
    assert told["own_targets"] == ["it"]
    assert told["matrix"] == {"one": {"later": "low", "now": "normal"}, "many": {"later": "normal", "now": "critical"}}
    assert told["points"] == [
        {"name": "leder", "title": "leder", "person": None, "phone": "71", "address": None, "for": ["escalation"]}
    ]
    priorities = told["priorities"]
    assert isinstance(priorities, list)
    assert priorities[2]["escalation"] == [
        {"of": "resolution", "at": "-30m", "to": ["manager"]},
        {"of": "resolution", "at": "1d2h", "to": [], "reassign": "ola"},
    ]
    assert (priorities[2]["title"], priorities[0]["response"]) == ("Middels", "15m")


def test_a_desk_without_target_sets_has_no_exceptions_from_them(load_text: Load, small: str) -> None:
    told = describe_promises(load_text(small).desk)
    assert (told["target_sets"], told["own_targets"], told["matrix"], told["points"]) == ([], [], None, [])


def test_a_change_of_a_promise_is_told_in_a_sentence(full: Settings, load_text: Load) -> None:
    text = full.text.replace("response = '1h', resolution = 'off'", "response = '2h', resolution = 'off'")
    text = text.replace("phone = '71'", "phone = '72'").replace("['normal', 'critical']", "['high', 'critical']")
    assert changes(full, load_text(text.replace("at = '-30m'", "at = '-1h'"))) == [
        (
            'The priority "normal": escalation becomes resolution -1h to manager, resolution 1d2h to ola '
            "(was resolution -30m to manager, resolution 1d2h to ola)."
        ),
        'The target set "standard": normal response becomes 2h (was 1h).',
        'The point "leder": phone becomes 72 (was 71).',
        "The matrix: many × later becomes high (was normal).",
    ]


def reaching_nobody(desk_text: str, load_text: Load) -> list[str]:
    return [told for told in warnings(load_text(desk_text)) if "escalation" in told]


def test_an_escalation_that_may_reach_nobody_is_warned_of(load_text: Load, small: str) -> None:
    levels = normal("escalation = [{ at = '0m', to = ['assignee'] }]")
    assert reaching_nobody(small + levels, load_text) == [
        '[[category]] "it": no manager, no lead, no admin; an escalation may reach nobody'
    ]
    for better in (
        small.replace('"it"\n', '"it"\nmanager = "kari"\n'),
        small.replace('"kari"\n', '"kari"\nrole = "lead"\n', 1),
        small.replace('"Kundeservice"\n', '"Kundeservice"\nadmin = "drift@annen.example"\n'),
    ):
        assert reaching_nobody(better + levels, load_text) == []
    assert reaching_nobody(small, load_text) == []


@pytest.mark.parametrize(
    ("more", "why"),
    [("role = 'auditor'", "is an auditor, who takes no cases"), ("active = false", "is no longer active")],
)
def test_a_level_gives_no_case_to_who_takes_none(said_of: Said, small: str, more: str, why: str) -> None:
    other = f"\n[[agent]]\nname = 'ola'\naddress = 'ola@agents.example'\n{more}\n"
    (said,) = said_of(small + other + normal("escalation = [{ at = '0m', to = [], reassign = 'ola' }]"))
    assert said.endswith(f"escalation.reassign: ola {why}; name somebody who works on cases")
