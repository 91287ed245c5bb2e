"""A provider of this computer that speaks OpenID Connect and GitHub's OAuth: discovery, keys, codes, PKCE.

It is strict where a provider is: each code is exchanged once, by the client that it was made for, for the address that it
was sent to, by whoever knows the verifier of its challenge. `twists` make it answer what a right provider would not.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from threading import Thread
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

CLIENT: Final = "sayso-client"
SECRET: Final = "sayso-secret"  # a test's own


@dataclass
class ProviderPerson:
    subject: str = "1001"
    email: str = "ana@example.org"
    name: str = "Ana Lima"
    verified: bool = True


@dataclass
class Given:
    """What a code stands for."""

    redirect: str
    challenge: str
    nonce: str
    person: ProviderPerson
    used: bool = False


@cache
def _other() -> RSAKey:
    """Made once: that takes an eighth of a second."""
    return RSAKey.generate_key(2048, {"kid": "two"})


@dataclass
class LocalProvider:
    """Whoever comes is `person`; `refuses`: they say no."""

    url: str = ""
    person: ProviderPerson = field(default_factory=ProviderPerson)
    refuses: bool = False
    twists: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, Given] = field(default_factory=dict)
    tokens: dict[str, ProviderPerson] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "one"}))
    other: Any = field(default_factory=_other)

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.get("/.well-known/openid-configuration", self._document),
                web.get("/jwks", self._keys),
                web.get("/authorize", self._authorize),
                web.post("/token", self._token),
                web.get("/login/oauth/authorize", self._authorize),
                web.post("/login/oauth/access_token", self._github_token),
                web.get("/api/v3/user", self._github_user),
                web.get("/api/v3/user/emails", self._github_emails),
            ]
        )
        return app

    async def _document(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.twists.get("issuer", self.url),
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks",
                "id_token_signing_alg_values_supported": ["ES256", "none", "HS256"],
            }
        )

    async def _keys(self, _: web.Request) -> web.Response:
        return web.json_response(KeySet([self.key]).as_dict(private=False))

    async def _authorize(self, request: web.Request) -> web.StreamResponse:
        asked = request.query
        assert (asked["client_id"], asked["response_type"], asked["code_challenge_method"]) == (CLIENT, "code", "S256")
        assert len(asked["code_challenge"]) == 43
        if self.refuses:
            back = {"error": "access_denied", "state": asked["state"]}
        else:
            code = secrets.token_urlsafe(16)
            redirect, nonce = asked["redirect_uri"], asked.get("nonce", "")
            self.codes[code] = Given(redirect, asked["code_challenge"], nonce, self.person)
            back = {"code": code, "state": asked["state"]}
            if request.path == "/authorize":
                back["iss"] = self.twists.get("answer_iss", self.url)
        raise web.HTTPSeeOther(f"{asked['redirect_uri']}?{urlencode(back)}")

    async def _exchanged(self, request: web.Request) -> Given | None:
        sent = await request.post()
        if (sent.get("client_id"), sent.get("client_secret")) != (CLIENT, SECRET):
            return None
        given = self.codes.get(str(sent.get("code")))
        made = hashlib.sha256(str(sent.get("code_verifier")).encode()).digest()
        proven = base64.urlsafe_b64encode(made).rstrip(b"=").decode()
        if given is None or given.used or given.redirect != sent.get("redirect_uri") or given.challenge != proven:
            return None
        given.used = True
        return given

    async def _token(self, request: web.Request) -> web.Response:
        if (given := await self._exchanged(request)) is None:
            return web.json_response({"error": "invalid_grant"}, status=400)
        at, person = int(time.time()), given.person
        claims = {
            "iss": self.url, "sub": person.subject, "aud": CLIENT, "iat": at, "exp": at + 300, "nonce": given.nonce,
            "email": person.email, "email_verified": person.verified, "name": person.name,
        }  # fmt: skip
        claims |= {name: value for name, value in self.twists.items() if name in claims}
        key = self.twists.get("key", self.key)
        head = {"alg": "ES256", "kid": self.key.kid}
        signed = self.twists.get("id_token") or jwt.encode(head, claims, key)
        access = secrets.token_urlsafe(16)
        return web.json_response({"access_token": access, "token_type": "Bearer", "id_token": signed})

    async def _github_token(self, request: web.Request) -> web.Response:
        assert request.headers["Accept"] == "application/json"
        if (given := await self._exchanged(request)) is None:
            return web.json_response({"error": "bad_verification_code", "error_description": "The code is wrong."})
        access = secrets.token_urlsafe(16)
        self.tokens[access] = given.person
        return web.json_response({"access_token": access, "token_type": "bearer", "scope": "read:user,user:email"})

    def _of(self, request: web.Request) -> ProviderPerson:
        person = self.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if person is None:
            raise web.HTTPUnauthorized
        return person

    async def _github_user(self, request: web.Request) -> web.Response:
        person = self._of(request)
        return web.json_response({"id": int(person.subject), "login": "ana", "name": person.name, "email": None})

    async def _github_emails(self, request: web.Request) -> web.Response:
        person = self._of(request)
        others = {"email": "other@example.org", "primary": False, "verified": True}
        return web.json_response([others, {"email": person.email, "primary": True, "verified": person.verified}])


@asynccontextmanager
async def local_provider() -> AsyncIterator[LocalProvider]:
    """It runs."""
    provider = LocalProvider()
    runner = web.AppRunner(provider.app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    provider.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield provider
    finally:
        await runner.cleanup()


@contextmanager
def provider_in_a_thread() -> Iterator[LocalProvider]:
    """The same, for tests without a loop of their own."""
    loop, begun = asyncio.new_event_loop(), Future[LocalProvider]()
    ended = asyncio.Event()

    async def run() -> None:
        async with local_provider() as provider:
            begun.set_result(provider)
            await ended.wait()

    thread = Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    try:
        yield begun.result(10)
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()
