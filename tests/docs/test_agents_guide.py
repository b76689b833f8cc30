"""docs/agents.md and the help that agents get by mail name every command there is, and no other."""

import re
from pathlib import Path

import pytest

from inboxd.desk.agent_mail.commands import BY_WORD, COMMANDS, commands_in_words, read_commands
from inboxd.render.letters import LetterContext, Templates

PAGE = (Path(__file__).parents[2] / "docs" / "agents.md").read_text(encoding="utf-8")
TABLE = [line for line in PAGE.splitlines() if line.startswith("| `#")]


def test_the_guide_has_a_row_for_every_command_with_all_its_words() -> None:
    rows = [set(re.findall(r"#(\w+)", " ".join(line.split("|")[1:3]))) for line in TABLE]
    assert rows == [set(command.words) for command in COMMANDS]
    assert {word for row in rows for word in row} == set(BY_WORD)


def test_the_example_of_the_guide_is_carried_out() -> None:
    (example,) = re.findall(r"```\n(.*?)```", PAGE, re.DOTALL)
    said = read_commands(example)
    assert [one.name for one in said.commands] == ["wait", "priority"]
    assert (said.problems, said.text.splitlines()[0]) == ((), "Hei Ola,")


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_letter_of_help_says_of_every_command_what_it_does(language: str) -> None:
    context = LetterContext(desk_name="Kundeservice", mailbox_address="ks@desk.example", commands=commands_in_words())
    text = Templates().render("agent_help", language, context).text
    for words in dict(commands_in_words()).values():
        assert re.search(rf"^{re.escape(words)}\n    \S", text, re.MULTILINE), words
