"""Uuencoded files in a plain text: what is one, and what only looks like one."""

import binascii

import pytest

from inboxd.mail.formats.uu_files import MAX_BEGINS, MAX_FILES, split_files


def uuencoded(name: str, content: bytes) -> bytes:
    lines = [binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45)]
    return f"begin 644 {name}\n".encode() + b"".join(lines) + b"`\nend\n"


@pytest.mark.parametrize("content", [b"", b"x", b"hei" * 50, bytes(range(256))])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_a_file_is_taken_out_of_its_text(content: bytes, line_end: bytes) -> None:
    text, files = split_files((b"foran\n" + uuencoded("a b.txt", content) + b"bak\n").replace(b"\n", line_end))
    assert text == b"foran" + line_end + b"bak" + line_end
    assert [(file.name, file.content) for file in files] == [(b"a b.txt", content)]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"begin 644 x\n",
        b"begin 644 x\nhei\nend\n",
        b"begin 644 x\n`\n",
        b"begin 644 x\n#86)C\nikke slutt\n",
        b"begin the day\nend\n",
        b"  begin 644 x\n#86)C\n`\nend\n",
        b"begin 644 x\n#86)C and more than it says\nend\n",
        b"begin 644 x\n" * (MAX_BEGINS + 1),
    ],
)
def test_what_is_no_file_stays_in_the_text(text: bytes) -> None:
    assert split_files(text) == (text, ())


def test_no_more_than_a_hundred_files_are_taken_out() -> None:
    file = uuencoded("a", b"x")
    assert split_files(file * (MAX_FILES + 1))[0] == file


def test_a_beginning_inside_a_file_is_part_of_it() -> None:
    whole = uuencoded("a", b"x").replace(b"`\nend", b"begin 644 b\n#86)C\n`\nend")
    text, files = split_files(whole + b"bak")
    assert (text, [file.name for file in files]) == (b"bak", [b"a"])
