"""An installation with accounts: the API behind its door, and people who come with browsers and programs."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, Literal

import httpx
from pydantic import SecretStr
from sqlalchemy import select
from sqlmodel import col
from starlette.types import ASGIApp

from builder.accounts.doors.door import AccountDoor
from builder.accounts.tables import Mail
from builder.api import create_api
from builder.base.http.hosts import same_origin_only
from builder.composition.services import Services
from builder.composition.settings import Settings

OWNER_PASSWORD: Final = "correct horse"  # a test's own
PASSWORD: Final = "battery staple"  # a test's own
PROGRAM: Final = {"X-Sayso-Client": "tests"}
OWNER: Final = "owner@example.org"
URL: Final = "http://localhost:8000"


class School:
    """`app` is all that the builder's host answers, without the pages."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.app: ASGIApp = AccountDoor(
            same_origin_only(create_api(lambda: services), services.settings),
            lambda: services.people,
            lambda: services.connections,
        )

    def caller(self, address: str = "192.0.2.1", **headers: str) -> httpx.AsyncClient:
        """Somebody at that network address; a browser's cookies are kept."""
        transport = httpx.ASGITransport(self.app, client=(address, 1))
        return httpx.AsyncClient(transport=transport, base_url=URL, headers={**PROGRAM, **headers})

    async def signed_up(self, email: str, **more: Any) -> httpx.AsyncClient:
        """A browser of a new person."""
        browser = self.caller()
        body = {"email": email, "password": PASSWORD, "name": email.partition("@")[0].title(), **more}
        answer = await browser.post("/api/v1/auth/register", json=body)
        assert answer.status_code == 201, answer.text
        return browser

    async def program(self, email: str, password: str = PASSWORD) -> dict[str, Any]:
        """The tokens of a program that signs in."""
        body = {"email": email, "password": password, "tokens": True}
        async with self.caller() as caller:
            answer = await caller.post("/api/v1/auth/login", json=body)
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def letters(self, kind: str) -> list[dict[str, str]]:
        """What fills in the letters of a kind that wait to be sent, the oldest first, each with its `to`."""
        async with self.services.db.reader() as session:
            query = select(Mail).where(col(Mail.kind) == kind).order_by(col(Mail.created_at))
            rows = [*await session.scalars(query)]
        cipher = self.services.people.outbox.cipher
        return [{**json.loads(cipher.decrypt(row.content)), "to": row.recipient} for row in rows]

    async def token_of(self, kind: str) -> str:
        """The token in the link of the newest letter of a kind."""
        return (await self.letters(kind))[-1]["link"].rpartition("=")[2]


@asynccontextmanager
async def school(
    settings: Settings, accounts: Literal["invite", "open"] = "open", **more: Any
) -> AsyncIterator[School]:
    """With the owner's account made."""
    given = {"accounts": accounts, "owner_password": SecretStr(OWNER_PASSWORD), "owner_email": OWNER, **more}
    services = Services(settings.model_copy(update={"docker_host": "unix:///nowhere/docker.sock", **given}))
    await services.start()
    try:
        yield School(services)
    finally:
        await services.close()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
