# All that a fresh Debian machine with Python 3.11 needs: `make demo` shows the whole job, `make test` runs every test.

.PHONY: demo test quick check fuzz torture docs lock clean

demo:       ## install what it needs and show the whole job on loopback; KEEP=1 leaves it running
	@sh scripts/setup.sh requirements.txt
	@.venv/bin/python -m inboxd.demo $(if $(KEEP),--keep)

test:       ## set-up (as root on Debian also the real mail servers), then every gate
	@sh scripts/servers.sh
	@$(MAKE) --no-print-directory check

quick:      ## unit, property and contract tests on SQLite: under a minute
	@sh scripts/setup.sh requirements-dev.txt
	@.venv/bin/python -m pytest -q -n 2 -m "not servers" tests/unit tests/property tests/contract

check:      ## ruff, mypy, import-linter, every test, coverage
	@sh scripts/setup.sh requirements-dev.txt
	@.venv/bin/python scripts/check.py

fuzz:       ## file 200,000 damaged mails and tell what became of them (a quarter of an hour)
	@sh scripts/setup.sh requirements-dev.txt
	@PYTHONPATH=. .venv/bin/python scripts/fuzz.py

torture:    ## every fault test with 500 random kills, and one table (as root on Debian; about an hour)
	@sh scripts/servers.sh
	@sh scripts/setup.sh requirements-dev.txt
	@.venv/bin/python scripts/torture.py

docs:       ## write docs/cli.md anew from the commands' help, docs/mail.md from the tables of rules
	@.venv/bin/python scripts/cli_reference.py
	@.venv/bin/python scripts/mail_reference.py

lock:       ## write requirements*.txt anew from pyproject.toml (needs uv)
	@sh scripts/lock.sh

clean:      ## forget .venv and every cache
	rm -rf .venv .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage* dist build
