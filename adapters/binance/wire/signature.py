"""Who we are, proved without showing the secret."""

import base64
import hmac
from hashlib import sha256
from typing import Protocol
from urllib.parse import quote

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from adapters.binance.wire.request import encoded
from adapters.binance.wire.secret import Secret


class ApiKey(Protocol):
    """A key that signs; however it is printed, it shows nothing."""

    @property
    def name(self) -> Secret:
        """What goes into the header X-MBX-APIKEY."""
        ...

    def sign(self, payload: str) -> str:
        """Give the signature of a payload, percent-encoded where it must be."""
        ...


class HmacKey:
    """A key with a shared secret: HMAC-SHA256, in hex. Raises ValueError for what is no key."""

    def __init__(self, name: Secret, secret: Secret) -> None:
        self.name = _in_a_header(name)
        self._secret = secret

    def __repr__(self) -> str:
        return "HmacKey(hidden)"

    def sign(self, payload: str) -> str:
        """Give the signature of a payload."""
        return hmac.new(self._secret.reveal().encode(), payload.encode(), sha256).hexdigest()


class Ed25519Key:
    """A key pair of which the venue knows the public half: Ed25519, in base64, percent-encoded.

    `pem` is the private half as PKCS#8 text. Raises ValueError for anything else.
    """

    def __init__(self, name: Secret, pem: Secret, password: Secret | None = None) -> None:
        self.name = _in_a_header(name)
        self._private = _private_key(pem, password)

    def __repr__(self) -> str:
        return "Ed25519Key(hidden)"

    def sign(self, payload: str) -> str:
        """Give the signature of a payload."""
        return quote(base64.b64encode(self._private.sign(payload.encode())).decode(), safe="")


def signed(key: ApiKey, asked: tuple[tuple[str, str], ...]) -> str:
    """Give the percent-encoded parameters with their signature behind them: the exact bytes to send."""
    payload = encoded(asked)
    return f"{payload}&signature={key.sign(payload)}"


def _private_key(pem: Secret, password: Secret | None) -> Ed25519PrivateKey:
    try:
        told = None if password is None else password.reveal().encode()
        key = load_pem_private_key(pem.reveal().encode(), told)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError(
            "the private key is no PEM file of an Ed25519 key, or its password is wrong"
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("the private key is not an Ed25519 key")  # noqa: TRY004 - it is a wrong value
    return key


def _in_a_header(name: Secret) -> Secret:
    text = name.reveal()
    if not text or not all("!" <= letter <= "~" for letter in text):
        raise ValueError("an API key is letters and digits without blanks")
    return name
