"""Tests whose coverage is not measured, because they watch a whole desk and measuring would only make it slow.

A conftest.py that imports the fixture means all tests beside it.
"""

import pytest


@pytest.fixture(autouse=True)
def unmeasured(no_cover: None) -> None:
    """Measure nothing while a test is called."""
