"""A provider that speaks OpenID Connect, such as Google: found by its discovery document, proven by its ID token."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from builder.accounts.identities.calls import client, faults, json_of
from builder.accounts.identities.provider import Attempt, ProvenPerson, ProviderFault

_SCOPE: Final = "openid email profile"
# Signatures with a public key only: with a shared secret (HS256) or none, whoever knows the secret could sign.
_ALGORITHMS: Final = ["RS256", "PS256", "ES256", "EdDSA"]
_CLOCKS_APART_SECONDS: Final = 120
_REMEMBERED_SECONDS: Final = 3600.0


class OpenIdProvider:
    """The code flow (OpenID Connect Core 1.0, section 3.1) with PKCE."""

    def __init__(self, name: str, title: str, issuer: str, client_id: str, client_secret: str) -> None:
        self.name, self.title, self.client_id = name, title, client_id
        self._issuer, self._secret = issuer.rstrip("/"), client_secret
        self._found: tuple[float, Mapping[str, Any]] | None = None
        self._keys: Mapping[str, Any] | None = None

    def is_issuer(self, issuer: str) -> bool:
        return issuer.rstrip("/") == self._issuer

    async def address(self, redirect: str, attempt: Attempt) -> str:
        with faults(self.title):
            endpoint = (await self._metadata())["authorization_endpoint"]
            async with client(self.client_id, self._secret, redirect, _SCOPE) as asking:
                url, _ = asking.create_authorization_url(
                    endpoint,
                    state=attempt.state,
                    nonce=attempt.nonce,
                    code_verifier=attempt.verifier,
                    # Who has several accounts there chooses one.
                    prompt="select_account",
                )
        return str(url)

    async def person(self, code: str, redirect: str, verifier: str, nonce: str) -> ProvenPerson:
        with faults(self.title):
            endpoint = (await self._metadata())["token_endpoint"]
            async with client(self.client_id, self._secret, redirect, _SCOPE) as asking:
                token = await asking.fetch_token(endpoint, code=code, code_verifier=verifier)
            claims = await self._proven(token, nonce)
            email = claims.get("email") if claims.get("email_verified") in (True, "true") else ""
            return ProvenPerson(str(claims["sub"]), str(email or ""), str(claims.get("name") or ""))

    async def _proven(self, token: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        """The claims of the ID token: signed by the issuer's key, for us, for this sign-in, and not over."""
        # Imported on first use: who has no provider need not wait for it at the start.
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError
        from joserfc.jwk import KeySet

        if "id_token" not in token:
            raise ProviderFault(self.title, "there is no ID token")
        for again in (False, True):
            keys = KeySet.import_key_set(await self._key_set(again=again))  # type: ignore[arg-type]
            try:
                read = jwt.decode(token["id_token"], keys, algorithms=_ALGORITHMS)
                break
            except InvalidKeyIdError:  # its keys have changed since they were fetched
                if again:
                    raise
        params = {"nonce": nonce, "client_id": self.client_id, "access_token": token.get("access_token")}
        options = {
            "iss": {"essential": True, "value": (await self._metadata())["issuer"]},
            "aud": {"essential": True, "value": self.client_id},
        }
        claims = CodeIDToken(read.claims, read.header, options, params)
        claims.validate(leeway=_CLOCKS_APART_SECONDS)
        return dict(claims)

    async def _metadata(self) -> Mapping[str, Any]:
        if self._found is None or time.monotonic() - self._found[0] > _REMEMBERED_SECONDS:
            found = await json_of(f"{self._issuer}/.well-known/openid-configuration")
            # OpenID Connect Discovery 1.0, section 4.3.
            if not self.is_issuer(str(found.get("issuer"))):
                raise ProviderFault(self.title, f"its document is of {str(found.get('issuer'))[:200]!r}")
            scheme = urlsplit(self._issuer).scheme
            for endpoint in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if urlsplit(str(found.get(endpoint))).scheme != scheme:
                    raise ProviderFault(self.title, f"its {endpoint} is not {scheme}")
            self._found = time.monotonic(), found
        return self._found[1]

    async def _key_set(self, *, again: bool) -> Mapping[str, Any]:
        if self._keys is None or again:
            self._keys = await json_of(str((await self._metadata())["jwks_uri"]))
        return self._keys
