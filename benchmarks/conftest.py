"""Speed is measured on a release build only: a debug build is several times slower and says nothing."""

import pytest

import native


def pytest_sessionstart() -> None:
    """Refuse to measure a debug build."""
    if not native.IS_RELEASE_BUILD:
        raise pytest.UsageError("the compiled module is a debug build; make a release build with: make build")
