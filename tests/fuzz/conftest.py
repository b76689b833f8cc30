"""Whatever damaged mail becomes, the lines it runs through are measured by the tests of fixture mails."""

from tests.unmeasured import unmeasured

__all__ = ["unmeasured"]  # a fixture of every test here
