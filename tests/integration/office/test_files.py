"""Octets and attachments leave a case unchanged, under names that can do no harm."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inboxd.errors import InboxdError, NotFound, UsageError
from inboxd.office.act import case_id_of
from inboxd.office.documents import show
from inboxd.office.files import LONGEST_NAME, raw, safe_name, save_attachments
from tests.integration.paper_desk import PaperDesk, mail

HOSTILE = {
    "../../etc/passwd": b"one", "C:\\Windows\\win.ini": b"two", "CON": b"three", "bilde\u202egnp.exe": b"four",
    "rapport.pdf": b"five", ".bashrc": b"six",
}  # fmt: skip


def case_with_files(desk: PaperDesk, files: dict[str, bytes]) -> int:
    desk.arrive(mail(files=files))
    return case_id_of(1000, desk.office)


def test_hostile_names_become_plain_ones_inside_the_folder(desk: PaperDesk, tmp_path: Path) -> None:
    folder = tmp_path / "ut" / "her"
    saved = save_attachments(desk.office, case_with_files(desk, HOSTILE), folder)
    assert [path.name for path in saved] == ["passwd", "win.ini", "_CON", "bildegnp.exe", "rapport.pdf", "bashrc"]
    assert [path.read_bytes() for path in saved] == list(HOSTILE.values())
    assert {path.parent for path in saved} == {folder}
    assert all(path.stat().st_mode & 0o077 == 0 for path in saved)


def test_nothing_is_overwritten_and_no_link_is_followed(desk: PaperDesk, tmp_path: Path) -> None:
    case_id = case_with_files(desk, {"a.txt": b"new", "uten": b"end"})
    folder = tmp_path / "ut"
    folder.mkdir()
    (folder / "a.txt").write_text("old")
    (folder / "a-2.txt").symlink_to(tmp_path / "elsewhere")
    (folder / "uten").write_text("old")
    saved = save_attachments(desk.office, case_id, folder)
    assert [path.name for path in saved] == ["a-3.txt", "uten-2"]
    assert (folder / "a.txt").read_text() == "old"
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_cannot_be_made_says_so(desk: PaperDesk, tmp_path: Path) -> None:
    case_id = case_with_files(desk, {"a.txt": b"x"})
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot make the folder"):
        save_attachments(desk.office, case_id, tmp_path / "file")


def test_a_file_that_cannot_be_written_says_so(desk: PaperDesk) -> None:
    case_id = case_with_files(desk, {"a.txt": b"x"})
    with pytest.raises(InboxdError, match="cannot write"):
        save_attachments(desk.office, case_id, Path("/proc/self"))


def test_a_folder_full_of_the_same_name_is_given_up(desk: PaperDesk, tmp_path: Path) -> None:
    case_id = case_with_files(desk, {"a": b"x"})
    for name in ("a", *(f"a-{count}" for count in range(2, 1000))):
        (tmp_path / name).touch()
    with pytest.raises(InboxdError, match="too many files"):
        save_attachments(desk.office, case_id, tmp_path)


def test_a_mail_is_handed_out_byte_for_byte(desk: PaperDesk) -> None:
    case_id = case_with_files(desk, {})
    came, receipt = show(desk.office, case_id)["journal"][:2]
    assert raw(desk.office, case_id, came["id"]) == mail()
    assert b"Auto-Submitted: auto-replied" in raw(desk.office, case_id, receipt["id"])
    with pytest.raises(NotFound):
        raw(desk.office, case_id, 999)


@pytest.mark.parametrize(
    ("declared", "safe"),
    [
        (None, "x"), ("", "x"), ("...", "x"), ("/", "x"), ("  a.txt ", "a.txt"), ("lpt1.txt", "_lpt1.txt"),
        ('a<b>:"|?*.txt', "a_b______.txt"), ("a\x00b\x1b.txt", "ab.txt"), ("å" * 200 + ".pdf", "å" * 98 + ".pdf"),
        ("a." + "b" * 300, "a." + "b" * 198), ("n" * 300, "n" * 200), ("🖨" * 90 + "x.pdf", "🖨" * 49 + ".pdf"),
    ],
)  # fmt: skip
def test_names_are_made_safe(declared: str | None, safe: str) -> None:
    assert safe_name(declared, fallback="x") == safe


@given(st.text(max_size=300))
def test_whatever_is_declared_is_one_name_in_the_folder(declared: str) -> None:
    name = safe_name(declared, fallback="x")
    assert 0 < len(name.encode()) <= LONGEST_NAME
    assert not set(name) & {"/", "\\", "\0", os.sep}
    assert name not in {".", ".."}
    assert not name.startswith(".")
