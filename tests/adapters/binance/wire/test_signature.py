import base64
from urllib.parse import unquote

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from adapters.binance.wire.secret import Secret
from adapters.binance.wire.signature import Ed25519Key, HmacKey, signed

RULEBOOK = HmacKey(Secret("name"), Secret("2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9"))
PAIR = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def pem(password: bytes | None = None) -> Secret:
    lock = NoEncryption() if password is None else BestAvailableEncryption(password)
    return Secret(PAIR.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock).decode())


def test_the_rulebooks_query_is_signed_as_it_says() -> None:
    asked = (
        ("symbol", "BTCUSDT"),
        ("side", "BUY"),
        ("type", "LIMIT"),
        ("quantity", "1"),
        ("price", "9000"),
        ("timeInForce", "GTC"),
        ("recvWindow", "5000"),
        ("timestamp", "1591702613943"),
    )
    text = signed(RULEBOOK, asked)
    assert text.endswith("&signature=3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9")


def test_the_rulebooks_query_and_body_are_signed_without_anything_between_them() -> None:
    query = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC"
    body = "quantity=1&price=9000&recvWindow=5000&timestamp=1591702613943"
    expected = "30baaf0fab549bbeda7f5ef201898b34122da25fd23c646cac2c529aebe670a4"
    assert RULEBOOK.sign(query + body) == expected


def test_what_is_signed_is_what_is_sent() -> None:
    text = signed(RULEBOOK, (("symbol", "币安USDT"),))
    payload, _, signature = text.partition("&signature=")
    assert payload == "symbol=%E5%B8%81%E5%AE%89USDT"
    assert signature == RULEBOOK.sign(payload)


@pytest.mark.parametrize("password", [None, "open sesame"])
def test_a_key_pair_signs_what_its_public_half_confirms(password: str | None) -> None:
    secret = None if password is None else Secret(password)
    key = Ed25519Key(Secret("name"), pem(None if password is None else password.encode()), secret)
    signature = key.sign("symbol=BTCUSDT&timestamp=1")
    assert set(signature).isdisjoint("+/=&")
    PAIR.public_key().verify(base64.b64decode(unquote(signature)), b"symbol=BTCUSDT&timestamp=1")


def test_keys_show_nothing() -> None:
    for key in (RULEBOOK, Ed25519Key(Secret("name"), pem())):
        shown = f"{key} {key!r} {vars(key)}"
        assert "name" not in shown.replace("'name'", "")
        assert "2b5eb11e" not in shown
        assert "PRIVATE" not in shown


def test_what_is_no_key_is_refused_without_showing_it() -> None:
    curve = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for odd in (Secret("-----BEGIN nonsense"), Secret(curve.decode()), Secret("hush-hush")):
        with pytest.raises(ValueError, match="private key") as raised:
            Ed25519Key(Secret("name"), odd)
        assert odd.reveal() not in str(raised.value)
    with pytest.raises(ValueError, match="private key"):
        Ed25519Key(Secret("name"), pem(b"right"), Secret("wrong"))


@pytest.mark.parametrize("name", ["", "two words", "line\nbreak", "schlüssel"])
def test_a_name_that_cannot_be_a_header_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="without blanks"):
        HmacKey(Secret(name), Secret("s"))
