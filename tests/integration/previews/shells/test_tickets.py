"""A terminal for a program that can send no headers with a websocket, on a server that asks for a password."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from builder.accounts.sign_in import require_sign_in
from builder.api import create_api
from builder.base.http.hosts import same_origin_only
from builder.base.http.tickets import with_tickets
from builder.composition.services import Services
from builder.composition.settings import Settings
from tests.integration.previews.shells.test_terminals import PROGRAM, FakeContainers
from tests.integration.server import serving


@pytest.fixture
async def program(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """One that has signed in."""
    locked = settings.model_copy(update={"owner_password": SecretStr("correct horse")})
    services = Services(locked)
    services.terminals.shells = FakeContainers()
    app = require_sign_in(same_origin_only(create_api(lambda: services), locked), locked, lambda: services.connections)
    async with (
        serving(with_tickets(app, lambda: services.tickets)) as address,
        httpx.AsyncClient(base_url=f"http://{address}", headers=PROGRAM, trust_env=False, timeout=30) as client,
    ):
        await client.post("/sign-in", data={"password": "correct horse"})
        yield client
        await services.terminals.close()
    await services.db.close()


async def opens(client: httpx.AsyncClient, path: str) -> bool:
    address = str(client.base_url).replace("http", "ws").rstrip("/")
    try:
        async with connect(address + path, proxy=None, open_timeout=30) as socket:
            return bool(json.loads(await socket.recv())["kind"] == "open")
    except (InvalidStatus, ConnectionClosed):
        return False


async def test_a_ticket_opens_its_terminal_once(program: httpx.AsyncClient) -> None:
    terminals = "/api/v1/projects/mine/terminals"
    made: dict[str, Any] = (await program.post(terminals, json={})).json()["terminal"]
    answer = await program.post(f"{terminals}/{made['id']}/ticket")
    assert answer.status_code == 201
    ticket = answer.json()
    assert ticket["seconds"] == 60
    assert not await opens(program, ticket["path"])
    assert await opens(program, f"{ticket['path']}?after=0&ticket={ticket['ticket']}")
    assert not await opens(program, f"{ticket['path']}?ticket={ticket['ticket']}")
    assert (await program.post(f"{terminals}/none/ticket")).status_code == 404


async def test_whoever_signed_out_meanwhile_has_a_ticket_for_nothing(program: httpx.AsyncClient) -> None:
    terminals = "/api/v1/projects/mine/terminals"
    made = (await program.post(terminals, json={})).json()["terminal"]
    ticket = (await program.post(f"{terminals}/{made['id']}/ticket")).json()
    await program.post("/sign-out")
    assert not await opens(program, f"{ticket['path']}?ticket={ticket['ticket']}")
