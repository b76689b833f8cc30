"""Whatever damaged mail becomes, the lines it runs through are measured by the tests of fixture mails."""

from tests.unmeasured import processes_unmeasured, test_unmeasured

__all__ = ["processes_unmeasured", "test_unmeasured"]  # fixtures of every test here
