import pickle

import pytest

from adapters.binance.wire.secret import Secret


def test_a_secret_is_hidden_however_it_is_printed() -> None:
    secret = Secret("hush")
    assert "hush" not in f"{secret} {secret!r} {secret!s} {[secret]} {{'a': {secret}}}"
    assert secret.reveal() == "hush"


def test_equal_secrets_are_equal() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert len({Secret("a"), Secret("a")}) == 1
    assert Secret("a") != "a"


def test_a_secret_is_not_copied_into_a_file() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret("hush"))
