"""Everything out of the desk and into an empty one: JSON lines that any program reads, mails as .eml, hashes equal.

`cases.jsonl` has a `show` document a line; `tables/` every row, from which an import makes the same database again.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from inboxd import __version__
from inboxd.errors import Conflict, InboxdError, UsageError
from inboxd.office.documents import Document, show
from inboxd.office.office import Office
from inboxd.store import cases, transfer
from inboxd.store.revision import HEAD

MANIFEST = "export.json"
"""Written last: a folder without it holds no whole export."""


def export(office: Office, folder: Path) -> Document:
    """Write everything into a new or empty folder, readable by its owner only; return what its manifest says.

    Raises Conflict where something lies there already, InboxdError where it cannot be written.
    """
    try:
        return _written(office, folder)
    except OSError as exc:
        raise InboxdError(f"cannot write {exc.filename or folder}: {exc.strerror}") from exc


def _written(office: Office, folder: Path) -> Document:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Conflict(f"{folder} is not empty", hint="name a new folder")
    mails, tables = folder / "mails", folder / "tables"
    mails.mkdir(mode=0o700)
    tables.mkdir(mode=0o700)
    with office.store.reading() as session:
        names = transfer.tables()
        rows = {name: _write_lines(tables / f"{name}.jsonl", transfer.rows_of(session, name)) for name in names}
        for sha256, octets in transfer.octets_kept(session):
            (mails / f"{sha256}.eml").write_bytes(octets)
    manifest: Document = {
        "inboxd": __version__,
        "schema": HEAD,
        "at": office.clock.now().isoformat(timespec="seconds"),
        "cases": _write_lines(folder / "cases.jsonl", _cases(office)),
        "mails": rows["octets"],
        "rows": rows,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return manifest


def is_export(path: Path) -> bool:
    """Say whether a path is what `export` wrote."""
    return (path / MANIFEST).is_file()


def restore(office: Office, folder: Path) -> Document:
    """Put an export into an empty database, in one transaction, and compare every count and hash with it.

    Raises Conflict where the database has work in it, UsageError where the export is another version's or not whole.
    """
    manifest = _read_manifest(folder)
    if manifest["schema"] != HEAD:
        raise UsageError(
            f"{folder} has schema {manifest['schema']}, this inboxd {HEAD}",
            hint="import it with the inboxd that wrote it, then `inboxd db upgrade`",
        )
    with office.store.begin() as session:
        transfer.begin_anew(session)
        for name in transfer.tables():
            lines = _read_lines(folder / "tables" / f"{name}.jsonl")
            rows = _with_octets(lines, folder) if name == "octets" else lines
            if transfer.put_rows(session, name, rows) != manifest["rows"][name]:
                raise UsageError(f"{folder} is not whole: {name}.jsonl has lost lines")
    return {"cases": manifest["cases"], "mails": manifest["mails"], "rows": manifest["rows"]}


def _cases(office: Office) -> Iterator[Document]:
    with office.store.reading() as session:
        ids = sorted(row.id for row in cases.queue(session, include_closed=True))
    return (show(office, case_id) for case_id in ids)


def _write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> int:
    number = 0
    with path.open("x", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            number += 1
    return number


def _read_lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)
    except (OSError, ValueError) as exc:
        raise UsageError(f"cannot read {path}") from exc


def _read_manifest(folder: Path) -> Document:
    try:
        manifest: Document = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise UsageError(f"cannot read {folder / MANIFEST}") from exc
    return manifest


def _with_octets(lines: Iterable[dict[str, Any]], folder: Path) -> Iterator[dict[str, Any]]:
    for line in lines:
        path = folder / "mails" / f"{line['sha256']}.eml"
        try:
            octets = path.read_bytes()
        except OSError as exc:
            raise UsageError(f"{folder} is not whole: {path.name} is missing") from exc
        if hashlib.sha256(octets).hexdigest() != line["sha256"]:
            raise UsageError(f"{path} is not what was exported: its hash differs")
        yield line | {"content": octets}
