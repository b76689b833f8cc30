"""A category's own letters: `NAME.CATEGORY.txt.j2` goes before `NAME.txt.j2`, language by language."""

from pathlib import Path

import pytest

from inboxd.render.letters import Templates
from inboxd.render.samples import BARE, check

IT = ("it",)
PRINT = ("print", "it")


def templates(folder: Path, **letters: str) -> Templates:
    """Write letters named as `nb_receipt_it`; each says its own words."""
    for name, words in letters.items():
        language, _, rest = name.partition("_")
        path = folder / language / f"{rest.replace('_', '.')}.txt.j2"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Subject: {words}\n\n{words}\n", encoding="utf-8")
    return Templates((folder,))


def said(letters: Templates, language: str, of: tuple[str, ...]) -> str:
    return letters.render("receipt", language, BARE, of).subject


def test_the_letter_of_the_category_goes_before_everybodys(tmp_path: Path) -> None:
    letters = templates(tmp_path, nb_receipt="alle", nb_receipt_it="it")
    assert said(letters, "nb", IT) == "it"
    assert said(letters, "nb", ("drift",)) == "alle"
    assert said(letters, "nb", ()) == "alle"


def test_a_subcategory_without_one_has_its_parents(tmp_path: Path) -> None:
    letters = templates(tmp_path, nb_receipt_it="it")
    assert said(letters, "nb", PRINT) == "it"
    letters = templates(tmp_path, nb_receipt_print="print")
    assert said(letters, "nb", PRINT) == "print"


def test_the_readers_language_goes_before_the_category(tmp_path: Path) -> None:
    letters = templates(tmp_path, nb_receipt_it="it", nn_receipt="alle på nynorsk")
    assert said(letters, "nn", IT) == "alle på nynorsk"
    assert said(letters, "nb", IT) == "it"


def test_a_letter_that_only_the_category_has_in_a_language_is_used_there(tmp_path: Path) -> None:
    assert said(templates(tmp_path, se_receipt_it="it davvisámegillii"), "se", IT) == "it davvisámegillii"


def test_a_broken_letter_of_the_category_gives_way_to_the_packages_own(tmp_path: Path) -> None:
    letters = templates(tmp_path, nb_receipt_it="{{ ukjent }}")
    rendered = letters.render_always("receipt", "nb", BARE, of=IT)
    assert rendered.subject == Templates().render("receipt", "nb", BARE).subject
    assert rendered.problem is not None
    assert "nb/receipt.it.txt.j2" in rendered.problem.message


def test_an_html_twin_stands_beside_the_categorys_own_letter(tmp_path: Path) -> None:
    letters = templates(tmp_path, nb_receipt="alle", nb_receipt_it="it")
    (tmp_path / "nb" / "receipt.it.html.j2").write_text("<p>it</p>", encoding="utf-8")
    assert letters.render("receipt", "nb", BARE, IT).html == "<p>it</p>"
    assert letters.render("receipt", "nb", BARE).html is None


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("nb_receipt_it", []),
        ("nb_receipt_prnt", ["nb/receipt.prnt.txt.j2: no category has that name; did you mean receipt.print.txt.j2?"]),
        ("nb_receipt_økonomi", ["nb/receipt.økonomi.txt.j2: no category has that name"]),
        ("nb_reciept_it", ["nb/reciept.it.txt.j2: no letter has that name; did you mean receipt.txt.j2?"]),
    ],
)
def test_check_names_a_letter_of_a_category_that_there_is_not(tmp_path: Path, name: str, problem: list[str]) -> None:
    assert list(check(templates(tmp_path, **{name: "ord"}), frozenset({"it", "print"}))) == problem


def test_check_renders_a_categorys_own_letter_too(tmp_path: Path) -> None:
    (problem,) = check(templates(tmp_path, nb_receipt_it="{{ ukjent }}"), frozenset({"it"}))
    assert "nb/receipt.it.txt.j2: line 1:" in problem
