"""What goes along with a letter to an agent: small files that people look at, and no more than there is room for."""

from typing import Any

import pytest

from inboxd.desk.letters.enclosed import EACH, TOGETHER, names_of, small_ones
from inboxd.mail.message import Attachment


def attached(filename: str | None = "bilde.png", **changes: Any) -> Attachment:
    values = {"part": 1, "content_type": "image/png", "size": 1000, "sha256": "0" * 64, "inline": False, **changes}
    return Attachment(filename=filename, **values)


def test_pictures_within_a_text_are_no_attachments_to_tell_of() -> None:
    all_of_them = (attached("a.png"), attached("logo.png", inline=True), attached(None))
    assert names_of(all_of_them) == ("a.png", "image/png")
    assert small_ones(all_of_them) == (all_of_them[0], all_of_them[2])


@pytest.mark.parametrize("name", ["bilde.PNG", "faktura.pdf", "feil.log", "liste.csv", "brev.docx", None])
def test_what_people_look_at_goes_along(name: str | None) -> None:
    assert small_ones((attached(name),)) != ()


@pytest.mark.parametrize("name", ["program.exe", "faktura.pdf.js", "alt.zip", "side.html", "makro.docm", "README"])
def test_what_a_relay_may_refuse_a_letter_for_stays_behind(name: str) -> None:
    assert small_ones((attached(name),)) == ()


def test_a_file_without_a_name_is_known_by_its_type_and_a_program_by_its_octets() -> None:
    assert small_ones((attached(None, content_type="application/octet-stream"),)) == ()
    program = "application/vnd.microsoft.portable-executable"
    assert small_ones((attached("faktura.pdf", sniffed_type=program),)) == ()


def test_a_large_file_stays_behind_and_so_does_what_there_is_no_room_for() -> None:
    assert small_ones((attached(size=EACH + 1),)) == ()
    three = tuple(attached(f"{number}.png", size=EACH) for number in range(3))
    assert small_ones(three) == three[: TOGETHER // EACH]
    assert small_ones((*three, attached("leer.txt", size=0))) == (*three[:2], attached("leer.txt", size=0))
