"""Tells the story in plain lines, and stops it where something is not as told."""

import textwrap
from collections.abc import Callable

from inboxd.demo.servers import Delivered, wait_until

WAIT_SECONDS = 20


class StepFailed(Exception):
    """Something did not happen as the story has it."""


class Teller:
    """Prints steps, what happens in them, and what was checked. `checked` counts the checks that held."""

    def __init__(self) -> None:
        self.steps = 0
        self.checked = 0

    def step(self, title: str) -> None:
        """Begin a chapter."""
        self.steps += 1
        print(f"\n{self.steps:2}. {title}", flush=True)

    def say(self, text: str) -> None:
        """Tell what happens."""
        print(f"      {text}", flush=True)

    def show(self, text: str) -> None:
        """Show a text as it is, set apart."""
        print(textwrap.indent(text.rstrip(), "      | ", lambda _: True), flush=True)

    def show_letter(self, mail: Delivered) -> None:
        """Show a letter as its reader sees it."""
        heads = "\n".join(f"{name}: {mail.message[name]}" for name in ("From", "To", "Subject"))
        self.show(f"{heads}\n\n{body(mail)}")

    def check(self, claim: str, holds: bool, seen: object = None) -> None:
        """Say that a claim holds. Raises StepFailed, with what was seen instead, where it does not."""
        if not holds:
            raise StepFailed(claim if seen is None else f"{claim}\n      seen: {seen!r}")
        self.checked += 1
        print(f"  ok  {claim}", flush=True)

    def wait(self, claim: str, holds: Callable[[], bool], seen: Callable[[], object] = lambda: None) -> None:
        """Wait for a claim to hold, and say so. Raises StepFailed when it does not in time."""
        self.check(claim, wait_until(holds, WAIT_SECONDS), seen())


def body(mail: Delivered) -> str:
    """Return the text of a letter."""
    part = mail.message.get_body(("plain",))
    return "" if part is None else str(part.get_content())
