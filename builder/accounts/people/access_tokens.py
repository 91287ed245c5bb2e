"""Access tokens: JSON Web Tokens (RFC 7519) for programs, signed with this installation's own key (EdDSA, RFC 8037)."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import Any, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typing_extensions import TypedDict

from builder.accounts.people.proofs import ACCESS_TIME, digest
from builder.accounts.secret_file import secret_file
from builder.accounts.settings import SignInSettings

# PyJWT is imported on first use: who has no accounts need not wait for it at the start.
_ALGORITHM: Final = "EdDSA"
_TYPE: Final = "access"
_AUDIENCE: Final = "sayso"
ACCESS_SECONDS: Final = int(ACCESS_TIME / timedelta(seconds=1))


class PublicKey(TypedDict):
    """A key as RFC 7517 writes it."""

    kty: str
    crv: str
    x: str
    kid: str
    use: str
    alg: str


class AccessTokens:
    """Makes and reads them. The key is a file of DATA_DIR, made on first use."""

    def __init__(self, settings: SignInSettings) -> None:
        self._settings = settings

    def issue(self, account: str, session: str) -> str:
        """A token for one hour of a session."""
        import jwt

        at = int(time.time())
        claims = {
            "iss": self._settings.url,
            "aud": _AUDIENCE,
            "sub": account,
            "sid": session,
            "type": _TYPE,
            "iat": at,
            "exp": at + ACCESS_SECONDS,
        }
        return jwt.encode(claims, self.key, algorithm=_ALGORITHM, headers={"kid": self._name})

    def read(self, token: str) -> tuple[str, float] | None:
        """The session of a token and when the token ends (seconds since 1970); None for one that is not ours or is over."""
        import jwt

        try:
            claims: Mapping[str, Any] = jwt.decode(
                token,
                self.key.public_key(),
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                issuer=self._settings.url,
                options={"require": ["exp", "sub", "sid", "type"]},
            )
        except jwt.PyJWTError:
            return None
        if claims["type"] != _TYPE:
            return None
        return str(claims["sid"]), float(claims["exp"])

    def public(self) -> PublicKey:
        """The key with which anybody can check a token."""
        from jwt.algorithms import OKPAlgorithm

        key = json.loads(OKPAlgorithm.to_jwk(self.key.public_key()))
        return PublicKey(kty=key["kty"], crv=key["crv"], x=key["x"], kid=self._name, use="sig", alg=_ALGORITHM)

    @cached_property
    def key(self) -> Ed25519PrivateKey:
        """It signs; it never leaves this process."""
        stored = secret_file(self._settings.key_file("tokens.key"), _made)
        key = serialization.load_pem_private_key(stored, None)
        assert isinstance(key, Ed25519PrivateKey)
        return key

    @cached_property
    def _name(self) -> str:
        raw = self.key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return digest(raw.hex())[:16]


def _made() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
