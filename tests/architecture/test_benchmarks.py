import pytest

import native
from benchmarks.conftest import pytest_sessionstart


def test_a_debug_build_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "IS_RELEASE_BUILD", False)
    with pytest.raises(pytest.UsageError, match="debug build"):
        pytest_sessionstart()


def test_a_release_build_is_measured() -> None:
    pytest_sessionstart()
