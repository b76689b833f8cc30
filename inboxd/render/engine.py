"""The template engine: jinja2 in a sandbox, over the folders of a desk's templates. Loaded when a letter is written."""

import traceback
from collections.abc import Callable
from pathlib import Path

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from inboxd.errors import TemplateBroken
from inboxd.render.letters import until_mended

RENDERING_ERRORS = (
    jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RuntimeError, OSError,
)  # fmt: skip
"""What a template written by an admin can raise: its own mistakes, and those of the expressions in it."""


class Engine:
    """Templates by their paths in the folders, of which the first that has a file goes first.

    Undefined names are errors; only HTML escapes; a file changed on disk is read again when the daemon re-reads.
    """

    def __init__(self, folders: tuple[Path, ...]) -> None:
        escapes: Callable[[str | None], bool] = lambda name: name is not None and name.endswith(".html.j2")  # noqa: E731 typed
        self._environment = ImmutableSandboxedEnvironment(
            loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(folder) for folder in folders]),
            undefined=jinja2.StrictUndefined,
            autoescape=escapes,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )

    def paths(self) -> list[str]:
        """Return the paths of all templates, sorted."""
        return self._environment.list_templates(extensions=["j2"])

    def text(self, path: str, values: dict[str, object]) -> str:
        """Render a template. Raises TemplateBroken, which names file, line and what is wrong."""
        try:
            return self._environment.get_template(path).render(values)
        except RENDERING_ERRORS as exc:
            raise _broken(path, exc) from exc


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
    return TemplateBroken(f"{where}: {what}", hint=f"Until it is mended {until_mended(where)}.")
