"""Writing an answer in the agent's own editor, with the user's words below as comment lines."""

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from inboxd.cli.call import Call
from inboxd.errors import InboxdError, UsageError

CUT = "# ---- everything from this line on is not sent ----"


def write_reply(call: Call, case: dict[str, Any]) -> str:
    """Open $VISUAL or $EDITOR on a draft and return what was written above the cut.

    The draft stays on disk where the editor fails. Raises UsageError where nobody is there to write.
    """
    if not call.interactive:
        raise UsageError("an answer needs words", hint='-m "…", -F FILE, or a terminal with $EDITOR')
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    descriptor, name = tempfile.mkstemp(prefix=f"{case['reference']}-", suffix=".txt")
    draft = Path(name)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"\n{CUT}\n{_quoted(case)}")
    try:
        done = subprocess.run([*shlex.split(editor), name], check=False)  # noqa: S603 - the user's own editor
    except OSError as exc:
        raise InboxdError(f"cannot start {editor}: {exc.strerror}", hint=f"the draft is {draft}") from exc
    if done.returncode != 0:
        raise InboxdError(f"{editor} ended with {done.returncode}; nothing was sent", hint=f"the draft is {draft}")
    text = draft.read_text(encoding="utf-8").partition(CUT)[0].strip()
    draft.unlink()
    return text


def _quoted(case: dict[str, Any]) -> str:
    """The case in short and the latest mail of the requester's side, each line a comment."""
    mails = [entry for entry in case["journal"] if entry["kind"] in {"mail_in", "call"}]
    last = mails[-1] if mails else None
    words = (last["reply_text"] or last["text"]) if last else ""
    requester = case["requester"]
    head = [f"{case['reference']}  {case['subject']}", f"To: {requester['name']} <{requester['address']}>", ""]
    return "".join(f"# {line}".rstrip() + "\n" for line in (*head, *words.splitlines()))
