"""Octets and attachments leave a case unchanged, under names that can do no harm."""

import os
import resource
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inboxd.errors import InboxdError, NotFound, UsageError
from inboxd.mail.message import Attachment
from inboxd.office.act import case_id_of
from inboxd.office.documents import show
from inboxd.office.files import LONGEST_NAME, name_to_save, raw, safe_name, save_attachments
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
    assert [one.path.name for one in saved] == ["passwd", "win.ini", "_CON", "bildegnp.exe", "rapport.pdf", "bashrc"]
    assert [one.declared for one in saved] == list(HOSTILE)
    assert [one.declared for one in saved if not one.is_renamed] == ["rapport.pdf"]
    assert [one.path.read_bytes() for one in saved] == list(HOSTILE.values())
    assert {one.path.parent for one in saved} == {folder}
    assert all(one.path.stat().st_mode & 0o777 == 0o600 for one in saved)


def test_nothing_is_overwritten_and_no_link_is_followed(desk: PaperDesk, tmp_path: Path) -> None:
    case_id = case_with_files(desk, {"A.txt": b"new", "uten": b"end", "UTEN": b"one more"})
    folder = tmp_path / "ut"
    folder.mkdir()
    (folder / "a.txt").write_text("old")
    (folder / "a-2.txt").symlink_to(tmp_path / "elsewhere")
    (folder / "uten").write_text("old")
    saved = save_attachments(desk.office, case_id, folder)
    assert [one.path.name for one in saved] == ["A-3.txt", "uten-2", "UTEN-3"]
    assert (folder / "a.txt").read_text() == "old"
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_cannot_be_made_says_so(desk: PaperDesk, tmp_path: Path) -> None:
    case_id = case_with_files(desk, {"a.txt": b"x"})
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot make the folder"):
        save_attachments(desk.office, case_id, tmp_path / "file")
    with pytest.raises(UsageError, match="cannot make the folder"):
        save_attachments(desk.office, case_id, tmp_path / "file" / "below")


def test_a_link_is_no_folder_to_save_in(desk: PaperDesk, tmp_path: Path) -> None:
    case_id = case_with_files(desk, {"a.txt": b"x"})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="is a link"):
        save_attachments(desk.office, case_id, tmp_path / "link")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_file_that_cannot_be_written_says_so(desk: PaperDesk) -> None:
    case_id = case_with_files(desk, {"a.txt": b"x"})
    with pytest.raises(InboxdError, match="cannot write"):
        save_attachments(desk.office, case_id, Path("/proc"))


def test_a_file_that_is_only_half_written_is_taken_away_again(desk: PaperDesk, tmp_path: Path) -> None:
    case_id = case_with_files(desk, {"a.txt": b"x", "b.bin": b"x" * 100_000})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))  # as a full disk: a part of the file fits
    try:
        with pytest.raises(InboxdError, match=r"cannot write .*b\.bin"):
            save_attachments(desk.office, case_id, tmp_path / "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.txt"]


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
        (None, "x"), ("", "x"), ("...", "x"), ("/", "x"), (" .. ", "x"), ("\u202e\u200b", "x"),
        ("  a.txt ", "a.txt"), ("a.txt. . ", "a.txt"), (".bashrc", "bashrc"), ("-rf.txt", "_rf.txt"),
        ("../../etc/passwd", "passwd"), ("C:\\Users\\kari\\plan.pdf", "plan.pdf"), ("\\\\tjener\\del\\a.pdf", "a.pdf"),
        ("C:plan.pdf", "C_plan.pdf"), ("a.txt:strøm", "a.txt_strøm"),
        ("lpt1.txt", "_lpt1.txt"), ("CON", "_CON"), ("nul .pdf", "_nul .pdf"), ("com¹", "_com¹"), ("conin$", "_conin$"),
        ("console.txt", "console.txt"),
        ('a<b>:"|?*.txt', "a_b______.txt"), ("a\x00b\x1b.txt", "ab.txt"), ("a\r\nb.txt", "a b.txt"),
        ("faktura\u202efdp.exe", "fakturafdp.exe"), ("faktura.pdf" + " " * 80 + ".exe", "faktura.pdf .exe"),
        ("A\u030arsmøte.pdf", "Årsmøte.pdf"), ("a\ud800b.txt", "ab.txt"), ("fest🎉.pdf", "fest🎉.pdf"),
        ("å" * 200 + ".pdf", "å" * 98 + ".pdf"), ("a." + "b" * 300, "a." + "b" * 198), ("n" * 300, "n" * 200),
        ("🖨" * 90 + "x.pdf", "🖨" * 49 + ".pdf"), ("n" * 199 + " " + "n" * 50, "n" * 199),
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
    assert not name.startswith((".", "-", " "))
    assert not name.endswith((".", " "))
    assert safe_name(name, fallback="x") == name


def attachment(content_type: str, filename: str | None = None, sniffed_type: str | None = None) -> Attachment:
    return Attachment(
        part=1, filename=filename, content_type=content_type, size=0, sha256="", inline=False, sniffed_type=sniffed_type
    )


MAIL = b"Subject: =?utf-8?Q?S=C3=B8knad/2026?=\r\n\r\nHei"


@pytest.mark.parametrize(
    ("file", "content", "name"),
    [
        (attachment("application/pdf"), b"", "attachment-3-1.pdf"),
        (attachment("application/octet-stream", None, "image/png"), b"", "attachment-3-1.png"),
        (attachment("application/octet-stream"), b"", "attachment-3-1"),
        (attachment("message/rfc822"), MAIL, "2026.eml"),
        (attachment("message/rfc822"), b"\r\nHei", "attachment-3-1.eml"),
        (attachment("message/rfc822", "Re: møte 3.2"), MAIL, "Re_ møte 3.2.eml"),
        (attachment("message/rfc822", "Møte.EML"), MAIL, "Møte.EML"),
        (attachment("text/plain", "notat"), b"", "notat.txt"),
        (attachment("text/plain", "feil.log"), b"", "feil.log"),
        (attachment("image/png", "å" * 300), b"", "å" * 95 + ".png"),
    ],
)
def test_a_file_without_a_name_or_ending_gets_a_fitting_one(file: Attachment, content: bytes, name: str) -> None:
    assert name_to_save(file, content, fallback="attachment-3-1") == name
