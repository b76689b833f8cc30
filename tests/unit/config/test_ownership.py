"""What root makes belongs to the daemon's user."""

from pathlib import Path

from inboxd.config.ownership import give_to_folders_owner


class Chown:
    """Takes down what would be given to whom."""

    def __init__(self) -> None:
        self.given: list[tuple[Path, int, int]] = []

    def __call__(self, path: Path, uid: int, gid: int) -> None:
        self.given.append((path, uid, gid))


def test_a_file_that_root_made_is_given_to_its_folders_owner(tmp_path: Path) -> None:
    chown = Chown()
    give_to_folders_owner(tmp_path / "inboxd.db", uid=0, chown=chown)
    folder = tmp_path.stat()
    assert chown.given == [(tmp_path / "inboxd.db", folder.st_uid, folder.st_gid)]


def test_a_file_of_anybody_else_stays_theirs(tmp_path: Path) -> None:
    chown = Chown()
    give_to_folders_owner(tmp_path / "inboxd.db", uid=1000, chown=chown)
    assert chown.given == []
