"""Letters from templates: `templates/LANGUAGE/NAME.txt.j2`, jinja2 in a sandbox.

What mail says comes in as values only, never as a part of a template. A template's first line
is `Subject: …`, then an empty line, then the body. Files whose name begins with `_` are parts.
"""

import re
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from inboxd.errors import TemplateBroken

if TYPE_CHECKING:
    from inboxd.render.engine import Engine

LAST_LANGUAGES = ("nb", "en")
"""Where neither the language asked for nor the desk's own has the letter."""

REPLIES = "replies"
"""The folder, in that of a language, of the words that agents send again and again."""

SUBJECT = "Subject:"
PROSE = {"text", "about", "planned"}
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What no letter carries: also marks for the direction of writing, which make a name read as another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterContext:
    """What a template may say: plain values only. "" and () where there is nothing to say.

    Every text is made one line but `text` (a person's words) and `about` (the new part of a mail, to an agent).
    `subject` is the case's subject, made safe by whoever calls; `opens_at`, `due` and `opening_hours` are in words.
    `due` is when the case should be solved, `response_due` when somebody should answer: "" once somebody has.
    `item_title` is what a call-off orders.
    `author` wrote the mail that an agent's letter is about; of its `attachments`, `not_attached` do not go along.
    `answers_go_to` is the requester to whom an agent's answer to this very letter is sent, "" where none is. `closed`
    says that the letter also closes the case, and `closed_reply` ("reopen", "new", "reject") what a later answer will
    do, within `reopen_days` (0: always).
    `planned` are texts of the admin's for this time; `critical`: the case is of the priority at which one should ring.
    `fields` are "title: value" and `missing` titles; `opened` and `next_letter` are days, `answer_by` is a moment in
    words; `reason` says why there is no answer yet. `referred_to` decides the case instead.
    `serves` are the titles of the customers, of whom a refusal tells.
    `target` ("response", "resolution", "asked") is what an escalation is about, `target_due` when that was due, and
    `points` are where a customer may complain. Of its reader: `to_agent`, `has_case` (it is his), `may_acknowledge`
    what was escalated, and `for_contact`, who is told of another's case.
    `notices` are those of downtime that a receipt tells of: what, the latest, until when, what still works. A letter
    about one has its name in `notice`, when it is in `notice_when`, its end in `notice_until`, and titles of categories
    in `affects`. `words` are what several new cases share.
    The lists of a morning letter are `due_today`, `mine` and `unassigned`: reference, what is due ("response",
    "resolution", with "_late" once it has passed, ""), when, subject and requester; a last line without a reference has
    in the place of when how many more there are.
    `problems` are what stopped an agent's mail: the line, why (a word of `agent_mail.commands.Why`), the right line,
    and a detail. `commands` are those that agents may give by mail: the name, and its words.
    `waiting` are mails of which an agent is asked whether he wrote them: the case, and their first words.
    """

    reference: str = ""
    subject: str = ""
    desk_name: str
    mailbox_address: str
    phone: str = ""
    web: str = ""
    opening_hours: str = ""
    opens_at: str | None = None
    closed_now: bool = False
    requester_name: str = ""
    requester_address: str = ""
    requester_phone: str = ""
    customer_title: str = ""
    type_title: str = ""
    item_title: str = ""
    category_title: str = ""
    priority_title: str = ""
    assignee: str = ""
    agent_name: str = ""
    author: str = ""
    text: str = ""
    about: str = ""
    attachments: tuple[str, ...] = ()
    not_attached: tuple[str, ...] = ()
    answers_go_to: str = ""
    held_answers: tuple[int, ...] = ()
    held_of: str = ""
    failed_recipients: tuple[str, ...] = ()
    response_due: str = ""
    due: str = ""
    closed: bool = False
    closed_reply: str = "reopen"
    reopen_days: int = 0
    planned: str = ""
    critical: bool = False
    status_title: str = ""
    fields: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    opened: str = ""
    answer_by: str = ""
    next_letter: str = ""
    reason: str = ""
    referred_to: str = ""
    serves: tuple[str, ...] = ()
    target: str = ""
    target_due: str = ""
    points: tuple[str, ...] = ()
    to_agent: bool = False
    has_case: bool = False
    may_acknowledge: bool = False
    for_contact: bool = False
    notices: tuple[tuple[str, str, str, str], ...] = ()
    notice: str = ""
    notice_when: str = ""
    notice_until: str = ""
    planned_work: bool = False
    short_warning: bool = False
    affects: tuple[str, ...] = ()
    still_works: str = ""
    words: tuple[str, ...] = ()
    due_today: tuple[tuple[str, str, str, str, str], ...] = ()
    mine: tuple[tuple[str, str, str, str, str], ...] = ()
    unassigned: tuple[tuple[str, str, str, str, str], ...] = ()
    problems: tuple[tuple[str, str, str, str], ...] = ()
    commands: tuple[tuple[str, str], ...] = ()
    waiting: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedLetter:
    """A letter in words. `language` is the one used; `html` is the twin, where there is one.

    `problem` says why the package's own template stands in for the admin's.
    """

    subject: str
    text: str
    html: str | None
    language: str
    problem: TemplateBroken | None = None


class Templates:
    """The templates of a desk: an admin's folder goes first, file by file, and the package's own folder last.

    `own` are the letters that only the admin has, by the names under which the config speaks of them.
    """

    def __init__(
        self, folders: tuple[Path, ...] = (), *, language: str = "nb", own: frozenset[str] = frozenset()
    ) -> None:
        self.folders = folders
        self.own = own
        self.language = language
        self._there: dict[str, bool] = {}  # a changed folder is seen when the daemon re-reads, as changed files are

    @cached_property
    def _engine(self) -> "Engine":
        from inboxd.render.engine import Engine  # it loads jinja2: only where a letter is written

        return Engine((*self.folders, package_folder()))

    def render(self, name: str, language: str, context: LetterContext, of: tuple[str, ...] = ()) -> RenderedLetter:
        """Render a letter in the language asked for, else the desk's, else Bokmål, else English.

        `of` are categories, the nearest first: in each language `NAME.CATEGORY` goes before `NAME`. Raises
        TemplateBroken, which names file, line and what is wrong.
        """
        used = self.language_for(name, language, of)
        name = next((own for own in _names(name, of) if self._has(f"{used}/{own}.txt.j2")), name)
        values = _values(context)
        subject, text = _split(self._engine.text(f"{used}/{name}.txt.j2", values), f"{used}/{name}.txt.j2")
        twin = f"{used}/{name}.html.j2"
        html = self._engine.text(twin, values) if self._has(twin) else None
        return RenderedLetter(subject=subject, text=text, html=html, language=used)

    def render_always(
        self, name: str, language: str, context: LetterContext, *, of: tuple[str, ...] = (), stand_in: str = ""
    ) -> RenderedLetter:
        """Render a letter as `render` does; where the admin's template is broken, from the package's own.

        A letter that only the admin has gives way to the package's letter `stand_in`.
        """
        try:
            return self.render(name, language, context, of)
        except TemplateBroken as broken:
            own = Templates(language=self.language).render(stand_in or name, language, context)
            return RenderedLetter(
                subject=own.subject, text=own.text, html=own.html, language=own.language, problem=broken
            )

    def language_for(self, name: str, language: str, of: tuple[str, ...] = ()) -> str:
        """Return the first language, in the order of falling back, that has the letter."""
        order = (language, self.language, *LAST_LANGUAGES)
        names = _names(name, of)
        found = next((code for code in order if any(self._has(f"{code}/{own}.txt.j2") for own in names)), None)
        if found is None:
            raise TemplateBroken(f"No template {name}.txt.j2 in any of {', '.join(dict.fromkeys(order))}.")
        return found

    def names(self) -> tuple[tuple[str, str], ...]:
        """Return (language, letter) of every template there is, sorted; parts are left out."""
        paths = (path.split("/") for path in self._engine.paths())
        return tuple(
            (parts[0], parts[1].removesuffix(".txt.j2"))
            for parts in paths
            if len(parts) == 2 and parts[1].endswith(".txt.j2") and not parts[1].startswith("_")  # noqa: PLR2004 LANGUAGE/NAME
        )

    def replies(self) -> tuple[tuple[str, str], ...]:
        """Return (language, name) of every reply template there is, sorted."""
        paths = (path.removesuffix(".txt.j2").split("/") for path in self._engine.paths())
        return tuple((parts[0], parts[2]) for parts in paths if len(parts) == 3 and parts[1] == REPLIES)  # noqa: PLR2004 LANGUAGE/replies/NAME

    def reply(self, name: str, language: str, context: LetterContext) -> str:
        """Render a reply template: words for an agent's letter, in the language asked for or the nearest there is.

        Raises TemplateBroken.
        """
        found = _reply_path(self.reply_language(name, language), name)
        return self._engine.text(found, _values(context)).strip("\n")

    def reply_language(self, name: str, language: str) -> str:
        """Return the language that `reply` uses. Raises TemplateBroken."""
        order = (language, self.language, *LAST_LANGUAGES, *(code for code, known in self.replies() if known == name))
        found = next((code for code in order if self._has(_reply_path(code, name))), None)
        if found is None:
            raise TemplateBroken(f"No reply template {name}.txt.j2 in any language.")
        return found

    def _has(self, path: str) -> bool:
        if path not in self._there:
            self._there[path] = any((folder / path).is_file() for folder in (*self.folders, package_folder()))
        return self._there[path]


def package_folder() -> Path:
    """Return the folder of the package's own templates: beside this code when installed, at the root of a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


def _reply_path(language: str, name: str) -> str:
    return f"{language}/{REPLIES}/{name}.txt.j2"


def _names(name: str, of: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names under which a letter is looked for: a category's own, its parents', everybody's."""
    return (*(f"{name}.{category}" for category in of), name)


def one_line(text: str) -> str:
    """Return a text as one line without control characters, so that it can stand in a header or a line of a letter."""
    return " ".join(CONTROLS.sub(" ", text).split())


def without_controls(text: str) -> str:
    """Return a text of several lines without control characters, those of the direction of writing among them."""
    return CONTROLS.sub("", text.replace("\r\n", "\n")).strip("\n")


def _values(context: LetterContext) -> dict[str, object]:
    """Return the context as a plain dict of harmless values: a template may call the methods of what it is given."""
    pairs = ((each.name, getattr(context, each.name)) for each in fields(context))
    return {name: _plain(value, prose=name in PROSE) for name, value in pairs}


def _plain(value: object, *, prose: bool) -> object:
    if isinstance(value, tuple):
        return tuple(_plain(one, prose=False) if isinstance(one, tuple) else one_line(str(one)) for one in value)
    if not isinstance(value, str) or not value:
        return value
    if prose:
        return without_controls(value)
    return one_line(value)


def _split(rendered: str, path: str) -> tuple[str, str]:
    """Part a rendered template into its subject and its body."""
    first, _, rest = rendered.partition("\n")
    blank, _, body = rest.partition("\n")
    if not first.startswith(SUBJECT) or blank.strip():
        raise TemplateBroken(
            f"{path}: line 1: a template begins with a line `{SUBJECT} …` and an empty line.",
            hint="Write the subject on the first line, leave the second empty, and begin the letter on the third.",
        )
    return one_line(first.removeprefix(SUBJECT)), body.strip("\n") + "\n"


def until_mended(broken: str) -> str:
    """Say what happens as long as a template is broken, by the words that name it or its file."""
    own = re.search(rf"[/\\]{REPLIES}[/\\]([^/\\]+)\.txt\.j2", broken)
    return f"`reply --template {own[1]}` fails" if own else "the letter goes out from the package's own template"
