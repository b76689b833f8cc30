"""The command line: reads arguments, calls the office, renders its documents."""
