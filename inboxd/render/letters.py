"""Letters from templates: `templates/LANGUAGE/NAME.txt.j2`, jinja2 in a sandbox.

What mail says comes in as values only, never as a part of a template. A template's first line
is `Subject: …`, then an empty line, then the body. Files whose name begins with `_` are parts.
"""

import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from inboxd.errors import TemplateBroken

LAST_LANGUAGES = ("nb", "en")
"""Where neither the language asked for nor the desk's own has the letter."""

SUBJECT = "Subject:"
PROSE = {"text", "about"}
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What no letter carries: also marks for the direction of writing, which make a name read as another."""


RENDERING_ERRORS = (
    jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RuntimeError, OSError,
)  # fmt: skip
"""What a template written by an admin can raise: its own mistakes, and those of the expressions in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterContext:
    """What a template may say: plain values only. "" and () where there is nothing to say.

    Every text is made one line but `text` (a person's words) and `about` (the new part of a mail, to an agent).
    `subject` is the case's subject, made safe by whoever calls; `opens_at`, `due` and `opening_hours` are in words.
    `author` wrote the mail that an agent's letter is about. `closed` says that the letter also closes the case, and
    `closed_reply` ("reopen", "new", "reject") what a later answer will do.
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
    category_title: str = ""
    priority_title: str = ""
    assignee: str = ""
    agent_name: str = ""
    author: str = ""
    text: str = ""
    about: str = ""
    attachments: tuple[str, ...] = ()
    held_answers: tuple[int, ...] = ()
    held_of: str = ""
    failed_recipients: tuple[str, ...] = ()
    due: str = ""
    closed: bool = False
    closed_reply: str = "reopen"


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
    """The templates of a desk: an admin's folder goes first, file by file, and the package's own folder last."""

    def __init__(self, folders: tuple[Path, ...] = (), *, language: str = "nb") -> None:
        self.folders = folders
        self.language = language
        self._there: dict[str, bool] = {}  # a changed folder is seen when the daemon re-reads, as changed files are
        self._env = _environment((*folders, package_folder()))

    def render(self, name: str, language: str, context: LetterContext) -> RenderedLetter:
        """Render a letter in the language asked for, else the desk's, else Bokmål, else English.

        Raises TemplateBroken, which names file, line and what is wrong.
        """
        used = self.language_for(name, language)
        values = _values(context)
        subject, text = _split(self._text(f"{used}/{name}.txt.j2", values), f"{used}/{name}.txt.j2")
        twin = f"{used}/{name}.html.j2"
        html = self._text(twin, values) if self._has(twin) else None
        return RenderedLetter(subject=subject, text=text, html=html, language=used)

    def render_always(self, name: str, language: str, context: LetterContext) -> RenderedLetter:
        """Render a letter as `render` does; where the admin's template is broken, from the package's own."""
        try:
            return self.render(name, language, context)
        except TemplateBroken as broken:
            own = Templates(language=self.language).render(name, language, context)
            return RenderedLetter(
                subject=own.subject, text=own.text, html=own.html, language=own.language, problem=broken
            )

    def language_for(self, name: str, language: str) -> str:
        """Return the first language, in the order of falling back, that has the letter."""
        order = (language, self.language, *LAST_LANGUAGES)
        found = next((code for code in order if self._has(f"{code}/{name}.txt.j2")), None)
        if found is None:
            raise TemplateBroken(f"No template {name}.txt.j2 in any of {', '.join(dict.fromkeys(order))}.")
        return found

    def names(self) -> tuple[tuple[str, str], ...]:
        """Return (language, letter) of every template there is, sorted; parts are left out."""
        paths = (path.split("/") for path in self._env.list_templates(extensions=["j2"]))
        return tuple(
            (parts[0], parts[1].removesuffix(".txt.j2"))
            for parts in paths
            if len(parts) == 2 and parts[1].endswith(".txt.j2") and not parts[1].startswith("_")  # noqa: PLR2004 LANGUAGE/NAME
        )

    def _has(self, path: str) -> bool:
        if path not in self._there:
            self._there[path] = any((folder / path).is_file() for folder in (*self.folders, package_folder()))
        return self._there[path]

    def _text(self, path: str, values: dict[str, object]) -> str:
        try:
            return self._env.get_template(path).render(values)
        except RENDERING_ERRORS as exc:
            raise _broken(path, exc) from exc


def package_folder() -> Path:
    """Return the folder of the package's own templates: beside this code when installed, at the root of a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


def one_line(text: str) -> str:
    """Return a text as one line without control characters, so that it can stand in a header or a line of a letter."""
    return " ".join(CONTROLS.sub(" ", text).split())


def _environment(folders: tuple[Path, ...]) -> ImmutableSandboxedEnvironment:
    """Undefined names are errors; only HTML escapes; a file changed on disk is read again when the daemon re-reads."""
    escapes: Callable[[str | None], bool] = lambda name: name is not None and name.endswith(".html.j2")  # noqa: E731 typed
    return ImmutableSandboxedEnvironment(
        loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(folder) for folder in folders]),
        undefined=jinja2.StrictUndefined,
        autoescape=escapes,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )


def _values(context: LetterContext) -> dict[str, object]:
    """Return the context as a plain dict of harmless values: a template may call the methods of what it is given."""
    pairs = ((each.name, getattr(context, each.name)) for each in fields(context))
    return {name: _plain(value, prose=name in PROSE) for name, value in pairs}


def _plain(value: object, *, prose: bool) -> object:
    if isinstance(value, tuple):
        return tuple(one_line(str(member)) for member in value)
    if not isinstance(value, str) or not value:
        return value
    if prose:
        return CONTROLS.sub("", value.replace("\r\n", "\n")).strip("\n")
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


def _broken(path: str, exc: Exception) -> TemplateBroken:
    """Say which file and line of a template is wrong, and how."""
    file, line = path, 0
    if isinstance(exc, jinja2.TemplateSyntaxError):
        file, line = exc.filename or path, exc.lineno
    else:
        frames = (frame for frame in traceback.extract_tb(exc.__traceback__) if frame.filename.endswith(".j2"))
        for frame in frames:
            file, line = frame.filename, frame.lineno or 0
    what = f"no file {exc.message}" if isinstance(exc, jinja2.TemplateNotFound) else str(exc) or type(exc).__name__
    where = f"{file}: line {line}" if line else file
    return TemplateBroken(f"{where}: {what}", hint="The letter goes out from the package's own template until then.")
