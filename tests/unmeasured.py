"""Tests whose coverage is not measured: they look at what a whole desk does, and measuring makes its processes half
again as slow. A conftest.py that imports these two fixtures means all tests beside it and below it.
"""

from collections.abc import Iterator

import pytest

MEASURED_PROCESSES = "COVERAGE_PROCESS_CONFIG"
"""coverage.py's variable by which a started Python measures itself, too."""


@pytest.fixture(scope="module", autouse=True)
def processes_unmeasured() -> Iterator[None]:
    """Let the processes that tests start run at their own pace."""
    with pytest.MonkeyPatch.context() as env:
        env.delenv(MEASURED_PROCESSES, raising=False)
        yield


@pytest.fixture(autouse=True)
def test_unmeasured(no_cover: None) -> None:
    """Measure nothing while a test is called."""
