"""`inboxd` and `python -m inboxd`."""

from inboxd.cli.app import main

if __name__ == "__main__":
    main()
