"""Writing an answer in the agent's own editor, with the user's words below as comment lines."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from inboxd.cli.call import Call
from inboxd.errors import InboxdError, UsageError

CUT = "# ---- everything from this line on is not sent ----"


@contextmanager
def written_reply(call: Call, case: dict[str, Any], begun: str = "") -> Iterator[str]:
    """Open $VISUAL or $EDITOR on a draft, and lend what was written above the cut to whoever sends it.

    `begun` stands there already.

    The draft stays on disk, and the error says where, until the block has ended well: an agent's words are never lost.
    Raises UsageError where nobody is there to write.
    """
    if not call.interactive:
        raise UsageError("an answer needs words", hint='-m "…", -F FILE, or a terminal with $EDITOR')
    descriptor, name = tempfile.mkstemp(prefix=f"{case['reference']}-", suffix=".txt")
    draft = Path(name)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"{begun}\n{CUT}\n{_quoted(case)}")
    _edit(draft)
    text = _words(draft)
    try:
        yield text
    except InboxdError as error:
        if text:
            error.hint = "\n".join(part for part in (error.hint, f"your words are in {draft}") if part)
            raise
        draft.unlink()
        raise
    draft.unlink()


def _edit(draft: Path) -> None:
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        done = subprocess.run([*shlex.split(editor), str(draft)], check=False)  # noqa: S603 - the user's own editor
    except ValueError as exc:
        raise UsageError(f"$EDITOR is no command: {editor}", hint="EDITOR=nano inboxd reply …") from exc
    except OSError as exc:
        raise InboxdError(f"cannot start {editor}: {exc.strerror}", hint="EDITOR=nano inboxd reply …") from exc
    if done.returncode != 0:
        raise InboxdError(f"{editor} ended with {done.returncode}; nothing was sent", hint=f"the draft is {draft}")


def _words(draft: Path) -> str:
    """Return what stands above the cut; where the cut is gone, whatever is no comment line."""
    try:
        text = draft.read_text(encoding="utf-8")
    except OSError as exc:
        raise InboxdError(f"the draft {draft} is gone: {exc.strerror}", hint="nothing was sent") from exc
    except UnicodeDecodeError as exc:
        raise InboxdError("the draft is not UTF-8 text; nothing was sent", hint=f"the draft is {draft}") from exc
    above, cut, _ = text.partition(CUT)
    lines = above.splitlines() if cut else (line for line in text.splitlines() if not line.startswith("#"))
    return "\n".join(lines).strip()


def _quoted(case: dict[str, Any]) -> str:
    """The case in short and the latest mail of the requester's side, each line a comment."""
    mails = [entry for entry in case["journal"] if entry["kind"] in {"mail_in", "call"}]
    last = mails[-1] if mails else None
    words = (last["reply_text"] or last["text"]) if last else ""
    requester = case["requester"]
    head = [f"{case['reference']}  {case['subject']}", f"To: {requester['name']} <{requester['address']}>", ""]
    return "".join(f"# {line}".rstrip() + "\n" for line in (*head, *words.splitlines()))
