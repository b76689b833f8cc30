"""What is typed most answers fast: help and version load neither the database layer nor a mail library."""

import subprocess
import sys

import pytest

HEAVY = {"sqlalchemy", "sqlmodel", "alembic", "psycopg", "imapclient", "aiosmtplib", "mailparser", "jinja2", "holidays"}

PROBE = """
import sys
from inboxd.__main__ import main
sys.argv = ["inboxd", *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    print("\\n" + " ".join(sorted({name.partition(".")[0] for name in sys.modules})))
    sys.exit(end.code)
"""


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["queue", "--help"], ["run", "--help"]], ids=" ".join)
def test_help_and_version_import_neither_sqlalchemy_nor_imapclient(arguments: list[str]) -> None:
    command = [sys.executable, "-c", PROBE, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert HEAVY & set(done.stdout.splitlines()[-1].split()) == set()
