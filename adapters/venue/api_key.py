"""Who may ask, and whether a signature is theirs."""

import base64
import binascii
import hmac
import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from urllib.parse import unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

_SIGNATURE: Final = re.compile(r"(?:^|&)signature=([^&]*)")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key with its shared secret (HMAC-SHA256) or its Ed25519 public key in PEM; never shown."""

    name: str
    secret: str = field(default="", repr=False)
    public_key_pem: str = field(default="", repr=False)

    @property
    def is_ed25519(self) -> bool:
        """Whether it signs with Ed25519."""
        return bool(self.public_key_pem)

    def has_signed(self, payload: str, signature: str) -> bool:
        """Tell whether a signature of this payload is this key's."""
        if self.is_ed25519:
            return self._has_signed_with_ed25519(payload, signature)
        expected = hmac.new(self.secret.encode(), payload.encode(), sha256).hexdigest()
        return hmac.compare_digest(expected.encode(), signature.lower().encode())

    def _has_signed_with_ed25519(self, payload: str, signature: str) -> bool:
        key = load_pem_public_key(self.public_key_pem.encode())
        if not isinstance(key, Ed25519PublicKey):
            return False
        try:
            key.verify(base64.b64decode(signature, validate=True), payload.encode())
        except (InvalidSignature, binascii.Error):
            return False
        return True


def signed_payload(query: str, body: str) -> tuple[str, str | None]:
    """Give what is signed of a request, query and body joined without anything between, and the signature."""
    found = _SIGNATURE.search(query) or _SIGNATURE.search(body)
    payload = _SIGNATURE.sub("", query) + _SIGNATURE.sub("", body)
    return payload, None if found is None else unquote(found.group(1))
